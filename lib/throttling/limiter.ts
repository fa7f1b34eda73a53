/** Limits that tell clients apart in the same way, with their counters and what happens when the store fails. */
import { ServiceUnavailable } from '../exceptions/server-errors.ts'
import { type Count, MemoryCounters } from './memory-counters.ts'
import { policyOf } from './rate-limit-fields.ts'
import type { NamedLimit, ResolvedLimits } from './rate-limit-options.ts'
import { StoreCounters } from './store-counters.ts'

/** Time for which a store that has failed is not asked again. */
const PAUSE_MILLISECONDS = 1000

/** Receives the failure of a store, the first of an outage alone. */
export type Report = (error: unknown) => void

export class Limiter {
  readonly limits: readonly NamedLimit[]
  /** The value of RateLimit-Policy. */
  readonly policy: string
  readonly #memory: MemoryCounters
  readonly #store: StoreCounters | undefined
  readonly #fallback: ResolvedLimits['fallback']
  /** The time until which a store that has failed is not asked; 0 for one that answers. */
  #retryAt = 0

  /** @throws {TypeError} for a store that cannot be used. */
  constructor(limits: readonly NamedLimit[], options: ResolvedLimits) {
    const { store, maxKeys, keyPrefix, scope, timeoutMs } = options
    this.limits = limits
    this.policy = policyOf(limits)
    this.#fallback = options.fallback
    this.#memory = new MemoryCounters(limits, maxKeys)
    if (store !== 'memory') this.#store = new StoreCounters(store, limits, `${keyPrefix}:${scope}`, timeoutMs)
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
    const now = Date.now()
    if (now < this.#retryAt) return this.#consumeInstead(client, cost)
    const isOutage = this.#retryAt > 0
    if (isOutage) this.#retryAt = now + PAUSE_MILLISECONDS // one request asks, the others do not wait for it
    return this.#store.consume(client, cost).then(
      (counts) => {
        this.#retryAt = 0
        return counts
      },
      (error) => {
        if (this.#retryAt === 0) report(error)
        this.#retryAt = Date.now() + PAUSE_MILLISECONDS
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
