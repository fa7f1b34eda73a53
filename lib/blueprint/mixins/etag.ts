/** Conditional requests: what a client has is not sent again, what it has not seen is not overwritten. */
import type { IncomingMessage } from 'node:http'
import { PreconditionRequired } from '../../exceptions/client-errors.ts'
import { hasPrecondition } from '../../http/conditional.ts'
import { stateHash } from '../../http/entity-tag.ts'
import { isSource } from '../../renderers/source.ts'
import type { Blueprint } from '../blueprint.ts'
import type { Endpoint, EndpointOptions } from '../endpoint.ts'
import type { Exchange } from '../exchange.ts'
import { checkPreconditions, writeValidators } from '../validators.ts'
import type { Constructor } from './constructor.ts'

/** What the functions of {@link EtagOptions} are given. */
export interface StateRequest extends IncomingMessage {
  // biome-ignore lint/suspicious/noExplicitAny: an option does not know the path it stands beside
  readonly params: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly query: any
  readonly body?: unknown
}

/** Where the validators of an endpoint come from. */
export interface EtagOptions<State = unknown> {
  /**
   * The state of what is addressed; undefined: there is none. Preconditions are then looked at before the
   * handler, which finds the state as `request.current`.
   */
  readonly current?: (request: StateRequest) => State
  /** When the state last changed: Last-Modified, and the preconditions by date. */
  // biome-ignore lint/suspicious/noExplicitAny: the state is inferred from `current` alone
  readonly lastModified?: (state: any, request: StateRequest) => Date | undefined
  /** What of the state makes its tag: a row's version, say. Default: all of it. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly data?: (state: any) => unknown
  /** Whether PUT, PATCH and DELETE without a precondition are a 428. Default true. */
  readonly required?: boolean
}

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface TaggedOptions extends EndpointOptions {
  /** Tags answers and looks at preconditions. Default: as the blueprint's. */
  readonly etag?: boolean | EtagOptions
}

/** What the mixin adds to a blueprint. */
export interface EtagMixin {
  readonly '~options': TaggedOptions
  /** The hash that stands for a state. Override it to use a row's version. */
  generateEtag(state: unknown): string
}

/** What is known of a tagged endpoint. */
export interface Tagged extends Omit<EtagOptions, 'required'> {
  /** Whether a request without a precondition is a 428. */
  readonly isRequired: boolean
}

/** What handlers of tagged endpoints get. */
export interface Validating<State> {
  /** What `etag.current` found. */
  readonly current: State
  /** Looks at the preconditions against a state: throws 304 or 412. Undefined: there is none. */
  checkEtag(state: unknown): void
  /** Tags the answer by a state rather than by what is returned. Throws 304 when the client has it. */
  setEtag(state: unknown): void
  /** Says when the state last changed. Throws 304 when the client has it, where no tag decides. */
  lastModified(date: Date): void
}

declare module '../exchange.ts' {
  interface Provides<P extends string, O> {
    readonly etag: O extends { readonly etag: infer E }
      ? Validating<E extends { readonly current: (request: never) => infer S } ? Awaited<S> : undefined>
      : { readonly '~path'?: P }
  }
}

export function Etag<T extends Constructor<Blueprint>>(Base: T): T & Constructor<EtagMixin> {
  return class extends Base implements EtagMixin {
    declare readonly '~options': TaggedOptions

    generateEtag(state: unknown): string {
      return stateHash(state)
    }

    protected override prepare(endpoint: Endpoint<TaggedOptions>): void {
      super.prepare(endpoint)
      const isDisabled = this.settings.etag === false
      const option = endpoint.options.etag ?? this.settings.etag
      if (!option && !isDisabled) return
      const { required = true, ...own } = typeof option === 'object' ? option : {}
      const source: Source = {
        ...own,
        hash: (state) => this.generateEtag(own.data ? own.data(state) : state),
      }
      if (isDisabled) {
        if (endpoint.options.etag) endpoint.receive.push(provideNothing)
        return
      }
      endpoint.tagged = { isRequired: required && OVERWRITING.includes(endpoint.method), ...own }
      if (endpoint.tagged.isRequired) {
        const isDated = own.lastModified !== undefined
        endpoint.admit.push((exchange) => requirePrecondition(exchange, isDated))
      }
      endpoint.receive.push((exchange) => provide(exchange, source))
      if (own.current || own.lastModified)
        endpoint.receive.push((exchange) => lookAtCurrent(exchange, source))
      const mustCheck = endpoint.tagged.isRequired && !own.current && !own.lastModified
      if (mustCheck) endpoint.respond.push((exchange) => insist(exchange, this.isDevelopment))
      if (endpoint.method !== 'DELETE') endpoint.respond.push((exchange) => tag(exchange, source))
    }
  }
}

const OVERWRITING: readonly string[] = ['PUT', 'PATCH', 'DELETE']

type Source = Omit<EtagOptions, 'required'> & { readonly hash: (state: unknown) => string }

/** @throws {PreconditionRequired} 428 (RFC 6585 §3). */
function requirePrecondition({ request }: Exchange, isDated: boolean): void {
  if (hasPrecondition(request.headers, isDated)) return
  throw new PreconditionRequired(
    'Say in If-Match which state you mean to change: send the ETag you have read',
  )
}

/** Gives the handler its say. */
function provide(exchange: Exchange, { hash }: Source): void {
  const validators: Exchange['validators'] = { hash: undefined, lastModified: undefined, isChecked: false }
  exchange.validators = validators
  const isSafe = exchange.request.method === 'GET' || exchange.request.method === 'HEAD'
  const look = () => {
    if (isSafe) checkPreconditions(exchange, validators.hash, validators.lastModified, true)
  }
  Object.assign(exchange.request, {
    current: undefined,
    checkEtag(state: unknown) {
      validators.isChecked = true
      const isThere = state !== undefined && state !== null
      checkPreconditions(exchange, isThere ? hash(state) : undefined, validators.lastModified, isThere)
    },
    setEtag(state: unknown) {
      validators.hash = hash(state)
      look()
    },
    lastModified(date: Date) {
      validators.lastModified = date
      look()
    },
  })
}

function provideNothing({ request }: Exchange): void {
  const nothing = () => {}
  Object.assign(request, { current: undefined, checkEtag: nothing, setEtag: nothing, lastModified: nothing })
}

function lookAtCurrent(exchange: Exchange, source: Source): void | Promise<void> {
  const request = exchange.request as unknown as StateRequest & { current: unknown }
  if (!source.current && hasTags(request)) return undefined // whose state they are of, only the handler knows
  const look = (state: unknown): void => {
    const validators = exchange.validators as NonNullable<Exchange['validators']>
    const isThere = source.current === undefined || (state !== undefined && state !== null)
    request.current = state
    validators.isChecked = true
    validators.hash = isThere && source.current ? source.hash(state) : undefined
    validators.lastModified = isThere ? source.lastModified?.(state, request) : undefined
    checkPreconditions(exchange, validators.hash, validators.lastModified, isThere)
  }
  const state = source.current?.(request)
  return state instanceof Promise ? state.then(look) : look(state)
}

function hasTags({ headers }: IncomingMessage): boolean {
  return headers['if-match'] !== undefined || headers['if-none-match'] !== undefined
}

/** The handler alone could have looked. @throws {Error} in development; in production it is a warning. */
function insist({ validators, endpoint, status }: Exchange, isDevelopment: boolean): void {
  if (validators?.isChecked || status >= 300) return
  const message = `The endpoint '${endpoint.name}' changed something without checkEtag: give etag.current, or call it`
  if (isDevelopment) throw new Error(message)
  process.emitWarning(message, { code: 'MAZURKA_CHECK_ETAG' })
}

/** Tags the answer, and sends 304 in its place to who has it. */
function tag(exchange: Exchange, source: Source): void | Promise<void> {
  const { validators, request, content, status } = exchange
  if (!validators || content || status >= 300) return undefined
  const isSafe = exchange.endpoint.method === 'GET' || exchange.endpoint.method === 'HEAD'
  if (isSafe || !source.current) return settle(exchange, source, validators.hash, isSafe)
  const state = source.current(request as unknown as StateRequest)
  const renew = (now: unknown): void => {
    validators.lastModified = source.lastModified?.(now, request as unknown as StateRequest)
    settle(exchange, source, now === undefined || now === null ? undefined : source.hash(now), false)
  }
  return state instanceof Promise ? state.then(renew) : renew(state)
}

function settle(exchange: Exchange, source: Source, known: string | undefined, isSafe: boolean): void {
  const { validators, data, fields } = exchange
  const isPlain = data !== undefined && !isSource(data) && !source.current
  const { paging } = exchange.endpoint
  const page = paging?.header ? fields?.[paging.header.toLowerCase()] : undefined
  const hash = known ?? (isPlain ? source.hash(page === undefined ? data : [data, page]) : undefined)
  writeValidators(exchange, hash, validators?.lastModified)
  if (isSafe) checkPreconditions(exchange, hash, validators?.lastModified, true)
}
