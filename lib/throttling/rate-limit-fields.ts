/**
 * The header fields of rate limits.
 *
 *     RateLimit-Policy: "burst";q=10;w=1, "daily";q=1000;w=86400
 *     RateLimit: "burst";r=9;t=1, "daily";r=999;t=86400
 *
 * draft-ietf-httpapi-ratelimit-headers-10; RFC 9110 §10.2.3 (Retry-After).
 */
import type { ServerResponse } from 'node:http'
import { presetFields } from '../connection/served-response.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { Count } from './memory-counters.ts'
import type { NamedLimit, RateLimitOptions } from './rate-limit-options.ts'

type Headers = Exclude<RateLimitOptions['headers'], undefined>

/** Writes the state of limits, after that of limits which are there already. */
export function setRateLimitFields(
  response: ServerResponse,
  headers: Headers,
  { limits, policy }: { readonly limits: readonly NamedLimit[]; readonly policy: string },
  counts: readonly Count[],
): void {
  if (headers !== 'legacy') {
    const states = limits.map((limit, index) => stateOf(limit, counts[index] as Count)).join(', ')
    presetFields(response, [
      ...['ratelimit-policy', appended(response, 'ratelimit-policy', policy)],
      ...['ratelimit', appended(response, 'ratelimit', states)],
    ])
  }
  if (headers === 'draft') return
  for (const [index, limit] of limits.entries()) setLegacyFields(response, limit, counts[index] as Count)
}

function appended(response: ServerResponse, name: string, value: string): string {
  const earlier = response.getHeader(name)
  return earlier === undefined ? value : `${earlier}, ${value}`
}

/** The value of RateLimit-Policy. */
export function policyOf(limits: readonly NamedLimit[]): string {
  return limits.map(({ name, points, seconds }) => `"${name}";q=${points};w=${seconds}`).join(', ')
}

function stateOf({ name, points }: NamedLimit, count: Count): string {
  return `"${name}";r=${remaining(points, count)};t=${secondsLeft(count)}`
}

/** Writes the state of one limit, unless another one that is written has fewer points left. */
function setLegacyFields(response: ServerResponse, { points }: NamedLimit, count: Count): void {
  const left = remaining(points, count)
  const reset = Math.ceil((Date.now() + count.msBeforeNext) / 1000)
  const other = response.getHeader('x-ratelimit-remaining')
  const isLooser =
    other !== undefined &&
    (Number(other) < left ||
      (Number(other) === left && Number(response.getHeader('x-ratelimit-reset')) > reset))
  if (isLooser) return
  presetFields(response, [
    ...['x-ratelimit-limit', String(points)],
    ...['x-ratelimit-remaining', String(left)],
    ...['x-ratelimit-reset', String(reset)],
  ])
}

function remaining(points: number, { consumedPoints }: Count): number {
  return Math.max(points - consumedPoints, 0)
}

/** Whole seconds until the window ends, at least 1. */
export function secondsLeft({ msBeforeNext }: Count): number {
  return Math.max(Math.ceil(msBeforeNext / 1000), 1)
}

const TEXT = { type: 'string' }
const COUNT = { type: 'integer', minimum: 0 }

/** The Header Objects of the fields. */
export function documentedFields(headers: Headers): Readonly<Record<string, JsonSchema>> {
  const draft = {
    'RateLimit-Policy': { description: 'The limits: q points in w seconds', schema: TEXT },
    RateLimit: { description: 'The state of each limit: r points left, t seconds to its end', schema: TEXT },
  }
  const legacy = {
    'X-RateLimit-Limit': { description: 'Points of the limit with the fewest points left', schema: COUNT },
    'X-RateLimit-Remaining': { description: 'Points left', schema: COUNT },
    'X-RateLimit-Reset': { description: 'End of the window, in seconds since 1970', schema: COUNT },
  }
  return { ...(headers === 'legacy' ? {} : draft), ...(headers === 'draft' ? {} : legacy) }
}

/** The Header Object of Retry-After. */
export const RETRY_AFTER: Readonly<Record<string, JsonSchema>> = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } },
}
