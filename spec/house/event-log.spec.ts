/** A stream of events that goes on after Last-Event-ID: the log of docs/renderers.md, as it stands there. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import * as renderers from '../../lib/renderers.ts'
import { closeBrowser, needsBrowser } from '../support/browser.ts'
import { polka } from '../support/polka.ts'
import { blocksOf, readPage } from '../support/readme.ts'
import { exportsOf } from '../support/run-code.ts'
import { testApp } from '../support/test-app.ts'

interface Log {
  readonly last: number
  add(data: string): void
  after(id: number, signal: AbortSignal): AsyncIterable<unknown>
}

const source = blocksOf(readPage('docs/renderers.md')).find(({ text }) => text.includes('class EventLog'))
const { EventLog } = exportsOf<{ EventLog: new (size: number) => Log }>(source?.text ?? '', {
  'mazurka/renderers': renderers,
})

interface Received {
  readonly id: string
  readonly type: string
  readonly data: string
}

async function start(size: number) {
  const log = new EventLog(size)
  let open = 0
  const served = await testApp(
    (api) => {
      const outgoing = { 'text/event-stream': renderers.sse({ heartbeatSeconds: 0 }) }
      api.get('/feed', { outgoing }, async function* ({ headers, signal }) {
        open += 1
        try {
          yield* log.after(Number(headers['last-event-id'] ?? log.last), signal)
        } finally {
          open -= 1
        }
      })
    },
    { polka },
  )
  /** Reads a number of events, and leaves. */
  const read = async (count: number, lastEventId?: string): Promise<Received[]> => {
    const fields = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
    const { body } = await served.fetch('/feed', { headers: fields })
    const received: Received[] = []
    let text = ''
    for await (const chunk of (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      text += chunk
      const complete = text.split('\n\n')
      text = complete.pop() ?? ''
      received.push(...complete.filter((one) => !one.startsWith(':')).map(parse))
      if (received.length >= count) break // closes the connection
    }
    return received
  }
  return { ...served, log, read, openStreams: () => open }
}

afterAll(closeBrowser)

function parse(text: string): Received {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? ''
  return { id: field('id'), type: field('event') || 'message', data: field('data') }
}

describe('a feed with a log', () => {
  it('goes on after the last event of a client, without a gap or a repetition', async () => {
    const { log, read } = await start(1000)
    for (let count = 1; count <= 50; count++) log.add(`event ${count}`)
    const adding = setInterval(() => log.add(`event ${log.last + 1}`), 2)
    const received: Received[] = []
    try {
      while (received.length < 120) received.push(...(await read(7, received.at(-1)?.id ?? '0')))
    } finally {
      clearInterval(adding)
    }
    expect(received.map(({ id, data }) => `${id} ${data}`)).toEqual(
      received.map((_, index) => `${index + 1} event ${index + 1}`),
    )
  })

  it('begins with the next event for a new client', async () => {
    const { log, read, openStreams } = await start(10)
    log.add('old')
    const reading = read(1)
    await vi.waitFor(() => expect(openStreams()).toBe(1))
    log.add('new')
    expect(await reading).toEqual([{ id: '2', type: 'message', data: 'new' }])
  })

  it('says where events are lost, or the id is none, and goes on (FS-95)', async () => {
    const { log, read, openStreams } = await start(3)
    for (const name of ['a', 'b', 'c', 'd', 'e']) log.add(name)
    expect((await read(3, '2')).map(({ data }) => data)).toEqual(['c', 'd', 'e'])
    const restart = { id: '5', type: 'restart', data: 'Events were lost: load the list again' }
    for (const id of ['1', '0', '-1', '6', '2.5', 'x', '1e400', '9'.repeat(500)]) {
      expect([id, await read(1, id)]).toEqual([id, [restart]])
    }
    await vi.waitFor(() => expect(openStreams()).toBe(0))
    const reading = read(2, '1')
    await vi.waitFor(() => expect(openStreams()).toBe(1))
    log.add('f')
    expect(await reading).toEqual([restart, { id: '6', type: 'message', data: 'f' }])
  })

  it('leaves no listener when its clients leave, and is no failure', async () => {
    const { log, read, openStreams, logger } = await start(10)
    log.add('a')
    await Promise.all(Array.from({ length: 20 }, () => read(1, '0')))
    await vi.waitFor(() => expect(openStreams()).toBe(0))
    expect(logger.lines).toEqual([])
  })

  it('is followed by the EventSource of a browser across broken connections', async (context) => {
    const browser = await needsBrowser(context)
    const log = new EventLog(100)
    for (let count = 1; count <= 6; count++) log.add(`event ${count}`)
    const asked: unknown[] = []
    const { url } = await testApp((api) => {
      api.get('/page', { outgoing: { 'text/html': () => '<!doctype html>' } }, () => null)
      api.get(
        '/feed',
        { outgoing: { 'text/event-stream': renderers.sse() } },
        async function* ({ headers, signal }) {
          const id = headers['last-event-id']
          asked.push(id)
          yield renderers.event({ retry: 10 })
          let count = 0
          for await (const one of log.after(Number(id ?? 0), signal)) {
            yield one
            count += 1
            if (count === 2) return // the connection ends
          }
        },
      )
    })
    const page = await browser.newPage()
    await page.goto(`${url}/page`)
    const received = await page.evaluate(`new Promise((resolve) => {
      const received = []
      const source = new EventSource('/feed')
      source.onmessage = ({ data, lastEventId }) => {
        received.push(lastEventId + ' ' + data)
        if (received.length === 6) { source.close(); resolve(received) }
      }
    })`)
    expect(received).toEqual([1, 2, 3, 4, 5, 6].map((id) => `${id} event ${id}`))
    expect(asked).toEqual([undefined, '2', '4'])
  })
})
