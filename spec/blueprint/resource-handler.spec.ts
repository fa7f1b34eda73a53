/** Mounted resources: the Location of a created object, and what its actions return. */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler
type Any = any

describe.each(polkas)('a mounted resource on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint, app: Any) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, ...options })

  it('has a Location below the base path of a sub-app (RFC 9110 §15.3.2)', async () => {
    const users = new Map<string, Any>()
    const api = new RestBlueprint('users', { prefix: '/v1' })
    api.mountResource({
      singular: 'user',
      show: (id) => users.get(id),
      create: async ({ body }: Any) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        users.set(body.id, body)
        return body
      },
    })
    const sub = polka()
    api.register(sub)
    const app = polka()
      .use('/api', sub as Any)
      .use('/h', api.handler as Any)
    const { fetch } = await serve(app)
    const own = await serve(createServer(api.handler))
    const created = async (to: typeof fetch, path: string) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"id":"a/b"}' }
      const { status, headers } = await to(path, init)
      const location = headers.get('location') ?? ''
      return [status, location, (await to(location)).status]
    }
    for (const path of ['/api/v1/users', '/api/v1/users?a=/v1/users', '/api/v1/users/'])
      expect(await created(fetch, path)).toEqual([201, '/api/v1/users/a%2Fb', 200])
    expect(await created(fetch, '/h/v1/users')).toEqual([201, '/h/v1/users/a%2Fb', 200])
    for (const path of ['/v1/users', '/%761/users?a'])
      expect(await created(own.fetch, path)).toEqual([201, '/v1/users/a%2Fb', 200])
  })

  it('has a Location below the base path also where middleware rewrites `request.url`', async () => {
    const api = new RestBlueprint('users')
    api.use((request, _response, next) => {
      request.url = '/'
      next()
    })
    api.mountResource({ singular: 'user', show: (id) => ({ id }), create: () => ({ id: 'tom' }) })
    const sub = polka()
    api.register(sub)
    const { fetch } = await serve(polka().use('/api', sub as Any))
    const { headers } = await fetch('/api/users', { method: 'POST' })
    expect(headers.get('location')).toBe('/api/users/tom')
  })

  it('sends a web Response or a Blob that create returns as it is', async () => {
    const { fetch } = await start((api) => {
      api.mountResource({
        singular: 'user',
        create: ({ query }) =>
          query.blob ? new Blob(['hi'], { type: 'text/plain' }) : new Response('full', { status: 507 }),
      })
    })
    const relayed = await fetch('/users', { method: 'POST' })
    expect([relayed.status, await relayed.text()]).toEqual([507, 'full'])
    const blob = await fetch('/users?blob=1', { method: 'POST' })
    expect([blob.status, blob.headers.get('content-type'), await blob.text()]).toEqual([
      200,
      'text/plain',
      'hi',
    ])
  })

  it('has a Location in its 201 where the created object has a URL, and is a 201 where it has none', async () => {
    const paths = ['/{plural}/<{singular}:id>', '/{plural}/<path:id>', '/{plural}/<int:id>']
    const locations: Any = []
    for (const path of paths) {
      const { ask, logger } = await start((api) => {
        api.mountResource({
          singular: 'user',
          uris: [
            [['GET'], path, '{singular}'],
            [['POST'], '/{plural}', '{singular}:create'],
          ],
          show: (id) => ({ id }),
          create: ({ body }: Any) => body.id,
        })
      })
      for (const id of ['', '.', '..', '\ud800', 'a/..', '...', 'a b', '7', 2 ** 53]) {
        const { status, headers } = await ask('POST /users', {}, { id })
        expect([id, status]).toEqual([id, 201])
        const location = headers.get('location')
        if (location !== null) locations.push(location)
      }
      expect(logger.lines).toEqual([])
    }
    expect(locations).toEqual([
      ...['/users/a%2F..', '/users/...', '/users/a%20b', '/users/7', '/users/9007199254740992'],
      ...['/users/...', '/users/a%20b', '/users/7', '/users/9007199254740992'],
      '/users/7',
    ])
  })

  it('has a Location for an object below a path with any converter, and a warning where that cannot be', async () => {
    const locationsAt = async (path: string) => {
      const warnings: unknown[] = []
      const logger = {
        error() {},
        warn: ({ code }: Any, message: Any) => void warnings.push([code, message]),
      }
      const declare = (api: RestBlueprint) => {
        api.converter('shout', { parse: (text) => text, format: (id: Any) => id.toUpperCase() })
        api.mountResource({
          singular: 'user',
          uris: [
            [['GET'], path, '{singular}'],
            [['POST'], '/users', '{singular}:create'],
          ],
          show: (id) => ({ id }),
          create: ({ body }) => body,
        })
      }
      const { ask } = await start(declare, { logger })
      const locations: unknown[] = []
      for (const id of ['a', 7]) {
        const { status, headers } = await ask('POST /users', {}, { id })
        expect(status).toBe(201)
        locations.push(headers.get('location'))
      }
      return [...locations, warnings]
    }
    expect(await locationsAt('/users/<int:id>')).toEqual([null, '/users/7', []])
    expect(await locationsAt('/users/<shout:id>')).toEqual(['/users/A', '/users/7', []])
    const message = "A 201 has no Location: The path '/users/<int:number>' needs a value for 'number'"
    expect(await locationsAt('/users/<int:number>')).toEqual([null, null, [['MAZURKA_LOCATION', message]]])
  })
})
