/** Scopes of access tokens, and the errors of bearer tokens. RFC 6749 §3.3, RFC 6750 §3. */
import { Forbidden, Unauthorized } from '../exceptions/client-errors.ts'
import { challengeOf } from './challenge.ts'
import type { Claims } from './claims.ts'

/** The scopes in the claims of a token: `scope` (RFC 9068 §2.2.3) or `scp`, a text or a list. */
export function scopesIn({ scope, scp }: Claims): string[] {
  const granted = scope ?? scp
  if (typeof granted === 'string') return granted.split(' ')
  return Array.isArray(granted) ? granted.filter((one) => typeof one === 'string') : []
}

/** @throws {Forbidden} 403, `insufficient_scope`, unless all required scopes are granted. */
export function checkScopes(
  granted: readonly string[],
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
