/** Types of a call's options, derived from the endpoint's options. */
import type { EndpointType } from '../blueprint/endpoint-types.ts'
import type { PathParams } from '../routing/path.ts'
import type { InputOf, Schema } from '../schema/schema.ts'
import type { ItemsOf, Outcome, Result } from './outcome.ts'

/** A blueprint whose endpoints were declared in a chain: its type contains them. */
interface TypedBlueprint {
  readonly '~endpoints': object
}

/** Paths of a method; any string, where the blueprint was not declared in a chain. */
export type PathOf<A, M extends string> = A extends TypedBlueprint
  ? {
      [K in keyof A['~endpoints']]: K extends `${M extends 'HEAD' ? 'HEAD' | 'GET' : M} ${infer P}`
        ? P
        : never
    }[keyof A['~endpoints']]
  : string

/** Type of an endpoint: its options and the return type of its handler. */
export type ClientEndpoint<A, M extends string, P extends string> = A extends TypedBlueprint
  ? `${M} ${P}` extends keyof A['~endpoints']
    ? A['~endpoints'][`${M} ${P}`]
    : M extends 'HEAD'
      ? ClientEndpoint<A, 'GET', P>
      : never
  : EndpointType

type OptionsOf<E> = E extends EndpointType<infer O, unknown> ? O : never
type ReturnsOf<E> = E extends EndpointType<unknown, infer R> ? R : never

/** Ways to read content that override its media type. `events`: with names and ids. */
export type ResponseKind = 'text' | 'blob' | 'bytes' | 'stream' | 'events'

type CommonMediaType = 'application/json' | 'text/csv' | 'application/x-ndjson' | 'text/event-stream'
type AnyMediaType = CommonMediaType | (string & {})

/** Media types an endpoint offers; any, where its options do not list them. */
export type OfferedMediaType<O> = O extends { readonly outgoing: readonly (infer T)[] }
  ? (T extends string ? T : never) | (null extends T ? AnyMediaType : never)
  : O extends { readonly outgoing: infer Renderers extends object }
    ? keyof Renderers & string
    : AnyMediaType

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

/** Arguments of a call, required where the endpoint's schemas require them. */
export type Requirements<M, P extends string, O> = ParamsPart<P, O> &
  QueryPart<O> &
  HeadersPart<O> &
  (M extends 'GET' | 'HEAD' ? unknown : BodyPart<O>) &
  AcceptPart<O>

type Member<K extends string, T> =
  Record<never, never> extends T ? { readonly [N in K]?: T | undefined } : { readonly [N in K]: T }

type ParamsPart<P extends string, O> = O extends { readonly params: infer S extends Schema }
  ? Member<'params', InputOf<S>>
  : string extends P
    ? { readonly params?: Readonly<Record<string, unknown>> }
    : keyof PathParams<P> extends never
      ? unknown
      : { readonly params: { readonly [N in keyof PathParams<P>]: ParamInput<PathParams<P>[N]> } }

/** Literal strings keep their type; values of custom converters are written as text. */
type ParamInput<T> = T extends string
  ? string extends T
    ? string | number
    : T
  : T extends number
    ? T
    : string | number

type QueryPart<O> = O extends { readonly query: infer S extends Schema }
  ? Member<'query', InputOf<S> & (O extends { readonly paginate: infer G } ? PageQuery<G> : unknown)>
  : { readonly query?: Readonly<Record<string, unknown>> | undefined }

/** Page parameters, under the endpoint's own names. */
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
  ? Member<'headers', InputOf<S> & { readonly [name: string]: unknown }>
  : unknown

type BodyPart<O> = (O extends { readonly files: infer F } ? FilesPart<F> : unknown) &
  (O extends { readonly body: infer B }
    ? B extends Schema
      ? Content<B, IncomingMediaType<O>>
      : B extends { readonly schema: infer S }
        ? Content<S, IncomingMediaType<O>>
        : { [K in keyof B]: Content<B[K], K> }[keyof B]
    : O extends { readonly patch: { readonly schema: infer S } }
      ? PatchPart<InputOf<S>>
      : { readonly body?: unknown; readonly contentType?: string })

/** Media types an endpoint accepts as content. */
type IncomingMediaType<O> = O extends { readonly incoming: readonly (infer T)[] }
  ? (T extends string ? T : never) | (null extends T ? AnyMediaType : never)
  : AnyMediaType

type Content<S, T> = 'application/json' extends T
  ? Member<'body', InputOf<S>> & { readonly contentType?: T }
  : { readonly body: InputOf<S> | RawContent; readonly contentType: T }

type RawContent = FormData | URLSearchParams | Blob | ArrayBuffer | Uint8Array | ReadableStream

type PatchPart<T> =
  | { readonly contentType: 'application/merge-patch+json'; readonly body: MergePatch<T> }
  | { readonly contentType: 'application/json-patch+json'; readonly body: readonly JsonPatchOperation[] }

/** RFC 7396: null removes a member. */
type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: MergePatch<T[K]> | null }
    : T

/** RFC 6902 §4. */
type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }

type FilesPart<F> = F extends { readonly stream: true }
  ? { readonly files: Readonly<Record<string, Blob | readonly Blob[]>> }
  : Member<
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

type AcceptPart<O> =
  'application/json' extends OfferedMediaType<O> ? unknown : { readonly accept: OfferedMediaType<O> }

/** The options parameter of a call; optional when no option is required. */
type OptionsParameter<Required, Optional> =
  Record<never, never> extends Required ? [options?: Required & Optional] : [options: Required & Optional]

/** Call of an endpoint, for one method. */
export type Call<A, M extends string> = <
  const P extends PathOf<A, M>,
  T extends OfferedMediaType<OptionsOf<ClientEndpoint<A, M, P>>> = 'application/json' &
    OfferedMediaType<OptionsOf<ClientEndpoint<A, M, P>>>,
  As extends ResponseKind | undefined = undefined,
  Throws extends boolean = true,
  N extends string | Pick<Result, 'etag'> | undefined = undefined,
>(
  path: P,
  ...options: OptionsParameter<
    Requirements<M, P, OptionsOf<ClientEndpoint<A, M, P>>>,
    CallOptions & Conditions<T, As, Throws, N>
  >
) => Promise<
  M extends 'HEAD'
    ? Outcome<object, undefined, T, As, Throws, N>
    : Outcome<OptionsOf<ClientEndpoint<A, M, P>>, ReturnsOf<ClientEndpoint<A, M, P>>, T, As, Throws, N>
>

/** Iteration over the items of a list, page after page. */
export type EachCall<A> = <const P extends PathOf<A, 'GET'>>(
  path: P,
  ...options: OptionsParameter<Requirements<'GET', P, OptionsOf<ClientEndpoint<A, 'GET', P>>>, CallOptions>
) => AsyncGenerator<
  ItemsOf<OptionsOf<ClientEndpoint<A, 'GET', P>>, ReturnsOf<ClientEndpoint<A, 'GET', P>>>,
  undefined,
  undefined
>

/** Iteration over the pages of a list. */
export type PagesCall<A> = <
  const P extends PathOf<A, 'GET'>,
  T extends OfferedMediaType<OptionsOf<ClientEndpoint<A, 'GET', P>>> = 'application/json' &
    OfferedMediaType<OptionsOf<ClientEndpoint<A, 'GET', P>>>,
  As extends ResponseKind | undefined = undefined,
>(
  path: P,
  ...options: OptionsParameter<
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
