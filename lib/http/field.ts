/**
 * Field syntax: lists, tokens, quoted strings.
 *
 *     a, "b,c";d="e\",f", , g  →  ['a', '"b,c";d="e\",f"', 'g']
 *
 * A scanner, because a regular expression that looks for commas outside quotes goes quadratic.
 *
 * RFC 9110 §5.6.1 (lists), §5.6.2 (tokens), §5.6.4 (quoted strings).
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** The members of a list, trimmed; empty members are dropped, as recipients must (RFC 9110 §5.6.1.2). */
export function splitList(field: string, separator = ','): string[] {
  const members: string[] = []
  const stop = separator.charCodeAt(0)
  let start = 0
  let quoted = false
  for (let index = 0; index < field.length; index++) {
    const code = field.charCodeAt(index)
    if (quoted && code === BACKSLASH) index++
    else if (code === QUOTE) quoted = !quoted
    else if (code === stop && !quoted) {
      add(members, field.slice(start, index))
      start = index + 1
    }
  }
  add(members, field.slice(start))
  return members
}

function add(members: string[], member: string): void {
  const trimmed = member.trim()
  if (trimmed !== '') members.push(trimmed)
}

/** Whether `text` is a token: a method, a field name, the half of a media type (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)
}
