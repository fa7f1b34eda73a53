/** Server-sent events, as an EventSource reads them. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotFound } from '../../lib/exceptions/client-errors.ts'
import { ndjson } from '../../lib/renderers/ndjson.ts'
import type { RenderContext } from '../../lib/renderers/renderer.ts'
import { event, type SseOptions, sse } from '../../lib/renderers/sse.ts'

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
    expect(dressed([]).headers).toEqual({ 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
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
    expect(() => sse({ heartbeatSeconds: -1 })).toThrow(TypeError)
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

  it('sends text unchanged, line by line', async () => {
    expect(await render([event({ data: 'a\nb\r\nc\rd' })])).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n')
  })

  it('is rendered as its data by other renderers', async () => {
    expect(await ndjson()([event({ event: 'x', data: { a: 1 } })], {} as RenderContext)).toBe('{"a":1}\n')
  })

  it('rejects types and ids with line breaks, and invalid times', () => {
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
