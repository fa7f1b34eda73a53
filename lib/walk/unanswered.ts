/**
 * Warnings of development about responses that a handler forgets.
 *
 *     api.get('/x', (_request, response) => { log(response) })  →  MAZURKA_UNANSWERED after 2 s
 */
import type { ServerResponse } from 'node:http'
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import { isDisconnected } from '../connection/connection.ts'
import { warnOnce } from './warn-once.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /**
     * In development: the time after which a handler with the parameter `response`, or a middleware that has not
     * called `next`, gets a warning when the response has not begun. From 0.001 to 86,400 s; false: none. Default 2.
     */
    readonly unansweredWarningSeconds?: number | false
  }
}

/** The endpoint, as far as the warnings need it. */
interface Watched {
  readonly name: string
  readonly isDevelopment: boolean
  /** Zero: no warning. */
  readonly unansweredMilliseconds: number
}

const MAX_SECONDS = 86_400

/** The delay of the warning; 0 without one. @throws {TypeError} for a value that is no such number of seconds. */
export function unansweredMilliseconds({ unansweredWarningSeconds: seconds = 2 }: BlueprintOptions): number {
  if (seconds === false) return 0
  if (typeof seconds === 'number' && seconds >= 0.001 && seconds <= MAX_SECONDS) return seconds * 1000
  throw new TypeError(
    `unansweredWarningSeconds is a number from 0.001 to ${MAX_SECONDS}, or false, not ${String(seconds)}`,
  )
}

/**
 * Warns when a response has not begun after the endpoint's delay.
 *
 * @param subject beginning of the message: `The handler`, `The middleware 'authenticate'`.
 * @returns Cancels the warning.
 */
export function watchResponse(
  response: ServerResponse,
  endpoint: Watched,
  subject: string,
  advice: string,
): () => void {
  const { name, unansweredMilliseconds: delay } = endpoint
  const timer = setTimeout(warn, delay).unref()
  const cancel = (): void => {
    clearTimeout(timer)
    response.off('close', cancel)
  }
  function warn(): void {
    response.off('close', cancel)
    if (response.headersSent || isDisconnected(response)) return
    const message = `${subject} of '${name}' has not answered a request after ${delay / 1000} s: ${advice}`
    warnOnce(endpoint, 'MAZURKA_UNANSWERED', message)
  }
  response.on('close', cancel)
  return cancel
}

/** Warns in development about data that the response does not contain; undefined and null are no data. */
export function warnUnsent(endpoint: Watched, data: unknown, reason: string): void {
  if (data === undefined || data === null || !endpoint.isDevelopment) return
  const message = `The handler of '${endpoint.name}' returns data that is not sent: ${reason}`
  warnOnce(endpoint, 'MAZURKA_UNSENT_DATA', message)
}
