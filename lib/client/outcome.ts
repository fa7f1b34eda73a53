/** Return types of calls: a result, a 304, or a failure that is not thrown. */

import type { HttpException } from '../exceptions/http-exception.ts'
import type { Problem } from '../http/problem.ts'
import type { PaginationMetadata } from '../pagination/page-metadata.ts'
import type { ServerSentEvent } from '../renderers/sse.ts'
import type { DescribedResponse } from '../responses/response-option.ts'
import type { OutputOf, Schema } from '../schema/schema.ts'
import type { Representation } from '../walk/representation.ts'
import type { ClientError } from './client-error.ts'
import type { Items } from './items.ts'
import type { ReceivedEvent } from './sse.ts'
import type { Wire } from './wire.ts'

/** A 2xx response. */
export interface Result<T = unknown, S extends number = number> {
  readonly ok: true
  readonly notModified: false
  readonly status: S
  /** Undefined when there is no content. */
  readonly data: T
  /** ETag of the response, for `ifMatch` and `ifNoneMatch`; both take this result itself, too. */
  readonly etag: string | undefined
  /** Its content has been read already, or is being read. */
  readonly response: Response
}

/** 304: not modified since the result given as `ifNoneMatch`; contains the data of that result. */
export interface NotModified<T = undefined> {
  readonly ok: true
  readonly notModified: true
  readonly status: 304
  readonly data: T
  readonly etag: string | undefined
  readonly response: Response
}

/** A response that is not 2xx, with `throws: false`. The status selects one of the declared problems. */
export interface Failure<S extends number = number, P = unknown> {
  readonly ok: false
  readonly notModified: false
  readonly status: S
  readonly error: ClientError & { readonly status: S; readonly problem: Problem & P }
  readonly response: Response
}

/** Registered statuses of errors (RFC 9110 §16.2). */
export type ErrorStatus =
  | (400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415 | 416)
  | (417 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451)
  | ServerStatus

type ServerStatus = 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 511

/** Return type of a call: `O` the options and `R` the return type of the endpoint, `T` the media type. */
export type Outcome<O, R, T, As, Throws, N> =
  | Success<O, R, T, As>
  | (Throws extends false ? FailuresOf<O> : never)
  | ([N] extends [undefined] ? never : NotModified<N extends { readonly data: infer D } ? D : undefined>)

type Success<O, R, T, As> = O extends { readonly response: infer S }
  ? [keyof S] extends [Status]
    ? SuccessesOf<O, R, S, T, As>
    : Result<DataIn<O, Content<S, T>, T, As>>
  : Result<DataIn<O, HandlerData<R>, T, As>>

type SuccessesOf<O, R, S, T, As> = [keyof S & SuccessStatus] extends [never]
  ? Result<DataIn<O, HandlerData<R>, T, As>>
  : { [K in keyof S & SuccessStatus]: Result<DataIn<O, Content<S[K], T>, T, As>, NumberOf<K>> }[keyof S &
      SuccessStatus]

/** Failures of an endpoint with the options `O`. */
export type FailuresOf<O> = O extends { readonly response: infer S }
  ? [keyof S] extends [Status]
    ?
        | { [K in keyof S & FailureStatus]: Failure<NumberOf<K>, ProblemIn<S[K]>> }[keyof S & FailureStatus]
        | Undeclared<S, Exclude<ErrorStatus, NumberOf<keyof S>>>
    : Failure<ErrorStatus>
  : Failure<ErrorStatus>

/** Failures with statuses that are not declared themselves: of their class, or of `default`, if these are. */
type Undeclared<S, E extends ErrorStatus> = [keyof S & ('4XX' | '5XX' | 'default')] extends [never]
  ? Failure<E>
  : Failure<Exclude<E, ServerStatus>, ProblemAt<S, '4XX'>> | Failure<E & ServerStatus, ProblemAt<S, '5XX'>>
type ProblemAt<S, K> = K extends keyof S
  ? ProblemIn<S[K]>
  : S extends { readonly default: infer D }
    ? ProblemIn<D>
    : unknown

/** What a declared response adds to a problem document; null: nothing. */
type ProblemIn<R> = R extends null ? unknown : Content<R, JsonType>

type Status = number | `${number}` | `${number}XX` | 'default'
type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226 | `2${number}` | '2XX'
type FailureStatus = ErrorStatus | `4${number}` | `5${number}`
type NumberOf<K> = K extends number
  ? K
  : K extends `${infer N extends number}`
    ? N
    : K extends '2XX'
      ? number
      : never
type JsonType = 'application/json'

/** Output type of a response definition for a media type. */
type Content<R, T> = R extends Schema
  ? OutputOf<R>
  : R extends null
    ? undefined
    : R extends { readonly schema: infer S }
      ? Content<S, T>
      : keyof R extends Exclude<keyof DescribedResponse, 'schema'>
        ? unknown
        : T extends keyof R
          ? OutputOf<R[T]>
          : { [K in keyof R]: OutputOf<R[K]> }[keyof R]

/**
 * Type of the data a handler returns, where no response is declared; unknown for raw responses, and for those that the handler or
 * another one writes.
 */
type HandlerData<R> =
  Awaited<R> extends infer A ? (A extends Representation<infer D> ? RowsOf<D> : RowsOf<A>) : never

/** Without the types of Node.js, which a browser's program does not have: Readable, ServerResponse. */
type RawResponse =
  | Response
  | Blob
  | ReadableStream<Uint8Array>
  | { readonly pipe: unknown; readonly readable: unknown }
  | { readonly pipe: unknown; readonly writableEnded: unknown }

type RowsOf<D> = unknown extends D
  ? unknown
  : D extends string | readonly unknown[]
    ? D
    : D extends HttpException
      ? never
      : D extends RawResponse
        ? unknown
        : D extends AsyncIterable<infer Row> | { getReader(): { read(): Promise<{ value?: infer Row }> } }
          ? Row[]
          : D extends ReadonlyMap<unknown, unknown>
            ? D
            : D extends Iterable<infer Row>
              ? Row[]
              : D extends void
                ? undefined
                : D

/** Item type of a list; a single value is one item. The data of an event is unknown. */
type ItemOf<V> = V extends readonly (infer I)[] ? (ServerSentEvent extends I ? unknown : Wire<I>) : Wire<V>

/** Item type of an endpoint's list, as JSON. */
export type ItemsOf<O, R> =
  Success<Omit<O, 'paginate'>, R, JsonType, 'raw'> extends Result<infer V> ? ItemOf<V> : never

/** Whether an endpoint returns a list: by `paginate`, by its rows, or of an unknown type. */
export type IsList<O, R> = O extends { readonly paginate: unknown }
  ? true
  : Success<Omit<O, 'paginate'>, R, JsonType, 'raw'> extends Result<infer V>
    ? unknown extends V
      ? true
      : V extends readonly unknown[]
        ? true
        : false
    : false

/** Type of the data of a result. */
type DataIn<O, V, T, As> = As extends 'raw'
  ? V
  : [V] extends [undefined]
    ? undefined
    : DataAs<O, V, T, As> | (unknown extends V ? never : undefined extends V ? undefined : never)

type DataAs<O, V, T, As> = As extends 'text'
  ? string
  : As extends 'blob'
    ? Blob
    : As extends 'bytes'
      ? ArrayBuffer
      : As extends 'stream'
        ? ReadableStream<Uint8Array>
        : As extends 'events'
          ? Items<ReceivedEvent<ItemOf<V>>>
          : DataByType<O, V, T>

type DataByType<O, V, T> = string extends T
  ? unknown
  : T extends `application/${'' | 'x-'}${'ndjson' | 'jsonl'}` | 'text/event-stream'
    ? Items<ItemOf<V>>
    : T extends 'application/json' | `application/json;${string}` | `${string}+json`
      ? Wire<WithEnvelope<O, V>>
      : T extends `text/${string}`
        ? string
        : Blob

/** The totals are known, unless the pages have cursors. */
type MetadataOf<O> = O extends { readonly paginate: { readonly style: 'cursor' } }
  ? PaginationMetadata
  : PaginationMetadata & Required<Pick<PaginationMetadata, 'total' | 'total_pages'>>

type WithEnvelope<O, V> = O extends { readonly paginate: { readonly envelope: infer E } }
  ? E extends true
    ? { items: V; pagination: MetadataOf<O> }
    : E extends (...parameters: never) => infer Body
      ? Body
      : V
  : V
