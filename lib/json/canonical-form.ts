/**
 * Canonical form of a JSON value, independent of the order of members: the input of the hash in entity tags.
 *
 *     { b: 2, a: 'x' }  ≡  { a: 'x', b: 2 }   ≢  { a: 'x', b: '2' }
 *
 * It is not JSON: a string of all texts, and a number array of type tags, lengths and numbers. That is several
 * times faster than sorting and `JSON.stringify`.
 */
import { hash } from 'node:crypto'
import { plain } from './json-value.ts'

/** The canonical form: equal for values with the same JSON, apart from the order of members. */
export interface Canonical {
  readonly text: string
  readonly numbers: Float64Array<ArrayBuffer>
}

/** A deeper value is treated as a cycle. */
const MAX_DEPTH = 2000

/** Type tags. Each is followed by one number: a length, a count, the value of a number. */
const NULL = 0
const FALSE = 1
const TRUE = 2
const NUMBER = 3
const STRING = 4
const LIST = 5
const RECORD = 6
/** A record with the members of an earlier one. */
const KNOWN_RECORD = 7

/** @throws {TypeError} for a cycle. */
export function canonicalForm(value: unknown): Canonical {
  const { text, numbers, count } = new CanonicalForm(new Float64Array(64)).of(value)
  return { text, numbers: numbers.subarray(0, count) }
}

/** Memory that is large enough for most states, so that hashing rarely allocates any. */
interface Memory {
  readonly numbers: Float64Array<ArrayBuffer>
  /** The same as bytes. */
  readonly bytesOfNumbers: Buffer
  /** What is hashed. */
  readonly bytes: Buffer
}

const NUMBERS = 8192
/** Beside the numbers. */
const TEXT_BYTES = 65_536
/** Comes before text in UTF-16: no byte of UTF-8 has this value. */
const UTF16 = 0xff

function newMemory(): Memory {
  const numbers = new Float64Array(NUMBERS)
  const bytesOfNumbers = Buffer.from(numbers.buffer)
  return { numbers, bytesOfNumbers, bytes: Buffer.alloc(TEXT_BYTES + numbers.byteLength) }
}

let shared: Memory | undefined

/** SHA-256 of the canonical form, in base64url. @throws {TypeError} as {@link canonicalForm}. */
export function canonicalHash(value: unknown): string {
  const memory = shared ?? newMemory()
  shared = undefined // a toJSON that hashes gets its own memory
  try {
    const { text, numbers, count } = new CanonicalForm(memory.numbers).of(value)
    const numberBytes = count * Float64Array.BYTES_PER_ELEMENT
    // UTF-8 has no lone surrogates, and would make all of them the same
    const isUtf16 = !text.isWellFormed()
    const start = isUtf16 ? 1 : 0
    const fits = numbers === memory.numbers && start + text.length * 3 <= TEXT_BYTES
    const bytes = fits ? memory.bytes : Buffer.alloc(start + text.length * 3 + numberBytes)
    if (isUtf16) bytes[0] = UTF16
    const end = start + bytes.write(text, start, isUtf16 ? 'utf16le' : 'utf8')
    const bytesOfNumbers = fits ? memory.bytesOfNumbers : Buffer.from(numbers.buffer)
    bytesOfNumbers.copy(bytes, end, 0, numberBytes)
    return hash('sha256', bytes.subarray(0, end + numberBytes), 'base64url')
  } finally {
    shared = memory
  }
}

/** The names of the last record, which the next state mostly has too: sorting them costs a third of a small state. */
let recent: { names: readonly string[]; sorted: readonly string[]; list: string } = {
  names: [],
  sorted: [],
  list: '[]',
}

class CanonicalForm {
  #text = ''
  #numbers: Float64Array<ArrayBuffer>
  #count = 0
  /** Member names of the previous record, in its order and sorted: the next record mostly has the same. */
  #names: readonly string[]
  #sorted: readonly string[]
  /** The sorted names as JSON. */
  #list: string
  /** Number of the list of names, when it was written before; otherwise -1. */
  #number = -1
  readonly #numbersOfNames = new Map<string, number>()

  constructor(buffer: Float64Array<ArrayBuffer>) {
    this.#numbers = buffer
    ;({ names: this.#names, sorted: this.#sorted, list: this.#list } = recent)
  }

  /** The canonical form, whose numbers are the first `count`. */
  of(value: unknown): Canonical & { readonly count: number } {
    this.#write(value, '', 0)
    recent = { names: this.#names, sorted: this.#sorted, list: this.#list }
    return { text: this.#text, numbers: this.#numbers, count: this.#count }
  }

  #write(original: unknown, key: string, depth: number): void {
    const value = typeof original === 'object' && original !== null ? plain(original, key) : original
    switch (typeof value) {
      case 'string':
        this.#put(STRING, value.length)
        this.#text += value
        return
      case 'number':
        if (Number.isFinite(value))
          this.#put(NUMBER, value + 0) // JSON writes -0 as 0
        else this.#put(NULL, 0)
        return
      case 'boolean':
        this.#put(value ? TRUE : FALSE, 0)
        return
      case 'bigint':
        this.#write(value.toString(), key, depth)
        return
      case 'object':
        if (value !== null) {
          if (depth > MAX_DEPTH)
            throw new TypeError(`The value is a cycle, or deeper than ${MAX_DEPTH} levels`)
          if (Array.isArray(value)) this.#writeList(value, depth + 1)
          else this.#writeRecord(value as Readonly<Record<string, unknown>>, depth + 1)
          return
        }
    }
    this.#put(NULL, 0)
  }

  #put(tag: number, value: number): void {
    if (this.#count + 2 > this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 4)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#count++] = tag
    this.#numbers[this.#count++] = value
  }

  #writeList(list: readonly unknown[], depth: number): void {
    this.#put(LIST, list.length)
    for (let index = 0; index < list.length; index++) this.#write(list[index], String(index), depth)
  }

  #writeRecord(record: Readonly<Record<string, unknown>>, depth: number): void {
    if (!this.#hasSameNames(record)) this.#setNames(record)
    const sorted = this.#sorted
    if (this.#number < 0) this.#writeNames(this.#list)
    else this.#put(KNOWN_RECORD, this.#number)
    for (let index = 0; index < sorted.length; index++) {
      const name = sorted[index] as string
      this.#write(record[name], name, depth)
    }
  }

  /** Whether a record has the members of the previous one, in the same order, and all of them exist in JSON. */
  #hasSameNames(record: Readonly<Record<string, unknown>>): boolean {
    const names = this.#names
    const prototype = Object.getPrototypeOf(record)
    const inherits = prototype !== Object.prototype && prototype !== null
    let count = 0
    for (const name in record) {
      if (name !== names[count] || isOmitted(record[name])) return false
      if (inherits && !Object.hasOwn(record, name)) return false
      count++
    }
    return count === names.length && count > 0
  }

  #setNames(record: Readonly<Record<string, unknown>>): void {
    this.#names = Object.keys(record).filter((name) => !isOmitted(record[name]))
    this.#sorted = [...this.#names].sort()
    this.#list = JSON.stringify(this.#sorted)
    this.#number = this.#numbersOfNames.get(this.#list) ?? -1
  }

  #writeNames(list: string): void {
    this.#number = this.#numbersOfNames.size
    this.#numbersOfNames.set(list, this.#number)
    this.#put(RECORD, list.length)
    this.#text += list
  }
}

function isOmitted(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol'
}
