/**
 * A set of endpoints: declared by routes and hooks, compiled by `register`, once per registration.
 *
 *     new Blueprint('health').get('/health', () => ({ ok: true })).register(app)
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { dispatch } from '../app/dispatch.ts'
import { enterApp, isPolkaApp } from '../app/polka-app.ts'
import type { Nested } from '../client/endpoint-types.ts'
import { formatQuery } from '../http/parameters.ts'
import { checkObject } from '../registry/options.ts'
import { prefixOf } from '../routing/path.ts'
import type { Next } from '../walk/hook.ts'
import {
  type BlueprintOptions,
  checkBlueprintOptions,
  checkRegisterOptions,
  type RegisterOptions,
} from './blueprint-options.ts'
import type { Endpoint } from './endpoint.ts'
import type { EndpointInfo } from './endpoint-options.ts'
import type { Registered } from './hooks.ts'
import { Registration } from './registration.ts'
import { RouteBuilder } from './routes.ts'

/** An object that accepts middleware: any Polka app. */
export interface PolkaLike {
  // biome-ignore lint/suspicious/noExplicitAny: each version of Polka has its own types for handlers
  use(...handlers: any[]): unknown
}

/** A request listener of `node:http`, and of `node:http2` through its compatibility API. */
export type RequestHandler = (
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  next?: Next,
) => void

interface Child {
  readonly blueprint: Blueprint
  readonly prefix: string
  /** Its name there, where that is not its own. */
  name?: string
}

/** A set of endpoints that can be registered on Polka apps, several times too. */
export class Blueprint extends RouteBuilder {
  readonly name: string
  readonly settings: Readonly<BlueprintOptions>
  readonly #children: Child[] = []
  /** The registration that `endpoints`, `urlFor` and `handler` refer to. */
  #registration: Registration
  /** The blueprint it was nested in last, and its registration there. */
  #parent: Blueprint | undefined
  #nestedRegistration: Registration | undefined

  /** @throws {TypeError} for an empty name, an invalid option, or a prefix that does not start with '/'. */
  constructor(name: string, options: BlueprintOptions = {}) {
    super()
    if (typeof name !== 'string' || name === '') throw new TypeError('A blueprint needs a name')
    checkObject(`The blueprint '${name}'`, options)
    checkBlueprintOptions(`The blueprint '${name}'`, options)
    this.name = name
    this.settings = options
    this.#registration = new Registration(this, prefixOf(options.prefix))
    this.onChange(() => this.#resetNested())
  }

  /**
   * Registers the endpoints on an app, or below another blueprint (the prefixes are joined).
   *
   * Below another blueprint, the type of the result has the prefix, for typed clients.
   *
   * @throws {TypeError} for an app that is neither a Polka app nor a blueprint, for an unknown option, for a blueprint below
   * itself, and, on an app, for an invalid declaration of an endpoint.
   */
  register<const P extends string = ''>(
    parent: Blueprint,
    options?: RegisterOptions & { readonly prefix?: P },
  ): this & Nested<P>
  register(app: PolkaLike, options?: RegisterOptions): this
  register(app: PolkaLike | Blueprint, options: RegisterOptions = {}): this {
    checkRegisterOptions(`register of the blueprint '${this.name}'`, options)
    const prefix = prefixOf(options.prefix ?? this.settings.prefix)
    if (app instanceof Blueprint) return this.#nest(app, prefix)
    if (!isPolkaApp(app))
      throw new TypeError(
        'register takes a Polka app or a blueprint; in an Api: api.registerBlueprint(blueprint), elsewhere: app.use(blueprint.handler)',
      )
    const registration = new Registration(this, prefix, options.takesAll)
    registration.compile()
    this.#registration = registration
    this.#parent = undefined
    this.#nestedRegistration = undefined
    enterApp(app, registration)
    return this
  }

  /** The endpoints compiled below the prefix, those of nested blueprints included. */
  get endpoints(): readonly EndpointInfo[] {
    return [...this.#registration.compiled.endpoints]
  }

  /** The registration with the endpoints that the runner uses. @internal */
  get '~registration'(): Registration {
    return this.#registration
  }

  /**
   * The URL of an endpoint: `urlFor('show', { id: 7 })`, of a nested blueprint `urlFor('child.show')`. For a
   * blueprint that is registered several times it is below the last prefix.
   *
   * @throws {TypeError} for an unknown endpoint, and for a parameter that is missing or that its converter does not match.
   */
  urlFor(endpoint: string, params: object = {}, query: object = {}): string {
    const found = this.#effectiveRegistration.compiled.byName.get(endpoint)
    if (!found) throw new TypeError(`The blueprint '${this.name}' has no endpoint '${endpoint}'`)
    return found.route.format(params) + formatQuery(query)
  }

  /**
   * A request listener for `node:http` and `node:http2`, the same function at every read. Without `next` it also responds with 404
   * and 405. Endpoints may be declared before or after it is read; a later declaration that is invalid is logged, and
   * requests are served as before.
   *
   * @throws {TypeError} for an invalid declaration of an endpoint, when nothing valid was compiled before.
   */
  get handler(): RequestHandler {
    this.#registration.compiled // throws here, not at the first request
    return this.#handler
  }

  readonly #handler: RequestHandler = (request, response, next) => {
    dispatch(this.#registration, request as IncomingMessage, response as ServerResponse, next)
  }

  /** Compiles one endpoint: each mixin reads its options and adds its steps, the base of the stack first. */
  protected prepare(_endpoint: Endpoint): void {}

  /**
   * Adds steps around the endpoints of this blueprint and of those nested in it, before their own `prepare`; also
   * around the fallback that serves unknown paths.
   */
  protected surround(_endpoint: Endpoint): void {}

  /** The internals that the compiler reads. @internal */
  get '~parts'(): Parts {
    return {
      ...this.registered,
      name: this.name,
      settings: this.settings,
      children: this.#children,
      prepare: (endpoint) => this.prepare(endpoint),
      surround: (endpoint) => this.surround(endpoint),
    }
  }

  /** The registration below the prefixes of all parent blueprints. */
  get #effectiveRegistration(): Registration {
    const prefix = [...this.#ancestors, this].map((one) => one.#registration.prefix).join('')
    if (this.#parent && this.#nestedRegistration?.prefix !== prefix)
      this.#nestedRegistration = new Registration(this, prefix, false, () => this.#ancestors)
    return this.#nestedRegistration ?? this.#registration
  }

  /** The blueprints around it, outermost first. */
  get #ancestors(): readonly Blueprint[] {
    return this.#parent ? [...this.#parent.#ancestors, this.#parent] : []
  }

  /** Nested blueprints are compiled with the steps of those around them. */
  #resetNested(): void {
    for (const { blueprint } of this.#children) {
      blueprint.#registration.reset()
      blueprint.#nestedRegistration?.reset()
      blueprint.#resetNested()
    }
  }

  #nest(parent: Blueprint, prefix: string): this {
    if (this.#contains(parent)) throw new TypeError(`The blueprint '${this.name}' cannot be nested in itself`)
    parent.#children.push({ blueprint: this, prefix })
    this.#registration = new Registration(this, prefix, false, () => this.#ancestors)
    this.#parent = parent
    this.#resetNested()
    this.onChange(() => parent.invalidate())
    parent.invalidate()
    return this
  }

  #contains(other: Blueprint): boolean {
    return this === other || this.#children.some(({ blueprint }) => blueprint.#contains(other))
  }
}

/** The internals of a blueprint. */
export interface Parts extends Registered {
  readonly name: string
  readonly settings: Readonly<BlueprintOptions>
  readonly children: readonly Child[]
  readonly prepare: (endpoint: Endpoint) => void
  readonly surround: (endpoint: Endpoint) => void
}
