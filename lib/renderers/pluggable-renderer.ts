/**
 * A renderer that delegates to one renderer per media type.
 *
 *     api.contentRenderer.renders('text/csv', csv())
 */
import { throwIfFactory } from '../registry/factory.ts'
import { MediaTypeMap } from '../registry/media-type-map.ts'
import type { RenderContext, Rendered, Renderer, RenderFunction } from './renderer.ts'

export class PluggableRenderer extends MediaTypeMap<Renderer> implements Renderer {
  /** Wraps a renderer of any kind, for all types. */
  static of(renderer: PluggableRenderer | Renderer | RenderFunction): PluggableRenderer {
    return renderer instanceof PluggableRenderer
      ? renderer
      : new PluggableRenderer().registerRenderer('*/*', renderer)
  }

  /**
   * Registers the renderer of a media type or range, or replaces it.
   *
   * With one argument it is a decorator, which returns the function.
   *
   * @throws {TypeError} for an invalid media type.
   */
  renders<F extends RenderFunction>(contentType: string): (renderer: F) => F
  renders(contentType: string, renderer: RenderFunction | Renderer): this
  renders(contentType: string, renderer?: RenderFunction | Renderer): unknown {
    if (renderer) return this.registerRenderer(contentType, renderer)
    return (decorated: RenderFunction) => {
      this.registerRenderer(contentType, decorated)
      return decorated
    }
  }

  /** The two-argument form of {@link PluggableRenderer.renders}. @throws {TypeError} as it does. */
  registerRenderer(contentType: string, renderer: RenderFunction | Renderer): this {
    return this.put(contentType, rendererOf(renderer))
  }

  /** The renderer of a type: its own, of the type without parameters, JSON for any `+json`, of a range. */
  rendererFor(contentType: string): Renderer | undefined {
    return this.find(contentType)
  }

  /** @throws {TypeError} when no renderer is registered for `context.contentType`. */
  render(data: unknown, context: RenderContext): Rendered | Promise<Rendered> {
    const renderer = this.rendererFor(context.contentType)
    if (!renderer) throw new TypeError(`No renderer is registered for '${context.contentType}'`)
    return renderer.render(data, context)
  }
}

/** Either form as a renderer. @throws {TypeError} for other values. */
export function rendererOf(renderer: RenderFunction | Renderer): Renderer {
  throwIfFactory('A renderer', renderer)
  if (typeof renderer === 'function') return { render: renderer, headers: renderer.headers }
  if (typeof renderer?.render === 'function') return renderer
  throw new TypeError(`A renderer is a function or has a render method, not ${String(renderer)}`)
}
