/** Collects the middleware, hooks, error handlers and converters of a blueprint. */
import { inspect } from 'node:util'
import type { SecuritySchemes, WithSecurity } from '../authentication/security-scheme.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { Observable } from '../registry/observable.ts'
import { checkFunction } from '../registry/options.ts'
import { type Converter, checkConverter } from '../routing/converter.ts'
import type {
  AfterHook,
  BeforeHook,
  ErrorClass,
  ErrorHandler,
  HookRequest,
  Middleware,
} from '../walk/hook.ts'
import type { RouteDefinition } from './endpoint.ts'

/** Everything that was registered on a blueprint. */
export interface Registered {
  /** By the name of the endpoint, in the order of their declaration. */
  readonly routes: Map<string, RouteDefinition>
  readonly middleware: Middleware[]
  readonly beforeHooks: BeforeHook[]
  readonly afterHooks: AfterHook[]
  readonly errorHandlers: ErrorHandler[]
  readonly converters: Record<string, Converter>
  readonly schemes: Record<string, SecuritySchemes[string]>
}

export abstract class HookBuilder extends Observable {
  protected readonly registered: Registered = {
    routes: new Map(),
    middleware: [],
    beforeHooks: [],
    afterHooks: [],
    errorHandlers: [],
    converters: {},
    schemes: {},
  }

  /** Joins the options of each endpoint in the types of handlers; type-only. */
  declare readonly '~base': unknown

  /** Polka middleware for this blueprint alone: it runs for matched endpoints, and for unknown paths below the prefix. */
  use(...middleware: Middleware[]): this {
    for (const one of middleware) checkFunction('A middleware', one)
    this.registered.middleware.push(...middleware)
    return this.invalidate()
  }

  /** Runs before matched endpoints, before negotiation. @throws {TypeError} at registration, for a hook with three parameters. */
  before(hook: BeforeHook): this {
    checkFunction('A hook of before', hook)
    this.registered.beforeHooks.push(hook)
    return this.invalidate()
  }

  /** Runs once before the answer to a request is sent, also of errors and unknown paths; `result` is the data or the error. */
  after(hook: AfterHook): this {
    checkFunction('A hook of after', hook)
    this.registered.afterHooks.push(hook)
    return this.invalidate()
  }

  /**
   * Handles errors of a status or a class: the value it returns is serialized with the error's status; for
   * undefined the exception renderer is used. `HttpException` catches all.
   *
   * @throws {TypeError} for a status that is not from 400 to 599.
   */
  errorHandler(status: number, answer: (error: HttpException, request: HookRequest) => unknown): this
  errorHandler<E>(errorClass: ErrorClass<E>, answer: (error: E, request: HookRequest) => unknown): this
  errorHandler(of: number | ErrorClass, answer: ErrorHandler['answer']): this {
    const fits = typeof of === 'function' || (Number.isInteger(of) && of >= 400 && of <= 599)
    if (!fits)
      throw new TypeError(`An error handler is for a status from 400 to 599 or a class, not ${inspect(of)}`)
    checkFunction('An error handler', answer)
    this.registered.errorHandlers.push({ of, answer })
    return this.invalidate()
  }

  /** Security schemes by name, for the option `security` of this blueprint and of those nested in it. */
  security<const S extends SecuritySchemes>(schemes: S): this & WithSecurity<S> {
    Object.assign(this.registered.schemes, schemes)
    return this.invalidate() as this & WithSecurity<S>
  }

  /** Adds a converter for the paths declared after it: `/users/<user:owner>`. @throws {TypeError} for a bad name, or without `parse`. */
  converter<T>(name: string, converter: Converter<T>): this {
    if (!/^[A-Za-z_]\w*$/.test(name) || name === 'any' || name === 'path') {
      throw new TypeError(
        `A converter cannot be named ${JSON.stringify(name)}: use letters, digits and _, not any or path`,
      )
    }
    checkConverter(name, converter as Converter)
    this.registered.converters[name] = converter as Converter
    return this.invalidate()
  }

  /** Invalidates the blueprint whenever a part of it changes. */
  protected track<W extends Observable>(part: W): W {
    part.onChange(() => this.invalidate())
    this.invalidate()
    return part
  }

  /** Marks the blueprint as changed: it is compiled again before the next request. */
  protected invalidate(): this {
    this.changed()
    return this
  }
}
