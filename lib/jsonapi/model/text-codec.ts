/** Strings, enums, UUIDs and network addresses: JSON strings. */
import { isIP } from 'node:net'
import { sql } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { ValueType } from './model.ts'
import { asText, baseTypeOf, codec, textOf } from './plain-codec.ts'
import { ValueError } from './value.ts'

/** Types of PostgreSQL that are texts; others are cast to one: intervals of numbers, geometry, XML … */
const TEXTS = new Set([
  'bpchar',
  'char',
  '"char"',
  'character',
  'character varying',
  'citext',
  'name',
  'text',
  'varchar',
])

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const LONE_SURROGATE = /\p{Surrogate}/u

export const stringCodec = codec({
  select: (reference, type, dialect) => (isOdd(type, dialect) ? asText(reference, dialect) : reference),
  serialize: String,
  parse: (value, { maxLength, type }, dialect) => {
    const text = textOf(value, 'a string')
    if (dialect === 'postgres') checkBits(text, type)
    // PostgreSQL refuses it, and drivers of SQLite end a text there
    if (dialect !== 'mysql' && text.includes('\0')) throw new ValueError('must not have a NUL character')
    if (LONE_SURROGATE.test(text)) throw new ValueError('must not have half a surrogate pair')
    if (maxLength !== undefined && text.length > maxLength && [...text].length > maxLength) {
      throw new ValueError(`must have at most ${maxLength} characters`)
    }
    return text
  },
  schema: ({ maxLength }) => ({ type: 'string', ...(maxLength === undefined ? {} : { maxLength }) }),
})

/** @throws {ValueError} for a text that a type of bits does not have. */
function checkBits(text: string, type = ''): void {
  const [isBits, isVarying, length] = /^bit( varying)?(?:\((\d+)\))?$/.exec(type) ?? []
  if (!isBits) return
  const most = Number(length ?? Number.POSITIVE_INFINITY)
  if (/^[01]*$/.test(text) && (isVarying ? text.length <= most : text.length === most)) return
  const count = length === undefined ? '' : `${isVarying ? 'at most ' : ''}${length} `
  throw new ValueError(`must have ${count}characters 0 and 1 alone`)
}

/** Whether a text is of a type that is sorted as something else: a SET of MySQL as a number. */
function isOdd(type: ValueType, dialect: Dialect): boolean {
  const base = baseTypeOf(type)
  return dialect === 'mysql' ? base === 'set' : dialect === 'postgres' && base !== '' && !TEXTS.has(base)
}

export const enumCodec = codec({
  serialize: String,
  parse: (value, { values = [] }) => {
    if (typeof value === 'string' && values.includes(value)) return value
    throw new ValueError(`must be one of ${values.map((one) => `"${one}"`).join(', ')}`)
  },
  schema: ({ values = [] }) => ({ type: 'string', enum: values }),
})

export const uuidCodec = codec({
  serialize: (value) => String(value).toLowerCase(),
  parse: (value) => {
    const text = textOf(value, 'a UUID').toLowerCase()
    if (!UUID.test(text)) throw new ValueError('must be a UUID such as 123e4567-e89b-12d3-a456-426614174000')
    return text
  },
  bind: (value, _, dialect) => (dialect === 'postgres' ? sql`cast(${value} as uuid)` : sql.val(value)),
  schema: () => ({ type: 'string', format: 'uuid' }),
})

export const inetCodec = codec({
  select: (reference, _, dialect) => (dialect === 'mysql' ? asText(reference, dialect) : reference),
  serialize: String,
  parse: (value) => {
    const text = textOf(value, 'an IP address')
    const [, address = '', prefix = '0'] = /^([\d.:A-Fa-f]{2,45})(?:\/(\d{1,3}))?$/.exec(text) ?? []
    const version = isIP(address)
    if (version === 0 || Number(prefix) > (version === 4 ? 32 : 128)) {
      throw new ValueError('must be an IP address such as 192.0.2.1 or 2001:db8::/32')
    }
    return text
  },
  schema: () => ({ type: 'string' }),
})
