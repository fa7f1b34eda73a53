/** Counters of clients in a store that several processes share, by `rate-limiter-flexible`. */
import { optionalPackage } from '../registry/optional-package.ts'
import type { Count } from './memory-counters.ts'

/** A limiter as `rate-limiter-flexible` has them: `RateLimiterPostgres`, `RateLimiterMongo` … */
export interface StoreLimiter {
  /** Rejects with the state where the limit is used up, and with an `Error` where the store has failed. */
  consume(key: string, points: number): Promise<Count>
}

/** Options of a limiter of `rate-limiter-flexible`. */
export interface StoreLimiterOptions {
  readonly points: number
  /** Seconds. */
  readonly duration: number
  readonly keyPrefix: string
}

/**
 * A client of Redis by `ioredis` or `redis`, also of a cluster or of sentinels; or a function that makes the limiter of each
 * limit.
 */
export type RateLimitStore = { readonly redis: object } | ((options: StoreLimiterOptions) => StoreLimiter)

interface StoredLimit {
  readonly name: string
  readonly points: number
  readonly seconds: number
}

export class StoreCounters {
  readonly #limiters: readonly StoreLimiter[]
  readonly #timeoutMs: number

  /** @throws {TypeError} when `rate-limiter-flexible` is not installed, or takes no such client. */
  constructor(store: RateLimitStore, limits: readonly StoredLimit[], keyPrefix: string, timeoutMs: number) {
    const create = typeof store === 'function' ? store : redisLimiter(store.redis)
    this.#limiters = limits.map(({ name, points, seconds }) =>
      // the length of the window is in the key, so that a change of it begins a new one
      create({ points, duration: seconds, keyPrefix: `${keyPrefix}:${name}:${seconds}` }),
    )
    this.#timeoutMs = timeoutMs
  }

  /** @throws {Error} when the store has failed, or has not answered in time. */
  consume(client: string, cost: number): Promise<readonly Count[]> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`The store has not answered for ${this.#timeoutMs} ms`))
      const timer = setTimeout(fail, this.#timeoutMs)
      Promise.all(this.#limiters.map((limiter) => countOf(limiter, client, cost)))
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  }
}

/** The state of a limit, also of one that is used up. */
async function countOf(limiter: StoreLimiter, client: string, cost: number): Promise<Count> {
  try {
    return await limiter.consume(client, cost)
  } catch (rejected) {
    if (rejected instanceof Error || typeof (rejected as Count | null)?.msBeforeNext !== 'number')
      throw rejected
    return rejected as Count
  }
}

type RedisLimiter = new (options: StoreLimiterOptions & Record<string, unknown>) => StoreLimiter

function redisLimiter(redis: object): (options: StoreLimiterOptions) => StoreLimiter {
  const user = "The option 'rateLimit' with a store"
  const { RateLimiterRedis } = optionalPackage<{ RateLimiterRedis: RedisLimiter }>(
    'rate-limiter-flexible',
    user,
  )
  if (typeof (redis as Partial<Record<string, unknown>> | null)?.multi !== 'function')
    throw new TypeError(
      `${user} needs a client of Redis: { redis: new Redis() } with the package 'ioredis', or one of the package 'redis'`,
    )
  const isIoredis = 'defineCommand' in redis
  return (options) => new RateLimiterRedis({ ...options, storeClient: redis, useRedisPackage: !isIoredis })
}
