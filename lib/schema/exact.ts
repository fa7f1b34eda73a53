/** A single check in place of the removal of unknown members and the validation after it. */
import type { JsonSchemaHook } from './json-schema.ts'
import type { Schema } from './schema.ts'

/** Whether data is valid as it is, and has no members that its schema does not know. */
export type ExactCheck = (data: unknown) => boolean

const makers = new WeakMap<Schema, () => ExactCheck | undefined>()

/** Gives a schema a check that is faster than to look for unknown members. Data that fails may be valid. */
export function setExactCheck(schema: Schema, make: () => ExactCheck | undefined): void {
  makers.set(schema, make)
}

/** The check of a schema, compiled now; undefined where it has none, or a hook describes it in other words. */
export function exactCheckOf(schema: Schema, hook?: JsonSchemaHook): ExactCheck | undefined {
  return hook?.(schema, 'input') ? undefined : makers.get(schema)?.()
}
