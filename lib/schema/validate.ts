/**
 * Validation by a schema of any library.
 *
 * Only message and path of an issue are used: the issues of some libraries contain the whole input.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { withoutEcho } from './echo.ts'
import { isPromise } from './is-promise.ts'
import type { Schema } from './schema.ts'

/** Member names and array indexes, from the root. */
export type Path = readonly (string | number)[]

/** One validation error. */
export interface Issue {
  readonly path: Path
  /** Message for people. It never repeats the value. */
  readonly detail: string
}

/** The output of a schema, or its issues. */
export type Validated<T> = { readonly value: T } | { readonly issues: readonly Issue[] }

/** Further issues are not reported. */
const MAX_ISSUES = 100

/** joi stops at the first error by default. */
const JOI: StandardSchemaV1.Options = { libraryOptions: { abortEarly: false } }

/**
 * Validates a value: the output of the schema, or at most 100 issues; a promise only when the library returns one.
 *
 * Exceptions of the schema are mistakes of its developer and are not caught.
 */
export function validate<T>(
  schema: Schema<unknown, T>,
  value: unknown,
): Validated<T> | Promise<Validated<T>> {
  const standard = schema['~standard']
  if (asyncSchemas.has(schema)) return validateAsync(schema as AsyncZod<T>, value)
  const result = standard.vendor === 'joi' ? standard.validate(value, JOI) : standard.validate(value)
  if (!isPromise(result)) return validatedOf(result, value, standard.vendor)
  if (standard.vendor === 'zod' && 'safeParseAsync' in schema) asyncSchemas.add(schema)
  return Promise.resolve(result).then((late) => validatedOf(late, value, standard.vendor))
}

/**
 * Asynchronous schemas of zod. By default zod first validates each value synchronously: every database query would
 * be made twice, and a rejection of the first would be unhandled.
 */
const asyncSchemas = new WeakSet<object>()

interface AsyncZod<T> extends Schema<unknown, T> {
  safeParseAsync(value: unknown): Promise<{
    readonly data?: T
    readonly error?: { readonly issues: readonly StandardSchemaV1.Issue[] }
  }>
}

async function validateAsync<T>(schema: AsyncZod<T>, value: unknown): Promise<Validated<T>> {
  const { data, error } = await schema.safeParseAsync(value)
  return error ? validatedOf({ issues: error.issues }, value, 'zod') : { value: data as T }
}

function validatedOf<T>(result: StandardSchemaV1.Result<T>, value: unknown, vendor: string): Validated<T> {
  if (!result.issues) return { value: result.value }
  const issues: Issue[] = []
  const count = Math.min(result.issues.length, MAX_ISSUES)
  for (let index = 0; index < count; index++) {
    const issue = result.issues[index] as StandardSchemaV1.Issue
    const path = Array.from(issue.path ?? [], keyOf)
    issues.push({ path, detail: withoutEcho(vendor, issue, valueAt(value, path), path) })
  }
  return { issues }
}

function keyOf(segment: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key: unknown = typeof segment === 'object' ? segment.key : segment
  if (typeof key === 'string' || typeof key === 'number') return key
  return typeof key === 'symbol' ? String(key) : typeof key // keys of a Map can have any type
}

/** The own member at a path; undefined without one. */
function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Record<string | number, unknown>)[step]
  }
  return found
}
