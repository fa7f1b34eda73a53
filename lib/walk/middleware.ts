/** A step of the surroundings as middleware, for an app without an Api. */
import type { ServerResponse } from 'node:http'
import { wrap } from '../exceptions/wrap.ts'
import { sendableFields } from '../http/headers.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Next } from './hook.ts'

/**
 * Runs a step, then calls `next`: with its error, whose header fields are set on the response, as far as they can be sent.
 *
 * `next` runs the later handlers of the app. Errors of later handlers do not belong to the step, so they change no header
 * fields; they are passed to the app, too, because on Polka 0.5 they would otherwise end the process or leave the request
 * open.
 */
export function runStep(step: () => unknown, response: ServerResponse, next: Next): void {
  const fail = (error: unknown): void => {
    const fields = sendableFields(wrap(error).headers)
    if (!response.headersSent) for (const name in fields) response.setHeader(name, fields[name] as string)
    next(truthy(error))
  }
  let pending: unknown
  try {
    pending = step()
  } catch (error) {
    return fail(error)
  }
  if (isPromise(pending)) void Promise.resolve(pending).then(() => runLater(next), fail)
  else runLater(next)
}

/** Runs a function that writes the response: `next` gets its error alone. */
export function runAnswer(answer: () => unknown, response: ServerResponse, next: Next): void {
  runStep(answer, response, (error) => error && next(error))
}

function runLater(next: Next): void {
  const fail = (error: unknown): void => next(truthy(error))
  try {
    const pending: unknown = next() // Polka 0.5 returns what the next handler does
    if (isPromise(pending)) Promise.resolve(pending).catch(fail)
  } catch (error) {
    fail(error)
  }
}

/** An error for a falsy value: Polka 0.5 goes on with the request where `next` gets one. */
function truthy(error: unknown): unknown {
  return error || new Error(`The thrown value is ${String(error)}`)
}
