/** Shortcuts of the schemas of `jsonSchema()`, beside Standard Schema: decisions without a list of errors, and a list of only some. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JsonSchemaHook } from './json-schema.ts'
import type { Schema } from './schema.ts'

/** Whether data is valid as it is, and has no members that its schema does not know. */
export type ExactCheck = (data: unknown) => boolean

/** Validates a value: its output, or undefined where it is not valid. */
export type Attempt = (value: unknown) => { readonly value: unknown } | undefined

/** Validates a value, and lists at most so many of its issues. */
export type LimitedValidation = (value: unknown, maxIssues: number) => StandardSchemaV1.Result<unknown>

interface Shortcuts {
  readonly limited: LimitedValidation
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

/** Undefined for a schema that lists all of its issues. */
export function limitedOf(schema: Schema): LimitedValidation | undefined {
  return shortcuts.get(schema)?.limited
}

/** The check of a schema, compiled now; undefined where it has none, or a hook describes it in other words. */
export function exactCheckOf(schema: Schema, hook?: JsonSchemaHook): ExactCheck | undefined {
  return hook?.(schema, 'input') ? undefined : shortcuts.get(schema)?.exactCheck()
}
