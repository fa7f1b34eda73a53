/** Booleans, bytes and JSON. */
import { sql } from 'kysely'
import { base64Of, bytesOf } from '../../json/bytes.ts'
import { arrayJson, elementsJson, elementText } from './array-elements.ts'
import { arrayText, mapElements } from './array-text.ts'
import { isBits } from './integer-codec.ts'
import { asText, codec, exact, textOf } from './plain-codec.ts'
import { ValueError } from './value.ts'

/** True and false. A TINYINT(1) that holds another number than 0 and 1 is served as that number. */
export const booleanCodec = codec({
  select: (reference, type, dialect) =>
    dialect === 'mysql' && isBits(type) ? sql`${reference} + 0` : reference,
  serialize: (value) => {
    const number = typeof value === 'bigint' ? Number(value) : value // as a driver of SQLite may return all integers
    return number === 0 || number === 1 ? number === 1 : number
  },
  parse: (value, _, dialect) => {
    if (typeof value !== 'boolean') throw new ValueError('must be true or false')
    return dialect === 'postgres' ? value : Number(value)
  },
  parseText: (text, type, dialect) => {
    const value = { true: true, 1: true, false: false, 0: false }[text]
    return booleanCodec.parse(value, type, dialect)
  },
  schema: () => ({ type: 'boolean' }),
})

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Bytes as base64 with padding (RFC 4648 §4). */
export const binaryCodec = codec({
  serialize: (value) => base64Of(bytesOf(value) ?? Buffer.from(String(value))),
  parse: (value) => {
    const text = textOf(value, 'base64')
    if (text.length % 4 !== 0 || !BASE64.test(text)) throw new ValueError('must be base64')
    return Buffer.from(text, 'base64')
  },
  schema: () => ({ type: 'string', contentEncoding: 'base64' }),
})

/** Strings, which stay as they are, and numbers. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Half a surrogate pair, as JSON escapes it: no Unicode text has one (RFC 8259 §8.2). */
const HALF_PAIR = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/

/** A NUL character, as JSON escapes it. */
const NUL = /(?:^|[^\\])(?:\\\\)*\\u0000/

/**
 * Any JSON value. An integer within it that a JavaScript number cannot hold becomes a string, and keeps its digits.
 *
 * An array of PostgreSQL is a JSON array. Its decimals, times and bytes have the form of single ones.
 */
export const jsonCodec = codec({
  select: (reference, { type = '' }, dialect) => {
    if (dialect === 'sqlite')
      // which writes 15 digits of a number with a fraction, or a large one, as text
      return sql`case typeof(${reference}) when 'real' then ${reference} else ${exact(reference)} end`
    return asText(type.endsWith('[]') ? arrayJson(reference, type) : reference, dialect)
  },
  serialize: (value, { type = '' }) => {
    if (typeof value !== 'string') return bytesOf(value) ? base64Of(bytesOf(value) as Uint8Array) : value
    const text = /\d{16}/.test(value) ? value.replace(TOKEN, quoted) : value
    try {
      const parsed = JSON.parse(text)
      return type === 'bytea[]' ? mapElements(parsed, base64OfText) : elementsJson(parsed, type)
    } catch {
      return value // SQLite stores any text
    }
  },
  parse: (value, { type = '' }, dialect) => {
    const text = JSON.stringify(value)
    if (HALF_PAIR.test(text)) throw new ValueError('must not have half a surrogate pair')
    if (dialect === 'postgres' && NUL.test(text)) throw new ValueError('must not have a NUL character')
    if (!type.endsWith('[]')) return text
    if (!Array.isArray(value)) throw new ValueError('must be an array')
    return arrayText(value, type, (element) =>
      type === 'bytea[]' ? hexOf(element) : elementText(element, type),
    )
  },
  parseText: (text, type, dialect) => jsonCodec.parse(text, type, dialect),
  bind: (value, { type = '' }, dialect) => {
    if (dialect !== 'postgres' || type.endsWith('[]')) return sql.val(value)
    return sql`cast(${value} as ${sql.raw(type === 'json' ? 'json' : 'jsonb')})`
  },
  compare: (operand, { type }, dialect) =>
    dialect === 'postgres' && type === 'json' ? sql`cast(${operand} as jsonb)` : operand,
  schema: () => ({}),
})

function quoted(token: string): string {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token
}

/** The base64 of bytes as PostgreSQL writes them within JSON: by the setting `bytea_output` `\x00ff`, or `\000\377`. */
function base64OfText(value: unknown): string {
  const text = String(value)
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex').toString('base64')
  const bytes = text.replaceAll(/\\(?:\\|([0-7]{3}))/g, (_, octal?: string) =>
    octal === undefined ? '\\' : String.fromCharCode(Number.parseInt(octal, 8)),
  )
  return Buffer.from(bytes, 'latin1').toString('base64')
}

function hexOf(value: unknown): string {
  return `\\x${(binaryCodec.parse(value, { kind: 'binary' }, 'postgres') as Buffer).toString('hex')}`
}
