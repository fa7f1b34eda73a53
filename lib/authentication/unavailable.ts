/** The 503 of schemes whose authorization server cannot be asked. RFC 9110 §10.2.3 (Retry-After), §15.6.4. */
import { ServiceUnavailable } from '../exceptions/server-errors.ts'
import { parseDate } from '../http/date.ts'
import type { SecurityScheme } from './security-scheme.ts'

/** Its documentation. */
export const UNAVAILABLE = {
  503: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } } },
} as const satisfies SecurityScheme['errors']

/** @param retrySeconds undefined: without Retry-After. */
export function unavailable(cause: unknown, retrySeconds?: number): ServiceUnavailable {
  const headers = retrySeconds === undefined ? undefined : { 'retry-after': String(retrySeconds) }
  return new ServiceUnavailable('Access tokens cannot be verified at present', {
    ...(headers && { headers }),
    cause,
  })
}

/** The seconds of a field Retry-After, at least 1; undefined for one that is malformed. */
export function retrySecondsOf(field: string): number | undefined {
  if (/^\d{1,9}$/.test(field)) return Math.max(Number(field), 1)
  const date = parseDate(field)
  return date && Math.max(Math.ceil((date.getTime() - Date.now()) / 1000), 1)
}
