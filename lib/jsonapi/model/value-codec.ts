/** Booleans, bytes and JSON. */
import { sql } from 'kysely'
import { base64Of, bytesOf } from '../../json/bytes.ts'
import { isBits } from './integer-codec.ts'
import { asText, codec, exact, textOf } from './plain-codec.ts'
import { ValueError } from './value.ts'

/** True and false. A TINYINT(1) that holds another number than 0 and 1 is served as that number. */
export const booleanCodec = codec({
  select: (reference, type, dialect) =>
    dialect === 'mysql' && isBits(type) ? sql`${reference} + 0` : reference,
  serialize: (value) => (value === 0 || value === 1 ? value === 1 : value),
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

/** A NUL character or half a surrogate pair, as JSON escapes them. */
const UNSTORABLE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/

/**
 * Any JSON value. An integer within it that a JavaScript number cannot hold becomes a string, and keeps its digits.
 *
 * An array of PostgreSQL is a JSON array.
 */
export const jsonCodec = codec({
  select: (reference, { type = '' }, dialect) => {
    if (dialect === 'sqlite') return exact(reference)
    return asText(type.endsWith('[]') ? sql`to_json(${reference})` : reference, dialect)
  },
  serialize: (value) => {
    if (typeof value !== 'string') return bytesOf(value) ? base64Of(bytesOf(value) as Uint8Array) : value
    const text = /\d{16}/.test(value) ? value.replace(TOKEN, quoted) : value
    try {
      return JSON.parse(text)
    } catch {
      return value // SQLite stores any text
    }
  },
  parse: (value, { type = '' }, dialect) => {
    if (type.endsWith('[]') && !Array.isArray(value)) throw new ValueError('must be an array')
    const text = JSON.stringify(value)
    if (dialect === 'postgres' && UNSTORABLE.test(text)) {
      throw new ValueError('must not have a NUL character or half a surrogate pair')
    }
    return text
  },
  parseText: (text, type, dialect) => jsonCodec.parse(text, type, dialect),
  bind: (value, { type = '' }, dialect) => {
    if (dialect !== 'postgres') return sql.val(value)
    if (!/^[\w ."(),]+\[\]$/.test(type))
      return sql`cast(${value} as ${sql.raw(type === 'json' ? 'json' : 'jsonb')})`
    return sql`cast(array(select json_array_elements_text(cast(${value} as json))) as ${sql.raw(type)})`
  },
  compare: (operand, { type }, dialect) =>
    dialect === 'postgres' && type === 'json' ? sql`cast(${operand} as jsonb)` : operand,
  schema: () => ({}),
})

function quoted(token: string): string {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token
}
