/** The walk of a request through middleware, hooks, handler and error handlers, on both Polkas. */
import { describe, expect, it } from 'vitest'
import { abort, BadRequest, HttpException, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler
type Any = any

describe.each(polkas)('the walk on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint, app: Any) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, ...options })

  it('responds to HEAD as to GET, without content and without starting a stream', async () => {
    let started = false
    const { raw } = await start((api) => {
      api.get('/x', () => ({ a: 1 }))
      api.get('/rows', () => ({
        [Symbol.asyncIterator]() {
          started = true
          return { next: async () => ({ done: true, value: undefined }) }
        },
      }))
      api.head('/own', (_request, response) => void response.writeHead(200, { 'x-own': '1' }).end())
      api.get('/own', () => 1)
    })
    const head = (path: string) => raw(`HEAD ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(await head('/x')).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*content-length: 7\r\n[\s\S]*\r\n\r\n$/i)
    expect(await head('/rows')).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\n$/)
    expect(started).toBe(false)
    expect(await head('/own')).toContain('x-own: 1')
  })

  describe('around the handler', () => {
    it('runs middleware for matched endpoints, and for 404 and OPTIONS below the prefix', async () => {
      const seen: string[] = []
      const app = polka()
      const api = new RestBlueprint('api', { prefix: '/api', logger: quiet() })
      api.use(
        (request: Any, _response: Any, next: Any) => {
          seen.push(request.url)
          next()
        },
        (_request: Any, response: Any, next: Any) => {
          response.setHeader('x-late', '1')
          setTimeout(next, 1)
        },
      )
      api.use((request: Any, response: Any, next: Any) => {
        if (request.headers['x-stop']) response.writeHead(418).end()
        else if (request.headers['x-fail']) next(new BadRequest('refused'))
        else if (request.headers['x-reject']) return Promise.reject(new BadRequest('rejected'))
        else next()
      })
      api.get('/x', () => 1)
      api.register(app)
      const { fetch } = await serve(app)
      const answer = await fetch('/api/x')
      expect([answer.status, answer.headers.get('x-late')]).toEqual([200, '1'])
      expect((await fetch('/api/none')).status).toBe(404)
      expect((await fetch('/api/x', { method: 'OPTIONS' })).headers.get('x-late')).toBe('1')
      await fetch('/other')
      expect(seen).toEqual(['/api/x', '/api/none', '/api/x'])
      expect((await fetch('/api/x', { headers: { 'x-stop': '1' } })).status).toBe(418)
      expect(await (await fetch('/api/x', { headers: { 'x-fail': '1' } })).json()).toMatchObject({
        status: 400,
        detail: 'refused',
      })
      expect(await (await fetch('/api/x', { headers: { 'x-reject': '1' } })).json()).toMatchObject({
        detail: 'rejected',
      })
    })

    it('lets a before hook respond, and an after hook see the data or the error', async () => {
      const results: unknown[] = []
      const { fetch } = await start((api) => {
        api.before((request, response) => {
          if (request.headers['x-early']) response.writeHead(202).end('early')
        })
        api.before(async (request) => {
          if (request.headers['x-fail']) throw new BadRequest('hook')
        })
        api.after((_request, response, result) => {
          response.setHeader('x-after', '1')
          results.push(result instanceof HttpException ? result.status : result)
        })
        api.get('/x', () => ({ a: 1 }))
        api.get('/gone', () => abort(410))
      })
      const answer = await fetch('/x')
      expect(answer.headers.get('x-after')).toBe('1')
      expect((await fetch('/gone')).headers.get('x-after')).toBe('1')
      expect(await (await fetch('/x', { headers: { 'x-early': '1' } })).text()).toBe('early')
      expect((await fetch('/x', { headers: { 'x-fail': '1' } })).status).toBe(400)
      expect(results).toEqual([{ a: 1 }, 410, 400])
    })

    it('selects an error handler by status or by the nearest class, and sends its result', async () => {
      class DatabaseError extends Error {}
      class TimeoutError extends DatabaseError {}
      const { fetch } = await start((api) => {
        api.get('/db', () => {
          throw new TimeoutError('secret')
        })
        api.get('/other', () => {
          throw new DatabaseError('secret')
        })
        api.get('/404', () => abort(404))
        api.get('/403', () => abort(403))
        api.get('/409', () => abort(409, 'kept'))
        api.get('/402', () => abort(402))
        api.errorHandler(DatabaseError, (error) =>
          serializeResponse({ db: error.constructor.name }, { status: 503 }),
        )
        api.errorHandler(TimeoutError, async () => ({ slow: true }))
        api.errorHandler(404, () => new HttpException(410, 'Gone for good'))
        api.errorHandler(403, () => {
          throw new Error('the handler fails')
        })
        api.errorHandler(409, () => undefined)
      })
      const get = async (path: string) => {
        const answer = await fetch(path)
        return [answer.status, await answer.json()]
      }
      expect(await get('/db')).toEqual([500, { slow: true }])
      expect(await get('/other')).toEqual([503, { db: 'DatabaseError' }])
      expect(await get('/404')).toEqual([410, expect.objectContaining({ detail: 'Gone for good' })])
      expect(await get('/403')).toEqual([403, expect.objectContaining({ status: 403 })])
      expect(await get('/409')).toEqual([409, expect.objectContaining({ detail: 'kept' })])
      expect(await get('/402')).toEqual([402, expect.objectContaining({ title: 'Payment Required' })])
    })

    it('runs the hooks of one endpoint after those of its blueprint', async () => {
      const order: string[] = []
      const note = (name: string) => () => void order.push(name)
      const { fetch } = await start((api) => {
        api.before(note('blueprint'))
        api.get('/x', { before: [note('one'), note('two')] }, () => void order.push('handler'))
        api.get('/y', { name: 'y', before: note('y') }, () => 1)
      })
      await fetch('/x')
      await fetch('/y')
      expect(order).toEqual(['blueprint', 'one', 'two', 'handler', 'blueprint', 'y'])
    })

    it('lets middleware write to params, matched or not, and logs an error after next()', async () => {
      const logger = quiet()
      const { fetch } = await start(
        (api) => {
          api.use((request: Any, _response: Any, next: Any) => {
            request.params.seen = request.query.a
            next()
          })
          api.use(async (_request: Any, _response: Any, next: Any) => {
            next()
            throw new Error('late')
          })
          api.get('/x', ({ params }) => params)
        },
        { logger },
      )
      expect(await (await fetch('/x?a=1')).json()).toEqual({ seen: '1' })
      expect((await fetch('/x', { method: 'PUT' })).status).toBe(405)
      expect(logger.lines.length).toBe(2)
    })

    it('sends the result of an error handler like that of a handler: a web Response as it is', async () => {
      const { fetch } = await start((api) => {
        api.get('/x', () => abort(409))
        api.get('/y', () => abort(410))
        api.errorHandler(409, () => new Response('teapot', { status: 418 }))
        api.errorHandler(410, () => serializeResponse({ gone: true }))
      })
      const teapot = await fetch('/x')
      expect([teapot.status, await teapot.text()]).toEqual([418, 'teapot'])
      expect((await fetch('/y')).status).toBe(410)
    })

    it('adds to a Vary field that middleware has set', async () => {
      const app = polka()
      app.use((_request: Any, response: Any, next: Any) => {
        response.setHeader('Vary', 'Origin')
        next()
      })
      const api = new RestBlueprint('api', { logger: quiet() })
      api.outgoing.addMimetype('text/plain')
      api.get('/x', () => 1).register(app)
      const { fetch } = await serve(app)
      expect((await fetch('/x')).headers.get('vary')).toBe('Origin, Accept')
      expect((await fetch('/x', { method: 'HEAD' })).headers.get('vary')).toBe('Origin, Accept')
      expect((await fetch('/x', { headers: { accept: 'a/b' } })).headers.get('vary')).toBe('Origin, Accept')
    })

    it('passes the request to the app when the handler calls next', async () => {
      const { app, fetch } = await start((api) => void api.get('/x', (_request, _response, next) => next()))
      app.get('/x', (_request: Any, response: Any) => response.end('the app’s'))
      expect(await (await fetch('/x')).text()).toBe('the app’s')
    })
  })

  it('applies a later change of a map, a renderer or a route to the next request', async () => {
    const { api, fetch } = await start((api) => void api.get('/x', () => 1))
    const plain = { headers: { accept: 'text/plain' } }
    expect((await fetch('/x', plain)).status).toBe(406)
    api.outgoing.addMimetype('text/plain')
    expect(await (await fetch('/x', plain)).text()).toBe('1')
    api.contentRenderer.renders('text/plain', () => 'changed')
    expect(await (await fetch('/x', plain)).text()).toBe('changed')
    api.get('/y', () => 2)
    expect(await (await fetch('/y')).json()).toBe(2)
  })

  it('explains the media type a client gets by endpoint.explain', async () => {
    const { api } = await start((api) => {
      api.outgoing.addMimetype('text/plain')
      api.get('/x', () => 1)
    })
    expect(api.endpoints[0]?.explain({ accept: 'text/*' })).toMatchObject({ contentType: 'text/plain' })
    expect(api.endpoints[0]?.explain(new Headers()).contentType).toBe('application/json')
  })
})
