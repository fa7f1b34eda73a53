/**
 * Collects the endpoints of a blueprint, one by one.
 *
 *     api.get('/temperatures', query).post('/temperatures', { body: Reading }, upload)
 */
import type { WithEndpoint } from '../client/endpoint-types.ts'
import { checkFunction, checkObject } from '../registry/options.ts'
import type { Handler } from '../walk/handler.ts'
import type { EndpointOptions, Exact } from './endpoint-options.ts'
import { HookBuilder } from './hooks.ts'

/**
 * The receiver of a call, to infer the options that its mixins allow: reading `this['~options']`, or a return type
 * `this & …`, makes the compiler instantiate all endpoints declared before, in each call of a chain.
 */
export interface HasOptions<A> {
  readonly '~options': A
}

/** The receiver of a call, to infer what its security schemes add to the options. */
interface HasBase<B> {
  readonly '~base': B
}

/** Unknown for any: the compiler compares overloads with any for type parameters. */
type Base<B> = unknown extends B ? unknown : NoInfer<B>

export abstract class VerbBuilder extends HookBuilder {
  /** Options of the endpoints of this blueprint; type-only. */
  declare readonly '~options': EndpointOptions

  /** Handles GET, and HEAD without content. @throws {TypeError} for an invalid path, name or option. */
  get<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'GET', P, unknown, R>
  get<P extends string, const O extends A, H extends Handler<P, O & B>, B, T = this, A = this['~options']>(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'GET', P, O, ReturnType<H>>
  get(path: string, ...rest: Rest): this {
    return this.#verb('GET', path, rest)
  }

  /** Handles POST. @throws {TypeError} as get. */
  post<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'POST', P, unknown, R>
  post<P extends string, const O extends A, H extends Handler<P, O & B>, B, T = this, A = this['~options']>(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'POST', P, O, ReturnType<H>>
  post(path: string, ...rest: Rest): this {
    return this.#verb('POST', path, rest)
  }

  /** Handles PUT. @throws {TypeError} as get. */
  put<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'PUT', P, unknown, R>
  put<P extends string, const O extends A, H extends Handler<P, O & B>, B, T = this, A = this['~options']>(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'PUT', P, O, ReturnType<H>>
  put(path: string, ...rest: Rest): this {
    return this.#verb('PUT', path, rest)
  }

  /** Handles PATCH. @throws {TypeError} as get. */
  patch<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'PATCH', P, unknown, R>
  patch<P extends string, const O extends A, H extends Handler<P, O & B>, B, T = this, A = this['~options']>(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'PATCH', P, O, ReturnType<H>>
  patch(path: string, ...rest: Rest): this {
    return this.#verb('PATCH', path, rest)
  }

  /** Handles DELETE. @throws {TypeError} as get. */
  delete<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'DELETE', P, unknown, R>
  delete<P extends string, const O extends A, H extends Handler<P, O & B>, B, T = this, A = this['~options']>(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'DELETE', P, O, ReturnType<H>>
  delete(path: string, ...rest: Rest): this {
    return this.#verb('DELETE', path, rest)
  }

  /** Handles HEAD separately from GET. @throws {TypeError} as get. */
  head<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'HEAD', P, unknown, R>
  head<P extends string, const O extends A, H extends Handler<P, O & B>, B, T = this, A = this['~options']>(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'HEAD', P, O, ReturnType<H>>
  head(path: string, ...rest: Rest): this {
    return this.#verb('HEAD', path, rest)
  }

  /** Handles OPTIONS, in place of the 204 with Allow. @throws {TypeError} as get. */
  options<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'OPTIONS', P, unknown, R>
  options<
    P extends string,
    const O extends A,
    H extends Handler<P, O & B>,
    B,
    T = this,
    A = this['~options'],
  >(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'OPTIONS', P, O, ReturnType<H>>
  options(path: string, ...rest: Rest): this {
    return this.#verb('OPTIONS', path, rest)
  }

  /** Handles QUERY: safe like GET, with content like POST (RFC 10008). @throws {TypeError} as get. */
  query<P extends string, R, B, T = this>(
    this: T | HasBase<B>,
    path: P,
    handler: Handler<P, Base<B>, R>,
  ): T & WithEndpoint<'QUERY', P, unknown, R>
  query<P extends string, const O extends A, H extends Handler<P, O & B>, B, T = this, A = this['~options']>(
    this: T | (HasOptions<A> & HasBase<B>),
    path: P,
    options: Exact<O, NoInfer<A>>,
    handler: H,
  ): T & WithEndpoint<'QUERY', P, O, ReturnType<H>>
  query(path: string, ...rest: Rest): this {
    return this.#verb('QUERY', path, rest)
  }

  protected abstract declare(
    method: string,
    template: string,
    options: EndpointOptions,
    handler: Handler,
    name: string,
  ): void

  #verb(method: string, path: string, rest: Rest): this {
    const [options, handler] = rest.length === 2 ? rest : [{}, rest[0]]
    checkObject(`${method} ${path}`, options)
    checkFunction(`The handler of ${method} ${path}`, handler)
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
