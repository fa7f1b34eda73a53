/** Limits that tell clients apart in the same way, with their counters and what happens when the store fails. */
import { ServiceUnavailable } from '../exceptions/server-errors.ts'
import { type Count, MemoryCounters } from './memory-counters.ts'
import { type Outage, outageOf } from './outage.ts'
import { policyOf } from './rate-limit-fields.ts'
import type { NamedLimit, ResolvedLimits } from './rate-limit-options.ts'
import { StoreCounters } from './store-counters.ts'

/** Receives the failure of a store, the first of an outage alone. */
export type Report = (error: unknown) => void

/** Counters in a store, and the state of the store, which other limits have as well. */
interface SharedStore {
  readonly counters: StoreCounters
  readonly outage: Outage
}

export class Limiter {
  readonly limits: readonly NamedLimit[]
  /** The value of RateLimit-Policy. */
  readonly policy: string
  readonly #memory: MemoryCounters
  readonly #store: SharedStore | undefined
  readonly #fallback: ResolvedLimits['fallback']

  /** @throws {TypeError} for a store that cannot be used. */
  constructor(limits: readonly NamedLimit[], options: ResolvedLimits) {
    const { store, maxKeys, keyPrefix, scope, timeoutMs } = options
    this.limits = limits
    this.policy = policyOf(limits)
    this.#fallback = options.fallback
    this.#memory = new MemoryCounters(limits, maxKeys)
    if (store === 'memory') return
    const counters = new StoreCounters(store, limits, `${keyPrefix}:${scope}`, timeoutMs)
    this.#store = { counters, outage: outageOf(store) }
  }

  /**
   * Takes points of a client.
   *
   * @returns The states in the order of the limits; undefined: the store has failed and the request is allowed.
   * @throws {ServiceUnavailable} 503, when the store has failed and requests are refused.
   */
  consume(
    client: string,
    cost: number,
    report: Report,
  ): readonly Count[] | undefined | Promise<readonly Count[] | undefined> {
    if (!this.#store) return this.#memory.consume(client, cost)
    const { counters, outage } = this.#store
    if (!outage.mayAsk()) return this.#consumeInstead(client, cost)
    return counters.consume(client, cost).then(
      (counts) => {
        outage.end()
        return counts
      },
      (error) => {
        if (outage.fail()) report(error)
        return this.#consumeInstead(client, cost, error)
      },
    )
  }

  #consumeInstead(client: string, cost: number, cause?: unknown): readonly Count[] | undefined {
    if (this.#fallback === 'memory') return this.#memory.consume(client, cost)
    if (this.#fallback === 'allow') return undefined
    throw new ServiceUnavailable('The rate limit cannot be checked', {
      headers: { 'retry-after': '1' },
      cause,
    })
  }
}
