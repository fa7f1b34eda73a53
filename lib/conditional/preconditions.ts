/**
 * The stages of a conditional request.
 *
 *     admit      requirePrecondition   a change that says nothing of what it changes    428
 *     receive    provide               checkEtag, setEtag, lastModified for the handler
 *                lookAtCurrent         the state there is, against the preconditions    304, 412
 *     respond    insist                a change that nobody looked at                   500 in development
 *                tag                   the validators of the answer                     304, 412
 *
 * RFC 9110 §13.2 (what comes first), RFC 6585 §3 (428).
 */

import type { Endpoint } from '../blueprint/endpoint.ts'
import { PreconditionRequired } from '../exceptions/client-errors.ts'
import { wrap } from '../exceptions/wrap.ts'
import { canCreate, hasPrecondition, isRead } from '../http/conditional.ts'
import { isCollection, isRepeatable } from '../renderers/source.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { StateRequest } from './etag.ts'
import type { EtagSource } from './etag-source.ts'
import { checkAnswer, checkPreconditions, type KnownValidators, writeValidators } from './validators.ts'

/** @throws {PreconditionRequired} 428. @param isDated whether dates are known to compare with. */
export function requirePrecondition({ request }: Exchange, isDated: boolean): void {
  if (hasPrecondition(request.headers, isDated)) return
  throw new PreconditionRequired('If-Match is required: send the ETag of the state that was read')
}

/** Gives the handler its say. */
export function addEtagMethods(exchange: Exchange, { hash }: EtagSource): void {
  const validators: KnownValidators = { hash: undefined, lastModified: undefined, isChecked: false }
  exchange.validators = validators
  const isReading = isRead(exchange.request.method)
  const evaluate = () => {
    if (isReading) checkPreconditions(exchange, { ...validators, exists: true })
  }
  Object.assign(exchange.request, {
    current: undefined,
    checkEtag(state: unknown) {
      validators.isChecked = true
      const exists = isThere(state)
      const found = exists ? hash(state) : undefined
      if (isReading) validators.hash = found
      checkPreconditions(exchange, { exists, hash: found, lastModified: validators.lastModified })
    },
    setEtag(state: unknown) {
      validators.hash = hash(state)
      evaluate()
    },
    lastModified(date: Date) {
      validators.lastModified = date
      if (!hasTags(exchange)) evaluate() // else they decide, and the tag may not be known yet
    },
  })
}

/** Where tags are turned off: the same members, without effect. The state is still there for the handler. */
export function addNoopEtagMethods(
  { request }: Exchange,
  current: EtagSource['current'],
): void | Promise<void> {
  const nothing = () => {}
  const told = { current: undefined as unknown, checkEtag: nothing, setEtag: nothing, lastModified: nothing }
  return after(current?.(request as StateRequest), (state) => {
    Object.assign(request, told, { current: state })
  })
}

/** @throws NOT_MODIFIED, 304. @throws {PreconditionFailed} 412. @throws {PreconditionRequired} 428. */
export function evaluateState(exchange: Exchange, source: EtagSource): void | Promise<void> {
  return after(source.current?.(exchange.request as StateRequest), (state) => look(exchange, source, state))
}

function look(exchange: Exchange, source: EtagSource, state: unknown): void {
  const request = exchange.request as StateRequest & { current: unknown }
  const validators = exchange.validators as KnownValidators
  const exists = !source.current || isThere(state)
  const hash = source.current && exists ? source.hash(state) : undefined
  const lastModified = exists ? (source.lastModified?.(state, request) ?? undefined) : undefined
  request.current = state
  if (isRead(request.method)) Object.assign(validators, { hash, lastModified }) // a change makes new ones
  if (source.isRequired && exists) requirePrecondition(exchange, lastModified !== undefined)
  if (!source.current && hasTags(exchange)) return // whose state they are of, only the handler knows
  validators.isChecked = true
  if (exists || canCreate(request.method)) checkPreconditions(exchange, { exists, hash, lastModified })
}

const FORGETFUL = new WeakSet<Endpoint>()

/** The handler alone could have looked. @throws {Error} in development; in production it is warned once. */
export function assertEtagChecked(
  { validators, endpoint, content, status }: Exchange,
  isDevelopment: boolean,
): void {
  if (validators?.isChecked || (content?.status ?? status) >= 300) return
  const message = `The endpoint '${endpoint.name}' changed a resource without checking its ETag: declare etag.current or call checkEtag`
  if (isDevelopment) throw new Error(message)
  if (FORGETFUL.has(endpoint)) return
  FORGETFUL.add(endpoint)
  process.emitWarning(message, { code: 'MAZURKA_CHECK_ETAG' })
}

/** Tags the answer, and sends 304 in its place to who has it. */
export function setEtagHeader(exchange: Exchange, source: EtagSource): void | Promise<void> {
  const { validators, content, status } = exchange
  const request = exchange.request as StateRequest
  if (!validators || (content?.status ?? status) >= 300) return undefined
  const { hash, lastModified } = validators
  if (isRead(request.method)) {
    validators.hash ??= hashOfAnswer(exchange, source)
    checkAnswer(exchange, validators)
    return writeValidators(exchange, validators)
  }
  const isElsewhere = request.method === 'POST' && status === 201 // RFC 9110 §15.3.2: tags are of what was created
  const isSaid = hash !== undefined || isElsewhere
  return after(isSaid ? undefined : currentNow(source, request), (state) => {
    const known = hash ?? (isThere(state) ? source.hash(state) : hashOfAnswer(exchange, source))
    const isKnown = !source.current || isThere(state)
    const date = lastModified ?? (isKnown && !isElsewhere ? source.lastModified?.(state, request) : undefined)
    writeValidators(exchange, { hash: known, lastModified: date ?? undefined })
  })
}

/** The state after a change. The change was made, so that there is nothing left is no error. */
function currentNow({ current }: EtagSource, request: StateRequest): unknown {
  const gone = (thrown: unknown): undefined => {
    const { status } = wrap(thrown)
    if (status !== 404 && status !== 410) throw thrown
  }
  try {
    const state = current?.(request)
    return isPromise(state) ? Promise.resolve(state).then(undefined, gone) : state
  } catch (error) {
    return gone(error)
  }
}

/** Of what is sent, where that is all there is to go by; of what can be gone through but once there is none. */
function hashOfAnswer({ data, content, pagination }: Exchange, source: EtagSource): string | undefined {
  if (source.current || content || data === undefined) return undefined
  if (isOnce(data) || (isMembered(data) && Object.values(data).some(isOnce))) return undefined
  const hash = source.hash(data)
  const itemCount = pagination?.itemCount // which page it is, the address says
  return itemCount === undefined ? hash : `${hash}.${itemCount}`
}

function isOnce(data: unknown): boolean {
  return isCollection(data) && !isRepeatable(data)
}

function isMembered(data: unknown): data is object {
  return typeof data === 'object' && data !== null && !isCollection(data)
}

function isThere(state: unknown): boolean {
  return state !== undefined && state !== null
}

function hasTags({ request: { headers } }: Exchange): boolean {
  return Boolean(headers['if-match']?.trim() || headers['if-none-match']?.trim())
}

/** Waits only where there is something to wait for. */
function after(state: unknown, next: (state: unknown) => void): void | Promise<void> {
  return isPromise(state) ? Promise.resolve(state).then(next) : next(state)
}
