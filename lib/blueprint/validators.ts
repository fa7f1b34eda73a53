/**
 * What an answer is compared by: a tag of the state it shows, and the time that state last changed.
 *
 *     ETag: "mS2F…-application/json"     Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT
 *
 * A tag names the representation (the state's hash, then media type), while If-Match asks for the state: the
 * tag of any representation of it will do.
 *
 * RFC 9110 §8.8 (validators), §13 (conditional requests).
 */
import { PreconditionFailed } from '../exceptions/client-errors.ts'
import { NOT_MODIFIED } from '../exceptions/not-modified.ts'
import { evaluate } from '../http/conditional.ts'
import { formatDate } from '../http/date.ts'
import { type EntityTag, isOfState, tagOfHash } from '../http/entity-tag.ts'
import type { Exchange } from './exchange.ts'

/** The validators of an exchange, as far as they are known. */
export interface KnownValidators {
  /** Hash of the state; undefined when there is none, or nobody has said. */
  hash: string | undefined
  lastModified: Date | undefined
  /** Whether the preconditions have been looked at. */
  isChecked: boolean
}

/** @throws NOT_MODIFIED, 304. @throws {PreconditionFailed} 412. */
export function checkPreconditions(
  { request, offer }: Exchange,
  hash: string | undefined,
  lastModified: Date | undefined,
  exists: boolean,
): void {
  const verdict = evaluate(
    { method: request.method ?? 'GET', headers: request.headers },
    {
      exists,
      matches: (tag: EntityTag, comparison) =>
        hash !== undefined && fits(tag, hash, offer.contentType, comparison),
      ...(lastModified === undefined ? {} : { lastModified }),
    },
  )
  if (verdict === 'not-modified') throw NOT_MODIFIED
  if (verdict === 'failed') {
    throw new PreconditionFailed('What you have read has changed since: read it again before you change it')
  }
}

/** If-Match asks for the state, If-None-Match for the very representation (weakly: the compressed one too). */
function fits(tag: EntityTag, hash: string, contentType: string, comparison: 'strong' | 'weak'): boolean {
  if (comparison === 'strong') return isOfState(tag, hash)
  return tag.opaque === tagOfHash(hash, contentType).opaque
}

/** Writes the validators on the answer, unless the handler wrote its own. */
export function writeValidators(
  exchange: Exchange,
  hash: string | undefined,
  lastModified: Date | undefined,
): void {
  const fields = { ...exchange.fields }
  if (hash !== undefined) fields.etag ??= tagOfHash(hash, exchange.offer.contentType).toString()
  if (lastModified !== undefined) fields['last-modified'] ??= formatDate(lastModified)
  exchange.fields = fields
}
