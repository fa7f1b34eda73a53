/** Responses by schema: a handler's data is validated, and rendered in the type the client prefers. */

import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { FALLBACK } from '../negotiation/fallback.ts'
import type { NegotiationEndpointOptions, NegotiationMixin } from '../negotiation/negotiation.ts'
import { offer } from '../negotiation/offer.ts'
import { Outgoing } from '../negotiation/outgoing.ts'
import { lookUpByMediaType } from '../registry/media-type-map.ts'
import { contentRenderer } from '../renderers/content-renderer.ts'
import { PluggableRenderer } from '../renderers/pluggable-renderer.ts'
import type { Renderer } from '../renderers/renderer.ts'
import type { Handler } from '../walk/handler.ts'
import {
  isSuccess,
  offeredTypesOf,
  type ResponseDefinition,
  type ResponseOption,
  type ResponseStatus,
  responsesOf,
} from './response-option.ts'
import type { Validation } from './response-validator.ts'
import { ResponseValidators } from './response-validators.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface ResponsesEndpointOptions extends NegotiationEndpointOptions {
  /** The response: a schema, or a map of statuses, or of media types. Null is a response without content. */
  readonly response?: ResponseOption
  /** Validation of the data that the handler returns. Default: the blueprint's, else 'strip'. */
  readonly validate?: Validation
}

/** Members that the mixin adds to a blueprint. */
export interface ResponsesMixin {
  readonly '~options': ResponsesEndpointOptions
  /** Renders the data of handlers, by media type. A copy of the default: JSON and text. */
  get contentRenderer(): PluggableRenderer
  set contentRenderer(renderer: PluggableRenderer | Renderer)
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Validation of the data that handlers return, where a response is declared. Default 'strip'. */
    readonly validate?: Validation
  }
}

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /** The declared responses by status; undefined where none is declared. */
    responses?: ReadonlyMap<ResponseStatus, ResponseDefinition>
    /** The validators of the declared responses. */
    responseValidators?: ResponseValidators
    readonly '~responses'?: O
  }
}

export function Responses<T extends Constructor<Blueprint & NegotiationMixin>>(
  Base: T,
): T & Constructor<ResponsesMixin> {
  return class ResponsesBlueprint extends Base implements ResponsesMixin {
    declare readonly '~options': ResponsesEndpointOptions
    /** The offers of endpoints without renderers of their own, with the renderers of the blueprint. */
    #rendered = new WeakMap<Outgoing, Outgoing>()
    #renderer = this.#watch(contentRenderer.copy())

    get contentRenderer(): PluggableRenderer {
      return this.#renderer
    }

    set contentRenderer(renderer: PluggableRenderer | Renderer) {
      this.#renderer = this.#watch(PluggableRenderer.of(renderer))
    }

    /** The media types of `response` are set on the outgoing map, unless `outgoing` is given. */
    protected override declare(
      method: string,
      template: string,
      options: ResponsesEndpointOptions,
      handler: Handler,
      name: string,
    ): void {
      super.declare(method, template, options, handler, name)
      const types = options.response && options.outgoing === undefined ? offeredTypesOf(options.response) : []
      if (types.length > 0) this.outgoing.setMimetypes(types, name)
    }

    protected override prepare(endpoint: Endpoint<ResponsesEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('Responses', ['response', 'validate'], ['validate'])
      const { response, validate } = endpoint.options
      const declared =
        response === undefined ? undefined : responsesOf(response, endpoint.options.status, endpoint.name)
      const own = ownRenderers(endpoint.options.outgoing)
      const renderer = this.contentRenderer
      endpoint.offerOf = (contentType) =>
        offer(
          contentType,
          own?.rendererFor(contentType) ?? rendererOrThrow(renderer, contentType, endpoint),
          false,
        )
      if (endpoint.outgoing) {
        endpoint.outgoing = this.#renderedOf(endpoint, endpoint.outgoing, own)
        endpoint.defaultOffer = endpoint.outgoing.first ?? endpoint.defaultOffer
      }
      if (declared === undefined) return
      checkTypes(declared, endpoint)
      const [success, ...others] = [...declared.keys()].filter(isSuccess)
      if (endpoint.options.status === undefined && typeof success === 'number' && others.length === 0)
        endpoint.status = success
      endpoint.responses = declared
      const { validate: byDefault, jsonSchema: hook } = this.settings
      const validators = new ResponseValidators(declared, endpoint, validate ?? byDefault ?? 'strip', hook)
      endpoint.responseValidators = validators
      endpoint.declares204 ||= validators.emptyStatus !== undefined
      endpoint.on('conform/validateResponse', function validateResponse(exchange) {
        return validators.apply(exchange)
      })
    }

    /** The offers with their renderers. @throws {TypeError} for a type without a renderer. */
    #renderedOf(endpoint: Endpoint, negotiated: Outgoing, own: PluggableRenderer | undefined): Outgoing {
      const known = own ? undefined : this.#rendered.get(negotiated)
      if (known) return known
      const offers = negotiated.offers.map((one) => ({
        ...one,
        renderer:
          own?.rendererFor(one.contentType) ?? rendererOrThrow(this.#renderer, one.contentType, endpoint),
      }))
      const rendered = new Outgoing(offers, negotiated.extras)
      if (!own) this.#rendered.set(negotiated, rendered)
      return rendered
    }

    #watch(renderer: PluggableRenderer): PluggableRenderer {
      renderer.onChange(() => {
        this.#rendered = new WeakMap()
      })
      this.#rendered = new WeakMap()
      return this.track(renderer)
    }
  }
}

/**
 * Compares the media types of the responses with those that are sent.
 *
 * @throws {TypeError} for a type that is never sent, and for a type that no success has a schema for.
 */
function checkTypes(
  declared: ReadonlyMap<ResponseStatus, ResponseDefinition>,
  { name, outgoing, errorTypes }: Endpoint,
): void {
  if (!outgoing) return
  const offered = outgoing.all.map(({ contentType }) => contentType)
  const errors = errorTypes?.offers.map(({ contentType }) => contentType) ?? []
  const successes = [...declared.values()].filter(({ status }) => isSuccess(status))
  for (const { status, schemas } of declared.values()) {
    const sent = isSuccess(status) ? offered : [...new Set([...offered, ...errors])]
    for (const type of schemas.keys()) {
      if (type === '*' || sent.some((one) => lookUpByMediaType(new Map([[type, true]]), one))) continue
      throw new TypeError(
        `The response ${status} of '${name}' has the type ${type}, which is not sent: ${sent.join(', ')} (option 'outgoing')`,
      )
    }
  }
  const withContent = successes.filter(({ schemas }) => schemas.size > 0)
  const missing = offered.find((type) =>
    withContent.every(({ schemas }) => !lookUpByMediaType(schemas, type)),
  )
  if (missing === undefined || withContent.length === 0) return
  throw new TypeError(
    `The response ${withContent[0]?.status} of '${name}' has no schema for ${missing}, which the endpoint sends (option 'outgoing')`,
  )
}

/** The renderers in the option `outgoing` of an endpoint, without its fallback. */
function ownRenderers(outgoing: NegotiationEndpointOptions['outgoing']): PluggableRenderer | undefined {
  if (!outgoing || Array.isArray(outgoing)) return undefined
  const own = new PluggableRenderer()
  for (const [type, renderer] of Object.entries(outgoing))
    if (type !== FALLBACK) own.registerRenderer(type, renderer)
  return own
}

function rendererOrThrow(renderer: PluggableRenderer, type: string, endpoint: Endpoint): Renderer {
  const found = renderer.rendererFor(type)
  if (found) return found
  const known = RENDERERS[type.split(';')[0] as string]
  const advice = known ? `${known}()), from mazurka/renderers` : '…)'
  throw new TypeError(
    `The endpoint '${endpoint.name}' answers ${type}, which the content renderer cannot render: contentRenderer.renders('${type}', ${advice}`,
  )
}

/** The functions of `mazurka/renderers` for messages. */
const RENDERERS: Readonly<Record<string, string>> = {
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
  'text/event-stream': 'sse',
  'text/html': 'html',
  'text/markdown': 'markdown',
}
