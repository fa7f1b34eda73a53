/** Streamed responses over real sockets, with clients that read slowly or leave. */
import { get, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pump, type Source } from '../../lib/connection/pump.ts'
import { renderRows } from '../../lib/renderers/rows.ts'
import { serve } from '../support/server.ts'

/** Serves one source; `outcome` is 'done' or the error of the pump. */
async function start(source: (response: ServerResponse) => Source, isLazy = false) {
  let settle: (outcome: unknown) => void = () => {}
  const outcome = new Promise<unknown>((resolve) => {
    settle = resolve
  })
  const responses: ServerResponse[] = []
  const server = await serve((_request, response) => {
    responses.push(response)
    const start = () => void response.writeHead(200, { 'content-type': 'text/plain' })
    if (!isLazy) start()
    pump(response, source(response), isLazy ? start : undefined).then(
      () => settle('done'),
      (error) => {
        settle(error)
        if (!response.headersSent) response.writeHead(500).end()
      },
    )
  })
  return { ...server, outcome, responses }
}

/** A client that has read the first chunk. */
function reading(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port, agent: false }, (message) => message.once('data', () => resolve(message))).on('error', reject)
  })
}

/** A client that sends the request and reads nothing. */
function silent(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  return socket
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let waited = 0; !isTrue(); waited += 5) {
    if (waited > 3000) throw new Error('It never came true')
    await sleep(5)
  }
}

describe('pump', () => {
  it('sends each of many streams that run at once its own text, in ASCII and beyond', async () => {
    const count = 20
    let started = 0
    const textOf = (index: number) => (index % 2 ? `row ${index} ` : `żółć ${index} 😀 `).repeat(5000)
    const { url } = await start(async function* () {
      const index = started++
      while (started < count) await turn()
      yield textOf(index)
      await turn()
      yield `end ${index}`
    })
    const all = Array.from({ length: count }, async () => (await fetch(url)).text())
    const expected = all.map((_, index) => `${textOf(index)}end ${index}`)
    expect((await Promise.all(all)).sort()).toEqual(expected.sort())
  })

  it('writes header fields in latin1, whatever the text after them', async () => {
    const text = 'żółć 😀'
    const length = Buffer.byteLength(text)
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': length, 'x-name': 'é' })
      pump(response, Readable.from([text]), undefined, length).catch(() => response.destroy())
    })
    const response = await fetch(url)
    expect([response.headers.get('x-name'), await response.text()]).toEqual(['é', text])
  })

  it('sends async iterables, web streams and Node streams, text and bytes', async () => {
    const chunks = ['one ', '', new TextEncoder().encode('twó '), new Uint8Array(), Buffer.from('three')]
    const sources: (() => Source)[] = [
      async function* () {
        yield* chunks
      },
      () => ReadableStream.from(chunks) as unknown as Source,
      () => Readable.from(chunks),
    ]
    for (const source of sources) {
      const { fetch, outcome } = await start(source)
      expect(await (await fetch('/')).text()).toBe('one twó three')
      expect(await outcome).toBe('done')
    }
  })

  it('sends an empty response for an empty source', async () => {
    const { fetch, outcome } = await start(async function* () {}, true)
    const answer = await fetch('/')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await outcome).toBe('done')
  })

  it('sends each chunk at once while the source waits for the next', async () => {
    let goOn = () => {}
    const { port, outcome } = await start(async function* () {
      yield 'first'
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
      yield 'second'
    })
    const message = await reading(port)
    goOn()
    const rest = await message.toArray()
    expect(Buffer.concat(rest).toString()).toBe('second')
    expect(await outcome).toBe('done')
  })

  it('reads no more from the source than a slow client accepts', async () => {
    let sent = 0
    const { port, outcome } = await start(async function* () {
      for (; sent < 500; sent++) yield 'x'.repeat(100_000)
    })
    const socket = silent(port)
    await sleep(300)
    const sentToSilence = sent
    expect(sentToSilence).toBeLessThan(400)
    await sleep(100)
    expect(sent).toBe(sentToSilence)
    socket.resume()
    expect(await outcome).toBe('done')
    expect(sent).toBe(500)
  })

  it('stops the source when the client leaves, which is no error', async () => {
    let isStopped = false
    const { port, outcome } = await start(async function* () {
      try {
        for (;;) {
          yield 'x'
          await sleep(5)
        }
      } finally {
        isStopped = true
      }
    })
    ;(await reading(port)).destroy()
    expect(await outcome).toBe('done')
    await until(() => isStopped)
  })

  it('stops the source of a client that leaves without having read', async () => {
    let isStopped = false
    const { port, outcome } = await start(async function* () {
      try {
        for (;;) yield 'x'.repeat(100_000)
      } finally {
        isStopped = true
      }
    })
    const socket = silent(port)
    await sleep(100)
    socket.destroy()
    expect(await outcome).toBe('done')
    await until(() => isStopped)
  })

  it('does not wait for a source that never settles, when the client leaves', async () => {
    const { port, outcome } = await start(async function* () {
      yield 'x'
      await new Promise(() => {})
    })
    ;(await reading(port)).destroy()
    expect(await outcome).toBe('done')
  })

  it('destroys a Node stream and cancels a web stream that it waits for, when the client leaves', async () => {
    const node = new Readable({ read() {} })
    node.push('x')
    const nodeServer = await start(() => node)
    ;(await reading(nodeServer.port)).destroy()
    expect(await nodeServer.outcome).toBe('done')
    await until(() => node.destroyed)

    let isCancelled = false
    const web = new ReadableStream({
      start: (controller) => controller.enqueue('x'),
      cancel: () => {
        isCancelled = true
      },
    })
    const webServer = await start(() => web as unknown as Source)
    ;(await reading(webServer.port)).destroy()
    expect(await webServer.outcome).toBe('done')
    await until(() => isCancelled)
  })

  it('ignores errors of a source that is stopped', async () => {
    const failing = (fail: () => Promise<never>): Source => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          await sleep(5)
          return { done: false, value: 'x' }
        },
        return: fail,
      }),
    })
    const sources = [
      failing(() => Promise.reject(new Error('late'))),
      failing(() => {
        throw new Error('at once')
      }),
      new Readable({ read() {}, destroy: (_error, done) => done(new Error('in destroy')) }),
    ]
    ;(sources[2] as Readable).push('x')
    for (const source of sources) {
      const { port, outcome } = await start(() => source)
      ;(await reading(port)).destroy()
      expect(await outcome).toBe('done')
      await turn()
    }
  })

  it('breaks the connection after the written chunks when the source fails, and rejects with its error', async () => {
    const { raw, outcome } = await start(async function* () {
      yield 'some'
      yield 'more'
      throw new Error('away')
    })
    const received = await raw('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(received).toContain('some')
    expect(received).toContain('more')
    expect(received).not.toContain('\r\n0\r\n')
    expect(await outcome).toMatchObject({ message: 'away' })
  })

  it('makes fetch reject when the source fails, also for Node streams and web streams', async () => {
    const web = new ReadableStream({
      start: (controller) => controller.enqueue('x'),
      pull: async () => {
        await sleep(5)
        throw new Error('away')
      },
    })
    async function* failing() {
      yield 'x'
      await sleep(5)
      throw new Error('away')
    }
    for (const source of [web as unknown as Source, Readable.from(failing()), failing()]) {
      const { fetch, outcome } = await start(() => source)
      await expect((await fetch('/')).text()).rejects.toThrow()
      expect(await outcome).toMatchObject({ message: 'away' })
    }
  })

  it('resets an HTTP/1.0 connection when the source fails, where closing would end the content', async () => {
    const { port, outcome } = await start(async function* () {
      yield 'some'
      await sleep(20)
      throw new Error('away')
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.0\r\n\r\n')
    socket.resume()
    const ended = await new Promise((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
      socket.on('end', () => resolve('end'))
    })
    expect(ended).toBe('ECONNRESET')
    expect(await outcome).toMatchObject({ message: 'away' })
  })

  it('does not wait for a client that reads nothing, when the source fails', async () => {
    const { port, outcome } = await start(async function* () {
      for (let count = 0; count < 3; count++) yield 'x'.repeat(5_000)
      throw new Error('away')
    })
    silent(port)
    expect(await outcome).toMatchObject({ message: 'away' })
  })

  it('refuses chunks that are neither text nor bytes, and stops their source', async () => {
    for (const chunk of [{ a: 1 }, 7, null, undefined]) {
      let isStopped = false
      const { fetch, outcome } = await start(async function* () {
        try {
          yield 'x'
          yield chunk as never
        } finally {
          isStopped = true
        }
      })
      await expect(fetch('/').then((answer) => answer.text())).rejects.toThrow()
      expect(await outcome).toBeInstanceOf(TypeError)
      await until(() => isStopped)
    }
  })

  it('writes the head with the first chunk, so that an early error of the source can be a 500', async () => {
    // biome-ignore lint/correctness/useYield: it fails first
    const { fetch, outcome } = await start(async function* () {
      await sleep(5)
      throw new Error('away')
    }, true)
    expect((await fetch('/')).status).toBe(500)
    expect(await outcome).toMatchObject({ message: 'away' })
  })

  it('stops the source when the head cannot be written', async () => {
    let isStopped = false
    const { fetch } = await serve((_request, response) => {
      async function* source() {
        try {
          for (;;) yield 'x'
        } finally {
          isStopped = true
        }
      }
      pump(response, source(), () => void response.writeHead(200, { 'x-bad': 'a\nb' })).catch(() => {
        response.writeHead(500).end()
      })
    })
    expect((await fetch('/')).status).toBe(500)
    await until(() => isStopped)
  })

  it('does not start a source for a client that has already left', async () => {
    let isStarted = false
    let served: Promise<void> | undefined
    const { port } = await serve((_request, response) => {
      response.on('close', () => {
        async function* source() {
          isStarted = true
          yield 'x'
        }
        served = pump(response, source())
      })
    })
    const sent = request({ port, agent: false }).on('error', () => {})
    sent.end()
    await sleep(30)
    sent.destroy()
    await until(() => served !== undefined)
    await served
    expect(isStarted).toBe(false)
  })

  it('serves other requests while it sends a source that never waits', async () => {
    const { fetch } = await start(async function* () {
      for (let count = 0; count < 200; count++) {
        const end = performance.now() + 2
        while (performance.now() < end);
        yield 'x'
      }
    })
    let turns = 0
    let isOver = false
    const countTurns = (): void => {
      turns++
      if (!isOver) setImmediate(countTurns)
    }
    countTurns()
    const { body } = await fetch('/')
    turns = 0 // from here on all turns are between two rows
    for await (const _chunk of body as AsyncIterable<unknown>);
    isOver = true
    expect(turns).toBeGreaterThan(20) // 400 ms of work: one every 5 ms
  })

  it('serves other requests while it sends many sources that never wait', async () => {
    let steps = 0
    const { fetch } = await start(async function* () {
      for (let count = 0; count < 25; count++) {
        const end = performance.now() + 2
        while (performance.now() < end);
        steps++
        yield 'x'
      }
    })
    const responses = await Promise.all(Array.from({ length: 40 }, () => fetch('/')))
    let most = 0
    let isOver = false
    const countTurn = (): void => {
      most = Math.max(most, steps)
      steps = 0
      if (!isOver) setImmediate(countTurn)
    }
    steps = 0
    countTurn()
    const texts = await Promise.all(responses.map((response) => response.text()))
    isOver = true
    expect(texts).toEqual(texts.map(() => 'x'.repeat(25)))
    expect(most).toBeLessThan(20) // of 2 ms each, about 5 in a turn of 10 ms; 40 if each source had turns of its own
  })

  it('writes the first chunk of synchronous rows at once, also where others have used up the turn', async () => {
    const format = { rows: (rows: readonly unknown[]) => rows.join('') }
    function* slowRows(): Generator<string> {
      for (let row = 0; row < 2; row++) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2) // milliseconds of the turn
        yield 'x'.repeat(40_000)
      }
    }
    const heads: boolean[] = []
    const { url } = await serve((_request, response) => {
      pump(response, renderRows(slowRows(), format) as Source, () => void response.writeHead(200))
      setImmediate(() => heads.push(response.headersSent))
    })
    const texts = Array.from({ length: 20 }, async () => (await (await fetch(url)).text()).length)
    expect(new Set(await Promise.all(texts))).toEqual(new Set([80_000]))
    expect(heads).toEqual(Array.from(texts, () => true))
  })

  it('sends text with characters of one to four bytes', async () => {
    const chunks = ['plain', 'é', '€ 5', '😀', 'plain again']
    const { fetch } = await start(async function* () {
      yield* chunks
    })
    expect(await (await fetch('/')).text()).toBe(chunks.join(''))
  })

  it('leaves no listeners behind', async () => {
    const { fetch, outcome, responses } = await start(async function* () {
      for (let count = 0; count < 50; count++) yield 'x'.repeat(50_000)
    })
    await (await fetch('/')).arrayBuffer()
    await outcome
    const [response] = responses
    expect(response?.listeners('drain').filter((listener) => !listener.name.startsWith('resOn'))).toEqual([])
    expect(response?.listenerCount('close')).toBeLessThanOrEqual(1) // Node's own
  })
})
