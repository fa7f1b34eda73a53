/** The policy for unknown members in the document, for every library and location. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint, type Schema, type UnknownPolicy } from '../../../lib/index.ts'
import { jsonSchema } from '../../../lib/json-schema.ts'
import { multipart } from '../../../lib/multipart.ts'
import { underPolicy } from '../../../lib/openapi/schema/unknown-policy.ts'
import type { JsonSchema } from '../../../lib/schema/json-schema.ts'
import { growthOf, SUPERLINEAR } from '../../support/growth.ts'
import { at, documented, VERSIONS } from '../../support/open-api.ts'
import { testApp } from '../../support/test-app.ts'

/** `{ home: { city: text } }` */
const closedOrNot: Readonly<Record<string, Schema>> = {
  'z.object': z.object({ home: z.object({ city: z.string() }) }),
  'z.strictObject': z.strictObject({ home: z.strictObject({ city: z.string() }) }),
  'z.looseObject': z.looseObject({ home: z.looseObject({ city: z.string() }) }),
  'v.object': toStandardJsonSchema(v.object({ home: v.object({ city: v.string() }) })),
  'v.strictObject': toStandardJsonSchema(v.strictObject({ home: v.strictObject({ city: v.string() }) })),
  'v.looseObject': toStandardJsonSchema(v.looseObject({ home: v.looseObject({ city: v.string() }) })),
  arktype: type({ home: { city: 'string' } }),
  "arktype '+': 'ignore'": type({ '+': 'ignore', home: { '+': 'ignore', city: 'string' } }),
  "arktype '+': 'reject'": type({ '+': 'reject', home: { '+': 'reject', city: 'string' } }),
  'jsonSchema()': jsonSchema({
    type: 'object',
    properties: {
      home: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: true,
      },
    },
    required: ['home'],
  }),
}

// biome-ignore lint/suspicious/noExplicitAny: a part of the document
type Any = any

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const open = { type: 'object', properties: { home: city }, required: ['home'] }
const closedCity = { ...city, additionalProperties: false }
const closed = { ...open, properties: { home: closedCity }, additionalProperties: false }

const blueprint = (schema: Schema, unknown?: UnknownPolicy) => {
  const api = new RestBlueprint('api', unknown === undefined ? {} : { unknown })
  api.contentParser.parses('multipart/form-data', multipart())
  api.post('/', { body: schema, query: schema, headers: schema, cookies: schema }, () => 1)
  api.post('/files', { body: schema, files: { file: {} } }, () => 1)
  api.patch('/patch', { patch: { schema, current: () => ({}) } }, () => 1)
  api.post('/<home>', { params: schema }, () => 1)
  return api
}

describe.each(Object.entries(closedOrNot))('a request with a schema of %s', (_library, schema) => {
  it.each(VERSIONS)('has no unknown members where they are refused, in OpenAPI %s', async (version) => {
    const document = await documented(blueprint(schema, 'refuse'), { openapi: version })
    expect(at(document, '/', 'post').requestBody.content['application/json'].schema).toEqual(closed)
    const files = at(document, '/files', 'post').requestBody.content['multipart/form-data'].schema
    expect(files).toMatchObject({ properties: { home: closedCity, file: {} }, additionalProperties: false })
    const patch = at(document, '/patch', 'patch').requestBody.content['application/merge-patch+json'].schema
    expect(patch).toMatchObject({
      properties: { home: { additionalProperties: false } },
      additionalProperties: false,
    })
    const parameters = ['/', '/{home}'].flatMap((path) => at(document, path, 'post').parameters)
    const schemas = parameters.map((one: Any) => [one.in, one.content['application/json'].schema])
    expect(Object.fromEntries(schemas)).toEqual({ query: closedCity, header: city, cookie: city, path: city })
  })

  it.each(['drop', 'keep'] as const)('promises nothing about unknown members under %s', async (unknown) => {
    const document = await documented(blueprint(schema, unknown))
    const isLoose = /loose|jsonSchema/.test(_library)
    const text = JSON.stringify(document.paths)
    expect(text).not.toContain('"additionalProperties":false')
    if (unknown === 'drop' || !isLoose) {
      expect(text).not.toContain('"additionalProperties"')
      expect(at(document, '/', 'post').requestBody.content['application/json'].schema).toEqual(open)
    }
  })
})

describe('a schema under a policy', () => {
  const bodyOf = async (schema: Schema, unknown: UnknownPolicy = 'refuse') => {
    const api = new RestBlueprint('api', { unknown }).post('/', { body: schema }, () => 1)
    const document = await documented(api)
    return at(document, '/', 'post').requestBody.content['application/json'].schema
  }

  it('keeps members of a declared type, and records', async () => {
    const typed = z.object({ id: z.string() }).catchall(z.int())
    expect((await bodyOf(typed)).additionalProperties).toMatchObject({ type: 'integer' })
    expect((await bodyOf(z.record(z.string(), z.string()))).additionalProperties).toEqual({ type: 'string' })
    expect((await bodyOf(z.record(z.string(), z.any()), 'drop')).additionalProperties).toEqual({})
  })

  it('is closed as a whole where several schemas apply together', async () => {
    const part = (name: string) => ({ type: 'object', properties: { [name]: { type: 'string' } } })
    const both = jsonSchema({ allOf: [part('a'), { $ref: '#/$defs/b' }], $defs: { b: part('b') } })
    expect(await bodyOf(both)).toEqual({
      allOf: [part('a'), { $ref: '#/components/schemas/b' }],
      unevaluatedProperties: false,
    })
    const text = jsonSchema({ allOf: [{ type: 'string' }, { maxLength: 3 }] })
    expect(await bodyOf(text)).not.toHaveProperty('unevaluatedProperties')
  })

  it('is closed in each choice of a union', async () => {
    const choice = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), a: z.string() }),
      z.object({ kind: z.literal('b'), b: z.string() }),
    ])
    const { oneOf, anyOf } = await bodyOf(choice.nullable())
    const [inner] = oneOf ?? anyOf
    const choices = inner.oneOf ?? inner.anyOf ?? oneOf ?? anyOf
    expect(choices[0]).toMatchObject({ additionalProperties: false })
    expect(choices[1]).toMatchObject({ additionalProperties: false })
  })

  it('has a name of its own where the same schema is used without it', async () => {
    const Tag = z.object({ label: z.string() }).meta({ id: 'Tag' })
    const Colour = z.enum(['red', 'blue']).meta({ id: 'Colour' })
    const Pet = z.object({ name: z.string(), tags: z.array(Tag), colour: Colour }).meta({ id: 'Pet' })
    const api = new RestBlueprint('api')
    api.contentParser.parses('multipart/form-data', multipart())
    const current = () => ({})
    api.post('/', { body: Pet, response: Pet }, (({ body }: { body: object }) => body) as never)
    api.post('/strict', { body: Pet, unknown: 'refuse' }, () => 1)
    api.post('/files', { body: Pet, files: { photo: {} }, unknown: 'refuse' }, () => 1)
    api.patch('/strict', { patch: { schema: Pet, current }, unknown: 'refuse' }, () => 1)
    api.patch('/', { patch: { schema: Pet, current } }, () => 1)
    const document = await documented(api)
    const bodyAt = (path: string, method = 'post', type = 'application/json') =>
      at(document, path, method).requestBody.content[type].schema
    expect(bodyAt('/')).toEqual({ $ref: '#/components/schemas/Pet' })
    expect(bodyAt('/strict')).toEqual({ $ref: '#/components/schemas/PetStrict' })
    expect(bodyAt('/files', 'post', 'multipart/form-data').properties).toHaveProperty('photo')
    const merge = 'application/merge-patch+json'
    expect(bodyAt('/', 'patch', merge)).toEqual({ $ref: '#/components/schemas/PetPatch' })
    expect(bodyAt('/strict', 'patch', merge)).toEqual({ $ref: '#/components/schemas/PetStrictPatch' })
    const schemas = document.components?.schemas as Record<string, object>
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        'Pet',
        'PetStrict',
        'Tag',
        'TagStrict',
        'Colour',
        'PetPatch',
        'PetStrictPatch',
      ]),
    )
    expect(Object.keys(schemas)).not.toContain('ColourStrict')
    expect(schemas.TagStrict).toMatchObject({ additionalProperties: false })
    expect(schemas.Tag).not.toHaveProperty('additionalProperties')
  })

  it('may contain itself', async () => {
    const Node = z.object({
      n: z.int(),
      get kids() {
        return z.array(Node).optional()
      },
    })
    const api = new RestBlueprint('api', { unknown: 'refuse' }).post('/', { body: Node }, () => 1)
    const { components } = await documented(api)
    for (const schema of Object.values(components?.schemas ?? {}))
      if ('properties' in schema && 'kids' in (schema.properties as object))
        expect(schema).toMatchObject({ additionalProperties: false })
  })
})

describe('a union under a policy that refuses unknown members', () => {
  const text = { type: 'string' }
  const account = z.discriminatedUnion('k', [
    z.object({ k: z.literal('user'), name: z.string() }),
    z.object({ k: z.literal('admin'), role: z.string() }),
  ])
  const parts = [
    { properties: { k: { const: 'user' }, name: text }, required: ['k', 'name'] },
    { properties: { k: { const: 'admin' }, role: text }, required: ['k', 'role'] },
  ]

  it.each<[string, Schema]>([
    ['zod', account],
    ['zod, undiscriminated', z.union([account.options[0], account.options[1], z.object({ c: z.string() })])],
    ['arktype', type({ k: "'user'", name: 'string' }).or({ k: "'admin'", role: 'string' })],
    ['oneOf', jsonSchema({ type: 'object', oneOf: parts })],
    ['anyOf beside members', jsonSchema({ type: 'object', properties: { c: text }, anyOf: parts })],
  ])('accepts what the document accepts: %s', async (_, schema) => {
    const api = new RestBlueprint('api', { unknown: 'refuse' }).post('/', { body: schema }, () => 1)
    const document = await documented(api)
    const accepts = new Ajv2020({ strict: false }).compile({
      ...document,
      $ref: '#/paths/~1/post/requestBody/content/application~1json/schema',
    })
    const { fetch } = await testApp(api)
    const headers = { 'content-type': 'application/json' }
    for (const k of [undefined, 'user', 'admin'])
      for (const name of [undefined, 'Ann'])
        for (const role of [undefined, 'root'])
          for (const c of [undefined, 'x']) {
            const json = { k, name, role, c }
            const { status } = await fetch('/', { method: 'POST', headers, body: JSON.stringify(json) })
            expect([json, status]).toEqual([json, accepts(JSON.parse(JSON.stringify(json))) ? 200 : 422])
          }
  })
})

describe('schemas that refer to each other', () => {
  const text = { type: 'string' }
  /** A chain of definitions; the policy changes the last one alone, so all of them. */
  const chain = (length: number) => {
    const properties = (number: number) => ({ next: { $ref: `#/$defs/D${number}` } })
    const defs = Array.from({ length }, (_, number) => [
      `D${number}`,
      number === length - 1
        ? { type: 'object', properties: { city: text }, additionalProperties: true }
        : { type: 'object', properties: properties(number + 1) },
    ])
    return { type: 'object', properties: properties(0), $defs: Object.fromEntries(defs) }
  }

  it('have names of their own under a policy, in a time proportional to their number', async () => {
    const api = new RestBlueprint('api', { unknown: 'drop' }).post(
      '/',
      { body: jsonSchema(chain(4)) },
      () => 1,
    )
    const { components } = await documented(api)
    expect(Object.keys(components?.schemas ?? {})).toEqual(
      expect.arrayContaining(['D0Stripped', 'D1Stripped', 'D2Stripped', 'D3Stripped']),
    )
    const schemas = new Map([25, 200].map((length) => [length, chain(length)]))
    const growth = await growthOf(
      (length) =>
        underPolicy(schemas.get(length) as JsonSchema, 'drop', (_, key) =>
          key === undefined ? undefined : { name: key, isId: false },
        ),
      200,
    )
    expect(growth).toBeLessThan(SUPERLINEAR)
  })
})
