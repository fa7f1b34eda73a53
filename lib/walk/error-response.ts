/**
 * The response to an error, in a media type that the client accepts. If a response has begun already, its
 * connection is destroyed.
 */
import type { ServerResponse } from 'node:http'
import { destroyConnection } from '../connection/connection.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { wrap } from '../exceptions/wrap.ts'
import { type Fields, fieldsOf, sendableFields } from '../http/headers.ts'
import { mergeFields } from '../http/vary.ts'
import type { Offer } from '../negotiation/offer.ts'
import { isEmpty } from '../registry/is-empty.ts'
import { bareProblem, problemJson } from '../renderers/problem.ts'
import { isPromise } from '../schema/is-promise.ts'
import { exceptionThrownBy, handlerFor, subjectOf } from './error-handler.ts'
import { type ReportId, reportFailure, reportLate, writeErrorId } from './error-report.ts'
import { discardResult, type Exchange, type RawResponse } from './exchange.ts'
import { applyAnswer, discardValue } from './handler-result.ts'
import type { ErrorHandler, HookRequest } from './hook.ts'
import { removeRepresentationFields } from './representation-fields.ts'
import { withRequiredFields } from './required-fields.ts'
import { sendContent } from './send.ts'

/** The offer for errors of blueprints without an exception renderer (RFC 9457 §3). */
const PROBLEM: Offer = {
  contentType: 'application/problem+json',
  fields: { 'content-type': 'application/problem+json' },
  renderer: { render: problemJson },
}

/** Stores an exception, or the value of its error handler, as the result. The walk continues at `render`. */
export function applyError(exchange: Exchange, exception: HttpException, id: ReportId): void | Promise<void> {
  exchange.errorId = id
  writeErrorId(exchange, exception)
  const handler = handlerFor(exchange.endpoint.errorHandlers, exception)
  if (!handler) return applyException(exchange, exception)
  const value = answerOf(handler, exchange, exception)
  if (!isPromise(value)) return applyErrorHandlerValue(exchange, exception, value)
  const respond = (settled: unknown): void | Promise<void> => {
    if (exchange.successor) return discardValue(settled) // the deadline has passed
    return applyErrorHandlerValue(exchange, exception, settled)
  }
  return Promise.resolve(value).then(respond, (thrown) => {
    if (exchange.successor) return reportLate(exchange, thrown)
    return respond(exceptionThrownBy(handler, exchange, thrown))
  })
}

/** The value of an error handler; the exception that it has thrown. */
function answerOf(handler: ErrorHandler, exchange: Exchange, exception: HttpException): unknown {
  try {
    return handler.answer(subjectOf(handler, exception) as never, exchange.request as HookRequest)
  } catch (thrown) {
    return exceptionThrownBy(handler, exchange, thrown)
  }
}

/** Stores the value of an error handler as the result; undefined and errors go to the exception renderer. */
function applyErrorHandlerValue(
  exchange: Exchange,
  exception: HttpException,
  value: unknown,
): void | Promise<void> {
  if (value === undefined) return applyException(exchange, exception)
  if (value instanceof Error) return replaceException(exchange, exception, wrap(value))
  resetResponse(exchange, exception)
  applyAnswer(exchange, value, exception.status)
}

/**
 * Responds to the exception that an error handler has returned. It has the report of the replaced one; it is reported itself
 * where it is a failure, of status 500 or more, and the replaced one was none.
 */
function replaceException(
  exchange: Exchange,
  replaced: HttpException,
  exception: HttpException,
): void | Promise<void> {
  exchange.exception = exception
  const isNew = exception.status >= 500 && replaced.status < 500
  const id = isNew ? reportFailure(exchange, exception) : exchange.errorId
  const respond = (found: ReportId): void => {
    if (exchange.successor) return
    exchange.errorId = found
    applyException(exchange, exception)
  }
  return isPromise(id) ? id.then(respond) : respond(id)
}

/** Stores the exception as the result, in the error type that the client prefers. */
function applyException(exchange: Exchange, exception: HttpException): void {
  writeErrorId(exchange, exception)
  resetResponse(exchange, exception)
  exchange.offer = errorOffer(exchange)
  exchange.setData(exception, exception.status)
  exchange.skipTo = 'render'
}

/** Removes the header fields and the result of a response that is not sent. */
function resetResponse(exchange: Exchange, exception: HttpException): void {
  removeRepresentationFields(exchange.response, exchange.rendered?.fields)
  discardResult(exchange)
  exchange.isOver = false
  exchange.result = undefined
  exchange.rendered = undefined
  exchange.schema = undefined
  exchange.renderer = undefined
  const { headers } = exception
  exchange.fields = isEmpty(headers) ? undefined : fieldsOf(headers)
}

/** The error type that the client prefers; the first when it accepts none. */
export function errorOffer({ endpoint: { errorTypes }, headers }: Exchange): Offer {
  return errorTypes?.best(headers.accept) ?? errorTypes?.offers[0] ?? PROBLEM
}

/**
 * A problem document of status and detail with the header fields of the exception, where the exception renderer or an error
 * handler has failed. Fields that cannot be sent are left out.
 */
export function fallbackProblem(exchange: Exchange, exception: HttpException): RawResponse {
  const { status, detail } = exception
  removeRepresentationFields(exchange.response, exchange.rendered?.fields)
  const own = { ...sendableFieldsOf(exception), ...PROBLEM.fields }
  return { status, fields: mergeFields(errorOffer(exchange).fields, own), body: bareProblem(status, detail) }
}

/** Sends the fallback problem at once, without the after hooks. */
export function sendFallbackProblem(exchange: Exchange, exception: HttpException): void {
  exchange.isOver = true
  try {
    const { status, fields, body } = fallbackProblem(exchange, exception)
    void sendContent(exchange, status, sendableWithRequired(exchange, status, fields), body as string)
  } catch {
    abortResponse(exchange.response) // the handler has set a reason phrase that cannot be sent
  }
}

/** The fields with those that the endpoint adds, as far as these can be sent. */
function sendableWithRequired(exchange: Exchange, status: number, fields: Fields): Fields {
  try {
    return sendableFields(withRequiredFields(exchange, status, fields))
  } catch {
    return fields // a function of a mixin throws
  }
}

/** The header fields of an exception that can be sent. */
function sendableFieldsOf(exception: HttpException): Fields {
  try {
    return sendableFields(exception.headers)
  } catch {
    return {} // the getter of a subclass throws
  }
}

/** Sends a problem document of the status alone, where no exchange is. */
export function sendBareProblem(messages: Pick<Exchange, 'request' | 'response'>, status: number): void {
  void sendContent(messages, status, PROBLEM.fields, bareProblem(status))
}

/** Destroys the connection of a response that has begun and is not complete. */
export function abortResponse(response: ServerResponse): void {
  if (!response.writableEnded) destroyConnection(response)
}
