/**
 * Declared caching: `Cache-Control` on 200, 206 and 304 alike, never on errors.
 *
 *     api.get('/pets', { cache: { maxAgeSeconds: 60, visibility: 'public' } }, list)
 *
 * RFC 9111 §3.5, §5.2.2; RFC 9110 §12.5.5 and §15.4.5.
 */
import type { ServerResponse } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { isHeadReplaced } from '../connection/before-head.ts'
import { addVary, beforeHead } from '../connection/served-response.ts'
import { withFields } from '../http/headers.ts'
import { isRead } from '../http/method.ts'
import { unionOf } from '../http/vary.ts'
import { Exchange, type RawResponse } from '../walk/exchange.ts'
import type { Middleware } from '../walk/hook.ts'
import { ownerOf } from '../walk/option-owner.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { type CacheOptions, cacheControl, checkCache } from './cache-options.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /**
     * `Cache-Control` of responses to GET, HEAD and QUERY. A field that the handler sets itself is kept. Default: `no-cache`
     * where there is an ETag, else none. False: none. Inside an Api.
     */
    readonly cache?: CacheOptions | false
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the caching that the blueprint declares. */
    readonly cache?: CacheOptions | false
  }
}

const HEADER = { description: 'How long caches may use the response', schema: { type: 'string' } }

export const CACHING = {
  name: 'Caching',
  option: 'cache',
  surround(endpoint) {
    const own = endpoint.options.cache
    const declared = endpoint.nearest('cache')
    const where = `The option 'cache' of ${ownerOf(endpoint, 'cache')}`
    if (declared !== undefined && declared !== false) checkCache(where, declared)
    if (!endpoint.isRouted || declared === false) return
    if (!isRead(endpoint.method)) {
      if (own) throw new TypeError(`${where} is for GET, HEAD and QUERY, not for ${endpoint.method}`)
      return
    }
    if (declared) return addCacheControl(endpoint, declared)
    endpoint.afterPrepare = [
      ...(endpoint.afterPrepare ?? []),
      () => endpoint.etag && addCacheControl(endpoint, { noCache: true }, true),
    ]
  },
} satisfies Surrounding

function addCacheControl(endpoint: Endpoint, options: CacheOptions, isDefault = false): void {
  const fields = fieldsOf(endpoint, options)
  endpoint.documented.push({ successHeaders: { 'Cache-Control': HEADER } })
  endpoint.on('encode/setCacheControl', function setCacheControl(exchange) {
    write(exchange, fields, isDefault)
  })
}

interface CacheFields {
  readonly value: string
  /** Of a response that sets a cookie. */
  readonly privateValue: string
  readonly vary: string | undefined
}

function fieldsOf(endpoint: Endpoint, options: CacheOptions): CacheFields {
  const credentials = options.visibility === 'public' ? credentialFields(endpoint) : []
  const vary = [...credentials, ...(options.vary ?? [])]
  return {
    value: cacheControl(options, isPrivate(endpoint, options)),
    privateValue: cacheControl(options, true),
    vary: vary.length > 0 ? unionOf(...vary) : undefined,
  }
}

/** Whether no shared cache may keep the responses of an endpoint: with `security`, unless they are public (RFC 9111 §3.5). */
function isPrivate(endpoint: Endpoint, { visibility, noStore }: CacheOptions): boolean {
  return visibility === undefined && noStore !== true && schemesOf(endpoint).length > 0
}

/** The names of the security schemes that an endpoint requires. */
function schemesOf(endpoint: Endpoint): readonly string[] {
  return (endpoint.nearest('security') || []).flatMap((one) => Object.keys(one))
}

/**
 * The request fields with the credentials that the endpoint requires: what is public depends on them. A key in the query
 * is part of the URL already.
 */
function credentialFields(endpoint: Endpoint): readonly string[] {
  return schemesOf(endpoint).flatMap((scheme) => {
    const { type, in: place, name } = { ...endpoint.schemes[scheme]?.document } as Record<string, unknown>
    if (type === 'mutualTLS') return [] // no field has the certificate of the client
    if (type !== 'apiKey') return 'Authorization'
    return place === 'header' ? String(name) : place === 'cookie' ? 'Cookie' : []
  })
}

function write(exchange: Exchange, { value, privateValue, vary }: CacheFields, isDefault: boolean): void {
  const { rendered, response, exception } = exchange
  if (!rendered) return
  const isKept = !exception && isCacheable(rendered.status)
  if (!isKept && vary === undefined) return
  const fields = withFields(rendered.fields)
  // also of other statuses: a cache may keep a 404 or a 301 for a time of its own (RFC 9111 §4.2.2)
  if (vary !== undefined) fields.vary = fields.vary === undefined ? vary : unionOf(fields.vary, vary)
  if (isKept && fields['cache-control'] === undefined && !isSet(response, isDefault)) {
    const setsCookie = fields['set-cookie'] !== undefined || response.hasHeader('set-cookie')
    if (setsCookie) fields['cache-control'] = privateValue
    else if (isHeadReplaced(response) || !isWhole(rendered.body))
      setUntilCookie(response, value, privateValue)
    else fields['cache-control'] = value
  }
  exchange.rendered = { status: rendered.status, fields, body: rendered.body }
}

/** The values of `cache()` on responses. */
const OF_MIDDLEWARE: WeakMap<ServerResponse, readonly unknown[]> = /* @__PURE__ */ new WeakMap()

/**
 * Whether Cache-Control is set. A declared value replaces that of `cache()`, unless this forbids to store the response (RFC 9111
 * §5.2.2.5); a default does not.
 */
function isSet(response: ServerResponse, isDefault: boolean): boolean {
  const field = response.getHeader('cache-control')
  if (field === undefined || isDefault) return field !== undefined
  return /no-store/.test(String(field)) || !OF_MIDDLEWARE.get(response)?.includes(field)
}

/** Whether no code of the developer runs any more before the head: that of a stream does. */
function isWhole(body: RawResponse['body']): boolean {
  return body === null || typeof body === 'string' || body instanceof Uint8Array
}

/**
 * Sets Cache-Control, and the private value when a cookie follows: middleware for sessions replaces `writeHead`, and sets
 * its cookie when that is called. The body of a generator runs before the first chunk is sent.
 */
function setUntilCookie(response: ServerResponse, value: string, privateValue: string): void {
  const { setHeader } = response
  response.setHeader('cache-control', value)
  for (const method of ['setHeader', 'appendHeader'] as const) {
    const original = response[method]
    response[method] = function setOrAppend(this: ServerResponse, name: string, field: never) {
      if (name.toLowerCase() === 'set-cookie' && this.getHeader('cache-control') === value)
        setHeader.call(this, 'cache-control', privateValue)
      return original.call(this, name, field)
    } as typeof original
  }
}

function isCacheable(status: number): boolean {
  return status === 200 || status === 206 || status === 304
}

/**
 * Sets `Cache-Control` and `Vary` as middleware, for GET and HEAD on an app without an Api; `Cache-Control` on 200, 206 and
 * 304 alone. A response that sets a cookie is private. What an endpoint of an Api declares replaces it, unless it is `no-store`.
 *
 * @throws {TypeError} for an unknown option or a wrong value.
 */
export function cache(options: CacheOptions): Middleware {
  checkCache('cache()', options)
  const value = cacheControl(options, false)
  const privateValue = cacheControl(options, true)
  const vary = unionOf(...(options.vary ?? []))
  return function setCacheControl(request, response, next) {
    if (isRead(request.method ?? 'GET')) {
      OF_MIDDLEWARE.set(response, [value, privateValue])
      if (response.hasHeader('set-cookie')) response.setHeader('cache-control', privateValue)
      else setUntilCookie(response, value, privateValue)
      beforeHead(response, (_response, status) => {
        const field = response.getHeader('cache-control')
        if (field !== value && field !== privateValue) return
        const endpoint = Exchange.of(request)?.endpoint
        if (!isCacheable(status)) response.removeHeader('cache-control')
        else if (endpoint && isPrivate(endpoint, options)) response.setHeader('cache-control', privateValue)
      })
      if (vary !== '') addVary(response, vary)
    }
    next()
  }
}
