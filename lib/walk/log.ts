/** Writes errors and warnings to the logger of a blueprint. */
import type { Logger } from '../blueprint/blueprint-options.ts'
import { isPromise } from '../schema/is-promise.ts'

/**
 * Writes an error: `logger.error({ err, …context }, 'GET /x failed: away')`, the form of pino. `console` prints the
 * message and the error with its stack and its causes. A logger that cannot write the error, such as one with a getter that
 * throws, is given its text in its place. Never throws.
 */
export function logTo(logger: Logger, message: string, err: unknown, context: object): void {
  const text = textOf(err)
  const write = (error: unknown) =>
    logger === console
      ? logger.error(`${message}:`, error)
      : logger.error({ err: error, ...context }, `${message}: ${text}`)
  callSafely(
    () => write(err),
    () => callSafely(() => write(text)),
  )
}

const MAX_CAUSES = 8

/** The message of an error, followed by those of its causes, which many loggers do not print. */
function textOf(err: unknown, depth = 0): string {
  // the message of some libraries is an object
  const text = read(() => String(err instanceof Error ? err.message : err), 'an error that cannot be read')
  const inner = read(() => causeTextOf(err, depth), '')
  return text.includes(inner) ? text : `${text}: ${inner}`
}

function causeTextOf(err: unknown, depth: number): string {
  const cause = err instanceof Error && depth < MAX_CAUSES ? err.cause : undefined
  return cause instanceof Error || typeof cause === 'string' ? textOf(cause, depth + 1) : ''
}

/** A text of a thrown value, which may have getters that throw. */
function read(text: () => string, otherwise: string): string {
  try {
    return text()
  } catch {
    return otherwise
  }
}

/**
 * Calls a logger, or another function that only watches: one that throws, or whose promise rejects, changes no response.
 *
 * @param otherwise called where it throws.
 */
export function callSafely(call: () => unknown, otherwise?: () => void): void {
  try {
    const written = call()
    if (isPromise(written)) written.then(undefined, () => {})
  } catch {
    otherwise?.()
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
