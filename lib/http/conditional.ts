/**
 * Conditional requests: whether to go on, given what the client knows and what there is.
 *
 *     GET, If-None-Match: "v1", current "v1"  →  not-modified (304)
 *     PUT, If-Match: "v1", current "v2"       →  failed (412)
 *
 * RFC 9110 §13.1 (the fields), §13.2 (what comes first). Range and If-Range are not looked at.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { parseDate } from './date.ts'
import { type Comparison, type EntityTag, parseTags } from './entity-tag.ts'

/** What is known of the current state before a method is applied. */
export interface Validators {
  /** Whether there is a current representation at all. */
  readonly exists: boolean
  /** When it changed last; undefined when that is not known. */
  readonly lastModified?: Date | undefined
  /** Whether a client's tag is one of the current state's. Not asked when there is none. */
  matches(tag: EntityTag, comparison: Comparison): boolean
}

/** `not-modified` is answered with 304, `failed` with 412. */
export type Verdict = 'proceed' | 'not-modified' | 'failed'

/** The parts of a request that matter here. */
interface ConditionalRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

/**
 * The verdict, in the order of RFC 9110 §13.2.2. Ask only when the answer would be a success without
 * preconditions (§13.2.1): a 404 or a 422 comes first.
 *
 * @param now milliseconds; a later If-Modified-Since is a clock that is wrong and ignored, as RFC 2616 §14.25 said.
 */
export function evaluate(request: ConditionalRequest, current: Validators, now = Date.now()): Verdict {
  const { method, headers } = request
  if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') return 'proceed' // §13.2.1
  if (!isStillMine(headers, current)) return 'failed' // steps 1 and 2
  const isReading = isRead(method)
  const known = parseTags(headers['if-none-match'])
  if (known !== undefined) {
    if (!isAmong(known, current, 'weak')) return 'proceed' // step 3, and dates no longer count
    return isReading ? 'not-modified' : 'failed'
  }
  const since = isReading ? timeOf(headers['if-modified-since']) : undefined // step 4
  if (since === undefined || since > now) return 'proceed'
  const changed = changedAt(current)
  return changed !== undefined && changed <= since ? 'not-modified' : 'proceed'
}

/** Whether a method fetches what there is, so that 304 can be an answer: GET, HEAD, and QUERY (RFC 10008). */
export function isRead(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'QUERY'
}

/**
 * Whether a method may succeed where there is nothing. Where it may not, the answer is a 404 with or without
 * preconditions, so they are not looked at (RFC 9110 §13.2.1).
 */
export function canCreate(method: string | undefined): boolean {
  return !isRead(method) && method !== 'DELETE'
}

/** If-Match, or without one If-Unmodified-Since: whether the state is the one the client knows. */
function isStillMine(headers: IncomingHttpHeaders, current: Validators): boolean {
  const expected = parseTags(headers['if-match'])
  if (expected !== undefined) return isAmong(expected, current, 'strong')
  const since = timeOf(headers['if-unmodified-since'])
  const changed = changedAt(current)
  return since === undefined || changed === undefined || changed <= since // §13.1.4: else it is ignored
}

function isAmong(tags: readonly EntityTag[] | '*', current: Validators, comparison: Comparison): boolean {
  return current.exists && (tags === '*' || tags.some((tag) => current.matches(tag, comparison)))
}

/** In milliseconds; undefined for no date. */
function timeOf(field: string | undefined): number | undefined {
  return field === undefined ? undefined : parseDate(field)?.getTime()
}

/** In milliseconds, of whole seconds: fields carry no more. */
function changedAt({ exists, lastModified }: Validators): number | undefined {
  return exists && lastModified ? Math.floor(lastModified.getTime() / 1000) * 1000 : undefined
}

/**
 * Whether an unsafe request says what it expects, so that nobody's change is lost; when it must and does
 * not, the answer is 428.
 *
 * Counted are an If-Match, an If-Unmodified-Since with a date, and `If-None-Match: *`, which lets a PUT
 * create and never replace. A list in If-None-Match holds nothing back, and a date that is none is ignored.
 *
 * RFC 6585 §3.
 *
 * @param isDated whether the endpoint knows when a state changed; without, If-Unmodified-Since is ignored
 * (RFC 9110 §13.1.4) and protects nothing.
 */
export function hasPrecondition(headers: IncomingHttpHeaders, isDated = true): boolean {
  if (parseTags(headers['if-match']) !== undefined) return true
  if (parseTags(headers['if-none-match']) === '*') return true
  return isDated && timeOf(headers['if-unmodified-since']) !== undefined
}
