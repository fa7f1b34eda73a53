/**
 * A set of blueprints on one app, with one router, one OpenAPI document and one documentation page.
 *
 *     const api = new Api(polka(), { title: 'Petstore', version: '1.0.0' })
 *     api.registerBlueprint(pets, { prefix: '/pets' })      GET /pets, /openapi.json, /docs
 */

import { isPolkaApp } from '../app/polka-app.ts'
import { Blueprint, type PolkaLike } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointInfo } from '../blueprint/endpoint-options.ts'
import type { RestBlueprint } from '../blueprint/rest-blueprint.ts'
import type { Below } from '../client/endpoint-types.ts'
import { formatQuery } from '../http/parameters.ts'
import { checkDocument, documentOf, type OpenApiDocument } from '../openapi/document/document.ts'
import { prefixOf } from '../routing/path.ts'
import { RouteTable } from '../routing/route-table.ts'
import { serveHealth } from '../server/health.ts'
import { checkTimeout } from '../walk/deadline.ts'
import {
  type ApiOptions,
  checkApiOptions,
  checkRegisterOptions,
  documentOptionsOf,
  mergeOptions,
  type RegisterBlueprintOptions,
  type RootOptions,
  rootOptions,
} from './api-options.ts'
import { serveDocs } from './docs.ts'
import { serveDocument } from './document-text.ts'
import { type ApiBlueprint, apiBlueprints, type Child, Root } from './root.ts'

export class Api {
  #options: Partial<ApiOptions>
  readonly #root: Root
  /** Options of the root, shared with it: `init` changes them before the root is compiled. */
  readonly #rootOptions: RootOptions
  readonly #registered = new Map<Child, RegisterBlueprintOptions>()
  #isOnApp = false
  /** The routes of all blueprints, to which another one is compared; undefined after a change. */
  #routes: RouteTable<Endpoint> | undefined
  #document: OpenApiDocument | undefined

  /** Without an app: {@link Api.init} gets it, and the options that are missing. */
  constructor(app?: undefined, options?: Partial<ApiOptions>)
  /** @throws {TypeError} as {@link Api.init}. */
  constructor(app: PolkaLike, options: ApiOptions)
  constructor(app?: PolkaLike, options: Partial<ApiOptions> = {}) {
    checkApiOptions(options)
    this.#options = options
    this.#rootOptions = rootOptions(options)
    this.#root = new Root(this, 'api', this.#rootOptions)
    this.#root.prefix = prefixOf(options.prefix)
    this.#root.onChange(() => {
      this.#document = undefined
      this.#routes = undefined
    })
    if (app) this.init(app)
  }

  /**
   * Registers the Api on an app. Options override those of the constructor, key by key, also within `openapi` and
   * `docs`. Blueprints may be registered before or after.
   *
   * The Api answers unknown paths with 404 problem details: below its prefix if it has one, else all of them,
   * unless the app has an `onNoMatch` of its own.
   *
   * @throws {TypeError} without a title or a version, for a prefix that another Api of the app has, and for an
   * invalid blueprint, for instance one with a schema that has no JSON Schema.
   */
  init(app: PolkaLike, options: Partial<ApiOptions> = {}): this {
    if (this.#isOnApp) throw new TypeError('This Api is already registered on an app')
    if (typeof app?.use !== 'function')
      throw new TypeError(
        'The first argument of an Api is the app, or undefined: new Api(polka(), { title, version })',
      )
    if (!isPolkaApp(app))
      throw new TypeError(
        'An Api takes a Polka app, such as polka({ onNoMatch: otherApp }); mount a blueprint in another framework: app.use(blueprint.handler)',
      )
    checkApiOptions(options)
    this.#options = mergeOptions(this.#options, options)
    const {
      title,
      version,
      openapi = {},
      docs = {},
      health = false,
      logger,
      prefix,
      timeoutSeconds = false,
    } = this.#options
    checkTimeout('the Api', timeoutSeconds)
    if (!title || !version) throw new TypeError(`An Api needs a ${title ? 'version' : 'title'}`)
    this.#root.prefix = prefixOf(prefix)
    Object.assign(this.#rootOptions, rootOptions(this.#options))
    if (openapi) {
      const { middleware: guard = [] } = docs || {}
      const path = serveDocument(this.#root, () => this.document(), openapi, guard)
      if (docs) serveDocs(this.#root, () => this.document(), title, docs, path)
    }
    if (health !== false) serveHealth(this.#root, health, logger ?? console)
    reservePrefix(app, this.#root.prefix)
    this.#root.register(app, { prefix: this.#root.prefix, takesAll: true })
    this.#isOnApp = true
    if (openapi) this.document()
    return this
  }

  /**
   * Adds a blueprint. The same blueprint may be added several times under different names. The type of the result has
   * its endpoints below `options.prefix`, for typed clients.
   *
   * @throws {TypeError} for a name that is already used; on an app also for an invalid blueprint.
   */
  registerBlueprint<B extends Blueprint, const P extends string = '', T = this>(
    this: T,
    blueprint: B,
    options?: RegisterBlueprintOptions & { readonly prefix?: P },
  ): T & Below<P, B>
  registerBlueprint(blueprint: Blueprint, options: RegisterBlueprintOptions = {}): this {
    if (!(blueprint instanceof Blueprint)) throw new TypeError('registerBlueprint needs a blueprint')
    checkRegisterOptions(blueprint.name, options)
    const { name = blueprint.name, parameters } = options
    const child: Child = { blueprint, prefix: prefixOf(options.prefix ?? blueprint.settings.prefix), name }
    const { children } = this.#root['~parts']
    const isUsed = children.some((one) => (this.#registered.get(one)?.name ?? one.blueprint.name) === name)
    if (isUsed) throw new TypeError(`A blueprint named '${name}' is already registered`)
    const registered = { name, ...(parameters === undefined ? {} : { parameters }) }
    const routes = this.#isOnApp ? this.#routesWith(child, registered) : undefined
    blueprint.register(this.#root, { prefix: child.prefix })
    this.#registered.set(Object.assign(this.#root['~parts'].children.at(-1) as Child, { name }), registered)
    this.#routes = routes
    return this
  }

  /** The compiled endpoints of all blueprints. */
  get endpoints(): readonly EndpointInfo[] {
    return this.#blueprints.flatMap(({ endpoints }) => endpoints)
  }

  /**
   * The URL of an endpoint, by its blueprint's name in this Api: `urlFor('pets.show', { id: 7 })`.
   *
   * @throws {TypeError} for an unknown endpoint or a missing parameter.
   */
  urlFor(endpoint: string, params: object = {}, query: object = {}): string {
    const found = this.#root['~registration'].compiled.byName.get(endpoint)
    if (!found) throw new TypeError(`The Api has no endpoint '${endpoint}'`)
    return found.route.format(params) + formatQuery(query)
  }

  /**
   * The current OpenAPI document; cached until a blueprint changes.
   *
   * @throws {TypeError} naming the endpoint, for a schema without a JSON Schema, and for two schemas of one name.
   */
  document(): OpenApiDocument {
    this.#document ??= documentOf(this.#blueprints, documentOptionsOf(this.#options))
    return this.#document
  }

  /** The parent of all blueprints: its hooks, middleware, converters and error handlers apply to the whole Api. */
  get root(): RestBlueprint {
    return this.#root
  }

  /** The request listener of the Api alone: one on no app is initialised, as its document and pages exist from then on. @internal */
  get '~listener'(): RestBlueprint['handler'] {
    if (!this.#isOnApp) this.init({ use() {} })
    return this.#root.handler
  }

  get #blueprints(): ApiBlueprint[] {
    return apiBlueprints(this.#root, this.#root['~registration'].compiled, this.#registered)
  }

  /** The routes with those of a blueprint that is to be added. @throws {TypeError} for an invalid blueprint. */
  #routesWith(child: Child, registered: Omit<RegisterBlueprintOptions, 'prefix'>): RouteTable<Endpoint> {
    const routes =
      this.#routes ??
      new RouteTable(this.#root['~registration'].compiled.endpoints, this.#rootOptions.strict ?? false)
    const { endpoints } = this.#root.compileChild(child)
    for (const endpoint of endpoints) routes.check(endpoint)
    if (this.#options.openapi !== false)
      checkDocument(
        [{ ...registered, blueprint: child.blueprint, endpoints }],
        documentOptionsOf(this.#options),
      )
    for (const endpoint of endpoints) routes.add(endpoint)
    return routes
  }
}

const prefixes = new WeakMap<object, Set<string>>()

/** @throws {TypeError} for a prefix that another Api of the app has. */
function reservePrefix(app: PolkaLike, prefix: string): void {
  const reserved = prefixes.get(app) ?? new Set()
  if (reserved.has(prefix))
    throw new TypeError(`This app already has an Api with the prefix '${prefix || '/'}'`)
  prefixes.set(app, reserved.add(prefix))
}
