/** A server with production settings, against slow clients on real sockets. The times are scaled down. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { type ProductionSettings, production } from '../../lib/server.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

/** Far below the defaults. */
const SCALED: ProductionSettings = {
  headersTimeout: 200,
  requestTimeout: 600,
  connectionsCheckingInterval: 50,
  timeout: 900,
  keepAliveTimeout: 300,
}
const ROW = 'x'.repeat(16 * 1024)
const HEAD = 'GET /now HTTP/1.1\r\nHost: localhost\r\n'

async function serveScaled(settings: ProductionSettings = {}) {
  const { options, apply } = production({ ...SCALED, ...settings })
  const server = apply(createServer(options))
  const blueprint = new RestBlueprint('slow')
  let [made, stopped] = [0, 0]
  blueprint.get('/now', () => 'now')
  blueprint.post('/now', { body: jsonSchema({ type: 'object' }) }, () => 'read')
  blueprint.get('/large', async function* () {
    try {
      for (; ; made += 1) yield ROW
    } finally {
      stopped += 1
    }
  })
  server.on('request', blueprint.handler)
  const served = await serve(server)
  return { ...served, server, made: () => made, stopped: () => stopped }
}

interface SlowClient {
  /** Milliseconds after which the server has closed the connection. */
  closed: Promise<number>
  text(): string
  send(bytes: string): void
}

/** Writes the first bytes, then the next ones every 50 ms. */
function slowClient(port: number, first: string, next = '', reads = true): SlowClient {
  const start = performance.now()
  const socket = connect(port, '127.0.0.1')
  let text = ''
  if (reads) socket.on('data', (chunk) => (text += chunk))
  else socket.pause()
  socket.write(first)
  const timer = setInterval(() => next && socket.writable && socket.write(next), 50)
  const closed = new Promise<number>((resolve) => {
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(timer)
      resolve(performance.now() - start)
    })
  })
  onTestFinished(() => void socket.destroy())
  return { closed, text: () => text, send: (bytes) => void socket.write(bytes) }
}

describe('a server with production settings', () => {
  it('closes a connection whose header fields come slowly, with 408 (FS-89)', async () => {
    const { port } = await serveScaled()
    const client = slowClient(port, HEAD, 'X-A: b\r\n')
    const milliseconds = await client.closed
    expect(client.text()).toMatch(/^HTTP\/1\.1 408 /)
    expect(milliseconds).toBeGreaterThanOrEqual(190) // Node's default is a minute, longer than a spec may last
  })

  it('closes a connection whose content comes slowly', async () => {
    const { port } = await serveScaled()
    const head =
      'POST /now HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n'
    const client = slowClient(port, head, ' ')
    const milliseconds = await client.closed
    expect(client.text()).toMatch(/^HTTP\/1\.1 408 /)
    expect(milliseconds).toBeGreaterThanOrEqual(590)
  })

  it('closes the connection of a client that does not read, and stops the source of its stream (FS-97)', async () => {
    const { server, port, stopped, made } = await serveScaled()
    const closed = once(server, 'connection').then(([socket]) => once(socket, 'close'))
    slowClient(port, 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n', '', false)
    await closed // a socket that does not read sees no end itself
    expect(stopped()).toBe(1)
    expect(made()).toBeLessThan(1000) // 16 MB
  })

  it('closes an idle connection, also after a stray line end behind the request (FS-91)', async () => {
    const { port } = await serveScaled()
    const idle = slowClient(port, `${HEAD}\r\n`)
    const stray = slowClient(port, `${HEAD}\r\n`)
    const silent = slowClient(port, '')
    setTimeout(() => stray.send('\r\n'), 100)
    expect(await idle.closed).toBeGreaterThanOrEqual(290)
    await Promise.all([stray.closed, silent.closed]) // by Node's defaults: not at all, and after a minute
    expect(idle.text()).toMatch(/^HTTP\/1\.1 200 [\s\S]*now/)
    expect(stray.text()).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('keeps all header fields, however many', async () => {
    const { server, raw } = await serveScaled()
    let count = 0
    server.prependListener('request', ({ rawHeaders }) => {
      count = rawHeaders.length / 2
    })
    const many = Array.from({ length: 2000 }, (_, index) => `a${index}:1\r\n`).join('')
    expect(await raw(`${HEAD}${many}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /)
    expect(count).toBe(2002)
  })

  it.each(polkas)('is the one of $name, and of a TLS server', async ({ polka }) => {
    const { options, apply } = production(SCALED)
    const server = apply(createServer(options))
    const app = polka({ server })
    app.get('/', (_request: unknown, response: ServerResponse) => response.end('ok'))
    await new Promise<void>((resolve) => app.listen(0, resolve))
    onTestFinished(() => void server.close())
    expect(app.server).toBe(server)
    const { port } = server.address() as AddressInfo
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ok')
    expect(apply(createTlsServer(options)).timeout).toBe(900)
  })
})

describe('production()', () => {
  it('has times for the open net, for proxies and for uploads (FS-92)', () => {
    expect(production().options).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2000,
      keepAliveTimeout: 5000,
      requireHostHeader: true,
      insecureHTTPParser: false,
      joinDuplicateHeaders: false,
    })
    const { options, apply } = production({ proxy: true, uploads: true })
    expect(options).toMatchObject({ keepAliveTimeout: 65_000, requestTimeout: 120_000 })
    const server = apply(createServer(options))
    expect(server).toMatchObject({ timeout: 90_000, maxHeadersCount: 0, keepAliveTimeout: 65_000 })
  })

  it('refuses times that contradict each other, or are none (FS-90)', () => {
    expect(() => production({ headersTimeout: 40_000 })).toThrow(
      'headersTimeout 40000 above requestTimeout 30000',
    )
    expect(() => production({ proxy: true, timeout: 60_000 })).toThrow(
      'keepAliveTimeout 65000 above timeout 60000',
    )
    expect(() => production({ connectionsCheckingInterval: 30_000 })).toThrow('above headersTimeout 10000')
    expect(() => production({ requestTimeout: 0 })).toThrow('requestTimeout: 0; use a whole number')
    const allowed = 'use a whole number of milliseconds, 1 to 2147483647'
    expect(() => production({ timeout: '90' as never })).toThrow(`timeout: '90'; ${allowed}`)
    for (const timeout of [-1, 0, 1.5, Number.POSITIVE_INFINITY])
      expect(() => production({ timeout })).toThrow(`timeout: ${timeout}; ${allowed}`)
    expect(() => production({ uploads: 1 } as never)).toThrow('uploads: 1; use true or false')
    expect(() => production({ keepAlive: 5 } as never)).toThrow("unknown option 'keepAlive'")
  })

  it('refuses a server that was created without its options, for some cannot be set later (FS-89)', () => {
    expect(() => production().apply(createServer())).toThrow(
      /has headersTimeout 60000, not 10000: create it with the options/,
    )
  })
})
