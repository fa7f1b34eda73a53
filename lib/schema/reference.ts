/**
 * `$ref` within one document.
 *
 *     #   #/$defs/Pet   #/properties/a~1b/items
 *
 * JSON Schema 2020-12 Core §8.2.3.1; RFC 6901 §6 (pointers as fragments).
 */
import type { JsonSchema } from './json-schema.ts'
import { isPlain } from './record.ts'

/** What a `$ref` leads to; undefined when it leads nowhere, out of the document, or to an anchor. */
export function resolve(root: JsonSchema, reference: unknown): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
  const [start, ...tokens] = decode(reference.slice(1)).split('/')
  if (start !== '') return undefined
  let found: unknown = root
  for (const token of tokens) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (!(isPlain(found) || Array.isArray(found)) || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

/** Percent-encoding that does not decode stays as it is. */
function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}
