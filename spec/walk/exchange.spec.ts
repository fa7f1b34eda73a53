/** What a request leaves behind: sources that are released, answers that are sent once, requests that pass by. */
import { EventEmitter, on } from 'node:events'
import { Readable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type Endpoint, HttpException, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { sse } from '../../lib/renderers.ts'
import { quiet } from '../support/logger.ts'
import { polka as defaultPolka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: middleware is written for many versions of Polka
type Any = any

const passing = (_request: unknown, _response: unknown, next: () => void) => next()

describe.each(polkas)('a blueprint with middleware on $name', ({ polka }) => {
  it('leaves unknown paths below it to the app: nothing is negotiated, read or compared', async () => {
    const app = polka() as Any
    const api = new RestBlueprint('api', {
      prefix: '/api',
      logger: quiet(),
      etag: { current: () => expect.unreachable('no endpoint is asked for') },
    })
    api.use(passing).get('/pets', { etag: { current: () => 1 } }, () => [1])
    api.register(app)
    app.get('/api/plain', (_request: unknown, response: Any) => response.end('plain'))
    app.post('/api/plain', async (request: Any, response: Any) => {
      let length = 0
      for await (const chunk of request) length += chunk.length
      response.end(`read ${length}`)
    })
    const { ask, status } = await serve(app)
    expect((await ask('GET /api/plain', { accept: 'text/plain' })).text).toBe('plain')
    expect((await ask('POST /api/plain', 'text/plain', 'content')).text).toBe('read 7')
    expect((await ask('POST /api/plain', 'application/json', '"json"')).text).toBe('read 6')
    expect(await status('GET /api/unknown', { accept: 'text/plain', 'if-match': '"x"' })).toBe(404)
    expect(await status('POST /api/pets', 'text/plain', 'x')).toBe(405)
    expect(await status('OPTIONS /api/pets', { accept: 'text/html' })).toBe(204)
  })
})

describe('surroundings', () => {
  it('of nested blueprints of one class may add steps of one name', async () => {
    const seen: string[] = []
    class Secured extends RestBlueprint {
      protected override surround(endpoint: Endpoint): void {
        super.surround(endpoint)
        endpoint.on('authenticate/checkToken', () => void seen.push(this.name))
      }
    }
    const parent = new Secured('parent', { prefix: '/p' })
    new Secured('child').get('/x', () => 1).register(parent)
    const { status } = await testApp(parent)
    expect([await status('/p/x'), seen]).toEqual([200, ['parent', 'child']])
  })

  it('with an unknown phase are a TypeError that names the blueprint', () => {
    class Wrong extends RestBlueprint {
      protected override surround(endpoint: Endpoint): void {
        endpoint.on('protekt/x' as Any, () => {})
      }
    }
    expect(() => new Wrong('wrong').get('/x', () => 1).endpoints).toThrow(
      "The blueprint 'wrong' adds the step 'protekt/x' to an unknown phase: did you mean 'protect'?",
    )
  })
})

describe('an answer', () => {
  it('is sent once, also where middleware sends it later', async () => {
    const logger = quiet()
    const api = new RestBlueprint('api', { logger }).get('/x', () => ({ a: 1 }))
    api.use((_request: unknown, response: Any, next: () => void) => {
      const { writeHead, end } = response
      let head: unknown[] = []
      response.writeHead = (...all: unknown[]) => {
        head = all
        return response
      }
      response.end = (content: unknown) => {
        setTimeout(() => {
          writeHead.apply(response, head)
          end.call(response, content)
        }, 5)
        return response
      }
      next()
    })
    const { ask } = await testApp(api)
    expect(await ask('/x')).toMatchObject({ status: 200, text: '{"a":1}' })
    expect(logger.lines).toEqual([])
  })

  it('of an error handler without data keeps the status of the error', async () => {
    const api = new RestBlueprint('api').get('/x', () => {
      throw new HttpException(404)
    })
    api.errorHandler(404, () => serializeResponse(undefined, { headers: { 'x-a': '1' } }))
    const { ask } = await testApp(api)
    const { status, headers, text } = await ask('/x')
    expect([status, headers.get('x-a'), text]).toEqual([404, '1', ''])
  })

  it('has its status on the response when the after hooks run', async () => {
    const statuses: number[] = []
    const api = new RestBlueprint('api', { logger: quiet() })
      .get('/a', { status: 201 }, () => 1)
      .get('/b', () => {
        throw new HttpException(409)
      })
    api.after((_request, response) => void statuses.push(response.statusCode))
    const { status } = await testApp(api)
    expect([await status('/a'), await status('/b'), statuses]).toEqual([201, 409, [201, 409]])
  })
})

describe('a source', () => {
  const cases: [name: string, declare: (api: RestBlueprint, source: () => Readable) => void][] = [
    [
      'when an after hook answers by itself',
      (api, source) =>
        api.get('/x', source).after((_request, response) => {
          response.end('by itself')
        }),
    ],
    [
      'when an after hook throws',
      (api, source) =>
        api.get('/x', source).after(() => {
          throw new Error('in a hook')
        }),
    ],
    [
      'when an error handler returned it and a hook throws',
      (api, source) =>
        api
          .get('/x', () => {
            throw new HttpException(404)
          })
          .errorHandler(404, source)
          .after(() => {
            throw new Error('in a hook')
          }),
    ],
    ['when the status has no content', (api, source) => api.get('/x', { status: 204 }, source)],
  ]

  it.each(cases)('is released %s', async (_name, declare) => {
    const sources: Readable[] = []
    const source = () => {
      const stream = new Readable({ read() {} })
      sources.push(stream)
      return stream
    }
    const { status } = await testApp((api) => declare(api, source))
    await status('/x')
    expect(sources.map(({ destroyed }) => destroyed)).toEqual([true])
  })

  it('is released when a step answers in its place', async () => {
    const stream = new Readable({ read() {} })
    class Cached extends RestBlueprint {
      protected override prepare(endpoint: Endpoint): void {
        super.prepare(endpoint)
        endpoint.mixin('Cached', []).on('tag/answer', (exchange) => {
          exchange.finish({ status: 200, fields: { 'content-type': 'text/plain' }, body: 'from the cache' })
        })
      }
    }
    const { ask } = await testApp(new Cached('api').get('/x', () => stream))
    expect([(await ask('/x')).text, stream.destroyed]).toEqual(['from the cache', true])
  })

  it('has its own fields when a step answers, however their names are written', async () => {
    class Cached extends RestBlueprint {
      protected override prepare(endpoint: Endpoint): void {
        super.prepare(endpoint)
        endpoint.mixin('Cached', []).on('replay/answer', (exchange) => {
          const fields = { 'Cache-Control': 'no-store', Vary: 'X-Tenant', 'Content-Type': 'text/plain' }
          exchange.finish({ status: 200, fields, body: 'from the cache' })
        })
      }
    }
    const cache = { maxAgeSeconds: 60, visibility: 'public', vary: ['X-Other'] } as const
    const { ask, api } = await testApi()
    api.registerBlueprint(new Cached('cached').get('/x', { cache }, () => 1))
    const { headers } = await ask('/x')
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-store', 'X-Tenant, X-Other'])
    expect(headers.get('content-type')).toBe('text/plain')
  })
})

describe('validated arguments', () => {
  it('are what error handlers and hooks read, also beside issues', async () => {
    const seen: unknown[] = []
    const api = new RestBlueprint('api', { logger: quiet() })
    api.get(
      '/:id',
      { params: z.object({ id: z.coerce.number() }), query: z.object({ a: z.string() }), paginate: true },
      () => 1,
    )
    api.errorHandler(
      422,
      (_error, request: Any) => void seen.push(request.params.id, request.pagination.page),
    )
    api.after((request: Any) => void seen.push(request.params.id))
    const { status } = await testApp(api)
    expect([await status('/7'), seen]).toEqual([422, [7, 1, 7]])
  })
})

describe('a patch', () => {
  it('without a way to find the state is a TypeError at registration', () => {
    const api = new RestBlueprint('api').patch('/x', { name: 'x', patch: { schema: z.unknown() } }, () => 1)
    expect(() => api.endpoints).toThrow("The patch of 'x' needs 'current', or 'etag.current'")
  })
})

describe('request.signal', () => {
  /** The promise that resolves when a signal aborts. */
  const aborted = (signal: AbortSignal) =>
    new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('aborted')))

  it('aborts when the client leaves while the handler waits', async () => {
    const client = new AbortController()
    let outcome: Promise<string> | undefined
    const { fetch, logger } = await testApp((api) => {
      api.get('/slow', ({ signal }) => {
        outcome = aborted(signal)
        client.abort()
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        })
      })
    })
    await expect(fetch('/slow', { signal: client.signal })).rejects.toThrow()
    expect(await outcome).toBe('aborted')
    await new Promise(setImmediate)
    expect(logger.lines).toEqual([]) // a query that was cancelled is no failure
  })

  it('does not abort when the response is complete, nor before', async () => {
    const signals: AbortSignal[] = []
    const { get } = await testApp((api) => api.get('/', ({ signal }) => void signals.push(signal)))
    await get('/')
    await get('/')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
    expect(signals[0]).not.toBe(signals[1])
  })

  it('is the same object for hooks, handler, etag.current, pager, parser and renderer', async () => {
    const seen = new Set<AbortSignal>()
    const see = ({ signal }: { readonly signal: AbortSignal }) => void seen.add(signal)
    let count = 0
    const note = (holder: { readonly signal: AbortSignal }) => {
      count++
      see(holder)
    }
    const { status } = await testApp((api) => {
      api.before((request) => note(request as unknown as { signal: AbortSignal }))
      api.contentParser.parses('text/csv', (content, context) => {
        note(context)
        return content.text()
      })
      api.contentRenderer.renders('text/x-rows', (_data, context) => {
        note(context)
        return 'rows'
      })
      api.put(
        '/rows',
        {
          incoming: ['text/csv'],
          outgoing: ['text/x-rows'],
          paginate: (rows: unknown, pagination) => {
            note(pagination)
            pagination.itemCount = 1
            return rows
          },
          etag: {
            required: false,
            current: (request) => {
              note(request)
              return 1
            },
          },
        },
        (request) => {
          note(request)
          return [1]
        },
      )
    })
    expect(await status('PUT /rows', 'text/csv', 'a')).toBe(200)
    expect(seen.size).toBe(1)
    expect(count).toBeGreaterThanOrEqual(6)
  })

  it('stops a source that waits: no listener of an SSE feed is left behind', async () => {
    const emitter = new EventEmitter()
    const { fetch } = await testApp((api) => {
      api.get('/feed', { outgoing: { 'text/event-stream': sse() } }, ({ signal }) =>
        on(emitter, 'news', { signal }),
      )
    })
    const client = new AbortController()
    await fetch('/feed', { signal: client.signal })
    expect(emitter.listenerCount('news')).toBe(1)
    client.abort()
    await vi.waitFor(() => expect(emitter.listenerCount('news')).toBe(0))
  })

  it('releases a feed that is never read: HEAD, and a response that fails before it', async () => {
    const emitter = new EventEmitter()
    const { fetch } = await testApp((api) => {
      api.get('/feed', { outgoing: { 'text/event-stream': sse() } }, () => on(emitter, 'news'))
      api.get('/lost', { outgoing: { 'text/event-stream': sse() } }, () => on(emitter, 'news'))
      api.after((request) => {
        if (request.url === '/lost') throw new Error('hook')
      })
    })
    await fetch('/feed', { method: 'HEAD' })
    await fetch('/lost')
    expect(emitter.listenerCount('news')).toBe(0)
  })

  it('may be replaced by middleware, and is there for the handler of another blueprint of the app', async () => {
    const other = new AbortController().signal
    const app = defaultPolka() as Any
    new RestBlueprint('first', { prefix: '/a', logger: quiet() })
      .use(passing)
      .get('/x', (_request, _response, next) => void next())
      .register(app)
    new RestBlueprint('second', { logger: quiet() })
      .use((request, _response, next) => {
        if (request.url.endsWith('?own')) request.signal = other
        next()
      })
      .get('/a/x', ({ signal }) => [signal === other, signal instanceof AbortSignal])
      .register(app)
    const { get } = await serve(app)
    expect(await get('/a/x')).toEqual({ status: 200, value: [false, true] })
    expect(await get('/a/x?own')).toEqual({ status: 200, value: [true, true] })
  })
})

describe('request.contentType', () => {
  it('is the incoming type that came, without parameters, and undefined without content', async () => {
    const { outcome } = await testApp((api) =>
      api.post('/', { incoming: ['application/json', 'application/*+json', 'text/plain'] }, (request) => [
        request.contentType ?? 'none',
      ]),
    )
    const typeOf = async (type: string, content?: string) =>
      (await outcome('POST /', { 'content-type': type }, content)).value
    expect(await typeOf('text/plain; charset=utf-8', 'x')).toEqual(['text/plain'])
    expect(await typeOf('Application/Vnd.Pets+JSON', '1')).toEqual(['application/vnd.pets+json'])
    expect(await typeOf('text/plain')).toEqual(['none'])
  })
})
