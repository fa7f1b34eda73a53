/** What a call comes to: a result, or a failure that is not thrown. */

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

/** A success. */
export interface Result<T = unknown, S extends number = number> {
  readonly ok: true
  readonly notModified: false
  readonly status: S
  /** Undefined when there is no content. */
  readonly data: T
  /** What to say in `ifMatch` and `ifNoneMatch`, as this result itself will do. */
  readonly etag: string | undefined
  /** Its content is read already, or is being read. */
  readonly response: Response
}

/** 304: nothing has changed since the result that was given as `ifNoneMatch`; its data is here again. */
export interface NotModified<T = undefined> {
  readonly ok: true
  readonly notModified: true
  readonly status: 304
  readonly data: T
  readonly etag: string | undefined
  readonly response: Response
}

/** No success, with `throws: false`. The status tells which of the declared problems it is. */
export interface Failure<S extends number = number, P = unknown> {
  readonly ok: false
  readonly notModified: false
  readonly status: S
  readonly error: ClientError & { readonly status: S; readonly problem: Problem & P }
  readonly response: Response
}

/** The statuses of failures that are registered (RFC 9110 §16.2). */
export type ErrorStatus =
  | (400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415 | 416)
  | (417 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451)
  | (500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 511)

/** All that a call may come to: `O` and `R` are what was declared, `T` the media type, `As` the reading. */
export type Outcome<O, R, T, As, Throws, N> =
  | Success<O, R, T, As>
  | (Throws extends false ? FailuresOf<O> : never)
  | ([N] extends [undefined] ? never : NotModified<N extends { readonly data: infer D } ? D : undefined>)

type Success<O, R, T, As> = O extends { readonly response: infer S }
  ? [keyof S] extends [Status]
    ? SuccessesOf<O, R, S, T, As>
    : Result<Read<O, Content<S, T>, T, As>>
  : Result<Read<O, DataOf<R>, T, As>>

type SuccessesOf<O, R, S, T, As> = [keyof S & SuccessStatus] extends [never]
  ? Result<Read<O, DataOf<R>, T, As>>
  : { [K in keyof S & SuccessStatus]: Result<Read<O, Content<S[K], T>, T, As>, NumberOf<K>> }[keyof S &
      SuccessStatus]

type FailuresOf<O> = O extends { readonly response: infer S }
  ? [keyof S] extends [Status]
    ?
        | { [K in keyof S & FailureStatus]: Failure<NumberOf<K>, Content<S[K], JsonType>> }[keyof S &
            FailureStatus]
        | Failure<Exclude<ErrorStatus, NumberOf<keyof S>>>
    : Failure<ErrorStatus>
  : Failure<ErrorStatus>

type Status = number | `${number}`
type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226 | `2${number}`
type FailureStatus = ErrorStatus | `4${number}` | `5${number}`
type NumberOf<K> = K extends number ? K : K extends `${infer N extends number}` ? N : never
type JsonType = 'application/json'

/** What a declaration gives as a media type. */
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

/** What a handler gives where nothing is declared. What it made by hand may be anything. */
type DataOf<R> =
  Awaited<R> extends infer A ? (A extends Representation<infer D> ? RowsOf<D> : RowsOf<A>) : never

type RowsOf<D> = unknown extends D
  ? unknown
  : D extends string | readonly unknown[]
    ? D
    : D extends Response | { readonly pipe: unknown; readonly readable: unknown }
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

/** An item of a list; what is no list is one item. An event's data may be anything. */
export type ItemOf<V> = V extends readonly (infer I)[]
  ? ServerSentEvent extends I
    ? unknown
    : Wire<I>
  : Wire<V>

/** The items of a list that an endpoint gives as JSON. */
export type ItemsOf<O, R> =
  Success<Omit<O, 'paginate'>, R, JsonType, 'raw'> extends Result<infer V> ? ItemOf<V> : never

/** A value as it arrives. */
type Read<O, V, T, As> = As extends 'raw'
  ? V
  : [V] extends [undefined]
    ? undefined
    : ReadAs<O, V, T, As> | (unknown extends V ? never : undefined extends V ? undefined : never)

type ReadAs<O, V, T, As> = As extends 'text'
  ? string
  : As extends 'blob'
    ? Blob
    : As extends 'bytes'
      ? ArrayBuffer
      : As extends 'stream'
        ? ReadableStream<Uint8Array>
        : As extends 'events'
          ? Items<ReceivedEvent<ItemOf<V>>>
          : ByType<O, V, T>

type ByType<O, V, T> = string extends T
  ? unknown
  : T extends `application/${'' | 'x-'}${'ndjson' | 'jsonl'}` | 'text/event-stream'
    ? Items<ItemOf<V>>
    : T extends 'application/json' | `application/json;${string}` | `${string}+json`
      ? Wire<Enveloped<O, V>>
      : T extends `text/${string}`
        ? string
        : Blob

type Enveloped<O, V> = O extends { readonly paginate: { readonly envelope: infer E } }
  ? E extends true
    ? { items: V; pagination: PaginationMetadata }
    : E extends (...parameters: never) => infer Body
      ? Body
      : V
  : V
