/** Conditional requests: a representation the client has is not sent again, a state it has not seen is not overwritten. */
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { stateHash } from '../http/entity-tag.ts'
import { isRead } from '../http/method.ts'
import { pathOf } from '../routing/request-target.ts'
import type { Exchange } from '../walk/exchange.ts'
import { markEncodedEtag } from './content-coding.ts'
import type { EtagMethods, EtagOptions, ResolvedEtag } from './etag-options.ts'
import { checkEtagOptions, etagOptionsOf, etagSource } from './etag-source.ts'
import { assertEtagChecked } from './handler-mistakes.ts'
import { compareRenderedEtag, compareWrittenEtag } from './not-modified.ts'
import {
  addEtagMethods,
  addNoopEtagMethods,
  evaluateState,
  keepValue,
  requirePrecondition,
  setEtagHeader,
  tagContent,
} from './preconditions.ts'
import type { KnownValidators } from './validators.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface EtagEndpointOptions extends EndpointOptions {
  /** Sets ETags and evaluates preconditions. The options of the blueprint are the defaults. */
  readonly etag?: boolean | EtagOptions
}

/** Members that the mixin adds to a blueprint. */
export interface EtagMixin {
  readonly '~options': EtagEndpointOptions
  /**
   * The text that identifies a state in its ETags: a hash. Override it to use a row's version.
   *
   * @param contentType the media type of the representation. A whole ETag should differ by it, where there are several.
   * @returns the text; or a whole ETag, which is sent as it is: `"v1"`, `W/"v1"`.
   */
  generateEtag(state: unknown, contentType?: string): string
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Sets ETags on the responses of all endpoints; false disables the option `etag` of endpoints. */
    readonly etag?: boolean | EtagOptions
  }
}

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /** The resolved option; undefined where responses have no ETag. */
    etag?: ResolvedEtag
    readonly '~etag'?: O
  }
}

declare module '../walk/exchange.ts' {
  interface Exchange {
    /** The validators of the response, where the endpoint has an ETag. */
    validators: KnownValidators | undefined
  }
}

declare module '../walk/handler.ts' {
  interface Provides<P extends string, O> {
    readonly etag: O extends { readonly etag: infer E extends true | EtagOptions }
      ? EtagMethods<E extends { readonly current: (request: never) => infer S } ? Awaited<S> : undefined>
      : { readonly '~path'?: P }
  }
}

export function Etag<T extends Constructor<Blueprint>>(Base: T): T & Constructor<EtagMixin> {
  return class EtagBlueprint extends Base implements EtagMixin {
    declare readonly '~options': EtagEndpointOptions

    generateEtag(state: unknown, _contentType?: string): string {
      return stateHash(state)
    }

    protected override prepare(endpoint: Endpoint<EtagEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('Etag', ['etag'], ['etag'])
      const { etag } = endpoint.options
      checkEtagOptions(`The etag of '${endpoint.name}'`, etag)
      checkEtagOptions(`The etag of the blueprint '${this.name}'`, this.settings.etag)
      const options = etagOptionsOf(etag, this.settings.etag)
      const isReading = isRead(endpoint.method) && (etag ?? this.settings.etag) !== false
      if (isReading && this.settings.etag !== false)
        endpoint.on('revalidate/compareWrittenEtag', options ? compareRenderedEtag : compareWrittenEtag)
      if (isReading || options) endpoint.on('encode/markEncodedEtag', markEncodedEtag)
      if (!options) {
        const { current } = typeof etag === 'object' ? etag : {}
        if (etag)
          endpoint.on('precondition/addNoopEtagMethods', function addNoopMethods(exchange) {
            return addNoopEtagMethods(exchange, current)
          })
        return
      }
      const source = etagSource(
        options,
        endpoint,
        {
          generate: (state, contentType) => this.generateEtag(state, contentType),
          isDefault: () => this.generateEtag === EtagBlueprint.prototype.generateEtag,
        },
        isReader(endpoint.method) ? () => endpoint : (exchange) => readerOf(exchange) ?? endpoint,
      )
      const { current, lastModified, isRequired } = source
      const isDated = lastModified !== undefined
      endpoint.etag = { ...options, isRequired }
      if (isRequired)
        endpoint.on('required/requirePrecondition', function checkRequired(exchange) {
          requirePrecondition(exchange, isDated)
        })
      if (current || isDated)
        endpoint.on('precondition/evaluateState', function findState(exchange) {
          return evaluateState(exchange, source)
        })
      endpoint.on('precondition/addEtagMethods', function addMethods(exchange) {
        addEtagMethods(exchange, source)
      })
      if (source.usesValue) endpoint.on('paginate/keepValue', keepValue)
      if (isReading && source.isOfContent)
        endpoint.on('revalidate/tagContent', function tagPage(exchange) {
          return tagContent(exchange, source)
        })
      if (isRequired && !current) endpoint.on('tag/assertEtagChecked', assertEtagChecked)
      if (!METHODS_WITHOUT_ETAG.includes(endpoint.method))
        endpoint.on('tag/setEtagHeader', function tagAnswer(exchange) {
          return setEtagHeader(exchange, source)
        })
    }
  }
}

/** Whether the responses of a method are representations of the resource, by whose schema its states are hashed. */
function isReader(method: string): boolean {
  return method === 'GET' || method === 'QUERY'
}

/** The endpoint with ETags that responds to a GET of the same path. */
function readerOf(exchange: Exchange): Endpoint | undefined {
  const endpoint = exchange.routes?.served?.table.find('GET', pathOf(exchange))?.endpoint
  return endpoint?.etag && endpoint
}

/** Methods whose responses are no representation of the resource. */
export const METHODS_WITHOUT_ETAG: readonly string[] = ['DELETE', 'OPTIONS']
