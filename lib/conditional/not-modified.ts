/** 304: the client has the representation already. RFC 9110 §15.4.5. */

import { type Fields, fieldsOf, withFields } from '../http/headers.ts'
import { mergeFields, unionOf } from '../http/vary.ts'
import { EarlyAnswer, type Exchange, type RawResponse } from '../walk/exchange.ts'
import { fieldsOf304, PAGE_FIELD_NAME } from '../walk/representation-fields.ts'
import { revalidatedTag } from './content-coding.ts'
import { fieldOf, isAnswerNotModified, writeValidators } from './validators.ts'

/** Thrown by the methods of a handler's request, which have no other way to end it. */
export const NOT_MODIFIED: EarlyAnswer = /* @__PURE__ */ new EarlyAnswer(notModified)

/** The response 304: no content, and the fields that the 200 would have, as far as they are known. */
export function notModified(exchange: Exchange): RawResponse {
  const { response, validators, endpoint } = exchange
  exchange.fields = fieldsOfSuccess(exchange)
  if (validators) writeValidators(exchange, validators)
  const { header } = endpoint.pagination ?? {}
  const pageField = header ? header.toLowerCase() : PAGE_FIELD_NAME
  const fields = fieldsOf304(response, exchange.fields, pageField)
  const tag = fields.etag ?? response.getHeader('etag')
  if (tag !== undefined) {
    fields.etag = revalidatedTag(exchange, String(tag))
    if (fields.etag !== tag) fields.vary = unionOf(fields.vary ?? [], 'Accept-Encoding') // as the encoded 200 has
  }
  return { status: 304, fields, body: null }
}

/** The fields of the 200: of the rendered response, else of the handler, the renderer and the media type. */
function fieldsOfSuccess({ offer, result, rendered, renderer, fields }: Exchange): Fields {
  if (rendered) return withFields(rendered.fields)
  const { vary } = offer.fields
  const base: Fields = vary === undefined ? {} : { vary }
  if (result?.kind === 'raw') return mergeFields(mergeFields(base, result.raw.fields), fields ?? {})
  const { headers } = renderer ?? offer.renderer ?? {}
  const ofHandler = fields ? mergeFields(base, fields) : base
  return headers ? mergeFields(ofHandler, fieldsOf(headers)) : ofHandler
}

/** Compares an ETag or Last-Modified that the handler or its renderer has written. @throws {PreconditionFailed} 412. */
export function compareWrittenEtag(exchange: Exchange): void {
  const { headers, rendered, exception } = exchange
  if (!hasAnyPrecondition(headers)) return
  if (!rendered || exception || rendered.status >= 300) return
  if ((fieldOf(exchange, 'etag') ?? fieldOf(exchange, 'last-modified')) === undefined) return
  if (isAnswerNotModified(exchange, { hash: undefined, lastModified: undefined }))
    exchange.finishWith(notModified)
}

function hasAnyPrecondition(headers: Exchange['headers']): boolean {
  if (headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined) return true
  return headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined
}

/** Compares the ETag of a renderer: at an endpoint with ETags of its own, the only one that was not compared before. */
export function compareRenderedEtag(exchange: Exchange): void {
  const { rendered, fields, response } = exchange
  const tag = rendered?.fields.etag
  if (tag !== undefined && tag !== (fields?.etag ?? response.getHeader('etag'))) compareWrittenEtag(exchange)
}
