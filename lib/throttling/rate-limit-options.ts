/** Options of rate limits: what an Api, its blueprints and an endpoint state together → the limits of that endpoint. */
import type { IncomingMessage } from 'node:http'
import { checkSynchronous } from '../exceptions/returned.ts'
import { checkChoice, checkObject, checkOptions, describe, given, type Keys } from '../registry/options.ts'
import type { RateLimitStore } from './store-counters.ts'

/** One limit: a number of points in a window of time, for each client. */
export interface RateLimit {
  /** A request takes one point, or the `cost` of its endpoint. From 1. */
  readonly points: number
  /** Whole seconds from 1. The window of a client begins at its first request. */
  readonly seconds: number
  /**
   * Clients are identified by address (IPv6: by network, /64), by `request.identity` (without one by address), or by the text
   * that a function returns after authentication; undefined: this limit does not count the request. Default 'address'.
   */
  readonly by?: 'address' | 'identity' | ((request: IncomingMessage) => string | undefined)
}

/** Where the limits are counted. Stated beside the limits, or on a blueprint or Api around them. */
interface CounterOptions {
  /** `{ redis: client }`, or a function that makes a limiter of `rate-limiter-flexible`. Default 'memory': this process. */
  readonly store?: 'memory' | RateLimitStore
  /** When the store fails: counts in memory, allows every request, or refuses with 503. Default 'memory'. */
  readonly fallback?: 'memory' | 'allow' | 'refuse'
  /** Milliseconds until a store without an answer has failed: 1 to 60,000. Default 500. */
  readonly timeoutMs?: number
  /** Clients that are kept in memory, for each declaration of limits; the oldest go first. Default 100,000. */
  readonly maxKeys?: number
  /** The beginning of all keys in the store. Default 'mazurka'. */
  readonly keyPrefix?: string
}

export interface RateLimitOptions extends Partial<RateLimit>, CounterOptions {
  /** Several limits at once, by name. In place of `points`, `seconds` and `by`, which are the limit 'default'. */
  readonly limits?: Readonly<Record<string, RateLimit>>
  /** Points that a request takes: a whole number from 1. Default 1. */
  readonly cost?: number
  /** `RateLimit` and `RateLimit-Policy`, `X-RateLimit-Limit`, `-Remaining` and `-Reset`, or both. Default 'draft'. */
  readonly headers?: 'draft' | 'legacy' | 'both'
}

/** The value of the option at one level: an endpoint, a blueprint or the Api. */
export interface Level {
  readonly value: RateLimitOptions | false | undefined
  /** Its name in keys. */
  readonly scope: string
}

export interface NamedLimit extends RateLimit {
  readonly name: string
}

/** The limits of an endpoint. */
export interface ResolvedLimits
  extends Required<CounterOptions>,
    Required<Pick<RateLimitOptions, 'headers'>> {
  readonly limits: readonly NamedLimit[]
  readonly cost: number
  /** Name of the level that states the limits. */
  readonly scope: string
  /** The value at that level. */
  readonly source: RateLimitOptions
}

const LIMIT: Keys<RateLimit> = { points: 'positive', seconds: 'positive', by: true }
const COUNTERS: Keys<CounterOptions> = {
  store: true,
  fallback: true,
  timeoutMs: 'positive',
  maxKeys: 'positive',
  keyPrefix: 'string',
}
const KEYS: Keys<RateLimitOptions> = { ...LIMIT, ...COUNTERS, limits: true, cost: 'positive', headers: true }

const DEFAULTS = {
  store: 'memory',
  fallback: 'memory',
  timeoutMs: 500,
  maxKeys: 100_000,
  keyPrefix: 'mazurka',
  headers: 'draft',
  cost: 1,
} as const

/**
 * Merges the levels, the innermost first, member by member. The nearest limits replace all others.
 *
 * @returns Undefined without limits.
 * @throws {TypeError} for a wrong value at any level.
 */
export function resolveLimits(where: string, levels: readonly Level[]): ResolvedLimits | undefined {
  let merged: RateLimitOptions = {}
  let found: Pick<ResolvedLimits, 'limits' | 'scope' | 'source'> | undefined
  let inner: string | undefined // an option of the counters inside the level that has the limits
  for (const { value, scope } of levels) {
    if (value === undefined) continue
    if (value === false) break
    const limits = limitsOf(where, value)
    if (!found && limits) {
      if (inner) throw new TypeError(`${where} has ${inner} without limits of its own, which it belongs to`)
      found = { limits, scope, source: value }
    }
    if (!found) inner ??= Object.keys(given(value)).find((key) => key in COUNTERS)
    merged = { ...given(value), ...merged }
  }
  if (!found) return undefined
  const resolved = { ...DEFAULTS, ...merged, ...found }
  const narrow = found.limits.find(({ points }) => points < resolved.cost)
  if (!narrow) return resolved
  throw new TypeError(
    `${where} has cost: ${resolved.cost}, more than the ${narrow.points} points of '${narrow.name}'`,
  )
}

/** @throws {TypeError} for options of the innermost level that no limits use, unless a level around states false. */
export function checkUsed(where: string, levels: readonly Level[]): void {
  const [own] = levels.map(({ value }) => value)
  if (typeof own !== 'object' || levels.some(({ value }) => value === false)) return
  const [key = 'an empty object'] = Object.keys(given(own))
  throw new TypeError(
    `${where} has ${key} without limits: add points and seconds, here or around it, or rateLimit: false around it`,
  )
}

/** The limits of one level; undefined where it states none. @throws {TypeError} for a wrong value. */
function limitsOf(where: string, options: RateLimitOptions): readonly NamedLimit[] | undefined {
  checkOptions(where, options, KEYS)
  const { limits, points, seconds, by, headers, store, fallback, timeoutMs } = options
  if (timeoutMs !== undefined && timeoutMs > 60_000)
    throw new TypeError(`${where} cannot have timeoutMs: ${timeoutMs}; use at most 60,000`)
  checkChoice(where, 'headers', headers, ['draft', 'legacy', 'both'])
  checkChoice(where, 'fallback', fallback, ['memory', 'allow', 'refuse'])
  checkStore(where, store)
  const isShort = points !== undefined || seconds !== undefined || by !== undefined
  if (limits === undefined) return isShort ? [limitOf(where, 'default', { points, seconds, by })] : undefined
  if (isShort)
    throw new TypeError(`${where} has limits beside points, seconds or by, which are the short form`)
  checkObject(`${where}, in 'limits',`, limits)
  const named = Object.entries(limits).map(([name, limit]) => limitOf(where, name, limit))
  if (named.length === 0) throw new TypeError(`${where} has limits without one: use false for none`)
  return named
}

function limitOf(where: string, name: string, limit: { [K in keyof RateLimit]?: RateLimit[K] | undefined }) {
  const place = `${where}, in the limit '${name}',`
  if (!/^[\w.-]+$/.test(name))
    throw new TypeError(`${place} has a name that is not of letters, digits, '.', '_' and '-'`)
  checkOptions(place, limit, LIMIT)
  const { points, seconds, by = 'address' } = limit
  if (points === undefined || seconds === undefined) throw new TypeError(`${place} needs points and seconds`)
  if (typeof by === 'function') checkSynchronous(place, 'by', by)
  else if (by !== 'address' && by !== 'identity')
    throw new TypeError(`${place} cannot have by: ${describe(by)}; use 'address', 'identity' or a function`)
  return { name, points, seconds, by }
}

function checkStore(where: string, store: unknown): void {
  const isStore =
    typeof store === 'function' || (typeof store === 'object' && store !== null && 'redis' in store)
  if (store === undefined || store === 'memory' || isStore) return
  throw new TypeError(
    `${where} cannot have store: ${String(store)}; use 'memory', { redis: client } or a function`,
  )
}
