/**
 * Errors of parsers: those of malformed content are the client's.
 *
 *     JSON.parse('{bad')  →  SyntaxError  →  400 Bad Request
 */
import { BadRequest } from '../exceptions/client-errors.ts'
import { asConversion, wrap } from '../exceptions/wrap.ts'

/** Code of the TypeError of a `TextDecoder` that is `fatal`. */
const INVALID_TEXT = 'ERR_ENCODING_INVALID_ENCODED_DATA'

/**
 * The error that a parser has thrown; a 400 in place of a SyntaxError, a URIError, and invalid bytes of a `TextDecoder`.
 *
 * The message of such an error repeats the content, and is not sent. An error with a status of its own stays.
 */
export function parseErrorOf(error: unknown, contentType: string): unknown {
  const isMalformed =
    error instanceof SyntaxError ||
    error instanceof URIError ||
    (error instanceof TypeError && (error as NodeJS.ErrnoException).code === INVALID_TEXT)
  if (!isMalformed || wrap(error).status !== 500) return error
  return asConversion(new BadRequest(`The content is not valid ${contentType}`, { cause: error }))
}

/** The value of a parser. A generator runs while the handler reads it: its errors are converted then. */
export function withParseErrors(value: unknown, contentType: string): unknown {
  if (!isGenerator(value)) return value
  const next = value.next.bind(value)
  const fail = (error: unknown): never => {
    throw parseErrorOf(error, contentType)
  }
  value.next = () => {
    try {
      const result = next()
      return result instanceof Promise ? result.catch(fail) : result
    } catch (error) {
      return fail(error)
    }
  }
  return value
}

interface AnyGenerator {
  next: () => unknown
}

/** Whether a value is the object of a `function*` or an `async function*`. */
function isGenerator(value: unknown): value is AnyGenerator {
  if (typeof (value as AnyGenerator | undefined | null)?.next !== 'function') return false
  return ['[object Generator]', '[object AsyncGenerator]'].includes(Object.prototype.toString.call(value))
}
