/** Keywords of older versions of JSON Schema and of OpenAPI 3.0, which Ajv applies, in descriptions. */
import { Ajv } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { jsonSchemaWithoutDefaults } from '../../lib/schema/ajv.ts'
import { type JsonSchema, jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import { prunerOf } from '../../lib/schema/pruner.ts'
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

const text = { type: 'string' }
const user = { type: 'object', properties: { name: text } }
const draft07 = () => new Ajv({ strict: false })

describe('keywords of draft-04, draft-07 and 2019-09', () => {
  it.each<[title: string, schema: JsonSchema, form: JsonSchema]>([
    ['a tuple', { items: [text] }, { prefixItems: [text] }],
    [
      'a tuple without others',
      { items: [text], additionalItems: false },
      { prefixItems: [text], items: false },
    ],
    [
      'a tuple with others, which have tuples',
      { items: [text, {}], additionalItems: { items: [text] } },
      { prefixItems: [text, {}], items: { prefixItems: [text] } },
    ],
    ['an empty tuple', { items: [], additionalItems: text }, { items: text }],
    ['additionalItems beside no tuple', { items: text, additionalItems: false }, { items: text }],
    ['required members', { dependencies: { a: ['b'] } }, { dependentRequired: { a: ['b'] } }],
    [
      'schemas',
      { dependencies: { a: { dependencies: { c: [] } }, b: false } },
      { dependentSchemas: { a: { dependentRequired: { c: [] } }, b: false } },
    ],
    [
      'both, beside those of 2019-09',
      {
        dependencies: { a: ['b'], c: user, d: ['e'], f: text },
        dependentRequired: { a: ['c'] },
        dependentSchemas: { c: text },
      },
      {
        dependentRequired: { a: ['c', 'b'], d: ['e'] },
        dependentSchemas: { c: { allOf: [text, user] }, f: text },
      },
    ],
    [
      'bounds',
      { minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false },
      { exclusiveMinimum: 1, maximum: 2 },
    ],
    ['bounds of today', { minimum: 1, exclusiveMaximum: 2 }, { minimum: 1, exclusiveMaximum: 2 }],
    [
      'a recursive reference',
      { $recursiveAnchor: true, properties: { below: { items: { $recursiveRef: '#' } } } },
      { properties: { below: { items: { $ref: '#' } } } },
    ],
    [
      'a recursive reference beside another',
      { properties: { below: { $recursiveRef: '#', $ref: '#/$defs/a' } }, $defs: { a: user } },
      { properties: { below: { $dynamicRef: '#', $ref: '#/$defs/a' } }, $defs: { a: user } },
    ],
    [
      'members of these names, and data',
      { properties: { dependencies: text, additionalItems: text }, enum: [{ items: [text] }] },
      { properties: { dependencies: text, additionalItems: text }, enum: [{ items: [text] }] },
    ],
    [
      'references into them',
      {
        items: [text, { $ref: '#/items/0' }, { $ref: '#/additionalItems' }],
        additionalItems: { $ref: '#/definitions/a/dependencies/b', properties: { c: true } },
        definitions: { a: { dependencies: { b: user } }, __schema0: true },
      },
      {
        prefixItems: [text, { $ref: '#/$defs/__schema2' }, { $ref: '#/$defs/__schema3' }],
        items: { $ref: '#/$defs/__schema4', properties: { c: true } },
        definitions: { a: { dependentSchemas: { b: user } }, __schema0: true },
        $defs: {
          __schema2: text,
          __schema3: { $ref: '#/$defs/__schema4', properties: { c: true } },
          __schema4: user,
        },
      },
    ],
  ])('are described in 2020-12: %s', (_, schema, form) => {
    const before = JSON.stringify(schema)
    // knows all keywords, as one for draft-04 does
    const ajv = { compile: () => () => true, getKeyword: () => true }
    expect(formOf(schema, { ajv })).toEqual(form)
    expect(JSON.stringify(schema)).toBe(before)
  })

  it('are described as they are where the given Ajv does not apply them', () => {
    const ajv = new Ajv2020({ strict: false })
    const schema = { items: text, additionalItems: false }
    expect(formOf(schema, { ajv })).toEqual(schema)
    expect(formOf({ dependencies: { a: ['b'] } }, { ajv })).toEqual({ dependentRequired: { a: ['b'] } })
    const bare = { compile: () => () => true }
    for (const old of [{ items: [text] }, { dependencies: { a: user } }, { $recursiveRef: '#' }])
      expect(formOf(old, { ajv: bare })).toEqual(old)
  })

  it.each<[title: string, schema: JsonSchema, value: unknown, pruned: unknown]>([
    [
      'other items of a tuple',
      { type: 'array', items: [text], additionalItems: user },
      ['a', { name: 'b', secret: 1 }],
      ['a', { name: 'b' }],
    ],
    [
      'members that depend on others',
      { ...user, dependencies: { name: { properties: { of: user } }, of: ['name'] } },
      { name: 'a', of: { name: 'b', secret: 1 }, secret: 1 },
      { name: 'a', of: { name: 'b' } },
    ],
    [
      'those in another schema',
      { $ref: 'shared#/dependencies/a' },
      { name: 'a', list: [{ name: 'b', secret: 1 }] },
      { list: [{ name: 'b' }] },
    ],
    [
      'those of a reference within dependencies',
      { properties: {}, dependencies: { name: { $ref: 'shared#/dependencies/b' } } },
      { name: 'a', secret: 1 },
      { name: 'a' },
    ],
    [
      'a tuple that a reference leads into',
      { properties: { one: { $ref: '#/properties/all/items/0' }, all: { items: [user] } } },
      { one: { name: 'a', secret: 1 }, all: [{ name: 'b', secret: 1 }] },
      { one: { name: 'a' }, all: [{ name: 'b' }] },
    ],
  ])('decide which members are known: %s', (_, schema, value, pruned) => {
    for (const ajv of [draft07(), new Ajv2019({ strict: false })]) {
      ajv.addSchema({
        dependencies: { a: { properties: { list: { items: [user] } } }, b: user },
        $id: 'shared',
      })
      const wrapped = jsonSchema(schema, { ajv })
      expect(validate(wrapped, value)).toEqual({ value })
      expect(prunerOf(jsonSchemaOf(wrapped, 'output'))(value)).toEqual(pruned)
    }
  })

  it('decide it where $recursiveRef leads to the schema that extends another', () => {
    const tree = { type: 'object', properties: { kids: { items: { $recursiveRef: '#' } } } }
    const value = { name: 'a', kids: [{ name: 'b', secret: 1, kids: [{ name: 'c', secret: 1 }] }] }
    const own = { $id: 'own', $recursiveAnchor: true, $ref: 'tree', properties: { name: text } }
    const prunedBy = (schema: JsonSchema, isExtensible: boolean) => {
      const ajv = new Ajv2019({ strict: false })
      ajv.addSchema({ $id: 'tree', ...(isExtensible ? { $recursiveAnchor: true } : {}), ...tree })
      return prunerOf(formOf(schema, { ajv }))(value)
    }
    expect(prunedBy(own, true)).toEqual({ name: 'a', kids: [{ name: 'b', kids: [{ name: 'c' }] }] })
    expect(prunedBy(own, false)).toEqual({ name: 'a', kids: [{ kids: [{}] }] })
    expect(prunedBy({ ...own, $recursiveAnchor: false }, true)).toEqual({ name: 'a', kids: [{ kids: [{}] }] })
    expect(prunedBy({ $ref: 'tree' }, true)).toEqual({ kids: [{ kids: [{}] }] })
  })

  it('decide what is sent, what is converted, and what is documented', async () => {
    const ajv = new Ajv({ strict: false })
    const pair = jsonSchema({ type: 'array', items: [{ type: 'integer' }], additionalItems: user }, { ajv })
    const query = jsonSchema<{ at: number[] }>(
      {
        type: 'object',
        properties: { at: { type: 'array', items: [{ type: 'integer' }], additionalItems: false } },
        dependencies: { at: ['to'], to: { properties: { to: text } } },
      },
      { ajv },
    )
    const add = (api: RestBlueprint) =>
      api.get('/', { query, response: pair }, (request) => [request.query.at[0], { name: 'a', secret: 1 }])
    const { get } = await testApp((api) => void add(api))
    expect((await get('/?at=1&to=x')).value).toEqual([1, { name: 'a' }])
    expect(await get('/?at=1')).toMatchObject({ status: 422 })
    const document = await documented(add(new RestBlueprint('api')))
    expect(responseAt(document, '/', 200).content['application/json'].schema).toEqual({
      type: 'array',
      prefixItems: [{ type: 'integer' }],
      items: user,
    })
    expect(parametersAt(document, '/').at.schema).toEqual({
      type: 'array',
      prefixItems: [{ type: 'integer' }],
      items: false,
    })
  })

  it('decide what is sent wherever a $ref leads, and however many share one', () => {
    const ajv = new Ajv({ strict: false })
    const named = { type: 'object', properties: { name: text } }
    const prunedBy = (schema: JsonSchema, value: unknown) => prunerOf(formOf(schema, { ajv }))(value)
    const secret = { name: 'a', secret: 1 }
    const shared = { $ref: '#/properties/list/items/0' }
    const members = { list: { type: 'array', items: [named] }, x: shared, y: shared }
    expect(prunedBy({ type: 'object', properties: members }, { x: secret, y: secret })).toEqual({
      x: { name: 'a' },
      y: { name: 'a' },
    })
    const components = {
      schemas: {
        List: { items: [{ $ref: '#/components/schemas/Pair' }] },
        Pair: { dependencies: { name: named }, properties: { id: {} } },
      },
    }
    const list = { $ref: '#/components/schemas/List', components }
    expect(prunedBy(list, [{ id: 1, ...secret }])).toEqual([{ id: 1, name: 'a' }])
    const plain = { $ref: '#/components/schemas/Named', components: { schemas: { Named: named } } }
    expect(formOf(plain, { ajv })).toEqual(plain)
  })
})
