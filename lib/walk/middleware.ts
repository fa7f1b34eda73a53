/** A step of the surroundings as middleware, for an app without an Api. */
import type { ServerResponse } from 'node:http'
import { wrap } from '../exceptions/wrap.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Next } from './hook.ts'

/**
 * Runs a step, then calls `next`: with its error, whose header fields are set on the response.
 *
 * `next` runs the later handlers of the app. It is called outside of the `try` of the step, because an error of theirs is
 * none of the step.
 */
export function runStep(step: () => unknown, response: ServerResponse, next: Next): void {
  const fail = (error: unknown): void => {
    const { headers } = wrap(error)
    if (!response.headersSent)
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    next(truthy(error))
  }
  let pending: unknown
  try {
    pending = step()
  } catch (error) {
    return fail(error)
  }
  if (!isPromise(pending)) return next()
  Promise.resolve(pending)
    .then(() => next(), fail)
    .catch((error) => next(truthy(error)))
}

/** An error for a falsy value: Polka 0.5 goes on with the request where `next` gets one. */
function truthy(error: unknown): unknown {
  return error || new Error(`The thrown value is ${String(error)}`)
}
