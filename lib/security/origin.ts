/**
 * Origins: scheme, host and port, always all three.
 *
 *     originOf('https://example.org:443')  →  TypeError: use 'https://example.org'
 *
 * RFC 6454 §6.2 (serialization), Fetch §3.2 (the field Origin).
 */

/** Scheme and authority, in lower case; no path, no user, no list. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s,/?#@\\*A-Z]+$/

/** An origin that a developer has listed. @throws {TypeError} for a text that no browser would send. */
export function originOf(where: string, text: unknown): string {
  const canonical = typeof text === 'string' ? canonicalOf(text) : undefined
  if (canonical === text) return canonical as string
  throw new TypeError(
    `${where} has the origin ${typeof text === 'string' ? `'${text}'` : String(text)}; ${canonical ? `use '${canonical}'` : "an origin is a scheme, a host and perhaps a port: 'https://example.org'"}`,
  )
}

function canonicalOf(text: string): string | undefined {
  if (!/^https?:/i.test(text)) return ORIGIN.test(text) ? text : undefined // capacitor://localhost
  const origin = originOfUrl(text)
  return origin !== undefined && ORIGIN.test(origin) ? origin : undefined
}

/** The origin that a client has sent; undefined for `null`, a list, and whatever else is none. */
export function parseOrigin(field: string | undefined): string | undefined {
  return field !== undefined && ORIGIN.test(field) ? field : undefined
}

/** The origin of an http URL; undefined for any other text. */
export function originOfUrl(text: string): string | undefined {
  try {
    const { origin } = new URL(text)
    return origin === 'null' ? undefined : origin
  } catch {
    return undefined
  }
}
