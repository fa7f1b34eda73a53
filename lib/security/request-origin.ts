/**
 * Where a request comes from: whether a page of another origin has sent it.
 *
 *     Sec-Fetch-Site: same-origin  →  own, also with `Origin: null` (Referrer-Policy: no-referrer)
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

/**
 * The page that has sent a request, by the fields that no script can set: `own` is that of the request or trusted, `foreign`
 * is another one, `unknown` where a browser has not said, or where only a Referer says that it is its own.
 */
export function pageOf(
  request: IncomingMessage,
  trusted: ReadonlySet<string>,
): 'own' | 'foreign' | 'unknown' {
  const { 'sec-fetch-site': site, origin, referer } = request.headers
  if (site === 'same-origin') return 'own'
  if (site === 'none') return 'unknown' // typed by the user
  const isOther = site !== undefined
  const sent = origin ?? (referer === undefined ? undefined : (originOfUrl(referer) ?? referer))
  if (sent === undefined) return isOther ? 'foreign' : 'unknown' // unknown: no browser
  const isOwn = trusted.has(sent) || (!isOther && sent === ownOrigin(request))
  if (!isOwn) return 'foreign'
  return origin === undefined ? 'unknown' : 'own'
}

function ownOrigin(request: IncomingMessage): string | undefined {
  const { scheme, host } = clientOf(request)
  return originOfUrl(`${scheme}://${host}`)
}
