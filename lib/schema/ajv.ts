/**
 * A plain JSON Schema as a Standard Schema, validated by Ajv.
 *
 * JSON Schema 2020-12. Formats are checked when `ajv-formats` is installed.
 */
import { createRequire } from 'node:module'
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import { parsePointer } from '../json/json-pointer.ts'
import type { JsonSchema } from './json-schema.ts'
import { isLeaf } from './leaf.ts'
import { isPlain, type PlainRecord, put } from './record.ts'
import type { Schema } from './schema.ts'

/** The required part of an Ajv instance, of any major version, with its own keywords and formats. */
export interface AjvLike {
  // biome-ignore lint/suspicious/noExplicitAny: Ajv overloads by the type of the schema
  compile(schema: any): AjvCheck
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
   * Replaces the default: Ajv for JSON Schema 2020-12, with all errors, formats, and defaults filled in; NaN and Infinity are
   * no numbers.
   */
  readonly ajv?: AjvLike
}

/** Members of `params` with the name of a missing or unexpected member. */
const NAME_PARAMS = ['missingProperty', 'additionalProperty', 'unevaluatedProperty', 'propertyName'] as const

let shared: AjvLike | undefined

/**
 * A plain JSON Schema as a Standard Schema. Validated values are not changed: defaults are added to a copy.
 *
 * @throws {TypeError} for an invalid JSON Schema, or an asynchronous one.
 */
export function jsonSchema<T = unknown>(
  schema: JsonSchema,
  options: JsonSchemaOptions = {},
): Schema<NoInfer<T>, NoInfer<T>> {
  const check = compile(schema, options.ajv)
  // An Ajv of the user may change the values it validates.
  const mayWrite = options.ajv !== undefined || mentions(schema, 'default')
  const describe = () => schema
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
      jsonSchema: { input: describe, output: describe },
    },
  } as Schema<T, T>
}

function compile(schema: JsonSchema, ajv: AjvLike | undefined): AjvCheck {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw new TypeError(`jsonSchema() takes a JSON Schema object, not ${String(schema)}`)
  if (schema.$async) throw new TypeError('jsonSchema() takes no schemas with $async')
  try {
    if (ajv) return ajv.compile(schema)
    // Ajv takes `toString` of any object for a member; not to do so makes each validation three times as long
    if (namesInherited(schema)) return create({ ownProperties: true }).compile(schema)
    // An Ajv stores schemas with an $id, and rejects a second one with the same $id.
    if (mentions(schema, '$id')) return create().compile(schema)
    shared ??= create()
    return shared.compile(schema)
  } catch (error) {
    throw new TypeError(`Invalid JSON Schema 2020-12: ${(error as Error).message}`, { cause: error })
  }
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

function create(options: Options = {}): AjvLike {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    strictNumbers: true,
    useDefaults: true,
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
