/**
 * `$ref` within one document.
 *
 *     #   #/$defs/Pet   #/properties/a~1b/items
 *
 * JSON Schema 2020-12 Core §8.2.3.1; RFC 6901 §6 (pointers as fragments).
 */
import { parseFragment } from '../json/json-pointer.ts'
import { isPlain } from './record.ts'

/** The target of a `$ref`; undefined for a missing target, another document, or an anchor. */
export function resolve(root: object, reference: unknown): unknown {
  const tokens = typeof reference === 'string' ? parseFragment(reference) : undefined
  if (!tokens) return undefined
  let target: unknown = root
  for (const token of tokens) {
    if (!(isPlain(target) || Array.isArray(target)) || !Object.hasOwn(target, token)) return undefined
    target = (target as Record<string, unknown>)[token]
  }
  return target
}

/** The name of the definition that a `$ref` refers to: `Pet` for `#/$defs/Pet`; undefined for other targets. */
export function definitionName(reference: unknown): string | undefined {
  const [keyword, name, ...rest] = (typeof reference === 'string' && parseFragment(reference)) || []
  return (keyword === '$defs' || keyword === 'definitions') && rest.length === 0 ? name : undefined
}
