/**
 * A plain JSON Schema as a schema like those of the libraries, checked by Ajv.
 *
 * JSON Schema 2020-12. Formats are checked where `ajv-formats` is installed.
 */
import { createRequire } from 'node:module'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parsePointer } from '../json/json-pointer.ts'
import type { JsonSchema } from './json-schema.ts'
import { cloneOf } from './record.ts'
import type { Schema } from './schema.ts'

/** As much of an Ajv as is needed: an instance with own keywords and formats, of any major version. */
export interface AjvLike {
  // biome-ignore lint/suspicious/noExplicitAny: Ajv overloads by the type of the schema
  compile(schema: any): AjvCheck
}

/** What Ajv makes of a schema. */
export interface AjvCheck {
  (data: unknown): unknown
  errors?: readonly AjvError[] | null | undefined
}

/** As much of an error of Ajv as is read. */
export interface AjvError {
  readonly instancePath: string
  readonly params: object
  readonly message?: string | undefined
}

export interface JsonSchemaOptions {
  /** Checks instead of ours: Ajv for JSON Schema 2020-12, all errors, formats, defaults filled in. */
  readonly ajv?: AjvLike
}

/** Members of `params` that name a member which is missing or should not be. */
const NAMING = ['missingProperty', 'additionalProperty', 'unevaluatedProperty', 'propertyName'] as const

let shared: AjvLike | undefined

/**
 * Makes a plain JSON Schema a schema. The values it checks are not changed: defaults are filled in in a copy.
 *
 * @throws {TypeError} when it is no JSON Schema, or an asynchronous one.
 */
export function jsonSchema<T = unknown>(
  schema: JsonSchema,
  options: JsonSchemaOptions = {},
): Schema<NoInfer<T>, NoInfer<T>> {
  const check = compile(schema, options.ajv)
  // An Ajv of the user's may change what it checks in ways that cannot be seen from here.
  const isWriting = options.ajv !== undefined || mentions(schema, 'default')
  const describe = () => schema
  return {
    '~standard': {
      version: 1,
      vendor: 'mazurka',
      validate: (value) => {
        const data = isWriting ? cloneOf(value) : value
        if (check(data)) return { value: data as T }
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
    // An Ajv keeps what has an $id, and takes no second of the same.
    if (ajv || mentions(schema, '$id')) return (ajv ?? create()).compile(schema)
    shared ??= create()
    return shared.compile(schema)
  } catch (error) {
    throw new TypeError(`This is no JSON Schema 2020-12: ${(error as Error).message}`, { cause: error })
  }
}

function create(): AjvLike {
  const ajv = new Ajv2020({ allErrors: true, strict: false, useDefaults: true })
  try {
    const formats = createRequire(import.meta.url)('ajv-formats')
    const add: (ajv: Ajv2020) => unknown = formats.default ?? formats
    add(ajv)
  } catch {
    ajv.opts.validateFormats = false // without them every format would be an error
  }
  return ajv
}

function mentions(schema: JsonSchema, keyword: string): boolean {
  return JSON.stringify(schema).includes(`"${keyword}":`)
}

function issueOf(error: AjvError, data: unknown): { message: string; path: (string | number)[] } {
  const path = stepsOf(parsePointer(error.instancePath) ?? [], data)
  const named = error.params as { readonly [name in (typeof NAMING)[number]]?: string }
  const member = NAMING.map((name) => named[name]).find((name) => name !== undefined)
  return { message: error.message ?? 'not valid', path: member === undefined ? path : [...path, member] }
}

/** A pointer does not tell positions from names; the data does. */
function stepsOf(tokens: readonly string[], data: unknown): (string | number)[] {
  let found = data
  return tokens.map((token) => {
    const step = Array.isArray(found) ? Number(token) : token
    found = (found as Record<string | number, unknown> | undefined)?.[step]
    return step
  })
}
