/** Outages of the stores of rate limits: a store that has failed is not asked for a second. */
import type { RateLimitStore } from './store-counters.ts'

/** Time for which a store that has failed is not asked again. */
const PAUSE_MILLISECONDS = 1000

/** The state of one store, shared by all limits that are counted there. */
export class Outage {
  /** The time until which the store is not asked; 0 for one that answers. */
  #retryAt = 0

  /** Whether a request may ask the store. During an outage one in a second may; the others do not wait for its answer. */
  mayAsk(): boolean {
    if (this.#retryAt === 0) return true
    const now = Date.now()
    if (now < this.#retryAt) return false
    this.#retryAt = now + PAUSE_MILLISECONDS
    return true
  }

  /** Notes that the store has answered. */
  end(): void {
    this.#retryAt = 0
  }

  /** Notes a failure of the store. @returns Whether it is the first of an outage. */
  fail(): boolean {
    const isFirst = this.#retryAt === 0
    this.#retryAt = Date.now() + PAUSE_MILLISECONDS
    return isFirst
  }
}

/** The outages by the client of Redis, or by the function that makes the limiters. */
const outages = new WeakMap<object, Outage>()

/** The outage of a store: one for all limits of a client of Redis, or of a function. */
export function outageOf(store: RateLimitStore): Outage {
  const key = typeof store === 'function' ? store : store.redis
  const outage = outages.get(key) ?? new Outage()
  outages.set(key, outage)
  return outage
}
