/**
 * Forwarded: the hops of a request, written by the proxies that it has passed.
 *
 *     Forwarded: For="[2001:db8::17]:4711";proto=https;host=example.org, for=10.0.0.2
 *
 * RFC 7239 §4 (the field), §6 (node identifiers).
 */
import { isToken, splitList } from '../http/field.ts'

/** Facts that one proxy states about the request that it received; undefined where it states none, or none that is valid. */
export interface Hop {
  /** The node that the request came from: an address with or without a port, `unknown`, or a name such as `_hidden`. */
  readonly for?: string
  readonly proto?: string
  readonly host?: string
}

/** The hops of a field, the client's first. An element that does not parse is a hop without members. Never throws. */
export function hopsOf(field: string): readonly Hop[] {
  return elementsOf(field).map(hopOf)
}

/**
 * The elements of a field. It is split from the right, where the trusted proxies have written: a quote that the client has not
 * closed is further left, and hides none of their elements.
 */
function elementsOf(field: string): readonly string[] {
  const elements: string[] = []
  let end = field.length
  let quoted = false
  for (let index = end - 1; index >= 0; index--) {
    const character = field[index]
    if (character === '"') quoted = !quoted || isEscaped(field, index)
    else if (character === ',' && !quoted) {
      elements.push(field.slice(index + 1, end))
      end = index
    }
  }
  elements.push(field.slice(0, end))
  return elements.filter((element) => element.trim() !== '').reverse() // RFC 9110 §5.6.1.2
}

/** Whether the backslashes before a quote of a quoted string make it a part of the content (RFC 9110 §5.6.4). */
function isEscaped(field: string, index: number): boolean {
  let start = index
  while (field[start - 1] === '\\') start--
  return (index - start) % 2 === 1
}

function hopOf(element: string): Hop {
  const hop: Record<string, string> = {}
  for (const pair of splitList(element, ';')) {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, Math.max(equals, 0)).toLowerCase()
    const value = unquoted(pair.slice(equals + 1))
    if (!isToken(name) || value === undefined || Object.hasOwn(hop, name)) return {}
    hop[name] = value
  }
  return hop
}

/** A token or the content of a quoted string; undefined for anything else. Addresses may be unquoted, as many proxies write them. */
function unquoted(text: string): string | undefined {
  if (/^[^\s",;=]+$/.test(text)) return text
  if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) return undefined
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}
