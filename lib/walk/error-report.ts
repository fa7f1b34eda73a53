/** Reports of failures: the log, `onError`, and the id that the problem document has of them. */
import type { IncomingMessage } from 'node:http'
import { hasLeft } from '../connection/connection.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { originalOf, wrap } from '../exceptions/wrap.ts'
import { routeOf } from '../routing/path-parameter.ts'
import { loggedPath, receivedTargetOf } from '../routing/request-target.ts'
import { isPromise } from '../schema/is-promise.ts'
import { EarlyAnswer, type Exchange } from './exchange.ts'
import { callSafely, logTo } from './log.ts'
import { hasSecretPath } from './secret-path.ts'

/** The id that `onError` has returned for a report; undefined where it is no text. */
export type ReportId = string | undefined

/**
 * Writes a failure of the server to the log and calls `onError`. Never throws.
 *
 * @returns A promise where the response has to wait for the id.
 */
export function reportFailure(exchange: Exchange, exception: HttpException): ReportId | Promise<ReportId> {
  const { endpoint, request, response } = exchange
  const error = originalOf(exception)
  logError(exchange, error)
  if (hasLeft(response)) return undefined
  for (const observe of endpoint.failureObservers) callSafely(() => observe(error, request))
  if (!endpoint.onError) return undefined
  try {
    const id: unknown = endpoint.onError(error, request)
    if (!isPromise(id)) return reportIdOf(id)
    const settled = Promise.resolve(id).then(reportIdOf, (failure) => {
      logError(exchange, failure)
      return undefined
    })
    return response.headersSent ? undefined : valueWithin(REPORT_MILLISECONDS, settled)
  } catch (failure) {
    logError(exchange, failure)
    return undefined
  }
}

/**
 * Reports an error that comes after the response: not an early answer, nor what the abort of the signal has caused, nor a
 * client's mistake after a deadline.
 */
export function reportLate(exchange: Exchange, error: unknown): void {
  if (error instanceof EarlyAnswer || exchange.isOfSignal(error)) return
  const exception = wrap(error)
  if (exchange.successor && exception.status < 500) return
  void reportFailure(exchange, exception)
}

/** Time that an error response waits for the id of its report. */
const REPORT_MILLISECONDS = 1000

/** The value of a promise that does not reject; undefined after a time. */
function valueWithin<T>(milliseconds: number, pending: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, undefined)
    pending.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}

function reportIdOf(returned: unknown): ReportId {
  return typeof returned === 'string' ? returned : undefined
}

/** The ids that exceptions have got. */
const ids = new WeakMap<HttpException, string>()

/**
 * Writes the id of the report on the exception of an exchange, in place of that of another request: one object may be thrown for
 * many. Called before each function that may read it there.
 */
export function writeErrorId({ errorId: id }: Exchange, exception: HttpException): void {
  if (id !== undefined) {
    ids.set(exception, id)
    Reflect.set(exception, 'members', { ...exception.members, error_id: id })
  } else if (ids.has(exception)) {
    const { error_id: known, ...members } = exception.members
    if (known === ids.get(exception)) Reflect.set(exception, 'members', members)
  }
}

interface IdentifiedRequest extends IncomingMessage {
  readonly requestId?: string
}

/** Writes a failure of the server to the log, with the route where the path is a secret. */
function logError(exchange: Exchange, error: unknown): void {
  const { endpoint, request } = exchange
  const { method, requestId } = request as IdentifiedRequest
  const place = hasSecretPath(exchange)
    ? secretPlaceOf(endpoint)
    : { path: loggedPath(receivedTargetOf(request)) }
  const id = requestId === undefined ? {} : { requestId }
  const title = [method, ...Object.values(place), 'failed'].join(' ')
  logTo(endpoint.logger, title, error, { method, ...place, endpoint: endpoint.name, ...id })
}

/** The route of an endpoint; nothing for the fallback of a mount. */
function secretPlaceOf({ isRouted, path }: Exchange['endpoint']): { readonly route?: string } {
  return isRouted ? { route: routeOf(path) } : {}
}
