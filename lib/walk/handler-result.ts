/** Runs the handler and stores its return value as the result of the exchange. */
import { Readable } from 'node:stream'
import { fieldsOf } from '../http/headers.ts'
import { mergeFields } from '../http/vary.ts'
import { rendererOf } from '../renderers/pluggable-renderer.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange, RawResponse } from './exchange.ts'
import type { Handler } from './handler.ts'
import type { Next } from './hook.ts'
import { relayedResponse } from './relayed-response.ts'
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
  if (headers) exchange.fields = mergeFields(exchange.fields ?? {}, fieldsOf(headers))
  if (contentType !== undefined) {
    const { vary } = exchange.offer.fields // the type is not negotiated, and another request may get another one
    if (vary !== undefined) exchange.fields = mergeFields({ vary }, exchange.fields ?? {})
    exchange.offer = exchange.endpoint.offerOf(contentType)
  }
  if (renderer) exchange.renderer = rendererOf(renderer)
}

/** The value as a raw response, with Vary where the handler can have read Accept. */
function rawResponse(value: Response | Readable, status: number, { offer, request }: Exchange): RawResponse {
  const vary = offer.fields.vary === undefined ? {} : { vary: offer.fields.vary }
  if (value instanceof Readable) {
    return { status, fields: { 'content-type': 'application/octet-stream', ...vary }, body: value }
  }
  const relayed = relayedResponse(value, request.method)
  return { ...relayed, fields: mergeFields(vary, relayed.fields) }
}

/** A web Response, or a Node stream of bytes. A stream of objects is data. */
function isRaw(value: unknown): value is Response | Readable {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return false
  if (value instanceof Readable) return !value.readableObjectMode
  return Object.prototype.toString.call(value) === '[object Response]' // naming the class would load all of fetch
}
