/** One request on its walk: everything that the steps share. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Routes } from '../app/routes.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointInfo } from '../blueprint/endpoint-options.ts'
import { abortOnClose, isDisconnected } from '../connection/connection.ts'
import { bindServed, servedOf } from '../connection/served-request.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { type Fields, fieldsOf } from '../http/headers.ts'
import type { MatchedContentType } from '../negotiation/incoming.ts'
import type { Offer } from '../negotiation/offer.ts'
import type { Content, RenderContext, Renderer } from '../renderers/renderer.ts'
import { discard, keepError } from '../renderers/source.ts'
import type { PolkaRequest } from '../routing/request-target.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { Next } from './hook.ts'
import type { Executor } from './pending.ts'
import { setMember } from './set-member.ts'
import type { Phase } from './walk.ts'

/** A step of the walk. Returns a value only when it has to wait. */
export type Step = (exchange: Exchange) => void | Promise<void> | Executor

/** Content as it goes to the wire, with its status and header fields. */
export interface RawResponse {
  readonly status: number
  readonly fields: Readonly<Fields>
  /** Null: no content. */
  readonly body: Content | null
}

/** The result of a handler: data to be rendered, a raw response to be sent as it is, or no content. */
export type Result =
  | { readonly kind: 'data'; readonly status: number; readonly data: unknown }
  | { readonly kind: 'raw'; readonly status: number; readonly raw: RawResponse; readonly data: unknown }
  | { readonly kind: 'empty'; readonly status: number; readonly data: undefined }

export class Exchange implements RenderContext {
  readonly request: PolkaRequest
  readonly response: ServerResponse
  /** The target as it was routed; middleware may rewrite that of the request. */
  url: string | undefined
  readonly endpoint: Endpoint
  /** Passes the request on; every handler has it. */
  readonly next: Next | undefined
  /** The routes that the endpoint was found in. */
  readonly routes: Routes | undefined
  /** The media type chosen for the response, with its renderer. */
  offer: Offer
  /** The entry of `incoming` that matched the Content-Type; undefined when there is no content. */
  contentTypeMatch: MatchedContentType | undefined = undefined
  /** Validated values by their name on the request: `params`, `query`, `body` … See {@link bindArguments}. */
  arguments: Record<string, unknown> | undefined = undefined
  /** The result of the handler; undefined until there is one. */
  result: Result | undefined = undefined
  /** Replaces the offer's renderer. */
  renderer: Renderer | undefined = undefined
  /** JSON Schema of the data, where a response was declared. */
  schema: JsonSchema | undefined = undefined
  /** Header fields of this response alone, names in lower case. */
  fields: Fields | undefined = undefined
  /** The rendered response; undefined until `render`. */
  rendered: RawResponse | undefined = undefined
  /** The exception that the response reports; undefined unless the request has failed. */
  exception: HttpException | undefined = undefined
  errorId: string | undefined = undefined // of the report of that exception, which other requests may have, too
  /** The error that the handler has given to `next`, before it has returned. */
  passedError: unknown = undefined
  /** The later phase to go on with. Undefined: the next step. */
  skipTo: Phase | undefined = undefined
  /** Whether the response is written, or left to others. */
  isOver = false
  /** The exchange of another response in place of its own: see {@link replace}. */
  successor: Exchange | undefined = undefined
  /** The exchange of the endpoint that has passed the request on; undefined for the first. */
  readonly earlier: Exchange | undefined
  /** Whether the after hooks have run for this request. */
  hasRunAfterHooks: boolean
  #sentHeaders: IncomingHttpHeaders | undefined = undefined
  /** The values that the validated arguments have replaced on the request, by member. */
  #sent: Record<string, unknown> | undefined = undefined
  #controller: AbortController | undefined = undefined

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    next: Next | undefined,
    routes?: Routes,
  ) {
    this.request = request
    this.response = response
    this.url = request.url
    this.endpoint = endpoint
    this.next = next
    this.routes = routes
    this.offer = endpoint.defaultOffer
    this.pagination = undefined // declared by features; here, so that all exchanges have one hidden class
    this.validators = undefined
    this.earlier = Exchange.of(request)
    this.hasRunAfterHooks = this.earlier?.hasRunAfterHooks ?? false
    if (this.earlier) this.#sentHeaders = this.earlier.#sentHeaders // a handler that passed the request on has bound its arguments
    bindServed(request, this)
  }

  /** The exchange of a request that a blueprint is serving. */
  static of(request: IncomingMessage): Exchange | undefined {
    return servedOf(request) as Exchange | undefined
  }

  /** The media type chosen for the response. */
  get contentType(): string {
    return this.offer.contentType
  }

  /** Of the endpoint's `outgoing`, the one that the client prefers; undefined when it refuses all. */
  get preferredOffer(): Offer | undefined {
    return this.endpoint.outgoing?.choose(this.headers.accept, this.url)
  }

  /** The status of the response: 200 to 599. */
  get status(): number {
    return this.result?.status ?? this.endpoint.status
  }

  /** Aborted when the client leaves before the response is complete. Created at the first reading. */
  get signal(): AbortSignal {
    this.#controller ??= abortOnClose(this.response)
    return this.#controller.signal
  }

  /** Aborts `signal`, with the error that its users get. */
  abort(reason: unknown): void {
    this.#controller ??= abortOnClose(this.response)
    this.#controller.abort(reason)
  }

  /** Whether the client has left, and an error is only the report of a step that `signal` has cancelled. */
  isCancellation(error: unknown): boolean {
    return isDisconnected(this.response) && this.isOfSignal(error)
  }

  /** Whether an error is the reason of `signal`, or after it an AbortError, or that of a destroyed stream. */
  isOfSignal(error: unknown): boolean {
    const signal = this.#controller?.signal
    if (!signal?.aborted) return false
    const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown }
    return error === signal.reason || name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE'
  }

  /** The header fields as the client sent them, not the values that a schema returned for the handler. */
  get headers(): IncomingHttpHeaders {
    return this.#sentHeaders ?? this.request.headers
  }

  /** Replaces the data of the result; undefined means no content. */
  setData(data: unknown, status: number = this.status): void {
    keepError(data)
    this.result =
      data === undefined ? { kind: 'empty', status, data: undefined } : { kind: 'data', status, data }
  }

  /** Sets the response without a handler or a renderer; the walk continues at the after hooks. No effect where it is over. */
  finish(answer: RawResponse): void {
    if (this.isOver) discard(answer.body)
    else this.finishWith(() => ({ ...answer, fields: fieldsOf(answer.fields) }))
  }

  /** Sets the response as {@link finish} does, by fields in lower case; it is made only where the walk is not over. */
  finishWith(make: EarlyAnswer['make']): void {
    if (this.isOver) return
    const answer = make(this)
    discardResult(this)
    keepError(answer.body)
    this.result = { kind: 'raw', status: answer.status, raw: answer, data: undefined }
    this.rendered = answer
    this.response.statusCode = answer.status // after hooks read it
    this.skipTo = 'after'
  }

  /** Ends the walk: user code writes the response, or has written it. */
  end(): void {
    discardResult(this)
    this.isOver = true
  }

  /** Ends the walk; returns the exchange of a response in its place, on which late steps of this one have no effect. */
  replace(): Exchange {
    this.end()
    this.successor = new Exchange(this.request, this.response, this.endpoint, this.next, this.routes)
    this.successor.url = this.url
    this.successor.#controller = this.#controller
    return this.successor
  }

  /** Writes the validated arguments on the request, once, when all are read; the walk itself reads what the client sent. */
  bindArguments(): void {
    const values = this.arguments
    if (!values) return
    this.arguments = undefined
    const request = this.request as IncomingMessage & Record<string, unknown>
    this.#sent = {}
    for (const name in values) {
      this.#sent[name] = request[name]
      if (name === 'headers') this.#bindHeaders(values[name] as IncomingHttpHeaders)
      else request[name] = values[name]
    }
  }

  /** Writes the values that the client sent on the request again, where the endpoint before has replaced them. */
  restoreArguments(): void {
    if (this.earlier) Object.assign(this.request, this.earlier.#sent)
  }

  #bindHeaders(headers: IncomingHttpHeaders): void {
    this.#sentHeaders = this.headers
    setMember(this.request, 'headers', { ...this.request.headers, ...headers }) // HTTP/2 has a getter alone
  }
}

/** Releases the sources of a result that is not sent. */
export function discardResult({ result, rendered }: Pick<Exchange, 'result' | 'rendered'>): void {
  if (!result) return
  discard(result.kind === 'raw' ? result.raw.body : result.data)
  if (rendered && rendered.body !== result.data) discard(rendered.body)
}

/** A response that is not an error, thrown or passed on in place of one: 304, and OPTIONS where no endpoint matches. */
export class EarlyAnswer {
  readonly make: (exchange: Exchange) => RawResponse

  constructor(make: (exchange: Exchange) => RawResponse) {
    this.make = make
  }
}

/**
 * The media type of `outgoing` that the client prefers, for handlers that decide or write by themselves; undefined where it
 * refuses all, or no blueprint is serving the request.
 */
export function getBestMimetype(request: IncomingMessage): string | undefined {
  return Exchange.of(request)?.preferredOffer?.contentType
}

/** The endpoint that is serving a request; undefined outside of a blueprint. */
export function currentEndpoint(request: IncomingMessage): EndpointInfo | undefined {
  return Exchange.of(request)?.endpoint
}
