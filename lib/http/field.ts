/**
 * Field syntax: lists, tokens, quoted strings.
 *
 *     a, "b,c";d="e\",f", , g  →  ['a', '"b,c";d="e\",f"', 'g']
 *
 * Scanned, because a regular expression for commas outside quotes takes quadratic time.
 *
 * RFC 9110 §5.6.1 (lists), §5.6.2 (tokens), §5.6.4 (quoted strings).
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** The members of a list, trimmed; recipients must ignore empty members (RFC 9110 §5.6.1.2). */
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

/** Whether `text` is a token: a method, a field name, a type or subtype (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)
}
