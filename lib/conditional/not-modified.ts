/** 304: the client has the representation already. RFC 9110 §15.4.5. */

import { mergeFields } from '../http/vary.ts'
import { EarlyAnswer, type Exchange, type RawResponse } from '../walk/exchange.ts'
import { removeContentFields } from '../walk/representation-fields.ts'
import { writeValidators } from './validators.ts'

/** Thrown by the methods of a handler's request, which have no other way to end it. */
export const NOT_MODIFIED: EarlyAnswer = /* @__PURE__ */ new EarlyAnswer(notModified)

/** The response 304: no content, and the fields that it must have. */
export function notModified(exchange: Exchange): RawResponse {
  const { response, offer, result, validators } = exchange
  const vary = offer.fields.vary === undefined ? {} : { vary: offer.fields.vary }
  const raw = result?.kind === 'raw' ? result.raw.fields : {}
  exchange.fields = mergeFields(mergeFields(vary, raw), exchange.fields ?? {})
  if (validators) writeValidators(exchange, validators)
  removeContentFields(response, exchange.fields)
  return { status: 304, fields: exchange.fields, body: null }
}
