/**
 * Access tokens that only the authorization server can read: it is asked, and its answers are cached.
 *
 *     introspection({ url: 'https://id.example/introspect', clientId: 'pets', clientSecret, cacheSeconds: 60 })
 *
 * RFC 7662 (introspection), RFC 6749 §2.3.1 (credentials of clients).
 */
import { hash } from 'node:crypto'
import { checkOptions, type Keys } from '../registry/options.ts'
import { challengeOf, credentialsOf } from './challenge.ts'
import { type Claims, checkExpected, claimFault } from './claims.ts'
import { ExpiringCache } from './expiring-cache.ts'
import { FetchError, fetchJson } from './fetch-json.ts'
import { checkScopes, invalidToken, scopesIn } from './scopes.ts'
import type { SecurityScheme, SecuritySchemeObject } from './security-scheme.ts'
import { retrySecondsOf, UNAVAILABLE, unavailable } from './unavailable.ts'
import { type Verified, verified } from './verified.ts'

export interface IntrospectionOptions<I> {
  /** The introspection endpoint of the authorization server. */
  readonly url: string | URL
  readonly clientId: string
  readonly clientSecret: string
  /** An answer is used again for this time, and at most until the token's `exp`. Default 60; 0: never. */
  readonly cacheSeconds?: number
  /** The time for which an answer about a token that is not active is used again. Default 10; 0: never. */
  readonly inactiveCacheSeconds?: number
  /** Bound of each of the two caches. Default 10,000. */
  readonly maxCachedTokens?: number
  /** Time limit of a request to the server, at most 3,600. Default 5. */
  readonly timeoutSeconds?: number
  /** The `aud` of tokens that name one; a list: one of them. */
  readonly audience?: string | readonly string[]
  /** The `iss` of tokens that name one; a list: one of them. */
  readonly issuer?: string | readonly string[]
  readonly realm?: string
  /** The identity of a token; undefined, null or false: a 401. Default the answer of the server. */
  readonly identity?: (answer: Claims) => Verified<I> | Promise<Verified<I>>
  /** Default `{ type: 'http', scheme: 'bearer' }`. */
  readonly document?: SecuritySchemeObject
}

const OPTIONS: Keys<IntrospectionOptions<unknown>> = {
  url: true,
  clientId: true,
  clientSecret: true,
  cacheSeconds: 'count',
  inactiveCacheSeconds: 'count',
  maxCachedTokens: 'count',
  timeoutSeconds: 'timeout',
  audience: true,
  issuer: true,
  realm: true,
  identity: 'function',
  document: 'object',
}
/** @throws {TypeError} for unknown options, and without a valid `url`, `clientId` and `clientSecret`. */
export function introspection<I = Claims>(options: IntrospectionOptions<I>): SecurityScheme<I> {
  checkOptions('introspection', options, OPTIONS)
  const { cacheSeconds = 60, inactiveCacheSeconds = 10, maxCachedTokens = 10_000, realm, identity } = options
  const { audience, issuer } = options
  checkExpected('introspection', {
    ...(audience !== undefined && { audience }),
    ...(issuer !== undefined && { issuer }),
  })
  const ask = askerOf(options)
  const active = new ExpiringCache<Claims>(maxCachedTokens)
  /** Reasons of a 401. */
  const inactive = new ExpiringCache<string>(maxCachedTokens)
  const pending = new Map<string, Promise<Claims | string>>()

  async function load(key: string, token: string): Promise<Claims | string> {
    const answer = await ask(token)
    const now = Date.now()
    const fault = answer.active === true ? claimFault(answer, options) : 'The access token is not active'
    if (fault) inactive.set(key, fault, now + inactiveCacheSeconds * 1000)
    else
      active.set(
        key,
        answer,
        Math.min(now + cacheSeconds * 1000, (answer.exp ?? Number.POSITIVE_INFINITY) * 1000),
      )
    return fault ?? answer
  }

  function share(key: string, token: string): Promise<Claims | string> {
    const known = pending.get(key)
    if (known) return known
    const loading = load(key, token).finally(() => pending.delete(key))
    pending.set(key, loading)
    return loading
  }

  return {
    document: options.document ?? { type: 'http', scheme: 'bearer' },
    challenge: challengeOf('Bearer', { realm }),
    errors: UNAVAILABLE,
    async authenticate(request, scopes) {
      const token = credentialsOf(request, 'bearer')
      if (token === undefined) return undefined
      const key = hash('sha256', token, 'base64')
      const answer = active.get(key) ?? inactive.get(key) ?? (await share(key, token))
      if (typeof answer === 'string') throw invalidToken(answer, realm)
      checkScopes(scopesIn(answer), scopes, realm)
      const claims = structuredClone(answer) // other requests share it
      if (!identity) return claims as I
      return verified(identity(claims), () => invalidToken('The access token has no valid identity', realm))
    },
  }
}

const SERVER = 'The introspection server'

/** A function that asks the server about a token. @throws {ServiceUnavailable} 503, when it gives no valid answer. */
function askerOf<I>(options: IntrospectionOptions<I>): (token: string) => Promise<Claims> {
  const { url, clientId, clientSecret, timeoutSeconds = 5 } = options
  if (!URL.canParse(String(url)) || !/^https?:/i.test(String(url)))
    throw new TypeError(`introspection cannot have url: ${String(url)}`)
  for (const [key, value] of Object.entries({ clientId, clientSecret })) {
    if (typeof value !== 'string' || value === '') throw new TypeError(`introspection needs ${key}`)
  }
  const credentials = [clientId, clientSecret].map((text) =>
    new URLSearchParams({ text }).toString().slice(5),
  )
  const headers = {
    accept: 'application/json',
    authorization: `Basic ${Buffer.from(credentials.join(':')).toString('base64')}`,
  }
  return async (token) => {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' })
    try {
      const answer = await fetchJson(SERVER, url, timeoutSeconds, { method: 'POST', headers, body })
      if (typeof answer !== 'object' || answer === null) throw new Error(`${SERVER} sends no object`)
      return answer as Claims
    } catch (cause) {
      const retryAfter = cause instanceof FetchError ? cause.retryAfter : undefined
      throw unavailable(cause, retryAfter === undefined ? undefined : retrySecondsOf(retryAfter))
    }
  }
}
