/**
 * The rows after, or before, a place in an order.
 *
 *     age, id; after (30, 7)       →  age >= 30 and (age > 30 or (age = 30 and id > 7))
 *     age desc, id; after (30, 7)  →  age < 30 or age is null or (age = 30 and id > 7)
 *
 * NULL has the place that the order gives it: below all values. The first condition leads an index to the place, as an OR does not.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Dialect } from '../model/dialect.ts'
import { combine } from './combine.ts'
import { cursorParameter } from './cursor-value.ts'
import type { OrderKey } from './order-sql.ts'
import type { Place } from './page.ts'

/** @returns Undefined where the values are not those of the keys. @param values of a `Place`, one per key. */
export function keysetCondition(
  values: readonly unknown[],
  keys: readonly OrderKey[],
  side: 'after' | 'before',
  dialect: Dialect,
): Expression<SqlBool> | undefined {
  if (values.length !== keys.length) return undefined
  const bound = keys.map(({ type }, index) =>
    values[index] === null ? null : cursorParameter(values[index], type, dialect),
  )
  if (!bound.every((value) => value !== undefined)) return undefined
  const condition = conditionAt(0, keys, bound, side)
  const bounded =
    keys.length > 1 && boundary(keys[0] as OrderKey, bound[0] as Expression<unknown> | null, side)
  return bounded ? sql`(${bounded} and ${condition})` : condition
}

/** Whether a row is at one of the places, by some of the keys. */
export function placesCondition(
  places: readonly Place[],
  keys: readonly OrderKey[],
  indexes: readonly number[],
  dialect: Dialect,
): Expression<SqlBool> {
  const isAt = (place: Place, index: number): Expression<SqlBool> => {
    const key = keys[index]
    if (key && place[index] === null) return sql`${key.expression} is null`
    const value = key && cursorParameter(place[index], key.type, dialect)
    return value ? sql`${key.expression} = ${value}` : sql`1 = 0`
  }
  const [first = -1, ...others] = indexes
  const key = keys[first]
  if (key && others.length === 0) {
    const values = places.flatMap((place) => cursorParameter(place[first], key.type, dialect) ?? [])
    return values.length > 0 ? sql`${key.expression} in (${sql.join(values)})` : sql`1 = 0`
  }
  const rows = places.map(
    (place) =>
      sql<SqlBool>`(${sql.join(
        indexes.map((index) => isAt(place, index)),
        sql` and `,
      )})`,
  )
  return combine(rows, 'or')
}

/** The condition of the first key on all rows beyond a place; undefined where NULL is among them. */
function boundary(
  key: OrderKey,
  value: Expression<unknown> | null,
  side: 'after' | 'before',
): Expression<SqlBool> | undefined {
  if (value === null) return undefined
  if (isUp(key, side)) return sql`${key.expression} >= ${value}`
  return key.isNullable ? undefined : sql`${key.expression} <= ${value}`
}

/** Whether the rows beyond a place have greater values. */
function isUp({ isDescending }: OrderKey, side: 'after' | 'before'): boolean {
  return isDescending === (side === 'before')
}

function conditionAt(
  index: number,
  keys: readonly OrderKey[],
  values: readonly (Expression<unknown> | null)[],
  side: 'after' | 'before',
): Expression<SqlBool> {
  const key = keys[index] as OrderKey
  const value = values[index] as Expression<unknown> | null
  const beyond = isUp(key, side) ? above(key, value) : below(key, value)
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
