/** A blueprint on a cleartext HTTP/2 server, through Node's compatibility API. */
import { EventEmitter, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type ClientHttp2Session, connect, createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { type BlueprintOptions, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { multipart } from '../../lib/multipart.ts'
import { ndjson } from '../../lib/renderers.ts'
import { quiet } from '../support/logger.ts'

const FORM = 'application/x-www-form-urlencoded'
const json = { 'content-type': 'application/json' }

/** One connection; `ask` resolves with the response, or rejects when its stream is reset. */
async function start(declare: (api: RestBlueprint) => unknown, options: BlueprintOptions = {}) {
  const logger = quiet()
  const api = new RestBlueprint('api', { logger, limits: { maxBodyBytes: 1000 }, ...options })
  declare(api)
  const server = createServer(api.handler)
  server.on('checkContinue', api.handler)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client: ClientHttp2Session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const open = (line: string, headers: Record<string, string> = {}, endStream = true) => {
    const [path = '/', method = 'GET'] = line.split(' ').reverse()
    return client.request({ ':path': path, ':method': method, ...headers }, { endStream })
  }
  const ask = async (line: string, headers?: Record<string, string>, content?: string) => {
    const stream = open(line, headers, content === undefined)
    if (content !== undefined) stream.end(content)
    const [fields] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    return { status: Number(fields[':status']), fields, text: await text(stream) }
  }
  return { ask, open, logger, client }
}

describe('a blueprint on HTTP/2', () => {
  it('serves data, text, bytes and streams', async () => {
    const { ask } = await start((api) => {
      api.outgoing.addMimetype('application/x-ndjson')
      api.contentRenderer.renders('application/x-ndjson', ndjson())
      api.get('/data/<int:id>', ({ params, query }) => ({ ...params, ...query }))
      api.get('/rows', async function* () {
        yield { a: 1 }
        yield { a: 2 }
      })
      api.get('/bytes', () => Readable.from([Buffer.from('x')], { objectMode: false }))
      api.get('/response', () => new Response('mine', { status: 203 }))
      api.get('/empty', () => undefined)
      api.get('/own', (_request, response) => void response.end('own'))
    })
    expect(await ask('/data/7?a=b')).toMatchObject({ status: 200, text: '{"id":7,"a":"b"}' })
    expect(await ask('HEAD /data/7')).toMatchObject({ status: 200, text: '' })
    expect((await ask('/rows')).text).toBe('[{"a":1},{"a":2}]')
    expect((await ask('/rows', { accept: 'application/x-ndjson' })).text).toBe('{"a":1}\n{"a":2}\n')
    expect((await ask('/bytes')).text).toBe('x')
    expect(await ask('/response')).toMatchObject({ status: 203, text: 'mine' })
    expect(await ask('/empty')).toMatchObject({ status: 204, text: '' })
    expect((await ask('/own')).text).toBe('own')
    expect(await ask('/none')).toMatchObject({ status: 404 })
    expect((await ask('OPTIONS /rows')).fields.allow).toBe('GET, HEAD, OPTIONS')
  })

  it('does not look through its fields before it writes text, whose encoding does not depend on them', async () => {
    let asked = 0
    const { ask } = await start((api) => {
      api.use((_request, response, next) => {
        const { getHeaders } = response
        Object.assign(response, { getHeaders: () => ++asked && getHeaders.call(response) })
        next()
      })
      api.get('/', () => serializeResponse('ł', { headers: { 'x-name': 'é' } }))
    })
    const { text, fields } = await ask('/')
    expect([text, fields['x-name'], fields['content-length']]).toEqual(['"ł"', 'é', '4'])
    expect(asked).toBe(0)
  })

  it('reads content with and without Content-Length, and validated header fields', async () => {
    const { ask } = await start((api) => {
      api.post('/x', { body: z.object({ a: z.int() }), headers: z.object({ 'x-n': z.int() }) }, (request) => [
        request.body.a,
        request.headers['x-n'],
      ])
    })
    const fields = { ...json, 'x-n': '2' }
    expect((await ask('POST /x', fields, '{"a":1}')).text).toBe('[1,2]')
    expect((await ask('POST /x', { ...fields, 'content-length': '7' }, '{"a":1}')).text).toBe('[1,2]')
    expect((await ask('POST /x', { ...fields, 'content-type': 'text/csv' }, 'a')).status).toBe(415)
    expect((await ask('POST /x', fields)).status).toBe(422)
  })

  it('sends a 413 without a connection-specific field', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => void warned.mockRestore())
    const { ask } = await start((api) => {
      api.post('/x', ({ body }) => body)
      api.get('/y', () =>
        serializeResponse(1, { headers: { connection: 'close', 'keep-alive': 'timeout=5' } }),
      )
    })
    const tooLong = await ask('POST /x', json, JSON.stringify('x'.repeat(2000)))
    expect([tooLong.status, tooLong.fields.connection]).toEqual([413, undefined])
    expect((await ask('/y')).text).toBe('1')
    expect(warned.mock.calls).toEqual([])
  })

  it.each(['connection', 'http2-settings', 'keep-alive', 'te', 'trailer', 'upgrade'])(
    'sends no %s, given or relayed',
    async (field) => {
      const { ask, logger } = await start((api) => {
        api.get('/given', () => serializeResponse(1, { headers: { [field]: 'x' } }))
        api.get('/relayed', () => new Response('x', { headers: { [field]: 'x' } }))
      })
      for (const path of ['/given', '/relayed']) {
        const { status, fields } = await ask(path)
        expect([path, status, fields[field]]).toEqual([path, 200, undefined])
      }
      expect(logger.lines).toEqual([])
    },
  )

  it.each([
    'connection',
    'http2-settings',
    'keep-alive',
    'proxy-connection',
    'te',
    'transfer-encoding',
    'upgrade',
  ])('sends no %s that a handler, or the source of a stream, has set', async (field) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => void warned.mockRestore())
    const { ask, logger } = await start((api) => {
      api.get('/data', (_request, response) => {
        response.setHeader(field, 'x')
        return 1
      })
      api.get('/rows', async function* (_request, response) {
        response.setHeader(field, 'x')
        yield 1
      })
      api.get('/error', (_request, response) => {
        response.setHeader(field, 'x')
        throw new Error('as planned')
      })
    })
    for (const [path, expected] of [
      ['/data', 200],
      ['/rows', 200],
      ['/error', 500],
    ] as const) {
      const { status, fields } = await ask(path)
      expect([path, status, fields[field]]).toEqual([path, expected, undefined])
    }
    expect(logger.lines).toHaveLength(1)
  })

  it('resets the one stream when its source fails, after the written chunks, and serves the others', async () => {
    const { ask, open, logger } = await start((api) => {
      api.get('/alive', () => 1)
      api.get('/rows', async function* () {
        yield { a: 1 }
        await sleep(5)
        throw new Error('away')
      })
      api.get('/bytes', () => {
        async function* failing() {
          yield Buffer.from('begun')
          await sleep(5)
          throw new Error('away')
        }
        return Readable.from(failing(), { objectMode: false })
      })
      api.get('/own', async (_request, response) => {
        response.write('begun')
        throw new Error('away')
      })
    })
    for (const path of ['/rows', '/bytes', '/own']) {
      const stream = open(path)
      let received = ''
      stream.on('data', (chunk) => {
        received += chunk
      })
      const [error] = (await once(stream, 'error')) as [{ code: string }]
      expect([path, error.code]).toEqual([path, 'ERR_HTTP2_STREAM_ERROR'])
      if (path !== '/own') expect(received).toMatch(/^(\[\{"a":1\}|begun)/)
      expect((await ask('/alive')).status).toBe(200)
    }
    expect(logger.lines).toHaveLength(3)
  })

  it('reads no more from the source than a slow client accepts, and does not wait for it after a failure', async () => {
    let sent = 0
    const { ask, open, logger } = await start((api) => {
      api.get('/alive', () => 1)
      api.get('/rows', async function* () {
        for (; sent < 500; sent++) yield 'x'.repeat(100_000)
      })
      api.get('/failing', async function* () {
        for (let count = 0; count < 3; count++) yield 'x'.repeat(5_000)
        throw new Error('away')
      })
    })
    const slow = open('/rows')
    await once(slow, 'response')
    await sleep(200)
    const sentToSilence = sent
    expect(sentToSilence).toBeLessThan(400)
    expect((await ask('/alive')).status).toBe(200)
    expect((await text(slow)).length).toBeGreaterThan(50_000_000)
    expect(sent).toBe(500)
    open('/failing').on('error', () => {})
    await vi.waitFor(() => expect(logger.text()).toContain('away'), 5000)
  })

  it('stores the files of a form', async () => {
    const { ask } = await start((api) => {
      api.contentParser.parses('multipart/form-data', multipart())
      api.post('/x', { files: { photo: { required: true } } }, async ({ files }) => files.photo.text())
    })
    const part = 'Content-Disposition: form-data; name="photo"; filename="a.txt"\r\nContent-Type: text/plain'
    const content = `--b\r\n${part}\r\n\r\nhello\r\n--b--\r\n`
    const { status, text } = await ask(
      'POST /x',
      { 'content-type': 'multipart/form-data; boundary=b' },
      content,
    )
    expect([status, text]).toEqual([200, '"hello"'])
  })

  it('stops the source when the client resets the stream', async () => {
    let isStopped = false
    const { ask, open, logger } = await start((api) => {
      api.get('/alive', () => 1)
      api.get('/rows', async function* () {
        try {
          for (;;) {
            yield { a: 1 }
            await sleep(5)
          }
        } finally {
          isStopped = true
        }
      })
    })
    const stream = open('/rows')
    await once(stream, 'data')
    stream.on('error', () => {}).close(8)
    await vi.waitFor(() => expect(isStopped).toBe(true))
    expect((await ask('/alive')).status).toBe(200)
    expect(logger.lines).toEqual([])
  })

  it('stops the source and aborts the signal when the client resets the stream while the source waits for it', async () => {
    const state = { opened: 0, open: 0, aborted: 0, closed: 0 }
    const { ask, open, logger } = await start((api) => {
      api.get('/alive', () => 1)
      api.get('/rows', async function* ({ signal }, response) {
        state.opened++
        state.open++
        signal.addEventListener('abort', () => state.aborted++)
        response.on('close', () => state.closed++)
        try {
          for (;;) yield 'x'.repeat(100_000)
        } finally {
          state.open--
        }
      })
    })
    for (let count = 1; count <= 3; count++) {
      const stream = open('/rows').on('error', () => {})
      await once(stream, 'response')
      expect((await ask('/alive')).status).toBe(200)
      stream.destroy() // RST_STREAM with NO_ERROR
    }
    await vi.waitFor(() => expect(state).toEqual({ opened: 3, open: 0, aborted: 3, closed: 3 }))
    expect((await ask('/alive')).status).toBe(200)
    expect(logger.lines).toEqual([])
  })

  it('aborts the signal of a handler that writes by itself when the client resets the stream', async () => {
    let isAborted = false
    const { open, ask } = await start((api) => {
      api.get('/alive', () => 1)
      api.get('/own', ({ signal }, response) => {
        signal.addEventListener('abort', () => {
          isAborted = true
        })
        response.write('x'.repeat(1_000_000))
      })
    })
    const stream = open('/own').on('error', () => {})
    await once(stream, 'response')
    expect((await ask('/alive')).status).toBe(200)
    stream.destroy()
    await vi.waitFor(() => expect(isAborted).toBe(true))
  })

  it('emits close once for each response to HEAD, and aborts its signal where it was not ended', async () => {
    const seen: string[] = []
    const { open } = await start((api) => {
      const watch = (name: string, { signal }: { signal: AbortSignal }, response: ServerResponse) => {
        response.on('close', () => seen.push(`${name} closed`))
        signal.addEventListener('abort', () => seen.push(`${name} aborted`))
      }
      api.get('/data', (request, response) => {
        watch('data', request, response)
        return 1
      })
      api.get('/wait', (request, response) => {
        watch('wait', request, response)
        return new Promise<void>((resolve) => setTimeout(resolve, 200))
      })
      api.get('/fails', (request, response) => {
        watch('fails', request, response)
        response.write('own')
        throw new Error('broken')
      })
    })
    for (const path of ['/data', '/fails', '/wait']) {
      const stream = open(`HEAD ${path}`).on('error', () => {})
      stream.resume()
      if (path === '/wait') setTimeout(() => stream.close(8), 50)
      await new Promise((resolve) => stream.once('close', resolve)) // also after an error
      await sleep(50) // for the server to see it
    }
    await sleep(200)
    expect(seen.toSorted()).toEqual([
      'data closed',
      'fails aborted',
      'fails closed',
      'wait aborted',
      'wait closed',
    ])
  })

  it('sees that the client has left: the signal aborts, also when it is read later, and nothing is reported', async () => {
    const reports: unknown[] = []
    const late: boolean[] = []
    const handlers = new EventEmitter()
    const begin = () => handlers.emit('begin')
    const clientLeft = async () => {
      begin()
      await once(handlers, 'left')
    }
    const declare = (api: RestBlueprint) => {
      api.get('/late', async (request) => {
        await clientLeft()
        late.push(request.signal.aborted)
      })
      api.get('/wait', ({ signal }) => {
        begin()
        return sleep(10_000, null, { signal })
      })
      api.get('/fails', async () => {
        await clientLeft()
        throw new Error('query failed')
      })
    }
    const { open, logger } = await start(declare, { onError: (error) => void reports.push(error) })
    for (const path of ['/late', '/wait', '/fails']) {
      const stream = open(path).on('error', () => undefined)
      await once(handlers, 'begin')
      stream.close(8)
      await once(stream, 'close')
      await sleep(50) // for the server to see it
      handlers.emit('left')
    }
    await vi.waitFor(() => expect(logger.lines).toHaveLength(1))
    expect([late, reports]).toEqual([[true], []])
    expect(logger.text()).toContain('query failed')
  })

  it('says 100 Continue when the content is first read, and not before a refusal', async () => {
    const { open } = await start((api) => api.post('/x', ({ body }) => body))
    const expecting = { ...json, expect: '100-continue' }
    const accepted = open('POST /x', expecting, false)
    let continues = 0
    accepted.on('continue', () => {
      continues++
      accepted.end('1')
    })
    const [fields] = (await once(accepted, 'response')) as [IncomingHttpHeaders]
    expect([continues, fields[':status'], await text(accepted)]).toEqual([1, 200, '1'])
    const refused = open('POST /x', { ...expecting, 'content-type': 'text/csv' }, false)
    refused.on('continue', () => continues++)
    const [refusal] = (await once(refused, 'response')) as [IncomingHttpHeaders]
    expect([continues, refusal[':status']]).toEqual([1, 415])
  })

  it('does not run the handler for content that was cut off before it was read', async () => {
    const seen: unknown[] = []
    const { open, ask, logger } = await start((api) => {
      const handler = () => (request: { body?: unknown }) => void seen.push(['handler', request.body])
      const before = [() => sleep(60), () => void seen.push('read')]
      api.contentParser.parses('multipart/form-data', multipart())
      api.put('/text', { incoming: ['text/plain'], before }, handler())
      api.put('/json', { before }, handler())
      api.put('/files', { files: { a: {} }, before }, handler())
      api.get('/alive', () => 1)
    })
    const requests: [string, Record<string, string>, string | Buffer][] = [
      ['/text', { 'content-type': 'text/plain' }, 'transfer 100'],
      ['/text', { 'content-type': 'text/plain', 'content-length': '50' }, 'transfer 100'],
      ['/text', { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, gzipSync('transfer 100')],
      ['/json', json, '100'],
      ['/files', { 'content-type': 'multipart/form-data; boundary=b' }, '--b\r\nContent-Disp'],
    ]
    for (const [path, fields, content] of requests) {
      const stream = open(`PUT ${path}`, fields, false).on('error', () => {})
      stream.write(content)
      await sleep(20)
      stream.close(8)
    }
    await vi.waitFor(() => expect(seen).toHaveLength(requests.length))
    await sleep(50)
    expect(seen.filter((value) => value !== 'read')).toEqual([])
    expect((await ask('/alive')).status).toBe(200)
    expect(logger.lines).toEqual([])
  })

  it.each([undefined, new Error('away')])(
    'does not run the handler for content that is cut off while it is read (%s)',
    async (error) => {
      const seen: unknown[] = []
      const outcomes: unknown[] = []
      const { open, ask, logger } = await start((api) => {
        const handler = () => (request: object) => void seen.push((request as { body?: unknown }).body)
        api.after((_request, response) => void outcomes.push(response.statusCode))
        api.contentParser.parses('multipart/form-data', multipart())
        api.post('/any', { incoming: ['text/plain', 'application/json', FORM] }, handler())
        api.patch(
          '/any',
          { patch: { schema: z.object({ n: z.int() }), current: () => ({ n: 1 }) } },
          handler(),
        )
        api.post('/files', { files: { a: { required: false } } }, handler())
        api.get('/alive', () => 1)
      })
      const gzip = { 'content-type': 'text/plain', 'content-encoding': 'gzip' }
      const file = '--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\nabc\r\n--b--\r\n'
      const requests: [string, Record<string, string>, string | Buffer][] = [
        ['POST /any', { 'content-type': 'text/plain' }, 'delete /data'],
        ['POST /any', { 'content-type': 'text/plain', 'content-length': '50' }, 'delete /data'],
        ['POST /any', json, '100'],
        ['POST /any', json, ''],
        ['POST /any', { 'content-type': FORM, 'content-length': '50' }, 'amount=100'],
        ['POST /any', gzip, gzipSync('first member')],
        ['POST /any', gzip, gzipSync('first member').subarray(0, 20)],
        ['PATCH /any', { 'content-type': 'application/merge-patch+json' }, '{"n":3}'],
        ['POST /files', { 'content-type': 'multipart/form-data; boundary=b' }, file],
        ['POST /files', { 'content-type': 'multipart/form-data; boundary=b' }, file.slice(0, -12)],
      ]
      for (const [line, fields, content] of requests) {
        const stream = open(line, fields, false).on('error', () => {})
        if (content.length > 0) stream.write(content)
        await ask('/alive') // the server has read the content
        stream.destroy(error) // RST_STREAM without END_STREAM: NO_ERROR, or INTERNAL_ERROR
        await once(stream, 'close').catch(() => {})
      }
      expect((await ask('/alive')).status).toBe(200)
      await sleep(50)
      expect(seen).toEqual([])
      expect(outcomes.filter((status) => status !== 200 && status !== 400)).toEqual([])
      expect(logger.lines).toEqual([])
    },
  )

  it('closes the stream of content that it does not read, after the response (RFC 9113 §8.1)', async () => {
    const { open } = await start((api) => {
      const files = { stream: true } as const
      api.contentParser.parses('multipart/form-data', multipart({ maxFileBytes: 2_000_000 }))
      api.post('/415', { incoming: ['text/plain'] }, ({ body }) => body)
      api.post('/unread', { files }, () => 'x'.repeat(100_000))
      api.post('/throws', { files }, () => {
        throw new Error('away')
      })
      api.post('/deadline', { files, timeoutSeconds: 0.05 }, () => new Promise<never>(() => {}))
      api.post('/reading', { files, timeoutSeconds: 0.05 }, async ({ files }) => {
        for await (const file of files) await text(file)
      })
    })
    const form = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\n'),
      Buffer.alloc(1_000_000),
    ])
    const paths = { '/415': 415, '/unread': 200, '/throws': 500, '/deadline': 503, '/reading': 503 }
    const outcomes = Object.keys(paths).map(async (path) => {
      const stream = open(`POST ${path}`, { 'content-type': 'multipart/form-data; boundary=b' }, false)
      stream.write(form) // its end never comes
      let length = 0
      stream.on('data', (chunk) => {
        length += chunk.length
      })
      const [[fields]] = await Promise.all([once(stream, 'response'), once(stream, 'close')])
      return [path, fields[':status'], stream.rstCode, length > (path === '/unread' ? 100_000 : 20)]
    })
    expect(await Promise.all(outcomes)).toEqual(
      Object.entries(paths).map(([path, status]) => [path, status, 0, true]),
    )
  })
})
