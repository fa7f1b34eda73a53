/**
 * Header fields that belong to a representation, and are removed from a response that does not send it: an error,
 * a 304.
 *
 * RFC 9110 §8 (representations), RFC 9111 §5 (caching).
 */
import type { ServerResponse } from 'node:http'
import { splitList } from '../http/field.ts'
import type { Fields } from '../http/headers.ts'

/** The field with the metadata of a page, unless the option `pagination` names another one. */
export const PAGE_FIELD = 'X-Pagination'

/** Name of {@link PAGE_FIELD} in lower case. */
export const PAGE_FIELD_NAME = 'x-pagination'

/** Fields that describe content. */
const OF_CONTENT: readonly string[] = [
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
]

/** Further fields that describe a representation, the resource that a request has created, or the lifetime in caches. */
const OF_REPRESENTATION: readonly string[] = [
  'accept-ranges',
  'age',
  'content-location',
  'digest',
  'etag',
  'expires',
  'last-modified',
  'location',
  'repr-digest',
  'trailer',
  'x-accel-expires',
  PAGE_FIELD_NAME,
]

/** Links of a page, and of a representation: other links of a blueprint hold for its errors, too. RFC 8288 §3.3. */
const OF_PAGE = /;\s*rel\s*=\s*(?:"[^"]*\b)?(?:alternate|canonical|first|last|next|prev|previous|self)\b/i

/** Directives that restrict caching: an error keeps them. RFC 9111 §5.2.2. */
const RESTRICTIONS = /^(?:no-store|no-cache|no-transform|private|must-revalidate|proxy-revalidate)(?:=|$)/i

/** Fields of a 200 that a 304 does not repeat, beside the metadata of a page. RFC 9110 §15.4.5. */
const OF_200: ReadonlySet<string> = /* @__PURE__ */ new Set([...OF_CONTENT, 'link', 'location'])

/**
 * The fields of a 200 without those that its 304 does not repeat; they are removed from the response, too.
 *
 * @param pageField the name of the field with the metadata of a page, in lower case.
 */
export function fieldsOf304(response: ServerResponse, fields: Readonly<Fields>, pageField: string): Fields {
  if (response.getHeaderNames().length > 0) removeFrom(response, [...OF_200, pageField])
  const kept: Fields = {}
  for (const name in fields) if (!OF_200.has(name) && name !== pageField) kept[name] = fields[name] as string
  return kept
}

/**
 * Removes the fields of a representation that is not sent, also those that middleware has set, and its reason phrase. Of
 * Cache-Control, and of its variants for gateways, the directives that restrict caching stay; of Link, the lines without a link
 * of the page.
 *
 * @param written fields that a failed `writeHead` may have set.
 */
export function removeRepresentationFields(response: ServerResponse, written: Readonly<Fields> = {}): void {
  // the reason phrase of a failed `writeHead`; HTTP/2 has an accessor, which warns
  if (Object.hasOwn(response, 'statusMessage')) response.statusMessage = ''
  if (response.getHeaderNames().length === 0) return
  for (const name in written)
    if (name !== 'vary' && response.getHeader(name) === written[name]) response.removeHeader(name)
  removeFrom(response, OF_CONTENT)
  removeFrom(response, OF_REPRESENTATION)
  for (const name of response.getHeaderNames()) {
    if (name === 'link') keep(response, name, (link) => !OF_PAGE.test(link))
    else if (name.endsWith('cache-control') || name === 'surrogate-control')
      keep(response, name, (directive) => RESTRICTIONS.test(directive), splitList)
  }
}

function removeFrom(response: ServerResponse, names: readonly string[]): void {
  for (const name of names) if (response.hasHeader(name)) response.removeHeader(name)
}

/** Keeps those members of a field that a test holds for. */
function keep(
  response: ServerResponse,
  name: string,
  test: (member: string) => boolean,
  split: (line: string) => readonly string[] = (line) => [line],
): void {
  const lines = [response.getHeader(name) ?? []].flat().map(String)
  const kept = lines.flatMap((line) => split(line)).filter(test)
  if (kept.length === 0) response.removeHeader(name)
  else response.setHeader(name, kept.join(', '))
}
