/** What a call must and may say, by what the endpoint declared. */
import type { EndpointType } from '../blueprint/endpoint-types.ts'
import type { PathParams } from '../routing/path.ts'
import type { InputOf, Schema } from '../schema/schema.ts'
import type { ItemsOf, Outcome, Result } from './outcome.ts'

/** The endpoints of a blueprint that was declared in a chain. */
interface Told {
  readonly '~endpoints': object
}

/** The paths of a method. Any, where the blueprint was not declared in a chain. */
export type PathOf<A, M extends string> = A extends Told
  ? {
      [K in keyof A['~endpoints']]: K extends `${M extends 'HEAD' ? 'HEAD' | 'GET' : M} ${infer P}`
        ? P
        : never
    }[keyof A['~endpoints']]
  : string

/** What is known of an endpoint. */
export type ClientEndpoint<A, M extends string, P extends string> = A extends Told
  ? `${M} ${P}` extends keyof A['~endpoints']
    ? A['~endpoints'][`${M} ${P}`]
    : M extends 'HEAD'
      ? ClientEndpoint<A, 'GET', P>
      : never
  : EndpointType

type OptionsOf<E> = E extends EndpointType<infer O, unknown> ? O : never
type ReturnsOf<E> = E extends EndpointType<unknown, infer R> ? R : never

/** How content is read in place of what its media type asks for. `events`: with names and ids. */
export type ResponseKind = 'text' | 'blob' | 'bytes' | 'stream' | 'events'

type Known = 'application/json' | 'text/csv' | 'application/x-ndjson' | 'text/event-stream'
type Any = Known | (string & {})

/** The media types that an endpoint offers; any, where its options do not list them. */
export type Offered<O> = O extends { readonly outgoing: readonly (infer T)[] }
  ? (T extends string ? T : never) | (null extends T ? Any : never)
  : O extends { readonly outgoing: infer Renderers extends object }
    ? keyof Renderers & string
    : Any

/** What every call may say. */
export interface CallOptions {
  /** Header fields besides those of the client. */
  readonly headers?: { readonly [name: string]: unknown } | undefined
  readonly signal?: AbortSignal | undefined
}

/** What calls that read once may say, besides. */
export interface Conditions<T, As, Throws, N> {
  /** The media type that is asked for. Default `application/json`. */
  readonly accept?: T
  /** Reads the content like this in place of what its media type asks for. */
  readonly as?: As
  /** False: what is no success is returned, too. Network failures are thrown in any case. Default true. */
  readonly throws?: Throws
  /** Only if it is still this: a tag, the result that brought it, or `*` for anything at all. */
  readonly ifMatch?: string | Pick<Result, 'etag'> | undefined
  /** Only if it is no more this. A 304 gives the data of the result once more. */
  readonly ifNoneMatch?: N
}

/** What a call must say, and may say of what its endpoint takes. */
export type Requirements<M, P extends string, O> = ParamsPart<P, O> &
  QueryPart<O> &
  HeadersPart<O> &
  (M extends 'GET' | 'HEAD' ? unknown : BodyPart<O>) &
  AcceptPart<O>

type Part<K extends string, T> =
  Record<never, never> extends T ? { readonly [N in K]?: T | undefined } : { readonly [N in K]: T }

type ParamsPart<P extends string, O> = O extends { readonly params: infer S extends Schema }
  ? Part<'params', InputOf<S>>
  : string extends P
    ? { readonly params?: Readonly<Record<string, unknown>> }
    : keyof PathParams<P> extends never
      ? unknown
      : { readonly params: { readonly [N in keyof PathParams<P>]: Param<PathParams<P>[N]> } }

/** Texts of certain words stay what they are; what has a converter of its own is written as text. */
type Param<T> = T extends string
  ? string extends T
    ? string | number
    : T
  : T extends number
    ? T
    : string | number

type QueryPart<O> = O extends { readonly query: infer S extends Schema }
  ? Part<'query', InputOf<S> & (O extends { readonly paginate: infer G } ? PageQuery<G> : unknown)>
  : { readonly query?: Readonly<Record<string, unknown>> | undefined }

/** Under the names that the endpoint gives them. */
type PageQuery<G> = PageParameters &
  (G extends { readonly parameters: infer Names }
    ? { readonly [K in Names[keyof Names] & string]?: number | string }
    : unknown)

interface PageParameters {
  readonly page?: number
  readonly page_size?: number
  readonly offset?: number
  readonly limit?: number
  readonly cursor?: string
}

type HeadersPart<O> = O extends { readonly headers: infer S extends Schema }
  ? Part<'headers', InputOf<S> & { readonly [name: string]: unknown }>
  : unknown

type BodyPart<O> = (O extends { readonly files: infer F } ? FilesPart<F> : unknown) &
  (O extends { readonly body: infer B }
    ? B extends Schema
      ? Sent<B, TypesOf<O>>
      : B extends { readonly schema: infer S }
        ? Sent<S, TypesOf<O>>
        : { [K in keyof B]: Sent<B[K], K> }[keyof B]
    : O extends { readonly patch: { readonly schema: infer S } }
      ? PatchPart<InputOf<S>>
      : { readonly body?: unknown; readonly contentType?: string })

/** The media types that an endpoint takes. */
type TypesOf<O> = O extends { readonly incoming: readonly (infer T)[] }
  ? (T extends string ? T : never) | (null extends T ? Any : never)
  : Any

type Sent<S, T> = 'application/json' extends T
  ? Part<'body', InputOf<S>> & { readonly contentType?: T }
  : { readonly body: InputOf<S> | Raw; readonly contentType: T }

type Raw = FormData | URLSearchParams | Blob | ArrayBuffer | Uint8Array | ReadableStream

type PatchPart<T> =
  | { readonly contentType: 'application/merge-patch+json'; readonly body: MergePatch<T> }
  | { readonly contentType: 'application/json-patch+json'; readonly body: readonly Operation[] }

/** RFC 7396: null takes a member away. */
type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: MergePatch<T[K]> | null }
    : T

/** RFC 6902 §4. */
type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }

type FilesPart<F> = F extends { readonly stream: true }
  ? { readonly files: Readonly<Record<string, Blob | readonly Blob[]>> }
  : Part<
      'files',
      {
        readonly [K in keyof F as F[K] extends { readonly required: true } ? K : never]: FileOf<F[K]>
      } & {
        readonly [K in keyof F as F[K] extends { readonly required: true } ? never : K]?:
          | FileOf<F[K]>
          | undefined
      }
    >

type FileOf<Rule> = Rule extends { readonly multiple: true } ? Blob | readonly Blob[] : Blob

type AcceptPart<O> = 'application/json' extends Offered<O> ? unknown : { readonly accept: Offered<O> }

/** The options of a call: to be left out when nothing is required. */
type Rest<Required, Optional> =
  Record<never, never> extends Required ? [options?: Required & Optional] : [options: Required & Optional]

/** Calls the endpoints of one method. */
export type Call<A, M extends string> = <
  const P extends PathOf<A, M>,
  T extends Offered<OptionsOf<ClientEndpoint<A, M, P>>> = 'application/json' &
    Offered<OptionsOf<ClientEndpoint<A, M, P>>>,
  As extends ResponseKind | undefined = undefined,
  Throws extends boolean = true,
  N extends string | Pick<Result, 'etag'> | undefined = undefined,
>(
  path: P,
  ...options: Rest<
    Requirements<M, P, OptionsOf<ClientEndpoint<A, M, P>>>,
    CallOptions & Conditions<T, As, Throws, N>
  >
) => Promise<
  M extends 'HEAD'
    ? Outcome<object, undefined, T, As, Throws, N>
    : Outcome<OptionsOf<ClientEndpoint<A, M, P>>, ReturnsOf<ClientEndpoint<A, M, P>>, T, As, Throws, N>
>

/** Goes through the items of a list, page after page. */
export type EachCall<A> = <const P extends PathOf<A, 'GET'>>(
  path: P,
  ...options: Rest<Requirements<'GET', P, OptionsOf<ClientEndpoint<A, 'GET', P>>>, CallOptions>
) => AsyncGenerator<
  ItemsOf<OptionsOf<ClientEndpoint<A, 'GET', P>>, ReturnsOf<ClientEndpoint<A, 'GET', P>>>,
  undefined,
  undefined
>

/** Goes through the pages of a list. */
export type PagesCall<A> = <
  const P extends PathOf<A, 'GET'>,
  T extends Offered<OptionsOf<ClientEndpoint<A, 'GET', P>>> = 'application/json' &
    Offered<OptionsOf<ClientEndpoint<A, 'GET', P>>>,
  As extends ResponseKind | undefined = undefined,
>(
  path: P,
  ...options: Rest<
    Requirements<'GET', P, OptionsOf<ClientEndpoint<A, 'GET', P>>>,
    CallOptions & Pick<Conditions<T, As, true, undefined>, 'accept' | 'as'>
  >
) => AsyncGenerator<
  Outcome<
    OptionsOf<ClientEndpoint<A, 'GET', P>>,
    ReturnsOf<ClientEndpoint<A, 'GET', P>>,
    T,
    As,
    true,
    undefined
  >,
  undefined,
  undefined
>
