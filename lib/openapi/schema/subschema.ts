/** Where in a JSON Schema other schemas stand. JSON Schema 2020-12 Core §10, §11; Validation §8. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, put } from '../../schema/record.ts'

const SINGLE = new Set([
  ...['items', 'additionalItems', 'unevaluatedItems', 'contains'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['not', 'if', 'then', 'else', 'contentSchema'],
])
const LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'])
const NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas'])

/** A copy with each schema right below it changed; `change` also gets the names of the way there. */
export function mapSchemas(
  schema: JsonSchema,
  change: (part: unknown, keyword: string, name?: string) => unknown,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword]
    if (LISTS.has(keyword) && Array.isArray(value)) {
      copy[keyword] = value.map((part, index) => change(part, keyword, String(index)))
    } else if (SINGLE.has(keyword)) copy[keyword] = change(value, keyword)
    else if (NAMED.has(keyword) && isPlain(value)) {
      const named: Record<string, unknown> = {}
      for (const name of Object.keys(value)) put(named, name, change(value[name], keyword, name))
      copy[keyword] = named
    } else put(copy, keyword, value)
  }
  return copy
}
