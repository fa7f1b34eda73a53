/** The results of a handler: data, a Representation, a web Response, streams, or undefined. */
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { getBestMimetype, NotFound, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { csv, html, markdown, ndjson } from '../../lib/renderers.ts'
import { polkas } from '../support/polka.ts'
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
