/** Responses without an endpoint: OPTIONS, 405 and 404. */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { abort, Blueprint, RestBlueprint } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler
type Any = any

describe.each(polkas)('a blueprint on $name', ({ polka }) => {
  it('responds to OPTIONS and with 405 for all blueprints of an app together', async () => {
    const app = polka()
    const one = new RestBlueprint('one')
    const other = new RestBlueprint('other')
    one.get('/x', () => 1)
    other.post('/x', { incoming: ['text/plain'] }, () => 1).patch('/x', () => 1)
    other.options('/own', () => 'own')
    one.register(app)
    other.register(app)
    const { fetch } = await serve(app)
    const options = await fetch('/x', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, PATCH, OPTIONS'])
    expect([options.headers.get('accept-post'), options.headers.get('accept-patch')]).toEqual([
      'text/plain',
      'application/json',
    ])
    const refused = await fetch('/x', { method: 'DELETE' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, PATCH, OPTIONS'])
    expect(await (await fetch('/x', { method: 'POST' })).json()).toBe(1)
    expect(await (await fetch('/own', { method: 'OPTIONS' })).json()).toBe('own')
  })

  it('leaves paths outside its prefix to the app, and keeps the app’s onNoMatch', async () => {
    const app = polka({
      onNoMatch: (_request: Any, response: Any) => response.writeHead(404).end('the app’s own'),
    })
    new RestBlueprint('api', { prefix: '/api' }).get('/x', () => 1).register(app)
    app.delete('/api/x', (_request: Any, response: Any) => response.end('plain delete'))
    app.get('/api/plain', (_request: Any, response: Any) => response.end('plain'))
    const { fetch } = await serve(app)
    expect(await (await fetch('/elsewhere')).text()).toBe('the app’s own')
    expect(await (await fetch('/apiary')).text()).toBe('the app’s own')
    expect(await (await fetch('/api/nothing')).json()).toMatchObject({
      status: 404,
      detail: 'No resource at /api/nothing',
    })
    expect(await (await fetch('/api/plain')).text()).toBe('plain')
    expect(await (await fetch('/api/x', { method: 'DELETE' })).text()).toBe('plain delete')
  })

  it('serves a blueprint on a bare node:http server, 404 and 405 included', async () => {
    const api = new Blueprint('bare', { prefix: '/api', logger: quiet() })
    api.get('/x/<int:id>', ({ params, query }) => ({ params, query })).get('/boom', () => abort(418, 'Tea'))
    const { fetch } = await serve(createServer(api.handler))
    expect(await (await fetch('/api/x/7?a=1')).json()).toEqual({ params: { id: 7 }, query: { a: '1' } })
    expect((await fetch('/elsewhere')).status).toBe(404)
    expect((await fetch('/api/x/7', { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect((await fetch('/api/x/7', { method: 'OPTIONS' })).status).toBe(204)
    const tea = await fetch('/api/boom', { headers: { accept: 'text/html' } })
    expect([tea.status, tea.headers.get('content-type')]).toEqual([418, 'application/problem+json'])
  })
})
