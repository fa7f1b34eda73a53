/**
 * The form of a JSON Schema that content must have before Ajv fills in defaults.
 *
 *     { properties: { n: { default: 1 } }, required: ['n', 'm'] }  →  { …, required: ['m'] }
 *
 * In alternatives and conditions Ajv fills in nothing. A definition that one of them refers to keeps its required
 * members, so that its form is the same everywhere.
 */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf } from './record.ts'
import { targetsOf } from './reference.ts'
import { DEFINITIONS, mapSchemas } from './subschema.ts'

/** Keywords in whose schemas Ajv fills in no defaults. */
const UNFILLED_KEYWORDS = ['anyOf', 'oneOf', 'not', 'if', 'contains', 'propertyNames']

/** The schema in which members with a default are not required, where Ajv fills them in. */
export function inputForm(root: JsonSchema): JsonSchema {
  const unfilled = unfilledIn(root)
  const formOf = (schema: unknown): unknown => {
    if (!isPlain(schema)) return schema
    const copy = mapSchemas(schema, formOf)
    if (unfilled.has(schema) || !Array.isArray(schema.required)) return copy
    const filled = filledBy(root, schema)
    const required = schema.required.filter((name) => !filled.has(name))
    if (required.length > 0) copy.required = required
    else delete copy.required
    return copy
  }
  return formOf(root) as JsonSchema
}

/** Schemas in alternatives and conditions, and those they refer to. */
function unfilledIn(root: JsonSchema): ReadonlySet<unknown> {
  const found = new Set<unknown>()
  const visit = (schema: unknown, isUnfilled: boolean): void => {
    if (!isPlain(schema) || found.has(schema)) return
    if (isUnfilled) {
      found.add(schema)
      for (const target of targetsOf(root, schema)) visit(target, true)
    }
    mapSchemas(schema, (part, keyword) =>
      visit(part, !DEFINITIONS.includes(keyword) && (isUnfilled || UNFILLED_KEYWORDS.includes(keyword))),
    )
  }
  visit(root, false)
  return found
}

/** Names of members that Ajv has filled in before it looks for the required members of a schema. */
function filledBy(root: JsonSchema, schema: unknown, names = new Set<unknown>(), seen = new Set<unknown>()) {
  if (!isPlain(schema) || seen.has(schema)) return names
  seen.add(schema)
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    if (isPlain(member) && member.default !== undefined) names.add(name)
  for (const part of [...targetsOf(root, schema), ...listOf(schema.allOf)]) filledBy(root, part, names, seen)
  return names
}
