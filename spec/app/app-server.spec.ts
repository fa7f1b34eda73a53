/** Servers that an app creates, and servers of the application: requests and responses do the same. */
import { once } from 'node:events'
import { createServer, get, IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Api } from '../../lib/api.ts'
import { type Middleware, RestBlueprint } from '../../lib/index.ts'
import { production } from '../../lib/server.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: members of requests and apps of both versions of Polka
type Any = any

/** An app that listens, with its own server or one of these. */
async function listening(app: Any): Promise<number> {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => app.server.close())
  return app.server.address().port
}

const read = async (port: number, path: string): Promise<Any> =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).json()

describe.each(polkas)('an app of $name', ({ polka }) => {
  const declare = () =>
    new RestBlueprint('things').get('/own', (request) => ({
      isOwn: Object.hasOwn(request, 'signal'),
      isAborted: request.signal.aborted,
    }))

  it('creates its server when it listens, and no other one', async () => {
    const app = polka()
    declare().register(app)
    expect(app.server).toBeUndefined()
    const port = await listening(app)
    const { server } = app
    expect(await read(port, '/own')).toEqual({ isOwn: false, isAborted: false })
    expect(app.server).toBe(server)
  })

  it.each([
    ['createServer()', () => createServer(), true],
    ['createServer(options) of production()', () => createServer(production().options), false],
  ])('keeps the server that it is given: %s', async (_name, create, isOwn) => {
    const server = create()
    const app = polka({ server })
    declare().register(app)
    const port = await listening(app)
    expect(app.server).toBe(server)
    expect(await read(port, '/own')).toEqual({ isOwn, isAborted: false })
  })

  it('serves blueprints that are registered after it listens, and listeners of its handler', async () => {
    const app = polka()
    const port = await listening(app)
    declare().register(app)
    expect(await read(port, '/own')).toEqual({ isOwn: true, isAborted: false })
    const { get: ask } = await serve(createServer(app.handler as RequestListener))
    expect((await ask('/own')).value).toEqual({ isOwn: true, isAborted: false })
  })

  it('aborts the signal of a request whose client leaves', async () => {
    const app = polka()
    const reason = new Promise<unknown>((resolve) => {
      new RestBlueprint('slow')
        .get('/slow', ({ signal }) => {
          signal.addEventListener('abort', () => resolve(signal.reason))
          socket.destroy()
          return reason
        })
        .register(app)
    })
    const socket = connect(await listening(app), '127.0.0.1')
    socket.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(await reason).toMatchObject({ name: 'AbortError' })
  })

  it('replaces a signal that middleware has written, and lets a handler write one', async () => {
    const app = polka()
    const write: Middleware = (request, _response, next) => {
      Object.assign(request, { signal: 'of middleware' })
      next()
    }
    app.use(write)
    new RestBlueprint('things')
      .get('/first', ({ signal }) => [String(signal), signal.aborted])
      .get('/second', (request) => [
        String(Object.assign(request, { signal: 'own' }).signal),
        Object.keys(request).includes('signal'),
      ])
      .register(app)
    const port = await listening(app)
    expect(await read(port, '/first')).toEqual(['[object AbortSignal]', false])
    expect(await read(port, '/second')).toEqual(['own', false])
  })

  it('keeps fields, signal and log where middleware replaces prototypes, as Express does', async () => {
    const app = polka()
    const api = new Api(app, { title: 'Things', version: '1', securityHeaders: true, requestId: true })
    const replace: Middleware = (request, response, next) => {
      Object.setPrototypeOf(request, Object.create(IncomingMessage.prototype))
      Object.setPrototypeOf(response, Object.create(ServerResponse.prototype))
      next()
    }
    const things = new RestBlueprint('things')
    const read = ({ signal, log }: Any) => ({
      isAborted: signal.aborted,
      isLogger: typeof log.info === 'function',
    })
    things.use(replace).get('/things', read)
    api.registerBlueprint(things)
    const response = await fetch(`http://127.0.0.1:${await listening(app)}/things`)
    expect(await response.json()).toEqual({ isAborted: false, isLogger: true })
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
  })

  it('leaves a signal alone that cannot be written', async () => {
    const app = polka()
    app.use((request: object, _response: unknown, next: () => void) => {
      Object.defineProperty(request, 'signal', { value: 'fixed' })
      next()
    })
    new RestBlueprint('things').get('/things', ({ signal }) => [String(signal)]).register(app)
    expect(await read(await listening(app), '/things')).toEqual(['fixed'])
  })

  it('creates no server where the application has a `listen` of its own', async () => {
    const app = polka()
    const own = createServer()
    const { listen } = app
    app.listen = function listenOnOwn(...all: unknown[]) {
      this.server ??= own
      return listen.apply(this, all)
    }
    declare().register(app)
    expect(await read(await listening(app), '/own')).toEqual({ isOwn: true, isAborted: false })
    expect(app.server).toBe(own)
  })

  it("leaves the requests of the app's own routes what they are in Node", async () => {
    const app = polka()
    app.get('/plain', ({ signal }: Any, response: Any) => response.end(JSON.stringify([String(signal)])))
    declare().register(app)
    const port = await listening(app)
    const expected = 'signal' in IncomingMessage.prototype ? '[object AbortSignal]' : 'undefined'
    expect(await read(port, '/plain')).toEqual([expected])
  })
})

it('leaves the classes of Node as they are', async () => {
  const server = createServer((request, response) => response.end(request.constructor.name))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const [answer] = await once(get({ port: (server.address() as Any).port, agent: false }), 'response')
  expect(String(await once(answer, 'data'))).toBe('IncomingMessage')
})
