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
  return splitList(field).map(hopOf)
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
