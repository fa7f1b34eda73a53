/** Steps that run hooks and middleware. */

import { keepAccessors } from '../connection/served-request.ts'
import { resultOf, settle, settleFor } from '../exceptions/settle.ts'
import { isPromise } from '../schema/is-promise.ts'
import { reportLate, writeErrorId } from './error-report.ts'
import type { Exchange, Step } from './exchange.ts'
import { applyAnswer, discardValue, isResponse } from './handler-result.ts'
import type { AfterHook, BeforeHook, HookRequest, Middleware } from './hook.ts'
import { watchResponse } from './unanswered.ts'

/** A step that runs a before hook. @throws {TypeError} for a function with a third parameter: Connect middleware. */
export function beforeStep(hook: BeforeHook): Step {
  if (hook.length > 2) {
    const subject = hook.name === '' ? 'A before hook' : `The before hook '${hook.name}'`
    throw new TypeError(`${subject} has a third parameter, as Connect middleware has: give it to \`use\``)
  }
  return function runBeforeHook(exchange) {
    return settleFor(exchange, hook(exchange.request as HookRequest, exchange.response), applyHookValue)
  }
}

/** Applies the response that a before hook has returned, or ends the walk when it has sent the head of one. */
function applyHookValue(exchange: Exchange, value: unknown): void {
  if (!isResponse(value)) return endIfAnswered(exchange)
  if (exchange.isOver || exchange.response.headersSent) {
    discardValue(value) // it comes after the 503 of its deadline, or after a response that the hook has written
    return endIfAnswered(exchange)
  }
  applyAnswer(exchange, value)
  const { result } = exchange
  if (result?.kind === 'data' && result.status < 400) exchange.skipTo = 'conform' // only declared members are sent
}

/** Ends the walk when a hook has sent the head of a response. */
function endIfAnswered(exchange: Exchange): void {
  if (exchange.response.headersSent) exchange.end()
}

/** A step that runs the after hooks once per request: one that fails does not run again for its own 500. */
export function afterStep(hooks: readonly AfterHook[]): Step {
  return function runAfterHooks(exchange) {
    if (exchange.hasRunAfterHooks) return undefined
    exchange.hasRunAfterHooks = true
    return runFrom(0, hooks, exchange)
  }
}

function runFrom(index: number, hooks: readonly AfterHook[], exchange: Exchange): void | Promise<void> {
  const { request, response, exception, result } = exchange
  for (let at = index; at < hooks.length; at++) {
    if (exception) writeErrorId(exchange, exception)
    const pending: unknown = hooks[at]?.(request as HookRequest, response, exception ?? result?.data)
    if (isPromise(pending)) return settle(pending, () => runFrom(at + 1, hooks, exchange))
    resultOf(pending)
  }
  return endIfAnswered(exchange)
}

/**
 * A step that completes when the middleware calls `next`. A middleware that never calls it has taken over the
 * response: the walk ends there.
 */
export function middlewareStep(middleware: Middleware): Step {
  return function runMiddleware(exchange) {
    return (proceed, fail) => runUntilNext(middleware, exchange, proceed, fail)
  }
}

function runUntilNext(
  middleware: Middleware,
  exchange: Exchange,
  proceed: () => void,
  fail: (error: unknown) => void,
): void {
  const { request, response, endpoint } = exchange
  let isComplete = false
  let cancel: (() => void) | undefined
  /** After `next` the walk has continued, so that an error is only reported. */
  const failOrReport = (error: unknown): void => {
    if (isComplete) return reportLate(exchange, error)
    isComplete = true
    cancel?.()
    fail(error)
  }
  const next = (error?: unknown): void => {
    keepAccessors(request)
    if (error) return failOrReport(error)
    if (isComplete) return
    isComplete = true
    cancel?.()
    if (response.writableEnded) exchange.end()
    else proceed()
  }
  try {
    const result = middleware(request, response, next)
    if (isPromise(result)) result.then(undefined, failOrReport)
  } catch (error) {
    return failOrReport(error)
  }
  if (isComplete || response.headersSent || endpoint.unansweredMilliseconds === 0) return
  const subject = `The middleware '${middleware.name}'`
  cancel = watchResponse(response, endpoint, subject, 'call next, or end the response')
}
