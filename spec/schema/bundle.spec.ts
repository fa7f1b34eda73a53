/** Schemas that refer to others in an Ajv of the user. */
import { Ajv } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { type JsonSchema, jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import { prunerOf } from '../../lib/schema/pruner.ts'
import type { Schema } from '../../lib/schema/schema.ts'
import { validate } from '../../lib/schema/validate.ts'
import { at, documented } from '../support/open-api.ts'
import { testApp } from '../support/test-app.ts'

type Shared = readonly (readonly [schema: JsonSchema, key?: string])[]

const ajvWith = (shared: Shared, ajv: Ajv = new Ajv({ strict: false }) as Ajv) => {
  for (const [schema, key] of shared) ajv.addSchema(schema, key)
  return ajv
}
const city = { type: 'string' }
const address = { type: 'object', properties: { city } }
const row = { home: { city: 'Kraków', password: 'x' }, hash: 'y' }
const homeOf = ($ref: string, others = {}): JsonSchema => ({ properties: { home: { $ref } }, ...others })
const pruned = (schema: Schema, value: unknown, io: 'input' | 'output' = 'output') =>
  prunerOf(jsonSchemaOf(schema, io))(value)

describe('a $ref to a schema of the given Ajv', () => {
  it.each<[title: string, schema: JsonSchema, shared: Shared]>([
    ['a name', homeOf('address'), [[{ $id: 'address', ...address }]]],
    ['a name with an empty fragment', homeOf('address#'), [[{ $id: 'address', ...address }]]],
    ['a path', homeOf('/schemas/address'), [[{ $id: '/schemas/address', ...address }]]],
    ['a URN', homeOf('urn:ex:address'), [[{ $id: 'urn:ex:address', ...address }]]],
    ['a host', homeOf('https://EX.org#/$defs/a'), [[{ $id: 'https://ex.org/', $defs: { a: address } }]]],
    ['a key', homeOf('address'), [[address, 'address']]],
    ['a key of a schema with another $id', homeOf('a'), [[{ $id: 'https://ex.org/b', ...address }, 'a']]],
    ['a definition', homeOf('a#/definitions/b'), [[{ $id: 'a', definitions: { b: address } }]]],
    ['a definition of a key', homeOf('a#/definitions/b'), [[{ definitions: { b: address } }, 'a']]],
    [
      'a definition that is a $ref',
      homeOf('a#/$defs/b'),
      [[{ $id: 'a', $defs: { b: { $ref: '#/$defs/c' }, c: address } }]],
    ],
    ['a member', homeOf('a#/properties/b'), [[{ $id: 'a', properties: { b: address } }]]],
    ['an $anchor', homeOf('a#b'), [[{ $id: 'a', $defs: { c: { $anchor: 'b', ...address } } }]]],
    ['an anchor of draft-07', homeOf('a#b'), [[{ $id: 'a', definitions: { c: { $id: '#b', ...address } } }]]],
    [
      'an OpenAPI document',
      homeOf('a#/components/schemas/b'),
      [[{ components: { schemas: { b: address } } }, 'a']],
    ],
    [
      'a reference relative to the $id of the schema',
      homeOf('address.json', { $id: 'https://ex.org/root.json' }),
      [[{ $id: 'https://ex.org/address.json', ...address }], [{ properties: { other: {} } }, 'address.json']],
    ],
    [
      'a reference relative to that of a directory',
      homeOf('address', { $id: 'a/b' }),
      [[{ $id: 'a/address', $ref: 'base' }], [{ ...address }, 'a/base']],
    ],
    [
      'a schema that refers to others',
      homeOf('a'),
      [
        [{ $id: 'a', allOf: [{ $ref: 'b#/definitions/c' }] }],
        [{ $id: 'b', definitions: { c: { $ref: '#/definitions/d' }, d: { $ref: 'e' } } }],
        [address, 'e'],
      ],
    ],
    [
      'a schema within another, by its own $id',
      homeOf('inner'),
      [
        [
          {
            $id: 'outer',
            definitions: {
              i: {
                $id: 'inner',
                properties: { city: { $ref: '#/definitions/c' } },
                definitions: { c: city },
              },
            },
          },
        ],
      ],
    ],
    [
      'a key that is a name in $defs already',
      homeOf('a', { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { required: ['home'] } } }),
      [[{ $id: 'a', ...address }]],
    ],
    [
      'a schema that refers back',
      homeOf('a', { $id: 'root', $defs: { address } }),
      [[{ $id: 'a', $ref: 'root#/$defs/address' }]],
    ],
  ])('leads to %s', (_, schema, shared) => {
    const wrapped = jsonSchema(schema, { ajv: ajvWith(shared) })
    expect(validate(wrapped, row)).toEqual({ value: row })
    expect(validate(wrapped, { home: { city: 1 } })).toHaveProperty('issues')
    for (const io of ['input', 'output'] as const)
      expect(pruned(wrapped, row, io)).toEqual({ home: { city: 'Kraków' } })
  })

  it.each([
    ['draft-07', new Ajv()],
    ['2019-09', new Ajv2019()],
    ['2020-12', new Ajv2020()],
  ])('leads there in %s', (_, ajv) => {
    const wrapped = jsonSchema(homeOf('address'), { ajv: ajvWith([[{ $id: 'address', ...address }]], ajv) })
    expect(pruned(wrapped, row)).toEqual({ home: { city: 'Kraków' } })
  })

  it('leads into schemas that contain themselves, or each other', () => {
    const kids = { type: 'array', items: { $ref: '#' } }
    const ajv = ajvWith([
      [{ $id: 'tree', properties: { kids, city, pet: { $ref: 'pet' } } }],
      [{ $id: 'pet', properties: { owner: { $ref: 'tree#' }, itself: { $ref: 'pet' } } }],
    ])
    const value = {
      kids: [{ kids: [{ city: '', x: 1, pet: { x: 1, itself: { x: 1, owner: { city: '', x: 1 } } } }] }],
    }
    expect(pruned(jsonSchema({ $ref: 'tree' }, { ajv }), value)).toEqual({
      kids: [{ kids: [{ city: '', pet: { itself: { owner: { city: '' } } } }] }],
    })
  })

  it('leads by $dynamicRef to the schema that extends another', () => {
    const items = { $dynamicRef: '#node' }
    const ajv = ajvWith(
      [[{ $id: 'tree', $dynamicAnchor: 'node', type: 'object', properties: { kids: { items } } }]],
      new Ajv2020() as Ajv,
    )
    const value = { kids: [{ city: 'a', x: 1, kids: [{ city: 'b', x: 1 }] }] }
    const extending = { $id: 'own', $dynamicAnchor: 'node', $ref: 'tree', properties: { city } }
    expect(pruned(jsonSchema(extending, { ajv }), value)).toEqual({
      kids: [{ city: 'a', kids: [{ city: 'b' }] }],
    })
    expect(pruned(jsonSchema({ $ref: 'tree' }, { ajv }), value)).toEqual({ kids: [{ kids: [{}] }] })
  })

  it('may lead to a schema that is true or false', () => {
    const ajv = ajvWith([
      [true as never, 'any'],
      [false as never, 'none'],
    ])
    const schema = jsonSchema({ properties: { any: { $ref: 'any' }, none: { $ref: 'none' } } }, { ajv })
    expect(pruned(schema, { any: { a: 1 }, x: 1 })).toEqual({ any: { a: 1 } })
  })

  it('is no reference in data, and no member named $ref', () => {
    const ajv = ajvWith([[{ $id: 'a', ...address }]])
    const schema = {
      properties: { $ref: { type: 'string' }, data: { enum: [{ $ref: 'a' }], default: { $ref: 'a' } } },
    }
    expect(jsonSchemaOf(jsonSchema(schema, { ajv }), 'output')).toEqual(schema)
  })

  it('stays as it is for an Ajv that does not tell its schemas', () => {
    const ajv = ajvWith([[{ $id: 'a', ...address }]])
    const bare = { compile: (schema: object) => ajv.compile(schema) }
    expect(jsonSchemaOf(jsonSchema(homeOf('a'), { ajv: bare }), 'output')).toEqual(homeOf('a'))
  })

  it('that is unknown to the Ajv is a TypeError', () => {
    expect(() => jsonSchema(homeOf('none'), { ajv: new Ajv() })).toThrow(TypeError)
  })

  it('decides which members of a response are sent, and which of a query are converted', async () => {
    const ajv = ajvWith([
      [{ $id: 'user', type: 'object', properties: { name: { type: 'string' } } }],
      [{ definitions: { page: { type: 'integer' } } }, 'parts'],
    ])
    const users = jsonSchema({ type: 'array', items: { $ref: 'user#' } }, { ajv })
    const query = jsonSchema<{ page: number }>(
      { type: 'object', properties: { page: { $ref: 'parts#/definitions/page' } } },
      { ajv },
    )
    const { get } = await testApp((api) =>
      api.get('/users', { query, response: users }, (request) => [
        { name: typeof request.query.page, password: 'x' },
      ]),
    )
    expect(await get('/users?page=2')).toMatchObject({ status: 200, value: [{ name: 'number' }] })
    expect((await get('/users?page=2')).value).toEqual([{ name: 'number' }])
  })
})

describe('a schema of the given Ajv, in an OpenAPI document', () => {
  const schemasOf = async (schemas: Readonly<Record<string, { body?: Schema; response?: Schema }>>) => {
    const api = new RestBlueprint('api')
    for (const [name, both] of Object.entries(schemas))
      api.post(`/${name}`, { name, ...both }, () => undefined)
    const document = await documented(api, { failures: false })
    const contentOf = (part: { content: Record<string, { schema: unknown }> }) =>
      part.content['application/json']?.schema
    return {
      components: document.components?.schemas ?? {},
      bodyOf: (name: string) => contentOf(at(document, `/${name}`, 'post').requestBody),
      responseOf: (name: string) => contentOf(at(document, `/${name}`, 'post').responses[200]),
    }
  }
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  const owner = { $id: 'https://ex.org/owner.json', type: 'object', properties: { city } }
  const pet = {
    $id: 'https://ex.org/pet.schema.json',
    type: 'object',
    properties: {
      owner: { $ref: 'owner.json' },
      kind: { $ref: '#/definitions/kind' },
      kids: { items: { $ref: '#' } },
    },
    definitions: { kind: { type: 'string', enum: ['cat'] } },
  }
  const component = {
    type: 'object',
    properties: { owner: ref('owner'), kind: ref('kind'), kids: { items: ref('pet') } },
  }

  it('is a component by the name of its $id or definition', async () => {
    const ajv = ajvWith([[owner], [pet]])
    const one = jsonSchema({ $ref: pet.$id }, { ajv })
    const list = jsonSchema({ type: 'array', items: { $ref: pet.$id } }, { ajv })
    const { components, bodyOf, responseOf } = await schemasOf({
      one: { body: one, response: one },
      list: { response: list },
      own: { response: jsonSchema(pet, { ajv }) },
    })
    expect(components).toEqual({
      pet: component,
      owner: { type: 'object', properties: { city } },
      kind: pet.definitions.kind,
    })
    expect([bodyOf('one'), responseOf('one'), responseOf('own')]).toEqual([
      ref('pet'),
      ref('pet'),
      ref('pet'),
    ])
    expect(responseOf('list')).toEqual({ type: 'array', items: ref('pet') })
  })

  it('is a component by its key, and inline as a part of another', async () => {
    const ajv = ajvWith([[address, 'address']])
    const { components, responseOf } = await schemasOf({
      one: { response: jsonSchema({ $ref: 'address' }, { ajv }) },
      two: { response: jsonSchema({ $ref: 'address#/properties/city' }, { ajv }) },
    })
    expect(components).toEqual({ address })
    expect(responseOf('two')).toEqual(city)
  })

  it('is inline where another schema has its name', async () => {
    const other = { ...owner, $id: 'https://ex.org/v2/owner.json', properties: { name: city } }
    const ajv = ajvWith([[owner], [other]])
    const { components, responseOf } = await schemasOf({
      one: { response: jsonSchema({ $ref: owner.$id }, { ajv }) },
      two: { response: jsonSchema({ $ref: other.$id }, { ajv }) },
    })
    expect(components).toEqual({ owner: { type: 'object', properties: { city } } })
    expect(responseOf('two')).toEqual({ type: 'object', properties: { name: city } })
  })

  it('has an input form where the Ajv fills in defaults', async () => {
    const settings = {
      $id: 'settings',
      type: 'object',
      properties: { size: { type: 'integer', default: 1 } },
      required: ['size'],
    }
    const ajv = ajvWith([[settings]], new Ajv({ useDefaults: true }))
    const schema = jsonSchema({ $ref: 'settings' }, { ajv })
    const { components, bodyOf } = await schemasOf({ one: { body: schema, response: schema } })
    expect(bodyOf('one')).toEqual(ref('settingsInput'))
    expect(components.settings).toHaveProperty('required', ['size'])
    expect(components.settingsInput).not.toHaveProperty('required')
  })
})
