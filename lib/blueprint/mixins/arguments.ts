/** Content becomes a value: `body`. */
import type { IncomingMessage } from 'node:http'
import { MediaType } from '../../http/media-type.ts'
import type { Accepted } from '../../mime/incoming.ts'
import { IncomingContent } from '../../parsers/content.ts'
import { contentParser } from '../../parsers/content-parser.ts'
import type { Parser } from '../../parsers/parser.ts'
import type { PluggableParser } from '../../parsers/pluggable-parser.ts'
import type { Blueprint } from '../blueprint.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Exchange } from '../exchange.ts'
import type { Constructor } from './constructor.ts'
import type { NegotiationMixin } from './negotiation.ts'

/** What the mixin adds to a blueprint. */
export interface ArgumentsMixin {
  /** Parses content of the incoming types. A copy of the default: JSON, forms, text. */
  get contentParser(): PluggableParser
  set contentParser(parser: PluggableParser)
}

declare module '../exchange.ts' {
  interface Provides<P extends string, O> {
    readonly arguments: {
      /** What the content said; undefined when there was none. */
      readonly body: unknown
      readonly '~path'?: P
      readonly '~options'?: O
    }
  }
}

const MAX_BODY_BYTES = 1_048_576

export function Arguments<T extends Constructor<Blueprint & NegotiationMixin>>(
  Base: T,
): T & Constructor<ArgumentsMixin> {
  return class extends Base implements ArgumentsMixin {
    #parser = this.adopt(contentParser.copy())

    get contentParser(): PluggableParser {
      return this.#parser
    }

    set contentParser(parser: PluggableParser) {
      this.#parser = this.adopt(parser)
    }

    protected override prepare(endpoint: Endpoint): void {
      super.prepare(endpoint)
      const parser = this.contentParser
      const missing = endpoint.incoming?.types.find((type) => !parser.has(type))
      if (missing !== undefined) {
        throw new TypeError(
          `The endpoint '${endpoint.name}' takes ${missing}, which the content parser cannot parse`,
        )
      }
      const parserFor = parsersOf(parser, endpoint.incoming?.types ?? [])
      const limits = { maxBytes: this.settings.limits?.maxBodyBytes ?? MAX_BODY_BYTES }
      endpoint.receive.push((exchange) => read(exchange, parserFor, limits))
    }
  }
}

/** Reads and parses the content, when there is some. */
function read(
  exchange: Exchange,
  parserFor: (accepted: Accepted) => Parser,
  limits: { readonly maxBytes: number },
): void | Promise<void> {
  const { accepted, endpoint } = exchange
  const request = exchange.request as typeof exchange.request & { body?: unknown }
  if (!accepted || isTaken(request)) return undefined
  const { mediaType } = accepted
  const context = { contentType: mediaType.essence, parameters: mediaType.parameters, request, endpoint }
  const value = parserFor(accepted).parse(IncomingContent.of(request, limits), context)
  return Promise.resolve(value).then((settled) => {
    request.body = settled
  })
}

/** Looks up the parsers of the types listed; a pattern stands for many, so its parser is asked to choose. */
function parsersOf(parser: PluggableParser, listed: readonly string[]): (accepted: Accepted) => Parser {
  const parsers = new Map<string, Parser>()
  for (const type of listed) {
    const found = MediaType.of(type).isRange ? parser : parser.parserFor(type)
    if (found) parsers.set(type, found)
  }
  return (accepted) => parsers.get(accepted.listed) ?? parser
}

/**
 * Whether middleware before us has read the content: what it made of it is `body`.
 *
 * A `body` alone says nothing: body-parser 1 sets an empty one where it leaves the content to others.
 */
function isTaken(request: IncomingMessage & { body?: unknown }): boolean {
  return request.readableEnded || (request.body !== undefined && request.readableDidRead)
}
