/**
 * One form per JSON value, whatever the order of its members: what tags are hashed from.
 *
 *     { b: 2, a: 'x' }  ≡  { a: 'x', b: 2 }   ≢  { a: 'x', b: '2' }
 *
 * No JSON, because nobody reads it: all strings one after the other, and numbers that say where they belong
 * and what else there is. That is several times faster than sorting and `JSON.stringify`.
 */
import { createHash } from 'node:crypto'
import { plain } from './json-value.ts'

/** What a value comes to: equal for values that JSON has the same word for. */
export interface Canonical {
  readonly text: string
  readonly numbers: Float64Array
}

/** Deeper is a cycle, or as good as one. */
const MAX_DEPTH = 2000

/** Each is followed by what belongs to it: a length, a count, the number itself. */
const NULL = 0
const FALSE = 1
const TRUE = 2
const NUMBER = 3
const STRING = 4
const LIST = 5
const RECORD = 6
/** A record with the members of one before. */
const ALIKE = 7

/** @throws {TypeError} for a cycle. */
export function canonicalForm(value: unknown): Canonical {
  return new CanonicalForm(new Float64Array(64)).of(value)
}

/** Room for most states, so that hashing one does not begin with making room. */
let room: Float64Array | undefined

/** SHA-256 of the form, in base64url. @throws {TypeError} as {@link canonicalForm}. */
export function canonicalHash(value: unknown): string {
  const own = room ?? new Float64Array(8192)
  room = undefined // a toJSON that hashes gets room of its own
  try {
    const { text, numbers } = new CanonicalForm(own).of(value)
    return createHash('sha256').update(text).update(numbers).digest('base64url')
  } finally {
    room = own
  }
}

class CanonicalForm {
  #text = ''
  #numbers: Float64Array
  #count = 0
  /** Members of the record before, which the next mostly resembles: in its order, and sorted. */
  #names: readonly string[] = []
  #sorted: readonly string[] = []
  /** Which of the lists of members that were named these are; -1 for none yet. */
  #number = -1
  readonly #named = new Map<string, number>()

  constructor(room: Float64Array) {
    this.#numbers = room
  }

  of(value: unknown): Canonical {
    this.#write(value, '', 0)
    return { text: this.#text, numbers: this.#numbers.subarray(0, this.#count) }
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

  #put(kind: number, what: number): void {
    if (this.#count + 2 > this.#numbers.length) {
      const more = new Float64Array(this.#numbers.length * 4)
      more.set(this.#numbers)
      this.#numbers = more
    }
    this.#numbers[this.#count++] = kind
    this.#numbers[this.#count++] = what
  }

  #writeList(list: readonly unknown[], depth: number): void {
    this.#put(LIST, list.length)
    for (let index = 0; index < list.length; index++) this.#write(list[index], String(index), depth)
  }

  #writeRecord(record: Readonly<Record<string, unknown>>, depth: number): void {
    if (!this.#isAlike(record)) this.#learn(record)
    const sorted = this.#sorted
    if (this.#number < 0) this.#name(sorted)
    else this.#put(ALIKE, this.#number)
    for (let index = 0; index < sorted.length; index++) {
      const name = sorted[index] as string
      this.#write(record[name], name, depth)
    }
  }

  /** Whether it has the members of the record before, in the same order, and JSON has a word for all of them. */
  #isAlike(record: Readonly<Record<string, unknown>>): boolean {
    const names = this.#names
    let count = 0
    for (const name in record) {
      if (name !== names[count] || isNothing(record[name])) return false
      count++
    }
    return count === names.length && count > 0
  }

  #learn(record: Readonly<Record<string, unknown>>): void {
    this.#names = Object.keys(record).filter((name) => name !== '__proto__' && !isNothing(record[name]))
    this.#sorted = [...this.#names].sort()
    this.#number = this.#named.get(JSON.stringify(this.#sorted)) ?? -1
  }

  #name(sorted: readonly string[]): void {
    const list = JSON.stringify(sorted)
    this.#number = this.#named.size
    this.#named.set(list, this.#number)
    this.#put(RECORD, list.length)
    this.#text += list
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol'
}
