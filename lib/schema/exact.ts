/** A single check in place of the removal of unknown members and the validation after it. */
import type { JsonSchemaHook } from './json-schema.ts'
import type { Schema } from './schema.ts'

/** Whether data is valid as it is, and has no members that its schema does not know. */
export type ExactCheck = (data: unknown) => boolean

const checks = new WeakMap<Schema, ExactCheck>()

/** Gives a schema a check that is faster than to look for unknown members. Data that fails may be valid. */
export function setExactCheck(schema: Schema, check: ExactCheck): void {
  checks.set(schema, check)
}

/** The check of a schema, unless a hook describes it in other words. */
export function exactCheckOf(schema: Schema, hook?: JsonSchemaHook): ExactCheck | undefined {
  return hook?.(schema, 'input') ? undefined : checks.get(schema)
}
