/**
 * A set of blueprints on one app: one dispatcher, one document, one page of documentation, errors alike.
 *
 *     const api = new Api(polka(), { title: 'Petstore', version: '1.0.0' })
 *     api.registerBlueprint(pets, { prefix: '/pets' })      GET /pets, /openapi.json, /docs
 */
import { Blueprint, type PolkaLike } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointInfo } from '../blueprint/endpoint-options.ts'
import type { RestBlueprint } from '../blueprint/rest-blueprint.ts'
import { searchOf } from '../http/parameters.ts'
import { documentOf, type OpenApiDocument } from '../openapi/document/document.ts'
import { prefixOf } from '../routing/path.ts'
import {
  type ApiOptions,
  documentOptionsOf,
  merged,
  type RegisterBlueprintOptions,
  settingsOf,
} from './api-options.ts'
import { serveDocs } from './docs.ts'
import { serveDocument } from './document-text.ts'
import { type Child, type Place, placesOf, probed, Root } from './root.ts'

export class Api {
  #options: Partial<ApiOptions>
  #prefix: string
  readonly #root: Root
  /** Those of the root, which it reads when it is compiled. */
  readonly #settings: Pick<ApiOptions, 'prefix' | 'strict' | 'logger'>
  readonly #said = new Map<Child, RegisterBlueprintOptions>()
  /** On an app: the routes that are taken. */
  #routes: Set<string> | undefined
  #document: OpenApiDocument | undefined

  /** @throws {TypeError} as {@link Api.init}, when there is an app already. */
  constructor(app?: PolkaLike, options: Partial<ApiOptions> = {}) {
    this.#options = options
    this.#prefix = prefixOf(options.prefix)
    this.#settings = settingsOf(options)
    this.#root = new Root(this, 'api', this.#settings)
    this.#root.onChange(() => {
      this.#document = undefined
    })
    if (app) this.init(app)
  }

  /**
   * Puts the Api on an app. Options win over those of the constructor, key by key, also within `openapi` and
   * `docs`. Blueprints may come before or after.
   *
   * Paths that nobody knows are told as problems: all of them without a prefix, unless the app has an
   * `onNoMatch` of its own; with one, those below it.
   *
   * @throws {TypeError} without a title or a version, when another Api of the app has the same prefix, and for
   * whatever a blueprint says that cannot be: a schema that cannot be described among it.
   */
  init(app: PolkaLike, options: Partial<ApiOptions> = {}): this {
    if (this.#routes) throw new TypeError('This Api is on an app already')
    this.#options = merged(this.#options, options)
    const { title, version, openapi = {}, docs = {}, prefix } = this.#options
    if (!title || !version) throw new TypeError(`An Api needs a ${title ? 'version' : 'title'}`)
    this.#prefix = prefixOf(prefix)
    Object.assign(this.#settings, settingsOf(this.#options))
    if (openapi) {
      const { middleware: guard = [] } = docs || {}
      const path = serveDocument(this.#root, () => this.document(), openapi, guard)
      if (docs) serveDocs(this.#root, () => this.document(), title, docs, path)
    }
    claim(app, this.#prefix)
    this.#root.register(app, { prefix: this.#prefix, takesAll: true })
    this.#routes = new Set(this.#root['~compiled'].endpoints.map((endpoint) => this.#routeOf(endpoint)))
    if (openapi) this.document()
    return this
  }

  /**
   * Adds a blueprint; the same one may stand in several places under names of its own.
   *
   * @throws {TypeError} for a name that is taken; on an app also for whatever the blueprint says that cannot be.
   */
  registerBlueprint(blueprint: Blueprint, options: RegisterBlueprintOptions = {}): this {
    if (!(blueprint instanceof Blueprint)) throw new TypeError('registerBlueprint takes a blueprint')
    const { name = blueprint.name, parameters } = options
    const child: Child = { blueprint, prefix: prefixOf(options.prefix ?? blueprint.settings.prefix) }
    const { children } = this.#root['~parts']
    const isTaken = children.some((one) => (this.#said.get(one)?.name ?? one.blueprint.name) === name)
    if (isTaken) throw new TypeError(`A blueprint named '${name}' is registered already`)
    const said = { name, ...(parameters === undefined ? {} : { parameters }) }
    if (this.#routes) this.#check(child, said, this.#routes)
    blueprint.register(this.#root, child)
    this.#said.set(this.#root['~parts'].children.at(-1) as Child, said)
    return this
  }

  /** The endpoints of all blueprints, compiled. */
  get endpoints(): readonly EndpointInfo[] {
    return this.#places.flatMap(({ endpoints }) => endpoints)
  }

  /**
   * The address of an endpoint, by the name of its blueprint here: `urlFor('pets.show', { id: 7 })`.
   *
   * @throws {TypeError} for an endpoint that is not there, or a missing parameter.
   */
  urlFor(endpoint: string, params: object = {}, query: object = {}): string {
    const found = this.#places.flatMap((place) => place.byName.get(endpoint) ?? [])[0]
    if (!found) throw new TypeError(`The Api has no endpoint '${endpoint}'`)
    return found.route.format(params) + searchOf(query)
  }

  /**
   * The OpenAPI document, as it is now: made anew only when something has changed.
   *
   * @throws {TypeError} naming the endpoint, for a schema that cannot be described, and two of one name.
   */
  document(): OpenApiDocument {
    this.#document ??= documentOf(this.#places, documentOptionsOf(this.#options))
    return this.#document
  }

  /** What all blueprints stand below: its hooks, middleware, converters and error handlers are the Api's. */
  get root(): RestBlueprint {
    return this.#root
  }

  get #places(): Place[] {
    return placesOf(this.#root, this.#root['~compiled'].endpoints, this.#said)
  }

  /** What is wrong with a blueprint is told before it is put on a server that runs. */
  #check(child: Child, said: RegisterBlueprintOptions, taken: Set<string>): void {
    const { endpoints } = probed(this.#root, child, this.#prefix)
    for (const endpoint of endpoints) {
      if (taken.has(this.#routeOf(endpoint)))
        throw new TypeError(`${endpoint.method} ${endpoint.path} cannot be routed: it is there already`)
    }
    if (this.#options.openapi !== false)
      documentOf([{ blueprint: child.blueprint, endpoints, ...said }], documentOptionsOf(this.#options))
    for (const endpoint of endpoints) taken.add(this.#routeOf(endpoint))
  }

  /** The same for endpoints that meet the same requests, whatever their parameters are called. */
  #routeOf({ method, route }: Endpoint): string {
    const pattern = route.pattern.replace(/(?<!:):\w+/g, ':')
    return `${method} ${this.#settings.strict ? pattern : pattern.replace(/\/$/, '')}`
  }
}

const prefixes = new WeakMap<object, Set<string>>()

/** @throws {TypeError} for a prefix that another Api of the app has. */
function claim(app: PolkaLike, prefix: string): void {
  const taken = prefixes.get(app) ?? new Set()
  if (taken.has(prefix)) throw new TypeError(`There is an Api at '${prefix || '/'}' of this app already`)
  prefixes.set(app, taken.add(prefix))
}
