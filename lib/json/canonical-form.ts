/**
 * Canonical form of a JSON value, independent of the order of members: the input of the hash in entity tags.
 *
 *     { b: [2], a: 'x' }  ≡  { a: 'x', b: [2] }  →  ["1:a1:b","x",[0,2]]
 *
 * It is JSON: a list begins with 0, a number that is not finite with 1, and a record is a list that begins with its sorted names, each after its length. That
 * is written faster than objects with sorted members.
 */
import { hash } from 'node:crypto'
import { checkDepth, plain } from './json-value.ts'

/** The value has an iterator, which would be empty when the value is sent. */
export class ReadOnceError extends TypeError {
  constructor() {
    super('A value with an iterator has no hash, because an iterator can be read only once: make it an array')
  }
}

/**
 * Equal for values with the same JSON, apart from the order of members. NaN and infinities, which JSON has as null, differ: other
 * media types have them as texts.
 *
 * @throws {TypeError} for a cycle. @throws {ReadOnceError} before an iterator is read.
 */
export function canonicalForm(value: unknown): string {
  return JSON.stringify(isLeaf(value) ? value : formOf(value, '', 0)) ?? 'null'
}

/** SHA-256 of the canonical form, in base64url. @throws {TypeError} as {@link canonicalForm}. */
export function canonicalHash(value: unknown): string {
  return hash('sha256', canonicalForm(value), 'base64url')
}

/** A value that `JSON.stringify` writes as it is. @param key the name in the parent, or the index. */
function formOf(original: unknown, key: string | number, depth: number): unknown {
  if (isRecord(original)) {
    checkDepth(depth)
    return formOfRecord(original, depth)
  }
  if (isReadOnce(original)) throw new ReadOnceError()
  const value = plain(original, key)
  if (typeof value === 'number' && !Number.isFinite(value)) return [1, String(value)]
  if (typeof value !== 'object' || value === null) return value
  checkDepth(depth)
  return Array.isArray(value) ? formOfList(value, depth + 1) : formOfRecord(value as JsonRecord, depth)
}

function formOfList(list: readonly unknown[], depth: number): unknown[] {
  const form: unknown[] = [0]
  for (let index = 0; index < list.length; index++) {
    const item = list[index]
    form.push(isLeaf(item) ? item : formOf(item, index, depth))
  }
  return form
}

type JsonRecord = Readonly<Record<string, unknown>>

function formOfRecord(record: JsonRecord, depth: number): unknown[] {
  const [first, second] = recent[depth] ?? NO_SHAPES
  let shape = first
  let form = first?.valuesOf(record)
  if (!form && second) {
    shape = second
    form = second.valuesOf(record)
  }
  if (!shape || !form) {
    shape = newShape(record, depth)
    form = [shape.names, ...shape.sorted.map((name) => record[name])]
  }
  for (let index = 1; index < form.length; index++) {
    const value = form[index]
    if (!isLeaf(value)) form[index] = formOf(value, shape.sorted[index - 1] as string, depth + 1)
  }
  return form
}

/** Whether a value is a plain record, which is written as it is: most are. */
function isRecord(value: unknown): value is JsonRecord {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false
  return (value as JsonRecord).toJSON === undefined && !('next' in value)
}

function isReadOnce(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'next' in value && Symbol.iterator in value
}

/** Most values: `JSON.stringify` writes them, a function as null. */
function isLeaf(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value !== 'object' && typeof value !== 'bigint'
}

/** The member names of a record, without those that JSON leaves out. */
class Shape {
  /** In the order of the record. */
  readonly #unsorted: readonly string[]
  readonly sorted: readonly string[]
  /** The sorted names in one text. */
  readonly names: string
  /** The form of a record without its values. */
  readonly #blank: readonly unknown[]
  /** The places in the form, in the order of the record. */
  readonly #places: readonly number[]

  constructor(record: JsonRecord) {
    this.#unsorted = Object.keys(record).filter((name) => !isOmitted(record[name]))
    this.sorted = this.#unsorted.toSorted()
    this.names = this.sorted.map((name) => `${name.length}:${name}`).join('')
    this.#blank = [this.names, ...this.sorted]
    const places = new Map(this.sorted.map((name, index) => [name, index + 1]))
    this.#places = this.#unsorted.map((name) => places.get(name) as number)
  }

  /** The names and values of a record in the order of the form; undefined where it has other names, or another order. */
  valuesOf(record: JsonRecord): unknown[] | undefined {
    const prototype = Object.getPrototypeOf(record)
    const inherits = prototype !== Object.prototype && prototype !== null
    const values = this.#blank.slice()
    let count = 0
    for (const name in record) {
      const value = record[name]
      if (isOmitted(value) || (inherits && !Object.hasOwn(record, name))) continue
      if (name !== this.#unsorted[count]) return undefined
      values[this.#places[count++] as number] = value
    }
    return count === this.#unsorted.length ? values : undefined
  }
}

type Shapes = readonly (Shape | undefined)[]

/**
 * By depth, the shapes of the last records there, two at most: that of the next is mostly one of them, as where some records have
 * a member that the others lack. Sorting costs a third of a small state.
 */
const recent: Shapes[] = []
const NO_SHAPES: Shapes = []
const MAX_SHAPES = 16
/** Characters of the names of a shape that is kept: a client may have sent them. */
const MAX_LENGTH = 2000

function newShape(record: JsonRecord, depth: number): Shape {
  const shape = new Shape(record)
  if (depth < MAX_SHAPES && shape.names.length <= MAX_LENGTH) recent[depth] = [shape, recent[depth]?.[0]]
  return shape
}

function isOmitted(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol'
}
