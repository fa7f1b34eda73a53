/** The functions of the user that run around handlers: hooks, error handlers, middleware. Types only. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The request that hooks receive. `params` and `query` are not validated before the handler runs. */
export interface HookRequest extends IncomingMessage, Express.Request {
  // biome-ignore lint/suspicious/noExplicitAny: a hook does not know the path of its endpoint
  readonly params: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly query: any
  /** The request target as it was received, before middleware removed a prefix. */
  readonly originalUrl: string
  /** Aborted when the client leaves before the response is complete. */
  readonly signal: AbortSignal
}

/**
 * Runs before negotiation, for matched endpoints. One that ends the response ends the walk. A web Response, and what
 * `redirect` and `serializeResponse` return, is the answer in place of the handler's; an error is as good as thrown. A promise
 * is waited for; other return values are ignored.
 */
export type BeforeHook = (request: HookRequest, response: ServerResponse) => unknown

/** Runs once, before the answer is sent; `result` is the data, or the HttpException. */
export type AfterHook = (request: HookRequest, response: ServerResponse, result: unknown) => unknown

// biome-ignore lint/suspicious/noExplicitAny: errors have constructors of every shape
export type ErrorClass<E = unknown> = abstract new (...parameters: any[]) => E

/** A handler of the errors of a status from 400 to 599, or of a class. */
export interface ErrorHandler {
  readonly of: number | ErrorClass
  readonly answer: (error: never, request: HookRequest) => unknown
}

/** Calls the next handler, as in Polka. An error is handled like a thrown one. */
export type Next = (error?: unknown) => void

/** Connect middleware, as in Polka and Express. */
// biome-ignore lint/suspicious/noExplicitAny: middleware is written against many types of request and response
export type Middleware = (request: any, response: any, next: Next) => unknown
