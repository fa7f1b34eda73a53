/** Server-sent events, as an EventSource reads them. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import compression from 'compression'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { NotFound } from '../../lib/exceptions/client-errors.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { ndjson } from '../../lib/renderers/ndjson.ts'
import type { RenderContext } from '../../lib/renderers/renderer.ts'
import { event, type SseOptions, sse } from '../../lib/renderers/sse.ts'
import type { Middleware } from '../../lib/walk/hook.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'

type FeedRequest = IncomingMessage & { readonly signal: AbortSignal }

interface Dressed {
  readonly body: string | AsyncIterable<string>
  readonly headers: Record<string, string>
}

const dressed = (data: unknown, options?: SseOptions) => sse(options)(data, {} as RenderContext) as Dressed

function chunksOf(data: unknown, options?: SseOptions): AsyncIterator<string> {
  return (dressed(data, options).body as AsyncIterable<string>)[Symbol.asyncIterator]()
}

async function render(data: unknown, options?: SseOptions): Promise<string> {
  const { body } = dressed(data, options)
  if (typeof body === 'string') return body
  let text = ''
  for await (const chunk of body) text += chunk
  return text
}

/** A client after WHATWG HTML §9.2.6. */
function listen(stream: string) {
  const events: { type: string; data: string; id: string }[] = []
  let [type, data, id] = ['', '', '']
  for (const line of stream.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data !== '') events.push({ type: type || 'message', data: data.replace(/\n$/, ''), id })
      ;[type, data] = ['', '']
      continue
    }
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? []
    if (name === 'event') type = value
    else if (name === 'data') data += `${value}\n`
    else if (name === 'id') id = value
  }
  return events
}

describe('sse', () => {
  it('sends an event per row, its data as JSON', async () => {
    expect(await render([{ a: 1 }, 'text'])).toBe('data: {"a":1}\n\ndata: "text"\n\n')
    expect(await render({ a: 1 })).toBe('data: {"a":1}\n\n')
  })

  it('does not treat data with members of the same names as an event', async () => {
    const row = { event: 'x', data: 'y', id: 1 }
    expect(listen(await render([row]))).toEqual([{ type: 'message', data: JSON.stringify(row), id: '' }])
  })

  it('has header fields against caching and buffering', () => {
    expect(dressed([]).headers).toEqual({
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
  })

  it('sends each event at once, and a comment while the first is pending', async () => {
    async function* rows() {
      await sleep(20)
      yield 1
      await sleep(20)
      yield 2
    }
    const chunks = chunksOf(rows())
    expect((await chunks.next()).value).toBe(':\n\n')
    expect((await chunks.next()).value).toBe('data: 1\n\n')
    expect((await chunks.next()).value).toBe('data: 2\n\n')
    expect((await chunks.next()).done).toBe(true)
  })

  it('sends heartbeats while it waits, but not after the end', async () => {
    async function* rows() {
      yield 1
      await sleep(130)
      yield 2
    }
    const text = await render(rows(), { heartbeatSeconds: 0.04 })
    expect(text).toMatch(/^data: 1\n\n(:\n\n){2,4}data: 2\n\n$/)
    expect(await render(rows(), { heartbeatSeconds: 0 })).toBe('data: 1\n\ndata: 2\n\n')
    for (const heartbeatSeconds of [-1, 3601, Number.POSITIVE_INFINITY])
      expect(() => sse({ heartbeatSeconds })).toThrow(TypeError)
  })

  it('reports an error of the source as an event without details, then fails', async () => {
    async function* rows() {
      yield 1
      throw new Error('password is hunter2')
    }
    const chunks = chunksOf(rows())
    expect((await chunks.next()).value).toBe('data: 1\n\n')
    const [event] = listen((await chunks.next()).value)
    expect(event?.type).toBe('error')
    expect(JSON.parse(event?.data ?? '')).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
    })
    await expect(chunks.next()).rejects.toThrow('hunter2')
  })

  it('reports an HttpException of the source as its problem document', async () => {
    async function* rows() {
      yield 1
      throw new NotFound('The sensor is gone')
    }
    const chunks = chunksOf(rows())
    await chunks.next()
    expect((await chunks.next()).value).toContain('"detail":"The sensor is gone"')
  })

  it('throws an error before the first event, for an ordinary error response', async () => {
    // biome-ignore lint/correctness/useYield: it fails first
    async function* rows() {
      throw new Error('away')
    }
    await expect(chunksOf(rows()).next()).rejects.toThrow('away')
  })

  it('stops the source when the reader stops', async () => {
    let isStopped = false
    async function* rows() {
      try {
        for (let id = 0; ; id++) yield id
      } finally {
        isStopped = true
      }
    }
    const chunks = chunksOf(rows())
    await chunks.next()
    await chunks.return?.()
    expect(isStopped).toBe(true)
  })
})

describe('event', () => {
  it('sets type, id and reconnection time', async () => {
    const named = event({ event: 'reading', id: 7, retry: 1000, data: { a: 1 } })
    expect(await render([named])).toBe('event: reading\nid: 7\nretry: 1000\ndata: {"a":1}\n\n')
    expect(await render([event({ id: 'x' })])).toBe('id: x\n\n')
  })

  it('sends text unchanged, line by line, wherever one ends (FS-94)', async () => {
    expect(await render([event({ data: 'a\nb\r\nc\rd' })])).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n')
  })

  it('is rendered as its data by other renderers', async () => {
    expect(await ndjson()([event({ event: 'x', data: { a: 1 } })], {} as RenderContext)).toBe('{"a":1}\n')
  })

  it('rejects types and ids with line breaks, and invalid times (FS-93)', () => {
    for (const text of ['a\nb', 'a\rb', 'a\0']) {
      expect(() => event({ event: text })).toThrow(TypeError)
      expect(() => event({ id: text })).toThrow(TypeError)
    }
    expect(() => event({ retry: 1.5 })).toThrow(TypeError)
    expect(() => event({ retry: -1 })).toThrow(TypeError)
  })

  it('cannot be split or forged by its data', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r', 'data', 'event: x', 'id: 1') })
    await fc.assert(
      fc.asyncProperty(text, fc.jsonValue(), async (data, value) => {
        const [first, second, ...rest] = listen(await render([event({ data }), value]))
        expect(first).toEqual({ type: 'message', data: data.replace(/\r\n|\r/g, '\n'), id: '' })
        expect(second?.data).toBe(JSON.stringify(value))
        expect(rest).toEqual([])
      }),
    )
  })
})

describe('a stream of events over HTTP', () => {
  /** Serves the feed at /feed, for GET and POST. */
  async function serveFeed(feed: (request: FeedRequest) => AsyncIterable<unknown>, ...before: Middleware[]) {
    const logger = quiet()
    const blueprint = new RestBlueprint('feeds', { logger })
    const outgoing = { 'text/event-stream': sse() }
    blueprint.get('/feed', { outgoing }, (request) => feed(request as FeedRequest))
    blueprint.post('/feed', { outgoing, body: jsonSchema({ type: 'object' }) }, (request) =>
      feed(request as FeedRequest),
    )
    const app = polka()
    for (const one of before) app.use(one)
    blueprint.register(app)
    return { ...(await serve(app)), logger }
  }

  it('shows the handler the last id of the client, which may have any bytes (FS-95)', async () => {
    const { ask } = await serveFeed(async function* ({ headers }) {
      const last = Number(headers['last-event-id'])
      if (Number.isSafeInteger(last) && last >= 10) yield event({ id: last + 1, data: 'next' })
      else yield event({ event: 'restart', id: 20, data: '' })
    })
    expect((await ask('/feed', { 'last-event-id': '17' })).text).toBe('id: 18\ndata: next\n\n')
    for (const lost of ['3', 'ÿ\u0001;"', 'x'.repeat(1000), '1e400']) {
      const { status, text } = await ask('/feed', { 'last-event-id': lost.replace('\u0001', '') })
      expect([status, text]).toEqual([200, 'event: restart\nid: 20\ndata: \n\n'])
    }
  })

  it('ends its source when the client leaves, also after a POST with content, without a report (FS-96, FS-99)', async () => {
    let ended = 0
    const { port, ask, logger } = await serveFeed(async function* ({ signal }) {
      try {
        for (;;) {
          yield 'x'.repeat(100_000) // the client leaves while an event is written
          await sleep(5, undefined, { signal })
        }
      } finally {
        ended += 1
      }
    })
    const content = '{"a":1}'
    const fields = `Host: a\r\nContent-Type: application/json\r\nContent-Length: ${content.length}\r\n\r\n`
    for (const request of [
      'GET /feed HTTP/1.1\r\nHost: a\r\n\r\n',
      `POST /feed HTTP/1.1\r\n${fields}${content}`,
    ]) {
      const socket = connect(port, '127.0.0.1')
      socket.write(request)
      await once(socket, 'data')
      socket.resetAndDestroy()
    }
    await vi.waitFor(() => expect(ended).toBe(2))
    expect(logger.lines).toEqual([])
    expect((await ask('/nothing')).status).toBe(404)
  })

  it('sends its head and each event at once, also behind middleware that compresses (FS-98)', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const { fetch } = await serveFeed(
      async function* () {
        await sleep(20)
        yield 1
        await gate
        yield 2
      },
      compression({ threshold: 0 }) as unknown as Middleware,
    )
    const { headers, body } = await fetch('/feed', { headers: { 'accept-encoding': 'gzip' } })
    expect(headers.get('content-encoding')).toBeNull()
    const chunks = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
    expect((await chunks.read()).value).toBe(':\n\n')
    expect((await chunks.read()).value).toBe('data: 1\n\n')
    release()
    expect((await chunks.read()).value).toBe('data: 2\n\n')
  })
})
