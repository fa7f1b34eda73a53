/** Which type an endpoint answers in, and which it takes: 406 and 415 by themselves. */

import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint, EndpointOptions } from '../blueprint/endpoint.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { NotAcceptable, UnsupportedMediaType } from '../exceptions/client-errors.ts'
import { linkTo } from '../http/link.ts'
import { offer } from '../negotiation/offer.ts'
import type { Renderer, RenderFunction } from '../renderers/renderer.ts'
import type { Exchange, Handler } from '../walk/exchange.ts'
import { acceptedFields } from './accept-fields.ts'
import { hasContent, Incoming } from './incoming.ts'
import { MIMEMap } from './mime-map.ts'
import { Outgoing } from './outgoing.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface NegotiationEndpointOptions extends EndpointOptions {
  /** As `setMimetypes` on the incoming map: `[null, 'x']` adds, `['x']` replaces, `[]` takes nothing. */
  readonly incoming?: readonly (string | null)[]
  /**
   * As `setMimetypes` on the outgoing map; or types with renderers of their own; or false: not negotiated,
   * the handler writes by itself.
   */
  readonly outgoing?: readonly (string | null)[] | Readonly<Record<string, Renderer | RenderFunction>> | false
}

/** What the mixin adds to a blueprint. */
export interface NegotiationMixin {
  readonly '~options': NegotiationEndpointOptions
  /** The types endpoints take. Default `application/json`. */
  get incoming(): MIMEMap
  set incoming(map: MIMEMap)
  /** The types endpoints answer in, in order of preference. Default `application/json`. */
  get outgoing(): MIMEMap
  set outgoing(map: MIMEMap)
}

export function ContentNegotiation<T extends Constructor<Blueprint>>(
  Base: T,
): T & Constructor<NegotiationMixin> {
  return class extends Base implements NegotiationMixin {
    declare readonly '~options': NegotiationEndpointOptions
    #incoming = this.track(new MIMEMap().addMimetype('application/json'))
    #outgoing = this.track(new MIMEMap().addMimetype('application/json'))

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

    /** The options speak to the maps at once, so that later words to a map are later words. */
    protected override declare(
      method: string,
      template: string,
      options: NegotiationEndpointOptions,
      handler: Handler,
      name: string,
    ): void {
      super.declare(method, template, options, handler, name)
      const { incoming, outgoing } = options
      if (incoming) this.incoming.setMimetypes(incoming, name)
      if (outgoing) this.outgoing.setMimetypes(isList(outgoing) ? outgoing : Object.keys(outgoing), name)
    }

    protected override prepare(endpoint: Endpoint<NegotiationEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.incoming = new Incoming(this.incoming.getMimetypes(endpoint.name))
      if (endpoint.options.outgoing !== false) {
        const types = this.outgoing.getMimetypes(endpoint.name)
        endpoint.outgoing = new Outgoing(types.map((type) => offer(type, undefined, types.length > 1)))
        endpoint.defaultOffer = endpoint.outgoing.offers[0] ?? endpoint.defaultOffer
        endpoint.admit.push(this.settings.notAcceptable === 'default' ? chooseTypeOrFirst : chooseType)
      }
      endpoint.admit.push(checkContentType)
    }
  }
}

/** Chooses the type of the answer. @throws {NotAcceptable} 406, before anything has happened. */
function chooseType(exchange: Exchange): void {
  const { outgoing } = exchange.endpoint
  const best = outgoing?.best(exchange.request.headers.accept)
  if (!best) throw notAcceptable(exchange, outgoing?.offers.map(({ contentType }) => contentType) ?? [])
  exchange.offer = best
}

function chooseTypeOrFirst(exchange: Exchange): void {
  const { outgoing, defaultOffer } = exchange.endpoint
  exchange.offer = outgoing?.best(exchange.request.headers.accept) ?? defaultOffer
}

/** The choices stand in the document and, where a GET would get them, as links (RFC 9110 §15.5.7). */
function notAcceptable({ request, endpoint }: Exchange, acceptable: readonly string[]): NotAcceptable {
  const target = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/'
  const links = acceptable.map((type) => linkTo(target, { rel: 'alternate', type }))
  const headers = endpoint.method === 'GET' && links.length > 0 ? { headers: { link: links.join(', ') } } : {}
  const detail =
    acceptable.length > 0 ? `Available media types: ${acceptable.join(', ')}` : 'No media type is available'
  return new NotAcceptable(detail, { acceptable, ...headers })
}

/** Lets in content of the types taken. @throws {UnsupportedMediaType} 415, with what would be right. */
function checkContentType(exchange: Exchange): void {
  const { request, endpoint } = exchange
  if (!hasContent(request)) return
  const accepted = endpoint.incoming?.match(request.headers['content-type'])
  if (!accepted) throw unsupportedMediaType(endpoint)
  exchange.contentTypeMatch = accepted
}

function unsupportedMediaType(endpoint: Endpoint): UnsupportedMediaType {
  const supported = endpoint.incoming?.types ?? []
  const list = supported.join(', ')
  const headers = { accept: list, ...acceptedFields(endpoint) } // RFC 9110 §12.5.1: Accept in a response
  return new UnsupportedMediaType(list ? `Supported media types: ${list}` : 'No content is supported', {
    supported,
    headers,
  })
}

function isList(outgoing: object): outgoing is readonly (string | null)[] {
  return Array.isArray(outgoing)
}
