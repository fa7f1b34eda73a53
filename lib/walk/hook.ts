/** The functions of the user that run around handlers: hooks, error handlers, middleware. Types only. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Runs before negotiation, for matched endpoints. One that ends the response ends the walk. */
export type BeforeHook = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** Runs once, before the answer is sent; `result` is the data, or the HttpException. */
export type AfterHook = (
  request: IncomingMessage,
  response: ServerResponse,
  result: unknown,
) => void | Promise<void>

// biome-ignore lint/suspicious/noExplicitAny: errors have constructors of every shape
export type ErrorClass<E = unknown> = abstract new (...parameters: any[]) => E

/** A handler of the errors of a status from 400 to 599, or of a class. */
export interface ErrorHandler {
  readonly of: number | ErrorClass
  readonly answer: (error: never, request: IncomingMessage) => unknown
}

/** Calls the next handler, as in Polka. */
export type Next = (error?: unknown) => void

/** Connect middleware, as in Polka and Express. */
// biome-ignore lint/suspicious/noExplicitAny: middleware is written against many types of request and response
export type Middleware = (request: any, response: any, next: Next) => unknown
