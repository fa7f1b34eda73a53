/** text/plain: a string, decoded by the charset of the Content-Type. */
import { factory } from '../registry/factory.ts'
import type { ParseFunction } from './parser.ts'

/** Text in the charset of the Content-Type, UTF-8 by default (RFC 9110 §8.3.2). */
export const text = /* @__PURE__ */ factory('text', (): ParseFunction<string> => {
  return (content, { parameters }) => content.text(parameters.charset)
})
