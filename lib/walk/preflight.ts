/** Preflights of CORS: the request that a browser sends before one of a page of another origin. */
import type { IncomingMessage } from 'node:http'

/**
 * The method that a preflight asks for. An OPTIONS without Origin or Access-Control-Request-Method asks for the methods of
 * a resource.
 *
 * Fetch §4.8.
 *
 * @returns Undefined for a request that is no preflight.
 */
export function preflightMethodOf({ method, headers }: IncomingMessage): string | undefined {
  if (method !== 'OPTIONS' || headers.origin === undefined) return undefined
  return headers['access-control-request-method'] as string | undefined
}
