/** The input form of a JSON Schema: members that Ajv fills in are not required. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { jsonSchema } from '../../lib/json-schema.ts'
import { jsonSchemaWithoutDefaults } from '../../lib/schema/ajv.ts'
import { type JsonSchema, jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import type { Schema } from '../../lib/schema/schema.ts'
import { validate } from '../../lib/schema/validate.ts'

const n = { n: { type: 'integer', default: 1 } }
const N = { type: 'object', properties: n, required: ['n'] }
const isValid = (schema: Schema, value: unknown) => !('issues' in (validate(schema, value) as object))
const inputOf = (schema: Schema) => jsonSchemaOf(schema, 'input') as JsonSchema
/** Whether the schema accepts a value, and whether its input form says so. */
const answers = (schema: JsonSchema, value: unknown) => {
  const wrapped = jsonSchema(schema)
  return [isValid(wrapped, value), isValid(jsonSchemaWithoutDefaults(inputOf(wrapped)), value)]
}

describe('the input form', () => {
  it('does not require members that have a default; the output form is the schema', () => {
    const plain = { type: 'object', properties: { ...n, m: { type: 'string' } }, required: ['n', 'm'] }
    expect(inputOf(jsonSchema(plain))).toEqual({ ...plain, required: ['m'] })
    expect(inputOf(jsonSchema(N))).toEqual({ type: 'object', properties: n })
    expect(jsonSchemaOf(jsonSchema(N), 'output')).toEqual(N)
    expect(plain.required).toEqual(['n', 'm'])
  })

  it.each<[string, JsonSchema, unknown]>([
    ['properties', { properties: { a: N } }, { a: {} }],
    ['items', { items: N }, [{}]],
    ['prefixItems', { prefixItems: [N] }, [{}]],
    ['additionalProperties', { additionalProperties: N }, { a: {} }],
    ['patternProperties', { patternProperties: { a: N } }, { a: {} }],
    ['dependentSchemas', { dependentSchemas: { a: N } }, { a: 1 }],
    ['then', JSON.parse(`{ "if": true, "then": ${JSON.stringify(N)} }`), {}],
    ['$defs', { items: { $ref: '#/$defs/N' }, $defs: { N } }, [{}]],
    ['definitions', { items: { $ref: '#/definitions/N' }, definitions: { N } }, [{}]],
    ['a $ref beside required', { $ref: '#/$defs/N', required: ['n'], $defs: { N } }, {}],
    ['allOf', { allOf: [N] }, {}],
    ['allOf beside required', { allOf: [{ properties: n }], required: ['n'] }, {}],
    ['a null', { properties: { n: { default: null } }, required: ['n'] }, {}],
    ['a recursive schema', { ...N, properties: { ...n, a: { $ref: '#' } } }, { a: {} }],
  ])('does not require them in %s', (_, schema, value) => {
    expect(answers(schema, value)).toEqual([true, true])
  })

  it.each<[string, JsonSchema, unknown]>([
    ['anyOf', { anyOf: [N] }, {}],
    ['a member of an alternative', { anyOf: [{ properties: { a: N } }] }, { a: {} }],
    ['oneOf', { oneOf: [N, { type: 'string' }] }, {}],
    ['contains', { contains: N }, [{}]],
    ['a definition of an alternative', { anyOf: [{ $ref: '#/$defs/N' }], $defs: { N } }, {}],
    ['allOf, of another member', { allOf: [{ required: ['n'] }, { properties: n }] }, {}],
    ['allOf, of a member beside it', { properties: n, allOf: [{ required: ['n'] }] }, {}],
  ])('requires them in %s, where Ajv does not fill them in', (_, schema, value) => {
    expect(answers(schema, value)).toEqual([false, false])
  })

  it.each<[string, JsonSchema]>([
    ['not', { not: N }],
    ['if', { if: N, else: { minProperties: 1 } }],
  ])('keeps required in %s', (_, schema) => {
    expect(inputOf(jsonSchema(schema))).toEqual(schema)
  })

  it('is the schema itself for an Ajv of your own without defaults', () => {
    const inputWith = (options: object) => inputOf(jsonSchema(N, { ajv: new Ajv2020(options) }))
    expect(inputWith({})).toEqual(N)
    expect(inputWith({ useDefaults: true })).not.toHaveProperty('required')
  })
})
