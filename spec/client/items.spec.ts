/** Items of streamed responses: chunk boundaries, cancellation, broken connections. */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { client } from '../../lib/client.ts'
import { serve } from '../support/server.ts'

/** A `fetch` whose response arrives in chunks of `size` bytes. */
function chunkedFetch(text: string, size: number, contentType: string): typeof fetch {
  const bytes = new TextEncoder().encode(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  )
  return async () => new Response(ReadableStream.from(chunks), { headers: { 'content-type': contentType } })
}

async function itemsOf(text: string, size: number, accept: string): Promise<unknown[]> {
  const { data } = await client('http://x', { fetch: chunkedFetch(text, size, accept) }).get('/', { accept })
  const items: unknown[] = []
  for await (const item of data as AsyncIterable<unknown>) items.push(item)
  return items
}

const SIZES = [1, 2, 3, 5, 7, 1000]

describe('NDJSON', () => {
  it.each(SIZES)('is parsed from chunks of %d bytes', async (size) => {
    const text = '\uFEFF{"a":"ü€😀"}\r\n\n  \n[1,2]\n"x\\ny"\nnull\n7'
    expect(await itemsOf(text, size, 'application/x-ndjson')).toEqual([
      { a: 'ü€😀' },
      [1, 2],
      'x\ny',
      null,
      7,
    ])
  })

  it('without content has no items', async () => {
    expect(await itemsOf('', 1, 'application/x-ndjson')).toEqual([])
  })

  it('with an incomplete last line throws', async () => {
    await expect(itemsOf('{"a":1}\n{"a', 3, 'application/x-ndjson')).rejects.toThrow(SyntaxError)
  })
})

describe('server-sent events', () => {
  it('keep the last id until another is sent; an empty one resets it (FS-100)', async () => {
    const text = 'id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\nid\ndata: d\n\n'
    const fetch = chunkedFetch(text, 3, 'text/event-stream')
    const { data } = await client('http://x', { fetch }).get('/', {
      accept: 'text/event-stream',
      as: 'events',
    })
    const ids: unknown[] = []
    for await (const { id } of data as AsyncIterable<{ id: string }>) ids.push(id)
    expect(ids).toEqual(['1', '1', '2', ''])
  })

  for (const end of ['\n', '\r\n', '\r']) {
    it.each(SIZES)(
      `with line ends ${JSON.stringify(end)} are parsed from chunks of %d bytes`,
      async (size) => {
        const lines = [
          ...['\uFEFF:', ': a comment', '', 'data: {"a":', 'data:1}', '', 'data', '', 'event: named'],
          ...[
            'id: 3',
            'retry: 10',
            'data:  two ü',
            'data: lines: here',
            '',
            'event: alone',
            '',
            'data: 5',
            '',
          ],
          'data: incomplete',
        ]
        expect(await itemsOf(lines.join(end), size, 'text/event-stream')).toEqual([
          { a: 1 },
          '',
          ' two ü\nlines: here',
          5,
        ])
      },
    )
  }

  it('with the name error are thrown as a ClientError with their data', async () => {
    const text = 'data: 1\n\nevent: error\ndata: {"status":503,"title":"Gone fishing"}\n\ndata: 2\n\n'
    await expect(itemsOf(text, 4, 'text/event-stream')).rejects.toMatchObject({
      status: 503,
      problem: { title: 'Gone fishing' },
      body: '{"status":503,"title":"Gone fishing"}',
    })
  })
})

describe('the end of an iteration', () => {
  async function endless() {
    let onClose = () => {}
    const closed = new Promise<void>((resolve) => {
      onClose = resolve
    })
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/x-ndjson')
      response.on('close', onClose)
      response.write('{"n":1}\n{"n":2}\n')
    })
    const { url } = await serve(server)
    const { data } = await client(url).get('/', { accept: 'application/x-ndjson' })
    return { items: data as AsyncIterableIterator<{ n: number }>, closed }
  }

  it('by break closes the connection', async () => {
    const { items, closed } = await endless()
    for await (const { n } of items) if (n === 1) break
    await closed
  })

  it('by return() closes the connection, also during a pending next()', async () => {
    const { items, closed } = await endless()
    expect([await items.next(), await items.next()]).toMatchObject([{ value: { n: 1 } }, { value: { n: 2 } }])
    const waiting = items.next()
    expect(await items.return?.()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    await closed
    expect(await items.next()).toEqual({ done: true, value: undefined })
  })

  it('by an abort signal throws', async () => {
    const { items } = await endless()
    await items.return?.()
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/x-ndjson')
      response.write('1\n')
    })
    const { url } = await serve(server)
    const controller = new AbortController()
    const { data } = await client(url).get('/', { accept: 'application/x-ndjson', signal: controller.signal })
    const run = async () => {
      for await (const _ of data as AsyncIterable<unknown>) controller.abort()
    }
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('by a server that breaks the connection throws', async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/x-ndjson')
      response.write('1\n', () => setTimeout(() => response.destroy(), 20))
    })
    const { url } = await serve(server)
    const { data } = await client(url).get('/', { accept: 'application/x-ndjson' })
    const items: unknown[] = []
    const run = async () => {
      for await (const item of data as AsyncIterable<unknown>) items.push(item)
    }
    await expect(run()).rejects.toThrow('terminated')
    expect(items).toEqual([1])
  })
})
