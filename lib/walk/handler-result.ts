/** Runs the handler and stores its return value as the result of the exchange. */
import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { settleFor } from '../exceptions/settle.ts'
import type { Fields } from '../http/headers.ts'
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import { mergeFields } from '../http/vary.ts'
import { offer } from '../negotiation/offer.ts'
import { rendererOf } from '../renderers/pluggable-renderer.ts'
import {
  discard,
  isByteStream,
  isNodeStream,
  isSource,
  isWebResponse,
  keepError,
} from '../renderers/source.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange, RawResponse } from './exchange.ts'
import type { Handler } from './handler.ts'
import type { Next } from './hook.ts'
import { relayedResponse } from './relayed-response.ts'
import { Representation } from './representation.ts'
import { warnUnsent, watchResponse } from './unanswered.ts'

/** Calls the handler with the validated request, and stores its result. */
export function callHandler(exchange: Exchange): void | Promise<void> {
  const { endpoint, request, response, next } = exchange
  const handler = endpoint.handler as Handler // called without a receiver
  const value = handler(request as never, response, next as Next)
  if (endpoint.unansweredMilliseconds > 0 && endpoint.handler.length > 1) watchHandler(exchange, value)
  return settleFor(exchange, value, applyResult)
}

/** Warns where a handler with the parameter `response` has returned no data, and the response does not begin. */
function watchHandler({ response, endpoint }: Exchange, value: unknown): void {
  if (response.headersSent || !(value === undefined || value === response || isPromise(value))) return
  const advice = 'end the response, or return data and omit the parameter `response`'
  watchResponse(response, endpoint, 'The handler', advice)
}

/** Stores a return value. @throws {TypeError} for a function; the error that the handler has given to `next`. */
function applyResult(exchange: Exchange, value: unknown): void {
  if (exchange.exception || exchange.successor) return discardValue(value) // it comes after the 503 of its deadline
  if (exchange.passedError) {
    discardValue(value)
    throw exchange.passedError
  }
  if (typeof value === 'function')
    throw new TypeError(`The handler of '${exchange.endpoint.name}' returns a function: return its result`)
  if (exchange.response.headersSent) endWithout(exchange, value)
  else if (value === exchange.response) exchange.end()
  else if (value === undefined) applyEmpty(exchange)
  else applyValue(exchange, value, exchange.endpoint.status)
}

/** Ends the walk of a handler that has written the response itself. `return response.end()` returns the response. */
function endWithout(exchange: Exchange, value: unknown): void {
  const { endpoint, response } = exchange
  const isOver = response.writableEnded
  if (isOver || !(isSource(value) || typeof value === 'boolean'))
    // a source may be piped to the response, and a boolean is the result of `write`
    warnUnsent(
      endpoint,
      value === response ? undefined : value,
      'the handler has written the response itself',
    )
  if (isOver) discardValue(value)
  exchange.end()
}

/** Sets 204 for undefined; a handler with a `response` parameter writes the response itself. */
function applyEmpty(exchange: Exchange): void {
  const { declares204, handler } = exchange.endpoint
  if (declares204 || handler.length < 2) exchange.setData(undefined, 204)
  else exchange.end()
}

/**
 * Stores a value as the result: data, a Representation, or a raw response, which skips pages, schemas and
 * renderers.
 *
 * @param status used unless the value has its own.
 */
function applyValue(exchange: Exchange, value: unknown, status: number): void {
  if (value instanceof Representation) applyRepresentation(exchange, value, status)
  else if (isRaw(value)) applyRaw(exchange, value, rawResponse(value, status, exchange))
  else exchange.setData(value, status)
}

/**
 * Stores a value as the result of a request that has not come to its handler, or whose handler has failed: it goes on at
 * `render`, in the media type that the client prefers, else in the default one.
 *
 * @param status used unless the value has its own.
 */
export function applyAnswer(exchange: Exchange, value: unknown, status = exchange.endpoint.status): void {
  const { outgoing, defaultOffer } = exchange.endpoint
  const preferred = exchange.preferredOffer
  exchange.offer = preferred && outgoing?.serves(preferred) ? preferred : defaultOffer
  applyValue(exchange, value, status)
  exchange.skipTo = 'render'
}

/** Whether a value can only be meant as a response. A stream may be an accident: `() => request.on('close', free)`. */
export function isResponse(value: unknown): boolean {
  return value instanceof Representation || (isRaw(value) && 'statusText' in value)
}

/** Releases the sources of a return value that is not sent. */
export function discardValue(value: unknown): void {
  discard(value instanceof Representation ? value.data : value)
}

function applyRaw(exchange: Exchange, value: RawValue, raw: RawResponse): void {
  keepError(value)
  exchange.result = { kind: 'raw', status: raw.status, raw, data: value }
  exchange.skipTo = 'tag'
}

/**
 * Applies data, status, fields, type and renderer of a Representation. A value that is a raw response is sent as it is,
 * unless the Representation has a renderer of its own.
 *
 * @throws {TypeError} for a type without a renderer; the data, where a handler represents an error.
 */
function applyRepresentation(exchange: Exchange, { data, options }: Representation, status: number): void {
  if (data instanceof Error && !exchange.exception) throw data
  const { contentType, renderer, headers } = options
  if (!renderer && isRaw(data) && !forbidsContent(options.status ?? status))
    return applyRawRepresentation(exchange, data, options, status)
  exchange.setData(data, options.status ?? (data === undefined && !exchange.exception ? 204 : status))
  if (headers) exchange.fields = mergeFields(exchange.fields ?? {}, headers as Fields)
  const own = renderer && rendererOf(renderer)
  if (contentType !== undefined) {
    const { vary } = exchange.offer.fields // the type is not negotiated, and another request may get another one
    if (vary !== undefined) exchange.fields = mergeFields({ vary }, exchange.fields ?? {})
    exchange.offer = own ? offer(contentType, own, false) : exchange.endpoint.offerOf(contentType)
  }
  if (own) exchange.renderer = own
}

/** Applies a raw response with the status, the type and the fields of its Representation. */
function applyRawRepresentation(
  exchange: Exchange,
  data: RawValue,
  { contentType, headers, status: ownStatus }: Representation['options'],
  status: number,
): void {
  const raw = rawResponse(data, status, exchange)
  applyRaw(exchange, data, { ...raw, status: ownStatus ?? raw.status })
  const typed: Fields =
    contentType === undefined ? {} : { 'content-type': MediaType.of(contentType).toContentType() }
  exchange.fields = mergeFields(mergeFields(exchange.fields ?? {}, typed), (headers ?? {}) as Fields)
}

/** A response of its own, or bytes that are read when they are sent. */
type RawValue = Response | Readable | Blob | ReadableStream<Uint8Array>

/** The value as a raw response, with Vary where the handler can have read Accept. */
function rawResponse(value: RawValue, status: number, { offer, request }: Exchange): RawResponse {
  const vary = offer.fields.vary === undefined ? {} : { vary: offer.fields.vary }
  if (isNodeStream(value) || 'getReader' in value)
    return { status, fields: { 'content-type': 'application/octet-stream', ...vary }, body: value }
  if ('size' in value) {
    const type = value.type || 'application/octet-stream'
    const fields = { 'content-type': type, 'content-length': String(value.size), ...vary }
    return { status, fields, body: value.stream() }
  }
  const relayed = relayedResponse(value, request.method)
  return { ...relayed, fields: mergeFields(vary, relayed.fields) }
}

/** A web Response, a Blob, or a stream of bytes. Other streams are data. */
export function isRaw(value: unknown): value is RawValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return false
  if (value instanceof Blob || isByteStream(value)) return true
  return isWebResponse(value)
}
