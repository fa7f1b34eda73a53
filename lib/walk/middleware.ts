/** Connect middleware, as Polka and Express have it, as a step of the walk. */
import { isPromise } from '../schema/is-promise.ts'
import { logError } from './error-response.ts'
import type { Exchange, Step } from './exchange.ts'
import type { Next } from './handler.ts'

// biome-ignore lint/suspicious/noExplicitAny: middleware is written against many types of request and response
export type Middleware = (request: any, response: any, next: Next) => unknown

/**
 * A step that goes on when the middleware calls `next`. A middleware that never does has taken the response over:
 * the walk ends there, and nothing waits for it.
 */
export function middlewareStep(middleware: Middleware): Step {
  return function runMiddleware(exchange) {
    return pass(middleware, exchange)
  }
}

function pass(middleware: Middleware, exchange: Exchange): void | Promise<void> {
  const { request, response } = exchange
  let passed = false
  let failure: unknown
  let settle: (() => void) | undefined
  const result = middleware(request, response, (error) => {
    if (passed) return
    passed = true
    failure = error
    settle?.()
  })
  if (passed && !isPromise(result)) {
    if (failure) throw failure
    return undefined
  }
  return new Promise((resolve, reject) => {
    settle = () => (failure ? reject(failure) : resolve())
    if (isPromise(result))
      result.then(undefined, (error) => (passed ? logError(exchange, error) : reject(error))) // the walk has gone on
    if (passed) settle()
  })
}
