/** The Host of a request. */
import { once } from 'node:events'
import { connect, createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Operation } from '../../lib/openapi/operation/operation.ts'
import { checkHost, clientOf } from '../../lib/security.ts'
import { polka } from '../support/polka.ts'
import { serve, serveMiddleware } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

const get = (...lines: string[]) =>
  `GET /every/200 HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`
const statusOf = (text: string) => Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1])

describe('the Host of a request to an Api', () => {
  it('is one host: two fields, a list, none, blanks, userinfo or a path are a 400 (RFC 9112 §3.2, FS-85, FS-86)', async () => {
    const { rawUntilClose } = await testApi()
    const wrong = [
      ['Host: a', 'Host: b'],
      ['Host: a', 'X: y', 'hOST: a'],
      ['Host: a, b'],
      ['Host:'],
      ['Host: \t '],
      ['Host: user@a'],
      ['Host: a/b'],
      ['Host: a b'],
    ]
    for (const lines of wrong) {
      const text = await rawUntilClose(get(...lines))
      expect([lines, statusOf(text)]).toEqual([lines, 400])
      expect(text).toContain('A request names one host')
    }
    for (const line of ['Host: a', 'Host: a:80', 'Host: [::1]:80', 'Host: A.example.'])
      expect([line, statusOf(await rawUntilClose(get(line)))]).toEqual([line, 200])
    expect(await rawUntilClose('GET /every/200 HTTP/1.0\r\n\r\n')).toContain('200 OK')
    expect(statusOf(await rawUntilClose(get('Host: a', 'Host: b')))).toBe(400) // after a valid one, too
  })

  it('has the fields of every answer on its 400 and 421: security headers, CORS, a request id', async () => {
    const { rawUntilClose, logger } = await testApi({
      allowedHosts: ['api.example.org'],
      securityHeaders: true,
      requestId: true,
      cors: { origin: 'https://app.example.org' },
    })
    for (const lines of [['Host: a, b'], ['Host: evil.test']]) {
      const text = (await rawUntilClose(get(...lines, 'Origin: https://app.example.org'))).toLowerCase()
      expect([400, 421]).toContain(statusOf(text.toUpperCase()))
      for (const line of [
        'x-content-type-options: nosniff',
        'access-control-allow-origin: https://app.example.org',
        'vary: accept, origin',
        'x-request-id: ',
        'content-type: application/problem+json',
      ])
        expect(text).toContain(`\r\n${line}`)
    }
    expect(logger.text()).toBe('')
  })

  it('is that of a target in absolute form, whatever Host is (RFC 9112 §3.2.2)', async () => {
    const { rawUntilClose } = await testApi({ allowedHosts: ['good.example'] }, (things) =>
      things.get('/host', (request) => ({ host: request.headers.host, seen: clientOf(request).host })),
    )
    const { rawUntilClose: rawPlain } = await serveMiddleware(checkHost(['good.example']))
    for (const [target, host, status] of [
      ['http://good.example/host', 'evil.example', 200],
      ['https://GOOD.example:8443/host', 'evil.example', 200],
      ['http://evil.example/host', 'good.example', 421],
      ['http://evil.example/nothing', 'good.example', 421],
      ['http://user:secret@good.example/host', 'good.example', 400],
      ['http://good.example/host', 'user@good.example', 400],
    ] as const) {
      const text = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
      const answer = await rawUntilClose(text)
      expect([target, statusOf(answer)]).toEqual([target, status])
      const named = /^https?:\/\/([^/]*)/.exec(target)?.[1]
      if (status === 200) expect(answer).toContain(JSON.stringify({ host: named, seen: named }))
      expect([target, statusOf(await rawPlain(text))]).toEqual([target, status])
    }
  })

  it('is checked on unknown paths too, and on HTTP/2', async () => {
    const { app, rawUntilClose } = await testApi()
    expect(statusOf(await rawUntilClose(get('Host: a, b').replace('/every/200', '/nowhere')))).toBe(400)
    const server = createServer(app.handler)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      session.destroy()
      server.close()
    })
    const status = async (fields: Record<string, string>) => {
      const stream = session.request({ ':path': '/every/200', ...fields })
      try {
        const [{ ':status': found }] = (await once(stream, 'response')) as [IncomingHttpHeaders]
        stream.resume()
        return Number(found)
      } catch (error) {
        return String(error) // Node.js 24 refuses such a request by itself
      }
    }
    const refused = expect.stringContaining('NGHTTP2_PROTOCOL_ERROR')
    expect(await status({})).toBe(200)
    expect(await status({ ':authority': 'a.example' })).toBe(200)
    expect(await status({ ':authority': 'a.example', host: 'a.example' })).toBe(200)
    const isRefused = expect.toBeOneOf([400, refused])
    expect(await status({ ':authority': 'a.example', host: 'b.example' })).toEqual(isRefused)
    expect(await status({ ':authority': 'user@a.example' })).toEqual(isRefused)
  })
})

describe('allowedHosts', () => {
  const allowedHosts = ['api.example.org', '*.example.com', 'localhost:3000', '[::1]:8080', 'tls.example:80']

  it('are compared whole, without case, with one trailing dot at most; any other is a 421 (FS-87)', async () => {
    const { rawUntilClose } = await testApi({ allowedHosts })
    const status = async (host: string) => statusOf(await rawUntilClose(get(`Host: ${host}`)))
    const allowed = [
      'api.example.org',
      'API.example.org.:81',
      'a.example.com',
      'a.b.example.com:1',
      'localhost:3000',
      '[::1]:8080',
      'tls.example',
    ]
    for (const host of allowed) expect([host, await status(host)]).toEqual([host, 200])
    const refused = [
      'example.com',
      'evilexample.com',
      'api.example.org.evil',
      'api.example.orgx',
      'localhost',
      'localhost:30000',
      '[::1]',
      'tls.example:443',
      'evil.test',
    ]
    for (const host of refused) expect([host, await status(host)]).toEqual([host, 421])
    for (const host of ['localhost:3000.evil', 'api.example.org..'])
      expect([host, await status(host)]).toEqual([host, 400])
  })

  it('are the only proof: an Origin that repeats a rebound name is none (FS-88)', async () => {
    const { rawUntilClose } = await testApi({ allowedHosts })
    expect(statusOf(await rawUntilClose(get('Host: evil.test', 'Origin: http://evil.test')))).toBe(421)
  })

  it('are named in the log by the first 421, and by no other', async () => {
    const warnings: unknown[] = []
    const logger = { error: () => {}, warn: (...details: unknown[]) => void warnings.push(details) }
    const { fetch, port, rawUntilClose } = await testApi({ allowedHosts: [...allowedHosts], logger })
    const response = await fetch('/every/200')
    expect([response.status, await response.text()]).toEqual([
      421,
      expect.not.stringContaining('allowedHosts'),
    ])
    await rawUntilClose(get('Host: evil.test'))
    const message = `A request was refused by 421: its host '127.0.0.1:${port}' is not in allowedHosts`
    expect(warnings).toEqual([[{ code: 'MAZURKA_ALLOWED_HOSTS' }, message]])
  })

  it('are compared with the host that a trusted proxy forwards', async () => {
    const { ask } = await testApi({ allowedHosts, trustProxy: ['loopback'] })
    expect((await ask('/every/200', { 'x-forwarded-host': 'api.example.org' })).status).toBe(200)
    expect((await ask('/every/200', { 'x-forwarded-host': 'evil.test' })).status).toBe(421)
  })

  it('are off for an endpoint, and documented as 421 elsewhere', async () => {
    const { api, status } = await testApi({ allowedHosts }, (things) =>
      things.get('/open', { allowedHosts: false }, () => 1),
    )
    expect(await status('/open')).toBe(200)
    const { paths } = api.document()
    const operation = (path: string) => paths[path]?.get as Operation | undefined
    const responses = (path: string) => Object.keys(operation(path)?.responses ?? {})
    expect(responses('/every/200')).toContain('421')
    expect(responses('/open')).not.toContain('421')
  })

  it.each([[], 'a.example', ['https://a.example'], ['*'], ['a.example:*'], [7]])(
    'are a TypeError for %j',
    async (value) => {
      await expect(testApi({ allowedHosts: value as never })).rejects.toThrow(/'allowedHosts'/)
      expect(() => checkHost(value as never)).toThrow(TypeError)
    },
  )

  it('are checked by middleware where there is no Api', async () => {
    const app = polka({
      onError: (
        error: { status: number },
        _: unknown,
        response: { writeHead(status: number): { end(): void } },
      ) => response.writeHead(error.status).end(),
    })
    app
      .use(checkHost(['api.example.org']))
      .get('/every/200', (_: unknown, response: { end(): void }) => response.end())
    const { rawUntilClose } = await serve(app)
    expect(statusOf(await rawUntilClose(get('Host: api.example.org')))).toBe(200)
    expect(statusOf(await rawUntilClose(get('Host: evil.test')))).toBe(421)
    expect(statusOf(await rawUntilClose(get('Host: a, b')))).toBe(400)
  })
})
