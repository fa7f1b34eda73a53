/** Types of a call's options, derived from the endpoint's options. */
import type { EndpointsOf, EndpointType } from './endpoint-types.ts'
import type { FailuresOf, IsList, ItemsOf, Outcome, Result } from './outcome.ts'
import type { OfferedMediaType, Requirements } from './requirements.ts'

type ChainMessage =
  'The type has no endpoints: declare them in a chain, const api = new RestBlueprint(…).get(…).post(…)'

/** Paths of a method; any string for `unknown`, a client without a type. */
export type PathOf<A, M extends string> = PathIn<EndpointsIn<A>, M>

/** Type of an endpoint: its options and the return type of its handler. */
export type ClientEndpoint<A, M extends string, P extends string> = EndpointAt<EndpointsIn<A>, M, P>

/** The endpoints in a type; unknown for a client without a type. */
export type EndpointsIn<A> = unknown extends A ? unknown : EndpointsOf<A>

type PathIn<E, M extends string> = unknown extends E
  ? string
  : [E] extends [never]
    ? ChainMessage
    : { [K in keyof E]: K extends `${M extends 'HEAD' ? 'HEAD' | 'GET' : M} ${infer P}` ? P : never }[keyof E]

type EndpointAt<E, M extends string, P extends string> = `${M} ${P}` extends keyof E
  ? E[`${M} ${P}`]
  : M extends 'HEAD'
    ? EndpointAt<E, 'GET', P>
    : unknown extends E
      ? EndpointType
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

type Needs<M, P extends string, E> = Requirements<M, P, OptionsOf<E>>

type ListOnly<E> = IsList<OptionsOf<E>, ReturnsOf<E>> extends true ? unknown : NotAList

/** JSON, where the endpoint offers it; else the types it offers, so that the error of a call names the missing `accept`. */
type JsonOf<E> =
  'application/json' extends OfferedMediaType<OptionsOf<E>>
    ? 'application/json'
    : OfferedMediaType<OptionsOf<E>>

/** Result of a call to an endpoint. */
type ResultOf<M, E, T, As, Throws, N> = M extends 'HEAD'
  ? Outcome<object, undefined, T, As, Throws, N>
  : Outcome<OptionsOf<E>, ReturnsOf<E>, T, As, Throws, N>

/** The receiver of a call, to infer its endpoints: as a default alone, they would be instantiated in each call. */
interface HasEndpoints<All> {
  readonly '~endpoints': All
}

/** Call of an endpoint, for one method. Two signatures, so that a missing argument is named by the error. */
export interface Call<A, M extends string> {
  <const P extends PathOf<A, M>, All = EndpointsIn<A>, E = EndpointAt<All, M, P>, S = unknown>(
    this: S | HasEndpoints<All>,
    path: P & NoneRequired<Needs<M, P, E>>,
  ): Promise<ResultOf<M, E, JsonOf<E>, undefined, true, undefined>>
  <
    const P extends PathOf<A, M>,
    All = EndpointsIn<A>,
    E = EndpointAt<All, M, P>,
    T extends OfferedMediaType<OptionsOf<E>> = JsonOf<E>,
    As extends ResponseKind | undefined = undefined,
    Throws extends boolean = true,
    N extends string | Pick<Result, 'etag'> | undefined = undefined,
    S = unknown,
  >(
    this: S | HasEndpoints<All>,
    path: P,
    options: (Needs<M, P, E> & CallOptions & Conditions<T, As, Throws, N>) | OptionalUnless<Needs<M, P, E>>,
  ): Promise<ResultOf<M, E, T, As, Throws, N>>
}

/** The error of a failed call to an endpoint: its status selects one of the declared problems. */
export type ErrorOf<A, M extends string, P extends string> = FailuresOf<
  OptionsOf<ClientEndpoint<A, M, P>>
>['error']

type OptionalUnless<R> = Record<never, never> extends R ? undefined : never

/** Iteration over the items of a list, page after page. */
export interface EachCall<A> {
  <const P extends PathOf<A, 'GET'>, All = EndpointsIn<A>, E = EndpointAt<All, 'GET', P>, S = unknown>(
    this: S | HasEndpoints<All>,
    path: P & NoneRequired<Needs<'GET', P, E>> & ListOnly<E>,
  ): ItemGenerator<E>
  <const P extends PathOf<A, 'GET'>, All = EndpointsIn<A>, E = EndpointAt<All, 'GET', P>, S = unknown>(
    this: S | HasEndpoints<All>,
    path: P & ListOnly<E>,
    options: (Needs<'GET', P, E> & CallOptions) | OptionalUnless<Needs<'GET', P, E>>,
  ): ItemGenerator<E>
}

type ItemGenerator<E> = AsyncGenerator<ItemsOf<OptionsOf<E>, ReturnsOf<E>>, undefined, undefined>

/** Iteration over the pages of a list. */
export interface PagesCall<A> {
  <const P extends PathOf<A, 'GET'>, All = EndpointsIn<A>, E = EndpointAt<All, 'GET', P>, S = unknown>(
    this: S | HasEndpoints<All>,
    path: P & NoneRequired<Needs<'GET', P, E>>,
  ): PageGenerator<E, JsonOf<E>, undefined>
  <
    const P extends PathOf<A, 'GET'>,
    All = EndpointsIn<A>,
    E = EndpointAt<All, 'GET', P>,
    T extends OfferedMediaType<OptionsOf<E>> = JsonOf<E>,
    As extends ResponseKind | undefined = undefined,
    S = unknown,
  >(
    this: S | HasEndpoints<All>,
    path: P,
    options:
      | (Needs<'GET', P, E> & CallOptions & Pick<Conditions<T, As, true, undefined>, 'accept' | 'as'>)
      | OptionalUnless<Needs<'GET', P, E>>,
  ): PageGenerator<E, T, As>
}

type PageGenerator<E, T, As> = AsyncGenerator<
  Outcome<OptionsOf<E>, ReturnsOf<E>, T, As, true, undefined>,
  undefined,
  undefined
>
