/**
 * Where a request comes from: whether a page of another origin has sent it.
 *
 *     Sec-Fetch-Site: same-origin  →  not foreign, also with `Origin: null` (Referrer-Policy: no-referrer)
 *
 * Fetch Metadata §2.1 (Sec-Fetch-Site), Fetch §3.2 (Origin), RFC 9110 §10.1.3 (Referer).
 */
import type { IncomingMessage } from 'node:http'
import { clientOf } from '../proxy/client.ts'
import { originOfUrl } from './origin.ts'

/** Whether the client uses HTTPS, perhaps to a trusted proxy. */
export function isSecure(request: IncomingMessage): boolean {
  return clientOf(request).scheme === 'https'
}

/** Whether the fields show that the page is of an origin that is neither that of the request nor trusted. */
export function isForeign(request: IncomingMessage, trusted: ReadonlySet<string>): boolean {
  const { 'sec-fetch-site': site, origin, referer } = request.headers
  if (site === 'same-origin' || site === 'none') return false // none: typed by the user
  const isOther = site !== undefined
  const sent = origin ?? (referer === undefined ? undefined : (originOfUrl(referer) ?? referer))
  if (sent === undefined) return isOther // no browser: the token decides
  return !trusted.has(sent) && (isOther || sent !== ownOrigin(request))
}

function ownOrigin(request: IncomingMessage): string | undefined {
  const { scheme, host } = clientOf(request)
  return originOfUrl(`${scheme}://${host}`)
}
