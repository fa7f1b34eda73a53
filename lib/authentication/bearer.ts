/**
 * Bearer tokens that are JWTs, verified by `jose`.
 *
 *     bearer<User>({ issuer: 'https://id.example', audience: 'pets', algorithms: ['RS256'], jwks: 'https://id.example/jwks' })
 *
 * RFC 6750 (bearer tokens), RFC 7519 (JWT), RFC 8725 (best current practices), RFC 9068 (JWT as access token).
 */
import { hash, type KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { checkSynchronous } from '../exceptions/returned.ts'
import { optionalPackage } from '../registry/optional-package.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { challengeOf, credentialsOf } from './challenge.ts'
import { type Claims, checkExpected } from './claims.ts'
import { ExpiringCache } from './expiring-cache.ts'
import { Jwks } from './jwks.ts'
import { type KeyHint, KeySet } from './key-set.ts'
import { checkScopes, invalidToken, scopesBy, scopesIn } from './scopes.ts'
import type { SecurityScheme } from './security-scheme.ts'
import { checkAlgorithms, isSymmetric, type SigningKey, signingKeyOf } from './signing-key.ts'
import { UNAVAILABLE } from './unavailable.ts'
import { type Verified, verified } from './verified.ts'

export interface BearerOptions<I> {
  /** The `iss` of all tokens; a list: one of them. */
  readonly issuer: string | readonly string[]
  /** The `aud` of all tokens; a list: one of them. */
  readonly audience: string | readonly string[]
  /** Algorithms of signatures, such as `['RS256']`; no default. All must fit the key; HS* never fits a `jwks`. */
  readonly algorithms: readonly string[]
  /** The URL of a JWK Set, or the set itself. */
  readonly jwks?: string | URL | { readonly keys: readonly object[] }
  /** One key, instead of `jwks`: bytes of a secret (HS*), or a public key as KeyObject, CryptoKey, JWK or PEM. */
  readonly key?: SigningKey
  /** Age from which the keys at a URL are fetched again. Default 600. */
  readonly jwksCacheSeconds?: number
  /** Time limit of a request for keys, at most 3,600. Default 5. */
  readonly timeoutSeconds?: number
  /** Time that a verified token is accepted without a new verification, at most until its `exp`. Default 0. */
  readonly cacheSeconds?: number
  /** Bound of the cache; the oldest token goes. Default 10,000. */
  readonly maxCachedTokens?: number
  /** Tolerated difference of clocks, for `exp` and `nbf`. Default 0. */
  readonly clockToleranceSeconds?: number
  readonly realm?: string
  /** The scopes of a token: a list, or a text with spaces between them; undefined: none. Default those in `scope` or `scp`. */
  readonly scopes?: (claims: Claims) => readonly string[] | string | undefined | null
  /** The identity of a token; undefined, null or false: a 401. Default the claims. */
  readonly identity?: (claims: Claims, request: IncomingMessage) => Verified<I> | Promise<Verified<I>>
}

const OPTIONS: Keys<BearerOptions<unknown>> = {
  issuer: true,
  audience: true,
  algorithms: true,
  jwks: true,
  key: true,
  jwksCacheSeconds: 'finite',
  timeoutSeconds: 'timeout',
  cacheSeconds: 'count',
  maxCachedTokens: 'count',
  clockToleranceSeconds: 'finite',
  realm: true,
  scopes: 'function',
  identity: 'function',
}
/** The part of `jose` that is used. */
interface Jose {
  jwtVerify(
    token: string,
    key: KeyObject | ((header: KeyHint) => Promise<KeyObject>),
    options: object,
  ): Promise<{ readonly payload: Claims }>
}

/**
 * @throws {TypeError} without `jose`, for unknown options, without issuer, audience, algorithms and one of `jwks` and
 * `key`, and for an algorithm that does not fit.
 */
export function bearer<I = Claims>(options: BearerOptions<I>): SecurityScheme<I> {
  checkOptions('bearer', options, OPTIONS)
  const { issuer, audience, algorithms, realm, identity, scopes } = options
  if (scopes) checkSynchronous('bearer', 'scopes', scopes)
  const scopesOf = scopes ? scopesBy(scopes) : scopesIn
  checkExpected('bearer', { issuer, audience })
  checkAlgorithms(algorithms)
  const jose = optionalPackage<Jose>('jose', 'bearer')
  const keysFor = keysOf(options)
  const rules = {
    issuer,
    audience,
    algorithms,
    requiredClaims: ['exp'],
    clockTolerance: options.clockToleranceSeconds ?? 0,
  }
  const { cacheSeconds = 0, maxCachedTokens = 10_000 } = options
  const cache = new ExpiringCache<Claims>(maxCachedTokens)

  /** Verifies a token by each key that may have signed it. */
  async function verify(token: string, request: IncomingMessage): Promise<Claims> {
    let keys: readonly KeyObject[] = []
    const findFirst = async (header: KeyHint): Promise<KeyObject> => {
      keys = await keysFor(header, request)
      if (!keys[0]) throw invalidToken(detailOf({}), realm)
      return keys[0]
    }
    for (let index = 0; ; index++) {
      try {
        const { payload } = await jose.jwtVerify(token, keys[index] ?? findFirst, rules)
        return payload
      } catch (error) {
        const { code } = error as { readonly code?: unknown }
        if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' && index + 1 < keys.length) continue
        throw isOfToken(code) ? invalidToken(detailOf(error as object), realm, error) : error
      }
    }
  }

  /** The key is a hash of the whole token: of a part, two tokens would share it. */
  async function verifyOnce(token: string, request: IncomingMessage): Promise<Claims> {
    const key = hash('sha256', token, 'base64')
    const known = cache.get(key)
    if (known) return structuredClone(known) // a handler may change it
    const claims = await verify(token, request)
    cache.set(
      key,
      structuredClone(claims),
      Math.min(Date.now() + cacheSeconds * 1000, (claims.exp as number) * 1000),
    )
    return claims
  }

  const claimsOf = cacheSeconds > 0 ? verifyOnce : verify
  return {
    document: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    challenge: challengeOf('Bearer', { realm }),
    ...(isAddress(options.jwks) && { errors: UNAVAILABLE }),
    async authenticate(request, required) {
      const token = credentialsOf(request, 'bearer')
      if (token === undefined) return undefined
      const claims = await claimsOf(token, request)
      checkScopes(scopesOf(claims), required, realm)
      if (!identity) return claims as I
      return verified(identity(claims, request), () =>
        invalidToken('The access token has no valid identity', realm),
      )
    },
  }
}

/** Finds the keys that a token may be signed with. */
type FindKeys = (
  header: KeyHint,
  request: IncomingMessage,
) => readonly KeyObject[] | Promise<readonly KeyObject[]>

function keysOf<I>(options: BearerOptions<I>): FindKeys {
  const { jwks, key, algorithms, jwksCacheSeconds = 600, timeoutSeconds = 5 } = options
  if ((jwks === undefined) === (key === undefined)) throw new TypeError('bearer needs one of jwks and key')
  if (key !== undefined) {
    const only = [signingKeyOf(key, algorithms)]
    const { alg } = Object(key) as KeyHint // of a JWK
    return (header) => (alg === undefined || alg === header.alg ? only : [])
  }
  const symmetric = algorithms.find(isSymmetric)
  if (symmetric !== undefined)
    throw new TypeError(`bearer cannot have ${symmetric} beside jwks: public keys are no secrets`)
  const text = isAddress(jwks) ? String(jwks) : ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol)) {
    const remote = new Jwks({ url, timeoutSeconds, cacheSeconds: jwksCacheSeconds, algorithms })
    return (header, request) => remote.find(header, request)
  }
  const local = KeySet.of(jwks, algorithms)
  if (!local)
    throw new TypeError(
      `bearer cannot have jwks: ${inspect(jwks, { depth: 0 })}; use the URL of a JWK Set, or { keys: […] }`,
    )
  const [fault] = local.faults
  if (fault) throw new TypeError(`bearer cannot use its jwks. ${fault}`)
  if (local.isEmpty) throw new TypeError(`bearer has jwks that has no key for ${algorithms.join(', ')}`)
  return (header) => local.find(header)
}

function isAddress(jwks: unknown): boolean {
  return typeof jwks === 'string' || jwks instanceof URL
}

/** Whether an error of `jose` is about the token: keys are examined before. */
function isOfToken(code: unknown): boolean {
  return typeof code === 'string' && /^ERR_J(WS|WT|OSE)_/.test(code)
}

const CLAIMS: Readonly<Record<string, string>> = {
  aud: 'The access token is for another audience',
  iss: 'The access token is of another issuer',
  nbf: 'The access token is not valid yet',
}

function detailOf({ code, claim }: { readonly code?: unknown; readonly claim?: unknown }): string {
  if (code === 'ERR_JWT_EXPIRED') return 'The access token has expired'
  return CLAIMS[String(claim)] ?? 'The access token is not valid'
}
