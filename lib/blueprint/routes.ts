/**
 * Collects the routes of a blueprint until it is registered.
 *
 *     api.get('/temperatures', query).post('/temperatures', { body: Reading }, upload)
 */
import { METHODS } from 'node:http'
import type { WithResource } from '../client/endpoint-types.ts'
import { checkFunction, checkObject } from '../registry/options.ts'
import { checkPath, UnsuitableValue } from '../routing/path.ts'
import { basePathOf } from '../routing/request-target.ts'
import { Exchange } from '../walk/exchange.ts'
import type { Handler, HandlerRequest } from '../walk/handler.ts'
import { warnOnce } from '../walk/warn-once.ts'
import type { BlueprintOptions } from './blueprint-options.ts'
import { checkEndpointOptions, type EndpointOptions, type Exact } from './endpoint-options.ts'
import { declarationsOf, EndpointDefinition, type Resource } from './resource.ts'
import { checkResource, converterOf, idOf, type ResourceHandler, urisOf } from './resource-handler.ts'
import { type HasOptions, VerbBuilder } from './verbs.ts'

export abstract class RouteBuilder extends VerbBuilder {
  abstract readonly settings: Readonly<BlueprintOptions>
  /** The URL of an endpoint. */
  abstract urlFor(endpoint: string, params?: object): string

  /**
   * Declares several methods on one path: an object, or an instance of a class, whose members are handlers
   * named after the methods. A member set to null is not mounted. `options` apply to all members.
   *
   * @throws {TypeError} for a resource without handlers, or with a member that is not a function.
   */
  route<const P extends string, const R extends Resource<P>, T = this>(
    this: T,
    path: P,
    resource: R,
  ): T & WithResource<P, R, object>
  route<
    const P extends string,
    const R extends Resource<P, O>,
    const O extends A,
    T = this,
    A = this['~options'],
  >(this: T | HasOptions<A>, path: P, resource: R, options: Exact<O, NoInfer<A>>): T & WithResource<P, R, O>
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
   * @throws {TypeError} without singular, without any action, and for a member that is unknown or not a function.
   */
  mountResource(handler: ResourceHandler): this {
    checkResource(handler)
    const { singular } = handler
    this.converter(singular, converterOf(handler))
    const warned = { name: singular, logger: this.settings.logger }
    const locate = (object: unknown, request: HandlerRequest) => {
      const id = idOf(handler, object)
      if (id === undefined || !this.registered.routes.has(singular)) return undefined
      let error: unknown
      for (const value of [object, id])
        try {
          return (
            basePathOf(request, Exchange.of(request)?.url) +
            this.urlFor(singular, { ...request.params, id: value })
          )
        } catch (thrown) {
          error = thrown // it is created already
        }
      if (error instanceof UnsuitableValue) return undefined
      const { message = error } = Object(error) as Partial<Error>
      return void warnOnce(warned, 'MAZURKA_LOCATION', `A 201 has no Location: ${message}`)
    }
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
    checkFunction(`The handler of ${method} ${template}`, handler)
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
}
