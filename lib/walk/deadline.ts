/**
 * The option `timeoutSeconds`: a request that has no response in time gets a 503, and its `signal` aborts. A response that
 * has begun is not cut.
 */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { onceClosed } from '../connection/connection.ts'
import { ServiceUnavailable } from '../exceptions/server-errors.ts'
import { reportLate } from './error-report.ts'
import { sendFallbackProblem } from './error-response.ts'
import { discardResult, Exchange, type Step } from './exchange.ts'
import { whenDone } from './pending.ts'
import { fail, fallBack } from './walk.ts'

interface Deadline {
  hasPassed: boolean
  /** Runs until the time has passed, then until its response must be there. */
  timer: NodeJS.Timeout
  /** Calls a function with the values of AsyncLocalStorage that the last middleware has bound to its call of `next`. */
  inContext: (task: () => void) => void
  /** Fails the step that is waiting. */
  reject: ((error: unknown) => void) | undefined
}

/** The deadlines of requests that are being served. */
const deadlines = new WeakMap<Exchange, Deadline>()

/** A step that starts the time of a request. */
function startDeadline(seconds: number): Step {
  return function startTimeout(exchange) {
    const timer = setTimeout(() => deadline.inContext(() => pass(exchange, deadline)), seconds * 1000)
    const deadline: Deadline = { hasPassed: false, timer, inContext: (task) => task(), reject: undefined }
    deadlines.set(exchange, deadline)
    onceClosed(exchange.response, () => clearTimeout(deadline.timer))
  }
}

/**
 * Calls a function once, later, with the values that AsyncLocalStorage has now: a callback of a promise has those, and takes a
 * fraction of the time of `AsyncLocalStorage.snapshot()`.
 */
function keepContext(): Deadline['inContext'] {
  let call!: Deadline['inContext']
  const context = new Promise<() => void>((resolve) => {
    call = resolve
  })
  void context.then((task) => task())
  return call
}

/** Time that the error handlers and the renderer of the 503 have; then that of after hooks without these. */
const ANSWER_MILLISECONDS = 1000

function pass(exchange: Exchange, deadline: Deadline): void {
  if (isAnswered(exchange) || deadline.hasPassed) return
  deadline.hasPassed = true
  const error = new ServiceUnavailable('The request has taken too long')
  exchange.abort(error)
  const serving = Exchange.of(exchange.request) ?? exchange // another one, where the handler has passed the request on
  if (deadline.reject && serving === exchange) {
    if (!exchange.exception) exchange.replace()
    deadline.reject(error)
  } else if (serving === exchange || serving.isOver || serving.exception === undefined)
    fail(serving.replace(), error)
  deadline.timer = setTimeout(answerAtLast, ANSWER_MILLISECONDS, exchange, error, deadline)
}

/** Answers in place of what takes too long: through the after hooks, unless they are what takes too long. */
function answerAtLast(exchange: Exchange, error: ServiceUnavailable, deadline: Deadline): void {
  const { request } = exchange
  if (isAnswered(exchange)) return
  const last = (Exchange.of(request) ?? exchange).replace()
  last.exception = error
  deadline.timer = setTimeout(() => isAnswered(last) || sendFallbackProblem(last, error), ANSWER_MILLISECONDS)
  fallBack(last, error)
}

function isAnswered({ response }: Exchange): boolean {
  return response.headersSent || response.writableEnded
}

/** Wraps a step: it fails when the time of the request has passed while it waits. */
function limited(step: Step): Step {
  return function runUntilDeadline(exchange) {
    const pending = step(exchange)
    const deadline = deadlines.get(exchange)
    if (!pending || !deadline || deadline.hasPassed) return pending
    return (proceed, fail) => {
      deadline.reject = fail
      whenDone(
        pending,
        () => {
          if (deadline.hasPassed) return discardResult(exchange)
          deadline.reject = undefined
          if (typeof pending === 'function') deadline.inContext = keepContext()
          proceed()
        },
        (error) => {
          if (deadline.hasPassed) return reportLate(exchange, error)
          deadline.reject = undefined
          fail(error)
        },
      )
    }
  }
}

/** @throws {TypeError} for a time that is not over 0 and at most a week. */
export function checkTimeout(owner: string, seconds: unknown): void {
  if (seconds === false || (typeof seconds === 'number' && seconds > 0 && seconds <= WEEK_SECONDS)) return
  throw new TypeError(
    `The option timeoutSeconds of ${owner} is a number over 0 and at most ${WEEK_SECONDS}, or false, not ${String(seconds)}`,
  )
}

/** Adds the deadline of the option `timeoutSeconds`. @throws {TypeError} as {@link checkTimeout}. */
export function addDeadline(endpoint: Endpoint): void {
  const seconds = endpoint.nearest('timeoutSeconds') ?? false
  if (seconds === false || !endpoint.isRouted) return
  checkTimeout(`'${endpoint.name}'`, seconds)
  endpoint.onCore('identify/startTimeout', startDeadline(seconds))
  endpoint.wrapSteps(limited)
}

const WEEK_SECONDS = 604_800
