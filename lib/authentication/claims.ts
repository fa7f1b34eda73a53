/** Claims of access tokens. RFC 7519 §4.1. */
import { inspect } from 'node:util'

/** The members of a JWT or of an introspection answer. */
export interface Claims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | readonly string[]
  /** Seconds since 1970. */
  readonly exp?: number
  readonly nbf?: number
  readonly iat?: number
  /** Separated by spaces. */
  readonly scope?: unknown
  readonly scp?: unknown
  readonly [claim: string]: unknown
}

/** The values that claims must have. */
interface Expected {
  readonly audience?: string | readonly string[]
  readonly issuer?: string | readonly string[]
}

/** @throws {TypeError} for a value that is neither a text nor a list of texts. */
export function checkExpected(where: string, expected: Expected): void {
  for (const [key, value] of Object.entries(expected)) {
    const all: unknown[] = [value].flat()
    if (all.length === 0 || !all.every((one) => typeof one === 'string' && one !== ''))
      throw new TypeError(
        `${where} cannot have ${key}: ${inspect(value)}; use a text or a list of texts: tokens of others are not accepted`,
      )
  }
}

/** The mistake in claims that may be missing; undefined where they fit. */
export function claimFault(claims: Claims, { audience, issuer }: Expected): string | undefined {
  const now = Date.now() / 1000
  const { exp, nbf, aud, iss } = claims as Readonly<Record<string, unknown>>
  if (exp !== undefined && !(typeof exp === 'number' && now < exp)) return 'The access token has expired'
  if (nbf !== undefined && !(typeof nbf === 'number' && now >= nbf))
    return 'The access token is not valid yet'
  if (aud !== undefined && !fits(aud, audience)) return 'The access token is for another audience'
  if (iss !== undefined && !fits(iss, issuer)) return 'The access token is of another issuer'
  return undefined
}

function fits(value: unknown, expected: string | readonly string[] | undefined): boolean {
  if (expected === undefined) return true
  const allowed = [expected].flat()
  return [value].flat().some((one) => allowed.includes(one as string))
}
