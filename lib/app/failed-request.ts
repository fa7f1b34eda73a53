/** Requests whose error the app has answered, or is about to answer: nothing else of the app runs for them. */
import type { IncomingMessage } from 'node:http'

const errors = new WeakMap<IncomingMessage, unknown>()

/** Stores the error of a request. False where it has one already: middleware may call `next` with an error, and then again. */
export function markFailed(request: IncomingMessage, error: unknown): boolean {
  if (errors.has(request)) return false
  errors.set(request, error)
  return true
}

export function hasFailed(request: IncomingMessage): boolean {
  return errors.has(request)
}

/** Whether an error is the one that is answered. */
export function isErrorOf(request: IncomingMessage, error: unknown): boolean {
  return errors.get(request) === error
}
