/**
 * A plain JSON Schema as a Standard Schema, validated by Ajv.
 *
 * JSON Schema 2020-12. Formats are checked when `ajv-formats` is installed.
 */
import { parsePointer } from '../json/json-pointer.ts'
import { type Checking, CLOSED, FILLING, instanceFor, KEEPING, mentions } from './ajv-instance.ts'
import { bundle } from './bundle.ts'
import { closedForm } from './closed-form.ts'
import { currentForm } from './current-form.ts'
import { type Attempt, type ExactCheck, type LimitedValidation, setShortcuts } from './exact.ts'
import { inputForm } from './input-form.ts'
import { hasToJson, jsonForm } from './json-form.ts'
import type { JsonSchema } from './json-schema.ts'
import { isLeaf } from './leaf.ts'
import { isPlain, type PlainRecord, put } from './record.ts'
import type { Schema } from './schema.ts'

/** The required part of an instance of Ajv 8, of any dialect, with its own keywords, formats and schemas. */
export interface AjvLike {
  // biome-ignore lint/suspicious/noExplicitAny: Ajv overloads by the type of the schema
  compile(schema: any): AjvCheck
  /** Finds the schemas added to it that a `$ref` leads to, for their members and the documentation. */
  getSchema?(uri: string): { readonly schema?: unknown } | undefined
  /** Whether a keyword has an effect: `nullable`, and those of older versions of JSON Schema. */
  getKeyword?(keyword: string): unknown
  /** Whether it fills in defaults: its requests are then documented without the members that have one as required. */
  readonly opts?: { readonly useDefaults?: unknown }
}

/** A validation function compiled by Ajv. */
export interface AjvCheck {
  (data: unknown): unknown
  errors?: readonly AjvError[] | null | undefined
}

/** The required part of an error of Ajv. */
export interface AjvError {
  readonly instancePath: string
  readonly params: object
  readonly message?: string | undefined
}

export interface JsonSchemaOptions {
  /**
   * Replaces the default: Ajv for JSON Schema 2020-12, with all errors (of more than 10,000 values the first error alone),
   * formats, and defaults filled in; NaN and Infinity are no numbers.
   */
  readonly ajv?: AjvLike
}

/** Members of `params` with the name of a missing or unexpected member. */
const NAME_PARAMS = ['missingProperty', 'additionalProperty', 'unevaluatedProperty', 'propertyName'] as const

/** Values in a content that is checked for all its errors; of a larger one, the first error alone is reported. */
const MAX_VALUES = 10_000

/**
 * A plain JSON Schema as a Standard Schema. Validated values are not changed: defaults are added to a copy.
 *
 * @throws {TypeError} for an invalid JSON Schema, or an asynchronous one.
 */
export function jsonSchema<T = unknown>(
  schema: JsonSchema,
  options: JsonSchemaOptions = {},
): Schema<NoInfer<T>, NoInfer<T>> {
  const { ajv } = options
  const check: Check = ajv ? compile(schema, () => ajv) : checkOf(schema, FILLING)
  const described = describe(schema, ajv)
  const input = (): JsonSchema => (!ajv || ajv.opts?.useDefaults ? inputForm(described) : described)
  // An Ajv of the user may change the values it validates.
  const mayWrite = ajv !== undefined || mentions(schema, 'default')
  const limited = limitedBy(check, mayWrite)
  const standard = standardSchema<T>(described, limited, input)
  const exactCheck = () => (ajv ? undefined : exactCheckFor(schema))
  setShortcuts(standard, { attempt: attemptBy(check.first ?? check, mayWrite), exactCheck, limited })
  return standard
}

/**
 * A schema that validates values as they are: a required member that is missing is an issue, although it has a default.
 *
 * @throws {TypeError} for an invalid JSON Schema, or an asynchronous one.
 */
export function jsonSchemaWithoutDefaults(schema: JsonSchema): Schema {
  return standardSchema(schema, limitedBy(checkOf(schema, KEEPING), false))
}

/** The schema as 2020-12, in one document; itself where it is that. */
function describe(schema: JsonSchema, ajv: AjvLike | undefined): JsonSchema {
  const whole = ajv ? bundle(schema, (uri) => schemaAt(ajv, uri)) : schema
  return currentForm(whole, (keyword) => !ajv || Boolean(ajv.getKeyword?.(keyword)))
}

/** A schema of an Ajv, which compiles it before; undefined for one that is unknown or invalid. */
function schemaAt(ajv: AjvLike, uri: string): unknown {
  try {
    return ajv.getSchema?.(uri)?.schema
  } catch {
    return undefined
  }
}

function standardSchema<T>(schema: JsonSchema, limited: LimitedValidation, input = () => schema) {
  return {
    '~standard': {
      version: 1,
      vendor: 'mazurka',
      validate: (value) => limited(value, Number.POSITIVE_INFINITY),
      jsonSchema: { input, output: () => schema },
    },
  } as Schema<T, T>
}

/** @param mayWrite whether the check may change the values, which are copied before. */
function limitedBy(check: AjvCheck, mayWrite: boolean): LimitedValidation {
  return (value, maxIssues) => {
    const data = mayWrite ? cloneOf(value) : value
    try {
      if (check(data)) return { value: data }
    } catch (error) {
      const path = uncomparable(data)
      if (!path) throw error
      return { issues: [{ message: 'must not have this member, since objects are compared', path }] }
    }
    return { issues: (check.errors ?? []).slice(0, maxIssues).map((error) => issueOf(error, data)) }
  }
}

/** Validation that lists no errors. A value that Ajv cannot compare is not valid. */
function attemptBy(check: AjvCheck, mayWrite: boolean): Attempt {
  return (value) => {
    const data = mayWrite ? cloneOf(value) : value
    try {
      return check(data) ? { value: data } : undefined
    } catch {
      return undefined
    }
  }
}

interface Check extends AjvCheck {
  /** Makes the decision by the first error alone. */
  readonly first?: AjvCheck
}

/** A check that decides by the first error, and reports all errors of content that is not large. */
function checkOf(schema: JsonSchema, checking: Checking): Check {
  const first = compile(schema, () => instanceFor(schema, checking.first))
  let all: AjvCheck | undefined
  const check: AjvCheck = (data) => {
    if (first(data)) return true
    check.errors = first.errors
    if (countValues(data, MAX_VALUES) >= MAX_VALUES) return false
    all ??= compile(schema, () => instanceFor(schema, checking.all))
    if (!all(data)) check.errors = all.errors
    return false
  }
  return Object.assign(check, { first })
}

/** Undefined where a schema has no closed form. Compiled for the first data: an application may have thousands of endpoints. */
function exactCheckFor(schema: JsonSchema): ExactCheck | undefined {
  const closed = closedForm(schema)
  if (!closed) return undefined
  const form = snapshotOf(closed)
  let check: AjvCheck | undefined
  return (data) => {
    check ??= compile(form, () => instanceFor(form, CLOSED))
    return Boolean(check(data))
  }
}

/** A copy without what no JSON Schema has: functions in annotations. */
function snapshotOf(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema))
}

function compile(schema: JsonSchema, instance: () => AjvLike): AjvCheck {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw new TypeError(`jsonSchema() takes a JSON Schema object, not ${String(schema)}`)
  if (schema.$async) throw new TypeError('jsonSchema() takes no schemas with $async')
  try {
    return instance().compile(schema)
  } catch (error) {
    throw new TypeError(`Invalid JSON Schema 2020-12: ${(error as Error).message}`, { cause: error })
  }
}

/** The number of members and items in a value, with itself; counted up to a limit. */
function countValues(value: unknown, limit: number): number {
  let count = 1
  if (typeof value !== 'object' || value === null) return count
  for (const name in value) {
    if (count >= limit) return count
    count += countValues((value as PlainRecord)[name], limit - count)
  }
  return count
}

/**
 * A deep copy, with the same prototypes, of the record or list that `toJSON` returns, if there is one; shared are values
 * that are no records: with text as their JSON form, or without members.
 */
function cloneOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (hasToJson(value)) {
    const form = ArrayBuffer.isView(value) ? undefined : jsonForm(value)
    return typeof form === 'object' && form !== null ? cloneOf(form) : value
  }
  if (Array.isArray(value)) return value.map(cloneOf)
  if (isLeaf(value)) return value
  const names = Object.keys(value)
  if (names.length === 0 && !isPlain(value)) return value
  const clone = Object.create(Object.getPrototypeOf(value))
  for (const name of names) put(clone, name, cloneOf((value as PlainRecord)[name]))
  return clone
}

/** The path of a `valueOf` or `toString` that is data: to compare objects (`enum`, `uniqueItems`) Ajv would call it. */
function uncomparable(value: unknown): PropertyKey[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    if ((name === 'valueOf' || name === 'toString') && typeof member !== 'function') return [name]
    const path = uncomparable(member)
    if (path) return [Array.isArray(value) ? Number(name) : name, ...path]
  }
  return undefined
}

function issueOf(error: AjvError, data: unknown): { message: string; path: (string | number)[] } {
  const path = stepsOf(parsePointer(error.instancePath) ?? [], data)
  const named = error.params as { readonly [name in (typeof NAME_PARAMS)[number]]?: string }
  const member = NAME_PARAMS.map((name) => named[name]).find((name) => name !== undefined)
  return { message: error.message ?? 'not valid', path: member === undefined ? path : [...path, member] }
}

/** Whether a token is an index or a name depends on the data. */
function stepsOf(tokens: readonly string[], data: unknown): (string | number)[] {
  let found = data
  return tokens.map((token) => {
    const step = Array.isArray(found) ? Number(token) : token
    found = (found as Record<string | number, unknown> | undefined)?.[step]
    return step
  })
}
