/**
 * The JSON value of any value, before it becomes text.
 *
 *     { at: new Date(0), tags: new Set(['a']), id: 7n }  →  { at: '1970-01-01T00:00:00.000Z', tags: ['a'], id: '7' }
 *
 * RFC 8259 §3 (values).
 */

import { base64Of, bytesOf } from './bytes.ts'

/** A deeper value is treated as a cycle. */
const MAX_DEPTH = 2000

/**
 * A deep copy as JSON values: `toJSON` respected, Date as ISO 8601, Map as an object, Set, iterators and typed
 * arrays as arrays, bytes as base64, bigint as a string. Functions, symbols and undefined are left out of objects and null
 * elsewhere.
 *
 * A member `__proto__` is left out, since it would change the prototype of a later copy. Iterators are consumed.
 *
 * @throws {TypeError} for a cycle.
 */
export function jsonValue(value: unknown): unknown {
  return copy(value, '', 0) ?? null
}

/** Undefined for functions, symbols and undefined. */
function copy(original: unknown, key: string, depth: number): unknown {
  if (typeof original === 'string') return original
  const value = plain(original, key)
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null // JSON writes -0 as 0
  if (typeof value === 'function' || typeof value === 'symbol') return undefined
  if (typeof value !== 'object' || value === null) return value
  checkDepth(depth)
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => copy(item, String(index), depth + 1) ?? null)
  }
  const names = Object.keys(value)
  const object: Record<string, unknown> = {}
  for (const name of names) {
    if (name === '__proto__') continue
    const copied = copy((value as Record<string, unknown>)[name], name, depth + 1)
    if (copied !== undefined) object[name] = copied
  }
  return object
}

/** @throws {TypeError} for a depth that only a cycle has. */
export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH)
    throw new TypeError(`The value is a cycle, or nested deeper than ${MAX_DEPTH} levels`)
}

/** The JSON form of a value itself; its members are unchanged. @param key its name in the parent, or its index. */
export function plain(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return convert(value)
  const bytes = bytesOf(value)
  if (bytes) return base64Of(bytes)
  const { toJSON } = value as { toJSON?: unknown }
  return convert(typeof toJSON === 'function' ? toJSON.call(value, String(key)) : value)
}

/** The JSON form of a value whose `toJSON` was called. */
export function convert(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return value
  const bytes = bytesOf(value)
  if (bytes) return base64Of(bytes)
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Number || value instanceof Boolean || value instanceof String) return value.valueOf()
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array)
  return Symbol.iterator in value ? Array.from(value as Iterable<unknown>) : value
}

/** Whether an object is a Date that JSON writes as ISO 8601: one without a `toJSON` of its own. */
export function isMoment(value: object): value is Date {
  return value instanceof Date && value.toJSON === Date.prototype.toJSON
}

/** Whether two JSON values are equal; stops at the first difference, lengths first. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) || Array.isArray(other)) return isSameList(one, other)
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length) return false
  return names.every(
    (name) => Object.hasOwn(other, name) && isSameJson(memberOf(one, name), memberOf(other, name)),
  )
}

function isSameList(one: object, other: object): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  return one.every((item, index) => isSameJson(item, other[index]))
}

function memberOf(object: object, name: string): unknown {
  return (object as Record<string, unknown>)[name]
}
