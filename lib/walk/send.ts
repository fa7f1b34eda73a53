/**
 * The last step writes the response.
 *
 * RFC 9110 §6.4.1 (responses without content), §9.3.2 (HEAD).
 */
import { Buffer } from 'node:buffer' // the global one is behind a getter
import type { ServerResponse } from 'node:http'
import { allowedFields } from '../connection/http2.ts'
import { pump } from '../connection/pump.ts'
import { writeHeadAlone, writeWhole } from '../connection/write-whole.ts'
import { isForSharedCaches } from '../http/cache-control.ts'
import { formatDate, parseDate } from '../http/date.ts'
import { type Fields, withFields } from '../http/headers.ts'
import { forbidsContent } from '../http/status.ts'
import { linesOf, unionOf } from '../http/vary.ts'
import type { Content } from '../renderers/renderer.ts'
import { discard, isLazy, isSource } from '../renderers/source.ts'
import type { Exchange } from './exchange.ts'
import { withRequiredFields } from './required-fields.ts'

type Completion = void | Promise<void>

/** Writes the rendered response. */
export function sendRendered(exchange: Exchange): Completion {
  const { rendered, response } = exchange
  if (!rendered) return undefined
  const { status, body } = rendered
  const required = status < 400 ? rendered.fields : withRequiredFields(exchange, status, rendered.fields)
  const fields = withKnownDate(response, required)
  exchange.isOver = true
  if (body === null) return writeEmpty(response, status, fields)
  return sendContent(exchange, status, fields, body)
}

/**
 * The fields with a Last-Modified that is not later than Date, which is of the same clock (RFC 9110 §8.8.2.1): the
 * Date of Node.js is of an earlier second while a handler keeps the event loop from its timers.
 */
function withKnownDate(response: ServerResponse, fields: Readonly<Fields>): Readonly<Fields> {
  const written = fields['last-modified'] ?? response.getHeader('last-modified')
  if (written === undefined) return fields
  const now = new Date()
  const date = String(fields.date ?? response.getHeader('date') ?? formatDate(now))
  const isLater = (parseDate(String(written)) ?? now) > now
  const added = response.sendDate ? { date } : {} // not where it was removed
  return withFields(fields, isLater ? { ...added, 'last-modified': formatDate(now) } : added)
}

type Messages = Pick<Exchange, 'request' | 'response'> & Partial<Pick<Exchange, 'successor' | 'signal'>>

/** Writes a response with content, whole or as a stream. */
export function sendContent(
  messages: Messages,
  status: number,
  given: Readonly<Fields>,
  content: Content,
): Completion {
  const { request, response } = messages
  if (forbidsContent(status)) {
    discard(content)
    return writeEmpty(response, status, given)
  }
  const isHead = request.method === 'HEAD'
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const fields = settleFields(response, given)
    const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
    if (isHead || length === 0)
      return writeHead(response, status, withFields(fields, { 'content-length': String(length) }))
    return writeWhole(response, status, fields, content, length)
  }
  const length = lengthOf(response, given)
  if (isHead && isLazy(content)) {
    discard(content)
    return writeHead(response, status, settleFields(response, unbuffered(response, given, length)))
  }
  if (!isSource(content)) throw new TypeError(`Content is text, bytes or a stream, not ${String(content)}`)
  const start = (): void => {
    if (messages.successor) throw messages.signal?.reason // the deadline has passed before the first chunk
    const streamed = unbuffered(response, given, length)
    response.writeHead(status, settleFields(response, streamed)) // with those that the source has set
  }
  return pump(response, content, start, length)
}

/**
 * The fields of a stream: nginx must not collect its rows. A value that the handler has set is kept. None where the response
 * is for shared caches, since nginx stores only responses that it collects, and none for content of a known length: its bytes
 * are there, and nginx takes them at once, however slowly the client reads.
 */
function unbuffered(
  response: ServerResponse,
  fields: Readonly<Fields>,
  length: number | undefined,
): Readonly<Fields> {
  if (fields['x-accel-buffering'] !== undefined || response.hasHeader('x-accel-buffering')) return fields
  const cacheControl = fields['cache-control'] ?? response.getHeader('cache-control') ?? ''
  if (length !== undefined || isForSharedCaches(String(cacheControl))) return fields
  return withFields(fields, { 'x-accel-buffering': 'no' })
}

/** Writes a response without content: Content-Length is 0, unless the status forbids it (RFC 9110 §8.6). */
function writeEmpty(response: ServerResponse, status: number, given: Readonly<Fields>): void {
  const length = status === 204 || status === 304 ? undefined : '0'
  writeHeadAlone(response, status, settleFields(response, given), length)
}

function writeHead(response: ServerResponse, status: number, fields: Readonly<Fields>): void {
  response.writeHead(status, fields).end()
}

/**
 * The fields with the Vary and the cookies that are set on the response, without the Transfer-Encoding that only Node can
 * know, and without Trailer: no trailer fields are sent.
 */
function settleFields(response: ServerResponse, given: Readonly<Fields>): Readonly<Fields> {
  const fields = allowedFields(response, given)
  if (response.hasHeader('transfer-encoding')) resetTransferEncoding(response)
  const vary = fields.vary === undefined ? undefined : response.getHeader('vary')
  const cookies = fields['set-cookie'] === undefined ? undefined : response.getHeader('set-cookie')
  const hasFraming = fields['transfer-encoding'] !== undefined || fields.trailer !== undefined
  if (!hasFraming && vary === undefined && cookies === undefined) return fields
  const { 'transfer-encoding': _, trailer: __, ...others } = fields
  const settled: Fields = others
  if (vary !== undefined) settled.vary = unionOf(vary, fields.vary as string)
  if (cookies !== undefined) settled['set-cookie'] = linesOf(cookies, fields['set-cookie'] as string)
  return settled
}

/** Removes a Transfer-Encoding for good, so that there is none beside a Content-Length (RFC 9112 §6.2). */
function resetTransferEncoding(response: ServerResponse): void {
  response.removeHeader('transfer-encoding')
  Object.assign(response, { _removedTE: false }) // Node would not send chunks any more, but close the connection
}

/** The Content-Length that the developer has given. @throws {TypeError} when it is no length. */
function lengthOf(response: ServerResponse, fields: Readonly<Fields>): number | undefined {
  const given = fields['content-length'] ?? response.getHeader('content-length')
  if (given === undefined) return undefined
  if (!/^\d+$/.test(String(given))) throw new TypeError(`'${given}' is no Content-Length`)
  return Number(given)
}
