/** Streams of every kind ask nginx not to collect them. */
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, serializeResponse } from '../../lib/index.ts'
import { csv, ndjson } from '../../lib/renderers.ts'
import { testApp } from '../support/test-app.ts'

describe('a renderer that returns nothing', () => {
  it.each([null, undefined])('is a 500 whose cause names it: %s', async (content) => {
    const { ask, logger } = await testApp((api) => api.get('/rows', { name: 'rows' }, () => [1]), {
      renderers: { 'text/csv': () => content as never },
    })
    expect((await ask('/rows', { accept: 'text/csv' })).status).toBe(500)
    expect(logger.text()).toContain(
      `The renderer of 'text/csv' at 'rows' returned ${content}: return text, bytes or a stream`,
    )
  })
})

describe('a stream', () => {
  it('has x-accel-buffering: no, for GET and HEAD, unless the handler sets another value or shared caches may store it', async () => {
    async function* rows() {
      yield { a: 1 }
    }
    const renderers = { 'text/csv': csv(), 'application/x-ndjson': ndjson() }
    const { ask } = await testApp(
      (api) => {
        api.get('/rows', rows)
        api.get('/many', () => Array.from({ length: 30_000 }, (_, id) => ({ id })))
        api.get('/bytes', () => Readable.from([Buffer.from('b')], { objectMode: false }))
        api.get('/response', () => new Response(ReadableStream.from([Buffer.from('b')])))
        api.get('/own', () => serializeResponse(rows(), { headers: { 'x-accel-buffering': 'yes' } }))
        api.get('/set', (_request, response) => {
          response.setHeader('x-accel-buffering', 'yes')
          return rows()
        })
        api.get('/whole', () => [1])
        api.get('/blob', () => new Blob(['b']))
        api.get('/shared', () => serializeResponse(rows(), { headers: { 'cache-control': 'max-age=60' } }))
        api.get('/private', () => serializeResponse(rows(), { headers: { 'cache-control': 'private' } }))
        api.get('/late', async function* (_request, response) {
          response.setHeader('cache-control', 'public')
          yield 1
        })
      },
      { renderers },
    )
    const field = async (line: string, accept = '*/*') =>
      (await ask(line, { accept })).headers.get('x-accel-buffering')
    for (const type of ['application/json', 'text/csv', 'application/x-ndjson'])
      for (const method of ['GET', 'HEAD']) expect(await field(`${method} /rows`, type), type).toBe('no')
    expect(await field('GET /many', 'text/csv')).toBe('no')
    for (const path of ['/bytes', '/response']) expect(await field(`GET ${path}`), path).toBe('no')
    for (const path of ['/own', '/set']) expect(await field(`GET ${path}`), path).toBe('yes')
    expect(await field('GET /private')).toBe('no')
    for (const path of ['/whole', '/blob', '/shared', '/late'])
      expect(await field(`GET ${path}`), path).toBeNull()
    expect(await field('HEAD /shared')).toBeNull()
  })
})

describe('a stream of the package readable-stream, which is no instance of that of Node', () => {
  const { Readable: Other } = createRequire(import.meta.url)('readable-stream') as {
    Readable: typeof Readable
  }
  const streams = {
    '/bytes': () => Other.from([Buffer.from('a'), Buffer.from('b')], { objectMode: false }),
    '/rows': () => Other.from([{ a: 1 }, { a: 2 }]),
  }

  it('is bytes or rows, as one of Node is', async () => {
    const { ask } = await testApp((api) => {
      for (const [path, stream] of Object.entries(streams)) api.get(path, () => stream())
    })
    const bytes = await ask('/bytes')
    expect([bytes.text, bytes.headers.get('content-type')]).toEqual(['ab', 'application/octet-stream'])
    expect((await ask('/rows')).json).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('is destroyed where it is not sent', async () => {
    const made: Readable[] = []
    const { ask } = await testApp((api) => {
      for (const [path, stream] of Object.entries(streams)) {
        api.get(path, () => {
          made.push(stream())
          return made.at(-1)
        })
      }
    })
    for (const path of Object.keys(streams)) expect((await ask(`HEAD ${path}`)).status).toBe(200)
    expect(made.map((stream) => [stream instanceof Readable, stream.destroyed])).toEqual([
      [false, true],
      [false, true],
    ])
  })
})

describe('a Node stream that fails before it is read', () => {
  const { Readable: Other } = createRequire(import.meta.url)('readable-stream') as {
    Readable: typeof Readable
  }
  const failing = {
    'of a missing file': () => createReadStream('/missing/file'),
    'of rows': () => failed(new Readable({ objectMode: true, read() {} })),
    'of readable-stream': () => failed(new Other({ read() {} })),
    'that emits its error without being destroyed': () => emitting(new Readable({ read() {} })),
  }

  function failed(stream: Readable): Readable {
    setImmediate(() => stream.destroy(new Error('away')))
    return stream
  }

  function emitting(stream: Readable): Readable {
    setImmediate(() => stream.emit('error', new Error('away')))
    return stream
  }

  it.each(Object.entries(failing))(
    '%s is an error, and destroyed, by every way to the response',
    async (_, make) => {
      const made: Readable[] = []
      const stream = () => {
        const own = make()
        made.push(own)
        return own
      }
      const waiting = () => sleep(20)
      const { ask, status, logger } = await testApp((api) => {
        api.after(waiting)
        api.errorHandler(409, stream)
        api.outgoing.addMimetype('text/plain')
        api.contentRenderer.renders('text/plain', () => ({ body: stream(), status: 202 }))
        api.get('/returned', () => stream())
        api.get('/promised', async () => stream())
        api.get('/represented', () => serializeResponse(stream()))
        api.get('/handled', () => abort(409))
        api.get('/rendered', { outgoing: ['text/plain'] }, () => 1)
        api.get('/validated', { response: z.array(z.object({ a: z.int() })) }, () => stream() as never)
      })
      const paths = ['/returned', '/promised', '/represented', '/handled', '/rendered', '/validated']
      for (const path of paths)
        expect([path, await status(path)]).toEqual([path, path === '/handled' ? 409 : 500])
      expect(logger.lines).toHaveLength(paths.length)
      expect((await ask('HEAD /returned')).status).toBe(200)
      await expect.poll(() => made.every(({ destroyed }) => destroyed)).toBe(true)
    },
  )

  it('is a 500 while other streams have their turn', async () => {
    const { status } = await testApp((api) => {
      api.get('/rows', function* () {
        for (let count = 0; count < 50_000; count++) yield { count }
      })
      api.get('/missing', () => createReadStream('/missing/file'))
    })
    const requests = Array.from({ length: 20 }, async (_, index) => status(index % 2 ? '/missing' : '/rows'))
    expect(await Promise.all(requests)).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? 500 : 200)),
    )
  })
})

describe('middleware that replaces write', () => {
  it('gets text without an encoding, so that it may write other characters', async () => {
    const { ask } = await testApp((api) => {
      api.use((_request, response, next) => {
        const write = response.write.bind(response) as (chunk: unknown, ...more: unknown[]) => boolean
        response.write = (chunk: unknown, ...more: unknown[]) =>
          write(typeof chunk === 'string' ? chunk.replaceAll('$', '€') : chunk, ...more)
        next()
      })
      api.get('/prices', async function* () {
        yield { price: '$5' }
      })
    })
    expect((await ask('/prices')).json).toEqual([{ price: '€5' }])
  })
})

describe('a request as the result of its handler', () => {
  it('is echoed, and HEAD gets the fields: its connection is not destroyed', async () => {
    const { rawUntilClose, status } = await testApp((api) => {
      api.get('/echo', (request) => request)
      api.post('/echo', (request) => request)
      api.get('/none', (request) => serializeResponse(request, { status: 204 }))
      api.get('/failed', (request) => serializeResponse(request, { headers: { 'x a': '1' } }))
    })
    const send = (head: string, content = '') =>
      rawUntilClose(`${head} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n${content}`)
    expect(await send('GET /echo')).toMatch(/^HTTP\/1.1 200 OK/)
    expect(await send('HEAD /echo')).toMatch(/^HTTP\/1.1 200 OK/)
    expect(await send('GET /none')).toMatch(/^HTTP\/1.1 204 /)
    expect(await send('GET /failed')).toMatch(/^HTTP\/1.1 500 /)
    expect(await status('/echo')).toBe(200)
  })
})
