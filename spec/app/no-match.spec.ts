/** Responses without an endpoint: OPTIONS, 405 and 404. */
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { abort, Blueprint, Conflict, RestBlueprint } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { type AnyPolka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

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

  it('answers unknown paths of an app whose onError was assigned, which is no onNoMatch of its own', async () => {
    const app = polka()
    app.onError = function failed(_error: Any, _request: Any, response: Any) {
      response.writeHead(418).end('failed')
    }
    app.use('/own', (_request: Any, _response: Any, next: Any) => next(new Error('broken')))
    new Api(app, { title: 'Pets', version: '1', logger: quiet() })
    const { ask } = await serve(app)
    expect((await ask('/nothing')).json).toMatchObject({ status: 404, detail: 'No resource at /nothing' })
    expect((await ask('/own')).status).toBe(418)
  })

  it.each([
    ['a blueprint with a prefix', '/adm', ''],
    ['a blueprint without one', '', '/adm'],
  ])(
    'answers OPTIONS, 405 and 404 of %s behind middleware with its base path',
    async (_case, prefix, base) => {
      const app = polka() as Any
      const seen: string[] = []
      app.use('/adm', (request: Any, _response: Any, next: Any) => {
        seen.push(request.url)
        next()
      })
      const api = new RestBlueprint('api', { prefix, logger: quiet() }).get(`${base}/one`, () => 1)
      api.errorHandler(404, (error) => ({ own: error.detail })).register(app)
      const { ask } = await serve(app)
      const refused = await ask('DELETE /adm/one?a=1')
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
      const options = await ask('OPTIONS /adm/one')
      expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
      const unknown = await ask('/adm/none')
      expect(unknown.status).toBe(404)
      if (prefix !== '') expect(unknown.json).toEqual({ own: 'No resource at /adm/none' })
      expect(seen).toEqual(['/one?a=1', '/one', '/none'])
    },
  )

  it('runs after hooks for 404, 405 and OPTIONS, with and without a resource', async () => {
    const seen: unknown[] = []
    const app = polka()
    const api = new RestBlueprint('api', { prefix: '/api', logger: quiet() }).get('/x', () => 1)
    api.after((_request, response) => {
      seen.push(response.statusCode)
      response.setHeader('x-after', '1')
    })
    api.register(app)
    const { ask } = await serve(app)
    for (const target of ['/api/y', 'PUT /api/x', 'OPTIONS /api/x']) {
      const { headers } = await ask(target)
      expect(headers.get('x-after'), target).toBe('1')
    }
    expect(seen).toEqual([404, 405, 204])
  })

  it('runs middleware of a blueprint once, also where several pass a request on', async () => {
    const app = polka()
    let count = 0
    const first = new RestBlueprint('first', { logger: quiet() }).get('/x', (_request, _response, next) =>
      next(),
    )
    const second = new RestBlueprint('second').get('/x/', (_request, _response, next) => next())
    first.use((_request, _response, next) => {
      count++
      next()
    })
    first.register(app)
    second.register(app)
    const { status } = await serve(app)
    expect([await status('/x'), count]).toEqual([404, 1])
  })

  it('sends no Content-Length with a 204, whoever has set one (RFC 9110 §8.6)', async () => {
    const app = polka()
    const api = new RestBlueprint('api', { prefix: '/api', logger: quiet() }).get('/x', () => 1)
    api
      .delete('/x', () => undefined)
      .after((_request, response) => void response.setHeader('content-length', '5'))
    api.register(app)
    const { ask } = await serve(app)
    for (const target of ['DELETE /api/x', 'OPTIONS /api/x']) {
      const { status, headers } = await ask(target)
      expect([status, headers.get('content-length')], target).toEqual([204, null])
    }
  })

  it('names the whole path in the 404 of an Api behind middleware with a base path', async () => {
    const app = polka() as Any
    app.use('/adm', (_request: Any, _response: Any, next: Any) => next())
    new Api(app, { title: 'x', version: '1' })
    const { ask } = await serve(app)
    expect((await ask('/adm/1')).json).toMatchObject({ status: 404, detail: 'No resource at /adm/1' })
  })

  it('leaves sub-apps, and routes of Polka, behind middleware with a base path alone', async () => {
    const app = polka({
      onNoMatch: (request: Any, response: Any) => response.writeHead(404).end(`own ${request.url}`),
    }) as Any
    const sub = polka() as Any
    app.use('/adm', (_request: Any, _response: Any, next: Any) => next())
    sub.get('/hello', (request: Any, response: Any) => response.end(`sub ${request.url}`))
    app.use('/sub', sub)
    app.get('/adm/own/:id', (request: Any, response: Any) => response.end(request.params.id))
    new RestBlueprint('api').get('/adm/one', () => 1).register(app)
    const { ask } = await serve(app)
    expect((await ask('/sub/hello?a=1')).text).toBe('sub /hello?a=1')
    expect((await ask('/adm/own/7')).text).toBe('7')
    expect((await ask('/adm/none?a=1')).text).toBe('own /adm/none?a=1')
    expect((await ask('/none')).text).toBe('own /none')
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

const polka05 = polkas.find(({ name }) => name === 'Polka 0.5.2')?.polka as AnyPolka

describe.runIf(polka05)('middleware of Polka 0.5 that calls next twice', () => {
  it.each(['a blueprint', 'two blueprints', 'a blueprint and a route of Polka'])(
    'does not answer before the async handler of %s',
    async (kind) => {
      const app = polka05()
      app.use((_request: Any, _response: Any, next: Any) => {
        next()
        next()
      })
      let count = 0
      const api = (name: string) => {
        const handler = async () => {
          await new Promise((resolve) => setTimeout(resolve, 10))
          return ++count
        }
        return new RestBlueprint(name, { logger: quiet() })
          .get('/x', handler)
          .get('/throws', () => abort(409))
      }
      api('one').register(app)
      if (kind === 'two blueprints') api('two').register(app)
      if (kind === 'a blueprint and a route of Polka')
        app.get('/x', (_request: Any, response: Any) => response.end('of Polka'))
      const { ask } = await serve(app)
      const { status, json } = await ask('/x')
      expect([status, json, count]).toEqual([200, 1, 1])
      expect((await ask('/throws')).status).toBe(409)
    },
  )
})

describe('next of a handler', () => {
  const declare = (api: RestBlueprint) =>
    api
      .get('/next', (_request, _response, next) => next())
      .get('/next-later', (_request, _response, next) => void setTimeout(next, 5))
      .get('/error', (_request, _response, next) => next(new Error('secret')))
      .get('/error-later', (_request, _response, next) => void setTimeout(next, 5, new Error('secret')))
      .get('/error-async', async (_request, _response, next) => {
        next(new Error('secret'))
        await sleep(5)
        return { never: 'sent' }
      })
      .get('/conflict', (_request, _response, next) => next(new Conflict('taken')))
      .get('/twice', (_request, _response, next) => {
        next()
        next(new Error('secret'))
      })

  const expectAnswers = async (server: Parameters<typeof serve>[0], log: { text(): string }) => {
    const { ask } = await serve(server)
    for (const path of ['/next', '/next-later', '/twice'])
      expect((await ask(path)).json, path).toMatchObject({ status: 404, detail: `No resource at ${path}` })
    expect(log.text()).toBe('')
    for (const path of ['/error', '/error-later', '/error-async']) {
      const { status, text } = await ask(path)
      expect([path, status, text.includes('secret')]).toEqual([path, 500, false])
    }
    expect(log.text().match(/Error: secret/g)).toHaveLength(3)
    expect((await ask('/conflict')).json).toMatchObject({ status: 409, detail: 'taken' })
  }

  it('is a 404 on a bare server, and an error is as good as thrown', async () => {
    const logger = quiet()
    await expectAnswers(createServer(declare(new RestBlueprint('api', { logger })).handler), logger)
  })

  it.each(polkas)('is the same on $name, whatever the onError of the app', async ({ polka }) => {
    const onError = (_error: Any, _request: Any, response: Any) => response.writeHead(418).end()
    for (const options of [{}, { onError }]) {
      const logger = quiet()
      const app = polka(options)
      new Api(app, { title: 'x', version: '1', logger }).registerBlueprint(declare(new RestBlueprint('api')))
      await expectAnswers(app, logger)
    }
  })
})

describe('OPTIONS *', () => {
  it('is a 204 of the server as a whole, with the fields of every answer and a line in the access log (RFC 9110 §9.3.7)', async () => {
    const entries: object[] = []
    const accessLog = { logger: { info: (entry: object) => void entries.push(entry) } }
    const options = { securityHeaders: true, requestId: true, serverTiming: true, accessLog }
    const { rawUntilClose } = await testApi({
      ...options,
      prefix: '/api',
      rateLimit: { points: 3, seconds: 60 },
    })
    const ask = (host: string) =>
      rawUntilClose(`OPTIONS * HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    for (let count = 0; count < 2; count++) {
      const text = await ask('h')
      expect(text).toMatch(/^HTTP\/1\.1 204 No Content\r\n/)
      for (const name of ['x-content-type-options', 'x-request-id', 'server-timing'])
        expect(text.toLowerCase()).toContain(`\r\n${name}: `)
    }
    expect(entries).toMatchObject([
      { method: 'OPTIONS', path: '*', status: 204 },
      { method: 'OPTIONS', path: '*', status: 204 },
    ])
    expect(await ask('a, b')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await ask('h')).toMatch(/^HTTP\/1\.1 429 /)
  })
})
