/**
 * The values of an order in cursors: as the database itself writes them, whatever clients may send.
 *
 *     infinity (PostgreSQL)    0000-00-00 (MariaDB)    'text' and 1.5 in an integer column (SQLite)
 *
 * A value is equal to itself after its way through a cursor, so that no row is read twice and none is left out. PostgreSQL
 * reads a text as the type that it is compared with. On SQLite any column has values of any type: they are literals; texts that
 * JavaScript cannot have as they are stored, or whose literal ends early (a NUL), are bytes.
 */
import { type Expression, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { ValueType } from '../model/model.ts'
import { asText } from '../model/plain-codec.ts'

/** An expression as it is selected for a cursor. */
export function cursorColumn(
  expression: Expression<unknown>,
  type: ValueType,
  dialect: Dialect,
): Expression<unknown> {
  if (dialect === 'postgres') return asText(expression, dialect)
  if (dialect === 'sqlite')
    return sql`case typeof(${expression}) when 'text' then hex(${expression}) || quote(${expression}) else quote(${expression}) end`
  return type.kind === 'binary' ? sql`hex(${expression})` : codecOf(type).select(expression, type, dialect)
}

/** A selected value as JSON. */
export function cursorJson(selected: unknown, dialect: Dialect): unknown {
  if (dialect !== 'sqlite') return selected
  return selected === 'NULL' ? null : sqliteText(String(selected))
}

/** The literal of a text that follows its bytes, or `T'…'` with the bytes where the literal has others; another literal as it is. */
function sqliteText(selected: string): string {
  const start = selected.indexOf("'")
  if (start <= 0 || selected.startsWith('X')) return selected
  const hex = selected.slice(0, start)
  const literal = selected.slice(start)
  if (hex.length === 2 * (literal.length - 2) && SIMPLE.test(literal)) return literal
  const text = literal.slice(1, -1).replaceAll("''", "'")
  return hex === Buffer.from(text).toString('hex').toUpperCase() ? literal : `T'${hex}'`
}

/** A literal of ASCII without quotes: as long as its bytes, it is exact. */
const SIMPLE = /^'[ -&(-~]*'$/

/** The parameter of a value that {@link cursorJson} has returned; undefined for another one. */
export function cursorParameter(
  value: unknown,
  type: ValueType,
  dialect: Dialect,
): Expression<unknown> | undefined {
  if (typeof value === 'number') return dialect === 'mysql' ? sql.val(value) : undefined
  if (typeof value !== 'string') return undefined
  if (dialect === 'postgres') return sql.val(value)
  return dialect === 'sqlite' ? literal(value) : mysqlParameter(value, type, dialect)
}

const INTEGER = /^-?\d+$/

/** The value of `quote()`: a number, a text or bytes. */
function literal(text: string): Expression<unknown> | undefined {
  if (text.startsWith("'")) return sql.val(text.slice(1, -1).replaceAll("''", "'"))
  // The plus leaves the comparison without the affinity of a text, as a parameter has none
  if (text.startsWith("T'")) return sql`+cast(${Buffer.from(text.slice(2, -1), 'hex')} as text)`
  if (text.startsWith("X'")) return sql.val(Buffer.from(text.slice(2, -1), 'hex'))
  if (INTEGER.test(text)) return sql.val(BigInt(text))
  const number = Number(text.replace('Inf', 'Infinity'))
  return Number.isNaN(number) ? undefined : sql.val(number)
}

/** MySQL compares a number with a text as floating-point numbers. */
function mysqlParameter(value: string, type: ValueType, dialect: Dialect): Expression<unknown> {
  const { kind, hasTimeZone } = type
  if (kind === 'binary') return sql.val(Buffer.from(value, 'hex'))
  if (kind === 'bigint' && INTEGER.test(value)) return sql.val(BigInt(value))
  if (kind === 'number') return sql.val(Number(value))
  if (kind === 'datetime' && hasTimeZone && Number(value) === 0) return sql.val('0000-00-00 00:00:00')
  return codecOf(type).bind(value, type, dialect)
}
