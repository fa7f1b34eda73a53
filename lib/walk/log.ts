/** Writes errors and warnings to the logger of a blueprint. */
import type { Logger } from '../blueprint/blueprint-options.ts'

/**
 * Writes an error: `logger.error({ err, …context }, 'GET /x failed: away')`, the form of pino. `console` prints the
 * message and the error with its stack.
 */
export function logTo(logger: Logger, message: string, err: unknown, context: object): void {
  try {
    if (logger === console) logger.error(`${message}:`, err)
    else logger.error({ err, ...context }, `${message}: ${err instanceof Error ? err.message : String(err)}`)
  } catch {
    // a logger that throws does not change the response
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
  try {
    logger.warn(context, message)
  } catch {
    // as above
  }
}
