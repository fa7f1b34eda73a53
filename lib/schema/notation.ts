/**
 * How the values of a location are written: as text, in a form, as JSON, or as the data of a handler.
 *
 *     query  '2'          → 2              form  'on'          → true
 *     JSON   '2026-05-01' → Date           data  ObjectId('…') → '…'
 */
import { splitList } from '../http/field.ts'
import { plain } from '../json/json-value.ts'
import { type JsonSchema, kindOf } from './json-schema.ts'
import { isLeaf } from './leaf.ts'
import { isPlain, type PlainRecord } from './record.ts'
import { MISS, member, type ReadScalar, scalar } from './scalar.ts'

export interface Notation {
  /** The conversion for a JSON Schema type; undefined for arrays and objects. */
  scalar(type: unknown, schema: JsonSchema): ReadScalar | undefined
  /** The conversion for listed values. */
  member(values: readonly unknown[]): ReadScalar
  /** The items of an array; undefined for other values. @param isItem whether a value is an item as it is. */
  list(value: unknown, isItem: (value: unknown) => boolean): readonly unknown[] | undefined
  /** The members of an object; undefined for other values. */
  record(value: unknown): PlainRecord | undefined
  /** Whether a text is a Date or bigint before it is a string with a format. */
  readonly prefersKinds: boolean
  /** Whether an empty text stands for an absent member where the schema does not accept it. */
  readonly omitsEmpty: boolean
}

/** Queries and cookies. A single value is a list of one. */
export const TEXT = /* @__PURE__ */ textNotation((value) => {
  if (Array.isArray(value)) return value
  return typeof value === 'string' ? [value] : undefined
})

/** Paths: a list is separated by commas (OpenAPI 3.1.1 §4.8.12.3, style `simple`). */
export const SEGMENT = /* @__PURE__ */ textNotation((value) =>
  typeof value === 'string' ? value.split(',') : TEXT.list(value, isNever),
)

/** Header fields: a list is separated by commas, empty members are ignored (RFC 9110 §5.6.1.2). */
export const FIELD = /* @__PURE__ */ textNotation((value) =>
  typeof value === 'string' ? splitList(value) : TEXT.list(value, isNever),
)

function textNotation(list: Notation['list']): Notation {
  return { scalar, member, list, record: recordOf, prefersKinds: true, omitsEmpty: false }
}

/**
 * HTML forms: `on` is what a checkbox sends (HTML, "value of a checkbox"), an empty input is an empty text, and a
 * part may be JSON where the schema has an object or a list of objects.
 *
 * @param parse the value of a JSON text; undefined for an invalid one.
 */
export function formNotation(parse: (text: string) => unknown): Notation {
  return {
    ...TEXT,
    scalar: (type, schema) =>
      type === 'boolean' ? (value) => (value === 'on' ? true : readBoolean(value)) : scalar(type, schema),
    list(value, isItem) {
      const parsed =
        typeof value === 'string' && value.trimStart().startsWith('[') && !isItem(value) && parse(value)
      return Array.isArray(parsed) ? parsed : TEXT.list(value, isItem)
    },
    record: (value) =>
      recordOf(typeof value === 'string' && value.trimStart().startsWith('{') ? parse(value) : value),
    omitsEmpty: true,
  }
}

const readBoolean = /* @__PURE__ */ scalar('boolean', {}) as ReadScalar

/** JSON content: only Dates and bigints are text. */
export const JSON_CONTENT: Notation = {
  scalar(type, schema) {
    if (type !== 'string') return typed(type)
    return scalar(type, schema)
  },
  member: listed,
  list: (value) => (Array.isArray(value) ? value : undefined),
  record: recordOf,
  prefersKinds: false,
  omitsEmpty: false,
}

/** Data of a handler: values that JSON writes as text, and objects with `toJSON`, are those where the schema asks for it. */
export const DATA: Notation = {
  scalar(type, schema) {
    const read = kindOf(schema) ? typedKind(schema) : JSON_CONTENT.scalar(type, schema)
    if (!read || kindOf(schema)) return read
    return (value) => read(jsonOf(value))
  },
  member: (values) => {
    const read = listed(values)
    return (value) => read(jsonOf(value))
  },
  list(value) {
    const form = Array.isArray(value) || isIterator(value) ? value : jsonOf(value)
    return Array.isArray(form) ? form : undefined
  },
  record(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    if (value instanceof Map) return Object.fromEntries(value)
    if ('toJSON' in value && typeof value.toJSON === 'function') return recordOf(plain(value, ''))
    return isLeaf(value) ? undefined : (value as PlainRecord)
  },
  prefersKinds: true,
  omitsEmpty: false,
}

function recordOf(value: unknown): PlainRecord | undefined {
  return isPlain(value) ? value : undefined
}

function isNever(): boolean {
  return false
}

/** Whether a value can be read only once. */
function isIterator(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'next' in value
}

/** Values of a JSON type, unchanged. */
function typed(type: unknown): ReadScalar | undefined {
  switch (type) {
    case 'number':
      return (value) => (typeof value === 'number' ? value : MISS)
    case 'integer':
      return (value) => (Number.isInteger(value) ? value : MISS)
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : MISS)
    case 'null':
      return (value) => (value === null ? value : MISS)
  }
  return undefined
}

function typedKind(schema: JsonSchema): ReadScalar {
  const isDate = kindOf(schema) === 'date'
  return (value) => ((isDate ? value instanceof Date : typeof value === 'bigint') ? value : MISS)
}

function listed(values: readonly unknown[]): ReadScalar {
  return (value) => (values.includes(value) ? value : MISS)
}

/** The JSON form of a value that has one of its own: a Date, a bigint, bytes, an object with `toJSON`, a Set. */
function jsonOf(value: unknown): unknown {
  return typeof value === 'bigint' || (typeof value === 'object' && value !== null) ? plain(value, '') : value
}
