/**
 * A client of a blueprint: paths, arguments and results typed by its endpoints.
 *
 *     const pets = client<typeof api>('http://localhost:3000/api')
 *     const { data } = await pets.get('/pets/<int:id>', { params: { id: 7 } })
 */
import { addressOf, appendValues } from './address.ts'
import type { Call, EachCall, EndpointsIn, PagesCall } from './call.ts'
import { ClientError } from './client-error.ts'
import { nextLink } from './next-link.ts'
import type { Failure, NotModified, Result } from './outcome.ts'
import { contentOf, isJson } from './request-content.ts'
import { readContent } from './response-content.ts'

/** The part of `fetch` that the client uses. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>

type HeaderFields = NonNullable<RequestInit['headers']>

export interface ClientOptions {
  /** Replaces the global `fetch`: to add credentials, to retry, or to mock. */
  readonly fetch?: Fetch
  /** Header fields of every request; a function is called per request. */
  readonly headers?: HeaderFields | (() => HeaderFields | Promise<HeaderFields>)
  /**
   * Stores the ETag of each response by URL, and sends it as If-Match with PUT, PATCH and DELETE, unless the
   * call has a precondition of its own. Default false.
   */
  readonly rememberTags?: boolean
}

/** Calls of the endpoints of `A`: the type of a blueprint or an Api, or a list of several. */
export interface Client<A> {
  /** Endpoints by method and path; type-only. */
  readonly '~endpoints': EndpointsIn<A>
  get: Call<A, 'GET'>
  post: Call<A, 'POST'>
  put: Call<A, 'PUT'>
  patch: Call<A, 'PATCH'>
  delete: Call<A, 'DELETE'>
  query: Call<A, 'QUERY'>
  options: Call<A, 'OPTIONS'>
  /** For GET endpoints, too. */
  head: Call<A, 'HEAD'>
  /**
   * The items of a list, page after page, as long as the response has a `Link` to the next one.
   *
   * @throws {TypeError} when that link leads to another origin, or to a page already read.
   */
  each: EachCall<A>
  /** The results of a list's pages, one by one. */
  pages: PagesCall<A>
}

/** Options of any call. */
interface Options {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly files?: Readonly<Record<string, unknown>>
  readonly contentType?: string
  readonly accept?: string
  readonly as?: string
  readonly throws?: boolean
  readonly ifMatch?: EtagSource
  readonly ifNoneMatch?: EtagSource
  readonly signal?: AbortSignal
}

/** An ETag, or a result with one. */
type EtagSource = string | { readonly etag: string | undefined; readonly data?: unknown }
type AnyOutcome = Result | NotModified<unknown> | Failure

const VERBS = 'get post put patch delete query options head'.split(' ')
const JSON_TYPE = 'application/json'
const MAX_ETAGS = 1000

/**
 * A client of `A`: a blueprint, an Api, or a list of several. Its calls are typed by the endpoints, which have to be
 * declared in a chain; without `A` they accept any path.
 *
 * @throws {TypeError} for an unknown option.
 * @param baseUrl URL of the app with the blueprint's prefix: `http://localhost:3000/api`.
 */
export function client<A>(baseUrl: string | URL, options: ClientOptions = {}): Client<A> {
  const { fetch: ownFetch, headers: defaults, rememberTags, ...others } = options
  for (const key in others) throw new TypeError(`'${key}' is not an option`)
  const base = String(baseUrl).replace(/\/+$/, '')
  const etags = new Map<string, string>()

  async function send(method: string, url: string, call: Options): Promise<AnyOutcome> {
    const { accept = JSON_TYPE, ifMatch, ifNoneMatch } = call
    const headers = new Headers(typeof defaults === 'function' ? await defaults() : defaults)
    const fields = Object.entries(call.headers ?? {}).filter(([, value]) => value !== null)
    const own = appendValues(new URLSearchParams(), Object.fromEntries(fields))
    for (const name of own.keys()) headers.delete(name) // they replace the defaults
    for (const [name, value] of own) headers.append(name, value)
    // First in the list: a server prefers it for errors, and never offers it for data.
    headers.set('accept', isJson(accept) ? accept : `application/problem+json, ${accept}`)
    const usesStored = /^(PUT|PATCH|DELETE)$/.test(method) && !ifNoneMatch && !ifMatch
    const match = usesStored ? etags.get(url) : etagOf(ifMatch)
    if (ifMatch && !match) throw new TypeError('ifMatch has no ETag')
    if (match) headers.set('if-match', match)
    const noneMatch = etagOf(ifNoneMatch)
    if (noneMatch) headers.set('if-none-match', noneMatch)
    const content = contentOf(call.body, call.files, call.contentType)
    if (content?.contentType) headers.set('content-type', content.contentType)
    const response = await (ownFetch ?? fetch)(url, {
      method,
      headers,
      signal: call.signal as AbortSignal, // undefined is as good as none
      ...(content && { body: content.body }),
      ...(content?.body instanceof ReadableStream && { duplex: 'half' }),
    })
    const outcome = await outcomeOf(`${method} ${url}`, method, response, call)
    if (rememberTags && outcome.ok) storeEtag(method, url, outcome.etag)
    return outcome
  }

  function storeEtag(method: string, url: string, etag: string | undefined): void {
    etags.delete(url)
    if (etag && !/POST|DELETE/.test(method)) etags.set(url, etag)
    if (etags.size > MAX_ETAGS) etags.delete(etags.keys().next().value as string)
  }

  async function* pages(path: string, call: Options = {}): AsyncGenerator<Result, undefined, undefined> {
    const visited = new Set<string>()
    let url = base + addressOf(path, call.params, call.query)
    while (true) {
      const result = (await send('GET', url, call)) as Result
      yield result
      const target = nextLink(result.response.headers.get('link') ?? '')
      if (target === undefined) return
      const current = absolute(result.response.url || url)
      visited.add(url).add(current)
      url = new URL(target, current).href
      if (new URL(url).origin !== new URL(absolute(base)).origin || visited.has(url))
        throw new TypeError(`${url} is on another origin or already read`)
    }
  }

  async function* each(path: string, call?: Options): AsyncGenerator<unknown, undefined, undefined> {
    for await (const { data } of pages(path, call)) {
      const items: unknown = Array.isArray(data) ? data : (data as { readonly items?: unknown } | null)?.items
      if (!Array.isArray(items))
        throw new TypeError(`The data of ${path} is neither a list nor { items: [] }: use pages()`)
      yield* items
    }
  }

  const calls = VERBS.map((verb) => [
    verb,
    async (path: string, call: Options = {}) =>
      send(verb.toUpperCase(), base + addressOf(path, call.params, call.query), call),
  ])
  return { ...Object.fromEntries(calls), pages, each } as unknown as Client<A>
}

async function outcomeOf(
  request: string,
  method: string,
  response: Response,
  call: Options,
): Promise<AnyOutcome> {
  const { status, ok } = response
  const { ifNoneMatch, accept = JSON_TYPE } = call
  const etag = response.headers.get('etag') ?? undefined
  const outcome = { ok, notModified: false, status, data: undefined as unknown, etag, response }
  if (status === 304 && ifNoneMatch) {
    const { data } = ifNoneMatch as { readonly data?: unknown } // undefined for a string
    return { ...outcome, ok: true, notModified: true, data, etag: etag ?? etagOf(ifNoneMatch) } as AnyOutcome
  }
  if (!ok) {
    const error = new ClientError(request, response, await response.text())
    if (call.throws !== false) throw error
    return { ...outcome, error } as Failure
  }
  if (method !== 'HEAD' && status !== 204 && status !== 205)
    // http/status.ts would not fit into 3 kB
    outcome.data = await readContent(request, response, accept, call.as)
  return outcome as Result
}

function etagOf(source: EtagSource | undefined): string | undefined {
  return typeof source === 'object' ? source.etag : source
}

/** In a browser, URLs may be relative. */
function absolute(url: string): string {
  return new URL(url, (globalThis as { readonly location?: { readonly href: string } }).location?.href).href
}
