/** Counters of clients in a store that several processes share, by `rate-limiter-flexible`. */
import { inspect } from 'node:util'
import { optionalPackage } from '../registry/optional-package.ts'
import { isPromise } from '../schema/is-promise.ts'
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

  /** @throws {TypeError} when `rate-limiter-flexible` is not installed, or takes no such client, and without a limiter. */
  constructor(store: RateLimitStore, limits: readonly StoredLimit[], keyPrefix: string, timeoutMs: number) {
    const create = typeof store === 'function' ? store : redisLimiter(store.redis)
    this.#limiters = limits.map(({ name, points, seconds }) =>
      // the length of the window is in the key, so that a change of it begins a new one
      limiterOf(create({ points, duration: seconds, keyPrefix: `${keyPrefix}:${name}:${seconds}` })),
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

/** @throws {TypeError} for a value of the function `store` that is not a limiter. */
function limiterOf(made: unknown): StoreLimiter {
  if (typeof (made as Partial<StoreLimiter> | undefined | null)?.consume === 'function')
    return made as StoreLimiter
  if (isPromise(made)) made.then(undefined, () => {}) // its rejection would end the process
  const found = isPromise(made) ? 'a promise' : describe(made)
  throw new TypeError(
    `The option 'rateLimit' has a store that returns ${found}; it returns a limiter with the method 'consume'`,
  )
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? "an object without 'consume'" : String(value)
}

/** The state of a limit, also of one that is used up. @throws {Error} for a state that is not one. */
async function countOf(limiter: StoreLimiter, client: string, cost: number): Promise<Count> {
  let given: unknown
  try {
    given = await limiter.consume(client, cost)
  } catch (rejected) {
    if (rejected instanceof Error) throw rejected
    given = rejected
  }
  const { consumedPoints, msBeforeNext } = (given ?? {}) as Partial<Count>
  if (Number.isFinite(consumedPoints) && Number.isFinite(msBeforeNext)) return given as Count
  throw new Error(
    `The store has given ${inspect(given, { depth: 0 })}; it gives { consumedPoints, msBeforeNext }, two numbers`,
  )
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
