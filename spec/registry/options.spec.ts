/** Mistakes in options: each is a TypeError when it is made. */
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { form, json } from '../../lib/parsers.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: mistakes of a developer without TypeScript
type Any = any

const app: Any = { use() {} }
const pets = (options: Any = {}) => new RestBlueprint('pets', options)
const withOptions = (options: Any, path: Any = '/x') =>
  pets()
    .get(path, { name: 'show', ...options }, () => 1)
    .register(app)
const schema = { '~standard': { version: 1, vendor: 'mine', validate: (value: unknown) => ({ value }) } }
const INFO = { title: 'T', version: '1' }

describe('a mistake in', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a key of a blueprint',
      () => pets({ stict: true }).register(app),
      "unknown option 'stict': did you mean 'strict'",
    ],
    [
      'a key of a mixin',
      () => pets({ paginaton: {} }).register(app),
      "'paginaton': did you mean 'pagination'",
    ],
    ['a value of a blueprint', () => pets({ strict: 'yes' }), "cannot have strict: 'yes'; use true, false"],
    [
      'a policy',
      () =>
        pets({ notAcceptable: 'lax' })
          .get('/x', () => 1)
          .register(app),
      "notAcceptable: 'lax'",
    ],
    ['a logger', () => pets({ logger: {} }), "a logger without the method 'error'"],
    ['a blueprint’s options', () => pets('/api'), 'an object of options, not /api'],
    ['a prefix', () => pets({ prefix: 7 }), 'A prefix is a text, not 7'],
    [
      'register',
      () => pets().register(app, { prefx: '/x' } as Any),
      "unknown option 'prefx': did you mean 'prefix'",
    ],
    [
      'a limit in words',
      () => pets({ limits: { maxBodyBytes: '10mb' } }),
      "maxBodyBytes: '10mb'; use a whole number",
    ],
    ['a limit that is NaN', () => pets({ limits: { maxBodyBytes: Number.NaN } }), 'maxBodyBytes: NaN'],
    ['a negative limit', () => pets({ limits: { maxFileBytes: -1 } }), 'maxFileBytes: -1'],
    ['a limit’s name', () => pets({ limits: { maxBodyByte: 1 } }), "did you mean 'maxBodyBytes'"],
    [
      'an endpoint’s limit',
      () => withOptions({ limits: { maxBodyBytes: '1k' } }),
      "The endpoint 'show' cannot have maxBodyBytes: '1k'",
    ],
    [
      'json()',
      () => json({ maxDepht: 3 } as Any),
      "json has the unknown option 'maxDepht': did you mean 'maxDepth'",
    ],
    ['json’s depth', () => json({ maxDepth: '3' } as Any), "maxDepth: '3'"],
    ['form()', () => form({ maxFields: Number.NaN }), 'maxFields: NaN'],
    [
      'pagination',
      () => withOptions({ paginate: { pagesize: 5 } }),
      "The pagination of 'show' has the unknown option 'pagesize'",
    ],
    [
      'pagination of a blueprint',
      () =>
        pets({ pagination: { pagesize: 5 } })
          .get('/x', { paginate: true }, () => [])
          .register(app),
      "did you mean 'pageSize'",
    ],
    [
      'names of parameters',
      () => withOptions({ paginate: { parameters: { limt: 'n' } } }),
      "'limt': did you mean 'limit'",
    ],
    [
      'an Api',
      () => new Api(undefined, { ...INFO, prefex: '/x' } as Any),
      "The Api has the unknown option 'prefex'",
    ],
    [
      'an Api’s docs',
      () => new Api(app, { ...INFO, docs: { pth: '/x' } } as Any),
      "in 'docs', has the unknown option 'pth'",
    ],
    ['an Api without version', () => new Api(app, { title: 'T' }), 'An Api needs a version'],
    [
      'registerBlueprint',
      () => new Api(undefined, INFO).registerBlueprint(pets(), { nme: 'x' } as Any),
      "did you mean 'name'",
    ],
    [
      'a status in the options’ place',
      () => serializeResponse({}, 201 as Any),
      'an object of options, not 201',
    ],
    [
      'a representation',
      () => serializeResponse({}, { contenttype: 'x' } as Any),
      "did you mean 'contentType'",
    ],
    [
      'a schema in the options’ place',
      () => pets().post('/x', schema as Any, () => 1),
      'POST /x takes an object of options, not a schema',
    ],
    [
      'a route without handler',
      () => pets().get('/x', { name: 'x' } as Any),
      'The handler of GET /x is not a function',
    ],
    ['a route without anything', () => (pets() as Any).get('/x'), 'The handler of GET /x is not a function'],
    [
      'before',
      () => withOptions({ before: 'auth' }),
      "The option 'before' of 'show' takes functions, not auth",
    ],
    ['a hook', () => pets().before('auth' as Any), "before takes a function, not 'auth'"],
    ['middleware', () => pets().use(undefined as Any), 'use takes a function, not undefined'],
    ['an error handler', () => pets().errorHandler('404' as Any, () => 1), "or a class, not '404'"],
    [
      'an app of Express',
      () => pets().register({ use() {}, request: {} }),
      'takes a Polka app or a blueprint',
    ],
    [
      'a converter',
      () => pets().converter('year', { pattern: '[0-9]{4}' } as Any),
      "The converter 'year' has no function 'parse'",
    ],
    [
      'a pattern',
      () => pets().converter('year', { parse: Number, pattern: '(' }),
      "The 'pattern' of the converter 'year'",
    ],
    [
      'an expression',
      () => withOptions({}, '/x/:id(\\d+)'),
      "an expression after ':id': use a converter, as in <int:id>",
    ],
    [
      'braces',
      () => withOptions({}, '/x/{id}'),
      "has a '{' outside a parameter: write :id, or <int:id> with a converter",
    ],
    [
      'a resource',
      () => pets().mountResource({ singular: 'user', shw: () => 1 } as Any),
      "'shw': did you mean 'show'",
    ],
    ['an empty resource', () => pets().mountResource({ singular: 'user' }), 'none of the actions show'],
    [
      'a resource’s action',
      () => pets().mountResource({ singular: 'user', show: 1 } as Any),
      "'show', which is not a function",
    ],
    [
      'outgoing',
      () => withOptions({ outgoing: 'text/csv' }),
      "The option 'outgoing' of 'show' is a list of media types, not 'text/csv'",
    ],
    [
      'incoming',
      () => withOptions({ incoming: 'text/csv' }),
      "The option 'incoming' of 'show' is a list of media types, not 'text/csv'",
    ],
    [
      'a range of outgoing',
      () => withOptions({ outgoing: ['text/*'] }),
      "The option 'outgoing' of 'show' has the range 'text/*'",
    ],
    [
      'a pattern of outgoing',
      () => withOptions({ outgoing: ['application/*+json'] }),
      "has the range 'application/*+json'",
    ],
  ])('%s is a TypeError', (_case, act, message) => {
    expect(act).toThrow(TypeError)
    expect(act).toThrow(message)
  })
})

describe('limits of an endpoint', () => {
  it('override those of its blueprint, one by one', async () => {
    const { status, ask } = await testApp(
      (api) => {
        api.post('/small', { limits: { maxBodyBytes: 10 } }, ({ body }) => body)
        api.post('/large', ({ body }) => body)
        api.get('/query', { limits: { maxParameters: 1 } }, ({ query }) => query)
      },
      { limits: { maxBodyBytes: 100, maxParameters: 2 } },
    )
    const post = async (path: string) =>
      (await ask(`POST ${path}`, { 'content-type': 'application/json' }, JSON.stringify('x'.repeat(50))))
        .status
    expect([await post('/small'), await post('/large')]).toEqual([413, 200])
    expect([await status('/query?a&b'), await status('/query?a')]).toEqual([400, 200])
  })
})

describe('route()', () => {
  it('names endpoints METHOD path where nothing else is their name', () => {
    class Photos {
      get() {
        return 1
      }
    }
    const api = pets()
      .route('/a', { get: () => 1 })
      .route('/b', { get: () => 1 })
      .route('/c', new Photos())
      .route('/d', new Photos())
      .route('/e', { get: () => 1 }, { name: 'list' })
    expect(api.endpoints.map(({ name }) => name)).toEqual([
      'GET /a',
      'GET /b',
      'photos.get',
      'GET /d',
      'list.get',
    ])
  })
})

describe('a URL', () => {
  it('is not invented for an object without id', async () => {
    const { api, ask } = await testApp((api) => {
      api.mountResource({ singular: 'user', show: (id) => id, create: () => ({ name: 'Ada' }) })
      api.get('/list/:ids', { name: 'list' }, () => 1)
    })
    const answer = await ask('POST /users')
    expect([answer.status, answer.headers.get('location')]).toEqual([201, null])
    expect(() => api.urlFor('user', { id: { nope: 1 } })).toThrow("needs a value for 'id'")
    for (const ids of [{ a: 1 }, [1], Number.NaN])
      expect(() => api.urlFor('list', { ids })).toThrow(TypeError)
    expect(api.urlFor('list', { ids: new URL('http://h/') })).toBe('/list/http%3A%2F%2Fh%2F')
  })
})
