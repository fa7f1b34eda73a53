/**
 * Validation by a schema of any library.
 *
 * Only message and path of an issue are used: the issues of some libraries contain the whole input.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { withoutEcho } from './echo.ts'
import { attemptOf, limitedOf } from './exact.ts'
import { isPromise } from './is-promise.ts'
import type { Schema } from './schema.ts'
import { timingOf } from './timing.ts'

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
const JOI = { abortEarly: false }

/**
 * Validates a value: the output of the schema, or at most 100 issues. A promise where a check of the schema is, or may
 * be, asynchronous. Every check runs once.
 *
 * Exceptions and rejections of a check are mistakes of its developer and are not caught.
 */
export function validate<T>(
  schema: Schema<unknown, T>,
  value: unknown,
): Validated<T> | Promise<Validated<T>> {
  const { vendor } = schema['~standard']
  if (vendor === 'zod' && isAsyncZod(schema)) return validateZod(schema, value)
  if (vendor === 'joi' && isAsyncJoi(schema)) return validateJoi(schema, value)
  const result = call(schema, value)
  if (!isPromise(result)) return validatedOf(result, value, vendor)
  return Promise.resolve(result).then((late) => validatedOf(late, value, vendor))
}

/**
 * Validates a value synchronously: the output, 'invalid', or undefined for a schema that is asynchronous.
 *
 * A function that returns a promise without being an `async` function is known only after it was called.
 */
export function validateNow<T>(
  schema: Schema<unknown, T>,
  value: unknown,
): { readonly value: T } | 'invalid' | undefined {
  const attempt = attemptOf(schema)
  if (attempt) return (attempt(value) as { value: T } | undefined) ?? 'invalid'
  const { vendor } = schema['~standard']
  const timing = vendor === 'zod' ? timingOf(schema) : 'sync'
  if (timing === 'async' || (vendor === 'joi' && isAsyncJoi(schema))) return undefined
  const result = timing === 'perhaps' && isZod4(schema) ? runZod(schema, value) : call(schema, value)
  if (!isPromise(result)) return result.issues?.length ? 'invalid' : { value: (result as { value: T }).value }
  Promise.resolve(result).catch(() => {}) // the result is not used
  return undefined
}

interface Zod4<T> extends Schema<unknown, T> {
  readonly _zod: { run(payload: object, context: object): Payload<T> | Promise<Payload<T>> }
}

/** The value of a validation, which is in progress or complete. */
interface Payload<T> {
  readonly value: T
  readonly issues: readonly unknown[]
}

/** The schemas of zod/mini have no methods: their transforms return a promise to each asynchronous validation. */
function isZod4<T>(schema: Schema<unknown, T>): schema is Zod4<T> {
  return '_zod' in schema && 'refine' in schema
}

/**
 * Validates asynchronously: the result is a promise only where a function returned one. A synchronous validation would
 * drop that promise, and its rejection would end the process.
 */
function runZod<T>(schema: Zod4<T>, value: unknown): Payload<T> | Promise<Payload<T>> {
  return schema._zod.run({ value, issues: [] }, { async: true })
}

function call<T>(
  schema: Schema<unknown, T>,
  value: unknown,
): StandardSchemaV1.Result<T> | Promise<StandardSchemaV1.Result<T>> {
  const limited = limitedOf(schema)
  if (limited) return limited(value, MAX_ISSUES) as StandardSchemaV1.Result<T>
  if (schema['~standard'].vendor !== 'joi' || !('validate' in schema))
    return schema['~standard'].validate(value)
  const { error, value: output } = (schema as Joi<T>).validate(value, JOI)
  return error ? { issues: issuesOfJoi(error) } : { value: output }
}

interface Zod<T> extends Schema<unknown, T> {
  safeParseAsync(value: unknown): Promise<{
    readonly data?: T
    readonly error?: { readonly issues: readonly StandardSchemaV1.Issue[] }
  }>
}

/** Schemas of zod core alone have no `safeParseAsync`. */
function isAsyncZod<T>(schema: Schema<unknown, T>): schema is Zod<T> {
  return timingOf(schema) !== 'sync' && 'safeParseAsync' in schema
}

async function validateZod<T>(schema: Zod<T>, value: unknown): Promise<Validated<T>> {
  const { data, error } = await schema.safeParseAsync(value)
  return error ? validatedOf({ issues: error.issues }, value, 'zod') : { value: data as T }
}

interface Joi<T> extends Schema<unknown, T> {
  isAsync(): boolean
  validate(value: unknown, options: typeof JOI): { readonly value: T; readonly error?: JoiError | undefined }
  validateAsync(value: unknown, options: typeof JOI): Promise<T>
}

function isAsyncJoi<T>(schema: Schema<unknown, T>): schema is Joi<T> {
  return 'isAsync' in schema && 'validateAsync' in schema && (schema as Joi<T>).isAsync()
}

/** Through Standard Schema, joi returns an error that is thrown in `external` as an issue. */
async function validateJoi<T>(schema: Joi<T>, value: unknown): Promise<Validated<T>> {
  try {
    return { value: await schema.validateAsync(value, JOI) }
  } catch (error) {
    if (!(error as JoiError).isJoi) throw error
    return validatedOf({ issues: issuesOfJoi(error as JoiError) }, value, 'joi')
  }
}

interface JoiError {
  readonly message: string
  /** Whether it reports issues of the value; else it is the developer's own, by `error()`. */
  readonly isJoi?: boolean
  readonly details?: readonly JoiDetail[]
}

interface JoiDetail extends StandardSchemaV1.Issue {
  readonly context?: { readonly error?: unknown; readonly details?: readonly JoiDetail[] }
}

/** @throws the error of a function of the developer: joi makes it an issue, and its text a part of the message. */
function issuesOfJoi({ message, details = [{ message }] }: JoiError): readonly JoiDetail[] {
  for (const { context } of details) {
    if (context?.error instanceof Error) throw context.error
    if (context?.details) issuesOfJoi({ message, details: context.details }) // of alternatives
  }
  return details
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
