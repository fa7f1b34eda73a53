/** Writes errors and warnings to the logger of a blueprint. */
import type { Logger } from '../blueprint/blueprint-options.ts'
import { isPromise } from '../schema/is-promise.ts'

/**
 * Writes an error: `logger.error({ err, …context }, 'GET /x failed: away')`, the form of pino. `console` prints the
 * message and the error with its stack and its causes.
 */
export function logTo(logger: Logger, message: string, err: unknown, context: object): void {
  if (logger === console) logger.error(`${message}:`, err)
  else callSafely(() => logger.error({ err, ...context }, `${message}: ${textOf(err)}`))
}

const MAX_CAUSES = 8

/** The message of an error, followed by those of its causes, which many loggers do not print. */
function textOf(err: unknown, depth = 0): string {
  if (!(err instanceof Error)) return String(err)
  const { message, cause } = err
  const hasText = cause instanceof Error || typeof cause === 'string'
  const inner = hasText && depth < MAX_CAUSES ? textOf(cause, depth + 1) : ''
  const text = String(message) // that of some libraries is an object
  return text.includes(inner) ? text : `${text}: ${inner}`
}

/** Calls a logger, or another function that only watches: one that throws, or whose promise rejects, changes no response. */
export function callSafely(call: () => unknown): void {
  try {
    const written = call()
    if (isPromise(written)) written.then(undefined, () => {})
  } catch {
    // as above
  }
}

/** The kind of a warning, and its place. */
interface Warning {
  /** For `process.on('warning')`. */
  readonly code: string
  readonly endpoint?: string | undefined
}

/** Writes a warning: to the logger if it has `warn`, else as a process warning with the code. */
export function warnTo(logger: Logger, message: string, context: Warning): void {
  if (logger === console || !logger.warn) return process.emitWarning(message, { code: context.code })
  callSafely(() => logger.warn?.(context, message))
}
