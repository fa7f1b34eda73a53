/**
 * Link: where the list goes on.
 *
 *     </pets?page=2>; rel="next", </pets?page=9>; rel="last"  →  /pets?page=2
 *
 * RFC 8288 §3. A link with an anchor speaks of something else (§3.2) and is passed by.
 */

/** A target, a quoted string, a separator or a word; what is not closed goes on to the end. */
const TOKEN = /<[^>]*>?|"(?:\\.|[^"\\])*"?|[,;=]|[^\s,;="<]+/g

/** The target of the first link whose relation is `next`; undefined when there is none. Never throws. */
export function nextOf(field: string): string | undefined {
  let link: Record<string, string> = {}
  let name = ''
  let before = ''
  for (const [token] of `${field},`.matchAll(TOKEN)) {
    if (token === ',') {
      const { target, rel = '', anchor } = link
      if (target !== undefined && anchor === undefined && /(^|\s)next(\s|$)/i.test(rel)) return target
      link = {}
    } else if (token[0] === '<') link.target = token.slice(1, -1).trim()
    else if (before === ';') name = token.toLowerCase()
    else if (before === '=' && name !== 'target') link[name] ??= token.replace(/^"|"$/g, '') // the first counts
    before = token
  }
  return undefined
}
