/** Arguments of a call, derived from the endpoint's options. */
import type { PathParams } from '../routing/path.ts'
import type { InputOf, Schema } from '../schema/schema.ts'

type CommonMediaType = 'application/json' | 'text/csv' | 'application/x-ndjson' | 'text/event-stream'
type AnyMediaType = CommonMediaType | (string & {})

/** Media types an endpoint offers; any, where its options do not list them. */
export type OfferedMediaType<O> = O extends { readonly outgoing: readonly (infer T)[] }
  ? (T extends string ? T : never) | (null extends T ? AnyMediaType : never)
  : O extends { readonly outgoing: infer Renderers extends object }
    ? '*/*' extends keyof Renderers
      ? AnyMediaType
      : keyof Renderers & string
    : AnyMediaType

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
      ? Extract<PatchPart<InputOf<S>>, { readonly contentType: IncomingMediaType<O> }>
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

/** Required also where each file is optional: without `files` the content is JSON. */
type FilesPart<F> = {
  readonly files: F extends { readonly stream: true }
    ? Readonly<Record<string, Blob | readonly Blob[]>>
    : {
        readonly [K in keyof F as F[K] extends { readonly required: true } ? K : never]: FileOf<F[K]>
      } & {
        readonly [K in keyof F as F[K] extends { readonly required: true } ? never : K]?:
          | FileOf<F[K]>
          | undefined
      }
}

type FileOf<Rule> = Rule extends { readonly multiple: true } ? Blob | readonly Blob[] : Blob

type AcceptPart<O> =
  'application/json' extends OfferedMediaType<O> ? unknown : { readonly accept: OfferedMediaType<O> }
