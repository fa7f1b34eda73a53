/** The data that a handler may return, by the option `response` of its endpoint. */
import type { ReadableStream } from 'node:stream/web'
import type { Schema } from '../schema/schema.ts'
import type { Representation } from '../walk/representation.ts'
import type { DescribedResponse } from './response-option.ts'

/** The data that the declared responses allow: the input of their schemas, or undefined without content. */
export type DataOf<R> = [keyof R] extends [Status]
  ? { [K in keyof R]: DataAt<K, R[K]> }[keyof R]
  : ContentOf<R>

/**
 * The data that is returned as it is: that of the status which it gets, the endpoint's own, else that of the only success, else
 * 200. Undefined is no content, where a success without content is declared.
 */
export type PlainOf<R, O> = [keyof R] extends [Status] ? PlainIn<R, SuccessIn<R>, O> : Present<ContentOf<R>>

/** Data that is returned as it is, by the keys of the successes. The only one has to be the status of the endpoint. */
type PlainIn<R, S, O> = [S] extends [never]
  ? unknown
  : true extends IsUnion<S>
    ? Present<At<R, PlainKey<S, O>>> | EmptyOf<R, S>
    : Present<At<R, S>>

/** The key of the endpoint's status; all, where that is not one literal. */
type PlainKey<S, O> = O extends { readonly status: infer N extends number }
  ? number extends N
    ? S
    : KeyFor<S, N>
  : KeyFor<S, 200>

/** The key of a status: itself, else that of its class. */
type KeyFor<S, N extends number> = N extends S ? N : `${N}` extends S ? `${N}` : Extract<S, '2XX'>

type At<R, K> = K extends keyof R ? DataAt<K, R[K]> : never

/** Undefined, where one of the successes has no content. */
type EmptyOf<R, S> = S extends keyof R ? ([DataAt<S, R[S]>] extends [undefined] ? undefined : never) : never

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never

/**
 * A schema that accepts undefined does not make a response without content one of its own. A type parameter is assignable to the
 * intersection alone.
 */
type Present<T> = [T] extends [undefined]
  ? T
  : // biome-ignore lint/complexity/noBannedTypes: any value but null and undefined
    (T extends undefined ? never : T) | (T & ({} | null))

/** Representations of the declared responses. Without a status of its own, a Representation has that of the endpoint. */
export type RepresentationOf<R, O> = [keyof R] extends [Status]
  ?
      | { [K in keyof R]: Of<DataAt<K, R[K]>, StatusText<K>> }[keyof R]
      | Of<PlainOf<R, O>, undefined>
      | Of<DataOf<R>, UnknownStatus>
  : Of<ContentOf<R>, StatusOf<O> | undefined>

type Of<T, S> = Representation<Sendable<T> | Rows<Sendable<T>>, S>

/** The statuses of a key of the option, as text. */
type StatusText<K> = K extends `${infer Digit}XX`
  ? `${Digit}${string}`
  : K extends 'default'
    ? `${3 | 4 | 5}${string}`
    : `${K & (number | string)}`

/** The status of responses that set no other, as text. */
type StatusOf<O> = O extends { readonly status: infer S extends number } ? `${S}` : '200'

/** Any is assignable to it, and no status is. */
type UnknownStatus = '?'

/** Rows of a list that are at hand or come over time. A string is an iterable, but not sent as a list. */
export type Rows<T> = T extends readonly (infer Row)[]
  ? (Iterable<Row> & object) | AsyncIterable<Row> | ReadableStream<Row>
  : never

type Status = number | `${number}` | `${number}XX` | 'default'
type SuccessIn<R> = { [K in keyof R]: K extends Success ? K : never }[keyof R]
type Success = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226 | `2${number}` | '2XX'
type Empty = 204 | 205 | 304 | '204' | '205' | '304'

/** The data of one status. A description without a schema allows any data, if there can be content. */
type DataAt<K, R> = R extends Schema | null
  ? ContentOf<R>
  : keyof R extends Exclude<keyof DescribedResponse, 'schema'>
    ? K extends Exclude<Success, Empty>
      ? unknown
      : undefined
    : ContentOf<R>

type ContentOf<R> = R extends Schema
  ? NonNullable<R['~standard']['types']>['input'] // as InputOf, which would ask again whether it is a schema
  : R extends null
    ? undefined
    : R extends { readonly schema: infer S }
      ? ContentOf<S>
      : keyof R extends Exclude<keyof DescribedResponse, 'schema'>
        ? unknown
        : R extends Readonly<Record<string, unknown>>
          ? { [K in keyof R]: ContentOf<R[K]> }[keyof R]
          : unknown

/**
 * Values that a schema of `T` accepts in a response: a list may be readonly, and a text a value that JSON writes as text.
 * `T` itself is one of them where it is a type parameter.
 */
export type Sendable<T> = T | JsonSource<T>

type JsonSource<T> = T extends string
  ? string extends T
    ? T | TextSource
    : T
  : T extends readonly (infer Item)[]
    ? number extends T['length']
      ? readonly JsonSource<Item>[]
      : { readonly [K in keyof T]: JsonSource<T[K]> }
    : T extends object
      ? T extends Whole
        ? T
        : { readonly [K in keyof T]: JsonSource<T[K]> }
      : T

/** A value that is text in JSON: a Date, an ObjectId, a bigint, bytes. */
type TextSource = { toJSON(): string } | bigint | Uint8Array

/** Objects that are no lists or records in JSON. */
type Whole = Date | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | ((...parameters: never) => unknown)
