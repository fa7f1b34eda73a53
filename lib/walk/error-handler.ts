/** The choice of the error handler for an exception. */
import { HttpException } from '../exceptions/http-exception.ts'
import { originalOf } from '../exceptions/wrap.ts'
import type { ErrorHandler } from './hook.ts'

/** The handler of an exception: innermost blueprint first, then by {@link rank}, then the last one added. */
export function handlerFor(
  blueprints: readonly (readonly ErrorHandler[])[],
  exception: HttpException,
): ErrorHandler | undefined {
  for (const handlers of blueprints) {
    if (handlers.length === 0) continue
    const matching = handlers.filter((handler) => subjectOf(handler, exception) !== undefined)
    const rankOf = (handler: ErrorHandler) => rank(handler, exception)
    const [best] = matching.sort((a, b) => rankOf(b) - rankOf(a) || handlers.indexOf(b) - handlers.indexOf(a))
    if (best) return best
  }
  return undefined
}

/** A status before a class, the class of a foreign error before those of its HttpException, then by depth. */
function rank({ of }: ErrorHandler, exception: HttpException): number {
  if (typeof of === 'number') return Number.MAX_SAFE_INTEGER
  let depth = exception instanceof of ? 0 : 1000
  for (let link = of.prototype; link; link = Object.getPrototypeOf(link)) depth++
  return depth
}

/**
 * The argument of an error handler: the exception, or the error of its class that the exception was made of; undefined when it
 * does not apply. The `cause` that an exception was thrown with counts for nothing: who threw it has chosen the response.
 */
export function subjectOf({ of }: ErrorHandler, exception: HttpException): unknown {
  if (typeof of === 'number') return of === exception.status ? exception : undefined
  if (exception instanceof of) return exception
  const original = originalOf(exception)
  return original instanceof of ? original : undefined
}

/**
 * The exception that an error handler has thrown, which is as good as returned.
 *
 * @throws any other error, as the cause of one that names the handler; itself where the signal has caused it.
 */
export function exceptionThrownBy(
  { of }: ErrorHandler,
  exchange: { isOfSignal(error: unknown): boolean },
  thrown: unknown,
): HttpException {
  if (thrown instanceof HttpException) return thrown
  if (exchange.isOfSignal(thrown)) throw thrown
  const subject = typeof of === 'number' ? of : of.name
  const message = thrown instanceof Error ? `: ${thrown.message}` : ''
  throw new Error(`The error handler of ${subject} has thrown${message}`, { cause: thrown })
}
