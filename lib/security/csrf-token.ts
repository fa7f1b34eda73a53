/**
 * Tokens against CSRF: a random part, the time of issue and a signature that covers a session too.
 *
 *     <16 random bytes>.<seconds, base 36>.<HMAC-SHA256>
 *
 * A token of one session is worth nothing in another one. A visitor without a session is known by the random part.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { safeEqual } from '../registry/safe-equal.ts'

/** A token whose signature is right. */
export interface CsrfToken {
  readonly random: string
  /** `stale`: accepted and to be replaced, because of its age or because an older secret has signed it. */
  readonly state: 'fresh' | 'stale' | 'expired'
}

export interface CsrfTokenOptions {
  /** The first signs, all verify. */
  readonly secrets: readonly string[]
  /** Seconds until a token is replaced. */
  readonly maxAgeSeconds: number
  /** Seconds after it that it is still accepted. */
  readonly graceSeconds: number
}

/** Longer than any token of ours, so that no signature is computed for a large field. */
const MAX_LENGTH = 128

/** A new token of a session; undefined: of a visitor without one. @param random kept where a token is renewed. */
export function issueToken(
  { secrets }: CsrfTokenOptions,
  session: string | undefined,
  random: string = randomBytes(16).toString('base64url'),
): string {
  const issuedAt = nowSeconds().toString(36)
  return `${random}.${issuedAt}.${sign(secrets[0] as string, session, random, issuedAt)}`
}

/** Reads a token of a session. Undefined for any other text; never throws. */
export function readToken(
  { secrets, maxAgeSeconds, graceSeconds }: CsrfTokenOptions,
  session: string | undefined,
  text: string,
): CsrfToken | undefined {
  const [random = '', issuedAt = '', signature = '', ...more] =
    text.length > MAX_LENGTH ? [] : text.split('.')
  if (random === '' || more.length > 0) return undefined
  const signer = secrets.findIndex((secret) => safeEqual(sign(secret, session, random, issuedAt), signature))
  if (signer < 0) return undefined
  const age = nowSeconds() - Number.parseInt(issuedAt, 36)
  if (age > maxAgeSeconds + graceSeconds) return { random, state: 'expired' }
  return { random, state: signer > 0 || age > maxAgeSeconds ? 'stale' : 'fresh' }
}

function sign(secret: string, session: string | undefined, random: string, issuedAt: string): string {
  const text = JSON.stringify(['csrf', session ?? null, random, issuedAt])
  return createHmac('sha256', secret).update(text).digest('base64url')
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
