/** The content of a request → `request.body`, by the parser of its media type. */
import type { IncomingMessage } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { BadRequest } from '../exceptions/client-errors.ts'
import { callGuarded, settleFor } from '../exceptions/settle.ts'
import { MediaType } from '../http/media-type.ts'
import type { MatchedContentType } from '../negotiation/incoming.ts'
import { type ContentLimits, decoderMaker, IncomingContent } from '../parsers/content.ts'
import { hasFirstByte } from '../parsers/has-content.ts'
import { parseErrorOf, withParseErrors } from '../parsers/parse-error.ts'
import type { ParseContext, Parser } from '../parsers/parser.ts'
import type { PluggableParser } from '../parsers/pluggable-parser.ts'
import { isCutOff } from '../parsers/unread.ts'
import type { Exchange } from '../walk/exchange.ts'

/** The context of a parser. A class, because a getter in an object literal makes a hidden class per request. */
class ContentContext implements ParseContext {
  readonly contentType: string
  readonly parameters: ParseContext['parameters']
  readonly request: Exchange['request']
  readonly response: Exchange['response']
  readonly endpoint: Endpoint
  readonly limits: ParseContext['limits']
  readonly #exchange: Exchange

  constructor(exchange: Exchange, { mediaType }: MatchedContentType) {
    this.contentType = mediaType.essence
    this.parameters = mediaType.parameters
    this.request = exchange.request
    this.response = exchange.response
    this.endpoint = exchange.endpoint
    this.limits = exchange.endpoint.limits
    this.#exchange = exchange
  }

  get signal(): AbortSignal {
    return this.#exchange.signal
  }
}

/**
 * Parses the content, if there is any, and stores it in `request.body`.
 *
 * @throws {BadRequest} 400 for a part of it in a PUT, which would replace the whole (RFC 9110 §14.5).
 */
export function parseContent(
  exchange: Exchange,
  parserFor: (match: MatchedContentType) => Parser,
  limits: ContentLimits,
): void | Promise<void> {
  const { request, contentTypeMatch: match } = exchange
  if (!match || hasBeenRead(request)) return undefined
  if (request.method === 'PUT' && request.headers['content-range'] !== undefined)
    throw new BadRequest('Content-Range is not supported: a PUT has the whole content')
  const parser = parserFor(match)
  if (request.headers.expect === undefined) return parse(exchange, match, parser, limits)
  return parseWhenThere(exchange, match, parser, limits)
}

/** Asks for content that the client has announced, and parses it where there is any. */
function parseWhenThere(
  exchange: Exchange,
  match: MatchedContentType,
  parser: Parser,
  limits: ContentLimits,
): Promise<void> {
  decoderMaker(exchange.request) // a 415 comes before 100 Continue
  return Promise.resolve(hasFirstByte(exchange)).then((hasByte) =>
    hasByte ? parse(exchange, match, parser, limits) : forgetContent(exchange),
  )
}

function parse(
  exchange: Exchange,
  match: MatchedContentType,
  parser: Parser,
  limits: ContentLimits,
): void | Promise<void> {
  const content = IncomingContent.of(exchange.request, limits)
  if (parser.parseText)
    return content.readText((text) => setParsed(exchange, match, () => parser.parseText?.(text)))
  return setParsed(exchange, match, () => parser.parse(content, new ContentContext(exchange, match)))
}

/** Stores the value of a parser in `request.body`. @throws {BadRequest} 400, where the content is malformed. */
function setParsed(
  exchange: Exchange,
  { mediaType: { essence } }: MatchedContentType,
  parsed: () => unknown,
): void | Promise<void> {
  return callGuarded(
    () =>
      settleFor(exchange, parsed(), ({ request }, value) => {
        ;(request as { body?: unknown }).body = withParseErrors(value, essence)
      }),
    (error) => {
      throw parseErrorOf(error, essence)
    },
  )
}

/** The content that a client has announced is empty: there is none. */
function forgetContent(exchange: Exchange): void {
  exchange.contentTypeMatch = undefined
  ;(exchange.request as { contentType?: string | undefined }).contentType = undefined
}

/** The parser of each entry; a pattern such as `*+json` covers many types, so its parser is chosen per request. */
export function parsersOf(
  parser: PluggableParser,
  entries: readonly string[],
): (match: MatchedContentType) => Parser {
  const parsers = new Map<string, Parser>()
  for (const type of entries) {
    const found = MediaType.of(type).isRange ? parser : parser.parserFor(type)
    if (found) parsers.set(type, found)
  }
  return (match) => parsers.get(match.entry) ?? parser
}

/**
 * Whether middleware has read the content and stored it in `body`.
 *
 * A `body` alone does not show it: body-parser 1 sets an empty one where it leaves the content to others.
 */
function hasBeenRead(request: IncomingMessage & { body?: unknown }): boolean {
  if (request.body !== undefined && request.readableDidRead) return true
  return request.readableEnded && !isCutOff(request)
}
