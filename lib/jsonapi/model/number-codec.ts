/**
 * Floating-point numbers and decimals.
 *
 *     number   1.5 → 1.5      decimal(10,2)  0.1 → "0.10"
 *
 * A decimal is a string with the scale of its column; a client may send a number of 15 digits or a string. It is never rounded:
 * more places or digits than the column has are an error. SQLite keeps a DECIMAL as an integer or a floating-point number, which
 * is exact to 15 digits; a TEXT column that is declared a decimal has no such bound.
 */
import { type Expression, sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { ValueType } from './model.ts'
import { asText, baseTypeOf, codec, exact, parametersOf } from './plain-codec.ts'
import { ValueError } from './value.ts'

const NUMBER = /^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?$/
/** Digits of the type `money`, and decimal places. */
const MONEY = [19, 2]
const MOST_CENTS = 2n ** 63n - 1n
const DECIMAL = /^-?\d{1,1000}(\.\d{1,1000})?$/

export const numberCodec = codec({
  // MySQL writes six digits of a FLOAT, and its driver changes the last digit of some numbers that have 16
  select: (reference, type, dialect) =>
    dialect === 'mysql' ? asText(asDouble(reference, type, dialect), dialect) : reference,
  serialize: (value, type, dialect) => {
    const number = typeof value === 'string' ? Number(value) : value
    if (!Number.isFinite(number)) return String(value) // NaN and Infinity, as PostgreSQL's own JSON
    return isSingle(type, dialect) ? shortestSingle(number as number) : number
  },
  parse: (value, type, dialect) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new ValueError('must be a number')
    const isRounded = isSingle(type, dialect)
    const single = Math.fround(value)
    if (isRounded && (!Number.isFinite(single) || (single === 0 && value !== 0))) {
      throw new ValueError('must be a number of single precision')
    }
    if (value < 0 && type.type?.includes('unsigned')) throw new ValueError('must not be negative')
    return isRounded && dialect === 'mysql' ? single : value // MySQL compares as double precision
  },
  parseText: (text, type, dialect) => {
    if (!NUMBER.test(text)) throw new ValueError('must be a number')
    return numberCodec.parse(Number(text), type, dialect)
  },
  schema: () => ({ type: 'number' }),
})

export const decimalCodec = codec({
  select: (reference, type, dialect) => {
    if (dialect === 'sqlite') return exact(reference)
    return asText(type.type === 'money' ? sql`cast(${reference} as numeric)` : reference, dialect)
  },
  serialize: (value, type) => {
    const text = plain(String(value))
    const [, scale = 0] = parametersOf(type)
    const places = text.split('.')[1]?.length ?? 0
    if (places >= scale || !DECIMAL.test(text)) return text
    return `${text}${places === 0 ? '.' : ''}${'0'.repeat(scale - places)}`
  },
  parse: (value, type, dialect) => {
    const text = typeof value === 'number' ? plain(String(value)) : value
    if (typeof text !== 'string' || !DECIMAL.test(text)) {
      throw new ValueError('must be a decimal number such as "12.50"')
    }
    if (typeof value === 'number' && !isExact(value, text)) {
      throw new ValueError('must be a string: a number in JSON has at most 15 digits')
    }
    return inScale(text, type, dialect)
  },
  bind: (value, type, dialect) => {
    if (dialect === 'postgres') {
      const number = sql`cast(${value} as numeric)`
      return type.type === 'money' ? sql`cast(${number} as money)` : number // it is not compared with other types
    }
    if (dialect === 'sqlite') return isText(type) ? sql.val(value) : sql`cast(${value} as numeric)`
    const places = String(value).split('.')[1]?.length ?? 0
    const [, scale = 0] = parametersOf(type)
    return sql`cast(${value} as decimal(65, ${sql.lit(Math.min(places, Math.max(scale, 30)))}))` // MariaDB has 38
  },
  compare: (operand, type, dialect) => {
    const isCast = dialect === 'sqlite' ? isText(type) : type.type === 'money'
    return isCast ? sql`cast(${operand} as numeric)` : operand
  },
  schema: () => ({ type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }),
})

/** Seconds, with fractions. PostgreSQL takes a month for 30 days, and twelve for a year of 365.25; its own comparisons, for 360. */
export const intervalCodec = codec({
  select: (reference, _, dialect) =>
    dialect === 'postgres' ? asText(sql`extract(epoch from ${reference})`, dialect) : reference,
  serialize: Number,
  parse: (value) => {
    if (typeof value !== 'number' || !(Math.abs(value) <= 9e12))
      throw new ValueError('must be a number of seconds')
    return value
  },
  parseText: (text, type, dialect) => {
    if (!NUMBER.test(text)) throw new ValueError('must be a number of seconds')
    return intervalCodec.parse(Number(text), type, dialect)
  },
  bind: (value, _, dialect) =>
    dialect === 'postgres' ? sql`make_interval(secs => cast(${value} as double precision))` : sql.val(value),
  compare: (operand, _, dialect) => (dialect === 'postgres' ? sql`extract(epoch from ${operand})` : operand),
  schema: () => ({ type: 'number' }),
})

/** Whether the numbers are of single precision. */
function isSingle(type: ValueType, dialect: Dialect): boolean {
  return dialect !== 'sqlite' && /^(float|float4|real)\b/.test(baseTypeOf(type))
}

/** A number of single precision with all its digits; on MySQL one of an unknown type, too, as it may be of single precision. */
export function asDouble(
  reference: Expression<unknown>,
  type: ValueType,
  dialect: Dialect,
): Expression<unknown> {
  if (!isSingle(type, dialect) && (dialect !== 'mysql' || type.type !== undefined)) return reference
  return dialect === 'mysql' ? sql`cast(${reference} as double)` : sql`cast(${reference} as double precision)`
}

/** The number with the fewest digits that is the same in single precision: 0.1 for 0.10000000149011612. */
function shortestSingle(value: number): number {
  if (Math.fround(value) !== value) return value
  const texts = [6, 7, 8, 9].map((digits) => Number(value.toPrecision(digits)))
  return texts.find((number) => Math.fround(number) === value) ?? value
}

/** @throws {ValueError} when the database would round the number or refuse it. */
function inScale(text: string, type: ValueType, dialect: Dialect): string {
  const [whole = '', fraction = ''] = text
    .replace('-', '')
    .replace(/^0+(?=\d)/, '')
    .split('.')
  const [precision, scale = 0] = type.type === 'money' ? MONEY : parametersOf(type)
  const places = fraction.replace(/0+$/, '').length
  const cents = () => BigInt(`${whole}${fraction.padEnd(2, '0').slice(0, 2)}`)
  if (type.type === 'money' && cents() > MOST_CENTS + (text.startsWith('-') ? 1n : 0n)) {
    throw new ValueError('must be in the range of the type money')
  }
  if (precision !== undefined && places > scale) {
    throw new ValueError(`must have at most ${scale} decimal places`)
  }
  if (precision !== undefined && whole !== '0' && whole.length > precision - scale) {
    throw new ValueError(`must have at most ${precision - scale} digits before the decimal point`)
  }
  if (text.startsWith('-') && type.type?.includes('unsigned')) throw new ValueError('must not be negative')
  const digits = places === 0 ? whole.length - 3 : whole.replace(/^0$/, '').length + places
  if (dialect === 'sqlite' && !isText(type) && digits > 15) {
    throw new ValueError('must have at most 15 digits')
  }
  return text
}

/** Whether a JSON number is the one that the client has written: JavaScript rounds those with more digits. */
function isExact(value: number, text: string): boolean {
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '')
  return Number.isInteger(value) ? Number.isSafeInteger(value) : digits.length <= 15
}

/** Whether SQLite stores a decimal as text, with all its digits. */
function isText({ type = '' }: ValueType): boolean {
  return /char|clob|text/.test(type)
}

/** A number without an exponent: `1e-7` is `0.0000001`. */
function plain(text: string): string {
  const [, sign, first, rest = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? []
  if (first === undefined) return text
  const digits = first + rest
  const point = 1 + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}${digits.length > point ? '.' : ''}${digits.slice(point)}`
}
