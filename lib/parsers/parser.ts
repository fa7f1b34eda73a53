/**
 * Parsers: from the content of a request to a value. Limits and content codings are applied before.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Limits } from '../blueprint/blueprint-options.ts'
import type { EndpointInfo } from '../blueprint/endpoint-options.ts'
import type { IncomingContent } from './content.ts'

/** The request that a parser reads. */
export interface ParseContext {
  /** The essence of the content's media type, lower case: `application/json`. */
  readonly contentType: string
  /** Parameters of the `Content-Type` field, names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
  readonly request: IncomingMessage
  /** For resources that are released when the response closes. */
  readonly response: ServerResponse
  readonly endpoint: EndpointInfo
  /** Aborted when the client leaves before the response is complete. */
  readonly signal: AbortSignal
  /** The limits of the endpoint. */
  readonly limits: Limits
}

/** A parser as a function. */
export type ParseFunction<T = unknown> = ((
  content: IncomingContent,
  context: ParseContext,
) => T | Promise<T>) &
  Pick<Parser<T>, 'parseText'>

/**
 * Turns content of one media type into the value a handler gets as `body`.
 *
 * @throws {HttpException} 400 for malformed content: `abort(400, …)`. A SyntaxError or a URIError is a 400 too, and so are
 * invalid bytes of a fatal `TextDecoder`; any other error is a 500.
 */
export interface Parser<T = unknown> {
  /**
   * Parses the whole content as text in UTF-8, for a parser that needs nothing else: it is called in place of `parse` as
   * soon as the last byte is there, without a promise in between.
   */
  readonly parseText?: ((text: string) => T) | undefined
  parse(content: IncomingContent, context: ParseContext): T | Promise<T>
}
