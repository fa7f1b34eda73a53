/** The step that checks the media type of request content: 415 for one that the endpoint does not accept. */
import type { IncomingMessage } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { BadRequest, UnsupportedMediaType } from '../exceptions/client-errors.ts'
import { NotImplemented } from '../exceptions/server-errors.ts'
import { hasContent, hasFirstByte } from '../parsers/has-content.ts'
import type { Exchange } from '../walk/exchange.ts'
import { acceptFields } from './accept-fields.ts'

/** Finds the entry of `incoming` for the content. @throws {UnsupportedMediaType} 415, with the supported types. */
export function checkContentType(exchange: Exchange): void | Promise<void> {
  const { request } = exchange
  if (!hasContent(request)) return undefined
  throwIfUndecoded(request)
  const isExpected = request.headers.expect !== undefined // it comes after 100 Continue, at the first read
  const isThere = isExpected || hasFirstByte(exchange)
  if (isThere === true) return matchContentType(exchange)
  return Promise.resolve(isThere).then((hasByte) => (hasByte ? matchContentType(exchange) : undefined))
}

/**
 * @throws {BadRequest} 400 for an empty Transfer-Encoding beside a Content-Length: proxies differ in its framing.
 * @throws {NotImplemented} 501 for transfer codings before chunked, which Node does not decode (RFC 9112 §6.1).
 */
function throwIfUndecoded({ headers }: Exchange['request']): void {
  const coding = headers['transfer-encoding']?.trim().toLowerCase()
  if (coding === '' && headers['content-length'] !== undefined)
    throw new BadRequest('Transfer-Encoding is empty beside a Content-Length', CLOSE)
  if (coding && /,\s*chunked$/.test(coding))
    throw new NotImplemented('The only transfer coding is chunked', CLOSE)
}

/** The end of the content is not known. */
const CLOSE = { headers: { connection: 'close' } }

function matchContentType(exchange: Exchange): void {
  const { endpoint, headers } = exchange
  const match = endpoint.incoming?.match(headers['content-type'])
  if (!match) throw unsupportedMediaType(endpoint, headers['content-type'])
  exchange.contentTypeMatch = match
  ;(exchange.request as IncomingMessage & { contentType?: string }).contentType = match.mediaType.essence
}

function unsupportedMediaType(endpoint: Endpoint, field: string | undefined): UnsupportedMediaType {
  const { incoming } = endpoint
  const supported = incoming?.types ?? []
  const headers = { accept: supported.join(', '), ...acceptFields(endpoint) } // RFC 9110 §12.5.1: Accept in a response
  return new UnsupportedMediaType(incoming?.refusal(field), { supported, headers })
}
