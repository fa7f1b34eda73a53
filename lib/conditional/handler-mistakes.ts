/** Handlers that do not check the ETag of a resource, or set validators too late. */
import type { Exchange } from '../walk/exchange.ts'
import { generatorAdvice } from '../walk/generator-advice.ts'
import { warnOnce } from '../walk/warn-once.ts'

/** Warns when a handler calls a method of the request while its response is sent. */
export function warnIfLate({ isOver, endpoint, result }: Exchange, method: string): void {
  if (!isOver) return
  const message = `The handler of '${endpoint.name}' calls ${method} too late for the header fields of its response`
  warnOnce(endpoint, 'MAZURKA_LATE_ETAG', message + generatorAdvice(result?.data))
}

/** Reports a handler that did not check the ETag. @throws {Error} in development; in production it warns. */
export function assertEtagChecked({ validators, endpoint, status, result }: Exchange): void {
  if (!validators || validators.isChecked || status >= 300) return // without: a before hook has answered
  const reason = `The endpoint '${endpoint.name}' changed a resource without checking its ETag: declare etag.current or call checkEtag`
  const message = reason + generatorAdvice(result?.data)
  if (endpoint.isDevelopment) throw new Error(message)
  warnOnce(endpoint, 'MAZURKA_CHECK_ETAG', message)
}
