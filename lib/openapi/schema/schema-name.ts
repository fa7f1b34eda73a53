/**
 * What schemas are called: by their `$id`, by their name among `$defs`, or by the title of an object.
 *
 *     { $id: 'https://example.org/pet.json' }  →  pet · { title: 'A pet', type: 'object', … }  →  APet
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'

/** A name, and whether the developer meant it as one: two schemas with the same title are no mistake. */
export interface SchemaName {
  readonly name: string
  readonly isId: boolean
}

/** Names that libraries make up, other ones each time: `__schema0`, `0`, `intersection229`. */
const MADE_UP = /^(__schema|[a-z]+)?\d+$/

/** @param key under which it stands among `$defs`. Undefined for a schema that nobody named. */
export function nameOf(schema: JsonSchema, key?: string): SchemaName | undefined {
  const id = schema.$id ?? schema.id
  if (typeof id === 'string' && id !== '') return { name: wordOf(lastOf(id)), isId: true }
  if (key !== undefined && !MADE_UP.test(key)) return { name: wordOf(key), isId: true }
  const { title } = schema
  if (typeof title !== 'string' || !isPlain(schema.properties)) return undefined
  const word = wordOf(title)
  return word === '' ? undefined : { name: word, isId: false }
}

/** A text as the name of a component: letters, digits, `.`, `-` and `_` (OpenAPI 3.1.1 §4.8.7). */
export function wordOf(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text
  const words = text.split(/[^\w.-]+/).filter((word) => word !== '')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** The last segment of a URI, without the ending of a file. */
function lastOf(id: string): string {
  const path = id.replace(/[?#].*$/, '').replace(/\/+$/, '')
  return path.slice(path.lastIndexOf('/') + 1).replace(/(\.schema)?\.json$/, '') || id
}
