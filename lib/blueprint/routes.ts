/**
 * Collects the routes of a blueprint until it is registered.
 *
 *     api.get('/temperatures', query).post('/temperatures', { body: Reading }, upload)
 */
import { METHODS } from 'node:http'
import { checkObject } from '../registry/options.ts'
import { checkPath } from '../routing/path.ts'
import type { Handler } from '../walk/handler.ts'
import { checkEndpointOptions, type EndpointOptions, type Exact } from './endpoint-options.ts'
import type { WithEndpoint, WithResource } from './endpoint-types.ts'
import { HookBuilder } from './hooks.ts'
import {
  canLocate,
  checkResource,
  converterOf,
  declarationsOf,
  EndpointDefinition,
  type Resource,
  type ResourceHandler,
  urisOf,
} from './resource.ts'

export abstract class RouteBuilder extends HookBuilder {
  /** Options of the endpoints of this blueprint; type-only. */
  declare readonly '~options': EndpointOptions

  /** The URL of an endpoint. */
  abstract urlFor(endpoint: string, params?: object): string

  /** Handles GET, and HEAD without content. @throws {TypeError} for an invalid path, name or option. */
  get<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'GET', P, unknown, R>
  get<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'GET', P, O, ReturnType<H>>
  get(path: string, ...rest: Rest): this {
    return this.#verb('GET', path, rest)
  }

  /** Handles POST. @throws {TypeError} as get. */
  post<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'POST', P, unknown, R>
  post<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'POST', P, O, ReturnType<H>>
  post(path: string, ...rest: Rest): this {
    return this.#verb('POST', path, rest)
  }

  /** Handles PUT. @throws {TypeError} as get. */
  put<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'PUT', P, unknown, R>
  put<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'PUT', P, O, ReturnType<H>>
  put(path: string, ...rest: Rest): this {
    return this.#verb('PUT', path, rest)
  }

  /** Handles PATCH. @throws {TypeError} as get. */
  patch<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'PATCH', P, unknown, R>
  patch<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'PATCH', P, O, ReturnType<H>>
  patch(path: string, ...rest: Rest): this {
    return this.#verb('PATCH', path, rest)
  }

  /** Handles DELETE. @throws {TypeError} as get. */
  delete<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'DELETE', P, unknown, R>
  delete<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'DELETE', P, O, ReturnType<H>>
  delete(path: string, ...rest: Rest): this {
    return this.#verb('DELETE', path, rest)
  }

  /** Handles HEAD separately from GET. @throws {TypeError} as get. */
  head<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'HEAD', P, unknown, R>
  head<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'HEAD', P, O, ReturnType<H>>
  head(path: string, ...rest: Rest): this {
    return this.#verb('HEAD', path, rest)
  }

  /** Handles OPTIONS, in place of the 204 with Allow. @throws {TypeError} as get. */
  options<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'OPTIONS', P, unknown, R>
  options<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'OPTIONS', P, O, ReturnType<H>>
  options(path: string, ...rest: Rest): this {
    return this.#verb('OPTIONS', path, rest)
  }

  /** Handles QUERY: safe like GET, with content like POST (RFC 10008). @throws {TypeError} as get. */
  query<const P extends string, R>(
    path: P,
    handler: Handler<P, this['~base'], R>,
  ): this & WithEndpoint<'QUERY', P, unknown, R>
  query<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    path: P,
    options: Exact<O, this['~options']>,
    handler: H,
  ): this & WithEndpoint<'QUERY', P, O, ReturnType<H>>
  query(path: string, ...rest: Rest): this {
    return this.#verb('QUERY', path, rest)
  }

  /**
   * Declares several methods on one path: an object, or an instance of a class, whose members are handlers
   * named after the methods. A member set to null is not mounted. `options` apply to all members.
   *
   * @throws {TypeError} for a resource without handlers, or with a member that is not a function.
   */
  route<const P extends string, const T extends Resource<P>>(
    path: P,
    resource: T,
  ): this & WithResource<P, T, object>
  route<const P extends string, const T extends Resource<P, O>, const O extends this['~options']>(
    path: P,
    resource: T,
    options: Exact<O, this['~options']>,
  ): this & WithResource<P, T, O>
  route(path: string, resource: Resource, options?: EndpointOptions): this {
    if (options !== undefined) checkObject(`The resource at ${path}`, options)
    for (const { method, handler, options: own, name } of declarationsOf(resource, options?.name)) {
      const isTaken = name !== undefined && this.registered.routes.has(name)
      const named =
        name === undefined || (isTaken && !own.name && !options?.name) ? `${method} ${path}` : name
      this.declare(method, path, { ...options, ...own, name: named }, handler, named)
    }
    return this
  }

  /** A member of a resource with its own options: `{ get: api.endpoint({ summary: 'All' }, list) }`. */
  endpoint<const P extends string, const O extends this['~options'], H extends Handler<P, O & this['~base']>>(
    options: Exact<O, this['~options']>,
    handler: H,
  ): EndpointDefinition<P, O, ReturnType<H>> {
    return new EndpointDefinition(options, handler as never)
  }

  /**
   * Mounts show, query, create, update, replace and remove of a handler at its `uris`; actions that are
   * missing or null are not mounted. Its `singular` becomes a converter, so that `urlFor` accepts objects.
   *
   * @throws {TypeError} for an action that does not exist.
   */
  mountResource(handler: ResourceHandler): this {
    checkResource(handler)
    const { singular } = handler
    this.converter(singular, converterOf(handler))
    const shown = () => this.registered.routes.has(singular)
    const locate = (object: unknown) =>
      shown() && canLocate(handler, object) ? this.urlFor(singular, { id: object }) : undefined
    for (const { method, template, name, answer } of urisOf(handler, locate)) {
      this.declare(method, template, {}, answer, name)
    }
    return this
  }

  /** Adds one route. A mixin may read its options here. */
  protected declare(
    method: string,
    template: string,
    options: EndpointOptions,
    handler: Handler,
    name: string,
  ): void {
    checkPath(method, template)
    if (!METHODS.includes(method))
      throw new TypeError(`${method} is not a method that this version of Node.js supports`)
    if (typeof handler !== 'function')
      throw new TypeError(`The handler of ${method} ${template} is not a function`)
    const known = this.registered.routes.get(name)
    if (known)
      throw new TypeError(
        known.method === method && known.template === template
          ? `${method} ${template} is declared twice: both match the same requests`
          : `The endpoint name '${name}' is taken; give ${method} ${template} a name of its own`,
      )
    checkEndpointOptions(`The endpoint '${name}'`, options)
    this.registered.routes.set(name, { method, template, options, handler, name })
    this.invalidate()
  }

  #verb(method: string, path: string, rest: Rest): this {
    const [options, handler] = rest.length === 2 ? rest : [{}, rest[0]]
    checkObject(`${method} ${path}`, options)
    if (typeof handler !== 'function')
      throw new TypeError(`The handler of ${method} ${path} is not a function`)
    this.declare(
      method,
      path,
      options,
      handler as Handler,
      options.name || handler.name || `${method} ${path}`,
    )
    return this
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the implementation behind the typed signatures
type Rest = [handler: Handler<any, any>] | [options: EndpointOptions, handler: Handler<any, any>]
