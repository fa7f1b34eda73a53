/**
 * Counters of clients in the memory of this process, several windows for each client.
 *
 *     new MemoryCounters([{ points: 10, seconds: 1 }], 100_000).consume('203.0.113.9', 1)
 *       →  [{ consumedPoints: 1, msBeforeNext: 1000 }]
 *
 * Windows end by the clock: there are no timers, so a window may last for years.
 */

import { evictOldest } from '../registry/evict-oldest.ts'
import { flatText } from '../registry/flat-text.ts'

/** The state of one limit for one client: members of `RateLimiterRes` of `rate-limiter-flexible`. */
export interface Count {
  /** Points taken in the window, those of refused requests included. */
  readonly consumedPoints: number
  /** Milliseconds until the window ends. */
  readonly msBeforeNext: number
}

export class MemoryCounters {
  readonly #milliseconds: readonly number[]
  readonly #maxKeys: number
  /** For each client two numbers per limit: its points, and the end of its window. The oldest client first. */
  readonly #clients = new Map<string, number[]>()
  readonly #evict = evictOldest(this.#clients)

  constructor(limits: readonly { readonly seconds: number }[], maxKeys: number) {
    this.#milliseconds = limits.map(({ seconds }) => seconds * 1000)
    this.#maxKeys = maxKeys
  }

  /** How many clients are kept. */
  get size(): number {
    return this.#clients.size
  }

  /** Takes points of a client in every window. @returns The states, in the order of the limits. */
  consume(client: string, cost: number): readonly Count[] {
    const now = Date.now()
    const windows = this.#clients.get(client) ?? this.#add(client)
    return this.#milliseconds.map((milliseconds, index) => {
      const end = 2 * index + 1
      const left = (windows[end] as number) - now
      const isOver = left <= 0 || left > milliseconds // longer than the window: the clock was set back
      if (isOver) windows[end] = now + milliseconds
      const consumedPoints = (isOver ? 0 : (windows[end - 1] as number)) + cost
      windows[end - 1] = consumedPoints
      return { consumedPoints, msBeforeNext: isOver ? milliseconds : left }
    })
  }

  #add(client: string): number[] {
    if (this.#clients.size >= this.#maxKeys) this.#evict()
    // plain doubles, which are half as large as integers among them; the copy has no room for more
    const windows = this.#milliseconds.flatMap(() => [0.5, 0.5]).slice()
    this.#clients.set(flatText(client), windows)
    return windows
  }
}
