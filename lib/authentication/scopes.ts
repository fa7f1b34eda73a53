/** Scopes of access tokens, and the errors of bearer tokens. RFC 6749 §3.3, RFC 6750 §3. */
import { Forbidden, Unauthorized } from '../exceptions/client-errors.ts'
import { returned } from '../exceptions/returned.ts'
import { challengeOf } from './challenge.ts'
import type { Claims } from './claims.ts'

/** Scopes as claims have them: a text in which spaces delimit them (RFC 6749 §3.3), or a list; undefined and null: none. */
type GrantedScopes = string | readonly unknown[] | undefined | null

/** The scopes in the claims of a token: `scope` (RFC 9068 §2.2.3) or `scp`, a text or a list. */
export function scopesIn({ scope, scp }: Claims): readonly unknown[] {
  const granted = scope ?? scp
  return isGranted(granted) ? listOf(granted) : []
}

/** The scopes that a function finds in the claims of a token. @throws {TypeError} for a result that has no scopes. */
export function scopesBy(scopes: (claims: Claims) => GrantedScopes): typeof scopesIn {
  return (claims) =>
    listOf(returned("'scopes' of bearer", scopes(claims), isGranted, 'a list of texts, a text or undefined'))
}

function isGranted(value: unknown): value is GrantedScopes {
  return value === undefined || value === null || typeof value === 'string' || Array.isArray(value)
}

/** A list, in which a scope is found as a whole: within a text it would be found as a part of another. */
function listOf(granted: GrantedScopes): readonly unknown[] {
  return typeof granted === 'string' ? granted.split(' ') : (granted ?? [])
}

/** @throws {Forbidden} 403, `insufficient_scope`, unless all required scopes are granted. */
export function checkScopes(
  granted: readonly unknown[],
  required: readonly string[],
  realm: string | undefined,
): void {
  if (required.every((scope) => granted.includes(scope))) return
  const scope = required.join(' ')
  const challenge = challengeOf('Bearer', { realm, error: 'insufficient_scope', scope })
  throw new Forbidden(`The request requires the scopes: ${scope}`, {
    headers: { 'www-authenticate': challenge },
  })
}

/** The 401 of a token that is expired, revoked, forged, or for another audience. */
export function invalidToken(detail: string, realm: string | undefined, cause?: unknown): Unauthorized {
  const challenge = challengeOf('Bearer', { realm, error: 'invalid_token', error_description: detail })
  return new Unauthorized(detail, { headers: { 'www-authenticate': challenge }, cause })
}
