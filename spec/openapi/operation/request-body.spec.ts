/** Request bodies: media types, forms, files, patches. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint, type Schema } from '../../../lib/index.ts'
import { jsonPatch } from '../../../lib/json-patch.ts'
import { jsonSchema } from '../../../lib/json-schema.ts'
import { multipart } from '../../../lib/multipart.ts'
import { at, documented, follow, VERSIONS } from '../../support/open-api.ts'
import { testApp } from '../../support/test-app.ts'

const nothing = () => 1
const FILE = { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' }
const bodyAt = async (api: RestBlueprint, options = {}, method = 'post') =>
  at(await documented(api, options), '/', method).requestBody

describe('a request body', () => {
  it('SMO-077 SMO-058 has a schema for each supported media type', async () => {
    const api = new RestBlueprint('api')
    const body = z.object({ name: z.string() })
    api.post('/', { name: 'add', body, incoming: [null, 'application/x-www-form-urlencoded'] }, nothing)
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    expect(await bodyAt(api)).toEqual({
      content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
      required: true,
    })
  })

  it('has the schema of each media type if body is a map', async () => {
    const body = { 'application/json': z.object({ a: z.string() }), 'text/plain': z.string() }
    const { content } = await bodyAt(new RestBlueprint('api').post('/', { name: 'add', body }, nothing))
    expect(content['text/plain']).toEqual({ schema: { type: 'string' } })
    expect(content['application/json'].schema.properties).toEqual({ a: { type: 'string' } })
  })

  it('SMO-072 is required unless its schema accepts undefined', async () => {
    const bodyOf = (body: z.ZodType) =>
      bodyAt(new RestBlueprint('api').post('/', { name: 'add', body }, nothing))
    expect(await bodyOf(z.object({}))).toHaveProperty('required', true)
    expect(await bodyOf(z.object({}).optional())).not.toHaveProperty('required')
    const slow = z.object({}).refine(async () => true)
    expect(await bodyOf(slow)).toHaveProperty('required', true)
  })

  it('does not require members that have a default in a JSON Schema, as its response does', async () => {
    const properties = { n: { type: 'integer', default: 1 } }
    const Page = jsonSchema({ $id: 'Page', type: 'object', properties, required: ['n'] })
    const api = new RestBlueprint('api')
    api.post('/', { name: 'add', body: Page, query: Page, response: Page }, ({ body }) => body)
    const document = await documented(api)
    const { parameters, requestBody, responses } = at(document, '/', 'post')
    expect(parameters).toMatchObject([{ name: 'n', in: 'query' }])
    expect(parameters[0]).not.toHaveProperty('required')
    expect(follow(document, requestBody.content['application/json'].schema.$ref)).toEqual({
      type: 'object',
      properties,
    })
    expect(follow(document, responses[200].content['application/json'].schema.$ref)).toMatchObject({
      required: ['n'],
    })
    const { fetch } = await testApp(api)
    const headers = { 'content-type': 'application/json' }
    const added = await fetch('/', { method: 'POST', headers, body: '{}' })
    expect(await added.json()).toEqual({ n: 1 })
  })

  it('SMO-074 has a description and examples, which may be Example Objects', async () => {
    const examples = { plain: { a: 1 }, full: { summary: 'Full', value: { a: 2 } } }
    const body = { schema: z.object({ a: z.int() }), description: 'A number', examples }
    const { description, content } = await bodyAt(
      new RestBlueprint('api').post('/', { name: 'add', body }, nothing),
    )
    expect(description).toBe('A number')
    expect(content['application/json'].examples).toEqual({
      plain: { value: { a: 1 } },
      full: { summary: 'Full', value: { a: 2 } },
    })
  })

  it('without a schema is {}; endpoints without content have no request body', async () => {
    const api = new RestBlueprint('api')
      .post('/', { name: 'any' }, nothing)
      .put('/', { name: 'none', incoming: [] }, nothing)
      .get('/', { name: 'read' }, nothing)
      .delete('/', { name: 'remove', body: z.object({}) }, nothing)
    expect(await bodyAt(api)).toEqual({ content: { 'application/json': { schema: {} } } })
    expect(await bodyAt(api, {}, 'put')).toBeUndefined()
    expect(await bodyAt(api, {}, 'get')).toBeUndefined()
    expect(await bodyAt(api, {}, 'delete')).toBeDefined()
  })
})

describe('files', () => {
  const uploadApi = (options: object) => {
    const api = new RestBlueprint('api')
    api.contentParser.parses('multipart/form-data', multipart())
    return api.post('/', { name: 'upload', ...options }, nothing)
  }
  const files = {
    photo: { types: ['image/png'], required: true, maxBytes: 10 },
    more: { types: ['image/*', 'text/plain'], multiple: true },
    any: {},
  }

  it.each(VERSIONS)('SMO-089 SMO-091 are members of the form beside its fields in %s', async (openapi) => {
    const body = z.object({ title: z.string() })
    const { content, required } = await bodyAt(uploadApi({ files, body }), { openapi })
    const file = { type: 'string', format: 'binary' }
    const binary = openapi === '3.0.3' ? file : { ...file, contentMediaType: 'application/octet-stream' }
    const png = openapi === '3.0.3' ? file : { ...file, contentMediaType: 'image/png' }
    expect(required).toBe(true)
    expect(content['multipart/form-data']).toEqual({
      schema: {
        type: 'object',
        properties: {
          title: { type: 'string' },
          photo: { ...png, description: 'At most 10 bytes' },
          more: { type: 'array', items: binary },
          any: binary,
        },
        required: ['title', 'photo'],
      },
      encoding: { photo: { contentType: 'image/png' }, more: { contentType: 'image/*, text/plain' } },
    })
  })

  it('are a form of their own without a body, and in allOf with a body that is a component', async () => {
    const alone = await bodyAt(uploadApi({ files: { any: {} } }))
    expect(alone).not.toHaveProperty('required')
    expect(alone.content['multipart/form-data'].schema).toMatchObject({
      type: 'object',
      properties: { any: {} },
    })
    const body = z.object({ title: z.string() }).meta({ id: 'Titled' })
    const beside = await bodyAt(uploadApi({ files: { any: {} }, body }))
    expect(beside.content['multipart/form-data'].schema.allOf).toEqual([
      { $ref: '#/components/schemas/Titled' },
      { type: 'object', properties: { any: FILE } },
    ])
  })

  it('that are streamed can have any field name', async () => {
    const body = z.strictObject({ title: z.string() })
    const { content } = await bodyAt(uploadApi({ files: { stream: true }, body }))
    expect(content['multipart/form-data'].schema).toEqual({
      type: 'object',
      properties: { title: { type: 'string' } },
      required: ['title'],
      additionalProperties: FILE,
    })
  })
})

describe('a patch', () => {
  const Pet = z
    .object({
      name: z.string(),
      nick: z.string().optional(),
      toy: z.object({ a: z.int(), b: z.int().default(1) }),
      tags: z.array(z.object({ word: z.string() })),
    })
    .meta({ id: 'Pet' })

  it('has optional members at every level, nullable if the state can lack them', async () => {
    const api = new RestBlueprint('api').patch(
      '/',
      { name: 'change', patch: { schema: Pet, current: () => ({}) } },
      nothing,
    )
    const document = await documented(api)
    const { content, required } = at(document, '/', 'patch').requestBody
    expect([required, Object.keys(content)]).toEqual([true, ['application/merge-patch+json']])
    const { $ref } = content['application/merge-patch+json'].schema
    expect($ref).toBe('#/components/schemas/PetPatch')
    const { required: requiredMembers, properties } = follow(document, $ref)
    expect(requiredMembers).toBeUndefined()
    expect(properties.name).toEqual({ type: 'string' })
    expect(properties.nick).toEqual({ type: ['string', 'null'] })
    expect(properties.toy).toMatchObject({ type: 'object', properties: { b: { type: ['integer', 'null'] } } })
    expect(properties.toy).not.toHaveProperty('required')
    expect(properties.tags.items.required).toEqual(['word']) // arrays are replaced as a whole
  })

  it('in JSON Patch is an array of operations', async () => {
    const api = new RestBlueprint('api')
    api.contentParser.parses('application/json-patch+json', jsonPatch())
    api.patch('/', { name: 'change', patch: { schema: Pet, current: () => ({}) } }, nothing)
    for (const openapi of VERSIONS) {
      const document = await documented(api, { openapi })
      const { content } = at(document, '/', 'patch').requestBody
      expect(content['application/json-patch+json'].schema).toEqual({
        $ref: '#/components/schemas/JsonPatch',
      })
      expect(Object.keys(at(document, '/', 'patch').responses)).toContain('409')
    }
  })

  it('of a recursive schema ends at the recursion', async () => {
    interface Tree {
      trees: Tree[]
      one?: Tree | undefined
    }
    const Tree: z.ZodType<Tree> = z.object({
      trees: z.lazy(() => z.array(Tree)),
      one: z.lazy(() => Tree.optional()),
    })
    const patch = { schema: Tree, current: () => ({}) }
    const body = await bodyAt(
      new RestBlueprint('api').patch('/', { name: 'change', patch }, nothing),
      {},
      'patch',
    )
    expect(body.content['application/merge-patch+json'].schema.properties.trees).toEqual({
      type: 'array',
      items: {},
    })
  })

  it.each<[title: string, schema: Schema, state: object, patches: object[]]>([
    [
      'a discriminated union',
      z.discriminatedUnion('k', [
        z.object({ k: z.literal('a'), a: z.string() }),
        z.object({ k: z.literal('b'), b: z.int() }),
      ]),
      { k: 'a', a: 'x' },
      [{ a: 'y' }, {}, { k: 'b', b: 1 }],
    ],
    ['a record', z.record(z.string(), z.int()), { a: 1, b: 2 }, [{ b: null }, { a: 3 }]],
    ...[
      { patternProperties: { '^x': { type: 'integer' } } },
      { properties: { x: {}, y: {} }, dependentRequired: { x: ['y'] } },
      { properties: { x: {}, y: {} }, dependentSchemas: { x: { required: ['y'] } } },
      { properties: { y: { type: 'integer' } }, maxProperties: 2, minProperties: 2 },
      { not: { required: ['z', 'y'] } },
      JSON.parse('{"if":{"properties":{"x":{"const":1}}},"then":{"properties":{"y":{"const":2}}}}'),
      {
        anyOf: [{ required: ['x'] }, { required: ['y'] }],
        oneOf: [{ properties: { x: { type: 'integer' } } }, { properties: { x: { const: 'a' } } }],
      },
    ].map((schema): [string, Schema, object, object[]] => [
      JSON.stringify(schema),
      jsonSchema({ type: 'object', ...schema }),
      { x: 1, y: 2 },
      [{}, { x: 1 }, { x: null, z: 3, y: 4 }, { y: 2, x: 1, z: null }],
    ]),
  ])('accepts the patches that the server accepts, of %s', async (_, schema, state, patches) => {
    const api = new RestBlueprint('api')
    api.patch('/', { patch: { schema, current: () => state } }, nothing)
    const document = await documented(api)
    const accepts = new Ajv2020({ strict: false }).compile({
      ...document,
      $ref: '#/paths/~1/patch/requestBody/content/application~1merge-patch+json/schema',
    })
    const { fetch } = await testApp(api)
    const headers = { 'content-type': 'application/merge-patch+json' }
    let accepted = 0
    for (const patch of patches) {
      const { status } = await fetch('/', { method: 'PATCH', headers, body: JSON.stringify(patch) })
      if (status === 200) expect([patch, accepts(patch)]).toEqual([patch, true])
      if (status === 200) accepted++
    }
    expect(accepted).toBeGreaterThan(1)
  })

  it('has no discriminator: the alternatives of a merge patch have no names', async () => {
    const schema = jsonSchema({
      type: 'object',
      oneOf: [{ $ref: '#/$defs/cat' }],
      discriminator: { propertyName: 'kind', mapping: { cat: '#/$defs/cat' } },
      $defs: { cat: { properties: { kind: { const: 'cat' } } } },
    })
    const api = new RestBlueprint('api')
    api.patch('/', { patch: { schema, current: () => ({}) } }, nothing)
    const { content } = at(await documented(api), '/', 'patch').requestBody
    expect(content['application/merge-patch+json'].schema).toEqual({
      type: 'object',
      anyOf: [{ properties: { kind: { anyOf: [{ const: 'cat' }, { type: 'null' }] } } }],
    })
  })
})
