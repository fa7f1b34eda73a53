/** Conditional requests: what a client has is not sent again, what it has not seen is not overwritten. */
import type { IncomingMessage } from 'node:http'
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint, EndpointOptions } from '../blueprint/endpoint.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { stateHash } from '../http/entity-tag.ts'
import type { Schema } from '../schema/schema.ts'
import { etagOptionsOf, etagSource } from './etag-source.ts'
import {
  addEtagMethods,
  addNoopEtagMethods,
  assertEtagChecked,
  evaluateState,
  requirePrecondition,
  setEtagHeader,
} from './preconditions.ts'

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
  /** Makes of the state what its tag is made from: members it drops do not count. It may not be async. */
  readonly schema?: Schema
  /** Whether PUT, PATCH and DELETE without a precondition are a 428. Default true. */
  readonly required?: boolean
}

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface EtagEndpointOptions extends EndpointOptions {
  /** Tags answers and looks at preconditions. Default: the blueprint's, which fills in what is not said. */
  readonly etag?: boolean | EtagOptions
}

/** What the mixin adds to a blueprint. */
export interface EtagMixin {
  readonly '~options': EtagEndpointOptions
  /** What stands for a state in its tags: a hash. Override it to use a row's version. */
  generateEtag(state: unknown): string
}

/** What is known of a tagged endpoint. */
export interface ResolvedEtag extends Omit<EtagOptions, 'required'> {
  /** Whether a request without a precondition is a 428. */
  readonly isRequired: boolean
}

/** What handlers of tagged endpoints get. */
export interface EtagMethods<State> {
  /** What `etag.current` found. */
  readonly current: State
  /** Looks at the preconditions against a state: throws 304 or 412. Undefined: there is none. */
  checkEtag(state: unknown): void
  /** Tags the answer by a state rather than by what is returned. Throws 304 when the client has it. */
  setEtag(state: unknown): void
  /** Says when the state last changed. Throws 304 when the client has it, where no tag decides. */
  lastModified(date: Date): void
}

declare module '../walk/exchange.ts' {
  interface Provides<P extends string, O> {
    readonly etag: O extends { readonly etag: infer E extends true | EtagOptions }
      ? EtagMethods<E extends { readonly current: (request: never) => infer S } ? Awaited<S> : undefined>
      : { readonly '~path'?: P }
  }
}

export function Etag<T extends Constructor<Blueprint>>(Base: T): T & Constructor<EtagMixin> {
  return class extends Base implements EtagMixin {
    declare readonly '~options': EtagEndpointOptions

    generateEtag(state: unknown): string {
      return stateHash(state)
    }

    protected override prepare(endpoint: Endpoint<EtagEndpointOptions>): void {
      super.prepare(endpoint)
      const { etag } = endpoint.options
      const { admit, receive, respond } = endpoint
      const options = etagOptionsOf(etag, this.settings.etag)
      if (!options) {
        const { current } = typeof etag === 'object' ? etag : {}
        if (etag) receive.push((exchange) => addNoopEtagMethods(exchange, current))
        return
      }
      const source = etagSource(options, endpoint, (state) => this.generateEtag(state))
      const { current, lastModified, isRequired } = source
      endpoint.etag = { ...options, isRequired }
      if (isRequired) admit.push((exchange) => requirePrecondition(exchange, lastModified !== undefined))
      receive.push((exchange) => addEtagMethods(exchange, source))
      if (current || lastModified) receive.push((exchange) => evaluateState(exchange, source))
      if (isRequired && !current) respond.push((exchange) => assertEtagChecked(exchange, this.isDevelopment))
      if (!METHODS_WITHOUT_ETAG.includes(endpoint.method))
        respond.push((exchange) => setEtagHeader(exchange, source))
    }
  }
}

/** What they answer is no representation of what is addressed. */
const METHODS_WITHOUT_ETAG: readonly string[] = ['DELETE', 'OPTIONS']
