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
import { evaluate, failedField } from '../http/conditional.ts'
import { formatDate, parseDate } from '../http/date.ts'
import {
  type Comparison,
  type EntityTag,
  isOfState,
  parseTags,
  stateHash,
  tagOfHash,
  withoutCoding,
} from '../http/entity-tag.ts'
import { fieldsOf } from '../http/headers.ts'
import { isRead } from '../http/method.ts'
import type { Exchange } from '../walk/exchange.ts'
import { encodedTag } from './content-coding.ts'

interface Validators {
  /** Hash of the state; undefined without a state, and while it is not known. */
  hash: string | undefined
  lastModified: Date | undefined
}

/** The validators of an exchange, as far as they are known. */
export interface KnownValidators extends Validators {
  /** Whether the preconditions have been evaluated. */
  isChecked: boolean
  /** Whether a later date is that of the new state: the date of the state before a change has been compared. */
  isDateChecked: boolean
  /** The value of the handler, where ETags are made from it. */
  value: unknown
  /** The last ETag that was made, and what it was made of. */
  last: { readonly hash: string; readonly variant: string; readonly tag: EntityTag } | undefined
}

/** The state that preconditions are evaluated against. */
interface CheckedState extends Validators {
  /** Whether there is a state. */
  readonly exists: boolean
  /** Hashes of the state in all media types: read for If-Match and for changes alone. */
  readonly hashes: () => readonly string[]
  /** The ETag that the handler wrote itself; undefined when it is made from the hash. */
  readonly etag?: EntityTag | undefined
}

/** Whether the client has the representation already: 304. @throws {PreconditionFailed} 412. */
export function isNotModified(exchange: Exchange, state: CheckedState): boolean {
  const { hash, etag } = state
  const isByHash = isRead(exchange.request.method) && !etag && hash !== undefined
  return (isByHash && hasOnlyTag(exchange, hash)) || evaluateAll(exchange, state)
}

/** Evaluates all preconditions: whether the response is a 304. @throws {PreconditionFailed} 412. */
function evaluateAll(exchange: Exchange, state: CheckedState): boolean {
  const { request, headers, endpoint } = exchange
  const { exists, hash, hashes, lastModified, etag } = state
  const { method = 'GET' } = request
  const isReading = isRead(method)
  const own = isReading && !etag && hash !== undefined ? tagOf(exchange, hash) : undefined
  let known: readonly string[] | undefined // made once for all tags of a client
  /** Whether a tag is one of the state's; the coding that a proxy has appended does not count. */
  const isOfCurrent = (given: EntityTag, comparison: Comparison): boolean => {
    const tag = withoutCoding(given)
    if (etag) return given.matches(etag, comparison) || tag.matches(etag, comparison)
    known ??= hashes()
    return known.some(
      (one) => isOfState(tag, one, comparison) || (tag !== given && isOfState(given, one, comparison)),
    )
  }
  const current = {
    exists,
    lastModified,
    matches(given: EntityTag, comparison: Comparison): boolean {
      if (comparison === 'strong') return isOfCurrent(given, endpoint.etag?.comparison ?? 'strong')
      if (etag || !isReading) return isOfCurrent(given, 'weak') // a change compares states
      return own !== undefined && [given, withoutCoding(given)].some((tag) => own.matches(tag, 'weak'))
    },
  }
  const verdict = evaluate({ method, headers }, current)
  if (verdict !== 'failed') return verdict === 'not-modified'
  const field = failedField({ method, headers }, current)
  const tags = field === 'if-unmodified-since' ? undefined : parseTags(headers[field])
  throw new PreconditionFailed(describeFailure(field, tags, exists, isOfCurrent))
}

/**
 * Whether the client has sent the tag of this hash, and no other precondition: most that have the representation do.
 */
function hasOnlyTag(exchange: Exchange, hash: string): boolean {
  const { headers } = exchange
  const tag = headers['if-none-match']
  if (tag === undefined || headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined)
    return false
  return tag === tagOf(exchange, hash).toString()
}

/** The reason of a 412, for the client. */
function describeFailure(
  field: ReturnType<typeof failedField>,
  tags: ReturnType<typeof parseTags>,
  exists: boolean,
  isOfCurrent: (tag: EntityTag, comparison: Comparison) => boolean,
): string {
  if (field === 'if-none-match') {
    return tags === '*'
      ? 'The resource exists already, and If-None-Match: * is a condition that it does not'
      : 'The resource is in a state that If-None-Match excludes'
  }
  if (field === 'if-match' && !exists)
    return 'The resource does not exist, and If-Match is a condition that it does'
  const weak = typeof tags === 'object' ? tags.find((tag) => isOfCurrent(tag, 'weak')) : undefined
  if (!weak) return 'The resource has changed since it was read: read it again before changing it'
  return `${weak} is a weak ETag of the current state, and If-Match needs a strong one: a proxy may have weakened it`
}

/** Whether the response of a read, by its own validators, is a 304. @throws {PreconditionFailed} 412. */
export function isAnswerNotModified(exchange: Exchange, { hash, lastModified }: Validators): boolean {
  const tags = parseTags(fieldOf(exchange, 'etag'))
  const etag = typeof tags === 'object' ? tags[0] : undefined
  const written = fieldOf(exchange, 'last-modified')
  const hashes = () => (hash === undefined ? [] : [hash])
  const date = written === undefined ? lastModified : parseDate(written)
  const hasValidator = hash !== undefined || etag !== undefined || date !== undefined
  if (exchange.result?.kind !== 'data' && !hasValidator) return false // not even for If-None-Match: *
  return isNotModified(exchange, { exists: true, hash, hashes, lastModified: date, etag })
}

/** Writes the validators on the response, unless the handler wrote its own. */
export function writeValidators(exchange: Exchange, { hash, lastModified }: Validators): void {
  exchange.fields ??= {}
  const { fields } = exchange
  if (hash !== undefined && fieldOf(exchange, 'etag') === undefined) {
    const tag = tagOf(exchange, hash).toString()
    fields.etag = encodedTag(tag, fieldOf(exchange, 'content-encoding') ?? 'identity')
  }
  if (lastModified !== undefined && fieldOf(exchange, 'last-modified') === undefined)
    fields['last-modified'] = formatDate(lastModified)
}

/** The ETag of the chosen representation of a state: it is compared, then sent. */
function tagOf(exchange: Exchange, hash: string): EntityTag {
  const { validators } = exchange
  const variant = variantOf(exchange)
  const last = validators?.last
  if (last?.hash === hash && last.variant === variant) return last.tag
  const tag = tagOfHash(hash, variant)
  if (validators) validators.last = { hash, variant, tag }
  return tag
}

/** The media type, and the hash of the fields that the option `etag.fields` names. */
function variantOf(exchange: Exchange): string {
  const { endpoint, offer, renderer } = exchange
  const names = endpoint.etag?.fields ?? []
  if (names.length === 0) return offer.contentType
  const rendered = fieldsOf((renderer ?? offer.renderer)?.headers)
  const values = names.map(
    (name) => fieldOf(exchange, name.toLowerCase()) ?? rendered[name.toLowerCase()] ?? null,
  )
  return `${offer.contentType};${stateHash(values)}`
}

/** A field of the response as it would be sent now. */
export function fieldOf(exchange: Exchange, name: string): string | undefined {
  const { fields, result, rendered, response } = exchange
  const raw = result?.kind === 'raw' ? result.raw.fields : undefined
  const field = rendered?.fields[name] ?? fields?.[name] ?? raw?.[name] ?? response.getHeader(name)
  return field === undefined ? undefined : String(field)
}
