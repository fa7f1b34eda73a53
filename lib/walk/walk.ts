/**
 * The life of a request: the phases in their order, and the runner that calls the steps of an endpoint one after
 * another. dispatch.ts finds the endpoint.
 *
 * A feature adds steps to phases when an endpoint is compiled: `endpoint.on('validate/readArguments', …)`. Nothing
 * else decides an order. The runner waits only where a step returns a value.
 */
import { hasLeft, isDisconnected } from '../connection/connection.ts'
import { closeInStages } from '../connection/lingering-close.ts'
import { closeWithConnection } from '../connection/unclosed-response.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { wrap } from '../exceptions/wrap.ts'
import { pathOf, queryOf } from '../routing/request-target.ts'
import { isPromise } from '../schema/is-promise.ts'
import { type ReportId, reportFailure } from './error-report.ts'
import { abortResponse, applyError, fallbackProblem, sendFallbackProblem } from './error-response.ts'
import { discardResult, EarlyAnswer, type Exchange, type Step } from './exchange.ts'
import { awaitable, type Pending, whenDone } from './pending.ts'
import { setMember } from './set-member.ts'

/** The phases of a request, in order. docs/walk.md shows the same table. */
export const PHASES = [
  // surroundings: they run also where no endpoint answers (404, 405, OPTIONS)
  'identify', //     request id, traceparent, request.log; the access log begins
  'protect', //      security headers, CORS fields; a preflight ends here                204
  'throttle', //     rate limit by address                                               429
  'middleware', //   use(), outermost blueprint first (sessions)
  'authenticate', // request.identity                                                    401
  'authorize', //    scopes, CSRF, rate limit by identity                                403 429
  // the request
  'before', //       before hooks, then the endpoint's own use and before
  'negotiate', //    the media type of the answer                                        406 410
  'content-type', // is the media type of the content supported?                         415
  'required', //     a precondition that must be there                                   428
  'read', //         content → body                                                      400 413 415
  'upgrade', //      content of an older version → the current one
  'validate', //     page, params, query, headers, cookies, body, files                  400 422, all issues together
  'replay', //       Idempotency-Key, before If-*: a retry must not be a 412             409 422
  'precondition', // current state against If-*                                          304 404 412 428
  'patch', //        state + patch → body                                                404 409 422
  'handle', //       the user's function
  // the answer; a raw result (web Response, byte stream) continues at `tag`
  'paginate', //     a pager cuts the list
  'conform', //      response schema                                                     500
  'describe', //     page fields, envelope
  'tag', //          ETag and Last-Modified of the state                                 304 412, nothing rendered yet
  'downgrade', //    the current version → the one asked for
  'render', //       renderer → status, fields, content
  'revalidate', //   an ETag that only the rendered answer has                           304
  'after', //        after hooks
  'encode', //       content coding, Cache-Control
  'send', //         to the wire
] as const

export type Phase = (typeof PHASES)[number]

/** The index before the first step: from there an exchange skips to a phase, whatever step it has come to. */
const NO_STEP = -1

/**
 * Writes params, query and originalUrl on the request, and runs the steps.
 *
 * @param refusal the exception or the early answer of a request that no endpoint can serve.
 */
export function begin(exchange: Exchange, params: Record<string, unknown>, refusal?: unknown): void {
  const { request, response } = exchange
  closeWithConnection(response)
  exchange.restoreArguments()
  request.params = params
  request.path ??= pathOf(request)
  request.originalUrl ??= request.url ?? '/'
  if (refusal) return void refuse(exchange, refusal, 0)
  try {
    setMember(request, 'query', queryOf(request, exchange.endpoint.limits.maxParameters))
  } catch (thrown) {
    return void refuse(exchange, thrown, 0)
  }
  run(exchange, 0)
}

/** Runs the steps from an index on, until one ends the walk. Never throws. */
function run(exchange: Exchange, from: number): void {
  const { walk } = exchange.endpoint
  const { steps } = walk
  let index = from
  try {
    for (; index < steps.length && !exchange.isOver; index = walk.takeNext(index, exchange)) {
      const step = steps[index] as Step // called as a plain function, so that stack traces show its name
      const pending = step(exchange)
      if (pending) return resume(exchange, pending, index)
    }
    if (exchange.isOver) return
    throw new Error(`The steps of '${exchange.endpoint.name}' ended without an answer`)
  } catch (thrown) {
    failAt(index, exchange, thrown)
  }
}

/** Runs the steps after an index, or those from the later phase on that the exchange skips to. */
function runAfter(index: number, exchange: Exchange): void {
  run(exchange, exchange.endpoint.walk.takeNext(index, exchange))
}

/** Continues after the step at an index when it is done. */
function resume(exchange: Exchange, pending: Pending, index: number): void {
  whenDone(
    pending,
    function continueWalk() {
      runAfter(index, exchange)
    },
    function failWalk(error) {
      failAt(index, exchange, error)
    },
  )
}

/**
 * Responds to an error that a step has thrown. Where it is a step before `middleware`, the other steps before that phase run
 * first: every response needs them.
 */
function failAt(index: number, replaced: Exchange, thrown: unknown): void {
  const exchange = replaced.successor ?? replaced
  const isEarly = index < exchange.endpoint.walk.afterThrottle && !exchange.exception
  if (isEarly && !(thrown instanceof EarlyAnswer)) void refuse(exchange, thrown, index + 1)
  else fail(exchange, thrown)
}

/**
 * Responds to a request that cannot be walked, after the steps that every answer needs: its id, its log, its fields, the
 * limit by address (429). Where no step has refused it, one may answer: health, a preflight.
 */
async function refuse(refused: Exchange, refusal: unknown, from: number): Promise<void> {
  const { walk } = refused.endpoint
  let exchange = refused
  let reason = refusal
  for (let index = from; index < walk.afterThrottle; index++) {
    try {
      await awaitable((walk.steps[index] as Step)(exchange))
    } catch (thrown) {
      if (reason instanceof EarlyAnswer || wrap(reason).status < 500) reason = thrown
      exchange = refused.successor ?? refused
    }
    const isAnswered = exchange.skipTo !== undefined && from === 0 && reason === refusal
    if (isAnswered || exchange.isOver) return runAfter(NO_STEP, exchange)
  }
  fail(exchange, reason)
}

/** Responds to a thrown value: an early answer is sent as it is, anything else as an error. Never throws. */
export function fail(exchange: Exchange, thrown: unknown): void {
  const { exception: earlier } = exchange
  try {
    if (thrown instanceof EarlyAnswer && !earlier) {
      exchange.isOver = exchange.response.headersSent // a handler that has returned may give it to `next`
      exchange.finishWith(thrown.make)
      return runAfter(NO_STEP, exchange)
    }
    const exception = wrap(thrown)
    const { response } = exchange
    const isCut = response.headersSent && !hasLeft(response) // the client cannot see the error
    const isFailure = earlier !== undefined || exception.status >= 500 || isCut
    const isReported = isFailure && !exchange.isCancellation(thrown)
    const id = isReported ? reportFailure(exchange, exception) : undefined
    if (!isPromise(id)) return respondTo(exchange, exception, earlier, id)
    id.then((found) => respondTo(exchange, exception, earlier, found)).catch((error) => fail(exchange, error))
  } catch (error) {
    fail(exchange, error)
  }
}

/**
 * Responds to an exception.
 *
 * @param earlier the exception whose response has failed with this one.
 */
function respondTo(
  exchange: Exchange,
  exception: HttpException,
  earlier: HttpException | undefined,
  id: ReportId,
): void {
  if (exchange.successor) return discardResult(exchange) // the deadline has passed during the report
  const { response } = exchange
  const isLost = response.headersSent || isDisconnected(response)
  if (earlier || isLost) discardResult(exchange)
  if (isLost) return abortResponse(response)
  if (earlier) return fallBack(exchange, earlier)
  exchange.exception = exception
  closeInStages(exchange.request)
  const pending = applyError(exchange, exception, id)
  if (pending) return resume(exchange, pending, NO_STEP)
  runAfter(NO_STEP, exchange)
}

/** Requests whose fallback problem goes through the after hooks. */
const fallingBack = new WeakSet<Exchange>()

/** Responds to an exception whose response has failed: through the after hooks, unless it was rendered and has come there. */
export function fallBack(exchange: Exchange, exception: HttpException): void {
  if (exchange.isOver || exchange.rendered || fallingBack.has(exchange))
    return sendFallbackProblem(exchange, exception)
  fallingBack.add(exchange)
  exchange.finishWith(() => fallbackProblem(exchange, exception))
  runAfter(NO_STEP, exchange)
}
