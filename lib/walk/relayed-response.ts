/**
 * A web Response as a raw response.
 *
 *     api.get('/rates', () => fetch('https://upstream.example/rates'))
 *
 * Fields of the upstream's connection are dropped. `fetch` has decoded the content already, so the fields of the
 * encoded one are dropped as well.
 *
 * RFC 9110 §7.6.1 (fields of a connection), §8.4 (Content-Encoding), §8.8.1 (strong validators).
 */

import { OF_CONNECTION } from '../connection/http2.ts'
import { splitList } from '../http/field.ts'
import { type Fields, fieldsOf } from '../http/headers.ts'
import { REQUIRED_FIELD } from '../http/status.ts'
import type { Content } from '../renderers/renderer.ts'

const NOT_RELAYED = [...OF_CONNECTION, 'proxy-authenticate', 'proxy-authentication-info', 'trailer']

/** The codings that `fetch` decodes, zstd from Node.js 24.4 on; it decodes nothing when there is another one. */
const DECODED = /* @__PURE__ */ decodesZstd()
  ? /^(?:x-)?gzip$|^deflate$|^br$|^zstd$/i
  : /^(?:x-)?gzip$|^deflate$|^br$/i

/** Fields about the bytes of the encoded content. */
const OF_ENCODED = [
  'accept-ranges',
  'content-digest',
  'content-encoding',
  'content-md5',
  'digest',
  'repr-digest',
]

interface RelayedResponse {
  readonly status: number
  readonly fields: Fields
  readonly body: Content
}

/** The response with the fields that hold for its content here. @param method of the request. */
export function relayedResponse(response: Response, method: string | undefined): RelayedResponse {
  const { status, url, body } = response
  const fields = fieldsOf(response.headers)
  const isHead = method === 'HEAD'
  const hasLength = fields['content-length'] !== undefined
  const required = REQUIRED_FIELD[status]?.toLowerCase()
  const own = NOT_RELAYED.find((name) => name === required)
  const named = splitList([fields.connection ?? ''].flat().join(','))
  for (const name of [...named.map((text) => text.toLowerCase()), ...NOT_RELAYED])
    if (name !== own) delete fields[name]
  if (url !== '') removeEncoding(fields) // a Response that was not fetched has no URL
  const isLengthUnknown = isHead && (url !== '' || hasLength)
  return { status, fields, body: (body as Content | null) ?? (isLengthUnknown ? NOTHING : '') }
}

/** Removes the fields of the content as it came from the network. */
function removeEncoding(fields: Fields): void {
  delete fields['content-length']
  const codings = splitList([fields['content-encoding'] ?? []].flat().join(','))
  if (codings.length === 0 || !codings.every((coding) => DECODED.test(coding))) return
  for (const name of OF_ENCODED) delete fields[name]
  if (typeof fields.etag === 'string' && fields.etag.startsWith('"')) fields.etag = `W/${fields.etag}`
}

/** Whether the `fetch` of this runtime decodes zstd: undici 7.11 and later does. */
function decodesZstd(): boolean {
  const [major = 0, minor = 0] = (process.versions.undici ?? '').split('.').map(Number)
  return major > 7 || (major === 7 && minor >= 11)
}

/** Content of a response to HEAD, whose length is not known here. */
const NOTHING: Content = { async *[Symbol.asyncIterator]() {} }
