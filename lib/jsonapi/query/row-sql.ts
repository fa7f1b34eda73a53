/** The rows of a resource in SQL: their table, and the condition that all of them meet. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Model } from '../model/model.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import type { Scope } from './scope.ts'

export function tableSql({ schema, table }: Pick<Model, 'schema' | 'table'>): RawBuilder<unknown> {
  return schema === undefined ? sql.id(table) : sql.id(schema, table)
}

/** The condition of all rows of a resource: the base query of its model, and its own value of a discriminator, or those that are not hidden. */
export function rowCondition(
  { model, hiddenValues }: Resource,
  alias: string,
  { dialect, request }: Pick<Scope, 'dialect' | 'request'>,
): Expression<SqlBool> | undefined {
  const { discriminator, columns, baseQuery } = model
  const base = baseQuery?.({ ref: (column) => sql.id(alias, column), request })
  const conditions = base ? [sql`(${base})`] : []
  const type = discriminator && columns[discriminator.column]
  if (type) {
    const codec = codecOf(type)
    const reference = sql.id(alias, type.name)
    const parameter = (text: string): Expression<unknown> =>
      codec.bind(codec.parseText(text, type, dialect), type, dialect)
    if (discriminator.value !== undefined)
      conditions.push(sql`${reference} = ${parameter(discriminator.value)}`)
    else if (hiddenValues.length > 0)
      conditions.push(
        sql`(${reference} is null or ${reference} not in (${sql.join(hiddenValues.map(parameter))}))`,
      )
  }
  return conditions.length > 0 ? sql`${sql.join(conditions, sql` and `)}` : undefined
}

/** Pairs of columns that are equal. */
function joinSql(
  alias: string,
  columns: readonly string[],
  other: string,
  otherColumns: readonly string[],
): RawBuilder<SqlBool> {
  const pairs = columns.map((column, index) => {
    return sql`${sql.id(alias, column)} = ${sql.id(other, otherColumns[index] as string)}`
  })
  return sql`${sql.join(pairs, sql` and `)}`
}

/** The related rows of a row: a FROM clause with the alias `inner`, and the condition that relates them. */
export function relatedRows(
  { relation, target }: Relationship,
  alias: string,
  inner: string,
  scope: Scope,
): { from: RawBuilder<unknown>; condition: RawBuilder<SqlBool> } {
  const table = sql`${tableSql(target.model)} as ${sql.id(inner)}`
  const { local, remote, through } = relation
  const own = rowCondition(target, inner, scope)
  const and = own ? sql` and ${own}` : sql``
  if (!through) return { from: table, condition: sql`${joinSql(inner, remote, alias, local)}${and}` }
  const join = scope.nextAlias()
  return {
    from: sql`(${tableSql(through)} as ${sql.id(join)} inner join ${table} on ${joinSql(inner, remote, join, through.right)})`,
    condition: sql`${joinSql(join, through.left, alias, local)}${and}`,
  }
}
