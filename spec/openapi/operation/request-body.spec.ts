/** The content of requests: media types, forms, files, patches. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint } from '../../../lib/index.ts'
import { jsonPatch } from '../../../lib/json-patch.ts'
import { multipart } from '../../../lib/multipart.ts'
import { at, documented, follow, VERSIONS } from '../../support/open-api.ts'

const nothing = () => 1
const bodyAt = async (api: RestBlueprint, options = {}, method = 'post') =>
  at(await documented(api, options), '/', method).requestBody

describe('a request body', () => {
  it('SMO-077 SMO-058 is told for each type that is taken', async () => {
    const api = new RestBlueprint('api')
    const body = z.object({ name: z.string() })
    api.post('/', { name: 'add', body, incoming: [null, 'application/x-www-form-urlencoded'] }, nothing)
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    expect(await bodyAt(api)).toEqual({
      content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
      required: true,
    })
  })

  it('has a schema for each type where types have their own', async () => {
    const body = { 'application/json': z.object({ a: z.string() }), 'text/plain': z.string() }
    const { content } = await bodyAt(new RestBlueprint('api').post('/', { name: 'add', body }, nothing))
    expect(content['text/plain']).toEqual({ schema: { type: 'string' } })
    expect(content['application/json'].schema.properties).toEqual({ a: { type: 'string' } })
  })

  it('SMO-072 is required unless its schema can do with no content', async () => {
    const bodyOf = (body: z.ZodType) =>
      bodyAt(new RestBlueprint('api').post('/', { name: 'add', body }, nothing))
    expect(await bodyOf(z.object({}))).toHaveProperty('required', true)
    expect(await bodyOf(z.object({}).optional())).not.toHaveProperty('required')
    const slow = z.object({}).refine(async () => true)
    expect(await bodyOf(slow)).toHaveProperty('required', true)
  })

  it('SMO-074 has a description, and examples that may be described', async () => {
    const examples = { plain: { a: 1 }, told: { summary: 'Told', value: { a: 2 } } }
    const body = { schema: z.object({ a: z.int() }), description: 'What', examples }
    const { description, content } = await bodyAt(
      new RestBlueprint('api').post('/', { name: 'add', body }, nothing),
    )
    expect(description).toBe('What')
    expect(content['application/json'].examples).toEqual({
      plain: { value: { a: 1 } },
      told: { summary: 'Told', value: { a: 2 } },
    })
  })

  it('without a schema is anything, and where nothing is taken there is none', async () => {
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
  const uploading = (options: object) => {
    const api = new RestBlueprint('api')
    api.contentParser.parses('multipart/form-data', multipart())
    return api.post('/', { name: 'upload', ...options }, nothing)
  }
  const files = {
    photo: { types: ['image/png'], required: true, maxBytes: 10 },
    more: { types: ['image/*', 'text/plain'], multiple: true },
    any: {},
  }

  it.each(VERSIONS)('SMO-089 SMO-091 stand beside the fields of their form in %s', async (openapi) => {
    const body = z.object({ title: z.string() })
    const { content, required } = await bodyAt(uploading({ files, body }), { openapi })
    const binary =
      openapi === '3.0.3'
        ? { type: 'string', format: 'binary' }
        : { contentMediaType: 'application/octet-stream' }
    const png = openapi === '3.0.3' ? binary : { contentMediaType: 'image/png' }
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

  it('are a form by themselves without a body, and beside a component', async () => {
    const alone = await bodyAt(uploading({ files: { any: {} } }))
    expect(alone).not.toHaveProperty('required')
    expect(alone.content['multipart/form-data'].schema).toMatchObject({
      type: 'object',
      properties: { any: {} },
    })
    const body = z.object({ title: z.string() }).meta({ id: 'Titled' })
    const beside = await bodyAt(uploading({ files: { any: {} }, body }))
    expect(beside.content['multipart/form-data'].schema.allOf).toEqual([
      { $ref: '#/components/schemas/Titled' },
      { type: 'object', properties: { any: { contentMediaType: 'application/octet-stream' } } },
    ])
  })

  it('that are streamed have any name', async () => {
    const body = z.strictObject({ title: z.string() })
    const { content } = await bodyAt(uploading({ files: { stream: true }, body }))
    expect(content['multipart/form-data'].schema).toEqual({
      type: 'object',
      properties: { title: { type: 'string' } },
      required: ['title'],
      additionalProperties: { contentMediaType: 'application/octet-stream' },
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

  it('says nothing has to be there, all the way down, and what null takes away', async () => {
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
    const { required: needed, properties } = follow(document, $ref)
    expect(needed).toBeUndefined()
    expect(properties.name).toEqual({ type: 'string' })
    expect(properties.nick).toEqual({ type: ['string', 'null'] })
    expect(properties.toy).toMatchObject({ type: 'object', properties: { b: { type: ['integer', 'null'] } } })
    expect(properties.toy).not.toHaveProperty('required')
    expect(properties.tags.items.required).toEqual(['word']) // lists are replaced as a whole
  })

  it('of operations is a list of them', async () => {
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

  it('of a tree ends where the tree begins anew', async () => {
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
})
