/** Return values of the developer's functions: at once or later, a value or an error. */
import { isPromise } from '../schema/is-promise.ts'

/**
 * Calls `next` with a return value: at once, or when its promise has settled.
 *
 * @throws the value, where it is an error: a returned error is as good as thrown.
 */
export function settle<T, R>(returned: T | PromiseLike<T>, next: (value: T) => R): R | Promise<Awaited<R>> {
  return isPromise(returned) ? settleLater(returned, next) : next(resultOf(returned))
}

/** A function of its own, because one with a closure makes a context for it at each call. */
function settleLater<T, R>(returned: PromiseLike<T>, next: (value: T) => R): Promise<Awaited<R>> {
  return Promise.resolve(returned).then((value) => next(resultOf(value))) as Promise<Awaited<R>>
}

/** Calls {@link settle} for a function with a parameter before the value, so that a value that is no promise needs no closure. */
export function settleFor<C, T, R>(
  context: C,
  returned: T | PromiseLike<T>,
  next: (context: C, value: T) => R,
): R | Promise<Awaited<R>> {
  return isPromise(returned) ? settleForLater(context, returned, next) : next(context, resultOf(returned))
}

function settleForLater<C, T, R>(context: C, returned: PromiseLike<T>, next: (context: C, value: T) => R) {
  return settleLater(returned, (value) => next(context, value))
}

/** The value itself. @throws it, where it is an error. */
export function resultOf<T>(returned: T): T {
  if (returned instanceof Error) throw returned
  return returned
}

/**
 * The value of a function that has no time to wait.
 *
 * @param what subject of the message.
 * @throws the value, where it is an error. @throws {TypeError} for a promise.
 */
export function resultNow<T>(returned: T, what: string): T {
  if (!isPromise(returned)) return resultOf(returned)
  Promise.resolve(returned).catch(() => {}) // the result is not used
  throw new TypeError(`${what} is a promise: await it, and pass its value`)
}

/** Calls a function, which may be asynchronous. @param fail gets what it throws, or what its promise is rejected with. */
export function callGuarded<T>(call: () => T, fail: (thrown: unknown) => T): T {
  try {
    const returned = call()
    return isPromise(returned) ? (returned.then(undefined, fail) as T) : returned
  } catch (thrown) {
    return fail(thrown)
  }
}
