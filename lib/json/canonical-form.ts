/**
 * Canonical form of a JSON value, independent of the order of members: the input of the hash in entity tags.
 *
 *     { b: [2], a: 'x' }  ≡  { a: 'x', b: [2] }  →  ["1:a1:b","x",[0,2]]
 *
 * It is JSON: a list begins with 0, and a record is a list that begins with its sorted names, each after its length. That
 * is written faster than objects with sorted members.
 */
import { hash } from 'node:crypto'
import { plain } from './json-value.ts'

/** A deeper value is treated as a cycle. */
const MAX_DEPTH = 2000

/** Equal for values with the same JSON, apart from the order of members. @throws {TypeError} for a cycle. */
export function canonicalForm(value: unknown): string {
  return JSON.stringify(formOf(value, '', 0)) ?? 'null'
}

/** SHA-256 of the canonical form, in base64url. @throws {TypeError} as {@link canonicalForm}. */
export function canonicalHash(value: unknown): string {
  return hash('sha256', canonicalForm(value), 'base64url')
}

/** A value that `JSON.stringify` writes as it is. @param key the name in the parent, or the index. */
function formOf(original: unknown, key: string | number, depth: number): unknown {
  if (typeof original === 'bigint') return original.toString()
  if (typeof original !== 'object' || original === null) return original
  const value = plain(original, String(key))
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH) throw new TypeError(`The value is a cycle, or deeper than ${MAX_DEPTH} levels`)
  const form: unknown[] = []
  if (Array.isArray(value)) {
    form.push(0)
    for (let index = 0; index < value.length; index++) form.push(formOf(value[index], index, depth + 1))
  } else {
    const { list, sorted } = shapeOf(value as JsonRecord, depth)
    form.push(list)
    for (let index = 0; index < sorted.length; index++) {
      const name = sorted[index] as string
      form.push(formOf((value as JsonRecord)[name], name, depth + 1))
    }
  }
  return form
}

type JsonRecord = Readonly<Record<string, unknown>>

/** The member names of a record, without those that JSON leaves out. */
class Shape {
  /** In the order of the record. */
  readonly #names: readonly string[]
  readonly sorted: readonly string[]
  /** The sorted names in one text. */
  readonly list: string

  constructor(record: JsonRecord) {
    this.#names = Object.keys(record).filter((name) => !isOmitted(record[name]))
    this.sorted = this.#names.toSorted()
    this.list = this.sorted.map((name) => `${name.length}:${name}`).join('')
  }

  /** Whether a record has these names in the same order, and no others. */
  isOf(record: JsonRecord): boolean {
    const prototype = Object.getPrototypeOf(record)
    const inherits = prototype !== Object.prototype && prototype !== null
    let count = 0
    for (const name in record) {
      if (name !== this.#names[count] || isOmitted(record[name])) return false
      if (inherits && !Object.hasOwn(record, name)) return false
      count++
    }
    return count === this.#names.length
  }
}

/** By depth, the shape of the last record there: that of the next is mostly the same. Sorting costs a third of a small state. */
const recent: Shape[] = []
const MAX_SHAPES = 16

function shapeOf(record: JsonRecord, depth: number): Shape {
  const known = recent[depth]
  if (known?.isOf(record)) return known
  const shape = new Shape(record)
  if (depth < MAX_SHAPES) recent[depth] = shape
  return shape
}

function isOmitted(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol'
}
