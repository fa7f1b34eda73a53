/** Parameters of path, query, header fields, cookies, pagination and preconditions. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint, type Schema } from '../../../lib/index.ts'
import { documentOf } from '../../../lib/openapi.ts'
import { at, documented, parametersAt, VERSIONS } from '../../support/open-api.ts'
import { serve } from '../../support/server.ts'

const nothing = () => 1

describe('a path parameter', () => {
  it('SMO-185 SMO-186 SMO-187 SMO-188 has the schema of its converter, in the order of the path', async () => {
    const api = new RestBlueprint('api', { prefix: '/<int:user>' }).get(
      '/:a/<float:b>/<uuid:c>/<any(x,y):d>/<path:e>',
      { name: 'all' },
      nothing,
    )
    const path = '/{user}/{a}/{b}/{c}/{d}/{e}'
    const document = await documented(api)
    expect(
      at(document, path)
        .parameters.map(({ name }: { name: string }) => name)
        .join(''),
    ).toBe('userabcde')
    const parameters = parametersAt(document, path)
    expect(parameters.user).toEqual({
      name: 'user',
      in: 'path',
      required: true,
      schema: { type: 'integer', minimum: 0, maximum: 9007199254740991 },
    })
    expect(parameters.a?.schema).toEqual({ type: 'string', minLength: 1 })
    expect(parameters.b?.schema).toEqual({ type: 'number', minimum: 0 })
    expect(parameters.c?.schema).toEqual({ type: 'string', format: 'uuid' })
    expect(parameters.d?.schema).toEqual({ type: 'string', enum: ['x', 'y'] })
    expect(parameters.e?.schema).toEqual({ type: 'string', minLength: 1 })
  })

  it('SMO-189 of a custom converter has its schema, or is a string', async () => {
    const api = new RestBlueprint('api')
    api.converter('year', { parse: Number, schema: { type: 'integer', minimum: 1900 } })
    api.converter('word', { parse: String })
    api.get('/<year:y>/<word:w>', { name: 'all' }, nothing)
    const { y, w } = parametersAt(await documented(api), '/{y}/{w}')
    expect([y.schema, w.schema]).toEqual([{ type: 'integer', minimum: 1900 }, { type: 'string' }])
  })

  it('SMO-053 merges the schema of the option params over that of the converter', async () => {
    const params = z.object({ id: z.int().min(-5).max(9).describe('Which') })
    const api = new RestBlueprint('api').get('/<int:id>', { name: 'one', params }, nothing)
    const { parameters } = at(await documented(api), '/{id}')
    expect(parameters).toEqual([
      {
        name: 'id',
        in: 'path',
        description: 'Which',
        required: true,
        schema: { type: 'integer', minimum: 0, maximum: 9 },
      },
    ])
  })
})

describe('a path parameter that is an object', () => {
  const Place = z.object({ city: z.string() })
  const parsed = z.preprocess((text) => (typeof text === 'string' ? JSON.parse(text) : text), Place)

  it.each(VERSIONS)('is text of JSON, which a schema may parse, in %s', async (openapi) => {
    const params = z.object({ place: parsed.describe('Where') })
    const api = new RestBlueprint('api')
      .get('/at/:place', { name: 'at', params }, ({ params }) => [params.place.city])
      .get('/in/<path:place>', { name: 'in', params }, ({ params }) => [params.place.city])
    const document = await documented(api, { openapi })
    for (const path of ['/at/{place}', '/in/{place}'])
      expect(parametersAt(document, path).place).toEqual({
        name: 'place',
        in: 'path',
        required: true,
        description: 'Where',
        content: {
          'application/json': { schema: expect.objectContaining({ required: ['city'], type: 'object' }) },
        },
      })
    const { ask } = await serve(api)
    const segment = encodeURIComponent('{"city":"Łódź"}')
    for (const path of ['at', 'in']) expect((await ask(`/${path}/${segment}`)).json).toEqual(['Łódź'])
  })

  it('has the schema of the converter that makes the object', async () => {
    const text = { type: 'string', pattern: '^@' }
    const api = new RestBlueprint('api')
    api.converter('place', { parse: (text) => ({ city: text.slice(1) }), schema: text })
    api.get('/<place:place>', { name: 'one', params: z.object({ place: Place }) }, ({ params }) => [
      params.place.city,
    ])
    const { place } = parametersAt(await documented(api), '/{place}')
    expect(place).toEqual({ name: 'place', in: 'path', required: true, schema: text })
    expect((await (await serve(api)).ask('/@x')).json).toEqual(['x'])
  })
})

describe('a path parameter that is a list', () => {
  interface Tree {
    ids: Tree[]
  }
  const Tree: z.ZodType<Tree> = z.object({ ids: z.lazy(() => z.array(Tree)) })
  const lists: [string, z.ZodType, string, unknown][] = [
    ['numbers', z.array(z.int()).max(3), '1,2', [1, 2]],
    ['one item', z.array(z.string()), 'a', ['a']],
    ['a pair', z.tuple([z.string(), z.int()]), 'a,2', ['a', 2]],
    ['a number or a list of them', z.union([z.int(), z.array(z.int())]), '1,2', [1, 2]],
    ['nullable', z.array(z.string()).nullable(), 'a,b', ['a', 'b']],
    ['encoded', z.array(z.string()), encodeURIComponent('Łódź,b'), ['Łódź', 'b']],
    ['described', z.array(z.int()).describe('Which'), '7', [7]],
  ]

  it.each(lists)('is written with commas, and read so: %s', async (_, ids, segment, value) => {
    const api = new RestBlueprint('api')
    api.get('/<ids>', { name: 'one', params: z.object({ ids }) }, ({ params }) => params.ids)
    const parameter = parametersAt(await documented(api), '/{ids}').ids
    expect(parameter).toMatchObject({ name: 'ids', in: 'path', required: true })
    expect(new Ajv2020({ strict: false }).validate(parameter?.schema as object, value)).toBe(true)
    for (const key of ['style', 'explode', 'content']) expect(parameter).not.toHaveProperty(key) // simple, by default
    const { ask } = await serve(api)
    expect((await ask(`/${segment}`)).json).toEqual(value)
  })

  it('may contain itself, and an item that is none is named', async () => {
    const params = z.object({ ids: z.array(Tree) })
    const numbers = z.object({ n: z.array(z.int()) })
    const api = new RestBlueprint('api').get('/trees/<ids>', { name: 'trees', params }, () => [])
    api.get('/<n>', { name: 'numbers', params: numbers }, () => [])
    expect(parametersAt(await documented(api), '/trees/{ids}').ids).toMatchObject({ in: 'path' })
    const { ask } = await serve(api)
    expect((await ask('/1,x')).json).toMatchObject({
      errors: [{ in: 'path', parameter: 'n', detail: expect.stringMatching(/^1: /) }],
    })
  })
})

const queries: Readonly<Record<string, Schema>> = {
  zod: z.object({
    page: z.int().min(1).default(1).describe('Which page'),
    tags: z.array(z.string()).optional(),
    old: z.string().optional().meta({ deprecated: true }),
    name: z.string(),
  }),
  valibot: toStandardJsonSchema(
    v.object({
      page: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Which page')), 1),
      tags: v.optional(v.array(v.string())),
      name: v.string(),
    }),
  ),
  arktype: type({ page: 'number.integer >= 1 = 1', 'tags?': 'string[]', name: 'string' }),
}

describe.each(Object.entries(queries))('a query schema of %s', (library, query) => {
  it.each(VERSIONS)('SMO-079 SMO-080 becomes a parameter for each member in %s', async (openapi) => {
    const api = new RestBlueprint('api').get('/', { name: 'list', query }, nothing)
    const { page, tags, name, old } = parametersAt(await documented(api, { openapi }), '/')
    expect(page).toMatchObject({ in: 'query', schema: { type: 'integer', minimum: 1 } })
    expect(page).not.toHaveProperty('required')
    if (library !== 'arktype')
      expect(page).toMatchObject({ description: 'Which page', schema: { default: 1 } })
    expect(page.schema).not.toHaveProperty('description')
    expect(tags).toMatchObject({
      style: 'form',
      explode: true,
      schema: { type: 'array', items: { type: 'string' } },
    })
    expect(name).toMatchObject({ required: true, schema: { type: 'string' } })
    if (library === 'zod')
      expect(old).toEqual({ name: 'old', in: 'query', deprecated: true, schema: { type: 'string' } })
  })
})

describe('an integer', () => {
  it('has no bounds that its schema does not set', async () => {
    const query = z.object({ a: z.int(), b: z.int().min(3), c: z.int32(), d: z.number() })
    const api = new RestBlueprint('api').get('/', { name: 'one', query }, nothing)
    const { a, b, c, d } = parametersAt(await documented(api), '/')
    expect([a.schema, b.schema, d.schema]).toEqual([
      { type: 'integer' },
      { type: 'integer', minimum: 3 },
      { type: 'number' },
    ])
    expect(c.schema).toMatchObject({ minimum: -2147483648 })
  })
})

describe('parameters', () => {
  it('SMO-055 SMO-056 can be header fields and cookies; header fields that OpenAPI reserves are left out', async () => {
    const headers = z.object({
      'X-Ids': z.array(z.int()),
      Accept: z.string(),
      authorization: z.string().optional(),
    })
    const cookies = z.object({ session: z.string() })
    const api = new RestBlueprint('api').get('/', { name: 'one', headers, cookies }, nothing)
    const parameters = parametersAt(await documented(api), '/')
    expect(Object.keys(parameters)).toEqual(['X-Ids', 'session'])
    expect(parameters['X-Ids']).toMatchObject({ in: 'header', required: true, explode: false })
    expect(parameters.session).toMatchObject({ in: 'cookie', required: true })
  })

  it.each(VERSIONS)(
    'that are objects are text of JSON, which a schema may parse, and no deepObject without nestedParameters, in %s',
    async (openapi) => {
      const Place = z.object({ city: z.string() })
      const parsed = z.preprocess((text) => (typeof text === 'string' ? JSON.parse(text) : text), Place)
      const query = z.object({ place: parsed.describe('Where') })
      const api = new RestBlueprint('api', { nestedParameters: false })
      api.get('/', { name: 'one', query, headers: z.object({ 'x-place': Place.optional() }) }, (request) => [
        request.query.place.city,
      ])
      const document = await documented(api, { openapi })
      const media = {
        'application/json': { schema: expect.objectContaining({ required: ['city'], type: 'object' }) },
      }
      const { place, 'x-place': field } = parametersAt(document, '/')
      expect(place).toEqual({
        name: 'place',
        in: 'query',
        required: true,
        description: 'Where',
        content: media,
      })
      expect(field).toEqual({ name: 'x-place', in: 'header', content: media })
      const { ask } = await serve(api)
      const target = new URLSearchParams({ place: '{"city":"Łódź"}' })
      expect((await ask(`/?${target}`)).json).toEqual(['Łódź'])
      expect((await ask('/?city=x')).status).toBe(422)
    },
  )

  it.each(VERSIONS)(
    'that are objects have the schema, the style or the content of the option, in %s',
    async (openapi) => {
      const query = z.object({ place: z.object({ city: z.string() }), name: z.string() })
      const xml = { 'application/xml': { schema: { type: 'string' } } }
      const manual: Record<string, Readonly<Record<string, unknown>>> = {
        '/style': { name: 'place', in: 'query', style: 'deepObject' },
        '/schema': { name: 'place', in: 'query', schema: { type: 'object' } },
        '/content': { name: 'place', in: 'query', content: xml },
        '/text': { name: 'name', in: 'query', content: xml },
        '/example': { name: 'place', in: 'query', example: { city: 'x' } },
      }
      const api = new RestBlueprint('api')
      for (const [path, parameter] of Object.entries(manual))
        api.get(path, { name: path.slice(1), query, parameters: [parameter] }, nothing)
      const document = await documented(api, { openapi })
      const shown = Object.fromEntries(
        Object.keys(manual).map((path) => [path, parametersAt(document, path)]),
      )
      expect(shown['/style']?.place).toMatchObject({ style: 'deepObject', schema: { required: ['city'] } })
      expect(shown['/schema']?.place).toMatchObject({ schema: { type: 'object' } })
      for (const path of ['/style', '/schema']) expect(shown[path]?.place).not.toHaveProperty('content')
      expect(shown['/content']?.place).toEqual({ name: 'place', in: 'query', required: true, content: xml })
      expect(shown['/text']?.name).toEqual({ name: 'name', in: 'query', required: true, content: xml })
      expect(shown['/example']?.place.content).toEqual({
        'application/json': { schema: expect.anything(), example: { city: 'x' } },
      })
    },
  )

  it('of two endpoints with one path are merged, with the schemas of both in their content', async () => {
    const query = (member: string) => z.object({ place: z.object({ [member]: z.string() }) })
    const api = new RestBlueprint('api')
      .get('/<int:id>', { name: 'one', query: query('city') }, nothing)
      .get('/<word>', { name: 'other', query: query('street') }, nothing)
    const { place } = parametersAt(await documented(api), '/{id}')
    expect(place).not.toHaveProperty('schema')
    expect(place?.content).toEqual({
      'application/json': {
        schema: {
          anyOf: [
            expect.objectContaining({ required: ['city'] }),
            expect.objectContaining({ required: ['street'] }),
          ],
        },
      },
    })
  })

  it('of alternatives are all documented, and optional', async () => {
    const query = z.discriminatedUnion('by', [
      z.object({ by: z.literal('name'), name: z.string() }),
      z.object({ by: z.literal('age'), age: z.int() }),
    ])
    const api = new RestBlueprint('api').get('/', { name: 'find', query }, nothing)
    const { by, name, age } = parametersAt(await documented(api), '/')
    expect(by.schema).toEqual({
      anyOf: [
        { type: 'string', const: 'name' },
        { type: 'string', const: 'age' },
      ],
    })
    expect([name.required, age.required]).toEqual([undefined, undefined])
  })

  it('of a query with unknown names are one parameter', async () => {
    const query = z.record(z.string(), z.number())
    const api = new RestBlueprint('api').get('/', { name: 'any', query }, nothing)
    expect(parametersAt(await documented(api), '/').query).toMatchObject({
      explode: true,
      schema: { type: 'object', additionalProperties: { type: 'number' } },
    })
  })

  it('of a library without JSON Schema are a TypeError that names endpoint, location and library', () => {
    const query: Schema = { '~standard': { version: 1, vendor: 'yup', validate: (value) => ({ value }) } }
    const api = new RestBlueprint('api').get('/', { name: 'list', query }, nothing)
    expect(() => documentOf([{ blueprint: api }], { title: 'x', version: '1' })).toThrow(
      "The schema of yup in the query of 'api.list' has no JSON Schema",
    )
  })

  it('SMO-181 of the option parameters are merged with generated ones of the same name; others come first', async () => {
    const parameters = [
      { name: 'id', in: 'path', description: 'By hand' },
      { name: 'X-First', in: 'header', schema: z.string().max(3) },
      { name: 'PAGE', in: 'query', schema: { type: 'string' } },
    ]
    const query = z.object({ page: z.string().optional() })
    const api = new RestBlueprint('api').get('/<int:id>', { name: 'one', query, parameters }, nothing)
    expect(at(await documented(api), '/{id}').parameters).toEqual([
      { name: 'X-First', in: 'header', schema: { type: 'string', maxLength: 3 } },
      { name: 'PAGE', in: 'query', schema: { type: 'string' } },
      {
        name: 'id',
        in: 'path',
        description: 'By hand',
        required: true,
        schema: { type: 'integer', minimum: 0, maximum: 9007199254740991 },
      },
      { name: 'page', in: 'query', schema: { type: 'string' } },
    ])
  })

  it('SMO-037 SMO-182 of a prefix can be described with the prefix', () => {
    const blueprint = new RestBlueprint('api').get('/<int:id>', { name: 'one' }, nothing)
    const parameters = [{ name: 'user', in: 'path', description: 'Whose' }]
    const document = documentOf([{ blueprint, prefix: '/<user>', parameters }], { title: 'x', version: '1' })
    expect(parametersAt(document, '/{user}/{id}').user).toMatchObject({
      description: 'Whose',
      required: true,
    })
  })
})

describe('pagination', () => {
  it('SMO-081 SMO-130 adds parameters after those of the query and before preconditions', async () => {
    const query = z.object({ kind: z.string() })
    const paginate = { pageSize: 5, maxPageSize: 50 }
    const api = new RestBlueprint('api').get('/', { name: 'list', query, paginate, etag: true }, () => [])
    const parameters = parametersAt(await documented(api), '/')
    expect(Object.keys(parameters)).toEqual(['kind', 'page', 'page_size', 'If-None-Match'])
    expect(parameters.page?.schema).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: 9007199254740991,
      default: 1,
    })
    expect(parameters.page_size?.schema).toEqual({ type: 'integer', minimum: 1, maximum: 50, default: 5 })
  })

  it.each([
    ['offset', { style: 'offset' as const }, ['offset', 'limit']],
    ['cursor', { style: 'cursor' as const, secret: 'x' }, ['limit', 'cursor']],
    ['renamed', { parameters: { page: 'p', pageSize: 'offset' } }, ['p', 'offset']],
  ])('has the parameters of its style: %s', async (_style, paginate, names) => {
    const api = new RestBlueprint('api').get('/', { name: 'list', paginate }, () => [])
    expect(Object.keys(parametersAt(await documented(api), '/'))).toEqual(names)
  })

  it('is merged with the parameters of the query schema', async () => {
    const query = z.object({ page: z.int().optional().describe('Mine') })
    const api = new RestBlueprint('api').get('/', { name: 'list', query, paginate: true }, () => [])
    const { parameters } = at(await documented(api), '/')
    expect(parameters).toHaveLength(2)
    expect(parameters[0]).toMatchObject({
      name: 'page',
      description: 'Mine',
      schema: { minimum: 1, default: 1 },
    })
  })
})

describe('preconditions', () => {
  it('by date are documented where lastModified is declared, and where they have an effect', async () => {
    const etag = { current: () => 1, lastModified: () => new Date(0) }
    const dated = new RestBlueprint('api')
      .get('/', { name: 'read', etag }, nothing)
      .put('/', { name: 'write', etag }, nothing)
      .delete('/', { name: 'remove', etag }, nothing)
    const document = await documented(dated)
    const namesOf = (method: string) => Object.keys(parametersAt(document, '/', method))
    expect(namesOf('get')).toEqual(['If-None-Match', 'If-Modified-Since'])
    expect(namesOf('put')).toEqual(['If-Match', 'If-None-Match', 'If-Unmodified-Since'])
    expect(namesOf('delete')).toEqual(['If-Match', 'If-Unmodified-Since'])
  })

  const etag = { current: () => 1 }
  const api = () =>
    new RestBlueprint('api')
      .get('/', { name: 'read', etag }, nothing)
      .put('/', { name: 'write', etag }, nothing)
      .patch('/', { name: 'change', etag }, nothing)
      .delete('/', { name: 'remove', etag: { ...etag, required: false } }, nothing)
      .post('/', { name: 'plain' }, nothing)

  it('SMO-153 SMO-154 are parameters of endpoints with the option etag; If-Match is required if there is no alternative', async () => {
    const document = await documented(api())
    expect(at(document, '/').parameters).toEqual([{ $ref: '#/components/parameters/IfNoneMatch' }])
    expect(parametersAt(document, '/', 'put')).toMatchObject({
      'If-Match': { in: 'header' },
      'If-None-Match': {},
    })
    expect(parametersAt(document, '/', 'patch')['If-Match']).toMatchObject({ required: true })
    expect(parametersAt(document, '/', 'delete')['If-Match']).not.toHaveProperty('required')
    expect(at(document, '/', 'post')).not.toHaveProperty('parameters')
  })
})
