/** Content negotiation: the media types an endpoint accepts and returns, with 406 and 415 for all others. */

import type { IncomingMessage } from 'node:http'
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { BadRequest, NotAcceptable, UnsupportedMediaType } from '../exceptions/client-errors.ts'
import { NotImplemented } from '../exceptions/server-errors.ts'
import { linkTo, queryReference } from '../http/link.ts'
import { MediaType } from '../http/media-type.ts'
import { offer } from '../negotiation/offer.ts'
import { throwIfFactory } from '../registry/factory.ts'
import { checkChoice } from '../registry/options.ts'
import type { Renderer, RenderFunction } from '../renderers/renderer.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { Handler } from '../walk/handler.ts'
import { acceptFields } from './accept-fields.ts'
import { hasContent, hasFirstByte, Incoming } from './incoming.ts'
import { MIMEMap } from './mime-map.ts'
import { Outgoing } from './outgoing.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface NegotiationEndpointOptions extends EndpointOptions {
  /** As `setMimetypes` on the incoming map: `[null, 'x']` adds, `['x']` replaces, `[]` accepts nothing. */
  readonly incoming?: readonly (string | null)[]
  /**
   * As `setMimetypes` on the outgoing map; or media types with their renderers; or false: nothing is
   * negotiated, the handler writes the response itself.
   */
  readonly outgoing?: readonly (string | null)[] | Readonly<Record<string, Renderer | RenderFunction>> | false
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
  }
}

export function ContentNegotiation<T extends Constructor<Blueprint>>(
  Base: T,
): T & Constructor<NegotiationMixin> {
  return class NegotiationBlueprint extends Base implements NegotiationMixin {
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
      endpoint.mixin('ContentNegotiation', ['incoming', 'outgoing'], ['notAcceptable'])
      const { notAcceptable } = this.settings
      checkChoice(`The blueprint '${this.name}'`, 'notAcceptable', notAcceptable, ['strict', 'default'])
      endpoint.incoming = new Incoming(this.incoming.getMimetypes(endpoint.name))
      if (endpoint.options.outgoing !== false) {
        const types = this.outgoing.getMimetypes(endpoint.name)
        const range = types.find((type) => MediaType.of(type).isRange)
        if (range !== undefined)
          throw new TypeError(
            `The option 'outgoing' of '${endpoint.name}' has the range '${range}', which cannot be sent: list media types`,
          )
        endpoint.outgoing = new Outgoing(types.map((type) => offer(type, undefined, types.length > 1)))
        endpoint.defaultOffer = endpoint.outgoing.offers[0] ?? endpoint.defaultOffer
        const isLenient = notAcceptable === 'default'
        endpoint.on('negotiate/chooseType', isLenient ? chooseTypeOrFirst : chooseType)
      }
      endpoint.on('content-type/checkContentType', checkContentType)
    }
  }
}

/** @throws {TypeError} for a value that is no list of media types. */
function checkTypes(endpoint: string, { incoming, outgoing }: NegotiationEndpointOptions): void {
  const lists: readonly (readonly [key: string, list: unknown])[] = [
    ['incoming', incoming ?? []],
    ['outgoing', typeof outgoing === 'object' && !isList(outgoing) ? Object.keys(outgoing) : outgoing || []],
  ]
  for (const [key, list] of lists) {
    const where = `The option '${key}' of '${endpoint}'`
    if (!Array.isArray(list)) throwIfFactory(where, list)
    if (!Array.isArray(list)) throw new TypeError(`${where} is a list of media types, not '${nameOf(list)}'`)
    for (const type of list) {
      throwIfFactory(`${where}, a list of media types,`, type)
      if (type !== null && typeof type !== 'string')
        throw new TypeError(`${where} is a list of media types, which cannot have ${nameOf(type)}`)
    }
  }
}

function nameOf(value: unknown): string {
  return typeof value === 'function' ? `the function ${value.name}` : String(value)
}

/** Chooses the media type of the response. @throws {NotAcceptable} 406, before any side effect. */
function chooseType(exchange: Exchange): void {
  const { outgoing } = exchange.endpoint
  const best = outgoing?.best(exchange.headers.accept)
  if (!best) throw notAcceptable(exchange, outgoing?.offers.map(({ contentType }) => contentType) ?? [])
  exchange.offer = best
}

function chooseTypeOrFirst(exchange: Exchange): void {
  const { outgoing, defaultOffer } = exchange.endpoint
  exchange.offer = outgoing?.best(exchange.headers.accept) ?? defaultOffer
}

/** The error with the available media types, for GET also as links (RFC 9110 §15.5.7). */
function notAcceptable({ request, endpoint }: Exchange, acceptable: readonly string[]): NotAcceptable {
  const target = queryReference((request as { originalUrl?: string }).originalUrl ?? request.url ?? '/')
  const links = acceptable.map((type) => linkTo(target, { rel: 'alternate', type }))
  const headers = endpoint.method === 'GET' && links.length > 0 ? { headers: { link: links.join(', ') } } : {}
  const detail =
    acceptable.length > 0 ? `Available media types: ${acceptable.join(', ')}` : 'No media type is available'
  return new NotAcceptable(detail, { acceptable, ...headers })
}

/** Finds the entry of `incoming` for the content. @throws {UnsupportedMediaType} 415, with the supported types. */
function checkContentType(exchange: Exchange): void | Promise<void> {
  const { request } = exchange
  if (!hasContent(request)) return undefined
  throwIfUndecoded(request)
  const isExpected = request.headers.expect !== undefined // it comes after 100 Continue, at the first read
  const isThere = isExpected || hasFirstByte(request)
  if (isThere === true) return matchContentType(exchange)
  return Promise.resolve(isThere).then((hasByte) => (hasByte ? matchContentType(exchange) : undefined))
}

/**
 * @throws {BadRequest} 400 for an empty Transfer-Encoding beside a Content-Length: proxies differ in its framing.
 * @throws {NotImplemented} 501 for transfer codings before chunked, which Node does not decode (RFC 9112 §6.1).
 */
function throwIfUndecoded({ headers }: Exchange['request']): void {
  const coding = headers['transfer-encoding']?.trim().toLowerCase()
  const close = { headers: { connection: 'close' } }
  if (coding === '' && headers['content-length'] !== undefined)
    throw new BadRequest('Transfer-Encoding is empty beside a Content-Length', close)
  if (coding && /,\s*chunked$/.test(coding))
    throw new NotImplemented('The only transfer coding is chunked', close)
}

function matchContentType(exchange: Exchange): void {
  const { endpoint, headers } = exchange
  const match = endpoint.incoming?.match(headers['content-type'])
  if (!match) throw unsupportedMediaType(endpoint)
  exchange.contentTypeMatch = match
  ;(exchange.request as IncomingMessage & { contentType?: string }).contentType = match.mediaType.essence
}

function unsupportedMediaType(endpoint: Endpoint): UnsupportedMediaType {
  const supported = endpoint.incoming?.types ?? []
  const list = supported.join(', ')
  const headers = { accept: list, ...acceptFields(endpoint) } // RFC 9110 §12.5.1: Accept in a response
  return new UnsupportedMediaType(list ? `Supported media types: ${list}` : 'No content is supported', {
    supported,
    headers,
  })
}

function isList(outgoing: object): outgoing is readonly (string | null)[] {
  return Array.isArray(outgoing)
}
