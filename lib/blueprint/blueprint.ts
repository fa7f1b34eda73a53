/**
 * The walk of a request, from the first byte to the last.
 *
 *     dispatch        path known, method known?       no → next(), and in the end 404, 405 or OPTIONS
 *       1 receive     middleware, before hooks
 *                     outgoing type chosen            no → 406, before any side effect
 *                     content present? type known?    no → 415
 *                     content read and parsed         400, 413, 415
 *       2 handle      the user's function returns a value, or throws
 *       3 respond     what the mixins do to the value, after hooks
 *       4 send        the renderer of the type chosen in 1 → the wire
 *       fail          any throw, anywhere → HttpException → exception renderer → the wire
 *
 * Endpoints are collected by the verbs and compiled when the blueprint is registered, once per
 * registration: each mixin's `prepare` pushes its stages. The walk loops over them and waits only when a
 * stage returns a promise.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UnknownPolicy } from '../arguments/argument-reader.ts'
import type { EtagOptions } from '../conditional/etag.ts'
import { BadRequest } from '../exceptions/client-errors.ts'
import { searchOf } from '../http/parameters.ts'
import type { PaginationOptions } from '../pagination/page-request.ts'
import type { Validation } from '../responses/response-validator.ts'
import { prefixOf } from '../routing/path.ts'
import { isMalformed, type PolkaRequest, pathOf, queryOf } from '../routing/request-target.ts'
import type { JsonSchemaHook } from '../schema/json-schema.ts'
import { handleError } from '../walk/error-response.ts'
import { Exchange, type Next, type Step } from '../walk/exchange.ts'
import { answerUnmatched, trackRegistration } from '../walk/no-match.ts'
import type { Endpoint } from './endpoint.ts'
import { Registration } from './registration.ts'
import { type Registrations, RouteBuilder } from './routes.ts'

/** A place where middleware can be installed: any Polka app. */
export interface PolkaLike {
  // biome-ignore lint/suspicious/noExplicitAny: each version of Polka has its own types for handlers
  use(...handlers: any[]): unknown
}

/** Where errors that are our own are told. `console` is one. */
export interface Logger {
  error(...details: unknown[]): void
}

/** What a client may send at the most. */
export interface Limits {
  /** Content, encoded and decoded alike. Default 1,048,576 (1 MiB). */
  readonly maxBodyBytes?: number
  /** Of one file, where the endpoint does not say. Default 10,485,760 (10 MiB). */
  readonly maxFileBytes?: number
  /** Query parameters. Default 1,000. */
  readonly maxParameters?: number
}

export interface BlueprintOptions {
  /** Stands before all paths: `/api/v1`. Default none. */
  readonly prefix?: string
  /** For documentation. */
  readonly description?: string
  /** Whether `/x` and `/x/` are two addresses. Default false. */
  readonly strict?: boolean
  /** What a client gets whose Accept fits nothing: a 406, or the first type. Default 'strict'. */
  readonly notAcceptable?: 'strict' | 'default'
  readonly limits?: Limits
  /** How lists are paged where an endpoint asks for pages. */
  readonly pagination?: PaginationOptions
  /** Tags the answers of all endpoints; false turns off what endpoints say of tags. */
  readonly etag?: boolean | EtagOptions
  /** What is done with what handlers return, where a response is declared. Default 'strip'. */
  readonly validate?: Validation
  /** What is done with members that schemas do not know. Default: as each location does. */
  readonly unknown?: UnknownPolicy
  /** Describes schemas that cannot describe themselves. */
  readonly jsonSchema?: JsonSchemaHook
  /** Default `console`. */
  readonly logger?: Logger
  /** Default: whether NODE_ENV is not 'production'. */
  readonly development?: boolean
}

export interface RegisterOptions {
  /** Replaces the prefix given to the constructor. */
  readonly prefix?: string
  /**
   * Without a prefix: whether a path that nobody knows is a 404 of the blueprint's, unless the app has an
   * `onNoMatch` of its own. Default false.
   */
  readonly takesAll?: boolean
}

interface Child {
  readonly blueprint: Blueprint
  readonly prefix: string
}

/** A set of endpoints that is registered on a Polka app, as often as you like. */
export class Blueprint extends RouteBuilder {
  readonly name: string
  readonly settings: Readonly<BlueprintOptions>
  readonly #children: Child[] = []
  /** Where the blueprint stands by itself: what `endpoints`, `urlFor` and `handler` speak of. */
  #registration: Registration
  /** The blueprint it was put below last, and where that makes it stand. */
  #parent: Blueprint | undefined
  #nestedRegistration: Registration | undefined

  /** @throws {TypeError} for an empty name, or a prefix that does not start with '/'. */
  constructor(name: string, options: BlueprintOptions = {}) {
    super()
    if (typeof name !== 'string' || name === '') throw new TypeError('A blueprint needs a name')
    this.name = name
    this.settings = options
    this.#registration = new Registration(this, prefixOf(options.prefix))
  }

  /**
   * Puts the endpoints on an app, or below another blueprint (the prefixes join).
   *
   * @throws {TypeError} for anything an endpoint declares that cannot be.
   */
  register(app: PolkaLike | Blueprint, options: RegisterOptions = {}): this {
    const prefix = prefixOf(options.prefix ?? this.settings.prefix)
    if (app instanceof Blueprint) return this.#nest(app, prefix)
    if (typeof app?.use !== 'function') throw new TypeError('register takes a Polka app or a blueprint')
    const registration = new Registration(this, prefix, options.takesAll)
    registration.compile()
    this.#registration = registration
    trackRegistration(app, registration)
    app.use((request: IncomingMessage, response: ServerResponse, next?: Next) => {
      dispatch(registration, request, response, next)
    })
    return this
  }

  /** The endpoints as they are compiled below the prefix, those of nested blueprints included. */
  get endpoints(): readonly Endpoint[] {
    return this.#registration.compiled.endpoints
  }

  /**
   * The address of an endpoint: `urlFor('show', { id: 7 })`, of a nested blueprint `urlFor('child.show')`. Of a
   * blueprint that stands in several places it is that of the last.
   *
   * @throws {TypeError} for an unknown endpoint or a missing parameter.
   */
  urlFor(endpoint: string, params: object = {}, query: object = {}): string {
    const found = this.#effectiveRegistration.compiled.byName.get(endpoint)
    if (!found) throw new TypeError(`The blueprint '${this.name}' has no endpoint '${endpoint}'`)
    return found.path.format(params) + searchOf(query)
  }

  /** A request listener for `node:http`. Without `next` it answers everything, 404 and 405 too. */
  readonly handler = (request: IncomingMessage, response: ServerResponse, next?: Next): void => {
    dispatch(this.#registration, request, response, next)
  }

  /** Whether mistakes of the developer are told loudly. */
  protected get isDevelopment(): boolean {
    return this.settings.development ?? process.env.NODE_ENV !== 'production'
  }

  /** Compiles one endpoint: each mixin reads its options and pushes its stages, the base first. */
  protected prepare(_endpoint: Endpoint): void {}

  /** What the compiler needs to see. @internal */
  get '~parts'(): Parts {
    return {
      ...this.registered,
      children: this.#children,
      prepare: (endpoint) => this.prepare(endpoint),
    }
  }

  /** Where the blueprint stands below all that it was put below. */
  get #effectiveRegistration(): Registration {
    const prefix = this.#parentPrefix + this.#registration.prefix
    if (this.#parent && this.#nestedRegistration?.prefix !== prefix)
      this.#nestedRegistration = new Registration(this, prefix)
    return this.#nestedRegistration ?? this.#registration
  }

  get #parentPrefix(): string {
    return this.#parent ? this.#parent.#parentPrefix + this.#parent.#registration.prefix : ''
  }

  #nest(parent: Blueprint, prefix: string): this {
    if (this.#contains(parent)) throw new TypeError(`The blueprint '${this.name}' cannot stand below itself`)
    parent.#children.push({ blueprint: this, prefix })
    this.#registration = new Registration(this, prefix)
    this.#parent = parent
    this.onChange(() => parent.invalidate())
    return parent.invalidate() && this
  }

  #contains(other: Blueprint): boolean {
    return this === other || this.#children.some(({ blueprint }) => blueprint.#contains(other))
  }
}

/** A blueprint from within. */
export interface Parts extends Registrations {
  readonly children: readonly Child[]
  prepare(endpoint: Endpoint): void
}

/** Finds the endpoint of a request, or passes it by. */
function dispatch(
  registration: Registration,
  request: PolkaRequest,
  response: ServerResponse,
  next?: Next,
): void {
  const { table, head } = registration.compiled
  const path = pathOf(request)
  const match = path.startsWith(head) ? table.find(request.method ?? 'GET', path) : undefined
  if (!match) return skip(registration, path, request, response, next)
  const exchange = new Exchange(request, response, match.endpoint, next)
  request.params = match.params
  request.originalUrl ??= request.url ?? '/'
  try {
    request.query = queryOf(
      request,
      match.endpoint.blueprint.settings.limits?.maxParameters ?? MAX_PARAMETERS,
    )
    walk(exchange, 0)
  } catch (error) {
    handleError(exchange, error)
  }
}

const MAX_PARAMETERS = 1000

/** Runs the stages from one on; goes async only when a stage has to wait. */
function walk(exchange: Exchange, from: number): void {
  const { stages } = exchange.endpoint
  for (let index = from; index < stages.length; index++) {
    const pending = (stages[index] as Step)(exchange)
    if (pending) return resume(exchange, pending, index + 1)
    if (exchange.answered) return
  }
}

function resume(exchange: Exchange, pending: Promise<void>, index: number): void {
  pending.then(
    () => {
      if (exchange.answered) return
      try {
        walk(exchange, index)
      } catch (error) {
        handleError(exchange, error)
      }
    },
    (error) => handleError(exchange, error),
  )
}

/** No endpoint here. The blueprint's middleware still sees what is below its prefix; then others may try. */
function skip(
  registration: Registration,
  path: string,
  request: PolkaRequest,
  response: ServerResponse,
  next: Next | undefined,
): void {
  const onward = next ?? (() => answerUnmatched([registration], request, response))
  const mount = registration.mountAt(path)
  if (!mount) return onward()
  if (mount.middleware.length === 0 && !isMalformed(path)) return onward()
  const exchange = new Exchange(request, response, mount.fallback, onward)
  request.params ??= {}
  request.originalUrl ??= request.url ?? '/'
  try {
    if (isMalformed(path)) throw new BadRequest('Malformed percent-encoding in the path')
    request.query = queryOf(
      request,
      mount.fallback.blueprint.settings.limits?.maxParameters ?? MAX_PARAMETERS,
    )
    walk(exchange, 0)
  } catch (error) {
    handleError(exchange, error)
  }
}
