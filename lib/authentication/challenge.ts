/**
 * WWW-Authenticate and Authorization.
 *
 *     challengeOf('Basic', { realm: 'pets', charset: 'UTF-8' })  →  Basic realm="pets", charset="UTF-8"
 *     credentialsOf(request, 'bearer')                           Authorization: bearer abc  →  'abc'
 *
 * RFC 9110 §11.
 */
import type { IncomingMessage } from 'node:http'
import { Unauthorized } from '../exceptions/client-errors.ts'
import { isToken } from '../http/field.ts'

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

/** Whether a text can be a value of WWW-Authenticate: it begins with a name, and a field can hold it (RFC 9110 §11.6.1). */
export function isChallenge(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[\t ,][\t\x20-\x7e]*)?$/.test(text)
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
 * @throws {Unauthorized} 401, for the scheme without credentials: malformed ones make no anonymous request.
 */
export function credentialsOf(request: IncomingMessage, scheme: string): string | undefined {
  const authorization = secretField(request, 'authorization')
  if (authorization === undefined || authorization.slice(0, scheme.length).toLowerCase() !== scheme)
    return undefined
  const rest = authorization.slice(scheme.length)
  if (isToken(rest.charAt(0))) return undefined // a longer name
  const credentials = rest.trim()
  if (credentials === '' || !rest.startsWith(' '))
    throw new Unauthorized('The field Authorization is malformed')
  return credentials
}

/**
 * The value of a header field that contains a secret; undefined without the field.
 *
 * @param name in lower case.
 * @throws {Unauthorized} 401, for several of the field: a proxy may have examined another one (RFC 9110 §5.3).
 */
export function secretField({ headers, rawHeaders = [] }: IncomingMessage, name: string): string | undefined {
  const value = headers[name] as string | undefined
  if (value === undefined) return undefined
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const other = rawHeaders[index] as string
    if (other.length === name.length && other.toLowerCase() === name) count++
  }
  if (count > 1) throw new Unauthorized(`The request has the field ${name} ${count} times`)
  return value
}
