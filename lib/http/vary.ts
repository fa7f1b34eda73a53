/**
 * Vary: the request fields that the response depends on.
 *
 *     varyBy('Origin', 'Accept')  →  'Origin, Accept'
 *
 * RFC 9110 §12.5.5.
 */
import { splitList } from './field.ts'

/** Both lists as one: each field once, ignoring case; `*` replaces all others. */
export function varyBy(existing: string, added: string): string {
  const fields = new Map(
    [...splitList(existing), ...splitList(added)].map((name) => [name.toLowerCase(), name]),
  )
  return fields.has('*') ? '*' : [...fields.values()].join(', ')
}
