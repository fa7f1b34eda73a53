/** The results of a handler: data, a Representation, a web Response, streams, or undefined. */
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Conflict, NotFound, RestBlueprint, serializeResponse, Unauthorized } from '../../lib/index.ts'
import { ndjson } from '../../lib/renderers.ts'
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
