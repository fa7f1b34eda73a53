/** text/plain: a string, in the charset the client names. */
import type { ParseFunction } from './parser.ts'

/** Text in UTF-8, or in the charset of the Content-Type (RFC 9110 §8.3.2). */
export function text(): ParseFunction<string> {
  return (content, { parameters }) => content.text(parameters.charset)
}
