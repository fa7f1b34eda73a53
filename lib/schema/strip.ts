/** Leaving out what a schema does not know, for libraries that do not do it by themselves. */
import { type JsonSchemaHook, jsonSchemaOf } from './json-schema.ts'
import type { Schema } from './schema.ts'
import { prunerOf } from './unknown.ts'

/** Their output has no member the schema does not know, unless it asks for more. */
const STRIPS: readonly string[] = ['zod', 'valibot']

/** What takes away, before validation, the members that must not leave. */
export function stripperOf(schema: Schema, hook?: JsonSchemaHook): (value: unknown) => unknown {
  if (STRIPS.includes(schema['~standard'].vendor)) return (value) => value
  return prunerOf(jsonSchemaOf(schema, 'input', hook))
}
