/**
 * JSON Pointer, as text and as the fragment of a URI.
 *
 *     ['tags', 0]  ↔  /tags/0, #/tags/0          ['a/b', '%']  ↔  /a~1b/%, #/a~1b/%25
 *
 * RFC 6901 §3 (escapes), §6 (fragments); RFC 3986 §3.5 (characters of a fragment).
 */

/** The fragment for a path; `#` is the whole document. */
export function fragmentOf(path: readonly (string | number)[]): string {
  return `#${path.map((token) => `/${encode(String(token))}`).join('')}`
}

/**
 * The tokens of a JSON Pointer; undefined for text that starts without a slash.
 *
 * A `~` that begins no escape stays as it is.
 */
export function parsePointer(text: string): string[] | undefined {
  if (text === '') return []
  if (!text.startsWith('/')) return undefined
  return text.slice(1).split('/').map(unescapeToken)
}

/** The tokens of a fragment; undefined for other references. Percent-encoding that does not decode stays. */
export function parseFragment(reference: string): string[] | undefined {
  return reference.startsWith('#') ? parsePointer(decode(reference.slice(1))) : undefined
}

/** Half a surrogate pair has no UTF-8; it becomes the replacement character. */
function encode(token: string): string {
  const escaped = token.replaceAll('~', '~0').replaceAll('/', '~1')
  return encodeURI(escaped.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('#', '%23')
}

/** RFC 6901 §4: `~1` first, so that `~01` is `~1`. */
function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}
