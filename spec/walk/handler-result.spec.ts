/** The results of a handler: data, a Representation, a web Response, streams, or undefined. */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  Conflict,
  getBestMimetype,
  NotFound,
  RestBlueprint,
  serializeResponse,
  Unauthorized,
} from '../../lib/index.ts'
import { bytes, csv, html, markdown, ndjson } from '../../lib/renderers.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler
type Any = any

describe.each(polkas)('the result of a handler on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint, app: Any) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, ...options })

  it('may be data, a Representation, or a promise of either', async () => {
    const { fetch } = await start((api) => {
      api.get('/data', () => ({ a: 1 }))
      api.get('/promise', async () => [1])
      api.get('/representation', async () => serializeResponse({ a: 1 }, { status: 202 }))
      api.get('/text', () => 'text')
      api.get('/false', () => false)
      api.get('/zero', () => 0)
      api.get('/empty', () => '')
    })
    const text = async (path: string) => (await fetch(path)).text()
    expect(await text('/data')).toBe('{"a":1}')
    expect(await text('/promise')).toBe('[1]')
    expect((await fetch('/representation')).status).toBe(202)
    expect(await Promise.all(['/text', '/false', '/zero', '/empty'].map(text))).toEqual([
      '"text"',
      'false',
      '0',
      '""',
    ])
  })

  it('may be undefined: 204, unless the handler writes the response itself', async () => {
    const { fetch } = await start((api) => {
      api.get('/nothing', () => undefined)
      api.get('/async-nothing', async () => {})
      api.get('/declared', { status: 204 }, (_request, _response) => undefined)
      api.get('/taken', (_request, response) => void response.end('mine'))
      api.get('/later', (_request, response) => void setTimeout(() => response.end('later'), 5))
      api.get('/status', () => serializeResponse(undefined, { status: 202 }))
    })
    for (const path of ['/nothing', '/async-nothing', '/declared']) {
      const answer = await fetch(path)
      expect([
        path,
        answer.status,
        answer.headers.get('content-type'),
        answer.headers.get('content-length'),
      ]).toEqual([path, 204, null, null])
    }
    expect(await (await fetch('/taken')).text()).toBe('mine')
    expect(await (await fetch('/later')).text()).toBe('later')
    const accepted = await fetch('/status')
    expect([
      accepted.status,
      accepted.headers.get('content-length'),
      accepted.headers.get('content-type'),
    ]).toEqual([202, '0', null])
  })

  it('may be the response that the handler writes, before and after it has begun', async () => {
    const { fetch } = await start((api) => {
      api.get('/ended', (_request, response) => response.end('mine'))
      api.get('/piped', (_request, response) => Readable.from(['mine']).pipe(response))
      api.get('/declared', { response: { 204: null } }, (_request, response) =>
        Readable.from(['mine']).pipe(response),
      )
      api.get('/later', async (_request, response) => {
        setTimeout(() => response.end('mine'), 5)
        return response
      })
    })
    for (const path of ['/ended', '/piped', '/declared', '/later']) {
      const answer = await fetch(path)
      expect([path, answer.status, await answer.text()]).toEqual([path, 200, 'mine'])
    }
  })

  it('may be a web Response, sent as it is with all its cookies', async () => {
    const { fetch } = await start((api) => {
      api.get('/x', () => {
        const headers = new Headers([
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['content-type', 'text/x-mine'],
        ])
        return new Response('made', { status: 203, headers })
      })
      api.get('/none', () => new Response(null, { status: 204 }))
    })
    const answer = await fetch('/x')
    expect([
      answer.status,
      answer.headers.get('content-type'),
      answer.headers.getSetCookie(),
      await answer.text(),
    ]).toEqual([203, 'text/x-mine', ['a=1', 'b=2'], 'made'])
    expect((await fetch('/none')).status).toBe(204)
  })

  it('may be a Response of fetch: without the fields of its connection and coding (RFC 9110 §7.6.1)', async () => {
    const upstream = await serve(
      createServer((request, response) => {
        const content = 'x'.repeat(2000)
        const coding = request.url?.slice(1)
        response.setHeader('etag', '"a"').setHeader('connection', 'x-hop').setHeader('x-hop', '1')
        response.setHeader('keep-alive', 'timeout=77').setHeader('x-kept', '1')
        if (coding === 'gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync(content))
        else if (coding === 'own') response.setHeader('content-encoding', 'x-own').end(content)
        else response.setHeader('content-length', content.length).end(content)
      }),
    )
    const { ask, fetch } = await start((api) => {
      api.get('/:coding', ({ params, method }) =>
        globalThis.fetch(`${upstream.url}/${params.coding}`, { method: method ?? 'GET' }),
      )
    })
    const gzip = await ask('/gzip')
    expect([gzip.status, gzip.text.length, gzip.tag]).toEqual([200, 2000, 'W/"a"'])
    const identity = await ask('/identity')
    expect([identity.status, identity.text.length, identity.tag]).toEqual([200, 2000, '"a"'])
    for (const { headers } of [gzip, identity]) {
      for (const name of ['content-encoding', 'content-length', 'x-hop']) expect(headers.get(name)).toBeNull()
      expect([headers.get('x-kept'), headers.get('keep-alive')]).not.toContain('timeout=77')
      expect(headers.get('x-kept')).toBe('1')
    }
    expect((await ask('/own')).headers.get('content-encoding')).toBe('x-own')
    const head = await fetch('/identity', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([
      200,
      null,
      '"a"',
    ])
  })

  it('may be a Response of fetch whose content is in zstd, which later versions of Node.js decode (RFC 9110 §8.4)', async () => {
    const hello = Buffer.from('28b52ffd200529000068656c6c6f', 'hex')
    const upstream = await serve(
      createServer((_request, response) => response.setHeader('content-encoding', 'zstd').end(hello)),
    )
    const { raw } = await start((api) => {
      api.get('/', () => globalThis.fetch(upstream.url))
    })
    const response = await raw('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const isDecoded = !/\(.\/./.test(response) // the first bytes of zstd
    expect(/^content-encoding: zstd\r$/im.test(response)).toBe(!isDecoded)
  })

  it('never disagrees with its Content-Length on the wire (RFC 9112 §6.3)', async () => {
    const { raw, logger } = await start((api) => {
      const bytes = (length: unknown, chunks: string[]) =>
        new Response(ReadableStream.from(chunks.map((chunk) => Buffer.from(chunk))), {
          headers: { 'content-length': String(length) },
        })
      api.get('/right', () => bytes(4, ['ab', 'cd']))
      api.get('/long', () => bytes(2, ['abc']))
      api.get('/later-long', () => bytes(3, ['ab', 'HTTP/1.1 200 OK']))
      api.get('/short', () => bytes(9, ['abc']))
      api.get('/nonsense', () => bytes('9x', ['abc']))
      api.get('/node', (_request, response) => {
        response.setHeader('content-length', 2)
        return Readable.from([Buffer.from('abc')], { objectMode: false })
      })
    })
    const ask = (path: string) => raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(await raw('HEAD /nonsense HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/ 500 /)
    expect(await ask('/right')).toMatch(/content-length: 4\r\n[\s\S]*\r\n\r\nabcd$/i)
    for (const path of ['/long', '/nonsense', '/node']) expect(await ask(path)).toMatch(/^HTTP\/1.1 500 /)
    expect(await ask('/later-long')).not.toMatch(/abHTTP/)
    expect(await ask('/short')).not.toMatch(/abc./)
    expect(logger.lines.length).toBe(6)
  })

  it('has one framing: a Transfer-Encoding of the developer is dropped (RFC 9112 §6.2)', async () => {
    const { raw } = await start((api) => {
      const headers = { 'transfer-encoding': 'chunked' }
      api.get('/data', () => serializeResponse([1], { headers }))
      api.get('/empty', () => serializeResponse(undefined, { status: 202, headers }))
      api.get('/node', (_request, response) => {
        response.setHeader('Transfer-Encoding', 'chunked')
        return [1]
      })
      api.get('/rows', (_request, response) => {
        response.setHeader('Transfer-Encoding', 'gzip')
        return serializeResponse(ReadableStream.from([1]), { headers })
      })
    })
    const ask = (path: string) => raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    for (const path of ['/data', '/empty', '/node']) {
      const text = await ask(path)
      expect(text).toMatch(/content-length: \d/i)
      expect(text).not.toMatch(/transfer-encoding/i)
    }
    const rows = await ask('/rows')
    expect(rows).toMatch(/transfer-encoding: chunked\r\n/i)
    expect(rows).toMatch(/\r\n0\r\n\r\n$/)
    expect(rows).not.toMatch(/gzip|content-length/i)
  })

  it('may be a Node stream: bytes are sent as they are, objects as rows', async () => {
    const { fetch } = await start((api) => {
      api.get('/bytes', (_request, response) => {
        response.setHeader('content-type', 'text/x-mine')
        return Readable.from([Buffer.from('by'), Buffer.from('tes')], { objectMode: false })
      })
      api.get('/plain', () => Readable.from([Buffer.from('x')], { objectMode: false }))
      api.get('/rows', () => Readable.from([{ a: 1 }, { a: 2 }]))
    })
    const bytes = await fetch('/bytes')
    expect([bytes.headers.get('content-type'), await bytes.text()]).toEqual(['text/x-mine', 'bytes'])
    expect((await fetch('/plain')).headers.get('content-type')).toBe('application/octet-stream')
    expect(await (await fetch('/rows')).json()).toEqual([{ a: 1 }, { a: 2 }])
  })

  it('may be bytes, sent as they are: a Buffer, an ArrayBuffer, a Blob, a web stream of bytes', async () => {
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47])
    const { fetch } = await start((api) => {
      api.get('/buffer', () => png)
      api.get('/array', async () => new Uint8Array(png).buffer)
      api.get('/view', () => new DataView(new Uint8Array([0, ...png]).buffer, 1))
      api.get('/blob', () => new Blob([png]))
      api.get('/stream', () => new Blob([png]).stream())
      api.get('/text', { outgoing: ['text/plain'] }, () => png)
      api.get('/none', () => Buffer.alloc(0))
    })
    for (const path of ['/buffer', '/array', '/view', '/blob', '/stream', '/text']) {
      const answer = await fetch(path)
      const type = path === '/text' ? 'text/plain; charset=utf-8' : 'application/octet-stream'
      expect([path, answer.headers.get('content-type')]).toEqual([path, type])
      expect([path, Buffer.from(await answer.arrayBuffer())]).toEqual([path, png])
      const head = await fetch(path, { method: 'HEAD' })
      if (path !== '/stream') expect([path, head.headers.get('content-length')]).toEqual([path, '4'])
    }
    expect((await fetch('/none')).headers.get('content-length')).toBe('0')
  })

  it('is sent as it is with the options of serializeResponse, where it is a stream of bytes, a Blob or a Response', async () => {
    const stream = () => Readable.from([Buffer.from('hello')], { objectMode: false })
    const image = { contentType: 'image/png', status: 206, headers: { 'content-range': 'bytes 0-4/9' } }
    const { fetch } = await start((api) => {
      api.get('/stream', () => serializeResponse(stream(), image))
      api.get('/web', () => serializeResponse(new Blob(['hello']).stream(), image))
      api.get('/blob', () => serializeResponse(new Blob(['hello'], { type: 'a/b' }), image))
      api.get('/response', () => serializeResponse(new Response('hello', { status: 201 }), image))
      api.get('/bytes', () => serializeResponse(stream(), { ...image, renderer: bytes() }))
      api.get('/bytes-blob', () => serializeResponse(new Blob(['hello']), { ...image, renderer: bytes() }))
      api.get('/own', () => serializeResponse(stream(), { ...image, renderer: (data) => data }))
      api.get('/unknown', () => serializeResponse(stream(), { ...image, contentType: 'image/x-own' }))
      api.get('/none', () => serializeResponse(stream(), { status: 204 }))
      api.get('/plain', () => serializeResponse(stream(), { contentType: 'text/plain' }))
      api.get('/typed', () => serializeResponse(new Blob(['hello'], { type: 'a/b' })))
    })
    for (const path of [
      '/stream',
      '/web',
      '/blob',
      '/response',
      '/bytes',
      '/bytes-blob',
      '/own',
      '/unknown',
    ]) {
      const answer = await fetch(path)
      const { headers } = answer
      const type = path === '/unknown' ? 'image/x-own' : 'image/png'
      expect([path, answer.status, headers.get('content-type'), headers.get('content-range')]).toEqual([
        path,
        206,
        type,
        'bytes 0-4/9',
      ])
      expect([path, await answer.text()]).toEqual([path, 'hello'])
      expect((await fetch(path, { method: 'HEAD' })).status).toBe(206)
    }
    expect((await fetch('/none')).status).toBe(204)
    expect((await fetch('/plain')).headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect((await fetch('/typed')).headers.get('content-type')).toBe('a/b')
  })

  it('has the type that the endpoint lists, the client prefers or the handler names, where it is bytes', async () => {
    const { fetch } = await start((api) => {
      api.get('/photo', { outgoing: ['image/png', 'image/webp'] }, (request) =>
        Buffer.from(getBestMimetype(request) ?? ''),
      )
      api.get('/named', () => serializeResponse(Buffer.from('x'), { contentType: 'image/png' }))
      api.get('/field', () => serializeResponse(Buffer.from('x'), { headers: { 'Content-Type': 'a/b' } }))
      api.get('/preset', (_request, response) => {
        response.setHeader('content-type', 'a/c')
        return Buffer.from('x')
      })
      api.get('/blob', () => new Blob(['x'], { type: 'image/gif' }))
      api.get('/own', { outgoing: { 'image/avif': (data: Any) => Buffer.from(`own ${data}`) } }, () =>
        Buffer.from('x'),
      )
      api.get('/wrong', { outgoing: ['image/png'] }, () => ({ no: 'bytes' }))
    })
    const typeOf = async (path: string) => (await fetch(path)).headers.get('content-type')
    const webp = await fetch('/photo', { headers: { accept: 'image/webp' } })
    expect([webp.headers.get('content-type'), await webp.text(), webp.headers.get('vary')]).toEqual([
      'image/webp',
      'image/webp',
      'Accept',
    ])
    expect((await fetch('/photo', { headers: { accept: 'text/html' } })).status).toBe(406)
    expect(await Promise.all(['/named', '/field', '/preset', '/blob', '/own'].map(typeOf))).toEqual([
      'image/png',
      'a/b',
      'a/c',
      'image/gif',
      'image/avif',
    ])
    expect(await (await fetch('/own')).text()).toBe('own x')
    expect((await fetch('/wrong')).status).toBe(500)
  })

  it('has bytes inside data as base64, in every media type', async () => {
    const { fetch } = await start((api) => {
      for (const [type, renderer] of [
        ['text/csv', csv()],
        ['text/html', html()],
        ['text/markdown', markdown()],
        ['application/x-ndjson', ndjson()],
      ] as const) {
        api.outgoing.addMimetype(type)
        api.contentRenderer.renders(type, renderer)
      }
      api.get('/x', () => [{ key: Buffer.from('abc'), list: [new Uint8Array([1]), new Float32Array([1])] }])
    })
    for (const accept of [
      'application/json',
      'text/csv',
      'text/html',
      'text/markdown',
      'application/x-ndjson',
    ])
      expect(await (await fetch('/x', { headers: { accept } })).text(), accept).toContain('YWJj')
    expect(await (await fetch('/x')).json()).toEqual([{ key: 'YWJj', list: ['AQ==', [1]] }])
  })

  it('has a Date with a toJSON of its own as that writes it, in every media type', async () => {
    class Day extends Date {
      override toJSON() {
        return this.toISOString().slice(0, 10)
      }
    }
    const renderers = {
      'text/csv': csv(),
      'text/html': html(),
      'text/markdown': markdown(),
      'application/x-ndjson': ndjson(),
    }
    const { fetch } = await start((api) => void api.get('/x', () => [{ day: new Day(0) }]), { renderers })
    for (const accept of ['application/json', ...Object.keys(renderers)]) {
      const text = await (await fetch('/x', { headers: { accept } })).text()
      expect([accept, /1970-01-01(T?)/.exec(text)?.[1]]).toEqual([accept, ''])
    }
  })

  it('is rendered by the renderer of serializeResponse, in a type that no other renderer has', async () => {
    const render = (data: unknown) => `own ${data}`
    const { ask } = await start(
      (api) => {
        api.get('/own', () => serializeResponse(1, { contentType: 'text/x-own', renderer: render }))
        api.get('/known', () => serializeResponse(1, { contentType: 'text/csv', renderer: { render } }))
        api.get('/alone', () => serializeResponse(1, { renderer: render }))
        api.errorHandler(409, () => serializeResponse(2, { contentType: 'text/x-own', renderer: render }))
        api.get('/error', () => {
          throw new Conflict('taken')
        })
      },
      { renderers: { 'text/csv': csv() } },
    )
    const seen = async (path: string, accept = '*/*') => {
      const { status, headers, text } = await ask(path, { accept })
      return [status, headers.get('content-type'), headers.get('vary'), text]
    }
    expect(await seen('/own')).toEqual([200, 'text/x-own; charset=utf-8', 'Accept', 'own 1'])
    expect(await seen('/known')).toEqual([200, 'text/csv; charset=utf-8', 'Accept', 'own 1'])
    expect(await seen('/alone', 'text/csv')).toEqual([200, 'text/csv; charset=utf-8', 'Accept', 'own 1'])
    expect(await seen('/error')).toEqual([409, 'text/x-own; charset=utf-8', 'Accept', 'own 2'])
    expect((await ask('/own', { accept: 'image/png' })).status).toBe(406)
  })

  it('is rendered by the renderer of its endpoint, where it names a type that the endpoint lists', async () => {
    const own = (data: unknown) => `own ${data}`
    const { ask } = await start(
      (api) => {
        const outgoing = { 'application/json': () => '"json"', 'text/csv': own, 'text/x-own': own }
        for (const type of ['text/csv', 'text/x-own', 'text/x-other'])
          api.get(`/${type}`, { outgoing }, () => serializeResponse(1, { contentType: type }))
      },
      { renderers: { 'text/csv': () => 'of the blueprint', 'text/x-other': () => 'other' } },
    )
    const texts = ['/text/csv', '/text/x-own', '/text/x-other'].map(async (path) => (await ask(path)).text)
    expect(await Promise.all(texts)).toEqual(['own 1', 'own 1', 'other'])
  })

  it('may be text under text/plain, sent as it is', async () => {
    const { fetch } = await start((api) => {
      api.outgoing.setMimetypes(['text/plain'])
      api.get('/ok', () => 'OK')
      api.get('/empty', () => '')
      api.get('/number', () => 42)
      api.get('/object', () => ({ a: 1 }))
      api.get('/error', () => {
        throw new NotFound('No pet')
      })
    })
    const texts = ['/ok', '/empty', '/number', '/object', '/error'].map(async (path) =>
      (await fetch(path, { headers: { accept: 'text/plain' } })).text(),
    )
    expect(await Promise.all(texts)).toEqual(['OK', '', '42', '{\n  "a": 1\n}\n', 'No pet\n'])
  })

  it('may be an async iterable or a web stream, streamed in the negotiated media type', async () => {
    const { fetch } = await start((api) => {
      api.outgoing.addMimetype('application/x-ndjson')
      api.contentRenderer.renders('application/x-ndjson', ndjson())
      api.get('/iterable', async function* () {
        yield { a: 1 }
        yield { a: 2 }
      })
      api.get('/web', () => ReadableStream.from([{ a: 1 }]))
      api.get('/none', async function* () {})
    })
    expect(await (await fetch('/iterable')).json()).toEqual([{ a: 1 }, { a: 2 }])
    const lines = await fetch('/iterable', { headers: { accept: 'application/x-ndjson' } })
    expect(await lines.text()).toBe('{"a":1}\n{"a":2}\n')
    expect(await (await fetch('/web')).json()).toEqual([{ a: 1 }])
    expect(await (await fetch('/none')).json()).toEqual([])
  })

  it('may be an error, which is as good as thrown', async () => {
    const { outcome, status, logger } = await start((api) => {
      api.get('/x', () => new NotFound('no x'))
      api.get('/later', async () => new NotFound('no x'))
      api.get('/represented', () => serializeResponse(new NotFound('no x'), { status: 200 }))
      api.get('/response', (_request, _response) => new NotFound('no x'))
      api.get('/own', () => new RangeError('secret'))
      api.errorHandler(409, (error) => serializeResponse({ handled: error.message }))
      api.get('/handled', () => new Conflict('taken'))
    })
    for (const path of ['/x', '/later', '/represented', '/response'])
      expect([path, await outcome(path)]).toEqual([path, { status: 404, detail: 'no x' }])
    expect(await status('/own')).toBe(500)
    expect(logger.text()).toContain('secret')
    expect(await status('/handled')).toBe(409)
  })

  it('is a 500 where it is a function, which the log says', async () => {
    const { get, logger } = await start((api) => {
      api.get('/list', { name: 'list' }, () => () => [{ id: 7 }])
      api.get('/later', { name: 'later' }, async () => class Pet {})
    })
    for (const name of ['list', 'later']) {
      expect((await get(`/${name}`)).status).toBe(500)
      expect(logger.text()).toContain(`The handler of '${name}' returns a function: return its result`)
    }
  })

  it('of a hook may be an error, which is as good as thrown', async () => {
    const { outcome } = await start((api) => {
      api.before((() => new Unauthorized('log in')) as Any)
      api.get('/before', () => 'never')
    })
    expect(await outcome('/before')).toMatchObject({ status: 401, detail: 'log in' })
    const asynchronous = await start((api) => {
      api.get('/before', { before: (async () => new Unauthorized('log in')) as Any }, () => 'never')
      api.get('/after', () => 'never')
      api.after((async (request: Any) => request.path === '/after' && new Conflict('late')) as Any)
    })
    expect(await asynchronous.outcome('/before')).toMatchObject({ status: 401 })
    expect(await asynchronous.outcome('/after')).toMatchObject({ status: 409, detail: 'late' })
  })

  it('has the status of the Representation, else of the endpoint, else 200', async () => {
    const { fetch } = await start((api) => {
      api.post('/a', { status: 201 }, () => ({}))
      api.post('/b', { status: 201 }, () => serializeResponse({}, { status: 202 }))
    })
    const status = async (path: string) => (await fetch(path, { method: 'POST' })).status
    expect([await status('/a'), await status('/b')]).toEqual([201, 202])
    expect(() => serializeResponse({}, { status: 99 })).toThrow(TypeError)
    expect(() => new RestBlueprint('x').get('/x', { status: 404 }, () => 1)).toThrow(TypeError)
  })
})
