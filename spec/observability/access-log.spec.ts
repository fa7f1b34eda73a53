/** One structured line per request. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, createServer } from 'node:http2'
import { type AddressInfo, connect as open, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Api } from '../../lib/api.ts'
import { type Middleware, RestBlueprint } from '../../lib/index.ts'
import { accessLog, requestId } from '../../lib/security.ts'
import { type Line, recorder, until } from '../support/lines.ts'
import { polka, polkas } from '../support/polka.ts'
import { serve, serveMiddleware } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

/** The lines of the access log, without the reports of failures. */
const accesses = (lines: readonly Line[]) => lines.filter(({ level }) => level === 30)

describe.each(polkas)('the access log on $name', ({ polka }) => {
  it('has one line for every answer, with the status that was sent and the route that served it', async () => {
    const { logger, lines } = recorder()
    const { ask } = await testApi({ accessLog: true, requestId: true, logger }, undefined, polka)
    for (const { line, status, fields } of EVERY_ANSWER) {
      lines.length = 0
      const { headers } = await ask(line, fields)
      await until(() => accesses(lines).length > 0)
      const [path = '', method = 'GET'] = line.split(' ').reverse()
      const route =
        [404, 405, 204].includes(status) && path !== '/every/nothing' ? undefined : path.replace(/\?.*/, '')
      const [entry] = accesses(lines)
      expect(entry).toMatchObject({
        method,
        path: path.replace(/\?.*/, ''),
        status,
        address: '127.0.0.1',
        requestId: headers.get('x-request-id'),
        msg: `${method} ${route ?? path} ${status}`,
      })
      expect([line, entry.route, entry.aborted]).toEqual([line, route, undefined])
      expect(entry.durationMilliseconds).toBeGreaterThan(0)
      expect(entry.bytes).toBeGreaterThan(50)
    }
    await sleep(20)
    expect(accesses(lines)).toHaveLength(1)
  })
})

describe('the access log', () => {
  it('has the media type and the bytes on the connection', async () => {
    const { logger, lines } = recorder()
    const { raw } = await testApi({ accessLog: true, logger }, (things) => {
      things.get('/rows', async function* () {
        yield { a: 1 }
        yield { a: 2 }
      })
    })
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
    const texts = [await raw(request('/rows'), 200), await raw(request('/every/200') + request('/rows'), 300)]
    expect(accesses(lines)).toHaveLength(3)
    const [alone, first, second] = accesses(lines)
    expect(alone).toMatchObject({ mediaType: 'application/json', bytes: texts[0]?.length, status: 200 })
    expect(first.bytes + second.bytes).toBe(texts[1]?.length)
    expect(second.bytes).toBe(alone.bytes)
  })

  it('has the template of the path and no query, and no path where it is a secret (FS-66)', async () => {
    const { logger, lines, text } = recorder()
    const { ask } = await testApi({ accessLog: true, logger }, (things) => {
      things.get('/users/<int:id>/:tab', () => 1)
      things.get('/secret/:token', { accessLog: { path: false } }, () => 1)
    })
    await ask('/users/7/photos?code=hunter2&state=x')
    await ask('/secret/hunter2')
    await until(() => lines.length === 2)
    expect(lines[0]).toMatchObject({ route: '/users/{id}/{tab}', path: '/users/7/photos' })
    expect(lines[1]).toMatchObject({ route: '/secret/{token}', msg: 'GET /secret/{token} 200' })
    expect(text()).not.toContain('hunter2')
  })

  it('has no secret path where another method, a preflight or a failure comes to it, nor has the report of the failure (FS-66)', async () => {
    const option = { accessLog: { path: false } }
    const secret = new RestBlueprint('secret')
      .post('/:token', option, () => Promise.reject(new Error('database away')))
      .delete('/:token', option, (_request, _response, next) => next?.(new Error('away')))
      .put('/:token', option, (_request, _response, next) => next?.())
    const preflight = { origin: 'https://a.example', 'access-control-request-method': 'POST' }
    for (const isOfOtherApi of [false, true]) {
      const { logger, lines, text } = recorder()
      const options = { accessLog: true, logger, cors: { origin: ['https://a.example'] } }
      const { ask, app, api } = await testApi(options, (things) => {
        if (isOfOtherApi) things.get('/reset/<id>', () => 1)
      })
      if (!isOfOtherApi) api.registerBlueprint(secret, { prefix: '/reset' })
      else new Api(app, { title: 'T', version: '1', prefix: '/reset', ...options }).registerBlueprint(secret)
      const statuses = []
      for (const method of ['POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS'])
        statuses.push((await ask(`${method} /reset/hunter2`)).status)
      statuses.push((await ask('OPTIONS /reset/hunter2', preflight)).status)
      expect(statuses).toEqual([500, 500, 404, 405, 204, 204])
      await until(() => accesses(lines).length === 6)
      expect(text()).not.toContain('hunter2')
      const [first, second] = lines.filter(({ level }) => level > 30)
      expect(first).toMatchObject({ method: 'POST', route: '/reset/{token}' })
      expect([first.msg, second.msg]).toEqual([
        'POST /reset/{token} failed: database away',
        'DELETE /reset/{token} failed: away',
      ])
      const titles = accesses(lines).map(({ msg }) => msg)
      expect(titles.slice(3)).toEqual(['PATCH 405', 'OPTIONS 204', 'OPTIONS 204'])
    }
  })

  it('has no secret path where middleware of the blueprint has rewritten the target (FS-66)', async () => {
    const { logger, lines, text } = recorder()
    const { ask } = await testApi({ accessLog: true, logger }, (things) =>
      things
        .use((request, _response, next) => {
          request.url = '/'
          next()
        })
        .get('/reset/:token', { accessLog: { path: false } }, () => 1),
    )
    expect((await ask('PATCH /reset/hunter2')).status).toBe(405)
    await until(() => accesses(lines).length === 1)
    expect(text()).not.toContain('hunter2')
  })

  it.each(polkas)(
    'has no secret path where middleware of the app answers before an endpoint has the request, on $name',
    async ({ polka }) => {
      const { logger, lines, text } = recorder()
      const refuse: Middleware = (_request, response) => void response.writeHead(429).end()
      const app = polka().use(accessLog({ logger })).use('/reset', refuse).use('/users', refuse)
      const api = new Api(app, { title: 'T', version: '1', logger })
      api.registerBlueprint(
        new RestBlueprint('secret').get('/reset/:token', { accessLog: { path: false } }, () => 1),
      )
      const inner = polka().use(refuse)
      new Api(inner, { title: 'T', version: '1', logger }).root.get(
        '/invited/:token',
        { accessLog: { path: false } },
        () => 1,
      )
      app.use('/inner', inner as never)
      const { ask } = await serve(app)
      for (const line of ['/reset/hunter2', 'PUT /reset/hunter2', '/inner/invited/hunter2', '/users/7'])
        expect((await ask(line)).status).toBe(429)
      await until(() => accesses(lines).length === 4)
      expect(text()).not.toContain('hunter2')
      expect(lines[0]).toMatchObject({ msg: 'GET 429', status: 429 })
      expect(accesses(lines).map(({ path }) => path)).toEqual([undefined, undefined, undefined, '/users/7'])
    },
  )

  it.each(polkas)(
    'has no secret path of a mounted app where middleware of the app around it answers or fails, on $name',
    async ({ polka }) => {
      const { logger, lines, text } = recorder()
      const options = { title: 'T', version: '1', logger }
      const innermost = polka()
      const secret = { accessLog: { path: false } }
      new Api(innermost, options).root.get('/:token', secret, () => 1)
      const inner = polka().use('/reset', innermost as never)
      new Api(inner, options).root.get('/invited/:token', secret, () => 1).get('/open', () => 1)
      const refuse: Middleware = ({ headers }, response) => {
        if (headers['x-fail']) throw new Error('away')
        response.writeHead(429).end()
      }
      const outer = polka().use(accessLog({ logger })).use(refuse)
      new Api(outer, options).root.get('/users', () => 1)
      outer.use('/inner', inner as never)
      const { ask } = await serve(outer)
      for (const path of ['/inner/invited/hunter2', '/inner/reset/hunter2', '/inner/open']) {
        expect((await ask(path)).status).toBe(429)
        expect((await ask(path, { 'x-fail': '1' })).status).toBe(500)
      }
      await until(() => accesses(lines).length === 6)
      expect(text()).not.toContain('hunter2')
      const failures = lines.filter(({ level }) => level === 50)
      expect(failures.map(({ path }) => path)).toEqual([undefined, undefined, '/inner/open'])
    },
  )

  it.each(polkas.filter(({ polka }) => 'bwares' in polka()))(
    'has no secret path below an app without blueprints between two others, on $name',
    async ({ polka }) => {
      const { logger, lines, text } = recorder()
      const options = { title: 'T', version: '1', logger }
      const inner = polka()
      new Api(inner, options).root.get('/reset/:token', { accessLog: { path: false } }, () => 1)
      const refuse: Middleware = ({ headers }, response) => {
        if (headers['x-fail']) throw new Error('away')
        response.writeHead(429).end()
      }
      const outer = polka().use(accessLog({ logger })).use(refuse)
      new Api(outer, options).root.get('/users', () => 1)
      outer.use('/plain', polka().use('/inner', inner as never) as never)
      const { status } = await serve(outer)
      const paths = ['/plain/inner/reset/hunter2', '/plain/other', '/plain/inner/other']
      for (const path of paths) {
        expect(await status(path)).toBe(429)
        expect(await status(path, { 'x-fail': '1' })).toBe(500)
      }
      await until(() => accesses(lines).length === 6)
      expect(text()).not.toContain('hunter2')
      expect(accesses(lines).map(({ path }) => path)).toEqual(
        [undefined, ...paths.slice(1)].flatMap((path) => [path, path]),
      )
    },
  )

  it.each(polkas)(
    'has no secret path where middleware with the base path of an app fails, on $name',
    async ({ polka }) => {
      const { logger, lines, text } = recorder()
      const options = { title: 'T', version: '1', logger, accessLog: true }
      const inner = polka()
      new Api(inner, options).root.get('/reset/:token', { accessLog: { path: false } }, () => 1)
      const outer = polka().use('/in', () => {
        throw new Error('away')
      })
      new Api(outer, options).root.get('/users', () => 1)
      outer.use('/in', inner as never)
      const { status } = await serve(outer)
      expect(await status('/in/reset/hunter2')).toBe(500)
      await until(() => accesses(lines).length === 1)
      expect(text()).not.toContain('hunter2')
    },
  )

  it('has the path alone of a target with userinfo or a fragment (FS-65)', async () => {
    const { logger, lines, text } = recorder()
    const { rawUntilClose } = await testApi({ accessLog: true, logger })
    const { rawUntilClose: rawPlain } = await serveMiddleware(accessLog({ logger }))
    const targets = {
      'http://user:hunter2@a/x?code=hunter2': '/x',
      'ftp://user:hunter2@a/x?code=hunter2': '/x',
      'ftp://user:hunter2@a': '/',
      'http://user:hunter2@a?code=hunter2': '/',
      '/x#hunter2': '/x',
      '/x#a?hunter2': '/x',
    }
    for (const [target, path] of Object.entries(targets)) {
      for (const send of [rawUntilClose, rawPlain]) {
        lines.length = 0
        await send(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
        await until(() => accesses(lines).length > 0)
        expect([target, accesses(lines)[0].path]).toEqual([target, path])
        expect(text()).not.toContain('hunter2')
      }
    }
  })

  it.each(polkas)(
    'has characters beyond ASCII of an HTTP/2 target percent-encoded: it is a 400 on $name (RFC 9113 §8.3.1)',
    async ({ polka }) => {
      const { logger, lines } = recorder()
      const { app } = await testApi(
        { accessLog: true, logger },
        (things) => things.get('/<path:x>', () => 1),
        polka,
      )
      const plain = accessLog({ logger })
      for (const [listener, status] of [
        [app.handler, 400],
        [
          (request: never, response: never) =>
            plain(request, response, () => (response as ServerResponse).end()),
          200,
        ],
      ] as const) {
        const server = createServer(listener as never)
        await once(server.listen(0, '127.0.0.1'), 'listening')
        const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
        onTestFinished(() => {
          session.destroy()
          server.close()
        })
        for (const [target, path] of [
          ['/a\x85{"status":200}\x9b2J', '/a%85{"status":200}%9B2J'],
          ['//\xc5\x82', '//%C5%82'],
          ['/every/200?x=\x85', '/every/200'],
        ]) {
          lines.length = 0
          const stream = session.request({ ':path': target })
          const [fields] = await once(stream, 'response')
          stream.resume()
          await until(() => lines.length > 0)
          expect([fields[':status'], lines[0].path, lines[0].route]).toEqual([status, path, undefined])
        }
      }
    },
  )

  it('has no credentials (FS-65)', async () => {
    const { logger, lines, text } = recorder()
    const { ask } = await testApi({ accessLog: true, requestId: true, logger }, (things) =>
      things.get('/login', (_request, response) => {
        response.setHeader('set-cookie', 'session=hunter2')
        return 1
      }),
    )
    const secrets = { authorization: 'Bearer hunter2', cookie: 'session=hunter2', 'x-api-key': 'hunter2' }
    await ask('/login?key=hunter2', secrets)
    await ask('/every/500?key=hunter2', secrets)
    await until(() => accesses(lines).length === 2)
    expect(text()).not.toContain('hunter2')
  })

  it('has a line that says aborted, without a status that was never sent, where the client leaves (FS-64)', async () => {
    const { logger, lines } = recorder()
    let wakeUp = () => {}
    const { port } = await testApi({ accessLog: true, logger, timeoutSeconds: 5 }, (things) => {
      things.get('/slow', () => new Promise<void>((resolve) => (wakeUp = resolve)))
      things.get('/other', { accessLog: { abortedStatus: 499 } }, ({ signal }) => once(signal, 'abort'))
      things.get('/stream', async function* () {
        yield { a: 1 }
        await new Promise<void>((resolve) => (wakeUp = resolve))
        yield { a: 2 }
      })
    })
    const leave = async (path: string, isStarted: boolean) => {
      const count = lines.length
      const socket = open(port, '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      if (isStarted) await once(socket, 'data')
      else await sleep(50)
      socket.destroy()
      await until(() => lines.length > count)
      wakeUp()
      await sleep(20)
      expect(lines).toHaveLength(count + 1)
      return lines.at(-1)
    }
    const slow = await leave('/slow', false)
    expect(slow).toMatchObject({
      aborted: true,
      route: '/slow',
      address: '127.0.0.1',
      bytes: 0,
      msg: 'GET /slow aborted',
    })
    expect(slow).not.toHaveProperty('status')
    expect(await leave('/other', false)).toMatchObject({ aborted: true, status: 499 })
    const stream = await leave('/stream', true)
    expect(stream).toMatchObject({ aborted: true, status: 200 })
    expect(stream.bytes).toBeGreaterThan(100)
  })

  it('has a line where the client has left while middleware of the app was waiting, and no deadline runs on', async () => {
    const { logger, lines } = recorder()
    const app = polka()
    const left: Socket[] = []
    app.use(async (request: IncomingMessage, _response: unknown, next: () => void) => {
      left.push(request.socket)
      await once(request.socket, 'close')
      await sleep(5)
      next()
    })
    const ends: unknown[] = []
    const onEnd = (message: unknown) => void ends.push(message)
    subscribe('mazurka:request:end', onEnd)
    onTestFinished(() => void unsubscribe('mazurka:request:end', onEnd))
    const things = new RestBlueprint('things').get('/hang', ({ signal }) => once(signal, 'abort'))
    const api = new Api(app, {
      title: 'x',
      version: '1',
      accessLog: true,
      diagnostics: true,
      logger,
      timeoutSeconds: 0.1,
    })
    api.registerBlueprint(things)
    const { port } = await serve(app)
    for (const path of ['/hang', '/nowhere']) {
      const socket = open(port, '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      await until(() => left.length > 0)
      socket.destroy()
      left.length = 0
      await until(() => lines.length > 0)
      await sleep(150)
      expect(lines.splice(0)).toMatchObject([{ aborted: true, msg: `GET ${path} aborted` }])
      expect(ends.splice(0)).toMatchObject([{ isAborted: true }])
    }
  })

  it('knows both outcomes on HTTP/2 as well', async () => {
    const { logger, lines } = recorder()
    const { app } = await testApi({ accessLog: true, logger }, (things) =>
      things.get('/slow', ({ signal }) => once(signal, 'abort')),
    )
    const server = createServer(app.handler)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      session.destroy()
      server.close()
    })
    const first = session.request({ ':path': '/every/200' })
    await once(first.resume(), 'close')
    await until(() => lines.length === 1)
    expect(lines[0]).toMatchObject({ status: 200, bytes: 11, address: '127.0.0.1' })
    expect(lines[0]).not.toHaveProperty('aborted')
    const second = session.request({ ':path': '/slow' })
    await sleep(50)
    second.close(8)
    await until(() => lines.length === 2)
    expect(lines[1]).toMatchObject({ aborted: true, route: '/slow' })
    expect(lines[1]).not.toHaveProperty('status')
  })

  it('has the address of the client behind a trusted proxy, and more members by option', async () => {
    const { logger, lines } = recorder()
    const fields = () => ({ user: 'tom', requestId: undefined })
    const { ask } = await testApi({ accessLog: { fields, logger }, trustProxy: ['loopback'] })
    await ask('/every/200', { 'x-forwarded-for': '203.0.113.9' })
    await until(() => lines.length === 1)
    expect(lines[0]).toMatchObject({ address: '203.0.113.9', user: 'tom' })
  })

  it('is one line of JSON on console, and a logger that throws changes no answer', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {})
    onTestFinished(() => info.mockRestore())
    const { ask } = await testApi({ accessLog: true, logger: console })
    expect((await ask('/every/200')).status).toBe(200)
    await until(() => info.mock.calls.length === 1)
    expect(JSON.parse(String(info.mock.calls[0]?.[0]))).toMatchObject({ route: '/every/200', status: 200 })
    const logger = {
      info() {
        throw new Error('the disk is full')
      },
    }
    const broken = await testApi({ accessLog: { logger } })
    expect((await broken.ask('/every/200')).status).toBe(200)
  })

  it('changes no answer and ends no process where the logger, or its members, are a promise that rejects', async () => {
    const unhandled: unknown[] = []
    const collect = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', collect)
    onTestFinished(() => void process.off('unhandledRejection', collect))
    const away = async () => {
      throw new Error('the sink is away')
    }
    const { logger, lines } = recorder()
    const apis = [
      await testApi({ accessLog: { logger: { info: away } } }),
      await testApi({ accessLog: { fields: away, logger }, logger }),
      await testApi({ accessLog: true, logger: { info: away, error: away, warn: away } as never }),
    ]
    for (const { ask } of apis)
      for (const { line, status, fields } of EVERY_ANSWER)
        expect((await ask(line, fields)).status).toBe(status)
    await until(() => accesses(lines).length === EVERY_ANSWER.length)
    await sleep(20)
    expect(unhandled).toEqual([])
    expect(lines.find(({ level }) => level === 50)).toMatchObject({
      msg: "The function 'fields' of the access log failed: the sink is away",
    })
  })

  it('is written without members that cannot be read or printed, and ends no process', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {})
    onTestFinished(() => info.mockRestore())
    const unhandled: unknown[] = []
    const collect = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', collect)
    onTestFinished(() => void process.off('unhandledRejection', collect))
    const unreadable = {
      get user() {
        throw new Error('it was closed')
      },
    }
    const { logger, lines } = recorder()
    for (const members of [unreadable, { user: 7n }])
      for (const fields of [() => members, async () => members]) {
        info.mockClear()
        lines.length = 0
        const { ask } = await testApi({ accessLog: { fields, logger: console }, logger })
        await ask('/every/200')
        await until(() => info.mock.calls.length === 1 && lines.length === 1)
        expect(JSON.parse(String(info.mock.calls[0]?.[0]))).toMatchObject({
          route: '/every/200',
          status: 200,
        })
        expect(lines[0].msg).toMatch(/^The (function|access log could not write .*) 'fields'/)
      }
    expect(unhandled).toEqual([])
  })

  it('is written without members that its logger cannot write, at once or later', async () => {
    const written: string[] = []
    const unwritable: Record<string, (entry: unknown) => unknown> = {
      throws: (entry) => void written.push(JSON.stringify(entry)),
      rejects: async (entry) => void written.push(JSON.stringify(entry)),
    }
    const { logger, lines } = recorder()
    for (const info of Object.values(unwritable))
      for (const fields of [() => ({ user: 7n }), async () => ({ user: 7n })]) {
        written.length = 0
        lines.length = 0
        const { ask } = await testApi({ accessLog: { fields, logger: { info } }, logger })
        expect((await ask('/every/200')).status).toBe(200)
        await until(() => written.length === 1 && lines.length === 1)
        expect(JSON.parse(String(written))).toMatchObject({ route: '/every/200', status: 200 })
        expect(lines[0].msg).toMatch(
          /^The access log could not write a line with the members of 'fields': .*BigInt/,
        )
      }
  })

  it('waits for members that are a promise', async () => {
    const { logger, lines } = recorder()
    const { ask } = await testApi({ accessLog: { fields: async () => ({ user: 'tom' }), logger } })
    await ask('/every/200')
    await until(() => lines.length === 1)
    expect(lines[0]).toMatchObject({ user: 'tom', status: 200 })
  })

  it('is off by endpoint, and a TypeError for a wrong option or a logger without info', async () => {
    const { logger, lines } = recorder()
    const { ask } = await testApi({ accessLog: true, logger }, (things) =>
      things.get('/off', { accessLog: false }, () => 1),
    )
    await ask('/off')
    await sleep(20)
    expect(lines).toEqual([])
    await expect(testApi({ accessLog: true })).rejects.toThrow("needs a logger with the method 'info'")
    await expect(testApi({ accessLog: { pth: false } as never, logger })).rejects.toThrow(
      /unknown option 'pth'/,
    )
    await expect(testApi({ accessLog: { abortedStatus: 'x' } as never, logger })).rejects.toThrow(
      /abortedStatus/,
    )
    expect(() => accessLog({ logger: {} as never })).toThrow(TypeError)
  })

  it('is written by middleware where there is no Api, and once where there are both', async () => {
    const { logger, lines } = recorder()
    const app = polka().use(requestId({ logger }), accessLog({ logger }), accessLog({ logger }))
    app.get('/plain', (_: unknown, response: { end(): void }) => response.end())
    new RestBlueprint('users').get('/users/<int:id>', ({ params }) => params).register(app)
    const { ask } = await serve(app)
    await ask('/users/7?a=b', { 'x-request-id': 'r1' })
    await ask('/plain')
    await until(() => lines.length === 2)
    expect(lines[0]).toMatchObject({ route: '/users/{id}', path: '/users/7', status: 200, requestId: 'r1' })
    expect(lines[1]).toMatchObject({ path: '/plain', status: 200 })
    expect(lines[1]).not.toHaveProperty('route')
  })
})
