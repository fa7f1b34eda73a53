/**
 * WWW-Authenticate and Authorization.
 *
 *     challengeOf('Basic', { realm: 'pets', charset: 'UTF-8' })  →  Basic realm="pets", charset="UTF-8"
 *     credentialsOf(request, 'bearer')                           Authorization: bearer abc  →  'abc'
 *
 * RFC 9110 §11.
 */
import type { IncomingMessage } from 'node:http'

/** @throws {TypeError} for a value that a header field cannot contain. */
export function challengeOf(
  scheme: string,
  parameters: Readonly<Record<string, string | undefined>> = {},
): string {
  const written = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quoted(name, value)}`],
  )
  return written.length > 0 ? `${scheme} ${written.join(', ')}` : scheme
}

function quoted(name: string, value: string): string {
  if (typeof value !== 'string' || !/^[\t\x20-\x7e]*$/.test(value))
    throw new TypeError(`A challenge cannot have ${name}: ${JSON.stringify(value)}; use printable ASCII`)
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/**
 * The credentials of a request for one scheme; undefined without, and for another scheme.
 *
 * @param scheme in lower case; names of schemes have no case (RFC 9110 §11.1).
 */
export function credentialsOf({ headers }: IncomingMessage, scheme: string): string | undefined {
  const { authorization } = headers
  if (authorization === undefined || authorization.charCodeAt(scheme.length) !== 0x20) return undefined
  if (authorization.slice(0, scheme.length).toLowerCase() !== scheme) return undefined
  return authorization.slice(scheme.length).trim() || undefined
}
