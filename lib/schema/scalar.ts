/**
 * Conversion of one text into the type of a schema.
 *
 *     '2' → 2      'true', '1' → true      '2024-05-01' → Date      '0x10', '', ' 1' → MISS
 */
import { type JsonSchema, kindOf } from './json-schema.ts'

/** The text cannot be converted. */
export const MISS = Symbol('miss')

/** Returns the converted value or {@link MISS}. Values of the right type are returned unchanged. */
export type ReadScalar = (value: unknown) => unknown

const DECIMAL = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i
const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])
/** RFC 3339 §5.6, or its full-date alone: midnight UTC. */
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d))?$/
/** The conversion takes more than linear time. */
const MAX_BIGINT_DIGITS = 1000

/** Integers beyond 2^53 would differ from the text. */
function number(value: unknown): unknown {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !DECIMAL.test(value)) return MISS
  const read = Number(value)
  return Number.isFinite(read) && (/[.e]/i.test(value) || Number.isSafeInteger(read)) ? read : MISS
}

/** A fraction that is too small for a number is still one. */
function integer(value: unknown): unknown {
  const read = number(value)
  return Number.isSafeInteger(read) && !/\.0*[1-9]\d*$/.test(String(value)) ? read : MISS
}

function boolean(value: unknown): unknown {
  return typeof value === 'boolean' ? value : (BOOLEANS.get(value) ?? MISS)
}

function nothing(value: unknown): unknown {
  return value === '' || value === null ? null : MISS
}

function bigint(value: unknown): unknown {
  if (typeof value === 'bigint') return value
  if (typeof value !== 'string' || value.length > MAX_BIGINT_DIGITS) return MISS
  return /^-?\d+$/.test(value) ? BigInt(value) : MISS
}

function date(value: unknown): unknown {
  if (value instanceof Date) return value
  const parts = typeof value === 'string' ? MOMENT.exec(value) : null
  if (!parts) return MISS
  const [text = '', year, month, day] = parts
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  const read = new Date(text.replace(' ', 'T').toUpperCase())
  return Number(day) <= lastDay && !Number.isNaN(read.getTime()) ? read : MISS
}

function text(schema: JsonSchema): ReadScalar {
  const kind = kindOf(schema)
  if (kind) return kind === 'date' ? date : bigint
  const { minLength, pattern } = schema
  const least = typeof minLength === 'number' ? minLength : 0
  const expression = typeof pattern === 'string' ? expressionOf(pattern) : undefined
  return (value) => {
    if (typeof value !== 'string' || value.length < least) return MISS
    return !expression || expression.test(value) ? value : MISS
  }
}

/** A pattern as a regular expression; undefined for one that JavaScript does not support. */
export function expressionOf(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags)
    } catch {}
  }
  return undefined
}

/** One of the listed values: a listed text stays text, otherwise the first value that the text converts to. */
export function member(values: readonly unknown[]): ReadScalar {
  return (value) => {
    if (values.includes(value)) return value
    for (const each of values) {
      const read =
        typeof each === 'number'
          ? number(value)
          : typeof each === 'boolean'
            ? boolean(value)
            : each === null
              ? nothing(value)
              : MISS
      if (read !== MISS && read === each) return read
    }
    return MISS
  }
}

/** The conversion for a JSON Schema type; undefined for arrays and objects. */
export function scalar(type: unknown, schema: JsonSchema): ReadScalar | undefined {
  switch (type) {
    case 'string':
      return text(schema)
    case 'number':
      return number
    case 'integer':
      return integer
    case 'boolean':
      return boolean
    case 'null':
      return nothing
  }
  return undefined
}
