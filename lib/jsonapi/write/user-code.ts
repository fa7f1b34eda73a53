/**
 * Processors of the application, for a limited time.
 *
 * A processor within a transaction that uses the outer handle of the database waits for the connection that its own transaction holds, on SQLite
 * for good. The limit ends this with an error that names the cause.
 */

import { isPromise } from '../../schema/is-promise.ts'

/** Seconds that a processor may take by default. */
const PROCESSOR_TIMEOUT_SECONDS = 10

/** @throws {Error} 500, when the code takes longer. */
export async function runUserCode<T>(
  run: () => T | PromiseLike<T>,
  seconds: number = PROCESSOR_TIMEOUT_SECONDS,
): Promise<T> {
  const result = run()
  if (!isPromise(result)) return result
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(messageOf(seconds))), seconds * 1000)
  })
  try {
    return await Promise.race([result, limit])
  } finally {
    clearTimeout(timer)
  }
}

function messageOf(seconds: number): string {
  return (
    `A processor took longer than ${seconds} s for a request. Its queries must use the argument 'db', in a write the ` +
    "transaction: another handle waits for a free connection, on SQLite forever. 'processorTimeoutSeconds' sets the limit"
  )
}
