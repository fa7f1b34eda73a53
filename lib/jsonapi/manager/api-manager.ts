/**
 * A JSON:API over the tables of a database: one blueprint per model.
 *
 *     const models = await introspect(db)
 *     const manager = new ApiManager(app, { db })
 *     manager.createApi(models.person, { methods: ['GET', 'POST'] })      GET /api/person, POST /api/person …
 */
import { randomBytes } from 'node:crypto'
import type { Api } from '../../api/api.ts'
import type { Blueprint, PolkaLike } from '../../blueprint/blueprint.ts'
import type { RestBlueprint } from '../../blueprint/rest-blueprint.ts'
import { prefixOf } from '../../routing/path.ts'
import { checkAssociations } from '../model/association.ts'
import { type Dialect, dialectOf } from '../model/dialect.ts'
import { IDEMPOTENCY_TABLE } from '../model/internal-table.ts'
import type { Model } from '../model/model.ts'
import type { Resource } from '../resource/resource.ts'
import type { ModelBlueprint } from './endpoint-types.ts'
import { blueprintOf } from './endpoints.ts'
import type { Manager } from './manager.ts'
import { managerBlueprint } from './manager-endpoints.ts'
import { type CreateApiOptions, checkManagerOptions, type ManagerOptions } from './manager-options.ts'
import { rememberManager } from './model-lookup.ts'
import { ServedApi } from './served-api.ts'

/** An Api, or a Polka app. */
type ApiHost = Api | PolkaLike

interface Registered {
  readonly blueprint: Blueprint
  readonly prefix: string
}

export class ApiManager implements Manager {
  readonly options: ManagerOptions
  readonly dialect: Dialect
  /** Signs the cursors of pages. */
  readonly secret: string
  /** Before the paths of APIs without their own. */
  readonly prefix: string
  readonly #apis: ServedApi[] = []
  readonly #blueprints: Registered[] = []
  readonly #hosts: ApiHost[] = []
  /** Of the last API of each model: it decides about type, id and serializer of the model. */
  readonly #ofModel = new Map<string, ServedApi>()
  #hasPlainValues: boolean | undefined

  /**
   * @param app Where the endpoints are registered; without it they wait for {@link ApiManager.initApp}.
   * @throws {TypeError} for an invalid option, and for a `db` that is no Kysely instance.
   */
  constructor(app: ApiHost | undefined, options: ManagerOptions) {
    checkManagerOptions(options)
    this.options = options
    this.dialect = dialectOf(options.db)
    this.secret = options.secret ?? randomBytes(32).toString('base64url')
    this.prefix = prefixOf(options.prefix ?? '/api')
    this.#blueprints.push({ blueprint: managerBlueprint(this), prefix: this.prefix })
    rememberManager(this)
    if (app) this.initApp(app)
  }

  /** Registers the endpoints of all APIs on an app, those created later included. May be called for several apps. */
  initApp(app: ApiHost): this {
    this.#hosts.push(app)
    for (const registered of this.#blueprints) register(app, registered)
    return this
  }

  /**
   * Serves a model: creates the blueprint of its endpoints and registers it on the apps of the manager.
   *
   * @throws {TypeError} for an invalid option, for a path that is taken, for the table of idempotency keys, and for a relation
   *   or a proxy through the rows of a model that has a base query or a discriminator: it would show what these hide.
   */
  createApi<T, N extends string, const O extends CreateApiOptions>(
    model: Model<T, N>,
    options?: O,
  ): ModelBlueprint<T, N, O>
  createApi(model: Model, options: CreateApiOptions = {}): RestBlueprint {
    const name = `${options.collectionName ?? model.type}`
    const blueprint = this.createApiBlueprint(this.#freeName(name), model, options)
    const registered = { blueprint, prefix: prefixOf(options.prefix ?? this.prefix) }
    this.#blueprints.push(registered)
    for (const host of this.#hosts) register(host, registered)
    return blueprint
  }

  /**
   * Creates the blueprint of a model without registering it, for hooks and for `register` by hand.
   *
   * @throws {TypeError} as {@link ApiManager.createApi}.
   */
  createApiBlueprint<T, N extends string, const O extends CreateApiOptions>(
    name: string,
    model: Model<T, N>,
    options?: O,
  ): ModelBlueprint<T, N, O>
  createApiBlueprint(name: string, model: Model, options: CreateApiOptions = {}): RestBlueprint {
    checkTable(model, this.options)
    const api = new ServedApi(model, options, this.options, this.dialect, this)
    checkAssociations([...this.#apis.map((one) => one.model), model])
    this.#apis.push(api)
    this.#ofModel.set(model.name, api)
    for (const { resource } of this.#apis) resource.reset()
    this.#hasPlainValues = undefined
    return blueprintOf(name, api, this)
  }

  /** The APIs in the order of their creation. @internal */
  get '~apis'(): readonly ServedApi[] {
    return this.#apis
  }

  /** The API that decides about a model. @internal */
  apiOf(model: string): ServedApi | undefined {
    return this.#ofModel.get(model)
  }

  /** Whether all values of documents are made by codecs, so that JSON has all of their types. */
  get hasPlainValues(): boolean {
    this.#hasPlainValues ??= this.#apis.every((api) => api.hasPlainValues)
    return this.#hasPlainValues
  }

  get hasPermissions(): boolean {
    return this.#apis.some(({ options }) => options.can)
  }

  ofModel(name: string): Resource | undefined {
    return this.#ofModel.get(name)?.resource
  }

  subtypesOf(model: string): readonly Resource[] {
    return [...this.#ofModel.values()]
      .map(({ resource }) => resource)
      .filter((resource) => resource.model.discriminator?.base === model)
  }

  #freeName(name: string): string {
    return freeName(name, new Set(this.#blueprints.map(({ blueprint }) => blueprint.name)))
  }
}

/** The name, with a number where it is taken. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let count = 2; taken.has(free); count++) free = `${name}-${count}`
  return free
}

/** @throws {TypeError} for the table of idempotency keys: any client could read and change the responses of all. */
function checkTable({ table }: Model, { idempotency }: ManagerOptions): void {
  const { table: own = IDEMPOTENCY_TABLE } = typeof idempotency === 'object' ? idempotency : {}
  if (table === own)
    throw new TypeError(`The table '${table}' has the responses of all clients: it is no model`)
}

/** The names of blueprints that managers have registered on an Api: each Api has several managers, at different prefixes. */
const NAMES = new WeakMap<ApiHost, Set<string>>()

function register(host: ApiHost, { blueprint, prefix }: Registered): void {
  if (!('registerBlueprint' in host)) {
    blueprint.register(host, { prefix })
    return
  }
  const names = NAMES.get(host) ?? new Set()
  NAMES.set(host, names)
  const name = freeName(blueprint.name, names)
  host.registerBlueprint(blueprint, { prefix, name })
  names.add(name)
}
