/** A server that ends without losing requests, in a process of its own and by its function. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createSecureServer as createHttp2Server } from 'node:http2'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectSecurely } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import { multipart } from '../../lib/multipart.ts'
import { type ShutdownOptions, shutdown } from '../../lib/server.ts'
import { quiet } from '../support/logger.ts'
import { ROOT } from '../support/readme.ts'

interface Client {
  readonly socket: Socket
  readonly closed: Promise<void>
  text(): string
  /** Resolves when the text has come. */
  got(text: string): Promise<void>
}

async function client(port: number, bytes = ''): Promise<Client> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
    socket.emit('more')
  })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  socket.write(bytes)
  const got = async (part: string) => {
    while (!text.includes(part)) await once(socket, 'more')
  }
  return { socket, closed, text: () => text, got }
}

const head = (line: string, more = '') => `${line} HTTP/1.1\r\nHost: a\r\n${more}\r\n`

interface Started {
  readonly server: Server
  readonly port: number
  readonly stop: () => Promise<boolean>
}

async function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
}

/** A server in this process that stops without a signal. */
async function start(listener: RequestListener, options: ShutdownOptions = {}): Promise<Started> {
  const server = createServer(listener)
  const stop = shutdown(server, { signals: [], ...options })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => server.closeAllConnections())
  return { server, port: (server.address() as AddressInfo).port, stop }
}

describe('a process that gets SIGTERM', () => {
  it('ends idle connections at once, completes an upload, aborts a stream, exits with 0 (FS-70, FS-71, FS-73)', async () => {
    const script = 'spec/support/stopping-server.ts'
    const child = spawn(process.execPath, ['--import', 'tsx', script], { cwd: ROOT })
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines: string[] = []
    createInterface(child.stdout).on('line', (line) => lines.push(line))
    let errors = ''
    child.stderr.on('data', (chunk) => (errors += chunk))
    while (!lines[0]) await sleep(50)
    const port = Number(lines[0].split(' ')[1])

    const untouched = await client(port)
    const idle = await client(port, head('GET /idle'))
    const feed = await client(port, head('GET /feed'))
    const fields = 'Content-Type: application/json\r\nContent-Length: 7\r\n'
    const upload = await client(port, `${head('POST /uploads', fields)}[1,`)
    await Promise.all([idle.got('idle'), feed.got('{"count":2}')])

    const exit = once(child, 'exit')
    const ends: string[] = []
    for (const [name, { closed }] of Object.entries({ untouched, idle, upload, feed }))
      void closed.then(() => ends.push(name))
    child.kill('SIGTERM')
    await Promise.all([idle.closed, untouched.closed])
    upload.socket.write('2,3]')
    await upload.closed
    expect(upload.text()).toMatch(/^HTTP\/1\.1 200 [\s\S]*Connection: close[\s\S]*\[1,2,3\]$/)
    await feed.closed
    expect([ends.slice(0, 2).sort(), ...ends.slice(2)]).toEqual([['idle', 'untouched'], 'upload', 'feed'])
    expect(feed.text()).toMatch(/event: error\ndata: .*"status":503.*\n\n\r\n/)
    expect(await exit).toEqual([0, null])
    expect(lines.slice(1)).toEqual(['feed ended', 'queue closed', 'pool closed'])
    expect(errors).not.toMatch(/Unhandled|uncaught/i)
  }, 40_000)
})

describe('shutdown()', () => {
  it('answers with Connection: close from then on, and closes what had promised to stay (FS-72)', async () => {
    const answers = new Map<string | undefined, () => void>()
    const { port, stop } = await start(
      (request, response) => {
        if (request.url === '/begun') {
          response.write('begun')
          answers.set(request.url, () => response.end())
        } else if (request.url === '/waiting') answers.set(request.url, () => response.end('waited'))
        else response.end('new')
      },
      { delaySeconds: 0.5 },
    )
    const begun = await client(port, head('GET /begun'))
    await begun.got('begun')
    const waiting = await client(port, head('GET /waiting'))
    const kept = await client(port, head('GET /'))
    await kept.got('new')
    expect(kept.text()).toContain('Connection: keep-alive')
    while (!answers.has('/waiting')) await sleep(10)
    const stopped = stop()
    answers.get('/waiting')?.()
    kept.socket.write(head('GET /'))
    await Promise.all([kept.closed, waiting.closed])
    expect(kept.text()).toMatch(/keep-alive[\s\S]*new[\s\S]*Connection: close[\s\S]*new$/)
    expect(waiting.text()).toContain('Connection: close')
    const late = await client(port, head('GET /')) // the port is open during the delay
    await late.closed
    expect(late.text()).toContain('new')
    await sleep(500)
    answers.get('/begun')?.()
    await begun.closed
    expect(await stopped).toBe(true)
    await expect(client(port)).rejects.toThrow('ECONNREFUSED')
  })

  it('aborts the signal at the deadline: a stream that sees it ends in order, another is cut (FS-71)', async () => {
    const blueprint = new RestBlueprint('feeds', { logger: quiet() })
    blueprint.get('/polite', async function* ({ signal }) {
      yield 1
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      yield 2
    })
    let released = false
    blueprint.get('/deaf', async function* () {
      try {
        for (;;) {
          yield 1
          await sleep(50)
        }
      } finally {
        released = true
      }
    })
    let isWaiting = false
    blueprint.get('/waits', async ({ signal }) => {
      isWaiting = true
      return sleep(60_000, 'never', { signal })
    })
    const { port, stop } = await start(blueprint.handler, { graceSeconds: 0.2 })
    const [polite, deaf, waits] = await Promise.all(
      ['/polite', '/deaf', '/waits'].map((path) => client(port, head(`GET ${path}`))),
    )
    await Promise.all([polite?.got('1'), deaf?.got('1')])
    while (!isWaiting) await sleep(10)
    expect(await stop()).toBe(true)
    await Promise.all([polite?.closed, deaf?.closed, waits?.closed])
    expect(polite?.text()).toMatch(/,2\]\r\n0\r\n\r\n$/)
    expect(deaf?.text()).not.toMatch(/0\r\n\r\n$/)
    expect(waits?.text()).toMatch(/ 503 [\s\S]*The server is shutting down/)
    await sleep(100)
    expect(released).toBe(true)
  })

  it('closes all, also where the listener of a request throws what ends an upload', async () => {
    const blueprint = new RestBlueprint('uploads', { logger: quiet() })
    blueprint.post('/', ({ body }) => body)
    const handler: RequestListener = (request, response) => {
      request.on('error', (error) => {
        if ('status' in error) throw error
      })
      blueprint.handler(request, response)
    }
    const pool = { isClosed: false, close: () => void Object.assign(pool, { isClosed: true }) }
    const { port, stop } = await start(handler, { graceSeconds: 0.2, close: [pool] })
    const fields = 'Content-Type: application/json\r\nContent-Length: 9\r\n'
    const upload = await client(port, head('POST /', fields))
    await sleep(100)
    await stop()
    await upload.closed
    expect(pool.isClosed).toBe(true)
  })

  it('answers an upload that is not complete at the deadline with 503 and Connection: close, however it is read (FS-71)', async () => {
    const blueprint = new RestBlueprint('uploads', { logger: quiet() })
    blueprint.contentParser.parses('text/chunks', async (content) => {
      for await (const _ of content);
    })
    blueprint.contentParser.parses('multipart/form-data', multipart())
    blueprint.incoming.setMimetypes(['text/chunks', 'application/json', 'multipart/form-data', 'a/b'])
    blueprint.post('/parsed', () => 'parsed')
    blueprint.contentParser.parses('a/b', async (_content, { request }) => {
      for await (const _ of request);
    })
    const { port, stop } = await start(blueprint.handler, { graceSeconds: 0.2 })
    const part = '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nx'
    const uploads: readonly (readonly [line: string, fields: string, content: string])[] = [
      ['POST /parsed', 'Content-Type: application/json\r\n', '{"a":'],
      ['POST /parsed', 'Content-Type: application/json\r\n', ''],
      ['POST /parsed', 'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', ''],
      ['POST /parsed', 'Content-Type: application/json\r\nContent-Encoding: gzip\r\n', '\x1f'],
      ['POST /parsed', 'Content-Type: application/json\r\nExpect: 100-continue\r\n', ''],
      ['POST /parsed', 'Content-Type: text/chunks\r\n', 'x'],
      ['POST /parsed', 'Content-Type: multipart/form-data; boundary=b\r\n', part],
      ['POST /parsed', 'Content-Type: a/b\r\n', 'x'],
    ]
    const clients = []
    for (const [line, fields, content] of uploads)
      clients.push(
        await client(
          port,
          head(line, fields.includes('chunked') ? fields : `${fields}Content-Length: 500\r\n`) + content,
        ),
      )
    await sleep(100)
    expect(await stop()).toBe(true)
    for (const [index, { closed, text }] of clients.entries()) {
      await closed
      const [, answer = ''] = /^(?:HTTP\/1.1 100 Continue\r\n\r\n)?(HTTP[\s\S]*)/.exec(text()) ?? []
      expect([uploads[index], answer]).toEqual([uploads[index], expect.stringMatching(/^HTTP\/1.1 503 /)])
      expect(answer).toContain('Connection: close')
      expect(answer).toContain('The server is shutting down')
    }
  })

  it('closes what was handed over after the streams that were cut are stopped', async () => {
    const order: string[] = []
    const blueprint = new RestBlueprint('feeds', { logger: quiet() })
    blueprint.get('/rows', () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ value: await sleep(20, 1) }),
        return: async () => {
          order.push('rows stopped')
          return { done: true, value: undefined }
        },
      }),
    }))
    const close = [() => void order.push('pool closed')]
    const { port, stop } = await start(blueprint.handler, { graceSeconds: 0.1, close })
    const rows = await client(port, head('GET /rows'))
    await rows.got('1')
    expect(await stop()).toBe(true)
    expect(order).toEqual(['rows stopped', 'pool closed'])
  })

  it('does not wait for pipelined responses that have failed before their turn', async () => {
    const blueprint = new RestBlueprint('feeds', { logger: quiet() })
    blueprint.get('/rows', async function* () {
      yield 1
      throw new Error('the database is gone')
    })
    const { port, stop } = await start(blueprint.handler, { graceSeconds: 30 })
    const rows = await client(port, head('GET /rows').repeat(3))
    await rows.closed
    expect(await stop()).toBe(true)
  })

  it('does not wait for pipelined requests whose client has left before their turn', async () => {
    let begun = 0
    const { port, stop } = await start((_request, response) => {
      begun++
      setTimeout(() => response.end('x'), 50)
    })
    const leaving = await client(port, head('GET /').repeat(5))
    while (begun < 5) await sleep(5)
    leaving.socket.destroy()
    expect(await stop()).toBe(true)
  })

  it('knows requests that expect 100 Continue, or something else (FS-71, FS-72)', async () => {
    const blueprint = new RestBlueprint('waits', { logger: quiet() })
    let waiting = 0
    blueprint.post('/waits', async ({ signal }) => {
      waiting++
      return sleep(60_000, 'never', { signal })
    })
    const { server, port, stop } = await start(blueprint.handler, { graceSeconds: 0.2 })
    server.on('checkContinue', blueprint.handler).on('checkExpectation', blueprint.handler)
    const clients = await Promise.all(
      ['', 'Expect: 100-continue\r\n', 'Expect: other\r\n'].map((expectation) =>
        client(
          port,
          `${head('POST /waits', `${expectation}Content-Type: application/json\r\nContent-Length: 2\r\n`)}{}`,
        ),
      ),
    )
    while (waiting < 3) await sleep(10)
    expect(await stop()).toBe(true)
    for (const { text, closed } of clients) {
      await closed
      expect(text()).toMatch(/ 503 [\s\S]*Connection: close[\s\S]*The server is shutting down/)
    }
  })

  it('cuts unused connections of TLS, and waits for those with the beginning of a request (FS-70)', async () => {
    const key = Buffer.alloc(16, 1)
    const settings = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const // without a certificate
    const server = createSecureServer({ ...settings, pskCallback: () => key }, (_request, response) => {
      response.end('answered')
    })
    const stop = shutdown(server, { signals: [], graceSeconds: 60 })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => server.closeAllConnections())
    const { port } = server.address() as AddressInfo
    const secureClient = async () => {
      const socket = connectSecurely({
        ...settings,
        port,
        host: '127.0.0.1',
        pskCallback: () => ({ psk: key, identity: 'a' }),
        checkServerIdentity: () => undefined,
      })
      let text = ''
      socket.on('data', (chunk) => (text += chunk))
      socket.on('error', () => undefined)
      onTestFinished(() => void socket.destroy())
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      await once(socket, 'secureConnect')
      return { socket, closed, text: () => text }
    }
    const unused = await secureClient()
    const begun = await secureClient()
    const silent = await client(port) // a connection without a handshake
    begun.socket.write('GET / HTT')
    while ((await connectionsOf(server)) < 3) await sleep(10)
    await sleep(50)
    const stopped = stop()
    await Promise.all([unused.closed, silent.closed])
    begun.socket.write('P/1.1\r\nHost: a\r\n\r\n')
    await begun.closed
    expect(begun.text()).toMatch(/ 200 [\s\S]*Connection: close[\s\S]*answered$/)
    expect(await stopped).toBe(true)
  })

  it('cuts connections that were upgraded, at the deadline', async () => {
    const server = createServer()
    const stop = shutdown(server, { signals: [], graceSeconds: 0.1 })
    server.on('upgrade', (_request, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const upgraded = await client(port, head('GET /', 'Connection: upgrade\r\nUpgrade: websocket\r\n'))
    await upgraded.got('101')
    expect(await stop()).toBe(true)
    await upgraded.closed
  })

  it('closes what was handed over when no request is left, the last first, each with a bound (FS-73)', async () => {
    const lines: string[] = []
    const logger = quiet()
    const { port, stop } = await start(
      (_request, response) => {
        lines.push('asked')
        setTimeout(() => {
          lines.push('answered')
          response.end()
        }, 200)
      },
      {
        logger,
        closeSeconds: 0.1,
        close: [
          { end: async () => void lines.push('first') },
          () => new Promise(() => lines.push('hangs')),
          {
            close() {
              lines.push('fails')
              throw new Error('already closed')
            },
          },
          { [Symbol.asyncDispose]: async () => void lines.push('last') },
        ],
      },
    )
    const slow = await client(port, head('GET /'))
    while (lines.length === 0) await sleep(10)
    expect(await stop()).toBe(false)
    expect(await stop()).toBe(false)
    await slow.closed
    expect(lines).toEqual(['asked', 'answered', 'last', 'fails', 'hangs', 'first'])
    expect(logger.text()).toMatch(/already closed[\s\S]*Not closed in 0\.1 s/)
  })

  it('refuses what it cannot close, wrong times and unknown options', () => {
    const server = createServer()
    expect(() => shutdown(server, { close: [{} as never] })).toThrow("entry 0 of 'close'")
    expect(() => shutdown(server, { graceSeconds: -1 })).toThrow('graceSeconds: -1; use 0 to')
    expect(() => shutdown(server, { grace: 1 } as never)).toThrow("unknown option 'grace'")
    expect(() => shutdown({} as never)).toThrow('a server of node:http')
    expect(() => shutdown(createHttp2Server() as never)).toThrow('a server of node:http')
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })
})
