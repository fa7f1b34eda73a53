/**
 * The last steps: render the result, and write the response.
 *
 * RFC 9110 §6.4.1 (responses without content), §9.3.2 (HEAD).
 */
import type { ServerResponse } from 'node:http'
import { withoutConnectionFields } from '../connection/http2.ts'
import { pump } from '../connection/pump.ts'
import { writeHeadAlone, writeWhole } from '../connection/write-whole.ts'
import { settleFor } from '../exceptions/settle.ts'
import { formatDate, parseDate } from '../http/date.ts'
import type { Fields } from '../http/headers.ts'
import { fieldsOf, withFields } from '../http/headers.ts'
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import { linesOf, mergeFields, unionOf } from '../http/vary.ts'
import { bytesOf } from '../json/bytes.ts'
import { jsonText } from '../json/json-text.ts'
import { streamOf } from '../parsers/unread.ts'
import { takesBytes } from '../renderers/bytes.ts'
import type { Content, Rendered, Renderer } from '../renderers/renderer.ts'
import { discard, isLazy, isSource, keepError } from '../renderers/source.ts'
import type { Exchange, RawResponse } from './exchange.ts'
import { withRequiredFields } from './required-fields.ts'
import { warnUnsent } from './unanswered.ts'

type Completion = void | Promise<void>

/** Renders the result: its status, fields and content as they will be sent. */
export function renderResult(exchange: Exchange): Completion {
  const { result, request, offer, endpoint } = exchange
  if (!result) return undefined
  const { kind, status, data } = result
  if (kind === 'raw') return applyRaw(exchange, result.raw)
  if (kind === 'empty' || forbidsContent(status)) {
    warnUnsent(endpoint, data, `a ${status} has no content`)
    discard(data)
    return apply(exchange, status, fieldsOfOffer(exchange), null)
  }
  const renderer = exchange.renderer ?? offer.renderer
  const bytes = bytesOf(data)
  if (bytes && !takesBytes(renderer))
    return apply(exchange, status, fieldsOfBytes(exchange, fieldsOfOffer(exchange)), bytes)
  if (request.method === 'HEAD' && isLazy(data))
    // a source is never read
    return apply(exchange, status, fieldsOfRenderer(exchange, renderer), data as Content)
  const rendered = renderer ? renderer.render(data, exchange) : renderAsJson(exchange, data)
  return settleFor(exchange, rendered, applyRendered)
}

/** The fields of the media type, with those of this response. */
function fieldsOfOffer({ offer, fields }: Exchange): Readonly<Fields> {
  return fields ? mergeFields(offer.fields, fields) : offer.fields
}

/** The same with the fields that the renderer sends with each of its responses. */
function fieldsOfRenderer(exchange: Exchange, renderer: Renderer | undefined): Readonly<Fields> {
  const fields = fieldsOfOffer(exchange)
  return renderer?.headers ? mergeFields(fields, fieldsOf(renderer.headers)) : fields
}

/**
 * The fields of bytes that no renderer takes: `application/octet-stream`, unless the endpoint or the handler names
 * the type. The other types of a blueprint are those of its data.
 */
function fieldsOfBytes(exchange: Exchange, fields: Readonly<Fields>): Readonly<Fields> {
  const { endpoint, offer, response } = exchange
  const preset = response.getHeader('content-type')
  if (preset !== undefined) return withFields(fields, { 'content-type': String(preset) })
  const isListed = Boolean((endpoint.options as { readonly outgoing?: unknown }).outgoing)
  const isOfBlueprint =
    !isListed && (offer === endpoint.defaultOffer || endpoint.outgoing?.offers.includes(offer))
  if (!isOfBlueprint || exchange.fields?.['content-type'] !== undefined) return fields
  return withFields(fields, { 'content-type': 'application/octet-stream' })
}

function apply(exchange: Exchange, status: number, fields: Readonly<Fields>, body: Content | null): void {
  keepError(body)
  exchange.rendered = { status, fields, body }
  if (!exchange.isOver) exchange.response.statusCode = status // after hooks and access logs read it
}

/** Applies the content of a renderer, and the status and fields if it returned some. */
function applyRendered(exchange: Exchange, rendered: Rendered): void {
  const { status, offer } = exchange
  const fields = fieldsOfRenderer(exchange, exchange.renderer ?? offer.renderer)
  if (!hasResponseInit(rendered)) return apply(exchange, status, fields, rendered)
  const { body, headers, contentType } = rendered
  const typed =
    contentType === undefined
      ? fields
      : withFields(fields, { 'content-type': contentTypeField(exchange, contentType) })
  const all = headers ? mergeFields(typed, fieldsOf(headers)) : typed
  apply(exchange, rendered.status ?? status, all, body)
}

/** The Content-Type of a media type that a renderer names: mostly that of an error. */
function contentTypeField({ endpoint: { errorTypes } }: Exchange, contentType: string): string {
  const known = errorTypes?.offers.find((offer) => offer.contentType === contentType)
  return (known?.fields['content-type'] as string | undefined) ?? MediaType.of(contentType).toContentType()
}

/** Applies a raw response; the Content-Type and fields that the handler has set override its own. */
function applyRaw(exchange: Exchange, { status, fields, body }: RawResponse): void {
  const preset = exchange.response.getHeader('content-type')
  const typed = preset === undefined ? fields : withFields(fields, { 'content-type': String(preset) })
  apply(exchange, status, exchange.fields ? mergeFields(typed, exchange.fields) : typed, body)
}

/** Writes the rendered response. */
export function sendRendered(exchange: Exchange): Completion {
  const { rendered, response } = exchange
  if (!rendered) return undefined
  const { status, body } = rendered
  const required = status < 400 ? rendered.fields : withRequiredFields(exchange, status, rendered.fields)
  const fields = withKnownDate(response, streamOf(response) ? withoutConnectionFields(required) : required)
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
  return withFields(fields, isLater ? { date, 'last-modified': formatDate(now) } : { date })
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
  const fields = settleFields(response, given)
  const isHead = request.method === 'HEAD'
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
    if (isHead || length === 0)
      return writeHead(response, status, withFields(fields, { 'content-length': String(length) }))
    return writeWhole(response, status, fields, content, length)
  }
  if (isHead && isLazy(content)) {
    discard(content)
    return writeHead(response, status, unbuffered(response, fields))
  }
  if (!isSource(content)) throw new TypeError(`Content is text, bytes or a stream, not ${String(content)}`)
  const streamed = unbuffered(response, fields)
  const start = (): void => {
    if (messages.successor) throw messages.signal?.reason // the deadline has passed before the first chunk
    response.writeHead(status, streamed)
  }
  return pump(response, content, start, lengthOf(response, streamed))
}

/** The fields of a stream: nginx must not collect it. A value that the handler has set is kept. */
function unbuffered(response: ServerResponse, fields: Readonly<Fields>): Readonly<Fields> {
  if (fields['x-accel-buffering'] !== undefined || response.hasHeader('x-accel-buffering')) return fields
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
 * The fields with the Vary and the cookies that middleware has set, without the Transfer-Encoding that only Node can
 * know, and without Trailer: no trailer fields are sent.
 */
function settleFields(response: ServerResponse, fields: Readonly<Fields>): Readonly<Fields> {
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

/** Renders without a renderer. @throws {TypeError} for a media type other than JSON. */
function renderAsJson(exchange: Exchange, data: unknown): string {
  if (MediaType.of(exchange.contentType).isJson) return jsonText(data)
  throw new TypeError(
    `No renderer for '${exchange.contentType}': return a Response or write the response yourself`,
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
