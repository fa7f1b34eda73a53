/** What a request leaves behind: sources that are released, answers that are sent once, requests that pass by. */
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Endpoint, HttpException, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
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
