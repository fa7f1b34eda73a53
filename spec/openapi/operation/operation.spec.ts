/** Operations: ids, tags, the option doc, and paths that are equal in OpenAPI. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint } from '../../../lib/index.ts'
import { type DocumentedBlueprint, type DocumentOptions, documentOf } from '../../../lib/openapi.ts'
import { at, documented, faultsOf } from '../../support/open-api.ts'

const nothing = () => 1
const INFO = { title: 'Spec', version: '1' }
const idsOf = (documented: readonly DocumentedBlueprint[], options: Partial<DocumentOptions> = {}) => {
  const { paths } = documentOf(documented, { ...INFO, ...options })
  return Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
}

describe('an operation', () => {
  it('SMO-172 SMO-027 SMO-184 has a summary, a description and an id', async () => {
    const options = { summary: 'Read', description: 'All of it', deprecated: true }
    const api = new RestBlueprint('api')
      .get('/', { name: 'read', ...options }, nothing)
      .post('/', { name: 'add', security: [], tags: [] }, nothing)
    const document = await documented(api)
    expect(at(document, '/')).toMatchObject({ ...options, operationId: 'api.read', tags: ['api'] })
    expect(at(document, '/', 'post')).toMatchObject({ operationId: 'api.add', security: [] })
    expect(at(document, '/', 'post')).not.toHaveProperty('tags')
  })

  it('SMO-184 has a unique id that code generators accept', () => {
    const api = new RestBlueprint('api')
      .get('/x/<int:id>', () => 1)
      .get('/y/:name.csv', () => 1)
      .get('/z', { name: 'show it' }, () => 1)
    const twin = new RestBlueprint('api').get('/w', { name: 'show_it' }, () => 1)
    expect(idsOf([{ blueprint: api }, { blueprint: twin }])).toEqual([
      ...['api.get_x_id', 'api.get_y_name.csv', 'api.show_it', 'api.show_it_2'],
    ])
  })

  it('SMO-183 SMO-031 is left out when hidden; HEAD and OPTIONS are documented only if declared', async () => {
    const api = new RestBlueprint('api')
      .get('/', { name: 'read' }, nothing)
      .get('/secret', { name: 'secret', hidden: true }, nothing)
      .head('/head', { name: 'head' }, nothing)
    const { paths } = await documented(api)
    expect(Object.keys(paths)).toEqual(['/', '/head'])
    expect(Object.keys(paths['/'] ?? {})).toEqual(['get'])
    expect(paths['/head']?.head?.responses?.[200]).not.toHaveProperty('content')
  })

  it('SMO-175 SMO-176 SMO-177 is deep-merged with doc, which replaces arrays and may contain library schemas', async () => {
    const doc = {
      tags: ['other'],
      'x-own': { a: 1 },
      responses: {
        200: { description: 'From doc' },
        404: { description: 'Gone' },
        418: { description: 'Tea', content: { 'text/plain': { schema: z.string() } } },
      },
    }
    const api = new RestBlueprint('api').get('/<int:id>', { name: 'one', response: z.int(), doc }, nothing)
    const { tags, responses, ...rest } = at(await documented(api), '/{id}')
    expect([tags, rest['x-own']]).toEqual([['other'], { a: 1 }])
    expect(responses[200]).toMatchObject({
      description: 'From doc',
      content: { 'application/json': { schema: { type: 'integer' } } },
    })
    expect(responses[404].description).toBe('Gone')
    expect(responses[404].content['application/problem+json']).toBeDefined()
    expect(responses[418].content['text/plain'].schema).toEqual({ type: 'string' })
  })

  it('of QUERY is the member query in 3.2, and x-query before', async () => {
    const api = () => new RestBlueprint('api').query('/', { name: 'find' }, nothing)
    expect(Object.keys((await documented(api(), { openapi: '3.2.0' })).paths['/'] ?? {})).toEqual(['query'])
    expect(Object.keys((await documented(api())).paths['/'] ?? {})).toEqual(['x-query'])
  })
})

describe('a path', () => {
  it('SMO-185 is one path item, whatever the converters and names of its parameters', async () => {
    const api = new RestBlueprint('api')
      .get('/x/<int:id>', { name: 'by_id' }, nothing)
      .post('/x/:name', { name: 'add' }, nothing)
      .get('/a b/:id', { name: 'encoded' }, nothing)
    const document = await documented(api)
    expect(Object.keys(document.paths)).toEqual(['/x/{id}', '/a%20b/{id}'])
    expect(at(document, '/x/{id}', 'post').parameters[0]).toMatchObject({
      name: 'id',
      schema: { minLength: 1 },
    })
  })

  it('with two endpoints that differ only in converters has one merged operation', async () => {
    const byId = new RestBlueprint('ids').get('/x/<int:id>', { name: 'show', response: z.int() }, nothing)
    const byKey = new RestBlueprint('keys').get(
      '/x/<uuid:key>',
      {
        name: 'show',
        response: { 200: z.string(), 202: z.int() },
        status: 200,
        query: z.object({ q: z.string() }),
      },
      () => '',
    )
    const document = documentOf([{ blueprint: byId }, { blueprint: byKey }], INFO)
    expect(await faultsOf(document)).toEqual([])
    const { operationId, parameters, responses } = at(document, '/x/{id}')
    expect(operationId).toBe('ids.show')
    expect(parameters).toEqual([
      {
        name: 'id',
        in: 'path',
        required: true,
        schema: {
          anyOf: [
            { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
            { type: 'string', format: 'uuid' },
          ],
        },
      },
      { name: 'q', in: 'query', required: false, schema: { type: 'string' } },
    ])
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '202', '422']))
    const { schema } = responses[200].content['application/json']
    expect(schema).toMatchObject({ anyOf: [{ type: 'integer' }, { type: 'string' }] })
  })
})

describe('blueprints', () => {
  it('SMO-013 SMO-021 SMO-179 SMO-180 are tags with their descriptions, in order', async () => {
    const one = new RestBlueprint('one', { description: 'First' }).get(
      '/one',
      { name: 'a', tags: ['own'] },
      nothing,
    )
    const two = new RestBlueprint('two').get('/two', { name: 'a' }, nothing)
    const none = new RestBlueprint('none')
    const document = documentOf(
      [one, two, none].map((blueprint) => ({ blueprint })),
      INFO,
    )
    expect(document.tags).toEqual([{ name: 'one', description: 'First' }, { name: 'two' }])
    expect(at(document, '/one').tags).toEqual(['own'])
    expect(await faultsOf(document)).toEqual([])
  })

  const nested = () => {
    const toys = new RestBlueprint('toys', { description: 'Toys' }).get('/', { name: 'list' }, nothing)
    const pets = new RestBlueprint('pets', { description: 'Pets' }).get('/', { name: 'list' }, nothing)
    toys.register(pets, { prefix: '/<int:id>/toys' })
    return pets
  }

  it('SMO-036 that are nested have their own ids and tags; in 3.2 tags have parents', () => {
    expect(idsOf([{ blueprint: nested() }])).toEqual(['pets.list', 'pets.toys.list'])
    const document = documentOf([{ blueprint: nested() }], { ...INFO, openapi: '3.2.0' })
    expect(at(document, '/{id}/toys').tags).toEqual(['toys'])
    expect(document.tags).toEqual([
      { name: 'pets', description: 'Pets' },
      { name: 'toys', description: 'Toys', parent: 'pets' },
    ])
    expect(documentOf([{ blueprint: nested() }], INFO).tags?.[1]).toEqual({
      name: 'toys',
      description: 'Toys',
    })
  })

  it('SMO-036 can all have the tag of the outermost', () => {
    const document = documentOf([{ blueprint: nested() }], { ...INFO, nestedTags: 'outermost' })
    expect(at(document, '/{id}/toys').tags).toEqual(['pets'])
    expect(document.tags).toEqual([{ name: 'pets', description: 'Pets' }])
  })

  it('SMO-015 SMO-037 SMO-041 can be documented several times, with several prefixes and names', async () => {
    const blueprint = nested()
    const both = [
      { blueprint, prefix: '/v1' },
      { blueprint, prefix: '/<lang>/v2', name: 'second' },
    ]
    const document = documentOf(both, INFO)
    expect(Object.keys(document.paths)).toEqual([
      '/v1',
      '/v1/{id}/toys',
      '/{lang}/v2',
      '/{lang}/v2/{id}/toys',
    ])
    expect(idsOf(both)).toEqual(['pets.list', 'pets.toys.list', 'second.list', 'second.toys.list'])
    expect(await faultsOf(document)).toEqual([])
  })

  it('can be given with compiled endpoints', () => {
    const blueprint = new RestBlueprint('api').get('/x', { name: 'x' }, nothing)
    const { endpoints } = blueprint['~registration'].compiled
    expect(idsOf([{ blueprint, endpoints }])).toEqual(['api.x'])
  })
})
