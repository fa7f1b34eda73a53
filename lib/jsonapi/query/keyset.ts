/**
 * The rows after, or before, a place in an order.
 *
 *     age desc, id; after (30, 7)  →  age < 30 or age is null or (age = 30 and id > 7)
 *
 * NULL has the place that the order gives it: below all values.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import { ValueError } from '../model/value.ts'
import type { OrderKey } from './order-sql.ts'

/** @returns Undefined where the values are not those of the keys. @param values JSON, one per key. */
export function keysetCondition(
  values: readonly unknown[],
  keys: readonly OrderKey[],
  side: 'after' | 'before',
  dialect: Dialect,
): Expression<SqlBool> | undefined {
  if (values.length !== keys.length) return undefined
  try {
    const bound = keys.map((key, index) => boundSql(values[index], key, dialect))
    return conditionAt(0, keys, bound, side)
  } catch (error) {
    if (error instanceof ValueError) return undefined
    throw error
  }
}

function conditionAt(
  index: number,
  keys: readonly OrderKey[],
  values: readonly (Expression<unknown> | null)[],
  side: 'after' | 'before',
): Expression<SqlBool> {
  const key = keys[index] as OrderKey
  const value = values[index] as Expression<unknown> | null
  const isUp = key.isDescending === (side === 'before')
  const beyond = isUp ? above(key, value) : below(key, value)
  if (index === keys.length - 1) return beyond ?? sql`1 = 0`
  const rest = conditionAt(index + 1, keys, values, side)
  const isSame = value === null ? sql`${key.expression} is null` : sql`${key.expression} = ${value}`
  return beyond ? sql`(${beyond} or (${isSame} and ${rest}))` : sql`(${isSame} and ${rest})`
}

function above({ expression }: OrderKey, value: Expression<unknown> | null): Expression<SqlBool> {
  return value === null ? sql`${expression} is not null` : sql`${expression} > ${value}`
}

/** Undefined where nothing is below. */
function below(
  { expression, isNullable }: OrderKey,
  value: Expression<unknown> | null,
): Expression<SqlBool> | undefined {
  if (value === null) return undefined
  return isNullable ? sql`(${expression} < ${value} or ${expression} is null)` : sql`${expression} < ${value}`
}

function boundSql(value: unknown, { type }: OrderKey, dialect: Dialect): Expression<unknown> | null {
  if (value === null) return null
  const codec = codecOf(type)
  return codec.compare(codec.bind(codec.parse(value, type, dialect), type, dialect), type, dialect)
}
