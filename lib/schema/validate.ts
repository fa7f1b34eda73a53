/**
 * Asks a schema, of whatever library, about a value.
 *
 * Of what a library says only message and path are taken: issues of some carry the whole input.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { withoutEcho } from './echo.ts'
import { isPromise } from './is-promise.ts'
import type { Schema } from './schema.ts'

/** Names of members and positions in arrays, from the outside in. */
export type Path = readonly (string | number)[]

/** One thing that is wrong. */
export interface Issue {
  readonly path: Path
  /** For people. It never repeats the value. */
  readonly detail: string
}

/** What the schema made of a value, or all that is wrong with it. */
export type Validated<T> = { readonly value: T } | { readonly issues: readonly Issue[] }

/** What is wrong beyond this is not said. */
const MAX_ISSUES = 100

/** joi stops at the first thing that is wrong unless told otherwise. */
const JOI: StandardSchemaV1.Options = { libraryOptions: { abortEarly: false } }

/**
 * The value a schema makes of a value, or its issues, at most 100; a promise only when the library gives one.
 *
 * What a schema throws is a mistake of its developer and goes through.
 */
export function validate<T>(
  schema: Schema<unknown, T>,
  value: unknown,
): Validated<T> | Promise<Validated<T>> {
  const standard = schema['~standard']
  if (waiting.has(schema)) return wait(schema as AsyncZod<T>, value)
  const result = standard.vendor === 'joi' ? standard.validate(value, JOI) : standard.validate(value)
  if (!isPromise(result)) return validatedOf(result, value, standard.vendor)
  if (standard.vendor === 'zod' && 'safeParseAsync' in schema) waiting.add(schema)
  return Promise.resolve(result).then((late) => validatedOf(late, value, standard.vendor))
}

/**
 * Schemas of zod that have to wait for something. Unasked, zod tries each value without waiting first: every
 * query to a database would be made twice, and a rejection of the first be nobody's.
 */
const waiting = new WeakSet<object>()

interface AsyncZod<T> extends Schema<unknown, T> {
  safeParseAsync(value: unknown): Promise<{
    readonly data?: T
    readonly error?: { readonly issues: readonly StandardSchemaV1.Issue[] }
  }>
}

async function wait<T>(schema: AsyncZod<T>, value: unknown): Promise<Validated<T>> {
  const { data, error } = await schema.safeParseAsync(value)
  return error ? validatedOf({ issues: error.issues }, value, 'zod') : { value: data as T }
}

function validatedOf<T>(result: StandardSchemaV1.Result<T>, value: unknown, vendor: string): Validated<T> {
  if (!result.issues) return { value: result.value }
  const issues: Issue[] = []
  const count = Math.min(result.issues.length, MAX_ISSUES)
  for (let index = 0; index < count; index++) {
    const issue = result.issues[index] as StandardSchemaV1.Issue
    const path = Array.from(issue.path ?? [], stepOf)
    issues.push({ path, detail: withoutEcho(vendor, issue, valueAt(value, path)) })
  }
  return { issues }
}

function stepOf(segment: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key: unknown = typeof segment === 'object' ? segment.key : segment
  if (typeof key === 'string' || typeof key === 'number') return key
  return typeof key === 'symbol' ? String(key) : typeof key // keys of a Map can be anything
}

/** Undefined when there is nothing of its own. */
function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string | number, unknown>)[step]
  }
  return found
}
