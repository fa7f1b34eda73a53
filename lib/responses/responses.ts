/** Responses by schema: a handler's data is validated, and rendered in the type the client prefers. */

import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import type { NegotiationEndpointOptions, NegotiationMixin } from '../negotiation/negotiation.ts'
import { offer } from '../negotiation/offer.ts'
import { Outgoing } from '../negotiation/outgoing.ts'
import { contentRenderer } from '../renderers/content-renderer.ts'
import { PluggableRenderer } from '../renderers/pluggable-renderer.ts'
import type { Renderer } from '../renderers/renderer.ts'
import { isSuccess, type ResponseDefinition, type ResponseOption, responsesOf } from './response-option.ts'
import type { Validation } from './response-validator.ts'
import { ResponseValidators } from './response-validator.ts'

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
    responses?: ReadonlyMap<number, ResponseDefinition>
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
    #renderer = this.track(contentRenderer.copy())

    get contentRenderer(): PluggableRenderer {
      return this.#renderer
    }

    set contentRenderer(renderer: PluggableRenderer | Renderer) {
      this.#renderer = this.track(PluggableRenderer.of(renderer))
    }

    protected override prepare(endpoint: Endpoint<ResponsesEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('Responses', ['response', 'validate'], ['validate'])
      const { response, validate, outgoing } = endpoint.options
      const renderer = this.contentRenderer
      endpoint.offerOf = (contentType) =>
        offer(contentType, rendererOrThrow(renderer, contentType, endpoint), false)
      if (endpoint.outgoing) {
        const own = ownRenderers(outgoing)
        const offers = endpoint.outgoing.offers.map((negotiated) => ({
          ...negotiated,
          renderer:
            own.rendererFor(negotiated.contentType) ??
            rendererOrThrow(renderer, negotiated.contentType, endpoint),
        }))
        endpoint.outgoing = new Outgoing(offers)
        endpoint.defaultOffer = offers[0] ?? endpoint.defaultOffer
      }
      if (response === undefined) return
      const declared = responsesOf(response, endpoint.options.status, endpoint.name)
      const successes = [...declared.keys()].filter(isSuccess)
      if (endpoint.options.status === undefined && successes.length === 1)
        endpoint.status = successes[0] as number
      endpoint.responses = declared
      const { validate: byDefault, jsonSchema: hook } = this.settings
      const validators = new ResponseValidators(declared, endpoint, validate ?? byDefault ?? 'strip', hook)
      endpoint.responseValidators = validators
      endpoint.declares204 ||= validators.emptyStatus !== undefined
      endpoint.on('conform/validateResponse', function validateResponse(exchange) {
        return validators.apply(exchange)
      })
    }
  }
}

/** The renderers in the option `outgoing` of an endpoint. */
function ownRenderers(outgoing: NegotiationEndpointOptions['outgoing']): PluggableRenderer {
  const own = new PluggableRenderer()
  if (!outgoing || Array.isArray(outgoing)) return own
  for (const [type, renderer] of Object.entries(outgoing)) own.registerRenderer(type, renderer)
  return own
}

function rendererOrThrow(renderer: PluggableRenderer, type: string, endpoint: Endpoint): Renderer {
  const found = renderer.rendererFor(type)
  if (found) return found
  throw new TypeError(
    `The endpoint '${endpoint.name}' answers ${type}, which the content renderer cannot render`,
  )
}
