/**
 * API keys: a secret of an application, in a header field, a cookie or the query.
 *
 *     apiKey({ header: 'x-api-key', verify: (key) => apps.get(hashOf(key)) })
 */
import type { IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import { Unauthorized } from '../exceptions/client-errors.ts'
import { isToken } from '../http/field.ts'
import { parseParameters } from '../http/parameters.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { challengeOf, secretField } from './challenge.ts'
import type { SecurityScheme } from './security-scheme.ts'
import { type Verified, verified } from './verified.ts'

export interface ApiKeyOptions<I> {
  /** Name of the header field with the key. Exactly one of `header`, `cookie` and `query` is given. */
  readonly header?: string
  /** Name of the cookie with the key. */
  readonly cookie?: string
  /** Name of the query parameter with the key; needs `allowQuery: true`. */
  readonly query?: string
  /** Allows `query`: URLs are written to the logs of every proxy, to histories and to Referer. Default false. */
  readonly allowQuery?: boolean
  /** The identity of a key; undefined, null or false: an unknown key. Compare with `safeEqual`, or look up a hash. */
  readonly verify: (key: string, request: IncomingMessage) => Verified<I> | Promise<Verified<I>>
}

const OPTIONS: Keys<ApiKeyOptions<unknown>> = {
  header: true,
  cookie: true,
  query: true,
  allowQuery: true,
  verify: true,
}

/** @throws {TypeError} for unknown options, without `verify`, unless exactly one place is given, and for `query` alone. */
export function apiKey<I>(options: ApiKeyOptions<I>): SecurityScheme<I> {
  checkOptions('apiKey', options, OPTIONS)
  const { verify, allowQuery } = options
  if (typeof verify !== 'function') throw new TypeError('apiKey needs the function verify')
  const places = (['header', 'cookie', 'query'] as const).filter((place) => options[place] !== undefined)
  const [place] = places
  if (!place || places.length > 1) throw new TypeError('apiKey needs one of header, cookie and query')
  const name = options[place] as string
  if (typeof name !== 'string' || !(place === 'query' ? name !== '' : isToken(name)))
    throw new TypeError(`apiKey cannot have ${place}: ${JSON.stringify(name)}`)
  if (place === 'query' && allowQuery !== true)
    throw new TypeError('apiKey with query needs allowQuery: true: URLs are written to many logs')
  const keyOf = readers[place](name)
  return {
    document: { type: 'apiKey', in: place, name },
    challenge: challengeOf('ApiKey', { in: place, name }),
    hasScopes: false,
    authenticate(request) {
      const key = keyOf(request)
      if (key === undefined) return undefined
      if (key === '') throw invalidKey()
      return verified(verify(key, request), invalidKey)
    },
  }
}

function invalidKey(): Unauthorized {
  return new Unauthorized('The API key is not valid')
}

/** Reads a key; undefined without one, empty for one that is not valid in any case. */
type Reader = (request: IncomingMessage) => string | undefined

const readers: Readonly<Record<'header' | 'cookie' | 'query', (name: string) => Reader>> = {
  header(name) {
    const field = name.toLowerCase()
    return (request) => secretField(request, field)
  },
  cookie: (name) => {
    return ({ headers: { cookie } }) =>
      (cookie?.includes(name) ? parseCookie(cookie)[name] : undefined) || undefined // an empty one was cleared
  },
  query: (name) => {
    return ({ url = '' }) => {
      const value = parseParameters(url.slice(url.indexOf('?') + 1 || url.length))[name]
      return value === undefined || typeof value === 'string' ? value : '' // repeated: none of them
    }
  },
}
