/**
 * JSON text of any value.
 *
 * `JSON.stringify` with a replacer is several times slower than without, so the value is checked first and the
 * replacer used only for types that JSON does not have: Map, Set, iterators, bytes, bigint.
 *
 * RFC 8259.
 */

import { base64Of, bytesOf } from './bytes.ts'
import { convert, isMoment } from './json-value.ts'

/** Deeper than most documents. The check of a cycle ends here, and `JSON.stringify` reports it. */
const MAX_DEPTH = 512

/**
 * The JSON text of `value`: Date as ISO 8601, Set and iterators as arrays, Map as an object, bigint as a
 * string, bytes as base64, `toJSON` respected, `undefined` as null.
 *
 * @throws {TypeError} for a cycle.
 */
export function jsonText(value: unknown, space?: number): string {
  return JSON.stringify(value, needsReplacer(value) ? replace : undefined, space) ?? 'null'
}

/** Whether `JSON.stringify` alone would write something else, or throw. */
function needsReplacer(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? objectNeedsReplacer(value, 0)
    : typeof value === 'bigint'
}

/** Called for objects alone, since most members are none: a call for each costs a third more. */
function objectNeedsReplacer(value: object, depth: number): boolean {
  if (depth > MAX_DEPTH) return true
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index]
      if (typeof item === 'number' || typeof item === 'string') continue
      if (
        typeof item === 'object'
          ? item !== null && objectNeedsReplacer(item, depth + 1)
          : typeof item === 'bigint'
      )
        return true
    }
    return 'toJSON' in value
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    if (isMoment(value)) return false
    if ('toJSON' in value || Symbol.iterator in value || bytesOf(value)) return true
  }
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key]
    if (typeof item === 'number' || typeof item === 'string') continue // most are
    const isOdd =
      typeof item === 'object'
        ? item !== null && objectNeedsReplacer(item, depth + 1)
        : typeof item === 'bigint' || typeof item === 'function' // toJSON
    if (isOdd) return true
  }
  return false
}

function replace(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const bytes = bytesOf(this[key]) // before its toJSON: that of a Buffer is a list of numbers
  return bytes ? base64Of(bytes) : convert(value)
}
