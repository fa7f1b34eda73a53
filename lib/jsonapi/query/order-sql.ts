/**
 * The order of a list in SQL.
 *
 * NULL comes before all values, and after them in a descending order, on all dialects.
 */
import { type Expression, type RawBuilder, sql } from 'kysely'
import type { Dialect } from '../model/dialect.ts'
import type { ValueType } from '../model/model.ts'
import { asDouble } from '../model/number-codec.ts'
import { asText } from '../model/plain-codec.ts'
import type { Attribute } from '../resource/resource.ts'
import type { SortKey } from './condition.ts'
import { cursorColumn } from './cursor-value.ts'
import { comparable, operandSql } from './operand.ts'
import { relatedRows } from './row-sql.ts'
import type { Scope } from './scope.ts'

export interface OrderKey {
  /** The value to sort by and to compare with. */
  readonly expression: Expression<unknown>
  readonly isDescending: boolean
  readonly isNullable: boolean
  /** Of the expression. */
  readonly type: ValueType
}

export interface Order {
  /** Joins that the keys need, to follow the table; each finds at most one row. */
  readonly joins: readonly RawBuilder<unknown>[]
  readonly keys: readonly OrderKey[]
}

export function orderOf(keys: readonly SortKey[], alias: string, scope: Scope): Order {
  const joins: RawBuilder<unknown>[] = []
  const ordered = keys.map((key) => {
    let last = alias
    for (const relationship of key.path) {
      const inner = scope.nextAlias()
      const { from, condition } = relatedRows(relationship, last, inner, scope)
      joins.push(sql`left join ${from} on ${condition}`)
      last = inner
    }
    return orderKey(key, last, scope)
  })
  return { joins, keys: ordered }
}

function orderKey(
  { path, attribute, isDescending, ignoresCase }: SortKey,
  alias: string,
  scope: Scope,
): OrderKey {
  const { dialect } = scope
  const type = orderType(attribute.type, dialect)
  const value = exactSql(
    comparable(operandSql(attribute, alias, scope), attribute, dialect),
    attribute,
    dialect,
  )
  const expression = ignoresCase && type.kind === 'string' ? sql`lower(${value})` : value
  return { expression, isDescending, isNullable: path.length > 0 || attribute.isNullable, type }
}

/** The type of the values to sort by: enums are sorted as texts, and the decimals of SQLite as the numbers they are. */
function orderType(type: ValueType, dialect: Dialect): ValueType {
  if (type.kind === 'enum' || type.kind === 'string') return { kind: 'string' }
  const isNumber = type.kind === 'number' || (type.kind === 'decimal' && dialect === 'sqlite')
  return isNumber ? { kind: 'number' } : type
}

/** A value that is equal to itself after its way through JSON: not so a number of single precision. */
function exactSql(operand: Expression<unknown>, { type }: Attribute, dialect: Dialect): Expression<unknown> {
  if (type.kind === 'enum') return asText(operand, dialect)
  return type.kind === 'number' ? asDouble(operand, type, dialect) : operand
}

/** The keys of an ORDER BY, or of the reverse order. */
export function orderBySql(
  keys: readonly OrderKey[],
  dialect: Dialect,
  isReversed = false,
): RawBuilder<unknown> {
  return sql.join(
    keys.map(({ expression, isDescending, isNullable }) => {
      const direction = isDescending === isReversed ? sql`asc` : sql`desc`
      if (dialect !== 'postgres' || !isNullable) return sql`${expression} ${direction}`
      return sql`${expression} ${direction} nulls ${isDescending === isReversed ? sql`first` : sql`last`}`
    }),
  )
}

/** The values to sort by, as they are selected for a cursor. */
export function orderColumns(keys: readonly OrderKey[], dialect: Dialect): readonly Expression<unknown>[] {
  return keys.map(({ expression, type }) => cursorColumn(expression, type, dialect))
}
