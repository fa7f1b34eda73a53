/**
 * The last step: what was rendered goes on the wire.
 *
 * `@polka/send-type` writes whole content fastest; it is kept away from what it gets wrong: empty content,
 * statuses and methods without content, streams.
 *
 * RFC 9110 §6.4.1 (answers without content), §9.3.2 (HEAD).
 */
import type { ServerResponse } from 'node:http'
import sendType from '@polka/send-type'
import type { Fields } from '../http/headers.ts'
import { fieldsOf } from '../http/headers.ts'
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import { varyBy } from '../http/vary.ts'
import { jsonText } from '../json/json-text.ts'
import type { Content, Rendered } from '../renderers/renderer.ts'
import { discard, isSource } from '../renderers/source.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange } from './exchange.ts'
import { pump } from './pump.ts'

type Sent = void | Promise<void>

/** Renders the data of an exchange and writes the answer. */
export function send(exchange: Exchange): Sent {
  const { content, data, response, status, offer } = exchange
  if (content) return sendRaw(exchange, content)
  if (data === undefined || forbidsContent(status)) return writeEmpty(response, status, exchange.fields)
  const fields = exchange.fields ? { ...offer.fields, ...exchange.fields } : offer.fields
  if (exchange.request.method === 'HEAD' && isSource(data)) {
    discard(data)
    return writeHead(response, status, withVary(response, fields))
  }
  const renderer = exchange.renderer ?? offer.renderer
  const rendered = renderer ? renderer.render(data, exchange) : renderAsJson(exchange)
  if (isPromise(rendered))
    return Promise.resolve(rendered).then((settled) => sendRendered(exchange, fields, settled))
  return sendRendered(exchange, fields, rendered)
}

/** Sends what a renderer answered, with its own status and fields where it gave some. */
function sendRendered(exchange: Exchange, fields: Readonly<Fields>, rendered: Rendered): Sent {
  if (!hasResponseInit(rendered)) return sendContent(exchange, exchange.status, fields, rendered)
  const { body, status = exchange.status, headers, contentType } = rendered
  const type =
    contentType === undefined ? undefined : { 'content-type': MediaType.of(contentType).toContentType() }
  return sendContent(exchange, status, { ...fields, ...type, ...fieldsOf(headers) }, body)
}

/** Content that is nobody's data: a web Response, a stream of bytes. */
function sendRaw(exchange: Exchange, { status, fields, body }: NonNullable<Exchange['content']>): Sent {
  const preset = exchange.response.getHeader('content-type')
  const type = preset === undefined ? undefined : { 'content-type': String(preset) }
  return sendContent(exchange, status, { ...fields, ...type, ...exchange.fields }, body)
}

type Ends = Pick<Exchange, 'request' | 'response'>

/** Writes an answer with content, whole or as a stream. */
export function sendContent(
  { request, response }: Ends,
  status: number,
  given: Readonly<Fields>,
  content: Content,
): Sent {
  if (forbidsContent(status)) return writeEmpty(response, status, given)
  const fields = withVary(response, given)
  const isHead = request.method === 'HEAD'
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
    if (isHead || length === 0)
      return writeHead(response, status, { ...fields, 'content-length': String(length) })
    return sendType(response, status, typeof content === 'string' ? content : bytes(content), fields)
  }
  if (!isSource(content)) throw new TypeError(`Content is text, bytes or a stream, not ${String(content)}`)
  if (!isHead) return pump(response, content, () => response.writeHead(status, fields))
  discard(content)
  return writeHead(response, status, fields)
}

/** An answer without content; its Content-Length says so where the status does not (RFC 9110 §8.6). */
export function writeEmpty(response: ServerResponse, status: number, given: Readonly<Fields> = {}): void {
  const { 'content-type': _, 'content-length': __, ...fields } = given
  const isSilent = status === 204 || status === 304
  writeHead(response, status, withVary(response, isSilent ? fields : { ...fields, 'content-length': '0' }))
}

function writeHead(response: ServerResponse, status: number, fields: Readonly<Fields>): void {
  response.writeHead(status, fields).end()
}

/** Middleware may have said what else the answer depends on. */
function withVary(response: ServerResponse, fields: Readonly<Fields>): Readonly<Fields> {
  const known = response.getHeader('vary')
  if (known === undefined || fields.vary === undefined) return fields
  return { ...fields, vary: [known, fields.vary].flat().map(String).reduce(varyBy) }
}

/** Without a renderer there is JSON or nothing. */
function renderAsJson(exchange: Exchange): string {
  if (MediaType.of(exchange.contentType).isJson) return jsonText(exchange.data)
  throw new TypeError(
    `Nothing here renders '${exchange.contentType}': return a Response or write it yourself`,
  )
}

function hasResponseInit(rendered: Rendered): rendered is Exclude<Rendered, Content> {
  return (
    typeof rendered === 'object' &&
    'body' in rendered &&
    !(rendered instanceof Uint8Array) &&
    !(Symbol.asyncIterator in rendered)
  )
}

function bytes(content: Uint8Array): Buffer {
  return Buffer.isBuffer(content)
    ? content
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength)
}
