/**
 * A cache of values by a text that clients send, with a limit on its memory.
 *
 *     const accepted = new BoundedCache(parse)     accepted.get('text/csv')
 */

/** Limits of a {@link BoundedCache}. */
export interface CacheLimits {
  /** Default 100. When the cache is full, it is emptied. */
  readonly maxEntries?: number
  /** In characters, default 256. Values of longer keys are created at every call. */
  readonly maxKeyLength?: number
}

export class BoundedCache<V> {
  readonly #create: (key: string) => V
  readonly #maxEntries: number
  readonly #maxKeyLength: number
  readonly #values = new Map<string, V>()

  /** @param create makes the value of a key; undefined is a value like any other. */
  constructor(create: (key: string) => V, { maxEntries = 100, maxKeyLength = 256 }: CacheLimits = {}) {
    this.#create = create
    this.#maxEntries = maxEntries
    this.#maxKeyLength = maxKeyLength
  }

  /** How many values are stored. */
  get size(): number {
    return this.#values.size
  }

  /** The stored value of a key, or a new one. */
  get(key: string): V {
    const known = this.#values.get(key)
    if (known !== undefined || this.#values.has(key)) return known as V
    const value = this.#create(key)
    if (key.length > this.#maxKeyLength) return value
    if (this.#values.size >= this.#maxEntries) this.#values.clear()
    this.#values.set(key, value)
    return value
  }
}
