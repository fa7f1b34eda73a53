/** Resources: objects and instances whose methods are handlers. */
import { describe, expect, it } from 'vitest'
import { endpoint, type RestBlueprint } from '../../lib/index.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler
type Any = any

describe.each(polkas)('a resource on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint, app: Any) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, ...options })

  it('mounts resources: objects, instances, members set to null', async () => {
    class Readings {
      readonly all = [1, 2]
      get() {
        return this.all
      }
      post() {
        return 'posted'
      }
    }
    class ReadOnly extends Readings {
      override post = null as never
    }
    const { api, fetch } = await start((api) => {
      api.route('/a', new Readings())
      api.route('/b', new ReadOnly())
      api.route('/c/<int:id>', {
        get: ({ params }) => params.id,
        put: endpoint({ name: 'put-c', status: 202 }, () => 'put'),
        delete: null,
      })
    })
    expect(api.endpoints.map(({ name }) => name)).toEqual([
      'readings.get',
      'readings.post',
      'readOnly.get',
      'GET /c/<int:id>',
      'put-c',
    ])
    expect(await (await fetch('/a')).json()).toEqual([1, 2])
    expect((await fetch('/b', { method: 'POST' })).status).toBe(405)
    expect(await (await fetch('/c/7')).json()).toBe(7)
    expect((await fetch('/c/7', { method: 'PUT' })).status).toBe(202)
    expect((await fetch('/c/7', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, PUT, OPTIONS')
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
})
