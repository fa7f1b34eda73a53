/** What handlers return becomes content of the type the client wants. */

import { Outgoing } from '../../mime/outgoing.ts'
import { contentRenderer } from '../../renderers/content-renderer.ts'
import { PluggableRenderer } from '../../renderers/pluggable-renderer.ts'
import type { Renderer } from '../../renderers/renderer.ts'
import type { Blueprint } from '../blueprint.ts'
import { type Endpoint, offer } from '../endpoint.ts'
import type { Constructor } from './constructor.ts'
import type { NegotiationMixin, NegotiationOptions } from './negotiation.ts'

/** What the mixin adds to a blueprint. */
export interface ResponsesMixin {
  /** Renders what handlers return, by type. A copy of the default: JSON and text. */
  get contentRenderer(): PluggableRenderer
  set contentRenderer(renderer: PluggableRenderer | Renderer)
}

export function Responses<T extends Constructor<Blueprint & NegotiationMixin>>(
  Base: T,
): T & Constructor<ResponsesMixin> {
  return class extends Base implements ResponsesMixin {
    #renderer = this.adopt(contentRenderer.copy())

    get contentRenderer(): PluggableRenderer {
      return this.#renderer
    }

    set contentRenderer(renderer: PluggableRenderer | Renderer) {
      this.#renderer = this.adopt(PluggableRenderer.of(renderer))
    }

    protected override prepare(endpoint: Endpoint<NegotiationOptions>): void {
      super.prepare(endpoint)
      const renderer = this.contentRenderer
      endpoint.offerOf = (contentType) =>
        offer(contentType, rendererOrThrow(renderer, contentType, endpoint), false)
      if (!endpoint.outgoing) return
      const own = ownRenderers(endpoint.options.outgoing)
      const offers = endpoint.outgoing.offers.map((bare) => ({
        ...bare,
        renderer: own.rendererFor(bare.contentType) ?? rendererOrThrow(renderer, bare.contentType, endpoint),
      }))
      endpoint.outgoing = new Outgoing(offers)
      endpoint.defaultOffer = offers[0] ?? endpoint.defaultOffer
    }
  }
}

/** The renderers that an endpoint brings along. */
function ownRenderers(outgoing: NegotiationOptions['outgoing']): PluggableRenderer {
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
