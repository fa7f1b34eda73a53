/**
 * Basic: a name and a password in each request. Only over HTTPS: both can be read on the way.
 *
 *     basic({ realm: 'pets', verify: (name, password) => … })      Authorization: Basic YWRtaW46c2VjcmV0
 *
 * RFC 7617.
 */
import type { IncomingMessage } from 'node:http'
import { Unauthorized } from '../exceptions/client-errors.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { challengeOf, credentialsOf } from './challenge.ts'
import type { SecurityScheme } from './security-scheme.ts'
import { type Verified, verified } from './verified.ts'

export interface BasicOptions<I> {
  /** Name of the protected area, shown by browsers. */
  readonly realm: string
  /**
   * The identity for a name and a password; undefined, null or false: wrong ones. Compare with `safeEqual`, also the
   * password of a name that does not exist.
   */
  readonly verify: (
    name: string,
    password: string,
    request: IncomingMessage,
  ) => Verified<I> | Promise<Verified<I>>
}

const OPTIONS: Keys<BasicOptions<unknown>> = { realm: true, verify: true }

/** @throws {TypeError} for unknown options, and without `realm` or `verify`. */
export function basic<I>(options: BasicOptions<I>): SecurityScheme<I> {
  checkOptions('basic', options, OPTIONS)
  const { realm, verify } = options
  if (typeof verify !== 'function') throw new TypeError('basic needs the function verify')
  if (typeof realm !== 'string') throw new TypeError('basic needs a realm')
  return {
    document: { type: 'http', scheme: 'basic' },
    challenge: challengeOf('Basic', { realm, charset: 'UTF-8' }),
    hasScopes: false,
    authenticate(request) {
      const credentials = credentialsOf(request, 'basic')
      if (credentials === undefined) return undefined
      const pair = pairOf(credentials)
      if (!pair) throw new Unauthorized('The Basic credentials are malformed')
      return verified(verify(...pair, request), () => new Unauthorized('The name or the password is wrong'))
    },
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Name and password, separated by the first colon; undefined for malformed credentials. */
function pairOf(credentials: string): [name: string, password: string] | undefined {
  const bytes = Buffer.from(credentials, 'base64')
  const encoded = bytes.toString('base64')
  if (credentials !== encoded && credentials !== encoded.replace(/=+$/, '')) return undefined
  const text = decoded(bytes)
  const colon = text?.indexOf(':') ?? -1
  if (text === undefined || colon < 0 || /\p{Cc}/u.test(text)) return undefined
  return [text.slice(0, colon), text.slice(colon + 1)]
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined // not UTF-8
  }
}
