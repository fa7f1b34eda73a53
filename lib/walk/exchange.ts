/** One request on its walk: what the stages have found out so far. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { KnownValidators } from '../conditional/validators.ts'
import type { Fields } from '../http/headers.ts'
import type { NamedValues } from '../http/parameters.ts'
import type { MatchedContentType } from '../negotiation/incoming.ts'
import type { Offer } from '../negotiation/offer.ts'
import type { PageRequest, Pager } from '../pagination/page-request.ts'
import type { Content, RenderContext, Renderer } from '../renderers/renderer.ts'
import type { FailureOf, SuccessOf } from '../responses/response-option.ts'
import type { PathParams } from '../routing/path.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { OutputOf, Schema } from '../schema/schema.ts'
import type { Representation } from './representation.ts'

/** A step of the walk. Returns a promise only when it has to wait. */
export type Step = (exchange: Exchange) => void | Promise<void>

/** Passes a request on, as in Polka. */
export type Next = (error?: unknown) => void

const EXCHANGE = Symbol('exchange')

export class Exchange implements RenderContext {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly endpoint: Endpoint
  /** Hands the request to whoever comes next in the app; undefined on a bare server. */
  readonly next: Next | undefined
  /** The type chosen for the answer and how it is rendered. */
  offer: Offer
  /** What took the content's type; undefined when there is no content. */
  contentTypeMatch: MatchedContentType | undefined = undefined
  /** 200 to 599. */
  status: number
  /** Content that is sent as it is, in place of data. */
  content: { readonly status: number; readonly fields: Fields; readonly body: Content } | undefined =
    undefined
  /** What will be rendered; undefined when there is no content to send. */
  data: unknown = undefined
  /** Renders in place of the offer's renderer. */
  renderer: Renderer | undefined = undefined
  /** JSON Schema of the data, where a response was declared. */
  schema: JsonSchema | undefined = undefined
  /** Which part of a list is asked for, where the endpoint has pages. */
  pagination: PageRequest | undefined = undefined
  /** What the answer is compared by, where the endpoint has tags. */
  validators: KnownValidators | undefined = undefined
  /** Header fields of this answer alone. */
  fields: Fields | undefined = undefined
  /** Somebody else has answered: the walk ends here. */
  answered = false

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    next: Next | undefined,
  ) {
    this.request = request
    this.response = response
    this.endpoint = endpoint
    this.next = next
    this.offer = endpoint.defaultOffer
    this.status = endpoint.status
    ;(request as RequestWithExchange)[EXCHANGE] = this
  }

  /** The exchange of a request that a blueprint is serving. */
  static of(request: IncomingMessage): Exchange | undefined {
    return (request as RequestWithExchange)[EXCHANGE]
  }

  /** The media type chosen for the answer. */
  get contentType(): string {
    return this.offer.contentType
  }
}

interface RequestWithExchange extends IncomingMessage {
  [EXCHANGE]?: Exchange
}

/**
 * The type of the endpoint's `outgoing` that the client wants most: what the walk has chosen, or would.
 *
 * @returns Undefined when the client refuses all of them, or no blueprint is serving the request.
 */
export function getBestMimetype(request: IncomingMessage): string | undefined {
  const exchange = Exchange.of(request)
  return exchange?.endpoint.outgoing?.best(request.headers.accept)?.contentType
}

/** The endpoint that is serving a request, and through it the blueprint; undefined outside of one. */
export function currentEndpoint(request: IncomingMessage): Endpoint | undefined {
  return Exchange.of(request)?.endpoint
}

/** Query parameters: a string each, a list where a name repeats. */
export type Query = NamedValues

/**
 * What handlers receive besides Node's request: each mixin merges one member into this interface, and so
 * can you. `P` is the path template, `O` the endpoint's options.
 */
export interface Provides<P extends string, O> {
  readonly routing: {
    /** What the path told: converted, percent-decoded once. */
    readonly params: O extends { readonly params: infer S extends Schema } ? OutputOf<S> : PathParams<P>
    readonly query: O extends { readonly query: infer S extends Schema } ? OutputOf<S> : Query
    /** The request's target as it arrived, whatever middleware cut off. */
    readonly originalUrl: string
    readonly '~options'?: O
  }
}

type Merge<U> = (U extends unknown ? (member: U) => void : never) extends (merged: infer I) => void
  ? I
  : never

/** Node's own request, with what the blueprint and its mixins add. */
export type HandlerRequest<P extends string = string, O = unknown> = IncomingMessage &
  Merge<Provides<P, O>[keyof Provides<P, O>]>

/**
 * A function that answers a request: it returns what is to be sent, or throws.
 *
 * One that takes `response` and returns undefined has answered by itself, like any Polka handler.
 */
export type Handler<P extends string = string, O = unknown, R = Returned<O>> = (
  request: HandlerRequest<P, O>,
  response: ServerResponse,
  next: Next,
) => R

/** What a handler may return: anything, unless the endpoint declares its response. */
export type Returned<O> = O extends { readonly response: infer R }
  ? O extends { readonly paginate: Pager | { readonly pager: Pager } }
    ? unknown
    : Answer<SuccessOf<R>> | Failure<FailureOf<R>> | Promise<Answer<SuccessOf<R>> | Failure<FailureOf<R>>>
  : unknown

/** Data that fits, as it is or with what to say besides; rows may come over time; what is made by hand is trusted. */
export type Answer<T> = T | Rows<T> | Nothing<T> | Representation<T | Rows<T>> | Response | Readable

type Rows<T> = T extends readonly (infer Row)[]
  ? Iterable<Row> | AsyncIterable<Row> | ReadableStream<Row>
  : never

/** Where undefined will do, so does a function without a return. */
// biome-ignore lint/suspicious/noConfusingVoidType: this is the type of what such a function returns
type Nothing<T> = undefined extends T ? void : never

/** Data of a status that is no success takes a Representation, which says the status. */
type Failure<T> = [T] extends [never] ? never : Representation<T>
