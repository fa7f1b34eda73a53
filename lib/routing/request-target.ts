/** The target of a request: path and query. RFC 9112 §3.2. */
import type { IncomingMessage } from 'node:http'
import { BadRequest } from '../exceptions/client-errors.ts'
import { hasMoreParameters, parseParameters } from '../http/parameters.ts'
import type { Query } from '../walk/exchange.ts'

/** A request with the members that Polka, or the walk, sets. */
export interface PolkaRequest extends IncomingMessage {
  params?: Record<string, unknown>
  query?: Query
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
export function queryOf(request: PolkaRequest, limit: number): Query {
  const target = request.url ?? ''
  const start = target.indexOf('?')
  if (start < 0) return request.query ?? {}
  const text = target.slice(start + 1)
  if (hasMoreParameters(text, limit)) throw new BadRequest(`The query has more than ${limit} parameters`)
  if (request.query && !hasMoreParameters(text, POLKA_LIMIT)) return request.query
  return parseParameters(text)
}

/** Polka silently drops parameters above this number. */
const POLKA_LIMIT = 1000
