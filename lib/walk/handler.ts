/** The handler of an endpoint: the request it receives, and the values it may return. */
/// <reference types="node" preserve="true" />
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { HttpException } from '../exceptions/http-exception.ts'
import type { NamedValues } from '../http/parameters.ts'
import type { Pager } from '../pagination/pagination-options.ts'
import type { PlainOf, RepresentationOf, Rows, Sendable } from '../responses/response-data.ts'
import type { PathParams } from '../routing/path.ts'
import type { OutputOf, Schema } from '../schema/schema.ts'
import type { Next } from './hook.ts'
import type { Representation } from './representation.ts'

/** Query parameters: strings, and lists where names repeat. */
export type Query = NamedValues

declare global {
  /** Where types of middleware declare what it adds to requests: `user`, `file`. */
  namespace Express {
    interface Request {}
  }
}

/**
 * The members of a handler's request besides Node's own. Each mixin merges one member into this interface,
 * also a third-party mixin. `P` is the path template, `O` the endpoint's options.
 */
export interface Provides<P extends string, O> {
  readonly routing: {
    /** The path's parameters: converted, percent-decoded once. */
    readonly params: O extends { readonly params: infer S extends Schema } ? OutputOf<S> : PathParams<P>
    readonly query: O extends { readonly query: infer S extends Schema } ? OutputOf<S> : Query
    /** The request target as it was received, before middleware removed a prefix. */
    readonly originalUrl: string
    /** Aborted when the client leaves before the response is complete: for a database, `fetch`, or a source of rows. */
    readonly signal: AbortSignal
    /** The media type of the content, without parameters; undefined when there is no content. */
    readonly contentType: string | undefined
    readonly '~options'?: O
  }
}

type Merge<U> = (U extends unknown ? (member: U) => void : never) extends (merged: infer I) => void
  ? I
  : never

/** Node's IncomingMessage with the members that the blueprint and its mixins add. */
export type HandlerRequest<P extends string = string, O = unknown> = IncomingMessage &
  Merge<Provides<P, O>[keyof Provides<P, O>]>

/**
 * The handler of an endpoint: returns the data to send, or throws. One that has a `response` parameter and returns undefined,
 * or that response, writes it itself, like any Polka handler.
 */
export type Handler<P extends string = string, O = unknown, R = Returned<O>> = (
  request: HandlerRequest<P, O>,
  response: ServerResponse,
  next: Next,
) => R

/** The values a handler may return: anything, unless the endpoint declares its response. */
export type Returned<O> = O extends { readonly response: infer R }
  ? O extends { readonly paginate: Pager | { readonly pager: Pager } }
    ? unknown
    : Settled<R, O> | Promise<Settled<R, O>>
  : unknown

type Settled<R, O> = Answer<Sendable<PlainOf<R, O>>, RepresentationOf<R, O>>

/** Data that fits the response schema, alone or as a Representation; rows may be iterables. {@link OtherAnswer}s are not checked. */
export type Answer<T, R = Representation<T | Rows<T>>> = T | Rows<T> | Nothing<T> | R | OtherAnswer

/**
 * Return values of a handler that are no data: a raw response, an exception, which is as good as thrown, and Node's response,
 * which the handler writes itself.
 */
export type OtherAnswer = RawAnswer | HttpException | ServerResponse

/** Of the two types of a web stream, the global one is that of the DOM in programs with its library. */
type RawAnswer = Response | Readable | Blob | ReadableStream<Uint8Array> | NodeReadableStream<Uint8Array>

/** Allows a function without a return where undefined is allowed. */
// biome-ignore lint/suspicious/noConfusingVoidType: the return type of a function without a return
type Nothing<T> = undefined extends T ? void : never
