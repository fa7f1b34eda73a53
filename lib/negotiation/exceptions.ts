/** Errors in the media type the client prefers: problem+json, HTML, text, and types the application adds. */

import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { MediaType } from '../http/media-type.ts'
import { PluggableRenderer } from '../renderers/pluggable-renderer.ts'
import { exceptionRenderer } from '../renderers/problem.ts'
import type { Renderer } from '../renderers/renderer.ts'
import { offer } from './offer.ts'
import { Outgoing } from './outgoing.ts'

/** Members that the mixin adds to a blueprint. */
export interface ExceptionsMixin {
  /**
   * Renders errors. Its media types are negotiated separately, so that an error is never replaced by a 406.
   *
   * A copy of the default; `renders()` adds or replaces a type, and the renderer itself may be replaced. Then it is also that
   * of nested blueprints that have changed nothing of their own.
   */
  get exceptionRenderer(): PluggableRenderer
  set exceptionRenderer(renderer: PluggableRenderer | Renderer)
}

export function Exceptions<T extends Constructor<Blueprint>>(Base: T): T & Constructor<ExceptionsMixin> {
  return class ExceptionsBlueprint extends Base implements ExceptionsMixin {
    /** Whether it differs from the default: then it is that of nested blueprints, too. */
    #isOwn = false
    #renderer = this.#watch(exceptionRenderer.copy())
    /** Made again when the renderer changes: endpoints share what is remembered of Accept. */
    #types: Outgoing | undefined

    get exceptionRenderer(): PluggableRenderer {
      return this.#renderer
    }

    set exceptionRenderer(renderer: PluggableRenderer | Renderer) {
      this.#isOwn = true
      this.#types = undefined
      this.#renderer = this.#watch(PluggableRenderer.of(renderer))
    }

    protected override surround(endpoint: Endpoint): void {
      super.surround(endpoint)
      if (this.#isOwn) endpoint.errorTypes = this.#errorTypes()
    }

    protected override prepare(endpoint: Endpoint): void {
      super.prepare(endpoint)
      endpoint.mixin('Exceptions', [])
      if (this.#isOwn || !endpoint.errorTypes) endpoint.errorTypes = this.#errorTypes()
    }

    #watch(renderer: PluggableRenderer): PluggableRenderer {
      renderer.onChange(() => {
        this.#isOwn = true
        this.#types = undefined
      })
      return this.track(renderer)
    }

    #errorTypes(): Outgoing {
      this.#types ??= errorTypesOf(this.exceptionRenderer)
      return this.#types
    }
  }
}

function errorTypesOf(renderer: PluggableRenderer): Outgoing {
  const types = renderer.types.filter((type) => !MediaType.of(type).isRange)
  if (types.length === 0) types.push('application/problem+json')
  return new Outgoing(types.map((type) => offer(type, renderer.rendererFor(type), types.length > 1)))
}
