/**
 * Values as texts in URLs, and the paths that a client changes before it sends a request.
 *
 *     2026-05-01 → 2026-05-01T00:00:00.000Z      a b/ł → a%20b%2F%C5%82      /x/.. → /
 *
 * RFC 3986 §2.1 (percent-encoding), §4.2 (`//` begins a host), §5.2.4 (dot segments). Without imports: the client uses it,
 * too.
 */

/**
 * The text of a value: ISO 8601 for a Date. Undefined for lists, functions, NaN, a Date without a time, and objects that have
 * no text of their own.
 */
export function textOf(value: unknown): string | undefined {
  if (Array.isArray(value) || typeof value === 'function' || Number.isNaN(value)) return undefined
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  const text = typeof value.toString === 'function' ? String(value) : '[object Object]'
  return text.startsWith('[object ') ? undefined : text
}

/**
 * A text as one segment of a path, or as several: percent-encoded. A slash at its end is encoded, too, since servers ignore
 * one. Undefined for a text with a lone surrogate, which has no encoding.
 */
export function encodeText(text: string, hasSlashes = false): string | undefined {
  if (!text.isWellFormed()) return undefined
  if (!hasSlashes) return encodeURIComponent(text)
  const path = text.split('/').map(encodeURIComponent).join('/')
  return hasDotSegment(path) ? path : path.replace(/\/$/, '%2F') // `..%2F` would not be found by `leadsElsewhere`
}

/** Whether a path leads to something else where a client resolves it: it has a dot segment, or begins with a host. */
export function leadsElsewhere(path: string): boolean {
  return path.startsWith('//') || hasDotSegment(path)
}

function hasDotSegment(path: string): boolean {
  return /(^|\/)\.{1,2}(\/|$)/.test(path)
}

/**
 * Whether a text is a segment of a path, by which a URL ends: many servers and clients leave out an empty one, and `.` and
 * `..` lead to something else in whatever spelling (RFC 3986 §6.2.2.3).
 */
export function isSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && text.isWellFormed()
}

/**
 * A path as it is compared with text of templates: decoded, but not reserved characters and `%`, which are data
 * where they are encoded (RFC 3986 §2.2). Undefined for malformed percent-encoding.
 */
export function comparable(path: string): string | undefined {
  try {
    return decodeURI(path.replaceAll('%25', '%2525'))
  } catch {
    return undefined
  }
}
