/**
 * The way out for everything that goes wrong: an answer in a type the client can read, or a broken
 * connection where the answer has already begun.
 */
import type { ServerResponse } from 'node:http'
import type { AfterHook, ErrorHandler } from '../blueprint/routes.ts'
import { NOT_MODIFIED } from '../conditional/not-modified.ts'
import { writeValidators } from '../conditional/validators.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { wrap } from '../exceptions/wrap.ts'
import { fieldsOf } from '../http/headers.ts'
import { jsonText } from '../json/json-text.ts'
import type { Offer } from '../negotiation/offer.ts'
import { bareProblem } from '../renderers/problem.ts'
import { discard } from '../renderers/source.ts'
import type { Exchange } from './exchange.ts'
import { applyValue } from './handler-result.ts'
import { destroyConnection } from './pump.ts'
import { Representation } from './representation.ts'
import { send, sendContent, writeEmpty } from './send.ts'

type Answered = void | Promise<void>

/** What errors are told in where nothing else was said (RFC 9457 §3). */
const PROBLEM: Offer = {
  contentType: 'application/problem+json',
  fields: { 'content-type': 'application/problem+json' },
  renderer: { render: (exception) => jsonText((exception as HttpException).toProblem()) },
}

/** Answers whatever was thrown. Never throws. */
export function handleError(exchange: Exchange, thrown: unknown): void {
  const { response } = exchange
  if (thrown === NOT_MODIFIED) return sendNotModified(exchange)
  const exception = wrap(thrown)
  if (exception.status >= 500) logError(exchange, exception.cause ?? exception)
  if (response.headersSent || response.destroyed) return abortResponse(response)
  try {
    const pending = answer(exchange, exception)
    if (pending) pending.catch((error) => sendFallbackProblem(exchange, exception, error))
  } catch (error) {
    sendFallbackProblem(exchange, exception, error)
  }
}

/** The client has it already: 304, with the fields that it must carry (RFC 9110 §15.4.5). */
function sendNotModified(exchange: Exchange): void {
  const { request, response, endpoint } = exchange
  const finish = (): void => {
    try {
      if (!response.headersSent) writeSpared(exchange)
    } catch (error) {
      handleError(exchange, error)
    }
  }
  if (endpoint.after.length === 0) return finish()
  runHooks(endpoint.after, request, response, undefined).then(finish, (error) =>
    error === NOT_MODIFIED ? finish() : handleError(exchange, error),
  )
}

function writeSpared(exchange: Exchange): void {
  const { response, offer, content, validators } = exchange
  const vary = offer.fields.vary === undefined ? {} : { vary: offer.fields.vary }
  exchange.fields = { ...vary, ...content?.fields, ...exchange.fields }
  if (validators) writeValidators(exchange, validators)
  for (const name of OF_CONTENT) {
    response.removeHeader(name)
    delete exchange.fields?.[name]
  }
  discard(content?.body ?? exchange.data)
  writeEmpty(response, 304, exchange.fields)
}

async function runHooks(
  hooks: readonly AfterHook[],
  request: Exchange['request'],
  response: ServerResponse,
  result: unknown,
): Promise<void> {
  for (const hook of hooks) await hook(request, response, result)
}

function answer(exchange: Exchange, exception: HttpException): Answered {
  const { errorHandlers, after } = exchange.endpoint
  const handler = handlerFor(errorHandlers, exception)
  if (!handler && after.length === 0) return renderError(exchange, exception)
  return respondAsync(exchange, exception, handler)
}

async function respondAsync(
  exchange: Exchange,
  exception: HttpException,
  handler?: ErrorHandler,
): Promise<void> {
  const { request, response, endpoint } = exchange
  const value = handler && (await handler.answer(subjectOf(handler, exception) as never, request))
  await runHooks(endpoint.after, request, response, exception)
  if (response.headersSent) return
  if (value === undefined) await renderError(exchange, exception)
  else if (value instanceof Error) await renderError(exchange, wrap(value))
  else await sendErrorHandlerResult(exchange, exception, value)
}

/** Renders the exception in the error type the client wants most; problem+json when it wants none. */
function renderError(exchange: Exchange, exception: HttpException): Answered {
  const { errorTypes: failures } = exchange.endpoint
  resetResponse(exchange, exception)
  exchange.offer = failures?.best(exchange.request.headers.accept) ?? failures?.offers[0] ?? PROBLEM
  exchange.data = exception
  return send(exchange)
}

/** Serializes what an error handler returned, in a type of the endpoint's. */
function sendErrorHandlerResult(exchange: Exchange, exception: HttpException, value: unknown): Answered {
  const { outgoing, defaultOffer } = exchange.endpoint
  resetResponse(exchange, exception)
  exchange.offer = outgoing?.best(exchange.request.headers.accept) ?? outgoing?.offers[0] ?? defaultOffer
  applyValue(exchange, value)
  if (value instanceof Representation && value.options.status === undefined)
    exchange.status = exception.status
  return send(exchange)
}

/** What described the content that is not sent. */
const OF_CONTENT = [
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
] as const

/** What described the answer that did not come about (RFC 9110 §8) says nothing of the error. */
const DESCRIPTIONS = [...OF_CONTENT, 'content-location', 'etag', 'last-modified'] as const

function resetResponse(exchange: Exchange, exception: HttpException): void {
  for (const name of DESCRIPTIONS) exchange.response.removeHeader(name)
  discard(exchange.content?.body ?? exchange.data)
  exchange.status = exception.status
  exchange.content = undefined
  exchange.schema = undefined
  exchange.renderer = undefined
  exchange.fields = fieldsOf(exception.headers)
}

/** The innermost blueprint's handler first; a status before a class, a subclass before its ancestor. */
function handlerFor(
  blueprints: readonly (readonly ErrorHandler[])[],
  exception: HttpException,
): ErrorHandler | undefined {
  for (const handlers of blueprints) {
    if (handlers.length === 0) continue
    const fitting = handlers.filter((handler) => subjectOf(handler, exception) !== undefined)
    const [best] = fitting.sort((a, b) => rank(b) - rank(a) || handlers.indexOf(b) - handlers.indexOf(a))
    if (best) return best
  }
  return undefined
}

function rank({ of }: ErrorHandler): number {
  if (typeof of === 'number') return Number.MAX_SAFE_INTEGER
  let depth = 0
  for (let link = of.prototype; link; link = Object.getPrototypeOf(link)) depth++
  return depth
}

/** What a handler is given: the foreign error it asked for, or the exception; undefined when it asked for neither. */
function subjectOf({ of }: ErrorHandler, exception: HttpException): unknown {
  if (typeof of === 'number') return of === exception.status ? exception : undefined
  if (exception.cause instanceof of && !(of === Error)) return exception.cause
  return exception instanceof of ? exception : undefined
}

/** The renderer of errors has failed: the bare fact is sent, with the status it was about. */
function sendFallbackProblem(exchange: Exchange, exception: HttpException, error: unknown): void {
  const { response } = exchange
  logError(exchange, error)
  if (response.headersSent || response.destroyed) return abortResponse(response)
  try {
    void sendContent(exchange, exception.status, PROBLEM.fields, bareProblem(exception.status))
  } catch {
    abortResponse(response) // the handler has set a reason phrase that cannot be sent
  }
}

/** An answer that has begun cannot become another; one that is whole stays. */
function abortResponse(response: ServerResponse): void {
  if (!response.writableEnded) destroyConnection(response)
}

/** Tells the log of an error that is our own. */
export function logError({ endpoint, request }: Exchange, error: unknown): void {
  const { logger = console } = endpoint.blueprint.settings
  try {
    logger.error(`${request.method} ${request.url?.split('?')[0]} failed:`, error)
  } catch {
    // the client gets its answer all the same
  }
}
