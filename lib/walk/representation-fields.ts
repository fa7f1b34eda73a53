/**
 * Header fields that belong to a representation, and are removed from a response that does not send it: an error,
 * a 304.
 *
 * RFC 9110 §8 (representations), RFC 9111 §5 (caching).
 */
import type { ServerResponse } from 'node:http'
import type { Fields } from '../http/headers.ts'

/** Fields that describe content. */
const OF_CONTENT = [
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
] as const

/** Fields that describe a representation, the resource that a request has created, or the lifetime in caches. */
const OF_REPRESENTATION = [
  ...OF_CONTENT,
  'accept-ranges',
  'age',
  'content-digest',
  'content-location',
  'content-md5',
  'digest',
  'etag',
  'expires',
  'last-modified',
  'location',
  'repr-digest',
] as const

/** Directives that restrict caching: an error keeps them. RFC 9111 §5.2.2. */
const RESTRICTIONS = /^(?:no-store|no-cache|no-transform|private|must-revalidate|proxy-revalidate)(?:=|$)/i

/** Removes the fields that describe content, from the response and from fields of its own. */
export function removeContentFields(response: ServerResponse, fields: Fields): void {
  for (const name of OF_CONTENT) {
    if (response.hasHeader(name)) response.removeHeader(name)
    delete fields[name]
  }
}

/**
 * Removes the fields of a representation that is not sent, whoever set them on the response. Of Cache-Control, and of
 * its variants for gateways, the directives that restrict caching stay.
 *
 * @param written fields that a failed `writeHead` may have set.
 */
export function removeRepresentationFields(response: ServerResponse, written: Readonly<Fields> = {}): void {
  for (const name in written)
    if (name !== 'vary' && response.getHeader(name) === written[name]) response.removeHeader(name)
  for (const name of OF_REPRESENTATION) if (response.hasHeader(name)) response.removeHeader(name)
  for (const name of response.getHeaderNames()) {
    if (!name.endsWith('cache-control') && name !== 'surrogate-control') continue
    const directives = String(response.getHeader(name)).split(',')
    const restrictions = directives.map((text) => text.trim()).filter((text) => RESTRICTIONS.test(text))
    if (restrictions.length === 0) response.removeHeader(name)
    else response.setHeader(name, restrictions.join(', '))
  }
}
