/**
 * Integers: JSON numbers; of 64 bits: JSON strings.
 *
 *     integer  42 → 42        bigint  9007199254740993 → "9007199254740993"
 *
 * SQLite's INTEGER has 64 bits too. Its values are numbers while a JSON number holds them exactly, and strings beyond.
 */
import { sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { ValueType } from './model.ts'
import { asText, baseTypeOf, codec, exact } from './plain-codec.ts'
import { ValueError } from './value.ts'

/** Bytes of the types with less than 64 bits. */
const BYTES: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  int2: 2,
  year: 2,
  mediumint: 3,
  int: 4,
  int4: 4,
  integer: 4,
}

const INTEGER = /^(0|-?[1-9]\d{0,19})$/

export const integerCodec = codec({
  select: (reference, type, dialect) => {
    if (isBits(type)) return sql`${reference} + 0`
    return dialect === 'sqlite' ? exact(reference) : reference
  },
  serialize: (value) => {
    const isText = typeof value === 'string' && INTEGER.test(value) // count(*) of PostgreSQL
    return isText || typeof value === 'bigint' ? shortest(BigInt(value)) : value
  },
  parse: (value, type, dialect) => {
    if (Number.isSafeInteger(value)) return inRange(BigInt(value as number), type, dialect)
    const isLarge = typeof value === 'string' && INTEGER.test(value) && !Number.isSafeInteger(Number(value))
    if (!isLarge) throw new ValueError('must be an integer')
    return inRange(BigInt(value), type, dialect)
  },
  parseText,
  schema: () => ({ type: 'integer' }),
})

export const bigintCodec = codec({
  select: (reference, type, dialect) => asText(isBits(type) ? sql`${reference} + 0` : reference, dialect),
  serialize: String,
  parse: (value, type, dialect) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) {
      return inRange(BigInt(value), type, dialect)
    }
    if (typeof value !== 'string') throw new ValueError('must be a string with an integer')
    return parseText(value, type, dialect)
  },
  parseText,
  compare: (operand, { type }) => (type === 'oid' ? sql`cast(${operand} as bigint)` : operand),
  schema: () => ({ type: 'string', format: 'int64', pattern: '^(0|-?[1-9][0-9]*)$' }),
})

function parseText(text: string, type: ValueType, dialect: Dialect): number | bigint {
  if (!INTEGER.test(text)) throw new ValueError('must be an integer')
  return inRange(BigInt(text), type, dialect)
}

function inRange(value: bigint, type: ValueType, dialect: Dialect): number | bigint {
  const [least, most] = rangeOf(type, dialect)
  if (value < least || value > most) throw new ValueError(`must be an integer from ${least} to ${most}`)
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function rangeOf(type: ValueType, dialect: Dialect): readonly [least: bigint, most: bigint] {
  const [name = ''] = baseTypeOf(type).split(' ')
  if (name === 'year') return [0n, 2155n]
  if (isBits(type)) return [0n, (1n << BigInt(/\d+/.exec(type.type ?? '')?.[0] ?? 1)) - 1n]
  const bits = BigInt(8 * (dialect === 'sqlite' || type.kind === 'bigint' ? 8 : (BYTES[name] ?? 8)))
  if (type.type?.includes('unsigned')) return [0n, (1n << bits) - 1n]
  return [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n]
}

function shortest(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

/** MySQL's BIT, which its driver hands over as bytes. */
export function isBits({ type = '' }: ValueType): boolean {
  return /^bit\(\d+\)$/.test(type)
}
