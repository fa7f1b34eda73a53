/**
 * A schema of any library that implements Standard Schema: zod, valibot, arktype, joi, …
 *
 * It is an object or a function with the member `~standard`.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isPlain } from './record.ts'

/** Validates a value of type `Input` and returns one of type `Output`. */
// biome-ignore lint/suspicious/noExplicitAny: without a default every mention would need two arguments
export type Schema<Input = any, Output = any> = StandardSchemaV1<Input, Output>

/** Type of the values that a schema validates. */
export type InputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> : unknown

/** Type of the values that a schema returns. */
export type OutputOf<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : unknown

/** Whether a value is a Standard Schema. */
export function isSchema(value: unknown): value is Schema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard = (value as { readonly '~standard'?: { readonly validate?: unknown } })['~standard']
  return typeof standard?.validate === 'function'
}

/**
 * Returns a developer's value as a schema.
 *
 * @param where Location of the schema, at the beginning of a sentence: `The body of 'upload'`.
 * @throws {TypeError} when it is not a schema; for a plain JSON Schema the message names the wrapper.
 */
export function schemaOf(value: unknown, where: string): Schema {
  if (isSchema(value)) return value
  if (isJsonSchema(value)) {
    throw new TypeError(
      `${where} is no schema: it is a plain JSON Schema; wrap it by jsonSchema() of 'mazurka/json-schema'`,
    )
  }
  throw new TypeError(
    `${where} is no schema: ${nameOf(value)} has no ~standard.validate, as schemas of zod, valibot, arktype and joi have`,
  )
}

const KEYWORDS = [
  ...['$schema', '$ref', '$defs', 'type', 'properties', 'items', 'required', 'additionalProperties'],
  ...['anyOf', 'oneOf', 'allOf', 'not', 'enum', 'const'],
]

function isJsonSchema(value: unknown): boolean {
  return isPlain(value) && KEYWORDS.some((keyword) => Object.hasOwn(value, keyword))
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return `function ${value.name || '(without a name)'}`
  if (Array.isArray(value)) return 'an array'
  if (typeof value !== 'object' || value === null) return String(value)
  if (isPlain(value)) return `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'no members'}`
  return `an instance of ${value.constructor?.name || 'a class without a name'}`
}
