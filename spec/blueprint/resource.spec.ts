/** Resources: objects and instances whose methods are handlers. */
import { describe, expect, it } from 'vitest'
import { endpoint } from '../../lib/index.ts'
import { polkas } from '../support/polka.ts'
import { testApp } from '../support/test-app.ts'

describe.each(polkas)('a resource on $name', ({ polka }) => {
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
    const { api, fetch } = await testApp(
      (api) => {
        api.route('/a', new Readings())
        api.route('/b', new ReadOnly())
        api.route('/c/<int:id>', {
          get: ({ params }) => params.id,
          put: endpoint({ name: 'put-c', status: 202 }, () => 'put'),
          delete: null,
        })
      },
      { polka },
    )
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
})
