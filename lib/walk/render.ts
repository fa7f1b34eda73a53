/** The step that renders the result: its status, fields and content as they will be sent. RFC 9110 §6.4.1. */
import { settleFor } from '../exceptions/settle.ts'
import { type Fields, fieldsOf, withFields } from '../http/headers.ts'
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import { mergeFields } from '../http/vary.ts'
import { bytesOf } from '../json/bytes.ts'
import { jsonText } from '../json/json-text.ts'
import { takesBytes } from '../renderers/bytes.ts'
import type { Content, Rendered, Renderer } from '../renderers/renderer.ts'
import { discard, isLazy, keepError } from '../renderers/source.ts'
import type { Exchange, RawResponse } from './exchange.ts'
import { warnUnsent } from './unanswered.ts'

/** Renders the result. */
export function renderResult(exchange: Exchange): void | Promise<void> {
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
  if (bytes && !takesBytes(renderer)) return apply(exchange, status, fieldsOfBytes(exchange), bytes)
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

/** The fields of the media type and of this response, with those that the renderer sends with each of its responses. */
function fieldsOfRenderer(exchange: Exchange, renderer: Renderer | undefined): Readonly<Fields> {
  const fields = fieldsOfOffer(exchange)
  return renderer?.headers ? mergeFields(fields, fieldsOf(renderer.headers)) : fields
}

/**
 * The fields of bytes that no renderer takes: `application/octet-stream`, unless the endpoint or the handler names
 * the type. The other types of a blueprint are those of its data.
 */
function fieldsOfBytes(exchange: Exchange): Readonly<Fields> {
  const fields = fieldsOfOffer(exchange)
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
  const { status, offer, endpoint, contentType: type } = exchange
  if (rendered === undefined || rendered === null)
    throw new TypeError(
      `The renderer of '${type}' at '${endpoint.name}' returned ${rendered}: return text, bytes or a stream`,
    )
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
