/**
 * Link: a related resource and its relation type.
 *
 *     </readings>; rel="alternate"; type="text/csv"
 *
 * RFC 8288 §3.
 */

/**
 * A request target as a reference from the requested resource itself: its query alone.
 *
 *     /api/songs?page=3  →  ?page=3     /api/songs  →  ?
 *
 * It is right behind a proxy that strips or adds a prefix. RFC 8288 §3.1, RFC 3986 §4.2 (the path of the base is kept).
 */
export function queryReference(target: string): string {
  const mark = target.indexOf('?')
  return mark < 0 ? '?' : target.slice(mark)
}

/** One link value. Characters that would end the target or a parameter are escaped. */
export function linkTo(target: string, parameters: Readonly<Record<string, string>>): string {
  const address = PLAIN.test(target) ? target : encodeURI(target).replaceAll('%25', '%')
  let link = `<${address}>`
  for (const name in parameters) link += `; ${name}="${quotable(parameters[name] as string)}"`
  return link
}

/** Clients limit the fields of a response, to 16 KB for example, and proxies to 4 or 8: links repeat the query of a request. */
const MOST_CHARACTERS = 4000

/** Link values as one field; undefined without any, and where it would be too long. */
export function linkField(links: readonly string[]): string | undefined {
  const field = links.join(', ')
  return field === '' || field.length > MOST_CHARACTERS ? undefined : field
}

/** Characters that `encodeURI` keeps, and `%`. */
const PLAIN = /^[\w;,/?:@&=+$.!~*'()#%-]*$/

function quotable(value: string): string {
  return /["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value
}
