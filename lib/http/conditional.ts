/**
 * Conditional requests: whether to apply the method, by the client's preconditions and the current state.
 *
 *     GET, If-None-Match: "v1", current "v1"  →  not-modified (304)
 *     PUT, If-Match: "v1", current "v2"       →  failed (412)
 *
 * RFC 9110 §13.1 (the fields), §13.2 (precedence). Range and If-Range are not evaluated.
 */

import type { IncomingHttpHeaders } from 'node:http'
import { parseDate } from './date.ts'
import { type Comparison, type EntityTag, isStar, parseTags } from './entity-tag.ts'
import { isRead } from './method.ts'

/** The current state, before a method is applied, as far as preconditions depend on it. */
export interface CurrentState {
  /** Whether there is a current representation. */
  readonly exists: boolean
  /** The time of the last change; undefined when unknown. */
  readonly lastModified?: Date | undefined
  /** Whether a client's tag is one of the current state's. Not called when there is no state. */
  matches(tag: EntityTag, comparison: Comparison): boolean
}

/** The response is 304 for `not-modified`, 412 for `failed`. */
export type Verdict = 'proceed' | 'not-modified' | 'failed'

/** The parts of a request that preconditions depend on. */
interface ConditionalRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
}

/**
 * Evaluates the preconditions in the order of RFC 9110 §13.2.2. Call it only when the response would be a
 * success without preconditions (§13.2.1): a 404 or a 422 comes first.
 *
 * @param now milliseconds; an If-Modified-Since after it is ignored as the mistake of a clock (RFC 2616 §14.25).
 */
export function evaluate(request: ConditionalRequest, current: CurrentState, now = Date.now()): Verdict {
  const { method, headers } = request
  if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') return 'proceed' // §13.2.1
  if (!isExpectedState(headers, current)) return 'failed' // steps 1 and 2
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

/** The field whose precondition has failed: for a request whose verdict is `failed`. */
export function failedField(
  { headers }: ConditionalRequest,
  current: CurrentState,
): 'if-match' | 'if-unmodified-since' | 'if-none-match' {
  if (isPresent(headers['if-none-match']) && isExpectedState(headers, current)) return 'if-none-match'
  return isPresent(headers['if-match']) ? 'if-match' : 'if-unmodified-since'
}

/** If-Match, or without one If-Unmodified-Since: whether the current state is the one the client expects. */
function isExpectedState(headers: IncomingHttpHeaders, current: CurrentState): boolean {
  const expected = parseTags(headers['if-match'])
  if (expected !== undefined) return isAmong(expected, current, 'strong')
  const since = timeOf(headers['if-unmodified-since'])
  const changed = changedAt(current)
  return since === undefined || changed === undefined || changed <= since // §13.1.4: otherwise it is ignored
}

function isAmong(tags: readonly EntityTag[] | '*', current: CurrentState, comparison: Comparison): boolean {
  return current.exists && (tags === '*' || tags.some((tag) => current.matches(tag, comparison)))
}

/** Whether a field has tags, or members that are none: as {@link parseTags} does, but they are not parsed. */
function isPresent(field: string | undefined): boolean {
  return (field?.trim() ?? '') !== ''
}

/** In milliseconds; undefined without a valid date. */
function timeOf(field: string | undefined): number | undefined {
  return field === undefined ? undefined : parseDate(field)?.getTime()
}

/** In milliseconds, cut to whole seconds as in header fields. */
function changedAt({ exists, lastModified }: CurrentState): number | undefined {
  return exists && lastModified ? Math.floor(lastModified.getTime() / 1000) * 1000 : undefined
}

/**
 * Whether an unsafe request has a precondition that prevents lost updates; where one is required, the response
 * is 428 without it.
 *
 * These are If-Match, If-Unmodified-Since with a valid date, and `If-None-Match: *`, which lets a PUT create
 * and never replace. A list of tags in If-None-Match prevents nothing.
 *
 * RFC 6585 §3.
 *
 * @param isDated whether the endpoint knows the time of the last change; otherwise If-Unmodified-Since is
 * ignored (RFC 9110 §13.1.4).
 */
export function hasPrecondition(headers: IncomingHttpHeaders, isDated: boolean): boolean {
  if (isPresent(headers['if-match']) || isStar(headers['if-none-match']?.trim() ?? '')) return true
  return isDated && timeOf(headers['if-unmodified-since']) !== undefined
}
