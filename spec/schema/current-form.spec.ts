/** `nullable` of OpenAPI 3.0, which Ajv applies, in descriptions. */
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { jsonSchemaWithoutDefaults } from '../../lib/schema/ajv.ts'
import { type JsonSchema, jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import { validate } from '../../lib/schema/validate.ts'
import { documented, parametersAt, responseAt, VERSIONS } from '../support/open-api.ts'
import { testApp } from '../support/test-app.ts'

const formOf = (schema: JsonSchema, options = {}) =>
  jsonSchemaOf(jsonSchema(schema, options), 'output') as JsonSchema

describe('nullable', () => {
  it.each<[title: string, schema: JsonSchema, form: JsonSchema]>([
    ['a type', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      'a list of types',
      { type: ['string', 'number'], nullable: true },
      { type: ['string', 'number', 'null'] },
    ],
    ['null among the types', { type: ['string', 'null'], nullable: true }, { type: ['string', 'null'] }],
    ['false', { type: 'string', nullable: false }, { type: 'string' }],
    [
      'an enum with null',
      { type: 'string', enum: ['a', null], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      'an enum without null',
      { type: 'string', enum: ['a'], nullable: true },
      { type: 'string', enum: ['a'] },
    ],
    ['a const', { type: 'string', const: 'a', nullable: true }, { type: 'string', const: 'a' }],
    [
      'a $ref, whose target accepts no null',
      { $ref: '#/$defs/a', type: 'object', nullable: true, $defs: { a: { type: 'object' } } },
      { $ref: '#/$defs/a', type: ['object', 'null'], $defs: { a: { type: 'object' } } },
    ],
    [
      'a $ref, whose target accepts null',
      {
        $ref: '#/definitions/a',
        type: 'object',
        nullable: true,
        definitions: { a: { type: 'object', nullable: true } },
      },
      { $ref: '#/definitions/a', type: ['object', 'null'], definitions: { a: { type: ['object', 'null'] } } },
    ],
    [
      'subschemas, and a member of that name',
      { properties: { nullable: { items: { type: 'number', nullable: true } } } },
      { properties: { nullable: { items: { type: ['number', 'null'] } } } },
    ],
  ])('beside %s is the type null where Ajv accepts null', (_, schema, form) => {
    for (const options of [{}, { ajv: new Ajv({ strict: false }) }])
      expect(formOf(schema, options)).toEqual(form)
    for (const value of [null, 'a', 'b', { nullable: [null] }])
      expect('issues' in validate(jsonSchema(schema), value)).toBe(
        'issues' in validate(jsonSchemaWithoutDefaults(form), value),
      )
  })

  it('stays as it is where the given Ajv has no such keyword', () => {
    const ajv = new Ajv({ strict: false })
    const bare = { compile: (schema: object) => ajv.compile(schema), getKeyword: () => false }
    const schema = { type: 'string', nullable: true }
    expect(formOf(schema, { ajv: bare })).toEqual(schema)
  })

  it('is the type null in the schemas that a $ref leads to', () => {
    const ajv = new Ajv().addSchema({ $id: 'a', type: 'string', nullable: true })
    expect(formOf({ $ref: 'a' }, { ajv })).toEqual({
      $ref: '#/$defs/a',
      $defs: { a: { type: ['string', 'null'] } },
    })
  })

  it('is documented in the words of each version of OpenAPI', async () => {
    const properties = {
      name: { type: 'string', nullable: true },
      kind: { type: 'string', enum: ['a'], nullable: true },
    }
    const response = jsonSchema({ type: 'object', properties })
    const api = new RestBlueprint('api')
    api.get('/', { query: jsonSchema({ type: 'object', properties }), response }, () => ({}))
    for (const openapi of VERSIONS) {
      const document = await documented(api, { openapi })
      const name = openapi === '3.0.3' ? properties.name : { type: ['string', 'null'] }
      const { schema } = responseAt(document, '/', 200).content['application/json']
      expect(schema.properties).toEqual({ name, kind: { type: 'string', enum: ['a'] } })
      expect(parametersAt(document, '/').name.schema).toEqual(name)
    }
  })

  it('lets an empty text of a query be null', async () => {
    const query = jsonSchema<{ size: number | null }>({
      type: 'object',
      properties: { size: { type: 'integer', nullable: true } },
    })
    const { get } = await testApp((api) => api.get('/', { query }, (request) => [request.query.size]))
    expect(await get('/?size=')).toMatchObject({ status: 200, value: [null] })
    expect(await get('/?size=2')).toMatchObject({ status: 200, value: [2] })
  })
})
