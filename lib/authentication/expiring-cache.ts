/** A bounded cache whose entries expire; when it is full, the oldest entry goes. */
import { evictOldest } from '../registry/evict-oldest.ts'

export class ExpiringCache<V> {
  readonly #maxEntries: number
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>()
  readonly #evict = evictOldest(this.#entries)

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value of a key; undefined without one, and for one that has expired. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (Date.now() < entry.until) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  /** @param until in milliseconds since 1970; a time that has passed stores nothing. */
  set(key: string, value: V, until: number): void {
    this.#entries.delete(key)
    if (until <= Date.now()) return
    if (this.#entries.size >= this.#maxEntries) this.#evict()
    this.#entries.set(key, { value, until })
  }
}
