/**
 * A client of a blueprint: paths, arguments and results typed by what was declared.
 *
 *     const pets = client<typeof api>('http://localhost:3000/api')
 *     const { data } = await pets.get('/pets/<int:id>', { params: { id: 7 } })
 */
import type { EndpointType } from '../blueprint/endpoint-types.ts'
import { forbidsContent } from '../http/status.ts'
import { addressOf, filled } from './address.ts'
import type { Call, EachCall, PagesCall } from './call.ts'
import { ClientError } from './client-error.ts'
import { contentOf, isJson } from './content.ts'
import { nextOf } from './next-link.ts'
import type { Failure, NotModified, Result } from './outcome.ts'
import { contentReceived } from './received.ts'

/** As much of `fetch` as is needed. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Fields = NonNullable<RequestInit['headers']>

export interface ClientOptions {
  /** Asks in place of the global `fetch`: adds credentials, tries again, or answers by itself. */
  readonly fetch?: Fetch
  /** Of every request; a function is called for each of them. */
  readonly headers?: Fields | (() => Fields | Promise<Fields>)
  /**
   * Remembers the tag of what was read, by address, and sends it as If-Match with PUT, PATCH and DELETE
   * that do not say otherwise. Default false.
   */
  readonly rememberTags?: boolean
}

/** Calls what `A`, the type of a blueprint, declares. */
export interface Client<A> {
  get: Call<A, 'GET'>
  post: Call<A, 'POST'>
  put: Call<A, 'PUT'>
  patch: Call<A, 'PATCH'>
  delete: Call<A, 'DELETE'>
  query: Call<A, 'QUERY'>
  options: Call<A, 'OPTIONS'>
  /** Also of what answers GET. */
  head: Call<A, 'HEAD'>
  /**
   * The items of a list, page after page, as long as a `Link` says that there is a next one.
   *
   * @throws {TypeError} when that is on another origin, or where we have been.
   */
  each: EachCall<A>
  /** The same, a page at a time. */
  pages: PagesCall<A>
}

/**
 * What a blueprint declares, at its place below a prefix: `client<Below<'/pets', typeof pets>>(…)`; of several
 * an intersection, `Below<'/pets', typeof pets> & Below<'/shops', typeof shops>`.
 */
export interface Below<Prefix extends string, A extends { readonly '~endpoints': object }> {
  readonly '~endpoints': {
    readonly [K in keyof A['~endpoints'] as K extends `${infer M} ${infer P}`
      ? `${M} ${Prefix}${P}`
      : never]: A['~endpoints'][K] extends EndpointType<infer O, infer R> ? EndpointType<O, R> : never
  }
}

/** Options of a call, whichever it is. */
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
  readonly ifMatch?: Tagged
  readonly ifNoneMatch?: Tagged
  readonly signal?: AbortSignal
}

type Tagged = string | { readonly etag: string | undefined; readonly data?: unknown }
type Answer = Result | NotModified<unknown> | Failure

const VERBS = 'get post put patch delete query options head'.split(' ')
const JSON_TYPE = 'application/json'
const CHANGES = /^(PUT|PATCH|DELETE)$/
const MAX_TAGS = 1000

/**
 * A client of the blueprint `A`, whose type is known when it was declared in a chain.
 *
 * @param baseUrl where the blueprint is registered, its prefix included: `http://localhost:3000/api`.
 */
export function client<A>(baseUrl: string | URL, options: ClientOptions = {}): Client<A> {
  const base = String(baseUrl).replace(/\/+$/, '')
  const tags = new Map<string, string>()

  async function send(method: string, url: string, call: Options): Promise<Answer> {
    const { accept = JSON_TYPE, ifMatch, ifNoneMatch } = call
    const { headers: usual } = options
    const headers = new Headers(typeof usual === 'function' ? await usual() : usual)
    for (const [name, value] of filled(new URLSearchParams(), call.headers)) headers.set(name, value)
    // Problems first: content is never one, and errors are told in what can be read.
    headers.set('accept', isJson(accept) ? accept : `application/problem+json, ${accept}`)
    const isChange = CHANGES.test(method) && !ifNoneMatch
    const match = ifMatch || !isChange ? tagOf(ifMatch) : tags.get(url)
    if (ifMatch && !match) throw new TypeError(`ifMatch has no tag`)
    if (match) headers.set('if-match', match)
    const noneMatch = tagOf(ifNoneMatch)
    if (noneMatch) headers.set('if-none-match', noneMatch)
    const content = contentOf(call.body, call.files, call.contentType)
    if (content?.contentType) headers.set('content-type', content.contentType)
    const response = await (options.fetch ?? fetch)(url, {
      method,
      headers,
      signal: call.signal ?? null,
      ...(content && { body: content.body }),
      ...(content?.body instanceof ReadableStream && { duplex: 'half' }),
    })
    const answer = await answered(`${method} ${url}`, method, response, call)
    if (options.rememberTags && answer.ok) remember(method, url, answer.etag)
    return answer
  }

  function remember(method: string, url: string, etag: string | undefined): void {
    tags.delete(url)
    if (etag && method !== 'POST' && method !== 'DELETE') tags.set(url, etag)
    if (tags.size > MAX_TAGS) tags.delete(tags.keys().next().value as string)
  }

  async function* pages(path: string, call: Options = {}): AsyncGenerator<Result, undefined, undefined> {
    const seen = new Set<string>()
    let url: string | undefined = base + addressOf(path, call.params, call.query)
    while (url !== undefined) {
      const result: Result = (await send('GET', url, call)) as Result
      yield result
      const target = nextOf(result.response.headers.get('link') ?? '')
      const here: string = absolute(result.response.url || url)
      seen.add(url).add(here)
      url = target === undefined ? undefined : new URL(target, here).href
      if (url === undefined) return
      if (new URL(url).origin !== new URL(absolute(base)).origin || seen.has(url))
        throw new TypeError(`Next page is elsewhere or read: ${url}`)
    }
  }

  async function* each(path: string, call?: Options): AsyncGenerator<unknown, undefined, undefined> {
    for await (const { data } of pages(path, call)) {
      yield* Array.isArray(data) ? data : (data as { readonly items: readonly unknown[] }).items
    }
  }

  const calls = VERBS.map((verb) => {
    const method = verb.toUpperCase()
    const call = async (path: string, call: Options = {}) =>
      send(method, base + addressOf(path, call.params, call.query), call)
    return [verb, call]
  })
  return { ...Object.fromEntries(calls), pages, each } as unknown as Client<A>
}

async function answered(what: string, method: string, response: Response, call: Options): Promise<Answer> {
  const { status, ok } = response
  const { ifNoneMatch: known, accept = JSON_TYPE } = call
  const etag = response.headers.get('etag') ?? undefined
  const answer = { ok, notModified: false, status, data: undefined as unknown, etag, response }
  if (status === 304 && known) {
    const { data } = known as { readonly data?: unknown } // of a tag there is none
    return { ...answer, ok: true, notModified: true, data, etag: etag ?? tagOf(known) } as Answer
  }
  if (!ok) {
    const error = new ClientError(what, response, await response.text())
    if (call.throws !== false) throw error
    return { ...answer, error } as Failure
  }
  if (method !== 'HEAD' && !forbidsContent(status))
    answer.data = await contentReceived(what, response, accept, call.as)
  return answer as Result
}

function tagOf(tagged: Tagged | undefined): string | undefined {
  return typeof tagged === 'object' ? tagged.etag : tagged
}

/** In a browser addresses may be relative. */
function absolute(url: string): string {
  return new URL(url, (globalThis as { readonly location?: { readonly href: string } }).location?.href).href
}
