/**
 * The JSON Schema 2020-12 form of a schema with a keyword of OpenAPI 3.0 that Ajv applies.
 *
 *     { type: 'string', nullable: true }  →  { type: ['string', 'null'] }
 *
 * OpenAPI 3.0.3 §4.7.24.1 (`nullable`).
 */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf } from './record.ts'
import { mapSchemas } from './subschema.ts'

/** A copy of the schema without `nullable`. */
export function currentForm(schema: JsonSchema): JsonSchema {
  const formOf = (part: unknown): unknown => {
    if (!isPlain(part)) return part
    const { nullable, ...copy } = mapSchemas(part, formOf)
    if (nullable !== undefined && typeof nullable !== 'boolean') return { nullable, ...copy }
    return acceptsNull(part) ? { ...copy, type: [part.type, 'null'].flat() } : copy
  }
  return formOf(schema) as JsonSchema
}

/** Whether `nullable` has an effect: not without a type, and not where the listed values lack null. */
function acceptsNull({ nullable, type, enum: values, const: only = null }: JsonSchema): boolean {
  const types = listOf([type ?? []].flat())
  const isListed = only === null && (!Array.isArray(values) || values.includes(null))
  return nullable === true && types.length > 0 && !types.includes('null') && isListed
}
