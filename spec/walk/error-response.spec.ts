/** Errors of handlers, hooks and renderers: a 500 that leaks nothing, or a broken connection. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { abort, HttpException, NotFound, type RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { answerOf, expectNoLeak, expectRefusal, leave } from '../support/answer.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: values that no type allows
type Any = any

function secret(): never {
  throw new Error('secret')
}

/** An object with a member whose getter throws. */
function mined(member: string, rest: object = {}): object {
  return Object.defineProperty({ ...rest }, member, { get: secret, enumerable: true })
}

function cyclic(): object {
  const one: Record<string, unknown> = {}
  return Object.assign(one, { one, other: { one }, many: [one, one, { one }], set: new Set([one]) })
}

/** A thenable whose then returns nothing. */
function thenable(then: (resolve: (value: unknown) => void, reject: (why: Error) => void) => void): unknown {
  return { then }
}

describe.each(polkas)('the response to an error on $name', ({ polka }) => {
  async function start(declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) {
    const app = await testApp(
      (api, app) => {
        app.use((request: Any, response: Any, next: Any) =>
          request.url === '/alive' ? response.end('alive') : next(),
        )
        declare(api)
      },
      { polka, ...options },
    )
    /** The bytes of the response: the server closes the connection, leaks nothing and serves the next client. */
    const ask = async (path: string, method = 'GET'): Promise<string> => {
      const text = await app.rawUntilClose(
        `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      )
      expectNoLeak(text)
      expect(await (await app.fetch('/alive')).text()).toBe('alive')
      return text
    }
    return { ...app, ask }
  }

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a string', 'secret'],
    ['an error', new Error('secret')],
    ['an invalid status', { status: 99, message: 'secret' }],
    ['the status of a success', { status: 200, message: 'secret' }],
    ['a status whose getter throws', mined('status')],
    ['a message whose getter throws', mined('message', { status: 404, expose: true })],
    ['header fields whose getter throws', mined('headers', { status: 404, expose: true })],
    ['a header field whose getter throws', { status: 500, expose: false, headers: mined('x-a') }],
    [
      'header fields that cannot be sent',
      { status: 500, expose: false, headers: { 'x-a': 'a\r\ninjected: 1' } },
    ],
    [
      'header fields that are no strings',
      { status: 500, expose: false, headers: { 'x-a': [{ secret: 1 }, null] } },
    ],
    ['a proxy whose traps throw', new Proxy({}, { get: secret, getPrototypeOf: secret })],
  ])('is a 500 when a handler throws %s, at once or later', async (_what, thrown) => {
    const { ask, logger } = await start((api) => {
      api.get('/sync', () => {
        throw thrown
      })
      api.get('/async', () => Promise.reject(thrown))
      api.get('/late', (_request, _response) => sleep(5).then(() => Promise.reject(thrown)))
    })
    for (const path of ['/sync', '/async', '/late']) {
      const text = await ask(path)
      expect(answerOf(text)).toBeDefined()
      expectRefusal(text, 500)
    }
    expect(logger.lines.length).toBeGreaterThanOrEqual(3)
  })

  it.each<[string, () => unknown]>([
    ['a cycle', cyclic],
    ['a member whose getter throws', () => mined('a')],
    ['a toJSON that throws', () => ({ toJSON: secret })],
    ['a then that throws', () => mined('then')],
    [
      'a then that rejects',
      () => thenable((_resolve, reject) => void setTimeout(reject, 5, new Error('secret'))),
    ],
    ['an invalid date', () => ({ at: { toJSON: () => new Date(Number.NaN).toISOString() } })],
    ['an async iterable whose iterator throws', () => ({ [Symbol.asyncIterator]: secret })],
    ['an async iterable whose next throws', () => ({ [Symbol.asyncIterator]: () => ({ next: secret }) })],
    [
      'an async iterable whose next returns undefined',
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => undefined }) }),
    ],
    [
      'a header field with a line break',
      () => serializeResponse(1, { headers: { 'x-a': 'a\r\ninjected: 1\r\n\r\nb' } }),
    ],
    ['an invalid field name', () => serializeResponse(1, { headers: { 'x a\r\ninjected': '1' } })],
    ['an invalid media type', () => serializeResponse(1, { contentType: 'secret' })],
    ['a media type without a renderer', () => serializeResponse(1, { contentType: 'text/secret' })],
    ['a stream that fails', () => new ReadableStream({ start: (it) => it.error(new Error('secret')) })],
    [
      'a Response that fails',
      () => new Response(new ReadableStream({ start: (it) => it.error(new Error('secret')) })),
    ],
  ])('is a 500 when a handler returns %s', async (_what, make) => {
    const { ask, logger } = await start((api) => {
      api.get('/x', make)
      api.get('/later', async () => make())
    })
    for (const path of ['/x', '/later']) expectRefusal(await ask(path), 500)
    expect(logger.lines.length).toBe(2)
    await ask('/x', 'HEAD')
    await ask('/x', 'OPTIONS')
  })

  it('is not sent for values that JSON can express: bigint, nested arrays, thenables', async () => {
    const { ask } = await start((api) => {
      api.get('/bigint', () => ({ a: 1n, b: [2n] }))
      api.get('/deep', () => JSON.parse('['.repeat(2000) + ']'.repeat(2000)))
      api.get('/thenable', () => thenable((resolve) => resolve(7)))
      api.get('/later', () => thenable((resolve) => void setTimeout(resolve, 5, 8)))
    })
    expect(answerOf(await ask('/bigint'))?.content).toBe('{"a":"1","b":["2"]}')
    expect(answerOf(await ask('/deep'))?.status).toBe(200)
    expect(answerOf(await ask('/thenable'))?.content).toBe('7')
    expect(answerOf(await ask('/later'))?.content).toBe('8')
  })

  it('is a 500 when text of a client would inject a header field', async () => {
    const { fetch, ask } = await start((api) => {
      const created = ({ query }: Any) =>
        serializeResponse({}, { status: 201, headers: { location: query.to } })
      api.get('/created', created)
      api.get('/field', ({ query }: Any) => serializeResponse({}, { headers: { 'x-to': query.to } }))
      api.get('/set', ({ query }, response) => {
        response.setHeader('x-to', String(query.to))
        return 1
      })
      api.get('/reason', ({ query }, response) => {
        response.statusMessage = String(query.to)
        return 1
      })
    })
    for (const path of ['/field', '/set', '/reason']) {
      for (const to of ['%0D%0Ainjected:%201', '%0Ainjected:%201%0A%0A<script>', '%00', '%C5%82']) {
        expectRefusal(await ask(`${path}?to=${to}`), 500)
      }
    }
    const { status, headers } = await fetch('/created?to=%0D%0Ainjected:%201')
    expect([status, headers.get('injected'), headers.get('location')]).toEqual([
      201,
      null,
      '%0D%0Ainjected:%201',
    ])
    expect((await fetch('/created?to=//x/<y>')).headers.get('location')).toBe('//x/%3Cy%3E')
  })

  it('is a broken connection after the head was sent, so that no client takes half for the whole', async () => {
    const { ask, logger } = await start((api) => {
      api.get('/sync', (_request, response) => {
        response.writeHead(200).write('half')
        throw new Error('secret')
      })
      api.get('/async', async (_request, response) => {
        response.writeHead(200).write('half')
        await sleep(5)
        throw new Error('secret')
      })
      api.get('/rows', async function* () {
        yield 'half'
        await sleep(5)
        yield cyclic()
      })
    })
    for (const path of ['/sync', '/async', '/rows']) expect(await ask(path)).not.toMatch(/\r\n0\r\n\r\n$/)
    expect(logger.lines.length).toBe(3)
  })

  it('is a reset connection for HTTP/1.0 after the head was sent, where closing would end the content', async () => {
    const { port } = await start((api) => {
      api.get('/x', async (_request, response) => {
        response.writeHead(200).write('half')
        await sleep(5)
        throw new Error('secret')
      })
    })
    const socket = connect(port, '127.0.0.1').resume()
    socket.write('GET /x HTTP/1.0\r\n\r\n')
    const [error] = await once(socket, 'error')
    expect(error.code).toBe('ECONNRESET')
  })

  it('changes nothing after the handler has ended the response', async () => {
    const { ask, logger } = await start((api) => {
      api.get('/x', (_request, response) => {
        response.end('x'.repeat(5_000_000))
        throw new Error('secret')
      })
    })
    expect(answerOf(await ask('/x'))?.content.length).toBe(5_000_000)
    expect(logger.lines.length).toBe(1)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['a function', () => 'secret'],
    ['an object without a body', {}],
    ['a body that is undefined', { body: undefined }],
    ['a body that is an array', { body: [1, 2] }],
    ['an invalid media type', { body: 'x', contentType: 'secret' }],
    ['an invalid status', { body: 'x', status: 9 }],
    ['header fields that cannot be sent', { body: 'x', headers: { 'x-a': 'a\ninjected: 1' } }],
    [
      'chunks that are neither text nor bytes',
      { body: { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 7 }) }) } },
    ],
    [
      'an async iterable whose next returns undefined',
      { body: { [Symbol.asyncIterator]: () => ({ next: () => undefined }) } },
    ],
  ])('is a 500 when a renderer returns %s', async (value, rendered) => {
    const { ask, logger } = await start((api) => {
      api.contentRenderer.renders('application/json', () => rendered as Any)
      api.get('/x', () => 1)
      api.exceptionRenderer.renders('text/html', () => rendered as Any)
    })
    expectRefusal(await ask('/x'), 500)
    expect(logger.lines.length).toBe(1)
    if (!/chunks|iterable/.test(value)) expect(await ask('/x', 'HEAD')).toMatch(/^HTTP\/1.1 500 /)
  })

  it('is a 500 when a renderer throws, at once or later', async () => {
    const { ask, logger } = await start((api) => {
      api.outgoing.setMimetypes(['text/x-sync', 'text/x-async'])
      api.contentRenderer.renders('text/x-sync', secret).renders('text/x-async', async () => secret())
      api.get('/sync', { outgoing: ['text/x-sync'] }, () => 1)
      api.get('/async', { outgoing: ['text/x-async'] }, () => 1)
    })
    for (const path of ['/sync', '/async']) expectRefusal(await ask(path), 500)
    expect(logger.lines.length).toBe(2)
  })

  it.each<[string, (api: RestBlueprint) => unknown]>([
    ['before hook', (api) => api.before(secret)],
    ['before hook, later', (api) => api.before(async () => secret())],
    ['after hook', (api) => api.after(secret)],
    ['after hook, later', (api) => api.after(async () => secret())],
    ['middleware', (api) => api.use(secret)],
    ['middleware, later', (api) => api.use(async () => secret())],
    [
      'middleware that passes an error to next',
      (api) => api.use((_request, _response, next) => next(new Error('secret'))),
    ],
    ['error handler', (api) => api.get('/y', secret).errorHandler(500, secret).before(secret)],
  ])('is a 500 when this throws: %s', async (_what, declare) => {
    const { ask, logger } = await start((api) => {
      api.get('/x', () => 1)
      declare(api)
    })
    expectRefusal(await ask('/x'), 500)
    expect(await ask('/x', 'HEAD')).toMatch(/^HTTP\/1.1 500 /)
    expect(logger.lines.length).toBeGreaterThanOrEqual(2)
  })

  it('keeps the status of the error when its fields, its problem document or its handler fail', async () => {
    const { ask } = await start((api) => {
      class Mined extends NotFound {
        override get headers(): never {
          return secret()
        }
      }
      class Broken extends HttpException {
        override toProblem(): never {
          return secret()
        }
      }
      api.get('/mined', () => Promise.reject(new Mined()))
      api.get('/broken', () => Promise.reject(new Broken(404)))
      api.get('/cyclic', () => Promise.reject(new NotFound('Gone', { cyclic: cyclic() })))
      api.get('/handler', () => Promise.reject(new NotFound()))
      api.errorHandler(NotFound, ({ message }) => (message === 'Gone' ? undefined : cyclic()))
    })
    for (const path of ['/mined', '/broken', '/cyclic', '/handler']) expectRefusal(await ask(path), 404)
  })

  it('is the exception that an error handler throws, at once or later; any other error is logged as the handler’s', async () => {
    class Lost extends Error {}
    const reports: unknown[] = []
    const { ask, logger } = await start(
      (api) => {
        api.get('/lost', () => Promise.reject(new Lost('secret')))
        api.get('/many', () => Promise.reject(new AggregateError([], 'secret')))
        api.get('/same', () => abort(404, 'first'))
        api.get('/fails', () => abort(409, 'kept'))
        api.errorHandler(Lost, () => abort(404, 'No such row'))
        api.errorHandler(AggregateError, async () => abort(502, 'Upstream', { headers: { 'x-a': 'b' } }))
        api.errorHandler(404, () => abort(404, 'again')) // it is not asked for its own exception
        api.errorHandler(409, () => {
          throw new Lost('broken')
        })
      },
      { onError: (error) => void reports.push(error) },
    )
    expect(await ask('/lost')).toContain('No such row')
    expect(await ask('/many')).toMatch(/^HTTP\/1.1 502 .*x-a: b.*Upstream/s)
    expect(await ask('/same')).toMatch(/^HTTP\/1.1 404 .*again/s)
    expect(reports.splice(0)).toEqual([new Lost('secret'), new AggregateError([], 'secret')])
    expect(await ask('/fails')).toMatch(/^HTTP\/1.1 409 .*kept/s)
    const broken = 'The error handler of 409 has thrown: broken'
    expect(reports).toEqual([new Error(broken, { cause: new Lost('broken') })])
    expect(String(logger.lines.at(-1))).toContain(`GET /fails failed: ${broken}`)
  })

  it('is the same when the logger throws', async () => {
    const { ask } = await start((api) => void api.get('/x', secret), { logger: { error: secret } })
    expectRefusal(await ask('/x'), 500)
  })

  it('after the head was sent is logged and reported once, whatever its status', async () => {
    const reports: unknown[] = []
    const { rawUntilClose, logger } = await start(
      (api) =>
        void api.get('/rows', async function* () {
          yield 1
          await sleep(10)
          throw new NotFound('row 2 is gone')
        }),
      { onError: (error) => void reports.push((error as Error).message) },
    )
    await rawUntilClose('GET /rows HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(reports).toEqual(['row 2 is gone'])
    expect(logger.lines).toHaveLength(1)
  })

  it('is a 500 for a thrown promise, whose rejection does not end the process', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const { status } = await start(
      (api) =>
        void api.get('/x', () => {
          throw Promise.reject(new Error('No'))
        }),
    )
    expect(await status('/x')).toBe(500)
    await sleep(10)
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })

  it('is not logged when the client leaves in the middle of a stream: the source is stopped', async () => {
    let isStopped = false
    const { port, fetch, logger } = await start((api) => {
      api.get('/rows', async function* () {
        try {
          for (;;) {
            yield 'x'
            await sleep(5)
          }
        } finally {
          isStopped = true
        }
      })
    })
    await leave(port, 'GET /rows HTTP/1.1\r\nHost: x\r\n\r\n', 'destroy')
    await sleep(50)
    expect([isStopped, logger.lines, (await fetch('/alive')).status]).toEqual([true, [], 200])
  })
})
