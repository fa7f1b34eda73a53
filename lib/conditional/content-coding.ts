/**
 * ETags of encoded content. Middleware such as `compression` encodes while the response is written: its content then
 * differs from the identity, and must not share its strong ETag.
 *
 *     ETag: "v1"  +  Content-Encoding: gzip  →  ETag: "v1-gzip"
 *
 * RFC 9110 §8.8.3.3 (ETags vary with the content coding).
 */

import { isHeadReplaced } from '../connection/before-head.ts'
import { EntityTag, parseTags, withoutCoding } from '../http/entity-tag.ts'
import type { Exchange } from '../walk/exchange.ts'

/** Marks the ETag if a wrapper of the response sets Content-Encoding while the head is written. */
export function markEncodedEtag({ response, rendered }: Exchange): void {
  if (!isHeadReplaced(response)) return
  const fields = rendered?.fields ?? {}
  const tag = fields.etag ?? response.getHeader('etag')
  if (tag === undefined || fields['content-encoding'] !== undefined || response.hasHeader('content-encoding'))
    return
  const { setHeader } = response
  response.setHeader = function setHeaderAndMark(name, value) {
    setHeader.call(response, name, value)
    if (name.toLowerCase() === 'content-encoding')
      setHeader.call(response, 'etag', encodedTag(String(tag), String(value)))
    return response
  }
}

/** The ETag of the encoded content; a weak one is the same for all codings. */
export function encodedTag(tag: string, coding: string): string {
  if (!tag.startsWith('"') || coding === 'identity') return tag
  return tag.replace(/"$/, `-${coding.replace(/[^\w-]/g, '')}"`)
}

/**
 * The ETag of a 304: the client's own, if it names encoded content of the same version (RFC 9111 §4.3.4). A proxy that
 * has appended the coding appends it to the 304 as well, so this is only for wrappers of the response.
 */
export function revalidatedTag({ response, headers }: Exchange, tag: string): string {
  const known =
    isHeadReplaced(response) && tag.startsWith('"') ? parseTags(headers['if-none-match']) : undefined
  if (typeof known !== 'object') return tag
  const version = tag.slice(1, -1)
  const own = known.find((one) => one.opaque === version || withoutCoding(one).opaque === version)
  return own ? new EntityTag(own.opaque).toString() : tag
}
