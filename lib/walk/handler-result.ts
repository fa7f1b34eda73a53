/** What a handler returned, and what that means. */
import { Readable } from 'node:stream'
import { fieldsOf } from '../http/headers.ts'
import { rendererOf } from '../renderers/pluggable-renderer.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange, Handler, Next } from './exchange.ts'
import { Representation } from './representation.ts'

/** Runs the handler and takes down what it returns. */
export function handle(exchange: Exchange): void | Promise<void> {
  const { endpoint, request, response, next } = exchange
  const value = (endpoint.handler as Handler)(request as never, response, next ?? noop)
  if (isPromise(value)) return Promise.resolve(value).then((settled) => applyResult(exchange, settled))
  return applyResult(exchange, value)
}

/** `next` where there is nobody next. */
const noop: Next = () => {}

function applyResult(exchange: Exchange, value: unknown): void {
  if (exchange.response.headersSent) exchange.answered = true
  else if (value === undefined) applyEmpty(exchange)
  else applyValue(exchange, value)
}

/** Takes over a value that is something. */
export function applyValue(exchange: Exchange, value: unknown): void {
  if (value instanceof Representation) return applyRepresentation(exchange, value)
  if (isRaw(value)) exchange.content = contentOf(value, exchange)
  exchange.data = value
}

/** Nothing is 204, unless the handler took the response and will answer. */
function applyEmpty(exchange: Exchange): void {
  const { declares204, handler } = exchange.endpoint
  if (declares204 || handler.length < 2) exchange.status = 204
  else exchange.answered = true
}

/** Takes over what a Representation says. @throws {TypeError} for a type that nothing here renders. */
function applyRepresentation(exchange: Exchange, { data, options }: Representation): void {
  const { contentType, status, renderer, headers } = options
  exchange.data = data
  if (data === undefined && status === undefined) exchange.status = 204
  if (status !== undefined) exchange.status = status
  if (headers) exchange.fields = { ...exchange.fields, ...fieldsOf(headers) }
  if (contentType !== undefined) exchange.offer = exchange.endpoint.offerOf(contentType)
  if (renderer) exchange.renderer = rendererOf(renderer)
}

/** Content that is sent as it is; where the handler could have looked at Accept, Vary says so. */
function contentOf(
  value: Response | Readable,
  { status, offer }: Exchange,
): NonNullable<Exchange['content']> {
  const vary = offer.fields.vary === undefined ? {} : { vary: offer.fields.vary }
  if (value instanceof Readable) {
    return { status, fields: { 'content-type': 'application/octet-stream', ...vary }, body: value }
  }
  return { status: value.status, fields: { ...vary, ...fieldsOf(value.headers) }, body: value.body ?? '' }
}

/** A web Response, or a Node stream of bytes. A stream of objects is data. */
function isRaw(value: unknown): value is Response | Readable {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return false
  if (value instanceof Readable) return !value.readableObjectMode
  return Object.prototype.toString.call(value) === '[object Response]' // naming the class would load all of fetch
}
