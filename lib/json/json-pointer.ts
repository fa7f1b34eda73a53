/**
 * JSON Pointer, as the fragment of a URI.
 *
 *     ['tags', 0]  →  #/tags/0          ['a/b', '%']  →  #/a~1b/%25
 *
 * RFC 6901 §3 (escapes), §6 (fragments); RFC 3986 §3.5 (what a fragment can hold).
 */

/** The pointer to what stands at a path; `#` is the whole document. */
export function pointerOf(path: readonly (string | number)[]): string {
  return `#${path.map((token) => `/${encode(String(token))}`).join('')}`
}

/** Half a surrogate pair has no UTF-8; it becomes the replacement character. */
function encode(token: string): string {
  const escaped = token.replaceAll('~', '~0').replaceAll('/', '~1')
  return encodeURI(escaped.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('#', '%23')
}
