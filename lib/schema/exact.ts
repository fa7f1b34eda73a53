/** What schemas of `jsonSchema()` can do beside Standard Schema: decide without a list of errors. */
import type { JsonSchemaHook } from './json-schema.ts'
import type { Schema } from './schema.ts'

/** Whether data is valid as it is, and has no members that its schema does not know. */
export type ExactCheck = (data: unknown) => boolean

/** Validates a value: its output, or undefined where it is not valid. */
export type Attempt = (value: unknown) => { readonly value: unknown } | undefined

interface Shortcuts {
  readonly attempt: Attempt
  /** Compiles a check that is faster than to look for unknown members. Data that fails may be valid. */
  readonly exactCheck: () => ExactCheck | undefined
}

const shortcuts = new WeakMap<Schema, Shortcuts>()

export function setShortcuts(schema: Schema, known: Shortcuts): void {
  shortcuts.set(schema, known)
}

/** Undefined for a schema that only validates with a list of errors. */
export function attemptOf(schema: Schema): Attempt | undefined {
  return shortcuts.get(schema)?.attempt
}

/** The check of a schema, compiled now; undefined where it has none, or a hook describes it in other words. */
export function exactCheckOf(schema: Schema, hook?: JsonSchemaHook): ExactCheck | undefined {
  return hook?.(schema, 'input') ? undefined : shortcuts.get(schema)?.exactCheck()
}
