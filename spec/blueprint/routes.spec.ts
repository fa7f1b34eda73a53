/** Blueprints, routes and resources as in flask-smorest, row by row. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Blueprint, endpoint, RestBlueprint } from '../../lib/index.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApp } from '../support/test-app.ts'

describe.each(polkas)('routes on $name', ({ polka }) => {
  it('SMO-021 SMO-022 SMO-027 have a name, and a blueprint with a name and a prefix', async () => {
    const { get, api } = await testApp(
      (api) => {
        api.get('/pets', { name: 'list', tags: ['x'], summary: 'All' }, () => ['pet'])
      },
      { polka, prefix: '/api', description: 'Pets' },
    )
    expect((await get('/api/pets')).value).toEqual(['pet'])
    expect([api.name, api.endpoints[0]?.name, api.urlFor('list')]).toEqual(['api', 'list', '/api/pets'])
  })

  it('name the URL of a created resource below a prefix with a parameter', async () => {
    const { ask } = await testApp(
      (api) => {
        api.mountResource({ singular: 'user', show: (id) => ({ id }), create: () => ({ id: 7 }) })
      },
      { polka, prefix: '/orgs/<int:org>' },
    )
    const { status, headers } = await ask('POST /orgs/3/users')
    expect([status, headers.get('location')]).toEqual([201, '/orgs/3/users/7'])
  })

  it('SMO-023 SMO-024 SMO-034 may be methods of a class, some of them turned off', async () => {
    class Pets {
      get() {
        return ['pet']
      }
      post({ body }: { body: unknown }) {
        return [body]
      }
      delete() {
        return 'never'
      }
    }
    const { get, post, outcome, fetch } = await testApp(
      (api) => {
        api.route('/all', new Pets())
        api.route('/some', Object.assign(new Pets(), { name: 'some', delete: null }))
        api.route('/declared', { put: endpoint({ body: z.object({ n: z.int() }) }, ({ body }) => body) })
      },
      { polka },
    )
    expect((await get('/all')).value).toEqual(['pet'])
    expect((await post('/all', 1)).value).toEqual([1])
    const refused = await fetch('/some', { method: 'DELETE' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS'])
    expect((await outcome('PUT /declared', {}, { n: 1, m: 1 })).value).toEqual({ n: 1 })
    expect((await outcome('PUT /declared', {}, {})).status).toBe(422)
  })

  it('SMO-026 SMO-037 SMO-041 may share a handler, and a blueprint several prefixes with parameters', async () => {
    const api = new RestBlueprint('api')
    const show = ({ params }: { params: object }) => params
    api.get('/a/<int:id>', { params: z.object({ id: z.int().max(5) }), name: 'limited' }, show)
    api.get('/b/<int:id>', { name: 'free' }, show)
    const app = polka()
    api.register(app, { prefix: '/one' })
    api.register(app, { prefix: '/users/<int:user>' })
    const { fetch } = await serve(app)
    const text = async (path: string) => (await fetch(path)).text()
    expect(await text('/one/b/7')).toBe('{"id":7}')
    expect(await text('/users/3/b/7')).toBe('{"user":3,"id":7}')
    expect((await fetch('/one/a/7')).status).toBe(422)
    expect(await text('/one/a/5')).toBe('{"id":5}')
  })

  it('SMO-031 SMO-033 respond to HEAD and OPTIONS, and with 405 and Allow', async () => {
    const { fetch } = await testApp(
      (api) => void api.get('/', { query: z.object({ n: z.int().optional() }) }, () => ({ a: 1 })),
      { polka },
    )
    const head = await fetch('/?n=1', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '7', ''])
    expect((await fetch('/?n=x', { method: 'HEAD' })).status).toBe(422)
    for (const [method, status] of [
      ['OPTIONS', 204],
      ['DELETE', 405],
    ] as const) {
      const answer = await fetch('/', { method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([status, 'GET, HEAD, OPTIONS'])
    }
  })

  it('SMO-032 ignore a trailing slash, unless they are strict', async () => {
    const declare = (api: RestBlueprint) => void api.get('/x', () => 1)
    const lenient = await testApp(declare, { polka, prefix: '/api' })
    const strict = await testApp(declare, { polka, prefix: '/api', strict: true })
    expect((await lenient.get('/api/x/')).status).toBe(200)
    expect((await strict.get('/api/x/')).status).toBe(404)
  })

  it('SMO-036 SMO-040 of nested blueprints have joined paths, and schemas in any order', async () => {
    const parent = new Blueprint('parent')
    const child = new RestBlueprint('child', { unknown: 'refuse' })
    child.post('/<int:id>', { body: z.object({}), query: z.object({ n: z.int() }) }, ({ params, query }) => [
      params.id,
      query.n,
    ])
    child.register(parent, { prefix: '/pets' })
    const app = polka()
    parent.register(app, { prefix: '/api' })
    const { fetch } = await serve(app)
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    expect(await (await fetch('/api/pets/3?n=2', init)).json()).toEqual([3, 2])
    expect((await fetch('/api/pets/3?n=2&m=1', init)).status).toBe(422)
  })

  it('SMO-038 SMO-039 need no options, and may be asynchronous', async () => {
    const { get } = await testApp(
      (api) => {
        api.get('/plain', () => 'plain')
        api.get('/late', { query: z.object({ n: z.int() }) }, async ({ query }) => query.n)
      },
      { polka },
    )
    expect((await get('/plain')).value).toBe('plain')
    expect((await get('/late?n=2')).value).toBe(2)
  })
})

describe('a route', () => {
  it('SMO-025 without a handler is a TypeError', () => {
    const api = new RestBlueprint('api')
    expect(() => (api.get as (path: string) => unknown)('/x')).toThrow(TypeError)
  })

  it('SMO-028 may have a default value on another path', async () => {
    const { get } = await testApp((api) => {
      const show = ({ params }: { params: { user?: number } }) => params.user ?? 1
      api.get('/me', { name: 'me' }, show).get('/users/<int:user>', { name: 'user' }, show)
    })
    expect([(await get('/me')).value, (await get('/users/7')).value]).toEqual([1, 7])
  })
})

describe('a blueprint of many routes', () => {
  it('is compiled in time in proportion to their number, also where patterns are beside each other', async () => {
    const growth = await growthOf((count) => {
      const api = new RestBlueprint('many')
      for (let index = 0; index < count; index++)
        api.get(`/resource-${(index * 7919) % 100_003}-:id`, () => 'found')
      return api.endpoints.length
    }, 4096)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })
})

describe('an invalid declaration is a TypeError at registration', () => {
  const api = () => new RestBlueprint('api')
  it.each<[string, () => unknown, RegExp]>([
    ['a name', () => new RestBlueprint(''), /needs a name/],
    [
      'a path below a prefix',
      () => new RestBlueprint('x', { prefix: '/report' }).get('.json', () => 1),
      /GET \.json: the path '\.json' does not start with '\/'/,
    ],
    ['a prefix', () => new RestBlueprint('x', { prefix: 'api' }), /'api' does not start with/],
    ['an app', () => api().register({} as never), /takes a Polka app or a blueprint/],
    [
      'a path',
      () =>
        api()
          .get('x', () => 1)
          .register({ use() {} }),
      /'x' does not start with/,
    ],
    [
      'an expression as a path',
      () => api().get(/^\/x\d+$/ as never, () => 1),
      /^GET \/\^\\\/x\\d\+\$\/: a path is a text/,
    ],
    [
      'several paths',
      () => api().delete(['/a', '/b'] as never, {}, () => 1),
      /^DELETE \/a,\/b: a path is a text/,
    ],
    ['no path', () => api().get(undefined as never, () => 1), /^GET undefined: a path is a text/],
    [
      'an expression as the path of a resource',
      () => api().route(/x/ as never, { get: () => 1 }),
      /^GET \/x\/: a path is a text/,
    ],
    ['a handler', () => api().get('/x', 7 as never), /is a function, not 7/],
    [
      'a name twice',
      () =>
        api()
          .get('/x', { name: 'a' }, () => 1)
          .get('/y', { name: 'a' }, () => 1),
      /name 'a' is taken/,
    ],
    [
      'a route twice',
      () =>
        api()
          .get('/x', () => 1)
          .get('/x', () => 2),
      /GET \/x is declared twice: both match the same requests/,
    ],
    [
      'a converter',
      () =>
        api()
          .get('/<unknown:x>', () => 1)
          .register({ use() {} }),
      /converter 'unknown'/,
    ],
    ['a converter’s name', () => api().converter('path', { parse: String }), /cannot be named "path"/],
    [
      'a parameter twice',
      () =>
        api()
          .get('/:a/:a', () => 1)
          .register({ use() {} }),
      /names 'a' twice/,
    ],
    [
      'a path in the middle',
      () =>
        api()
          .get('/<path:a>/b', () => 1)
          .register({ use() {} }),
      /last segment/,
    ],
    [
      'a stray character',
      () =>
        api()
          .get('/a*', () => 1)
          .register({ use() {} }),
      /has a '\*'/,
    ],
    [
      'an empty choice',
      () =>
        api()
          .get('/<any():a>', () => 1)
          .register({ use() {} }),
      /any\(\) needs choices/,
    ],
    [
      '__proto__',
      () =>
        api()
          .get('/:__proto__', () => 1)
          .register({ use() {} }),
      /__proto__/,
    ],
    [
      'a route twice',
      () =>
        api()
          .get('/x', () => 1)
          .get('/x', { name: 'b' }, () => 1)
          .register({ use() {} }),
      /cannot be routed/,
    ],
    ['a type', () => api().get('/x', { outgoing: ['json'] }, () => 1), /"json" is not a media type/],
    ['a resource', () => api().route('/x', {}), /this has none/],
    [
      'a resource’s member',
      () => api().route('/x', { get: 7 as never }),
      /get of the resource is a function, not 7/,
    ],
    ['a status', () => api().errorHandler(200, () => 1), /from 400 to 599/],
  ])('%s', (_case, act, message) => {
    expect(act).toThrow(TypeError)
    expect(act).toThrow(message)
  })
})
