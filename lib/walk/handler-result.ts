/** Runs the handler and stores its return value as the result of the exchange. */
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { fieldsOf } from '../http/headers.ts'
import { rendererOf } from '../renderers/pluggable-renderer.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange, RawResponse } from './exchange.ts'
import type { Handler } from './handler.ts'
import type { Next } from './hook.ts'
import { Representation } from './representation.ts'

/** Calls the handler with the validated request, and stores its result. */
export function callHandler(exchange: Exchange): void | Promise<void> {
  const { endpoint, request, response, next } = exchange
  const value = (endpoint.handler as Handler)(request as never, response, next ?? noop)
  if (isPromise(value)) return Promise.resolve(value).then((settled) => applyResult(exchange, settled))
  return applyResult(exchange, value)
}

/** `next` of a bare server. */
const noop: Next = () => {}

function applyResult(exchange: Exchange, value: unknown): void {
  if (exchange.response.headersSent) exchange.end()
  else if (value === undefined) applyEmpty(exchange)
  else applyValue(exchange, value, exchange.endpoint.status)
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
export function applyValue(exchange: Exchange, value: unknown, status: number): void {
  if (value instanceof Representation) return applyRepresentation(exchange, value, status)
  if (!isRaw(value)) return exchange.setData(value, status)
  const raw = rawResponse(value, status, exchange)
  exchange.result = { kind: 'raw', status: raw.status, raw, data: value }
  exchange.skipTo = 'tag'
}

/** Applies data, status, fields, type and renderer of a Representation. @throws {TypeError} for a type without a renderer. */
function applyRepresentation(exchange: Exchange, { data, options }: Representation, status: number): void {
  const { contentType, renderer, headers } = options
  exchange.setData(data, options.status ?? (data === undefined && !exchange.exception ? 204 : status))
  if (headers) exchange.fields = { ...exchange.fields, ...fieldsOf(headers) }
  if (contentType !== undefined) exchange.offer = exchange.endpoint.offerOf(contentType)
  if (renderer) exchange.renderer = rendererOf(renderer)
}

/** A response of its own, or bytes that are read when they are sent. */
type RawValue = Response | Readable | Blob | ReadableStream<Uint8Array>

/** The value as a raw response, with Vary where the handler can have read Accept. */
function rawResponse(value: RawValue, status: number, { offer }: Exchange): RawResponse {
  const vary = offer.fields.vary === undefined ? {} : { vary: offer.fields.vary }
  if (value instanceof Readable || 'getReader' in value)
    return { status, fields: { 'content-type': 'application/octet-stream', ...vary }, body: value }
  if ('size' in value) {
    const type = value.type || 'application/octet-stream'
    const fields = { 'content-type': type, 'content-length': String(value.size), ...vary }
    return { status, fields, body: value.stream() }
  }
  return { status: value.status, fields: { ...vary, ...fieldsOf(value.headers) }, body: value.body ?? '' }
}

/** A web Response, a Blob, or a stream of bytes. Other streams are data. */
function isRaw(value: unknown): value is RawValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return false
  if (value instanceof Readable) return !value.readableObjectMode
  if (value instanceof Blob) return true
  if ('getReader' in value) return isByteStream(value as ReadableStream)
  return Object.prototype.toString.call(value) === '[object Response]' // naming the class would load all of fetch
}

/** Only a stream of `type: 'bytes'`, as those of files and responses are, has this reader. */
function isByteStream(stream: ReadableStream): stream is ReadableStream<Uint8Array> {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}
