/**
 * Instances of Ajv for JSON Schema 2020-12, with the formats of `ajv-formats` where it is installed.
 */
import { createRequire } from 'node:module'
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import { PLAIN } from './closed-form.ts'
import type { JsonSchema } from './json-schema.ts'

/**
 * Ajv stops at the first error: content of any size costs time in proportion to its size. Its own optimization of the code takes a
 * quarter of the time of a compilation, and makes no validation faster.
 */
const FIRST_ERROR: Options = { allErrors: false, code: { process: appendInPlace, optimize: false } }

/** For a schema that another instance has compiled before, which checked it and reported unknown formats. */
const CHECKED: Options = { logger: false, validateSchema: false }

/** Options of the instances that check values: for the first error, and after that for all errors. */
export type Checking = Readonly<Record<'first' | 'all', Options>>

export const FILLING: Checking = {
  first: { ...FIRST_ERROR, useDefaults: true },
  all: { ...CHECKED, allErrors: true, useDefaults: true },
}

export const KEEPING: Checking = { first: FIRST_ERROR, all: { ...CHECKED, allErrors: true } }

/** For a closed form of a schema that is compiled already. */
export const CLOSED: Options = { ...CHECKED, ...FIRST_ERROR }

/** The instances for schemas of no special needs, by their options. */
const shared = new Map<Options, Ajv2020>()

/** The instance that compiles a schema. @throws {Error} for a schema that is invalid, or a default that Ajv would not fill in. */
export function instanceFor(schema: JsonSchema, options: Options): Ajv2020 {
  const known = shared.get(options) ?? create(options)
  shared.set(options, known)
  // Ajv takes `toString` of any object for a member; not to do so makes each validation three times as long
  const ownProperties = namesInherited(schema)
  // An Ajv stores schemas with an $id, and rejects a second one with the same $id
  if (!ownProperties && !mentions(schema, '$id')) return known
  // Each instance that checks schemas compiles the schema of schemas: 2 MB
  if (options.validateSchema !== false) known.validateSchema(schema, true)
  return create({ ...options, ownProperties, validateSchema: false })
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

function create(options: Options): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    strictNumbers: true,
    ...options,
  })
  ajv.addKeyword(PLAIN)
  try {
    const formats = createRequire(import.meta.url)('ajv-formats')
    const add: (ajv: Ajv2020) => unknown = formats.default ?? formats
    add(ajv)
  } catch {
    ajv.opts.validateFormats = false // otherwise every format would be an error
  }
  return ajv
}

/** Whether a keyword, or a member of its name, is anywhere in a schema. */
export function mentions(schema: JsonSchema, keyword: string): boolean {
  return JSON.stringify(schema).includes(`"${keyword}":`)
}
