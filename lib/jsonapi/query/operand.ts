/** The attributes that operators can be used with, and their SQL. */
import { type Expression, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Kind } from '../model/model.ts'
import type { Attribute } from '../resource/resource.ts'
import type { Operator } from './operators.ts'
import type { Scope } from './scope.ts'

const TEXTS: ReadonlySet<Kind> = new Set(['string', 'enum', 'uuid'])
export const NUMBERS: ReadonlySet<Kind> = new Set(['integer', 'bigint', 'number', 'decimal'])

/** The attribute that an operator expects in place of this one; undefined where it can be used. */
export function refusalOf({ takes }: Operator, attribute: Attribute, dialect: Dialect): string | undefined {
  const { type, column, computed } = attribute
  if (computed && !computed.sql) return 'an attribute that the database has: this one is computed'
  if (takes === 'network' && (type.kind !== 'inet' || dialect !== 'postgres'))
    return 'a network address of PostgreSQL'
  const isAny = computed && type.kind === 'json'
  if (takes === 'pattern' && !isAny && !TEXTS.has(type.kind)) return 'a text'
  const isCompared = takes === 'value' || takes === 'list'
  return isCompared && column && type.kind === 'json' ? 'an attribute other than JSON' : undefined
}

/** Whether two attributes of a row can be compared with each other. */
export function areComparable(one: Attribute, other: Attribute): boolean {
  if (other.proxy || !hasSql(other) || !hasSql(one)) return false
  if (NUMBERS.has(one.type.kind) && NUMBERS.has(other.type.kind)) return true
  // Databases compare a time with a zone and one without by the zone of their session, SQLite as texts of two forms.
  const isOfOneZone = Boolean(one.type.hasTimeZone) === Boolean(other.type.hasTimeZone)
  return one.type.kind === other.type.kind && one.type.kind !== 'json' && isOfOneZone
}

/** Whether the value of an attribute can be computed by the database. */
export function hasSql({ column, computed }: Attribute): boolean {
  return column !== undefined || computed?.sql !== undefined
}

/** The value of an attribute in SQL. */
export function operandSql(
  { name, column, computed }: Attribute,
  alias: string,
  scope: Scope,
): Expression<unknown> {
  if (column) return sql.id(alias, column.name)
  const { request } = scope
  const value = computed?.sql?.({ ref: (column) => sql.id(alias, column), request })
  if (!value) throw new TypeError(`The attribute '${name}' has no SQL`)
  return sql`(${value})`
}

/** An operand, or a bound value, in the form in which values of the attribute are compared: one of an odd type as text. */
export function comparable(
  operand: Expression<unknown>,
  { type }: Attribute,
  dialect: Dialect,
): Expression<unknown> {
  const codec = codecOf(type)
  return type.kind === 'string' ? codec.select(operand, type, dialect) : codec.compare(operand, type, dialect)
}

/** A parsed value as a parameter. */
export function boundSql(
  value: unknown,
  { type, computed }: Attribute,
  dialect: Dialect,
): Expression<unknown> {
  if (!computed || type.kind !== 'json') return codecOf(type).bind(value, type, dialect)
  return sql.val(typeof value === 'boolean' && dialect !== 'postgres' ? Number(value) : value)
}
