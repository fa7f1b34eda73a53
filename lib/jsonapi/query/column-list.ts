/** The columns of a table in a SELECT, whose text is compiled once: it is most of a statement. */
import { type Expression, type RawBuilder, sql } from 'kysely'
import { oncePerObject } from '../../registry/once-per-object.ts'
import { codecOf } from '../model/codec.ts'
import type { Column, Model } from '../model/model.ts'
import type { Scope } from './scope.ts'

/** The columns of a model: always the same list, so that its text is made once. */
export const allColumns = /* @__PURE__ */ oncePerObject((columns: Model['columns']): readonly Column[] =>
  Object.values(columns),
)

const LISTS = new WeakMap<readonly Column[], Map<string, RawBuilder<unknown>>>()

/** Aliases of one list that are remembered. */
const MOST_LISTS = 50

/** The list, each column in the form that all drivers return alike, under its name. @param alias of the table, if it has one. */
export function columnList(
  columns: readonly Column[],
  { db, dialect }: Pick<Scope, 'db' | 'dialect'>,
  alias?: string,
): RawBuilder<unknown> {
  const key = `${dialect} ${alias ?? ''}`
  const known = LISTS.get(columns) ?? new Map<string, RawBuilder<unknown>>()
  LISTS.set(columns, known)
  let list = known.get(key)
  if (!list) {
    const expressions = columns.map((column) => {
      const reference: Expression<unknown> = alias ? sql.id(alias, column.name) : sql.id(column.name)
      return sql`${codecOf(column).select(reference, column, dialect)} as ${sql.id(column.name)}`
    })
    const joined = sql`${sql.join(expressions)}`
    const compiled = joined.compile(db)
    list = compiled.parameters.length === 0 ? sql`${sql.raw(compiled.sql)}` : joined
    if (known.size >= MOST_LISTS) known.clear()
    known.set(key, list)
  }
  return list
}
