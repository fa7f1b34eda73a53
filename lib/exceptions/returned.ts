/** Functions that developers give as options, where there is no time to wait for what they return. */
import { describe } from '../registry/options.ts'
import { isPromise } from '../schema/is-promise.ts'

/**
 * A value that a function has returned.
 *
 * @param name the function in messages: `'by' of a rate limit`.
 * @param expected what it may return: `a text or undefined`.
 * @throws {TypeError} for a value that is not valid, such as a promise, whose error is not used.
 */
export function returned<T>(
  name: string,
  value: unknown,
  isValid: (value: unknown) => value is T,
  expected: string,
): T {
  if (isValid(value)) return value
  if (isPromise(value)) Promise.resolve(value).catch(() => {})
  throw new TypeError(`The function ${name} has returned ${describe(value)}; return ${expected}`)
}

/** @throws {TypeError} for a value that is not a function, and for one that is asynchronous by its syntax. */
export function checkSynchronous(where: string, key: string, value: unknown): void {
  const isAsynchronous = /Async|Generator/.test(Object.prototype.toString.call(value))
  if (typeof value === 'function' && !isAsynchronous) return
  throw new TypeError(
    `${where} cannot have ${key}: ${describe(value)}; use a function${isAsynchronous ? ' that is not asynchronous' : ''}`,
  )
}

export function isTextOrUndefined(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean'
}
