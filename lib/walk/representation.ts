/**
 * Data with its own status, header fields, media type or renderer, as the return value of a handler.
 *
 *     return serializeResponse(created, { status: 201, headers: { location: '/temperatures/7' } })
 */
import { fieldsOf, type HeadersInit } from '../http/headers.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import type { Renderer, RenderFunction } from '../renderers/renderer.ts'

export interface RepresentationOptions<T = unknown, S = number> {
  /** Media type that is sent without negotiation, even to a client that refuses it. */
  readonly contentType?: string
  /** 200 to 599; one of those that the endpoint declares, if it declares its responses. Default: the endpoint's. */
  readonly status?: S
  /** Replaces the blueprint's content renderer. */
  readonly renderer?: Renderer<T> | RenderFunction<T>
  /** Header fields; they override those that the blueprint sets. */
  readonly headers?: HeadersInit
}

const KEYS: Keys<RepresentationOptions> = { contentType: true, status: true, renderer: true, headers: true }

/** The status of a Representation, as text: undefined without one of its own, `Any` where it is not one literal. */
type StatusText<S> = [S] extends [never] ? undefined : IsLiteral<S> extends true ? `${S & number}` : Any

type IsLiteral<S, All = S> = S extends number
  ? number extends S
    ? false
    : [All] extends [S]
      ? true
      : false
  : never

// biome-ignore lint/suspicious/noExplicitAny: fits every status that an endpoint declares
type Any = any

/** Data to be rendered, with the options of its response. `S` is its own status, as text. */
export class Representation<T = unknown, S = Any> {
  /** Type-only. */
  declare readonly '~status': S
  readonly data: T
  /** Its `headers` are a record with names in lower case. */
  readonly options: RepresentationOptions

  /** @throws {TypeError} for a header field with a character that it cannot contain. */
  constructor(data: T, options: RepresentationOptions) {
    this.data = data
    this.options = options.headers ? { ...options, headers: fieldsOf(options.headers) } : options
  }
}

/**
 * A response 201 with the URL of the created resource (RFC 9110 §15.3.2). Characters that a URL cannot contain are
 * percent-encoded.
 *
 *     return created(api.urlFor('show', pet), pet)
 *
 * @throws {TypeError} for a location that is not a text, and as {@link serializeResponse}.
 */
export function created<T, S extends number = 201>(
  location: string,
  data: T,
  options?: RepresentationOptions<NoInfer<T>, S>,
): Representation<T, NoInfer<StatusText<S>>>
export function created<T>(
  location: string,
  data: T,
  options: RepresentationOptions<NoInfer<T>>,
): Representation<T>
export function created<T>(
  location: string,
  data: T,
  options: RepresentationOptions<T> = {},
): Representation<T> {
  if (typeof location !== 'string')
    throw new TypeError(`created(location, data) needs the URL of the new resource first, not ${location}`)
  const headers = { location, ...fieldsOf(options.headers) }
  return serializeResponse(data, { ...options, status: options.status ?? 201, headers })
}

/** Statuses with a Location to go to (RFC 9110 §15.4). */
const REDIRECTS = [301, 302, 303, 307, 308] as const

/**
 * A redirection to another URL.
 *
 *     return redirect(api.urlFor('show', pet), 303)
 *     return redirect('/login', 303, { headers: { 'cache-control': 'no-store' } })
 *
 * @param url absolute, or relative to the URL of the request; other characters than ASCII are percent-encoded.
 * @param status 302 by default; 303 for GET after a change, 307 and 308 keep the method, 301 and 308 are permanent.
 * @throws {TypeError} for any other status, for a URL that is neither text nor a URL, for an unknown option, and for a header
 * field with a character that it cannot contain.
 */
export function redirect<S extends (typeof REDIRECTS)[number] = 302>(
  url: string | URL,
  status: S | 302 = 302,
  options: Pick<RepresentationOptions, 'headers'> = {},
): Representation<never, NoInfer<StatusText<S>>> {
  if (!REDIRECTS.includes(status))
    throw new TypeError(`A redirection has the status ${REDIRECTS.join(', ')}, not ${String(status)}`)
  if (typeof url !== 'string' && !(url instanceof URL))
    throw new TypeError(`A redirection goes to a URL, not to ${String(url)}`)
  checkOptions('redirect(url, status, options)', options, { headers: true })
  const headers = { ...fieldsOf(options.headers), location: String(url) }
  return new Representation(undefined as never, { status, headers })
}

/**
 * Adds a status, header fields, a media type or a renderer to data. Data that needs none of them may be
 * returned as it is.
 *
 * @throws {TypeError} for an unknown option, for a status that is not an integer from 200 to 599, and for a header field
 * with a character that it cannot contain (RFC 9110 §5.5). Location, Content-Location, Link targets and the file name of
 * Content-Disposition are encoded.
 */
export function serializeResponse<T, S extends number = never>(
  data: T,
  options?: RepresentationOptions<NoInfer<T>, S>,
): Representation<T, NoInfer<StatusText<S>>>
export function serializeResponse<T>(data: T, options: RepresentationOptions<NoInfer<T>>): Representation<T>
export function serializeResponse<T>(data: T, options: RepresentationOptions<T> = {}): Representation<T> {
  checkOptions('serializeResponse(data, options)', options, KEYS)
  const { status } = options
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new TypeError(`A response has a status from 200 to 599, not ${String(status)}`)
  }
  return new Representation(data, options)
}
