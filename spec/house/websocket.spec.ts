/** WebSockets on the server of an app, as docs/server.md shows it: its code, on both Polkas. */
import { once } from 'node:events'
import * as http from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as ws from 'ws'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { apiKey } from '../../lib/security.ts'
import { production, shutdown } from '../../lib/server.ts'
import { quiet } from '../support/logger.ts'
import { type AnyPolka, polkas } from '../support/polka.ts'
import { blocksOf, readPage } from '../support/readme.ts'
import { exportsOf } from '../support/run-code.ts'

const SHOWN =
  blocksOf(readPage('docs/server.md')).find(({ text }) => text.includes('WebSocketServer'))?.text ?? ''
const LISTEN = 'polka({ server }).listen(3000)'
const KEY = { 'x-api-key': 'right' }

/** The code of the guide, with the app of the test in place of its last line. */
function build(settings: Parameters<typeof production>[0]) {
  expect(SHOWN).toContain(LISTEN)
  const key = apiKey({ header: 'x-api-key', verify: (given) => given === 'right' && { name: 'robot' } })
  const { options, apply } = production(settings)
  const given = { createServer: http.createServer, options, apply, key }
  const code = `import { ${Object.keys(given)} } from 'given'\n${SHOWN.replace(LISTEN, 'export { server, sockets }')}`
  return exportsOf<{ server: http.Server; sockets: ws.WebSocketServer }>(code, { given, ws })
}

async function start(polka: AnyPolka, settings: Parameters<typeof production>[0] = {}) {
  const { server, sockets } = build(settings)
  const app = polka({ server })
  const seen: string[] = []
  app.use((request: http.IncomingMessage, _response: unknown, next: () => void) => {
    seen.push(`${request.url}`)
    next()
  })
  const pets = new RestBlueprint('pets').get('/pets', () => ['Rex'])
  new Api(app, { title: 'Pets', version: '1.0.0', logger: quiet(), rateLimit: { points: 1000, seconds: 60 } })
    .registerBlueprint(pets)
    .root.security({})
  const stop = shutdown(server, { signals: [], graceSeconds: 0.3 })
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { port, sockets, seen, stop }
}

/** A client whose messages can be awaited. */
function open(port: number, headers: Record<string, string> = KEY, path = '/feed') {
  const client = new ws.WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  onTestFinished(() => client.terminate())
  const messages: string[] = []
  client.on('message', (data) => {
    messages.push(String(data))
    client.emit('more')
  })
  client.on('error', () => undefined)
  return {
    client,
    async got(text: string) {
      while (!messages.includes(text)) await once(client, 'more')
    },
  }
}

/** The status that an upgrade is refused with. */
async function refusal(port: number, headers: Record<string, string>, path?: string) {
  const [, response] = (await once(open(port, headers, path).client, 'unexpected-response')) as [
    unknown,
    http.IncomingMessage,
  ]
  response.resume()
  return response.statusCode
}

async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => (received += chunk))
  socket.write(text)
  await once(socket, 'close')
  return received
}

describe.each(polkas)('a WebSocket beside an Api on $name', ({ polka }) => {
  it('talks both ways while requests are served, and passes by all middleware', async () => {
    const { port, seen } = await start(polka)
    const { client, got } = open(port)
    await got('Hello robot')
    client.send('a')
    await got('echo a')
    expect(await (await fetch(`http://127.0.0.1:${port}/pets`)).json()).toEqual(['Rex'])
    client.send('b')
    await got('echo b')
    expect(seen).toEqual(['/pets'])
  })

  it('is refused without a key, and to pages of another origin', async () => {
    const { port } = await start(polka)
    expect(await refusal(port, {})).toBe(401)
    expect(await refusal(port, { 'x-api-key': 'wrong' })).toBe(401)
    expect(await refusal(port, { ...KEY, origin: 'https://evil.example' })).toBe(401)
    await open(port, { ...KEY, origin: 'https://app.example' }).got('Hello robot')
  })

  it('may be reset by its client at any time', async () => {
    const { port } = await start(polka)
    for (const headers of [KEY, {}]) {
      const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
      for (const milliseconds of [0, 1, 5]) {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => undefined)
        const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
        socket.write(`GET /feed HTTP/1.1\r\nHost: a\r\n${upgrade}${key}\r\n${fields.join('')}\r\n`)
        await sleep(milliseconds)
        socket.resetAndDestroy()
      }
    }
    await open(port).got('Hello robot')
  })

  it('is no upgrade at another path: the endpoint answers, or the Api with a 404', async () => {
    const { port } = await start(polka)
    expect(await refusal(port, KEY, '/pets')).toBe(200)
    expect(await refusal(port, KEY, '/nothing')).toBe(404)
    const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
    const answer = await exchange(port, `GET /pets HTTP/1.1\r\nHost: a\r\n${h2c}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n[\s\S]*\["Rex"\]$/i)
    expect(await exchange(port, `PUT /pets HTTP/1.1\r\nHost: a\r\n${h2c}\r\n`)).toMatch(/^HTTP\/1\.1 405 /)
  })

  it('stays open beyond the timeout of production()', async () => {
    const times = {
      connectionsCheckingInterval: 20,
      headersTimeout: 50,
      requestTimeout: 50,
      keepAliveTimeout: 50,
    }
    const { port } = await start(polka, { ...times, timeout: 100 })
    const { client, got } = open(port)
    await got('Hello robot')
    await sleep(500)
    client.send('late')
    await got('echo late')
  })

  it('ends with 1001 where that is sent at a shutdown, and is cut at the deadline where it is not', async () => {
    const polite = await start(polka)
    const ended = open(polite.port)
    await ended.got('Hello robot')
    const closed = once(ended.client, 'close')
    const stopped = polite.stop()
    for (const client of polite.sockets.clients) client.close(1001)
    expect([(await closed)[0], await stopped]).toEqual([1001, true])

    const silent = await start(polka)
    const cut = open(silent.port)
    await cut.got('Hello robot')
    const lost = once(cut.client, 'close')
    expect(await silent.stop()).toBe(true)
    expect((await lost)[0]).toBe(1006)
  })
})

describe('an Upgrade to a server without a listener for it', () => {
  it('is answered like any other request', async () => {
    const pets = new RestBlueprint('pets').get('/pets', () => ['Rex'])
    const server = http.createServer(pets.handler).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const answer = await exchange(
      port,
      'GET /pets HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\["Rex"\]$/)
  })
})
