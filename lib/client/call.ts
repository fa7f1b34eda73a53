/** Types of a call's options, derived from the endpoint's options. */
import type { EndpointsOf, EndpointType } from '../blueprint/endpoint-types.ts'
import type { FailuresOf, IsList, ItemsOf, Outcome, Result } from './outcome.ts'
import type { OfferedMediaType, Requirements } from './requirements.ts'

type ChainMessage =
  'The type has no endpoints: declare them in a chain, const api = new RestBlueprint(…).get(…).post(…)'

/** Paths of a method; any string for `unknown`, a client without a type. */
export type PathOf<A, M extends string> = unknown extends A
  ? string
  : [EndpointsOf<A>] extends [never]
    ? ChainMessage
    : {
        [K in keyof EndpointsOf<A>]: K extends `${M extends 'HEAD' ? 'HEAD' | 'GET' : M} ${infer P}`
          ? P
          : never
      }[keyof EndpointsOf<A>]

/** Type of an endpoint: its options and the return type of its handler. */
export type ClientEndpoint<A, M extends string, P extends string> = unknown extends A
  ? EndpointType
  : `${M} ${P}` extends keyof EndpointsOf<A>
    ? EndpointsOf<A>[`${M} ${P}`]
    : M extends 'HEAD'
      ? ClientEndpoint<A, 'GET', P>
      : never

type OptionsOf<E> = E extends EndpointType<infer O, unknown> ? O : never
type ReturnsOf<E> = E extends EndpointType<unknown, infer R> ? R : never

/** Ways to read content that override its media type. `events`: with names and ids. */
export type ResponseKind = 'text' | 'blob' | 'bytes' | 'stream' | 'events'

/** Options of every call. */
export interface CallOptions {
  /** Header fields besides those of the client. */
  readonly headers?: { readonly [name: string]: unknown } | undefined
  readonly signal?: AbortSignal | undefined
}

/** Further options of calls that make one request. */
export interface Conditions<T, As, Throws, N> {
  /** Requested media type. Default `application/json`. */
  readonly accept?: T
  /** Overrides how the content is read. Default: by its media type. */
  readonly as?: As
  /** False: failures are returned, not thrown. Network errors are always thrown. Default true. */
  readonly throws?: Throws
  /** If-Match: an ETag, a result with one, or `*` for any representation. */
  readonly ifMatch?: string | Pick<Result, 'etag'> | undefined
  /** If-None-Match: an ETag, or a result, whose data is returned again on a 304. */
  readonly ifNoneMatch?: N
}

/** The second argument of a call is missing, with these members. */
interface MissingArgument<Names> {
  readonly '~missing': Names
}

/** The result of the endpoint is not a list: use `get`. */
interface NotAList {
  readonly '~list': never
}

/** Unknown for a call that needs no options; else a type that names the missing ones. */
type NoneRequired<R> = Record<never, never> extends R ? unknown : MissingArgument<RequiredOf<R>>

type RequiredOf<R> = { [K in keyof R]-?: Record<never, never> extends Pick<R, K> ? never : K }[keyof R]

type Needs<A, M extends string, P extends string> = Requirements<M, P, OptionsOf<ClientEndpoint<A, M, P>>>

type ListOnly<E> = IsList<OptionsOf<E>, ReturnsOf<E>> extends true ? unknown : NotAList

type JsonOf<E> = 'application/json' & OfferedMediaType<OptionsOf<E>>

/** Result of a call to an endpoint. */
type ResultOf<M, E, T, As, Throws, N> = M extends 'HEAD'
  ? Outcome<object, undefined, T, As, Throws, N>
  : Outcome<OptionsOf<E>, ReturnsOf<E>, T, As, Throws, N>

/** Call of an endpoint, for one method. Two signatures, so that a missing argument is named by the error. */
export interface Call<A, M extends string> {
  <const P extends PathOf<A, M>>(
    path: P & NoneRequired<Needs<A, M, P>>,
  ): Promise<
    ResultOf<M, ClientEndpoint<A, M, P>, JsonOf<ClientEndpoint<A, M, P>>, undefined, true, undefined>
  >
  <
    const P extends PathOf<A, M>,
    T extends OfferedMediaType<OptionsOf<ClientEndpoint<A, M, P>>> = JsonOf<ClientEndpoint<A, M, P>>,
    As extends ResponseKind | undefined = undefined,
    Throws extends boolean = true,
    N extends string | Pick<Result, 'etag'> | undefined = undefined,
  >(
    path: P,
    options: (Needs<A, M, P> & CallOptions & Conditions<T, As, Throws, N>) | OptionalUnless<Needs<A, M, P>>,
  ): Promise<ResultOf<M, ClientEndpoint<A, M, P>, T, As, Throws, N>>
}

/** The error of a failed call to an endpoint: its status selects one of the declared problems. */
export type ErrorOf<A, M extends string, P extends string> = FailuresOf<
  OptionsOf<ClientEndpoint<A, M, P>>
>['error']

type OptionalUnless<R> = Record<never, never> extends R ? undefined : never

/** Iteration over the items of a list, page after page. */
export interface EachCall<A> {
  <const P extends PathOf<A, 'GET'>>(
    path: P & NoneRequired<Needs<A, 'GET', P>> & ListOnly<ClientEndpoint<A, 'GET', P>>,
  ): ItemGenerator<ClientEndpoint<A, 'GET', P>>
  <const P extends PathOf<A, 'GET'>>(
    path: P & ListOnly<ClientEndpoint<A, 'GET', P>>,
    options: (Needs<A, 'GET', P> & CallOptions) | OptionalUnless<Needs<A, 'GET', P>>,
  ): ItemGenerator<ClientEndpoint<A, 'GET', P>>
}

type ItemGenerator<E> = AsyncGenerator<ItemsOf<OptionsOf<E>, ReturnsOf<E>>, undefined, undefined>

/** Iteration over the pages of a list. */
export interface PagesCall<A> {
  <const P extends PathOf<A, 'GET'>>(
    path: P & NoneRequired<Needs<A, 'GET', P>>,
  ): PageGenerator<ClientEndpoint<A, 'GET', P>, JsonOf<ClientEndpoint<A, 'GET', P>>, undefined>
  <
    const P extends PathOf<A, 'GET'>,
    T extends OfferedMediaType<OptionsOf<ClientEndpoint<A, 'GET', P>>> = JsonOf<ClientEndpoint<A, 'GET', P>>,
    As extends ResponseKind | undefined = undefined,
  >(
    path: P,
    options:
      | (Needs<A, 'GET', P> & CallOptions & Pick<Conditions<T, As, true, undefined>, 'accept' | 'as'>)
      | OptionalUnless<Needs<A, 'GET', P>>,
  ): PageGenerator<ClientEndpoint<A, 'GET', P>, T, As>
}

type PageGenerator<E, T, As> = AsyncGenerator<
  Outcome<OptionsOf<E>, ReturnsOf<E>, T, As, true, undefined>,
  undefined,
  undefined
>
