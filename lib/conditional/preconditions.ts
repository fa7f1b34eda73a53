/**
 * The steps of a conditional request.
 *
 *     required      requirePrecondition   a change without a precondition                     428
 *     precondition  evaluateState         the current state against the preconditions         304, 412
 *                   addEtagMethods        checkEtag, setEtag, lastModified for the handler
 *     tag           assertEtagChecked     a change whose ETag was not checked                 500 (development)
 *                   setEtagHeader         the validators of the response                      304, 412
 *     revalidate    tagContent            the same for a page, whose ETag is that of its content
 *
 * RFC 9110 §13.2 (evaluation), RFC 6585 §3 (428).
 */

import { PreconditionRequired } from '../exceptions/client-errors.ts'
import { settle } from '../exceptions/settle.ts'
import { wrap } from '../exceptions/wrap.ts'
import { hasPrecondition } from '../http/conditional.ts'
import { contentHash, isWholeTag } from '../http/entity-tag.ts'
import { type Fields, withFields } from '../http/headers.ts'
import { isRead } from '../http/method.ts'
import { ReadOnceError } from '../json/canonical-form.ts'
import { isCollection, isLazy } from '../renderers/source.ts'
import { AsyncSchemaError } from '../responses/response-validator.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { StateRequest } from './etag-options.ts'
import type { EtagSource } from './etag-source.ts'
import { warnIfLate } from './handler-mistakes.ts'
import { NOT_MODIFIED, notModified } from './not-modified.ts'
import { isAnswerNotModified, isNotModified, type KnownValidators, writeValidators } from './validators.ts'

/** @throws {PreconditionRequired} 428. @param isDated whether the state has a date to compare. */
export function requirePrecondition({ headers }: Exchange, isDated: boolean): void {
  if (hasPrecondition(headers, isDated)) return
  throw new PreconditionRequired('If-Match is required: send the ETag of the state that was read')
}

function unknownValidators(): KnownValidators {
  return {
    hash: undefined,
    lastModified: undefined,
    isChecked: false,
    isDateChecked: false,
    value: undefined,
    last: undefined,
  }
}

/** Adds checkEtag, setEtag and lastModified to the request, and `current` where no option provides it. */
export function addEtagMethods(exchange: Exchange, source: EtagSource): void {
  const { request } = exchange
  exchange.validators ??= unknownValidators()
  const { validators } = exchange
  const isReading = isRead(request.method)
  const check = (exists: boolean, hashes: () => readonly string[]) => {
    const state = { exists, hash: validators.hash, hashes, lastModified: validators.lastModified }
    if (!isDecidedLater(exchange) && isNotModified(exchange, state)) throw NOT_MODIFIED
  }
  Object.assign(request, {
    current: source.current && (request as { current?: unknown }).current,
    checkEtag(state: unknown) {
      warnIfLate(exchange, 'checkEtag')
      validators.isChecked = true
      const exists = isState(state)
      if (isReading) validators.hash = exists ? source.hash(state, exchange) : undefined
      check(exists, hashesOf(exchange, source, state))
    },
    setEtag(state: unknown) {
      warnIfLate(exchange, 'setEtag')
      validators.hash = source.hash(state, exchange)
      if (isReading) check(true, hashesOf(exchange, source, state))
      else validators.isDateChecked = true
    },
    lastModified(date: Date) {
      warnIfLate(exchange, 'lastModified')
      const isOfNewState = !isReading && validators.isDateChecked
      validators.lastModified = date
      validators.isDateChecked = true
      const isDecidedByTag = isReading ? hasEtagPrecondition(exchange) : hasIfMatch(exchange) // by checkEtag or setEtag
      if (!isOfNewState && !isDecidedByTag) check(true, () => [])
    },
  })
}

/** Adds the same members without effect, where ETags are disabled. `current` still is the current state. */
export function addNoopEtagMethods(exchange: Exchange, current: EtagSource['current']): void | Promise<void> {
  const noop = () => {}
  const { request } = exchange
  return settle(current?.(request as StateRequest), (state) => {
    Object.assign(request, { checkEtag: noop, setEtag: noop, lastModified: noop, current: state })
  })
}

/** Evaluates the preconditions against the current state. @throws {PreconditionFailed} 412. @throws {PreconditionRequired} 428. */
export function evaluateState(exchange: Exchange, source: EtagSource): void | Promise<void> {
  return settle(source.current?.(exchange.request as StateRequest), (state) =>
    evaluate(exchange, source, state),
  )
}

function evaluate(exchange: Exchange, source: EtagSource, state: unknown): void {
  const request = exchange.request as StateRequest & { current: unknown }
  exchange.validators = unknownValidators()
  const { validators } = exchange
  const exists = !source.current || isState(state)
  const isKnown = source.current !== undefined && exists
  const isReading = isRead(request.method)
  const hash = isKnown && isReading ? source.hash(state, exchange) : undefined
  const lastModified = exists ? (source.lastModified?.(state, request) ?? undefined) : undefined
  request.current = state
  if (isReading) {
    validators.hash = hash
    validators.lastModified = lastModified // those of a change are set after it
  }
  if (source.isRequired && exists) requirePrecondition(exchange, lastModified !== undefined)
  if (!source.current && hasEtagPrecondition(exchange)) return // left to checkEtag
  validators.isChecked = true
  validators.isDateChecked ||= lastModified !== undefined
  if (!exists && isReading) return // the handler responds: a 404 comes before a 412 (§13.2.1)
  if (isDecidedLater(exchange)) return
  const checked = {
    exists,
    hash,
    hashes: hashesOf(exchange, source, isKnown ? state : undefined),
    lastModified,
  }
  if (isNotModified(exchange, checked)) exchange.finishWith(notModified)
}

/** Hashes of a state in all media types; none without a state. */
function hashesOf(exchange: Exchange, source: EtagSource, state: unknown): () => readonly string[] {
  return () => (isState(state) ? source.hashes(state, exchange) : [])
}

/** Keeps the value of the handler, before its response schema: `etag.data` and `etag.schema` are about it. */
export function keepValue({ validators, result }: Exchange): void {
  if (validators && result?.kind === 'data') validators.value = result.data
}

/** Sets ETag and Last-Modified of the response, or makes it a 304. */
export function setEtagHeader(exchange: Exchange, source: EtagSource): void | Promise<void> {
  const { validators, status } = exchange
  const request = exchange.request as StateRequest
  if (!validators || status >= 300) return undefined
  const { hash, lastModified } = validators
  if (isRead(request.method)) {
    if (isTaggedByContent(exchange, source)) return undefined
    validators.hash ??= hashOfAnswer(exchange, source)
    if (isAnswerNotModified(exchange, validators)) return exchange.finishWith(notModified)
    return writeValidators(exchange, validators)
  }
  const isElsewhere = request.method === 'POST' && status === 201 // RFC 9110 §15.3.2: validators of the created resource
  const isKnown = hash !== undefined || isElsewhere
  return settle(isKnown ? undefined : stateAfterChange(source, request), (state) => {
    const ofState = isState(state) ? source.hash(state, exchange) : undefined
    const newHash = hash ?? ofState ?? hashOfAnswer(exchange, source)
    const hasState = !source.current || isState(state)
    const date =
      lastModified ?? (hasState && !isElsewhere ? source.lastModified?.(state, request) : undefined)
    writeValidators(exchange, { hash: newHash, lastModified: date ?? undefined })
  })
}

/**
 * Whether the ETag is a hash of the content that is sent: for a page, whose state the handler has not checked. It costs
 * much less than a hash that does not depend on the order of members.
 */
function isTaggedByContent({ validators, pagination, result }: Exchange, source: EtagSource): boolean {
  return source.isOfContent && pagination !== undefined && !validators?.hash && result?.kind === 'data'
}

/** Sets the ETag of a page from its content, or makes the response a 304. */
export function tagContent(exchange: Exchange, source: EtagSource): void {
  const { validators, rendered, pagination, exception } = exchange
  if (!validators || !rendered || exception || rendered.status >= 300) return
  if (!isTaggedByContent(exchange, source)) return
  const { body, fields } = rendered
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  if (!isWhole && exchange.request.method === 'HEAD') return // rows that were not read
  validators.hash = isWhole
    ? withItemCount(contentHash(body, cursorsOf(exchange, fields)), pagination?.itemCount)
    : hashOfAnswer(exchange, source)
  if (isAnswerNotModified(exchange, validators)) return exchange.finishWith(notModified)
  exchange.fields = withFields(fields) // may be those of the offer, which all requests share
  writeValidators(exchange, validators)
  exchange.rendered = { status: rendered.status, fields: exchange.fields, body }
}

/** The fields with the cursors of the pages around: a next page may appear behind the same content. Empty without cursors. */
function cursorsOf({ endpoint }: Exchange, fields: Readonly<Fields>): string {
  const { style, header } = endpoint.pagination ?? {}
  if (style !== 'cursor') return ''
  return [fields.link ?? [], fields[(header || '').toLowerCase()] ?? []].join()
}

/** The state after a change; undefined when the change has removed it, or the client may not read it any more. */
function stateAfterChange({ current }: EtagSource, request: StateRequest): unknown {
  const ignoreRefusal = (thrown: unknown): undefined => {
    if (wrap(thrown).status >= 500) throw thrown // the refusals are of reading the state, not of the change that is made
  }
  try {
    const state = settle(current?.(request), (found) => found)
    return state instanceof Promise ? state.catch(ignoreRefusal) : state
  } catch (error) {
    return ignoreRefusal(error)
  }
}

/** Hash of the response data; undefined where `current` provides the state, and for data that has none: rows read once. */
function hashOfAnswer(exchange: Exchange, source: EtagSource): string | undefined {
  const { result, pagination, validators } = exchange
  if (source.current || result?.kind !== 'data') return undefined
  const data = source.usesValue ? validators?.value : result.data
  if (isLazy(data) || (hasMembers(data) && Object.values(data).some(isLazy))) return undefined
  try {
    return withItemCount(source.hashData(data, exchange), pagination?.itemCount)
  } catch (error) {
    if (error instanceof ReadOnceError || error instanceof AsyncSchemaError) return undefined
    throw error
  }
}

/** The number of a page is in its URL, the number of items is not. */
function withItemCount(hash: string, itemCount: number | undefined): string {
  return itemCount === undefined || isWholeTag(hash) ? hash : `${hash}.${itemCount}`
}

function hasMembers(data: unknown): data is object {
  return typeof data === 'object' && data !== null && !isCollection(data)
}

function isState(state: unknown): boolean {
  return state !== undefined && state !== null
}

/** Whether the ETag depends on fields of the response, which the handler may still set. */
function isDecidedLater({ request, endpoint }: Exchange): boolean {
  return isRead(request.method) && Boolean(endpoint.etag?.fields?.length)
}

function hasEtagPrecondition(exchange: Exchange): boolean {
  return hasIfMatch(exchange) || Boolean(exchange.headers['if-none-match']?.trim())
}

/** If-Unmodified-Since is not evaluated beside it (RFC 9110 §13.1.4). */
function hasIfMatch({ headers }: Exchange): boolean {
  return Boolean(headers['if-match']?.trim())
}
