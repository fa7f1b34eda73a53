/** The target of a request: a path and a query. RFC 9112 §3.2. */
import type { IncomingMessage } from 'node:http'
import { BadRequest } from '../exceptions/client-errors.ts'
import { percentEncoded } from '../http/encoded-field.ts'
import { hasMoreParameters, type NamedValues, parseParameters } from '../http/parameters.ts'

/** The members that Polka, or the dispatcher, writes on a request. */
export interface PolkaRequest extends IncomingMessage {
  params?: Record<string, unknown>
  query?: NamedValues
  originalUrl?: string
  /** The path, percent-encoded. */
  path?: string
  /** The query with its question mark, as Polka writes it. */
  search?: string | null
}

/**
 * The target of a request as it is routed: origin form, or `*`.
 *
 *     http://host/a?b   →  /a?b         /%61dmin#top  →  /admin         *admin  →  undefined
 *
 * Encoded unreserved characters of the path are decoded (RFC 3986 §6.2.2.2), nothing else is; dot segments stay. A
 * fragment is no part of a target and is dropped.
 *
 * RFC 9112 §3.2 (the forms); absolute form of http and https alone.
 *
 * @returns Undefined for any other form.
 */
export function canonicalTarget(target: string): string | undefined {
  const origin = target.startsWith('/') ? target : originFormOf(target)
  if (origin === undefined || !(origin.includes('%') || origin.includes('#'))) return origin
  const end = origin.search(/[?#]/)
  const path = end < 0 ? origin : origin.slice(0, end)
  const search = end < 0 ? '' : origin.slice(end).replace(/#.*$/s, '')
  return path.replace(/%[0-9A-Fa-f]{2}/g, decodeUnreserved) + search
}

function originFormOf(target: string): string | undefined {
  if (target === '*') return target
  const [origin] = ABSOLUTE.exec(target) ?? []
  if (origin === undefined) return undefined
  return target.slice(origin.length).replace(/^(?!\/)/, '/')
}

/** Scheme and authority of the absolute form. */
const ABSOLUTE = /^https?:\/\/([^/?#]+)/i

/** The authority of a target in absolute form: `example.org:8080`. Undefined for any other form. */
export function authorityOf(target: string): string | undefined {
  return target.startsWith('/') ? undefined : ABSOLUTE.exec(target)?.[1]
}

/** ALPHA, DIGIT, `-`, `.`, `_`, `~`: RFC 3986 §2.3. */
function decodeUnreserved(octet: string): string {
  const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : octet
}

/**
 * Rewrites `request.url` in the form that is routed; any other target stays as it is. So does that of a request that
 * another app has passed on: the guards of that app have read it as it is. The host of a target replaces that of Host (RFC
 * 9112 §3.2.2).
 *
 * Octets that a URI does not have are refused by the parser of HTTP/1.1. On HTTP/2 a target with them is percent-encoded for
 * logs, and cannot be routed (RFC 9113 §8.3.1, RFC 3986 §3.3).
 */
export function normalizeTarget(request: PolkaRequest): void {
  const { url = '/', originalUrl } = request
  if (originalUrl !== undefined) return
  if (request.httpVersionMajor === 2 && NO_URI.test(url)) {
    request.originalUrl = encodeOctets(url)
    request.url = request.originalUrl.replace(/^\/+/, '') // no path: see pathOf
    return
  }
  const authority = authorityOf(url)
  if (authority !== undefined && request.headers[':authority'] === undefined) request.headers.host = authority
  request.url = canonicalTarget(url) ?? url
}

/** A character that is in no URI: RFC 3986 §2. */
const NO_URI = /[^!-~]/

/** A target whose octets outside of a URI are percent-encoded; Node has one character for each. */
function encodeOctets(target: string): string {
  if (!NO_URI.test(target)) return target
  return target.replace(/[^!-~]/g, (octet) => percentEncoded(Buffer.from(octet, 'latin1')))
}

/** The target as it was received, before middleware removed a prefix. */
export function receivedTargetOf({ originalUrl, url = '/' }: PolkaRequest): string {
  return originalUrl ?? url
}

/**
 * The path at which another app has passed a request on, which it has removed from the target; empty where it is the app's own.
 *
 *     originalUrl /api/v1/users?a, url /v1/users?a  →  /api
 *
 * @param url the target as it was routed.
 */
export function basePathOf(request: PolkaRequest, url: string | undefined): string {
  const received = pathOf({ url: canonicalTarget(receivedTargetOf(request)) ?? '/' })
  const path = pathOf({ url }).replace(/^\/$/, '')
  return received.endsWith(path) ? received.slice(0, received.length - path.length).replace(/\/$/, '') : ''
}

/** The path of a normalized target, percent-encoded; all of a target that cannot be routed, which begins without `/`. */
export function pathOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const end = url.startsWith('/') ? url.indexOf('?') : -1
  return end < 0 ? url : url.slice(0, end)
}

/** The path of a target in any form, for logs: percent-encoded, without scheme, userinfo and host, query and fragment. */
export function loggedPath(target: string): string {
  const end = target.search(/[?#]/)
  const path = encodeOctets(end < 0 ? target : target.slice(0, end))
  if (path.startsWith('/')) return path
  return path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '') || '/'
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
  if (start < 0) return request.query ?? parseParameters('')
  const text = target.slice(start + 1)
  if (hasMoreParameters(text, limit)) throw new BadRequest(`The query has more than ${limit} parameters`)
  if (request.query && !hasMoreParameters(text, POLKA_LIMIT)) return request.query
  return parseParameters(text)
}

/** Query parameters, where the blueprint has no limit of its own. */
const MAX_PARAMETERS = 1000

/** Polka drops further parameters silently. */
const POLKA_LIMIT = 1000
