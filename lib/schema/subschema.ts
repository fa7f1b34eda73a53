/** Subschemas of a JSON Schema. JSON Schema 2020-12 Core §10, §11; Validation §8. */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf, put } from './record.ts'

/** Keywords whose value is a schema. */
const SCHEMA_KEYWORDS = new Set([
  ...['items', 'additionalItems', 'unevaluatedItems', 'contains'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['not', 'if', 'then', 'else', 'contentSchema'],
])
/** Keywords whose value is an array of schemas. */
const ARRAY_KEYWORDS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'])
/** Keywords whose value is an object of schemas by name; in `dependencies` some are lists of names. */
const OBJECT_KEYWORDS = new Set(['properties', 'patternProperties', 'dependentSchemas', 'dependencies'])

/**
 * A copy with each direct subschema replaced by the result of `change`.
 *
 * @param change gets the keyword, and the name or the index within its value.
 */
export function mapSubschemas(
  schema: JsonSchema,
  change: (part: unknown, keyword: string, name?: string) => unknown,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword]
    if (ARRAY_KEYWORDS.has(keyword) && Array.isArray(value)) {
      copy[keyword] = value.map((part, index) => change(part, keyword, String(index)))
    } else if (SCHEMA_KEYWORDS.has(keyword)) copy[keyword] = change(value, keyword)
    else if (OBJECT_KEYWORDS.has(keyword) && isPlain(value)) {
      const byName: Record<string, unknown> = {}
      for (const name of Object.keys(value)) put(byName, name, change(value[name], keyword, name))
      copy[keyword] = byName
    } else put(copy, keyword, value)
  }
  return copy
}

/** Keywords whose value is an object of definitions by name. */
export const DEFINITIONS = ['$defs', 'definitions']

/** A copy with each direct subschema and each definition replaced by the result of `change`. */
export function mapSchemas(
  schema: JsonSchema,
  change: (part: unknown, keyword: string) => unknown,
): Record<string, unknown> {
  const copy = mapSubschemas(schema, change)
  for (const keyword of DEFINITIONS) {
    const definitions = schema[keyword]
    if (!isPlain(definitions)) continue
    const changed: Record<string, unknown> = {}
    for (const name of Object.keys(definitions)) put(changed, name, change(definitions[name], keyword))
    copy[keyword] = changed
  }
  return copy
}

/** A name that no definition has: the given one, or where it is empty one that becomes no component. */
export function freeName(name: string, definitions: readonly unknown[]): string {
  const isTaken = (key: string) => definitions.some((known) => isPlain(known) && Object.hasOwn(known, key))
  let free = name === '' ? '__schema0' : name
  for (let count = 2; isTaken(free); count++) free = name === '' ? `__schema${count}` : `${name}_${count}`
  return free
}

/** Adds schemas of which a value matches at least one, also where a schema has an `anyOf`. Changes the schema. */
export function addChoices(schema: Record<string, unknown>, choices: readonly unknown[]): void {
  if (schema.anyOf === undefined) schema.anyOf = choices
  else schema.allOf = [...listOf(schema.allOf), { anyOf: choices }]
}
