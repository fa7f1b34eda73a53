/** The example `production` behind a real nginx with the `nginx.conf` of its folder. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ExampleProcess, startExample } from '../support/example-process.ts'
import { freePort } from '../support/free-port.ts'
import { isNginxMissing, Nginx, read } from '../support/nginx.ts'
import { ROOT } from '../support/readme.ts'

const KEY = { 'x-api-key': 'secret' }
const JSON_TYPE = { 'content-type': 'application/json' }
const LOGIN = { fields: JSON_TYPE, content: '{"name":"tom","password":"secret"}' }

/** Passes connections on to a port, and counts them. */
async function countConnections(port: number) {
  const counted = { count: 0 }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    counted.count++
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
    socket.pipe(upstream).pipe(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port: own } = server.address() as AddressInfo
  return { port: own, counted, close: () => void server.close() }
}

describe.skipIf(isNginxMissing())('the example production behind nginx', () => {
  let port: number
  let example: ExampleProcess
  let nginx: Nginx
  let between: Awaited<ReturnType<typeof countConnections>>

  beforeAll(async () => {
    port = await freePort()
    example = await startExample('production', { PORT: String(port) })
    between = await countConnections(port)
    nginx = await Nginx.start(`${ROOT}examples/production/nginx.conf`, between.port)
  }, 60_000)

  afterAll(async () => {
    await nginx?.stop()
    example?.kill('SIGKILL')
    between?.close()
  })

  /** The line of the access log with the id of a response. */
  const lineOf = (id: unknown) =>
    vi.waitFor(
      () => {
        const line = example.lines.find((text) => text.includes(`"requestId":"${id}"`))
        return JSON.parse(line ?? '') as Record<string, unknown>
      },
      { timeout: 15_000 },
    )

  it('redirects from http', async () => {
    const { status, headers } = await nginx.askPlain('/shelter/animals?page=2')
    expect([status, headers.location]).toEqual([308, 'https://api.example.org/shelter/animals?page=2'])
  })

  it('knows address, scheme, host and prefix of the client: in Location, Link, the document, cookies and the log', async () => {
    const create = { fields: { ...KEY, ...JSON_TYPE }, content: '{"name":"Azor"}', from: '127.0.0.2' }
    const created = await nginx.ask('POST /shelter/animals', create)
    expect([created.status, created.headers.location]).toEqual([201, '/shelter/animals/4'])
    const id = created.headers['x-request-id']
    expect(await lineOf(id)).toMatchObject({ address: '127.0.0.2', path: '/animals', status: 201 })
    const list = await nginx.ask('/shelter/animals')
    const [, next = ''] = /<([^>]*)>; rel="next"/.exec(String(list.headers.link)) ?? []
    const { pathname, search } = new URL(next, 'https://api.example.org/shelter/animals')
    expect(JSON.parse((await nginx.ask(pathname + search)).text)).toHaveLength(2)
    expect(JSON.parse((await nginx.ask('/shelter/openapi.json')).text).servers).toEqual([{ url: '/shelter' }])
    const { headers } = await nginx.ask('POST /shelter/session', LOGIN)
    expect(headers['strict-transport-security']).toMatch(/^max-age=/)
    const cookies = headers['set-cookie'] ?? []
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-csrf', 'session', 'session.sig'])
    for (const cookie of cookies) expect(cookie).toMatch(/; secure/i)
  })

  it('lets in whom the session and the token of the page prove', async () => {
    const { headers } = await nginx.ask('POST /shelter/session', LOGIN)
    const cookies = (headers['set-cookie'] ?? []).map((text) => text.split(';')[0])
    const token = cookies.find((text) => text?.startsWith('__Host-csrf='))?.split('=')[1] ?? ''
    const change = (fields: Record<string, string>) =>
      nginx.ask('POST /shelter/animals', {
        fields: { ...JSON_TYPE, cookie: cookies.join('; '), ...fields },
        content: '{"name":"Rex"}',
      })
    expect(JSON.parse((await change({})).text)).toMatchObject({ status: 403, code: 'csrf-token-missing' })
    const own = { origin: 'https://api.example.org', 'x-csrf-token': token }
    const { status, headers: fields } = await change(own)
    expect(status).toBe(201)
    expect(await lineOf(fields['x-request-id'])).toMatchObject({ user: 'tom' })
    expect((await change({ ...own, origin: 'https://evil.example' })).status).toBe(403)
  })

  it('does not believe what a client writes into the fields of proxies (FS-78)', async () => {
    const fields = {
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.10;host=evil.example;proto=http',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-prefix': '/evil',
      'x-request-id': 'chosen',
    }
    const request = {
      fields: { ...fields, ...KEY, ...JSON_TYPE },
      content: '{"name":"Ola"}',
      from: '127.0.0.3',
    }
    const { status, headers } = await nginx.ask('POST /shelter/animals', request)
    expect(status).toBe(201)
    expect(headers.location).toMatch(/^\/shelter\/animals\/\d+$/)
    expect(headers['strict-transport-security']).toBeDefined()
    expect(await lineOf(headers['x-request-id'])).toMatchObject({ address: '127.0.0.3' })
  })

  it('counts each client by its own address', async () => {
    const left = async (from: string, fields = {}) => {
      const { headers } = await nginx.ask('/shelter/animals', { from, fields })
      return Number(/"daily";r=(\d+)/.exec(String(headers.ratelimit))?.[1])
    }
    expect(await left('127.0.0.4')).toBe(9999)
    expect(await left('127.0.0.4', { 'x-forwarded-for': '203.0.113.11' })).toBe(9998)
    expect(await left('127.0.0.5')).toBe(9999)
  })

  it('refuses a host that it does not serve', async () => {
    const { status, headers } = await nginx.ask('/shelter/animals', { fields: { host: 'evil.example' } })
    expect([status, headers['x-content-type-options']]).toEqual([421, 'nosniff'])
  })

  it('takes the weak ETags of gzip for the strong ones (RFC 9110 §13.1.1)', async () => {
    const gzip = { 'accept-encoding': 'gzip' }
    const { headers } = await nginx.ask('/shelter/animals/1', { fields: gzip })
    const etag = String(headers.etag)
    expect([headers['content-encoding'], etag]).toEqual(['gzip', expect.stringMatching(/^W\/"/)])
    const again = await nginx.ask('/shelter/animals/1', { fields: { ...gzip, 'if-none-match': etag } })
    expect(again.status).toBe(304)
    const change = () =>
      nginx.ask('PUT /shelter/animals/1', {
        fields: { ...KEY, ...JSON_TYPE, ...gzip, 'if-match': etag },
        content: '{"name":"Burek II"}',
      })
    expect((await change()).status).toBe(200)
    expect((await change()).status).toBe(412)
  })

  it('sends events and lines when they are made, compressed or not, and sees that the client leaves (FS-98)', async () => {
    const events = await nginx.open('/shelter/visits', { fields: { ...KEY, accept: 'text/event-stream' } })
    let text = ''
    for await (const chunk of events.iterator({ destroyOnReturn: false })) {
      text += chunk
      if (text.includes('{"visit":1}')) break
    }
    expect(text).not.toContain('{"visit":20}') // buffered, it would be 4 kB
    events.destroy()
    expect(await lineOf(events.headers['x-request-id'])).toMatchObject({ route: '/visits', aborted: true })
    const fields = { ...KEY, 'accept-encoding': 'gzip' }
    const lines = await nginx.open('/shelter/export', { fields })
    expect(lines.headers['content-encoding']).toBe('gzip')
    const chunks: string[] = []
    for await (const chunk of lines.pipe(createGunzip())) chunks.push(String(chunk))
    expect(chunks[0]).toMatch(/^{"id":1,"name":"Burek[^}]*"}\n/)
    expect(chunks[0]).not.toContain('"end"')
    expect(chunks.join('')).toMatch(/\{"end":true,"rows":\d+\}\n$/)
  })

  it('takes uploads; too large ones get the 413 of the Api up to the limit of nginx, and its own above', async () => {
    const upload = (bytes: number) =>
      nginx.ask('PUT /shelter/animals/1/photo', {
        fields: { ...KEY, 'content-type': 'image/png' },
        content: Buffer.alloc(bytes),
      })
    const taken = await upload(4_000_000)
    expect([taken.status, JSON.parse(taken.text)]).toEqual([200, { bytes: 4_000_000 }])
    const ours = await upload(6_000_000)
    expect([ours.status, ours.headers['content-type']]).toEqual([413, 'application/problem+json'])
    expect(ours.headers['x-request-id']).toBeDefined()
    const theirs = await upload(11_000_000)
    expect([theirs.status, theirs.headers['content-type']]).toEqual([413, 'application/problem+json'])
    expect(theirs.headers['x-request-id']).toBeUndefined()
    expect(JSON.parse(theirs.text)).toMatchObject({ status: 413, detail: 'At most 10 MB' })
  })

  it('keeps the connections of nginx while they are idle, longer than the 5 s of Node (FS-92)', async () => {
    const ask = () => nginx.ask('/shelter/animals/2')
    await Promise.all([ask(), ask(), ask()])
    const { count } = between.counted
    await sleep(5500)
    for (let asked = 0; asked < 10; asked++) expect((await ask()).status).toBe(200)
    expect(between.counted.count).toBe(count)
  }, 30_000)

  it('completes what has begun when it is stopped, while nginx goes on (FS-74)', async () => {
    const upload = nginx.begin('PUT /shelter/animals/1/photo', {
      fields: { ...KEY, 'content-type': 'image/png', 'content-length': '2000' },
    })
    const answered = once(upload, 'response')
    upload.write(Buffer.alloc(1000))
    example.kill('SIGTERM')
    await vi.waitFor(
      async () => {
        const { status, text } = await nginx.ask('/shelter/health/ready')
        expect([status, JSON.parse(text).status]).toEqual([503, 'stopping'])
      },
      { timeout: 15_000 },
    )
    await vi.waitFor(async () => expect((await nginx.ask('/shelter/animals')).status).toBe(502), {
      timeout: 15_000,
    })
    upload.end(Buffer.alloc(1000))
    const [response] = await answered
    expect(await read(response)).toMatchObject({ status: 200, text: '{"bytes":2000}' })
    expect(await example.exit).toBe(0)
    const away = await nginx.ask('/shelter/animals')
    expect([away.status, away.headers['retry-after']]).toEqual([502, '5'])
    expect(JSON.parse(away.text)).toEqual({ type: 'about:blank', title: 'Bad Gateway', status: 502 })
    example = await startExample('production', { PORT: String(port) })
    expect((await nginx.ask('/shelter/animals')).status).toBe(200)
  }, 60_000)
})
