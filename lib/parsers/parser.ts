/**
 * What a parser is: content in, value out. Limits and content codings are already dealt with.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Limits } from '../blueprint/blueprint-options.ts'
import type { EndpointInfo } from '../blueprint/endpoint-options.ts'
import type { IncomingContent } from './content.ts'

/** What a parser knows of the request it reads. */
export interface ParseContext {
  /** The essence of the content's media type, lower case: `application/json`. */
  readonly contentType: string
  /** Parameters of the `Content-Type` field, names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
  readonly request: IncomingMessage
  /** For what lasts as long as the answer does. */
  readonly response: ServerResponse
  readonly endpoint: EndpointInfo
  /** The limits of the blueprint. */
  readonly limits: Limits
}

/** The short form of a parser. */
export type ParseFunction<T = unknown> = (content: IncomingContent, context: ParseContext) => T | Promise<T>

/**
 * Turns content of one media type into the value a handler gets as `body`.
 *
 * @throws {HttpException} 400 for content that is not of its type; whatever else it throws is a 500.
 */
export interface Parser<T = unknown> {
  parse(content: IncomingContent, context: ParseContext): T | Promise<T>
}
