/** Content negotiation: the media types an endpoint accepts and returns, with 406 and 415 for all others. */

import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { NotAcceptable } from '../exceptions/client-errors.ts'
import { linkField, linkTo, queryReference } from '../http/link.ts'
import { MediaType } from '../http/media-type.ts'
import { BoundedCache } from '../registry/bounded-cache.ts'
import { throwIfFactory } from '../registry/factory.ts'
import { checkChoice, describe } from '../registry/options.ts'
import { rendererOf } from '../renderers/pluggable-renderer.ts'
import type { Renderer, RenderFunction } from '../renderers/renderer.ts'
import { receivedTargetOf } from '../routing/request-target.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { Handler } from '../walk/handler.ts'
import { checkContentType } from './content-type.ts'
import { FALLBACK, fallbackOf } from './fallback.ts'
import { FORMAT_OPTIONS, formatsOf } from './formats-option.ts'
import { Incoming } from './incoming.ts'
import { MIMEMap } from './mime-map.ts'
import { type Offer, offer } from './offer.ts'
import { Outgoing } from './outgoing.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface NegotiationEndpointOptions extends EndpointOptions {
  /** The arguments of `setMimetypes` for the incoming map: `[null, 'x']` adds, `['x']` replaces, `[]` accepts nothing. */
  readonly incoming?: readonly (string | null)[]
  /**
   * The arguments of `setMimetypes` for the outgoing map; or media types with their renderers; or false: nothing is
   * negotiated, the handler writes the response itself.
   *
   * The renderer of `'*\/*'` is the fallback for clients that accept none of the other types, whatever its place. Its
   * content has the type that the client names, or the `contentType` that it returns.
   */
  readonly outgoing?: readonly (string | null)[] | Readonly<Record<string, Renderer | RenderFunction>> | false
  /**
   * Names of media types: `{ csv: 'text/csv' }` sends CSV for `?format=csv`, whatever Accept is. An unknown name is
   * ignored. Default: the blueprint's, as far as the endpoint has their types.
   */
  readonly formats?: Readonly<Record<string, string>>
  /** The query parameter that names a format. Default: the blueprint's, else `format`. */
  readonly formatParameter?: string
}

/** Members that the mixin adds to a blueprint. */
export interface NegotiationMixin {
  readonly '~options': NegotiationEndpointOptions
  /** The media types endpoints accept. Default `application/json`. */
  get incoming(): MIMEMap
  set incoming(map: MIMEMap)
  /** The media types endpoints return, in order of preference. Default `application/json`. */
  get outgoing(): MIMEMap
  set outgoing(map: MIMEMap)
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** The response if a client accepts none of the media types: 406, or the first one. Default 'strict'. */
    readonly notAcceptable?: 'strict' | 'default'
    /** Names of media types for `?format=name`, also in nested blueprints. Each endpoint has those of its own types. */
    readonly formats?: Readonly<Record<string, string>>
    /** The query parameter that names a format. Default `format`. */
    readonly formatParameter?: string
  }
}

export function ContentNegotiation<T extends Constructor<Blueprint>>(
  Base: T,
): T & Constructor<NegotiationMixin> {
  return class NegotiationBlueprint extends Base implements NegotiationMixin {
    declare readonly '~options': NegotiationEndpointOptions
    #incoming = this.track(new MIMEMap().addMimetype('application/json'))
    #outgoing = this.track(new MIMEMap().addMimetype('application/json'))
    /** By their types as JSON: endpoints with the same types share what is remembered of the fields of requests. */
    readonly #sharedIncoming = new BoundedCache((types) => new Incoming(JSON.parse(types)))
    readonly #sharedOutgoing = new BoundedCache((types) => new Outgoing(offersOf(JSON.parse(types))))

    get incoming(): MIMEMap {
      return this.#incoming
    }

    set incoming(map: MIMEMap) {
      this.#incoming = this.track(map)
    }

    get outgoing(): MIMEMap {
      return this.#outgoing
    }

    set outgoing(map: MIMEMap) {
      this.#outgoing = this.track(map)
    }

    /** The options change the maps at once, so that a later change of a map wins. */
    protected override declare(
      method: string,
      template: string,
      options: NegotiationEndpointOptions,
      handler: Handler,
      name: string,
    ): void {
      checkTypes(name, options)
      super.declare(method, template, options, handler, name)
      const { incoming, outgoing } = options
      if (incoming) this.incoming.setMimetypes(incoming, name)
      if (outgoing) this.outgoing.setMimetypes(isList(outgoing) ? outgoing : Object.keys(outgoing), name)
    }

    protected override prepare(endpoint: Endpoint<NegotiationEndpointOptions>): void {
      super.prepare(endpoint)
      const keys = ['incoming', 'outgoing', ...FORMAT_OPTIONS]
      endpoint.mixin('ContentNegotiation', keys, ['notAcceptable', ...FORMAT_OPTIONS])
      const { notAcceptable } = this.settings
      checkChoice(`The blueprint '${this.name}'`, 'notAcceptable', notAcceptable, ['strict', 'default'])
      endpoint.incoming = this.#sharedIncoming.get(JSON.stringify(this.incoming.getMimetypes(endpoint.name)))
      if (endpoint.options.outgoing === false) formatsOf(endpoint, [])
      else {
        endpoint.outgoing = outgoingOf(
          endpoint,
          this.outgoing.getMimetypes(endpoint.name),
          this.#sharedOutgoing,
        )
        endpoint.defaultOffer = endpoint.outgoing.first ?? endpoint.defaultOffer
        const isLenient = notAcceptable === 'default'
        endpoint.on('negotiate/chooseType', isLenient ? chooseTypeOrFirst : chooseType)
      }
      endpoint.on('content-type/checkContentType', checkContentType)
    }
  }
}

/** The offers of the types, with the fallback and the formats. @throws {TypeError} for any other range. */
function outgoingOf(
  endpoint: Endpoint<NegotiationEndpointOptions>,
  types: readonly string[],
  shared: BoundedCache<Outgoing>,
): Outgoing {
  const { outgoing } = endpoint.options
  const own = types.includes(FALLBACK) && outgoing && !isList(outgoing) ? outgoing[FALLBACK] : undefined
  const listed = own ? types.filter((type) => type !== FALLBACK) : types
  const range = listed.find((type) => type.includes('*') && MediaType.of(type).isRange)
  if (range !== undefined)
    throw new TypeError(
      `The option 'outgoing' of '${endpoint.name}' has the range '${range}', which cannot be sent: list media types; a fallback is { '*/*': renderer }`,
    )
  const formats = formatsOf(endpoint, listed)
  if (!own && !formats) return shared.get(JSON.stringify(types))
  const fallback = own && fallbackOf(rendererOf(own))
  return new Outgoing(offersOf(listed, types.length > 1), { fallback, formats })
}

function offersOf(types: readonly string[], varies = types.length > 1): Offer[] {
  return types.map((type) => offer(type, undefined, varies))
}

/** @throws {TypeError} for a value that is no list of media types. */
function checkTypes(endpoint: string, { incoming, outgoing }: NegotiationEndpointOptions): void {
  const lists: readonly (readonly [key: string, list: unknown])[] = [
    ['incoming', incoming ?? []],
    ['outgoing', typeof outgoing === 'object' && !isList(outgoing) ? Object.keys(outgoing) : outgoing || []],
  ]
  for (const [key, list] of lists) {
    const where = `The option '${key}' of '${endpoint}'`
    if (!Array.isArray(list)) {
      throwIfFactory(where, list)
      throw new TypeError(`${where} is a list of media types, not ${describe(list)}`)
    }
    for (const type of list) {
      throwIfFactory(`${where}, a list of media types,`, type)
      if (type !== null && typeof type !== 'string')
        throw new TypeError(`${where} is a list of media types, which cannot have ${describe(type)}`)
    }
  }
}

/** Chooses the media type of the response. @throws {NotAcceptable} 406, before any side effect. */
function chooseType(exchange: Exchange): void {
  const { preferredOffer, endpoint } = exchange
  if (!preferredOffer)
    throw notAcceptable(exchange, endpoint.outgoing?.offers.map(({ contentType }) => contentType) ?? [])
  exchange.offer = preferredOffer
}

function chooseTypeOrFirst(exchange: Exchange): void {
  exchange.offer = exchange.preferredOffer ?? exchange.endpoint.defaultOffer
}

/** The error with the available media types, for GET also as links (RFC 9110 §15.5.7). */
function notAcceptable(
  { request, endpoint, headers: sent }: Exchange,
  acceptable: readonly string[],
): NotAcceptable {
  const target = queryReference(receivedTargetOf(request))
  const link = linkField(acceptable.map((type) => linkTo(target, { rel: 'alternate', type })))
  const headers = endpoint.method === 'GET' && link !== undefined ? { headers: { link } } : {}
  return new NotAcceptable(endpoint.outgoing?.refusal(sent.accept), { acceptable, ...headers })
}

function isList(outgoing: object): outgoing is readonly (string | null)[] {
  return Array.isArray(outgoing)
}
