/**
 * A parser made of parsers, one per media type.
 *
 *     api.contentParser.parses('text/csv', async (content) => rowsOf(await content.text()))
 */
import { MediaTypeMap } from '../registry/media-type-map.ts'
import type { IncomingContent } from './content.ts'
import type { ParseContext, ParseFunction, Parser } from './parser.ts'

export class PluggableParser extends MediaTypeMap<Parser> implements Parser {
  /** A parser of any kind as one of these: it parses all types. */
  static of(parser: PluggableParser | Parser | ParseFunction): PluggableParser {
    return parser instanceof PluggableParser ? parser : new PluggableParser().registerParser('*/*', parser)
  }

  /**
   * Says how content of a type is parsed (`text/*`, any type, for all that have no parser); a later word
   * replaces an earlier one.
   *
   * With one argument it is a decorator, which hands the function back.
   *
   * @throws {TypeError} for text that is no media type.
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

  /** The parser of a type: its own, that of the type without parameters, JSON for any `+json`, that of a range. */
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

/** Either form as a parser. @throws {TypeError} for what is neither. */
function parserOf(parser: ParseFunction | Parser): Parser {
  if (typeof parser === 'function') return { parse: parser }
  if (typeof parser?.parse === 'function') return parser
  throw new TypeError(`A parser is a function or has a parse method, not ${String(parser)}`)
}
