/** The client of a request behind proxies that are trusted, and behind those that are not. */
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import { connect, createServer as createServer2, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientOf, type TrustProxy, trustedProxy } from '../../lib/security.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

const LISTED = ['loopback', '10.0.0.0/8', '2001:db8:aaaa::/48'] as const

/** What an endpoint finds for these header fields. */
async function found(fields: Record<string, string>, trustProxy: TrustProxy = LISTED) {
  const { ask, url } = await testApi({ trustProxy }, (things) =>
    things.get('/client', (request) => clientOf(request)),
  )
  const { json: client } = await ask('/client', fields)
  return { ...client, isDirectHost: client.host === new URL(url).host }
}

describe('the client', () => {
  it('is the peer of the connection by default, whatever it sends (FS-79)', async () => {
    const fields = {
      forwarded: 'for=6.6.6.6;proto=https;host=evil.example',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-prefix': '/evil',
    }
    for (const trust of [false, ['10.0.0.1'], () => false] as const) {
      const client = await found(fields, trust)
      expect(client).toEqual({
        address: '127.0.0.1',
        scheme: 'http',
        host: client.host,
        prefix: '',
        isDirectHost: true,
      })
    }
  })

  it('is the last hop that is not trusted: what the client itself has sent is left of it (FS-78)', async () => {
    const addressFor = async (list: string) => (await found({ 'x-forwarded-for': list })).address
    expect(await addressFor('203.0.113.9')).toBe('203.0.113.9')
    expect(await addressFor('6.6.6.6, 203.0.113.9')).toBe('203.0.113.9')
    expect(await addressFor('6.6.6.6, 203.0.113.9, 10.0.0.2, 10.0.0.3')).toBe('203.0.113.9')
    expect(await addressFor('10.0.0.9, 203.0.113.9, 10.0.0.3')).toBe('203.0.113.9')
    expect(await addressFor('10.0.0.2')).toBe('10.0.0.2')
    expect(await addressFor('::ffff:203.0.113.9')).toBe('203.0.113.9')
  })

  it('has no port and no brackets (FS-81)', async () => {
    const addressFor = async (list: string) => (await found({ 'x-forwarded-for': list })).address
    expect(await addressFor('203.0.113.9:51234')).toBe('203.0.113.9')
    expect(await addressFor('[2001:DB8::17]:4711, 10.0.0.1:80')).toBe('2001:db8::17')
  })

  it('is the last trusted hop where the field has no address: never a 500 (FS-82)', async () => {
    const addressFor = async (list: string) => (await found({ 'x-forwarded-for': list })).address
    expect(await addressFor('{\u0024{print(1)}}')).toBe('127.0.0.1')
    expect(await addressFor('6.6.6.6, unknown, 10.0.0.3')).toBe('10.0.0.3')
    expect(await addressFor(', ,')).toBe('127.0.0.1')
    expect(await addressFor('x'.repeat(8000))).toBe('127.0.0.1')
  })

  it('is read from Forwarded, with its scheme and host (FS-84)', async () => {
    expect(
      await found({ forwarded: 'For="[2001:db8::17]:4711";proto=HTTPS;host="api.example:8443"' }),
    ).toMatchObject({
      address: '2001:db8::17',
      scheme: 'https',
      host: 'api.example:8443',
    })
    expect(
      await found({
        forwarded:
          'for=6.6.6.6;host=evil.example, for=203.0.113.9;proto=https;host=a.example, for=10.0.0.2;proto=http;host=inner',
      }),
    ).toMatchObject({ address: '203.0.113.9', scheme: 'https', host: 'a.example' })
    expect(await found({ forwarded: 'for=6.6.6.6, for=_hidden;proto=https, for=10.0.0.2' })).toMatchObject({
      address: '10.0.0.2',
      scheme: 'https',
    })
    expect(await found({ forwarded: 'for=6.6.6.6, for=unknown' })).toMatchObject({ address: '127.0.0.1' })
    expect(await found({ forwarded: 'for=203.0.113.9;proto=gopher;host="a/b"' })).toMatchObject({
      address: '203.0.113.9',
      scheme: 'http',
      isDirectHost: true,
    })
  })

  it('is that of the proxy after a quote that the client has not closed, in a line of its own or in the same one', async () => {
    const { rawUntilClose } = await testApi({ trustProxy: ['loopback'] }, (things) =>
      things.get('/client', (request) => clientOf(request)),
    )
    for (const by of ['for=203.0.113.9;proto=https', 'for="203.0.113.9:80";proto=https'])
      for (const sent of ['for="6.6.6.6', 'for="6.6.6.6\\', '"'])
        for (const forwarded of [`${sent}\r\nForwarded: ${by}`, `${sent}, ${by}`]) {
          const head = `GET /client HTTP/1.1\r\nHost: h\r\nConnection: close\r\nForwarded: ${forwarded}`
          const [, content = ''] = (await rawUntilClose(`${head}\r\n\r\n`)).split('\r\n\r\n')
          expect(JSON.parse(content), forwarded).toMatchObject({ address: '203.0.113.9', scheme: 'https' })
        }
  })

  it('is unknown where Forwarded and X-Forwarded-For contradict each other: one of them is from the client (FS-78)', async () => {
    const both = { forwarded: 'for=6.6.6.6;host=evil.example', 'x-forwarded-for': '203.0.113.9' }
    expect(await found(both)).toMatchObject({ address: '', isDirectHost: true })
    expect(await found({ ...both, forwarded: 'for=203.0.113.9;proto=https' })).toMatchObject({
      address: '203.0.113.9',
      scheme: 'https',
    })
  })

  it('has the scheme and host of X-Forwarded-Proto and -Host: of the outermost trusted proxy where each appends', async () => {
    const hops = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.0.0.2' }
    const one = { ...hops, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'a.example' }
    expect(await found(one)).toMatchObject({ scheme: 'https', host: 'a.example' })
    const each = {
      ...hops,
      'x-forwarded-proto': 'http, https, http',
      'x-forwarded-host': 'evil.example, a.example, inner',
    }
    expect(await found(each)).toMatchObject({ scheme: 'https', host: 'a.example' })
    const quoted = {
      ...hops,
      'x-forwarded-proto': 'https, ", http, http',
      'x-forwarded-host': 'evil.example, ", a.example, inner',
    }
    expect(await found(quoted)).toMatchObject({ scheme: 'http', host: 'a.example' })
    const wrong = { ...hops, 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'user@evil.example' }
    expect(await found(wrong)).toMatchObject({ scheme: 'http', isDirectHost: true })
  })

  it('has a prefix of one slash and plain segments, or none (FS-83)', async () => {
    const prefixFor = async (prefix: string) => (await found({ 'x-forwarded-prefix': prefix })).prefix
    expect(await prefixFor('/gateway/v1/')).toBe('/gateway/v1')
    for (const prefix of [
      '///evil.com',
      '//evil.com',
      '/\\evil.com',
      'https://evil.com',
      '/a/../b',
      '/a, /b',
      '/a?b',
      '/',
      `/${'a'.repeat(300)}`,
    ])
      expect(await prefixFor(prefix), prefix).toBe('')
  })

  it('is asked of a function with the hop', async () => {
    const asked: unknown[] = []
    const trust = (address: string, hop: number) => asked.push([address, hop]) < 3
    expect(await found({ 'x-forwarded-for': '1.1.1.1, 2.2.2.2, 3.3.3.3' }, trust)).toMatchObject({
      address: '2.2.2.2',
    })
    expect(asked).toEqual([
      ['127.0.0.1', 0],
      ['3.3.3.3', 1],
      ['2.2.2.2', 2],
    ])
  })

  it('of a Unix socket is known by the proxy, which loopback trusts', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'client-')), 'socket')
    const clients: unknown[] = []
    const { app } = await testApi({ trustProxy: ['loopback'] }, (things) =>
      things.get('/client', (request) => clientOf(request)),
    )
    const server = createServer(app.handler)
    onTestFinished(() => void server.close())
    await once(server.listen(path), 'listening')
    for (const headers of [{}, { 'x-forwarded-for': '203.0.113.9' }]) {
      const [response] = (await once(
        send({ socketPath: path, path: '/client', headers }).end(),
        'response',
      )) as [IncomingMessage]
      clients.push(await json(response))
    }
    expect(clients).toMatchObject([{ address: '' }, { address: '203.0.113.9' }])
  })

  it('is one object per request, also on HTTP/2, where :authority is the host', async () => {
    const { app } = await testApi({ trustProxy: ['loopback'] }, (things) =>
      things.get('/client', (request) => ({
        ...clientOf(request),
        isSame: new Set([clientOf(request), clientOf(request)]).size === 1,
      })),
    )
    const server = createServer2(app.handler)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const session = connect(`http://127.0.0.1:${port}`)
    onTestFinished(() => {
      session.destroy()
      server.close()
    })
    const stream = session.request({ ':path': '/client', 'x-forwarded-for': '203.0.113.9' })
    const [fields] = (await once(stream, 'response')) as [IncomingHttpHeaders]
    expect(fields[':status']).toBe(200)
    const expected = {
      address: '203.0.113.9',
      scheme: 'http',
      host: `127.0.0.1:${port}`,
      prefix: '',
      isSame: true,
    }
    expect(await json(stream)).toEqual(expected)
  })

  it('is known by middleware where there is no Api', async () => {
    const { ask } = await serve(
      polka()
        .use(trustedProxy(['loopback']))
        .get('/', (request: IncomingMessage, response: { end(text: string): void }) =>
          response.end(clientOf(request).address),
        ),
    )
    expect((await ask('/', { 'x-forwarded-for': '203.0.113.9' })).text).toBe('203.0.113.9')
  })
})
