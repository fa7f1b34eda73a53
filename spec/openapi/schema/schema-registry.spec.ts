/** Schemas: components, names, and errors for schemas without a JSON Schema. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint, type Schema } from '../../../lib/index.ts'
import { jsonSchema } from '../../../lib/json-schema.ts'
import { documentOf } from '../../../lib/openapi.ts'
import { at, documented } from '../../support/open-api.ts'

const JSON_TYPE = 'application/json'
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** An API with an endpoint for each pair of schemas. */
function apiWith(
  schemas: Readonly<Record<string, { body?: Schema; response?: Schema }>>,
  options = {},
): RestBlueprint {
  const api = new RestBlueprint('api', options)
  for (const [name, both] of Object.entries(schemas)) api.post(`/${name}`, { name, ...both }, () => undefined)
  return api
}

/** The components of an API, and the schemas of body and response of its endpoints. */
async function schemasOf(api: RestBlueprint, openapi?: '3.0.3') {
  const document = await documented(api, { failures: false, ...(openapi ? { openapi } : {}) })
  const bodyOf = (name: string) => at(document, `/${name}`, 'post').requestBody.content[JSON_TYPE].schema
  const responseOf = (name: string) =>
    at(document, `/${name}`, 'post').responses[200].content[JSON_TYPE].schema
  return { components: document.components?.schemas ?? {}, bodyOf, responseOf }
}

describe('a schema with a name', () => {
  const pet = { name: 'string' } as const
  const named: Readonly<Record<string, Schema>> = {
    'zod with an id': z.object({ name: z.string() }).meta({ id: 'Pet' }),
    'valibot with a title': toStandardJsonSchema(v.pipe(v.object({ name: v.string() }), v.title('Pet'))),
    'arktype with a title': type(pet).configure({ title: 'Pet' } as never),
    'JSON Schema with an $id': jsonSchema({
      $id: 'https://example.org/Pet.json',
      type: 'object',
      properties: { name: { type: 'string' } },
    }),
  }

  it.each(Object.entries(named))('SMO-191 is a component once: %s', async (_library, Pet) => {
    const api = apiWith({ one: { body: Pet, response: Pet }, two: { response: Pet } })
    const { components, bodyOf, responseOf } = await schemasOf(api)
    expect(Object.keys(components)).toEqual(['Pet'])
    expect([bodyOf('one'), responseOf('one'), responseOf('two')]).toEqual([
      ref('Pet'),
      ref('Pet'),
      ref('Pet'),
    ])
    expect(components.Pet).not.toHaveProperty('additionalProperties')
    expect(components.Pet).not.toHaveProperty('$id')
  })

  it('SMO-191 SMO-199 is a $ref in arrays and members', async () => {
    const Owner = z.object({ name: z.string() }).meta({ id: 'Owner' })
    const Pet = z
      .object({ owner: Owner, friends: z.array(Owner), last: Owner.nullable() })
      .meta({ id: 'Pet' })
    const { components, responseOf } = await schemasOf(apiWith({ all: { response: z.array(Pet) } }))
    expect(responseOf('all')).toEqual({ type: 'array', items: ref('Pet') })
    expect(components.Pet).toMatchObject({
      properties: {
        owner: ref('Owner'),
        friends: { items: ref('Owner') },
        last: { anyOf: [ref('Owner'), { type: 'null' }] },
      },
    })
  })

  it('SMO-192 SMO-196 has a second component with the suffix Input if input and output differ, also in nested schemas', async () => {
    const Toy = z.object({ colour: z.string().default('red') }).meta({ id: 'Toy' })
    const Tag = z.object({ word: z.string() }).meta({ id: 'Tag' })
    const Pet = z.object({ toy: Toy, tag: Tag }).meta({ id: 'Pet' })
    const { components, bodyOf, responseOf } = await schemasOf(apiWith({ pet: { body: Pet, response: Pet } }))
    expect(Object.keys(components).sort()).toEqual(['Pet', 'PetInput', 'Tag', 'Toy', 'ToyInput'])
    expect([bodyOf('pet'), responseOf('pet')]).toEqual([ref('PetInput'), ref('Pet')])
    expect(components.PetInput).toMatchObject({ properties: { toy: ref('ToyInput'), tag: ref('Tag') } })
    expect(components.ToyInput).not.toHaveProperty('required')
    expect(components.Toy).toMatchObject({ required: ['colour'] })
  })

  it('has no suffix if it is used for input only', async () => {
    const Pet = z.object({ kind: z.string().default('cat') }).meta({ id: 'Pet' })
    const { components } = await schemasOf(apiWith({ pet: { body: Pet } }))
    expect(Object.keys(components)).toEqual(['Pet'])
  })

  it('keeps additionalProperties: false of a strict schema', async () => {
    const Pet = z.strictObject({ name: z.string() }).meta({ id: 'Pet' })
    const { components } = await schemasOf(apiWith({ pet: { body: Pet, response: Pet } }))
    expect(components.Pet).toMatchObject({ additionalProperties: false })
  })

  it('SMO-192 cannot share its name with another schema: a TypeError names both endpoints', () => {
    const one = z.object({ a: z.string() }).meta({ id: 'Same' })
    const api = apiWith({
      one: { response: one },
      two: { response: jsonSchema({ $id: 'Same', type: 'object', properties: { b: {} } }) },
    })
    expect(() => documentOf([{ blueprint: api }], { title: 'x', version: '1' })).toThrow(
      "'Same' names two different schemas: in the response 200 of 'api.one' and in the response 200 of 'api.two'",
    )
  })

  it('SMO-192 cannot share its name even if one schema is for input and the other for output', () => {
    const named = (name: string) => z.object({ [name]: z.string() }).meta({ id: 'Same' })
    const api = apiWith({ one: { body: named('a') }, two: { response: named('b') } })
    expect(() => documentOf([{ blueprint: api }], { title: 'x', version: '1' })).toThrow(
      "'Same' names two different schemas: in the body of 'api.one' and in the response 200 of 'api.two'",
    )
  })

  it('in $defs is inline if another schema has the key, which is local to its JSON Schema', async () => {
    const order = (address: object) =>
      jsonSchema({ properties: { to: { $ref: '#/$defs/address' } }, $defs: { address } })
    const api = apiWith({
      one: { body: order({ type: 'object', properties: { city: {} } }) },
      two: { body: order({ type: 'string' }), response: order({ type: 'string' }) },
      three: { response: order({ properties: { city: {} }, type: 'object' }) },
    })
    const { components, bodyOf, responseOf } = await schemasOf(api)
    const city = { type: 'object', properties: { city: {} } }
    expect(bodyOf('one')).toEqual({ properties: { to: ref('addressInput') } })
    expect(bodyOf('two')).toEqual({ properties: { to: { type: 'string' } } })
    expect(responseOf('two')).toEqual({ properties: { to: ref('address') } })
    expect(responseOf('three')).toEqual({ properties: { to: city } })
    expect(components).toEqual({ address: { type: 'string' }, addressInput: city })
  })

  it.each([
    ['pointers', { c: '#/$defs/cat', d: '#/$defs/dog' }, ['c', 'd']],
    ['names', { c: 'cat', d: 'dog' }, ['c', 'd']],
    ['the names of its alternatives', undefined, ['cat', 'dog']],
  ])('is the target of a discriminator, by %s', async (_, mapping, [c, d]) => {
    const kind = { kind: { type: 'string' } }
    const pet = jsonSchema({
      oneOf: [{ $ref: '#/$defs/cat' }, { $ref: '#/$defs/dog' }],
      discriminator: { propertyName: 'kind', mapping },
      $defs: {
        cat: { type: 'object', properties: { ...kind, cat: {} }, required: ['kind'] },
        dog: { type: 'object', properties: { ...kind, dog: {} }, required: ['kind'] },
      },
    })
    const { bodyOf } = await schemasOf(apiWith({ one: { body: pet } }))
    expect(bodyOf('one').discriminator).toEqual({
      propertyName: 'kind',
      mapping: { [`${c}`]: ref('cat').$ref, [`${d}`]: ref('dog').$ref },
    })
  })

  it('is not the target of a discriminator if an alternative has no name: that is left out', async () => {
    const pet = jsonSchema({
      oneOf: [{ properties: { kind: { const: 'cat' } } }, { $ref: '#/$defs/dog' }],
      discriminator: { propertyName: 'kind', mapping: { cat: '#/oneOf/0', dog: '#/$defs/dog' } },
      $defs: { dog: { properties: { kind: { const: 'dog' } } } },
    })
    const { bodyOf } = await schemasOf(apiWith({ one: { body: pet } }))
    expect(bodyOf('one')).not.toHaveProperty('discriminator')
  })

  it('in $defs gets a number if another schema has the key, and it refers to itself', async () => {
    const tree = (value: string, policy?: 'refuse') => ({
      body: jsonSchema({
        $ref: '#/$defs/node',
        $defs: {
          node: {
            type: 'object',
            properties: { value: { type: value }, link: { $ref: '#/$defs/link' } },
          },
          link: { type: 'object', properties: { to: { $ref: '#/$defs/node' } } },
        },
      }),
      ...(policy ? { unknown: policy } : {}),
    })
    const { components, bodyOf } = await schemasOf(
      apiWith({
        one: tree('string'),
        two: tree('integer'),
        three: tree('boolean', 'refuse'),
        four: tree('null'),
      }),
    )
    const node = (type: string, link: object) => ({
      type: 'object',
      properties: { value: { type }, link },
    })
    const link = (name: string) => ({ type: 'object', properties: { to: ref(name) } })
    expect([bodyOf('one'), bodyOf('two'), bodyOf('three'), bodyOf('four')]).toEqual([
      ref('node'),
      ref('node2'),
      ref('nodeStrict'),
      ref('node3'),
    ])
    expect(components).toMatchObject({
      node: node('string', ref('link')),
      link: link('node'),
      node2: node('integer', link('node2')),
      nodeStrict: { ...node('boolean', ref('linkStrict')), additionalProperties: false },
      linkStrict: link('nodeStrict'),
      node3: node('null', link('node3')),
    })
    expect(Object.keys(components)).toHaveLength(6)
  })

  it('that is only a title is inline if another schema has the title', async () => {
    const titled = (properties: object) => jsonSchema({ title: 'A thing', type: 'object', properties })
    const api = apiWith({ one: { response: titled({ a: {} }) }, two: { response: titled({ b: {} }) } })
    const { components, responseOf } = await schemasOf(api)
    expect(Object.keys(components)).toEqual(['AThing'])
    expect(responseOf('two')).toEqual({ title: 'A thing', type: 'object', properties: { b: {} } })
  })

  it('Problem renames the built-in schema to ProblemDetails', async () => {
    const Problem = z.object({ oops: z.string() }).meta({ id: 'Problem' })
    const document = await documented(apiWith({ one: { response: Problem } }))
    expect(Object.keys(document.components?.schemas ?? {}).sort()).toEqual(['Problem', 'ProblemDetails'])
    expect(document.components?.schemas?.Problem).toMatchObject({ properties: { oops: {} } })
  })
})

describe('a recursive schema', () => {
  interface Tree {
    trees: Tree[]
  }
  const ZodTree: z.ZodType<Tree> = z.object({ trees: z.lazy(() => z.array(ZodTree)) })
  const ValibotTree: v.GenericSchema<Tree> = v.object({ trees: v.array(v.lazy(() => ValibotTree)) })
  const trees: Readonly<Record<string, Schema>> = {
    zod: ZodTree,
    'zod within another': z.object({ tree: ZodTree }),
    'zod with an id': z
      .object({ id: z.string(), trees: z.lazy(() => z.array(ZodTree)) })
      .meta({ id: 'Tree' }),
    valibot: toStandardJsonSchema(ValibotTree),
    JSON: jsonSchema({ type: 'object', properties: { trees: { type: 'array', items: { $ref: '#' } } } }),
    'JSON by a pointer': jsonSchema({
      type: 'object',
      properties: { a: { type: 'object', properties: { b: { $ref: '#/properties/a' } } } },
    }),
  }

  it.each(Object.entries(trees))(
    'is a component, with a generated name if it has none: %s',
    async (_library, tree) => {
      for (const openapi of [undefined, '3.0.3'] as const) {
        const { components, responseOf } = await schemasOf(apiWith({ tree: { response: tree } }), openapi)
        expect(JSON.stringify([components, responseOf('tree')])).not.toMatch(
          /__schema|\$defs|"#"|#\/properties/,
        )
        expect(Object.keys(components).join()).toMatch(/Tree/)
      }
    },
  )

  it('has the same name in every use', async () => {
    const api = apiWith({ one: { response: ZodTree }, two: { response: ZodTree } })
    const { components, responseOf } = await schemasOf(api)
    expect(Object.keys(components)).toEqual(['ApiOneResponse'])
    expect(responseOf('two')).toEqual(ref('ApiOneResponse'))
  })

  it('of zod is open in a response unless it is strict, whatever a hook leaves to the library', async () => {
    const Pet = z.object({ name: z.string(), owner: z.object({ name: z.string() }) }).meta({ id: 'Pet' })
    const Tag = z.strictObject({ name: z.string() }).meta({ id: 'Tag' })
    const Own = z.object({ a: z.string() }).meta({ id: 'Own', additionalProperties: false })
    const parsed = z.pipe(z.any(), Tag)
    const response = z.object({ pet: Pet, tag: parsed, own: Own, all: z.array(Pet).optional() })
    const handler = () => ({}) as never
    const plain = new RestBlueprint('plain').get('/a', { response }, handler)
    const hooked = new RestBlueprint('hooked', { jsonSchema: () => undefined }).get(
      '/b',
      { response },
      handler,
    )
    const document = documentOf([{ blueprint: plain }, { blueprint: hooked }], { title: 'x', version: '1' })
    const { schemas } = document.components as { schemas: Record<string, Record<string, unknown>> }
    const closed = Object.keys(schemas).filter((name) => schemas[name]?.additionalProperties === false)
    expect([Object.keys(schemas).includes('Pet'), closed]).toEqual([true, ['Tag', 'Own']])
    expect(JSON.stringify(schemas.Pet)).not.toContain('additionalProperties')
  })

  it('has the same name in every media type when a hook describes it', async () => {
    const jsonSchema = () => ({ type: 'object', properties: { next: { $ref: '#' } } })
    const api = new RestBlueprint('api', { jsonSchema })
    api.contentRenderer.renders('text/plain', String)
    api.outgoing.addMimetype('text/plain')
    api.get('/', { name: 'one', response: z.any() }, () => 1)
    const { components } = await documented(api, { failures: false })
    expect(Object.keys(components?.schemas ?? {})).toEqual(['ApiOneResponse'])
  })

  it('of arktype has none of the names that arktype generates', async () => {
    const { folder } = type.module({ folder: { name: 'string', folders: 'folder[]' } })
    const { components, responseOf } = await schemasOf(apiWith({ one: { response: folder } }))
    expect(responseOf('one')).toEqual(ref('ApiOneResponse'))
    expect(Object.keys(components)).toEqual(['ApiOneResponse'])
  })
})

describe('a schema', () => {
  it('SMO-193 SMO-194 without a name is inline, as its library describes it', async () => {
    const api = apiWith({
      zod: { body: z.object({ at: z.date(), size: z.bigint(), word: z.string().max(3).describe('A word') }) },
      joi: { body: Joi.object({ age: Joi.number().integer().min(1).required() }) },
    })
    const { components, bodyOf } = await schemasOf(api)
    expect(components).toEqual({})
    expect(bodyOf('zod')).toMatchObject({
      properties: {
        at: { format: 'date-time' },
        size: { pattern: '^-?[0-9]+$' },
        word: { maxLength: 3, description: 'A word' },
      },
    })
    expect(bodyOf('joi')).toMatchObject({
      properties: { age: { type: 'integer', minimum: 1 } },
      required: ['age'],
    })
  })

  const silent: Schema = { '~standard': { version: 1, vendor: 'silent', validate: (value) => ({ value }) } }

  it('SMO-198 without a JSON Schema is a TypeError that names endpoint, location and library, unless the hook jsonSchema describes it', async () => {
    const document = (options = {}) => documented(apiWith({ one: { body: silent } }, options))
    await expect(document()).rejects.toThrow(
      "The schema of silent in the body of 'api.one' has no JSON Schema",
    )
    const jsonSchema = (schema: unknown) => (schema === silent ? { type: 'string' } : undefined)
    const { bodyOf } = await schemasOf(apiWith({ one: { body: silent } }, { jsonSchema }))
    expect(bodyOf('one')).toEqual({ type: 'string' })
  })

  it('with a $ref that cannot be resolved is a TypeError that names the endpoint', async () => {
    const jsonSchema = () => ({ $ref: '#/$defs/Missing' })
    const api = apiWith({ one: { body: silent } }, { jsonSchema })
    await expect(documented(api)).rejects.toThrow(
      `The $ref "#/$defs/Missing" in the body of 'api.one' cannot be resolved`,
    )
  })

  it('can refer to its subschemas by $id and $anchor', async () => {
    const { components, bodyOf } = await schemasOf(
      apiWith({
        one: {
          body: jsonSchema({
            type: 'object',
            properties: { a: { $ref: '#word' }, b: { $ref: 'https://example.org/part' } },
            $defs: {
              Word: { $anchor: 'word', type: 'string' },
              Other: { $id: 'https://example.org/part', type: 'number' },
            },
          }),
        },
      }),
    )
    expect(bodyOf('one')).toMatchObject({ properties: { a: { type: 'string' }, b: ref('part') } })
    expect(components).toEqual({ part: { type: 'number' } })
  })

  it('can refer to its subschemas by $dynamicAnchor, and under a policy by anchors beside other members', async () => {
    const { bodyOf } = await schemasOf(
      apiWith(
        {
          one: {
            body: jsonSchema({
              type: 'object',
              properties: { a: { $dynamicRef: '#word' } },
              allOf: [{ $ref: '#more' }],
              $defs: {
                Word: { $dynamicAnchor: 'word', type: 'string' },
                More: { $anchor: 'more', properties: { b: {} } },
              },
            }),
          },
        },
        { unknown: 'refuse' },
      ),
    )
    expect(bodyOf('one')).toEqual({
      type: 'object',
      properties: { a: { type: 'string' } },
      allOf: [{ properties: { b: {} } }],
      unevaluatedProperties: false,
    })
  })
})
