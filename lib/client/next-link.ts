/**
 * Link: the URL of the next page.
 *
 *     </pets?page=2>; rel="next", </pets?page=9>; rel="last"  →  /pets?page=2
 *
 * RFC 8288 §3. A link with an anchor has another context (§3.2) and is ignored.
 */

/** A target, a quoted string without its escapes, a separator or a token; an unclosed one extends to the end. */
const TOKEN = /<[^>]*>?|"[^"]*"?|[,;=]|[^\s,;="<]+/g

/** Target of the first link whose relation is `next`; undefined without one. Never throws. */
export function nextLink(field: string): string | undefined {
  let link: Record<string, string> = {}
  let name = ''
  let previous = ''
  for (const [token] of `${field.replace(/\\./gs, '')},`.matchAll(TOKEN)) {
    if (token === ',') {
      const { target, rel = '', anchor } = link
      if (target !== undefined && anchor === undefined && /(^|\s)next(\s|$)/i.test(rel)) return target
      link = {}
    } else if (token[0] === '<') link.target = token.slice(1, -1).trim()
    else if (previous === ';') name = token.toLowerCase()
    else if (previous === '=' && name !== 'target') link[name] ??= token.replace(/^"|"$/g, '') // §3.3: the first rel counts
    previous = token
  }
  return undefined
}
