/**
 * A parser that delegates to one parser per media type.
 *
 *     api.contentParser.parses('text/csv', async (content) => rowsOf(await content.text()))
 */
import { throwIfFactory } from '../registry/factory.ts'
import { MediaTypeMap } from '../registry/media-type-map.ts'
import type { IncomingContent } from './content.ts'
import type { ParseContext, ParseFunction, Parser } from './parser.ts'

export class PluggableParser extends MediaTypeMap<Parser> implements Parser {
  /** Wraps a parser of any kind, for all types. */
  static of(parser: PluggableParser | Parser | ParseFunction): PluggableParser {
    return parser instanceof PluggableParser ? parser : new PluggableParser().registerParser('*/*', parser)
  }

  /**
   * Registers the parser of a media type or range, or replaces it.
   *
   * With one argument it is a decorator, which returns the function.
   *
   * @throws {TypeError} for an invalid media type.
   */
  parses<F extends ParseFunction>(contentType: string): (parser: F) => F
  parses(contentType: string, parser: ParseFunction | Parser): this
  parses(contentType: string, parser?: ParseFunction | Parser): unknown {
    if (parser) return this.registerParser(contentType, parser)
    return (decorated: ParseFunction) => {
      this.registerParser(contentType, decorated)
      return decorated
    }
  }

  /** The two-argument form of {@link PluggableParser.parses}. @throws {TypeError} as it does. */
  registerParser(contentType: string, parser: ParseFunction | Parser): this {
    return this.put(contentType, parserOf(parser))
  }

  /** The parser of a type: its own, of the type without parameters, JSON for any `+json`, of a range. */
  parserFor(contentType: string): Parser | undefined {
    return this.find(contentType)
  }

  /** @throws {TypeError} when no parser is registered for `context.contentType`. */
  parse(content: IncomingContent, context: ParseContext): unknown {
    const parser = this.parserFor(context.contentType)
    if (!parser) throw new TypeError(`No parser is registered for '${context.contentType}'`)
    return parser.parse(content, context)
  }
}

/** Either form as a parser. @throws {TypeError} for other values. */
function parserOf(parser: ParseFunction | Parser): Parser {
  throwIfFactory('A parser', parser)
  if (typeof parser === 'function') return { parse: parser, parseText: parser.parseText }
  if (typeof parser?.parse === 'function') return parser
  throw new TypeError(`A parser is a function or has a parse method, not ${String(parser)}`)
}
