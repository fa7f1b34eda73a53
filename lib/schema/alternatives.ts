/**
 * Which alternatives of a schema (`anyOf`, `oneOf`) a record can match, by its own members alone.
 *
 *     { k: 'user', … } with anyOf: [{ k: const 'user' }, { k: const 'admin' }]  →  the first
 *
 * Compares `required`, and `const`, `enum` and `type` of members with the JSON form of their values: a Date is text. No other
 * keyword is compared: an alternative that the record matches is never left out.
 */
import { plain } from '../json/json-value.ts'
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf, type PlainRecord } from './record.ts'
import { targetsOf } from './reference.ts'

type Test = (value: unknown) => boolean

export class Alternatives {
  readonly #root: JsonSchema
  /** Tests per schema; an unfinished one has none, so that a schema may contain itself. */
  readonly #ofRecords = new Map<object, readonly Test[]>()
  readonly #ofScalars = new Map<object, readonly Test[]>()

  constructor(root: JsonSchema) {
    this.#root = root
  }

  /** Whether a record may match a schema. */
  canMatch(schema: unknown, record: PlainRecord): boolean {
    return passes(this.#testsOf(schema, this.#ofRecords), record)
  }

  #testsOf(schema: unknown, known: Map<object, readonly Test[]>): readonly Test[] {
    if (!isPlain(schema)) return schema === false ? NEVER : ALWAYS
    const existing = known.get(schema)
    if (existing) return existing
    known.set(schema, ALWAYS)
    const tests = known === this.#ofRecords ? this.#recordTests(schema) : scalarTests(schema)
    for (const part of [...targetsOf(this.#root, schema), ...listOf(schema.allOf)])
      tests.push(...asOne(this.#testsOf(part, known)))
    for (const list of [schema.anyOf, schema.oneOf]) {
      const choices = listOf(list).map((part) => this.#testsOf(part, known))
      const hasTests = choices.length > 0 && choices.every((choice) => choice.length > 0)
      if (hasTests) tests.push((value) => choices.some((choice) => passes(choice, value)))
    }
    known.set(schema, tests)
    return tests
  }

  #recordTests(schema: JsonSchema): Test[] {
    if (!allowsObjects(schema)) return [...NEVER]
    const properties = isPlain(schema.properties) ? schema.properties : {}
    const required = listOf(schema.required).filter((name) => !hasDefault(properties, name)) as string[]
    const tests: Test[] = required.map((name) => (record) => (record as PlainRecord)[name] !== undefined)
    for (const name of Object.keys(properties)) {
      const ofMember = this.#testsOf(properties[name], this.#ofScalars)
      if (ofMember.length === 0) continue
      tests.push((record) => {
        const value = formOf((record as PlainRecord)[name], name)
        return value === undefined || passes(ofMember, value)
      })
    }
    return tests
  }
}

/** Whether the `type` of a schema, if it has one, includes objects. */
export function allowsObjects({ type }: JsonSchema): boolean {
  return type === undefined || [type].flat().includes('object')
}

function scalarTests({ type, nullable, const: only, enum: values }: JsonSchema): Test[] {
  const tests: Test[] = []
  const types = type === undefined ? [] : [type].flat()
  if (types.length > 0 && types.every((each) => TYPES.includes(each)))
    tests.push((value) => types.some((each) => hasType(value, each)) || (nullable === true && value === null))
  if (isScalar(only)) tests.push((value) => value === only)
  const enumerated = listOf(values)
  if (enumerated.length > 0 && enumerated.every(isScalar)) tests.push((value) => enumerated.includes(value))
  return tests
}

/** A library may describe its values by types of its own. */
const TYPES: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object']

function hasType(value: unknown, type: unknown): boolean {
  if (value === null) return type === 'null'
  if (Array.isArray(value)) return type === 'array'
  return typeof value === type || (typeof value === 'number' && type === 'integer')
}

/** The JSON form of a member; undefined for one that is not compared: absent, a file, an iterator. */
function formOf(value: unknown, name: string): unknown {
  if (isScalar(value)) return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null || 'next' in value) return undefined
  const form = plain(value, name)
  return isScalar(form) || Array.isArray(form) || isPlain(form) ? form : undefined
}

/** Values that JSON has as they are. */
function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** Ajv sets a missing member to its default. */
function hasDefault(properties: PlainRecord, name: unknown): boolean {
  const property = properties[String(name)]
  return isPlain(property) && 'default' in property
}

function passes(tests: readonly Test[], value: unknown): boolean {
  return tests.every((test) => test(value))
}

function asOne(tests: readonly Test[]): readonly Test[] {
  return tests.length < 2 ? tests : [(value) => passes(tests, value)]
}

const ALWAYS: readonly Test[] = []
const NEVER: readonly Test[] = [() => false]
