/** The target of a request: a path and a query. RFC 9112 §3.2. */
import type { IncomingMessage } from 'node:http'
import { BadRequest } from '../exceptions/client-errors.ts'
import { hasMoreParameters, type NamedValues, parseParameters } from '../http/parameters.ts'

/** The members that Polka, or the dispatcher, writes on a request. */
export interface PolkaRequest extends IncomingMessage {
  params?: Record<string, unknown>
  query?: NamedValues
  originalUrl?: string
}

/** The path, percent-encoded, without the query; also of an absolute target. */
export function pathOf(request: IncomingMessage): string {
  const target = request.url ?? '/'
  if (target.charCodeAt(0) !== 0x2f) return URL.canParse(target) ? new URL(target).pathname : target
  const end = target.indexOf('?')
  return end < 0 ? target : target.slice(0, end)
}

/** Whether the percent-encoding of a path is invalid. */
export function isMalformed(path: string): boolean {
  if (!path.includes('%')) return false
  try {
    decodeURIComponent(path)
    return false
  } catch {
    return true
  }
}

/**
 * The parameters of the query, as parsed by Polka or here.
 *
 * @throws {BadRequest} 400, for more parameters than `limit`.
 */
export function queryOf(request: PolkaRequest, limit: number = MAX_PARAMETERS): NamedValues {
  const target = request.url ?? ''
  const start = target.indexOf('?')
  if (start < 0) return request.query ?? {}
  const text = target.slice(start + 1)
  if (hasMoreParameters(text, limit)) throw new BadRequest(`The query has more than ${limit} parameters`)
  if (request.query && !hasMoreParameters(text, POLKA_LIMIT)) return request.query
  return parseParameters(text)
}

/** Query parameters, where the blueprint has no limit of its own. */
const MAX_PARAMETERS = 1000

/** Polka drops further parameters silently. */
const POLKA_LIMIT = 1000
