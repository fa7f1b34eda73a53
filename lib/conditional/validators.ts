/**
 * The validators of a response: the ETag of its state, and the time when that state last changed.
 *
 *     ETag: "mS2F…-application/json"     Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT
 *
 * An ETag identifies a representation (hash of the state, then media type), while If-Match is about the
 * state: the ETag of any of its representations matches.
 *
 * RFC 9110 §8.8 (validators), §13 (conditional requests).
 */
import { PreconditionFailed } from '../exceptions/client-errors.ts'
import { evaluate, isRead } from '../http/conditional.ts'
import { formatDate, parseDate } from '../http/date.ts'
import { type Comparison, EntityTag, isOfState, parseTags, tagOfHash } from '../http/entity-tag.ts'
import type { Exchange } from '../walk/exchange.ts'

interface Validators {
  /** Hash of the state; undefined without a state, and while it is not known. */
  hash: string | undefined
  lastModified: Date | undefined
}

/** The validators of an exchange, as far as they are known. */
export interface KnownValidators extends Validators {
  /** Whether the preconditions have been evaluated. */
  isChecked: boolean
}

/** The state that preconditions are evaluated against. */
interface CheckedState extends Validators {
  /** Whether there is a state. */
  readonly exists: boolean
  /** The ETag that the handler wrote itself; undefined when it is made from the hash. */
  readonly etag?: EntityTag | undefined
}

/** Whether the client has the representation already: 304. @throws {PreconditionFailed} 412. */
export function isNotModified({ request, headers, offer }: Exchange, state: CheckedState): boolean {
  const { exists, hash, lastModified, etag } = state
  const { method = 'GET' } = request
  const isReading = isRead(method)
  const verdict = evaluate(
    { method, headers },
    {
      exists,
      lastModified,
      matches(given: EntityTag, comparison: Comparison): boolean {
        if (etag) return given.matches(etag, comparison)
        if (hash === undefined) return false
        if (comparison === 'strong') return isOfState(given, hash)
        if (!isReading) return isOfState(new EntityTag(given.opaque), hash) // a change compares states
        return given.opaque === tagOfHash(hash, offer.contentType).opaque
      },
    },
  )
  if (verdict === 'failed') {
    throw new PreconditionFailed(
      'The resource has changed since it was read: read it again before changing it',
    )
  }
  return verdict === 'not-modified'
}

/** The same for a read after its handler, by the response's validators. @throws {PreconditionFailed} 412. */
export function isAnswerNotModified(exchange: Exchange, { hash, lastModified }: Validators): boolean {
  const tags = parseTags(fieldOf(exchange, 'etag'))
  const etag = typeof tags === 'object' ? tags[0] : undefined
  const written = fieldOf(exchange, 'last-modified')
  const date = written === undefined ? lastModified : parseDate(written)
  if (exchange.result?.kind === 'raw' && !etag && !date) return false
  return isNotModified(exchange, { exists: true, hash, lastModified: date, etag })
}

/** Writes the validators on the response, unless the handler wrote its own. */
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

/** A field of the response as it would be sent now. */
function fieldOf({ fields, result, response }: Exchange, name: string): string | undefined {
  const raw = result?.kind === 'raw' ? result.raw.fields : undefined
  const field = fields?.[name] ?? raw?.[name] ?? response.getHeader(name)
  return field === undefined ? undefined : String(field)
}
