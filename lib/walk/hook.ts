/** Functions that a blueprint runs around its handlers: hooks, error handlers, middleware. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange, Step } from './exchange.ts'

/** Runs before the walk of a matched endpoint. One that ends the response ends the walk. */
export type BeforeHook = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** Runs before the answer of a matched endpoint is sent; `result` is the data, or the HttpException. */
export type AfterHook = (
  request: IncomingMessage,
  response: ServerResponse,
  result: unknown,
) => void | Promise<void>

// biome-ignore lint/suspicious/noExplicitAny: errors have constructors of every shape
export type ErrorClass<E = unknown> = abstract new (...parameters: any[]) => E

/** A handler of the errors of a status from 400 to 599, or of a class. */
export interface ErrorHandler {
  readonly of: number | ErrorClass
  readonly answer: (error: never, request: IncomingMessage) => unknown
}

/** A step that runs a before hook. */
export function beforeStep(hook: BeforeHook): Step {
  return function runBeforeHook(exchange) {
    const pending: unknown = hook(exchange.request, exchange.response)
    if (isPromise(pending)) return Promise.resolve(pending).then(() => endIfAnswered(exchange))
    return endIfAnswered(exchange)
  }
}

/** A hook that has sent the head has answered. */
function endIfAnswered(exchange: Exchange): void {
  if (exchange.response.headersSent) exchange.end()
}

/** A step that runs the after hooks, once per request: also one that fails does not run again for its own 500. */
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
    const pending: unknown = hooks[at]?.(request, response, exception ?? result?.data)
    if (isPromise(pending)) return Promise.resolve(pending).then(() => runFrom(at + 1, hooks, exchange))
  }
  return endIfAnswered(exchange)
}
