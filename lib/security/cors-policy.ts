/**
 * A policy of CORS: which origins may read responses, and what they may send.
 *
 *     corsPolicy({ origin: ['https://app.example.org', /https:\/\/[a-z]+\.example\.net/], credentials: true })
 *
 * Fetch §3.2 and §4.8.
 */
import type { IncomingMessage } from 'node:http'
import { settle } from '../exceptions/settle.ts'
import { checkFieldNames } from '../registry/field-names.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { originOf, parseOrigin } from './origin.ts'

/** Whether an origin is allowed; `'*'`: every one, never with credentials. */
export type OriginTest = (origin: string, request: IncomingMessage) => boolean | '*' | Promise<boolean | '*'>

export interface CorsOptions {
  /**
   * Origins that are allowed: `'*'` for all, one, several, a pattern of whole origins, or a function. `Origin: null` is
   * allowed by `'*'` alone. Default `'*'`.
   */
  readonly origin?: string | RegExp | readonly (string | RegExp)[] | OriginTest
  /** Whether browsers may send cookies and read the answer. Default false; never with `'*'`. */
  readonly credentials?: boolean
  /** Fields of responses that pages may read, beside those that the Api sends itself (`ETag`, `Link`, `Location` …). */
  readonly exposedHeaders?: readonly string[]
  /** Fields of requests that pages may send. Default: those that the preflight asks for. */
  readonly allowedHeaders?: readonly string[]
  /** Seconds that a browser may remember a preflight. Default: the browser's own, 5 seconds. */
  readonly maxAgeSeconds?: number
}

/** Compiled options. */
export interface CorsPolicy {
  readonly options: CorsOptions
  /** Whether the fields are the same for every request. */
  readonly isOpen: boolean
  /** The value of Access-Control-Allow-Origin; undefined: none. */
  allow(request: IncomingMessage): string | undefined | Promise<string | undefined>
}

const KEYS: Keys<CorsOptions> = {
  origin: true,
  credentials: 'boolean',
  exposedHeaders: 'list',
  allowedHeaders: 'list',
  maxAgeSeconds: 'finite',
}

const WHERE = "The option 'cors'"

const policies = new WeakMap<CorsOptions, CorsPolicy>()

/** The policy of options, the same one for the same object. @throws {TypeError} for wrong options. */
export function corsPolicy(options: CorsOptions): CorsPolicy {
  const known = policies.get(options)
  if (known) return known
  checkOptions(WHERE, options, KEYS)
  const { origin = '*', credentials } = options
  for (const key of ['exposedHeaders', 'allowedHeaders'] as const) {
    checkFieldNames(WHERE, key, options[key])
    if (options[key]?.includes('*'))
      throw new TypeError(`${WHERE}, in '${key}', has '*', which is no field name: list the fields`)
  }
  const isOpen = origin === '*'
  if (isOpen && credentials)
    throw new TypeError(
      `${WHERE} cannot have the origin '*' with credentials: every site could read what its visitors may; list the origins`,
    )
  const policy: CorsPolicy = { options, isOpen, allow: isOpen ? () => '*' : allowing(origin, credentials) }
  policies.set(options, policy)
  return policy
}

/** The test of an origin, for `allow`. */
function allowing(
  origin: Exclude<CorsOptions['origin'], undefined>,
  credentials = false,
): CorsPolicy['allow'] {
  const test = typeof origin === 'function' ? origin : testOf(origin)
  return (request) => {
    const sent = parseOrigin(request.headers.origin)
    if (sent === undefined) return undefined
    return settle(test(sent, request), (allowed) => {
      if (allowed === '*') return credentials ? undefined : '*'
      return allowed === true ? sent : undefined
    })
  }
}

function testOf(given: string | RegExp | readonly (string | RegExp)[]): OriginTest {
  const all: readonly unknown[] = Array.isArray(given) ? given : [given]
  const listed = new Set(all.filter((one) => !(one instanceof RegExp)).map((one) => originOf(WHERE, one)))
  const patterns = all.filter((one) => one instanceof RegExp).map(whole)
  return (origin) => listed.has(origin) || patterns.some((pattern) => pattern.test(origin))
}

/** The pattern for whole texts, without flags that remember a position or know lines. */
function whole({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replace(/[gmy]/g, ''))
}
