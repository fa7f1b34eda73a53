/**
 * Names of schemas: of the `$id`, of the key in `$defs`, or of the title of an object.
 *
 *     { $id: 'https://example.org/pet.json' }  →  pet · { title: 'A pet', type: 'object', … }  →  APet
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'

export interface SchemaName {
  readonly name: string
  /** Whether it is an identifier: two schemas may have the same title, but not the same identifier. */
  readonly isId: boolean
}

/** Keys that libraries generate anew each time: `__schema0`, `0`, `intersection229`. */
const GENERATED = /^(__schema|[a-z]+)?\d+$/

/**
 * @param key The schema's key in `$defs`, which is local to its JSON Schema (JSON Schema 2020-12 Core §8.2.4).
 * @param keysAreIds Whether the library's keys are those of a global registry, as Zod's `.meta({ id })`.
 * @returns Undefined for a schema without a name.
 */
export function nameOf(schema: JsonSchema, key?: string, keysAreIds = false): SchemaName | undefined {
  const id = schema.$id ?? schema.id
  if (typeof id === 'string' && id !== '') return { name: toComponentName(lastSegmentOf(id)), isId: true }
  if (key !== undefined && !GENERATED.test(key)) return { name: toComponentName(key), isId: keysAreIds }
  const { title } = schema
  if (typeof title !== 'string' || !isPlain(schema.properties)) return undefined
  const name = toComponentName(title)
  return name === '' ? undefined : { name, isId: false }
}

/** Letters, digits, `.`, `-` and `_` (OpenAPI 3.1.1 §4.8.7). */
export function toComponentName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text
  const words = text.split(/[^\w.-]+/).filter((word) => word !== '')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** The last segment of a URI, without `.json` or `.schema.json`. */
function lastSegmentOf(id: string): string {
  const path = id.replace(/[?#].*$/, '').replace(/\/+$/, '')
  return path.slice(path.lastIndexOf('/') + 1).replace(/(\.schema)?\.json$/, '') || id
}
