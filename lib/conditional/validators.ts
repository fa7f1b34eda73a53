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
import { evaluate, isRead } from '../http/conditional.ts'
import { formatDate, parseDate } from '../http/date.ts'
import { type Comparison, EntityTag, isOfState, parseTags, tagOfHash } from '../http/entity-tag.ts'
import type { Exchange } from '../walk/exchange.ts'
import { NOT_MODIFIED } from './not-modified.ts'

interface Validators {
  /** What stands for the state; undefined when there is none, or nobody has said. */
  hash: string | undefined
  lastModified: Date | undefined
}

/** The validators of an exchange, as far as they are known. */
export interface KnownValidators extends Validators {
  /** Whether the preconditions have been looked at. */
  isChecked: boolean
}

/** What preconditions are looked at against. */
interface CheckedState extends Validators {
  /** Whether there is one at all. */
  readonly exists: boolean
  /** The tag the handler wrote itself; undefined when it is made from the hash. */
  readonly tag?: EntityTag | undefined
}

/** @throws NOT_MODIFIED, 304. @throws {PreconditionFailed} 412. */
export function checkPreconditions({ request, offer }: Exchange, state: CheckedState): void {
  const { exists, hash, lastModified, tag } = state
  const { method = 'GET', headers } = request
  const isReading = isRead(method)
  const verdict = evaluate(
    { method, headers },
    {
      exists,
      lastModified,
      matches(given: EntityTag, comparison: Comparison): boolean {
        if (tag) return given.matches(tag, comparison)
        if (hash === undefined) return false
        if (comparison === 'strong') return isOfState(given, hash)
        if (!isReading) return isOfState(new EntityTag(given.opaque), hash) // to be changed is the state
        return given.opaque === tagOfHash(hash, offer.contentType).opaque
      },
    },
  )
  if (verdict === 'not-modified') throw NOT_MODIFIED
  if (verdict === 'failed') {
    throw new PreconditionFailed(
      'The resource has changed since it was read: read it again before changing it',
    )
  }
}

/** Looks at the preconditions of a read once its answer is known, with the validators the answer has. */
export function checkAnswer(exchange: Exchange, { hash, lastModified }: Validators): void {
  const tags = parseTags(fieldOf(exchange, 'etag'))
  const tag = typeof tags === 'object' ? tags[0] : undefined
  const written = fieldOf(exchange, 'last-modified')
  const date = written === undefined ? lastModified : parseDate(written)
  if (exchange.content && !tag && !date) return // sent as it is
  checkPreconditions(exchange, { exists: true, hash, lastModified: date, tag })
}

/** Writes the validators on the answer, unless the handler wrote its own. */
export function writeValidators(exchange: Exchange, { hash, lastModified }: Validators): void {
  const fields = { ...exchange.fields }
  if (hash !== undefined && fieldOf(exchange, 'etag') === undefined) {
    fields.etag = tagOfHash(hash, exchange.offer.contentType).toString()
  }
  if (lastModified !== undefined && fieldOf(exchange, 'last-modified') === undefined) {
    fields['last-modified'] = formatDate(lastModified)
  }
  exchange.fields = fields
}

/** A field of the answer as it would be sent now. */
function fieldOf({ fields, content, response }: Exchange, name: string): string | undefined {
  const field = fields?.[name] ?? content?.fields[name] ?? response.getHeader(name)
  return field === undefined ? undefined : String(field)
}
