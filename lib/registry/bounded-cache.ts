/**
 * A cache of values by a text, such as a field of a request, with a limit on its memory.
 *
 *     const accepted = new BoundedCache(parse)     accepted.get('text/csv')
 */

/** Values of longer keys are created at every call. */
const MAX_KEY_LENGTH = 256

export class BoundedCache<V> {
  readonly #create: (key: string) => V
  readonly #maxEntries: number
  readonly #values = new Map<string, V>()
  /** The last key found, and its value: most clients send what the one before has sent. */
  #lastKey: string | undefined
  #lastValue: V | undefined

  /**
   * @param create makes the value of a key; undefined is a value like any other.
   * @param maxEntries when the cache is full, it is emptied.
   */
  constructor(create: (key: string) => V, maxEntries = 100) {
    this.#create = create
    this.#maxEntries = maxEntries
  }

  /** The stored value of a key, or a new one. */
  get(key: string): V {
    if (key === this.#lastKey) return this.#lastValue as V
    const known = this.#values.get(key)
    if (known !== undefined || this.#values.has(key)) {
      this.#lastKey = key
      this.#lastValue = known
      return known as V
    }
    const value = this.#create(key)
    if (key.length > MAX_KEY_LENGTH) return value
    if (this.#values.size >= this.#maxEntries) this.#values.clear()
    this.#values.set(key, value)
    return value
  }
}
