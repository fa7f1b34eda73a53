/**
 * A plain JSON Schema as a Standard Schema, validated by Ajv.
 *
 * JSON Schema 2020-12. Formats are checked when `ajv-formats` is installed.
 */
import { createRequire } from 'node:module'
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import { parsePointer } from '../json/json-pointer.ts'
import { inputForm } from './input-form.ts'
import type { JsonSchema } from './json-schema.ts'
import { isLeaf } from './leaf.ts'
import { isPlain, type PlainRecord, put } from './record.ts'
import type { Schema } from './schema.ts'

/** The required part of an Ajv instance, of any major version, with its own keywords and formats. */
export interface AjvLike {
  // biome-ignore lint/suspicious/noExplicitAny: Ajv overloads by the type of the schema
  compile(schema: any): AjvCheck
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

/** Ajv stops at the first error: content of any size costs time in proportion to its size. */
const FIRST_ERROR: Options = { allErrors: false, code: { process: appendInPlace } }

/** Options of the instances that check a schema: for the first error, and for all errors. */
type Checking = Readonly<Record<'first' | 'all', Options>>

const FILLING: Checking = {
  first: { ...FIRST_ERROR, useDefaults: true },
  all: { allErrors: true, useDefaults: true },
}

const KEEPING: Checking = { first: FIRST_ERROR, all: { allErrors: true } }

/** The instances for schemas of no special needs, by their options. */
const shared = new Map<Options, AjvLike>()

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
  const check = ajv ? compile(schema, () => ajv) : checkOf(schema, FILLING)
  const input = (): JsonSchema => (!ajv || ajv.opts?.useDefaults ? inputForm(schema) : schema)
  // An Ajv of the user may change the values it validates.
  return standardSchema<T>(schema, check, ajv !== undefined || mentions(schema, 'default'), input)
}

/**
 * A schema that validates values as they are: a required member that is missing is an issue, although it has a default.
 *
 * @throws {TypeError} for an invalid JSON Schema, or an asynchronous one.
 */
export function jsonSchemaWithoutDefaults(schema: JsonSchema): Schema {
  return standardSchema(schema, checkOf(schema, KEEPING), false)
}

/** @param mayWrite whether the check may change the values, which are copied before. */
function standardSchema<T>(schema: JsonSchema, check: AjvCheck, mayWrite: boolean, input = () => schema) {
  return {
    '~standard': {
      version: 1,
      vendor: 'mazurka',
      validate: (value) => {
        const data = mayWrite ? cloneOf(value) : value
        try {
          if (check(data)) return { value: data as T }
        } catch (error) {
          const path = uncomparable(data)
          if (!path) throw error
          return { issues: [{ message: 'must not have this member, since objects are compared', path }] }
        }
        return { issues: (check.errors ?? []).map((error) => issueOf(error, data)) }
      },
      jsonSchema: { input, output: () => schema },
    },
  } as Schema<T, T>
}

/** A check that decides by the first error, and reports all errors of content that is not large. */
function checkOf(schema: JsonSchema, checking: Checking): AjvCheck {
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
  return check
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

function instanceFor(schema: JsonSchema, options: Options): AjvLike {
  // Ajv takes `toString` of any object for a member; not to do so makes each validation three times as long
  if (namesInherited(schema)) return create({ ...options, ownProperties: true })
  // An Ajv stores schemas with an $id, and rejects a second one with the same $id.
  if (mentions(schema, '$id')) return create(options)
  const known = shared.get(options) ?? create(options)
  shared.set(options, known)
  return known
}

/**
 * Generated code that appends the errors of a `$ref`, where Ajv copies all earlier errors for each of them: `contains`
 * collects an error of each item, even where Ajv stops at the first error.
 */
function appendInPlace(code: string): string {
  return code.replace(
    /\bvErrors\.concat\((\w+\.errors)\)/g,
    '($1.forEach((error) => vErrors.push(error)), vErrors)',
  )
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
 * Whether a part of the schema names a member that every object inherits, such as `constructor`.
 *
 * @throws {TypeError} for a default of one, which Ajv would not fill in.
 */
function namesInherited(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  const { properties, required, dependentRequired, dependentSchemas } = part as JsonSchema
  const members = Object.entries(properties ?? {})
  const unfilled = members.find(([name, member]) => name in {} && Object(member).default !== undefined)
  if (unfilled)
    throw new TypeError(`the default of '${unfilled[0]}', which every object inherits, cannot be filled in`)
  const lists = [required, ...Object.values(dependentRequired ?? {})].flat()
  const keys = [dependentRequired, dependentSchemas].flatMap((value) => Object.keys(value ?? {}))
  const names = [...members.map(([name]) => name), ...lists, ...keys]
  return names.some((name) => (name as string) in {}) || Object.values(part).some(namesInherited)
}

function create(options: Options): AjvLike {
  const ajv = new Ajv2020({
    strict: false,
    strictNumbers: true,
    ...options,
  })
  try {
    const formats = createRequire(import.meta.url)('ajv-formats')
    const add: (ajv: Ajv2020) => unknown = formats.default ?? formats
    add(ajv)
  } catch {
    ajv.opts.validateFormats = false // otherwise every format would be an error
  }
  return ajv
}

/** A deep copy, with the same prototypes; shared are values that are no records: with a JSON form, or without members. */
function cloneOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloneOf)
  if (typeof value !== 'object' || value === null || isLeaf(value)) return value
  const names = Object.keys(value)
  if ('toJSON' in value || (names.length === 0 && !isPlain(value))) return value
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

function mentions(schema: JsonSchema, keyword: string): boolean {
  return JSON.stringify(schema).includes(`"${keyword}":`)
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
