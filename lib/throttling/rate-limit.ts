/**
 * Rate limits: by address, by identity or by a function, in memory or in a store that several processes share.
 *
 *     new Api(app, { title, version, rateLimit: { points: 100, seconds: 60 } })
 *     app.use(rateLimit({ points: 100, seconds: 60 }))              // an app without an Api
 *
 * RFC 6585 §4 (429), draft-ietf-httpapi-ratelimit-headers-10.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { TooManyRequests } from '../exceptions/client-errors.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Middleware } from '../walk/hook.ts'
import { logTo } from '../walk/log.ts'
import { runStep } from '../walk/middleware.ts'
import { ownerOf } from '../walk/option-owner.ts'
import { preflightMethodOf } from '../walk/preflight.ts'
import type { SurroundedRoutes, Surrounding } from '../walk/surrounding.ts'
import type { Report } from './limiter.ts'
import type { Count } from './memory-counters.ts'
import { documentedFields, RETRY_AFTER, secondsLeft, setRateLimitFields } from './rate-limit-fields.ts'
import {
  checkUsed,
  type Level,
  type NamedLimit,
  type RateLimitOptions,
  type ResolvedLimits,
  resolveLimits,
} from './rate-limit-options.ts'
import { type Group, groupsOf, sharedGroups } from './shared-limits.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /**
     * Limits of requests per client; all endpoints of the blueprint share the counters. Members that an inner blueprint or an
     * endpoint states replace these one by one. False: no limits. Inside an Api; default none.
     */
    readonly rateLimit?: RateLimitOptions | false
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** The `cost` of this endpoint, or limits of its own with counters of its own; false: no limits. */
    readonly rateLimit?: RateLimitOptions | false
  }
}

export const RATE_LIMIT = {
  name: 'RateLimit',
  option: 'rateLimit',
  surround(endpoint, routes) {
    const where = `The option 'rateLimit' of ${ownerOf(endpoint, 'rateLimit')}`
    const levels = levelsOf(endpoint, routes)
    const resolved = resolveLimits(where, levels)
    if (!resolved) return checkUsed(where, levels)
    const { headers, fallback, store } = resolved
    const { byAddress, others } = sharedGroups(routes, resolved)
    const report: Report = (error) => logTo(endpoint.logger, FAILED, error, { endpoint: endpoint.name })
    const use: Use = { ...resolved, report }
    if (byAddress.length > 0)
      endpoint.on('throttle/limitByAddress', function limitByAddress({ request, response }) {
        return take(byAddress, request, response, use)
      })
    if (others.length > 0)
      endpoint.on('authorize/limitByIdentity', function limitByIdentity({ request, response }) {
        return take(others, request, response, use)
      })
    const failed = store !== 'memory' && fallback === 'refuse' ? { 503: RETRY_AFTER } : {}
    endpoint.documented.push({ headers: documentedFields(headers), errors: { 429: RETRY_AFTER, ...failed } })
  },
} satisfies Surrounding

const FAILED = 'The store of the rate limits has failed'

/**
 * Limits as middleware, for an app without an Api: the error 429, or 503, is given to `next`. Limits by identity read
 * `request.identity`, which middleware before it has set.
 *
 * @throws {TypeError} as the option does.
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const resolved = resolveLimits('rateLimit()', [{ value: options, scope: 'app' }])
  if (!resolved) throw new TypeError('rateLimit() needs limits: { points: 100, seconds: 60 }')
  const { byAddress, others } = groupsOf(resolved)
  const use = { ...resolved, report: (error: unknown) => logTo(console, FAILED, error, {}) }
  return function limitRate(request, response, next) {
    if (preflightMethodOf(request) !== undefined) return next() // a page would see a network error in place of the 429
    const takeOthers = () => take(others, request, response, use)
    const takeAll = () => take(byAddress, request, response, use)?.then(takeOthers) ?? takeOthers()
    runStep(takeAll, response, next)
  }
}

/** The levels that an endpoint takes limits from, the innermost first. */
function levelsOf(endpoint: Endpoint, { prefix }: SurroundedRoutes): readonly Level[] {
  const { settings, blueprintNames, method, path, options } = endpoint
  const api = prefix === '' ? '' : `${prefix}:` // an app may have several
  return [
    { value: options.rateLimit, scope: `${method} ${path}` },
    ...settings.map(({ rateLimit: value }, index) => ({
      value,
      scope: api + blueprintNames.slice(index).toReversed().join('/'),
    })),
  ]
}

/** How a request uses limits. */
interface Use extends Pick<ResolvedLimits, 'cost' | 'headers'> {
  readonly report: Report
}

type Counts = readonly Count[] | undefined

/**
 * Takes the points of a request from all limits, and sets the fields.
 *
 * @throws {TooManyRequests} 429, for the limit with the longest wait of those that are used up.
 */
function take(
  groups: readonly Group[],
  request: IncomingMessage,
  response: ServerResponse,
  { cost, headers, report }: Use,
): void | Promise<void> {
  const counts = groups.map(({ keyOf, limiter }): Counts | Promise<Counts> => {
    const client = keyOf(request)
    return client === undefined ? undefined : limiter.consume(client, cost, report)
  })
  if (!counts.some(isPromise)) return settle(groups, response, headers, counts as Counts[])
  return Promise.all(counts).then((settled) => settle(groups, response, headers, settled))
}

function settle(
  groups: readonly Group[],
  response: ServerResponse,
  headers: ResolvedLimits['headers'],
  counts: readonly Counts[],
): void {
  let refusing: Refusing | undefined
  for (const [index, { limiter }] of groups.entries()) {
    const ofGroup = counts[index]
    if (!ofGroup) continue
    if (!response.headersSent) setRateLimitFields(response, headers, limiter, ofGroup)
    refusing = longestWait(limiter.limits, ofGroup, refusing)
  }
  if (!refusing) return
  const { points, seconds } = refusing.limit
  const wait = secondsLeft(refusing.count)
  const detail = `Rate limit exceeded: ${points} in ${seconds} seconds; try again in ${wait} seconds`
  throw new TooManyRequests(detail, { headers: { 'retry-after': String(wait) } })
}

/** A limit that is used up. */
interface Refusing {
  readonly limit: NamedLimit
  readonly count: Count
}

function longestWait(
  limits: readonly NamedLimit[],
  counts: readonly Count[],
  earlier: Refusing | undefined,
): Refusing | undefined {
  let longest = earlier
  for (const [index, limit] of limits.entries()) {
    const count = counts[index] as Count
    if (count.consumedPoints <= limit.points) continue
    if (!longest || count.msBeforeNext > longest.count.msBeforeNext) longest = { limit, count }
  }
  return longest
}
