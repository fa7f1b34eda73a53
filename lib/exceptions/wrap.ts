/** Converts any thrown value into an HttpException. */
import { exceptionOf } from './abort.ts'
import { type HeaderFields, HttpException } from './http-exception.ts'
import { InternalServerError } from './server-errors.ts'

/** Members of the errors of other libraries (http-errors, undici, fastify …). */
interface ForeignError {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly expose?: unknown
  readonly message?: unknown
  readonly headers?: unknown
  readonly name?: unknown
  readonly cause?: unknown
}

/** Errors by the exceptions that are the response to them. */
const originals = new WeakMap<HttpException, unknown>()

/**
 * Marks an exception as the response to an error, by default its cause: reports have that in its place, and the error handlers
 * of its class apply.
 */
export function asConversion<E extends HttpException>(exception: E, original: unknown = exception.cause): E {
  originals.set(exception, original)
  return exception
}

/** The error that an exception is the response to; else, or where nothing was thrown, the exception itself. */
export function originalOf(exception: HttpException): unknown {
  return originals.get(exception) ?? exception
}

/**
 * Returns an HttpException unchanged, also one that is the cause of an `AbortError`; converts a foreign error with a
 * numeric `status` or `statusCode` from 400 to 599 into that status, and anything else into a 500 without details. The
 * original is kept as `cause`, and is what reports have: {@link originalOf}. Never throws.
 *
 * The message of a foreign error is sent only where its `expose` is true, as the package http-errors sets it: that
 * of an HTTP client may contain internal addresses. Its `headers` are used only where `expose` is a boolean: those of
 * an HTTP client are the fields of another response.
 */
export function wrap(thrown: unknown): HttpException {
  try {
    return thrown instanceof HttpException ? thrown : wrapForeign(thrown)
  } catch {
    return internalErrorOf(thrown) // a getter of the value throws
  }
}

function wrapForeign(thrown: unknown): HttpException {
  if (thrown instanceof Promise) thrown.catch(() => {}) // its rejection would end the process
  const foreign: ForeignError = typeof thrown === 'object' && thrown !== null ? thrown : {}
  if (foreign.name === 'AbortError' && foreign.cause instanceof HttpException) return foreign.cause
  const status = [foreign.status, foreign.statusCode].find(isErrorStatus)
  if (status === undefined) return internalErrorOf(thrown)
  const isExposed = foreign.expose === true && typeof foreign.message === 'string'
  const detail = isExposed ? (foreign.message as string) || undefined : undefined
  const isForResponse = typeof foreign.expose === 'boolean'
  const headers = isForResponse && isFields(foreign.headers) ? { headers: foreign.headers } : {}
  return asConversion(exceptionOf(status, detail, { ...headers, cause: thrown }))
}

/** A 500 without details as the response to any error. */
export function internalErrorOf(thrown: unknown): HttpException {
  return asConversion(new InternalServerError(undefined, { cause: thrown }))
}

function isErrorStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599
}

function isFields(headers: unknown): headers is HeaderFields {
  return (
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((value) => typeof value === 'string' || Array.isArray(value))
  )
}
