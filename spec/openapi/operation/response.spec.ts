/** Responses: declared ones, those of the framework, header fields. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint } from '../../../lib/index.ts'
import { csv, ndjson, sse } from '../../../lib/renderers.ts'
import { at, documented, follow, responseAt, VERSIONS } from '../../support/open-api.ts'
import { testApp } from '../../support/test-app.ts'

const nothing = () => undefined
const statusesOf = async (api: RestBlueprint, method = 'get', path = '/', options = {}) =>
  Object.keys(at(await documented(api, options), path, method).responses)
const problem = (status: number, title: string) => ({
  schema: { $ref: '#/components/schemas/Problem' },
  example: { type: 'about:blank', title, status },
})
const problems = (status: number, title: string) => ({
  'application/problem+json': problem(status, title),
  'text/html': { schema: { type: 'string' } },
  'text/plain': { schema: { type: 'string' } },
})

describe('a declared response', () => {
  it('of a class of statuses, and default, are written as they are declared', async () => {
    const Failure = z.object({ code: z.int() })
    const api = new RestBlueprint('api')
    api.get(
      '/',
      {
        name: 'x',
        response: {
          '2XX': z.object({ id: z.int() }),
          '4XX': Failure,
          default: { schema: Failure, description: 'Bad luck' },
        },
      },
      () => ({}) as never,
    )
    for (const openapi of VERSIONS) {
      const document = await documented(api, { openapi })
      const { responses } = at(document, '/')
      expect(Object.keys(responses)).toEqual(['400', '406', '500', '2XX', '4XX', 'default'])
      const failure = { type: 'object', properties: { code: expect.anything() }, required: ['code'] }
      expect(responses['2XX']).toMatchObject({ description: 'Success', content: { 'application/json': {} } })
      expect(responses['4XX'].description).toBe('Client error')
      expect(responses['4XX'].content['application/json'].schema).toEqual(failure)
      expect(responses.default.description).toBe('Bad luck')
      expect(responses.default.content['application/json'].schema).toEqual(failure)
      expect(responses.default.content).toHaveProperty('application/problem+json')
    }
  })

  it('SMO-101 SMO-102 SMO-110 is documented by status and media type, with the reason phrase as its description', async () => {
    const Pet = z.object({ name: z.string() }).meta({ id: 'Pet' })
    const api = new RestBlueprint('api')
    api.contentRenderer.renders('text/csv', csv())
    api.outgoing.addMimetype('text/csv')
    const response = {
      200: { 'application/json': Pet, 'text/csv': z.array(Pet) },
      202: Pet,
      204: null,
      404: { description: 'No pet', headers: { 'X-Why': 'Why' } },
    }
    api.get('/', { name: 'all', response, status: 200 }, () => ({ name: '' }))
    const document = await documented(api)
    const schema = { $ref: '#/components/schemas/Pet' }
    expect(responseAt(document, '/', 200)).toEqual({
      description: 'OK',
      headers: { Vary: { $ref: '#/components/headers/Vary' } },
      content: { 'application/json': { schema }, 'text/csv': { schema: { type: 'array', items: schema } } },
    })
    expect(Object.keys(responseAt(document, '/', 202).content)).toEqual(['application/json', 'text/csv'])
    expect(responseAt(document, '/', 204)).toEqual({ description: 'No Content' })
    const missing = responseAt(document, '/', 404)
    expect([missing.description, missing.content]).toEqual(['No pet', problems(404, 'Not Found')])
    expect(missing.headers['X-Why']).toEqual({ description: 'Why', schema: { type: 'string' } })
  })

  it('SMO-108 of an error has its own schema beside problem details', async () => {
    const response = { 200: z.string(), 409: { schema: z.object({ clash: z.string() }) } }
    const api = new RestBlueprint('api').get('/', { name: 'one', response }, () => '')
    const { content } = responseAt(await documented(api), '/', 409)
    expect(content['application/json'].schema.properties).toEqual({ clash: { type: 'string' } })
    expect(content['application/problem+json']).toEqual(problem(409, 'Conflict'))
  })

  it('is described by what the schema accepts where the data is sent unchanged', async () => {
    const Label = z.object({ text: z.string(), lang: z.string().default('en') })
    const options = { response: Label, unknown: 'refuse' } as const // a policy of requests
    const api = new RestBlueprint('api', { validate: 'check' })
      .get('/checked', { ...options, name: 'checked' }, () => ({ text: 'a' }))
      .get('/trusted', { ...options, name: 'trusted', validate: 'trust' }, () => ({ text: 'a' }))
      .get('/stripped', { ...options, name: 'stripped', validate: 'strip' }, () => ({ text: 'a' }))
    const document = await documented(api)
    const schemaAt = (path: string) => responseAt(document, path, 200).content['application/json'].schema
    expect(schemaAt('/checked').required).toEqual(['text'])
    expect(schemaAt('/checked')).not.toHaveProperty('additionalProperties')
    expect(schemaAt('/trusted')).toEqual(schemaAt('/checked'))
    expect(schemaAt('/stripped').required).toEqual(['text', 'lang'])
  })

  it('SMO-100 has examples and described header fields', async () => {
    const response = { 201: { schema: z.int(), examples: { one: 1 }, headers: { Location: 'Where it is' } } }
    const api = new RestBlueprint('api').post('/', { name: 'add', response }, () => 1)
    const created = responseAt(await documented(api), '/', 201, 'post')
    expect(created.content['application/json'].examples).toEqual({ one: { value: 1 } })
    expect(created.headers.Location.description).toBe('Where it is')
  })

  it('is not needed: the default is any content with the status of the endpoint, or 204 for unsafe methods', async () => {
    const api = new RestBlueprint('api')
      .get('/', { name: 'read' }, () => 1)
      .post('/', { name: 'add', status: 202 }, () => 1)
      .delete('/', { name: 'remove' }, nothing)
    const document = await documented(api, { failures: false })
    expect(at(document, '/').responses).toEqual({
      200: { description: 'OK', content: { 'application/json': { schema: {} } } },
    })
    expect(Object.keys(at(document, '/', 'post').responses)).toEqual(['202'])
    expect(Object.keys(at(document, '/', 'delete').responses)).toEqual(['200', '204'])
  })

  it('with outgoing: false has any media type', async () => {
    const api = new RestBlueprint('api').get(
      '/',
      { name: 'raw', outgoing: false },
      (_, res) => void res.end(),
    )
    expect(responseAt(await documented(api), '/', 200).content).toEqual({ '*/*': { schema: {} } })
  })

  it('of rows has an itemSchema in 3.2 with the option itemSchemas', async () => {
    const api = new RestBlueprint('api')
    api.contentRenderer.renders('application/x-ndjson', ndjson()).renders('text/event-stream', sse())
    const outgoing = [null, 'application/x-ndjson', 'text/event-stream']
    api.get('/', { name: 'rows', outgoing, response: z.array(z.object({ a: z.int() })) }, () => [])
    const contentOf = async (options = {}) => responseAt(await documented(api, options), '/', 200).content
    const content = await contentOf({ openapi: '3.2.0', itemSchemas: true })
    expect(content['application/x-ndjson'].itemSchema).toMatchObject({
      properties: { a: { type: 'integer' } },
    })
    expect(content['text/event-stream'].itemSchema.properties.data).toMatchObject({
      contentMediaType: 'application/json',
    })
    expect((await contentOf({ itemSchemas: true }))['application/x-ndjson'].schema.type).toBe('array')
    expect((await contentOf({ openapi: '3.2.0' }))['application/x-ndjson'].schema.type).toBe('array')
  })
})

describe('a response of the framework', () => {
  it('SMO-082 SMO-170 is documented if the endpoint can send it', async () => {
    const etag = { current: () => 1 }
    const api = new RestBlueprint('api')
      .get('/', { name: 'plain' }, () => 1)
      .get('/<int:id>', { name: 'show', etag }, () => 1)
      .put('/<int:id>', { name: 'put', etag, body: z.object({}) }, () => 1)
      .post('/', { name: 'add', query: z.object({}) }, () => 1)
      .get('/raw', { name: 'raw', outgoing: false }, (_, res) => void res.end())
    expect(await statusesOf(api)).toEqual(['200', '400', '406', '500', 'default'])
    expect(await statusesOf(api, 'get', '/{id}')).toEqual([
      '200',
      '304',
      '400',
      '404',
      '406',
      '412',
      '500',
      'default',
    ])
    const put = ['200', '204', '400', '404', '406', '412', '413', '415', '422', '428', '500', 'default']
    expect(await statusesOf(api, 'put', '/{id}')).toEqual(put)
    expect(await statusesOf(api, 'post')).toEqual([
      '200',
      '204',
      '400',
      '406',
      '413',
      '415',
      '422',
      '500',
      'default',
    ])
    expect(await statusesOf(api, 'get', '/raw')).toEqual(['200', '400', '500', 'default'])
    const lenient = new RestBlueprint('api', { notAcceptable: 'default' }).get('/', { name: 'one' }, () => 1)
    expect(await statusesOf(lenient)).not.toContain('406')
  })

  it('SMO-168 SMO-169 SMO-171 is a shared component with every media type of errors', async () => {
    const api = new RestBlueprint('api').get('/<int:id>', { name: 'one' }, () => 1)
    const document = await documented(api)
    expect(at(document, '/{id}').responses[404]).toEqual({ $ref: '#/components/responses/NotFound' })
    const { description, content } = responseAt(document, '/{id}', 404)
    expect([description, content]).toEqual(['Not Found', problems(404, 'Not Found')])
    expect(at(document, '/{id}').responses.default).toEqual({ $ref: '#/components/responses/Error' })
    expect(follow(document, '#/components/schemas/Problem').required).toEqual(['type', 'title', 'status'])
  })

  it('has an example with the title, status and detail that the server sends', async () => {
    const { api, fetch } = await testApp((api) => {
      api.contentRenderer.renders('text/csv', csv())
      api.get('/', { name: 'list', outgoing: ['text/csv', null] }, () => [])
      api.post('/', { name: 'add', query: z.object({ q: z.string() }) }, () => 1)
      api.put('/', { name: 'put', etag: { current: () => 1 } }, () => 1)
    })
    const document = await documented(api)
    const cases = [
      ['GET', 406, { headers: { accept: 'image/png' } }],
      ['POST', 415, { headers: { 'content-type': 'image/png' }, body: 'x' }],
      ['PUT', 415, { headers: { 'content-type': 'image/png' }, body: 'x' }],
      ['PUT', 428, {}],
      ['PUT', 412, { headers: { 'if-match': '"old"' } }],
    ] as const
    for (const [method, status, init] of cases) {
      const answer = await fetch('/', { method, ...init })
      const { content } = responseAt(document, '/', status, method.toLowerCase())
      expect([method, await answer.json()]).toEqual([method, content['application/problem+json'].example])
    }
    const { example } = responseAt(document, '/', 422, 'post').content['application/problem+json']
    expect(example.errors).toEqual([{ detail: 'The value is not valid here', in: 'query' }])
    const names = Object.keys(document.components?.responses ?? {})
    expect(names).toEqual(
      expect.arrayContaining(['NotAcceptable', 'NotAcceptable2', 'UnsupportedMediaType2']),
    )
    const { default: other } = at(document, '/').responses
    expect(follow(document, other.$ref).content['application/problem+json'].example.status).toBe(403)
  })

  it('has the declared examples in place of its own', async () => {
    const response = { 200: z.int(), 409: { examples: { taken: { title: 'Taken' } } } }
    const api = new RestBlueprint('api').get('/', { name: 'one', response }, () => 1)
    const { content } = responseAt(await documented(api), '/', 409)
    expect(content['application/problem+json']).toEqual({
      schema: { $ref: '#/components/schemas/Problem' },
      examples: { taken: { value: { title: 'Taken' } } },
    })
  })

  it('has header fields that name the supported media types', async () => {
    const api = new RestBlueprint('api')
      .post('/', { name: 'add' }, () => 1)
      .put('/', { name: 'put' }, () => 1)
      .patch('/', { name: 'change' }, () => 1)
    const document = await documented(api)
    const fieldsOf = (method: string) => Object.keys(responseAt(document, '/', 415, method).headers)
    expect(fieldsOf('post')).toEqual(['Vary', 'Accept', 'Accept-Post', 'Accept-Encoding'])
    expect(fieldsOf('put')).toEqual(['Vary', 'Accept', 'Accept-Encoding'])
    expect(fieldsOf('patch')).toEqual(['Vary', 'Accept', 'Accept-Patch', 'Accept-Encoding'])
    expect(Object.keys(responseAt(document, '/', 406, 'post').headers)).toContain('Link')
  })

  it('has the media types of a custom exception renderer and the errorSchema', async () => {
    const api = new RestBlueprint('api').get('/', { name: 'one' }, () => 1)
    api.exceptionRenderer.renders('application/json', () => '{}').renders('text/markdown', () => '')
    const contentOf = async (options = {}) => responseAt(await documented(api, options), '/', 400).content
    expect(await contentOf()).toMatchObject({
      ...problems(400, 'Bad Request'),
      'application/json': { schema: {} },
      'text/markdown': { schema: { type: 'string' } },
    })
    const errorSchema = z.object({ oops: z.string() }).meta({ id: 'Oops' })
    expect((await contentOf({ errorSchema }))['application/json'].schema).toEqual({
      $ref: '#/components/schemas/Oops',
    })
  })

  it('has the media types of the endpoint if an error handler can answer', async () => {
    const api = new RestBlueprint('api').get('/<int:id>', { name: 'one' }, () => 1)
    api.contentRenderer.renders('text/csv', csv())
    api.outgoing.setMimetypes(['text/csv'])
    api.errorHandler(404, () => ({ none: true }))
    const document = await documented(api)
    expect(responseAt(document, '/{id}', 404).content['text/csv']).toEqual({ schema: {} })
    expect(responseAt(document, '/{id}', 400).content).not.toHaveProperty('text/csv')
  })

  it('is left out with failures: false', async () => {
    const api = new RestBlueprint('api').get(
      '/<int:id>',
      { name: 'one', response: { 200: z.int(), 404: null } },
      () => 1,
    )
    expect(await statusesOf(api, 'get', '/{id}', { failures: false })).toEqual(['200', '404'])
  })
})

describe('header fields', () => {
  it('SMO-111 SMO-130 SMO-131 carry the metadata of a page as JSON', async () => {
    const list = { response: { 200: z.array(z.int()), 206: z.array(z.int()) }, paginate: true as const }
    const api = new RestBlueprint('api').get('/', { name: 'list', ...list }, () => [])
    const document = await documented(api)
    for (const status of [200, 206]) {
      const { headers } = responseAt(document, '/', status)
      expect(headers['X-Pagination']).toEqual({ $ref: '#/components/headers/Pagination' })
      expect(headers.Link).toEqual({ $ref: '#/components/headers/PageLinks' })
    }
    expect(follow(document, '#/components/headers/Pagination').schema).toEqual({
      type: 'string',
      contentMediaType: 'application/json',
      contentSchema: { $ref: '#/components/schemas/PaginationMetadata' },
    })
    expect(Object.keys(follow(document, '#/components/schemas/PaginationMetadata').properties)).toHaveLength(
      7,
    )
  })

  it('carry the cursors of a page in place of its numbers', async () => {
    const paginate = { style: 'cursor', secret: 'x', envelope: true } as const
    const api = new RestBlueprint('api').get(
      '/',
      { name: 'list', response: z.array(z.int()), paginate },
      () => [],
    )
    const document = await documented(api)
    const { headers, content } = responseAt(document, '/', 200)
    expect(headers['X-Pagination']).toEqual({ $ref: '#/components/headers/CursorPagination' })
    const reference = { $ref: '#/components/schemas/CursorPaginationMetadata' }
    expect(content['application/json'].schema.properties.pagination).toEqual(reference)
    const schema = follow(document, reference.$ref)
    expect(Object.keys(schema.properties)).toEqual(['total', 'total_pages', 'previous_cursor', 'next_cursor'])
    expect(schema.required).toBeUndefined()
  })

  it('of pages can be renamed or turned off', async () => {
    const headersOf = async (paginate: object) => {
      const api = new RestBlueprint('api').get('/', { name: 'list', paginate }, () => [])
      return Object.keys(responseAt(await documented(api), '/', 200).headers ?? {})
    }
    expect(await headersOf({ header: 'X-Page', links: false })).toEqual(['X-Page'])
    expect(await headersOf({ header: false })).toEqual(['Link'])
  })

  it('SMO-105 SMO-106 have an envelope in the body beside them with the option envelope', async () => {
    const schemaOf = async (envelope: true | ((items: unknown) => unknown)) => {
      const list = { response: z.array(z.int()), paginate: { envelope } }
      const api = new RestBlueprint('api').get('/', { name: 'list', ...list }, () => [])
      return responseAt(await documented(api), '/', 200).content['application/json'].schema
    }
    expect(await schemaOf(true)).toMatchObject({
      properties: {
        items: { type: 'array' },
        pagination: { $ref: '#/components/schemas/PaginationMetadata' },
      },
    })
    expect(await schemaOf((items) => items)).toEqual({})
  })

  it('SMO-153 SMO-154 include ETag and Last-Modified with the option etag', async () => {
    const etag = { current: () => 1, lastModified: () => new Date(0) }
    const api = new RestBlueprint('api')
      .get('/', { name: 'read', etag }, () => 1)
      .delete('/', { name: 'remove', etag }, () => 1)
    const document = await documented(api)
    expect(Object.keys(responseAt(document, '/', 200).headers)).toEqual(['ETag', 'Last-Modified'])
    expect(Object.keys(responseAt(document, '/', 304).headers)).toEqual(['ETag', 'Last-Modified'])
    expect(responseAt(document, '/', 304)).not.toHaveProperty('content')
    expect(responseAt(document, '/', 200, 'delete')).not.toHaveProperty('headers')
  })
})
