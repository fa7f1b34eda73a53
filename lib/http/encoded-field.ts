/**
 * Values of header fields with characters that a field cannot contain, encoded where the field has a rule for it.
 *
 *     location: /cities/Łódź                        →  /cities/%C5%81%C3%B3d%C5%BA
 *     content-disposition: …; filename="Łódź.csv"   →  …; filename="__d_.csv"; filename*=UTF-8''%C5%81%C3%B3d%C5%BA.csv
 *
 * RFC 9110 §5.5 (field values), RFC 3986 §2.1 (URLs), RFC 8187 §3.2 (parameters), RFC 6266 §4.3 (filename*).
 */
import { splitList } from './field.ts'

/** The characters of URLs in ASCII but those that WHATWG URL §1.3 encodes in paths and queries. */
const OUTSIDE_URL = /[^\x21\x23-\x3b\x3d\x3f-\x5f\x61-\x7a\x7c\x7e]/gu
const OUTSIDE_ASCII = /[^\x20-\x7e]/
/** Characters that Node's `writeHead` rejects. */
const OUTSIDE_FIELD = /[^\t\x20-\x7e\x80-\xff]/

/**
 * A value as it can be sent.
 *
 * @param name in lower case.
 * @throws {TypeError} that names the field, for a character that it cannot contain and has no rule for.
 */
export function encodedField(name: string, value: string): string {
  if (name === 'location' || name === 'content-location') return encodedUrl(value)
  if (!OUTSIDE_FIELD.test(value)) return value
  const encoded = encodedByRule(name, value)
  if (!OUTSIDE_FIELD.test(encoded)) return encoded
  throw new TypeError(
    `The field ${name} cannot contain ${JSON.stringify(encoded)}: only tabs and the characters of ISO-8859-1 that are visible; encode the others`,
  )
}

function encodedByRule(name: string, value: string): string {
  if (name === 'link') return value.replace(/<[^<>]*>/g, (target) => `<${encodedUrl(target.slice(1, -1))}>`)
  if (name === 'content-disposition') return withExtendedFilename(value)
  return value
}

/** A URL reference in ASCII. What is percent-encoded stays as it is. */
export function encodedUrl(url: string): string {
  return url.replace(OUTSIDE_URL, encodedCharacter)
}

/** Adds `filename*`, which clients prefer; a value that has one already is not changed. */
function withExtendedFilename(value: string): string {
  if (/filename\*/i.test(value)) return value
  return splitList(value, ';').map(extended).join('; ')
}

/** A parameter `filename` as a quoted string in ASCII, and as `filename*`; other parameters as they are. */
function extended(parameter: string): string {
  const [, before, written = ''] = /^(filename[ \t]*=[ \t]*)(".*"|[^\p{Cc}]*)$/isu.exec(parameter) ?? []
  if (before === undefined || !OUTSIDE_ASCII.test(written)) return parameter
  const quoted = /^"(.*)"$/s.exec(written)?.[1]
  const name = quoted?.replace(/\\(.)/gsu, '$1') ?? written
  const plain = name.replace(/[^\x20-\x7e]/gu, '_').replace(/["\\]/g, '\\$&')
  const encoded = name.replace(/[^\w!#$&+.^`|~-]/gu, encodedCharacter)
  return `${before}"${plain}"; filename*=UTF-8''${encoded}`
}

/** Percent-encoded in UTF-8; a lone surrogate as U+FFFD. */
function encodedCharacter(character: string): string {
  return percentEncoded(Buffer.from(character))
}

/** Bytes in percent-encoding. RFC 3986 §2.1. */
export function percentEncoded(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase().replace(/../g, '%$&')
}
