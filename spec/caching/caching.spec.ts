/** Declared caching: Cache-Control where a response may be stored, and nowhere else. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import cookieSession from 'cookie-session'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  abort,
  HttpException,
  type Middleware,
  RestBlueprint,
  redirect,
  serializeResponse,
} from '../../lib/index.ts'
import { apiKey, basic, cache } from '../../lib/security.ts'
import { polka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const MINUTE = { maxAgeSeconds: 60, visibility: 'public' } as const

describe('declared caching', () => {
  it('stands on 200 and 304 alike, never on errors (FS-51, FS-52)', async () => {
    const { ask } = await testApi({ cache: MINUTE })
    for (const { line, status, fields } of EVERY_ANSWER) {
      const { headers } = await ask(line, fields)
      const expected = status === 200 || status === 304 ? 'public, max-age=60' : null
      expect([line, status, headers.get('cache-control')]).toEqual([line, status, expected])
    }
  })

  it('is no-cache where there is an ETag and nothing is declared, and none with false', async () => {
    const { ask } = await testApi({}, (things) => {
      things.get('/tagged', { etag: true }, () => [1])
      things.get('/untagged', () => [1])
      things.get('/off', { etag: true, cache: false }, () => [1])
      things.put('/tagged', { etag: { required: false } }, () => [1])
    })
    const controlOf = async (line: string) => (await ask(line)).headers.get('cache-control')
    expect(await controlOf('/tagged')).toBe('no-cache')
    expect(await controlOf('HEAD /tagged')).toBe('no-cache')
    expect(await controlOf('/untagged')).toBeNull()
    expect(await controlOf('/off')).toBeNull()
    expect(await controlOf('PUT /tagged')).toBeNull()
  })

  it('is none where a blueprint turns the ETag off, or only one around it turns it on', async () => {
    const { ask } = await testApi({}, (things) => {
      const untagged = new RestBlueprint('untagged', { etag: false })
      const outer = new RestBlueprint('outer', { etag: true })
      new RestBlueprint('inner').get('/inner', () => 1).register(outer)
      for (const one of [untagged.get('/endpoint', { etag: true }, () => 1), outer]) one.register(things)
    })
    for (const path of ['/endpoint', '/inner']) {
      const { status, headers } = await ask(path)
      expect([status, headers.has('etag'), headers.get('cache-control')]).toEqual([200, false, null])
    }
  })

  it('has every directive, and the endpoint replaces the blueprint, which replaces the Api', async () => {
    const { ask } = await testApi({ cache: { noStore: true } }, (things) => {
      const shared = {
        maxAgeSeconds: 1,
        sharedMaxAgeSeconds: 2,
        staleWhileRevalidateSeconds: 3,
        staleIfErrorSeconds: 4,
      }
      things.get(
        '/all',
        { cache: { ...shared, mustRevalidate: true, immutable: true, vary: ['X-Tenant'] } },
        () => 1,
      )
      things.get('/api', () => 1)
      new RestBlueprint('inner', { cache: MINUTE }).get('/inner', () => 1).register(things)
    })
    const { headers } = await ask('/all')
    expect(headers.get('cache-control')).toBe(
      'max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4, must-revalidate, immutable',
    )
    expect(headers.get('vary')).toBe('X-Tenant')
    expect((await ask('/api')).headers.get('cache-control')).toBe('no-store')
    expect((await ask('/inner')).headers.get('cache-control')).toBe('public, max-age=60')
  })

  it('has its vary also on statuses without Cache-Control, which a cache may keep for a time of its own', async () => {
    const cache = { ...MINUTE, vary: ['X-Tenant'] }
    const { ask } = await testApi({}, (things) => {
      things.get('/gone', { cache }, () => abort(410))
      things.get('/moved', { cache }, () => redirect('/elsewhere', 301))
    })
    for (const path of ['/gone', '/moved']) {
      const { headers } = await ask(path)
      expect([headers.get('vary'), headers.get('cache-control')]).toEqual([
        expect.stringContaining('X-Tenant'),
        null,
      ])
    }
  })

  it('leaves the field to a handler that sets it', async () => {
    const { ask } = await testApi({ cache: MINUTE }, (things) => {
      things.get('/own', () => serializeResponse(1, { headers: { 'cache-control': 'max-age=1' } }))
      things.get('/set', (_request, response) => {
        response.setHeader('cache-control', 'max-age=2')
        return 1
      })
      things.get('/failing', (_request, response) => {
        response.setHeader('cache-control', 'max-age=2')
        throw new HttpException(409, 'No')
      })
    })
    expect((await ask('/own')).headers.get('cache-control')).toBe('max-age=1')
    expect((await ask('/set')).headers.get('cache-control')).toBe('max-age=2')
    expect((await ask('/failing')).headers.get('cache-control')).toBeNull()
  })

  it('is never public for a response that sets a cookie (FS-53)', async () => {
    const { ask } = await testApi({ cache: { ...MINUTE, sharedMaxAgeSeconds: 600 } }, (things) => {
      things.get('/cookie', (_request, response) => {
        response.setHeader('set-cookie', 'session=1')
        return 1
      })
      things.get('/other', () => serializeResponse(1, { headers: { 'set-cookie': 'session=1' } }))
    })
    expect((await ask('/cookie')).headers.get('cache-control')).toBe('private, max-age=60')
    expect((await ask('/other')).headers.get('cache-control')).toBe('private, max-age=60')
  })

  it('is never public where the source of a stream sets the cookie, whose own fields are kept', async () => {
    const { ask } = await testApi({ cache: { ...MINUTE, vary: ['X-Declared'] } }, (things) => {
      things.get('/plain', async function* () {
        yield 1
      })
      things.get('/cookie', { name: 'cookie' }, async function* (_request, response) {
        response.appendHeader('Set-Cookie', 'a=1')
        response.appendHeader('Vary', 'X-Tenant')
        yield 1
      })
      things.get('/cookies', { name: 'cookies' }, () => {
        async function* rows(): AsyncGenerator<number> {
          yield 1
        }
        return serializeResponse(rows(), { headers: { 'set-cookie': 'b=1' } })
      })
      things.get('/own', { name: 'own' }, async function* (_request, response) {
        response.setHeader('Cache-Control', 'no-store')
        response.setHeader('Set-Cookie', 'a=1')
        yield 1
      })
      things.get('/fails', { name: 'fails' }, async function* (_request, response) {
        response.setHeader('Set-Cookie', 'a=1')
        yield abort(409)
      })
    })
    const fieldsOf = async (line: string) => {
      const { headers } = await ask(line)
      return [headers.get('cache-control'), headers.get('set-cookie'), headers.get('vary')]
    }
    expect(await fieldsOf('/plain')).toEqual(['public, max-age=60', null, 'X-Declared'])
    expect(await fieldsOf('HEAD /plain')).toEqual(['public, max-age=60', null, 'X-Declared'])
    expect(await fieldsOf('/cookie')).toEqual(['private, max-age=60', 'a=1', 'X-Tenant, X-Declared'])
    expect(await fieldsOf('/cookies')).toEqual(['private, max-age=60', 'b=1', 'X-Declared'])
    expect(await fieldsOf('/own')).toEqual(['no-store', 'a=1', 'X-Declared'])
    expect((await fieldsOf('/fails'))[0]).not.toContain('public')
  })

  it('is never public where middleware sets the cookie when the head is written (FS-53)', async () => {
    const { ask } = await testApi({ cache: { ...MINUTE, sharedMaxAgeSeconds: 600 } }, (things) => {
      things.use(cookieSession({ name: 'session', keys: ['secret'] }))
      things.get('/login', ({ session }) => {
        Object.assign(session ?? {}, { user: 'Tom' })
        return 1
      })
      const append: Middleware = (_request, response, next) => {
        const { writeHead } = response
        response.writeHead = (...all: unknown[]) => {
          response.appendHeader('Set-Cookie', 'visits=1')
          return writeHead.apply(response, all)
        }
        next()
      }
      things.get('/appended', { use: append }, () => 1)
    })
    const login = await ask('/login')
    expect(login.headers.getSetCookie()).toHaveLength(2)
    expect(login.headers.get('cache-control')).toBe('private, max-age=60')
    const appended = await ask('/appended')
    expect(appended.headers.get('cache-control')).toBe('private, max-age=60')
    const other = await ask('/every/200')
    expect(other.headers.getSetCookie()).toEqual([])
    expect(other.headers.get('cache-control')).toBe('public, max-age=60, s-maxage=600')
  })

  it('is never public where an after hook sets the cookie, whose own Cache-Control is kept (FS-53)', async () => {
    const { ask } = await testApi({ cache: MINUTE }, (things) => {
      things.get('/cookie', () => 1).get('/own', () => 1)
      things.after((request, response) => {
        if (request.url !== '/own') response.setHeader('set-cookie', 'session=1')
        else response.setHeader('cache-control', 'max-age=7')
      })
    })
    for (const [line, fields] of [
      ['/cookie'],
      ['/every/200'],
      ['/every/200', { 'if-none-match': '*' }],
    ] as const)
      expect((await ask(line, fields)).headers.get('cache-control'), line).toBe('private, max-age=60')
    expect((await ask('/own')).headers.get('cache-control')).toBe('max-age=7')
  })

  it.each(polkas)(
    'is never public as middleware either, before a route and a blueprint, on $name (FS-53)',
    async ({ polka }) => {
      const session = cookieSession({ name: 'session', keys: ['secret'] })
      type Response = ServerResponse & { session?: unknown }
      const login: Middleware = (request, _response, next) => {
        Object.assign(request, { session: { user: 'Tom' } })
        next()
      }
      const app = polka().use(
        '/before',
        session,
        cache({ ...MINUTE, sharedMaxAgeSeconds: 600 }),
        login,
        (_request: unknown, response: Response) => response.end(),
      )
      app.use(cache({ ...MINUTE, sharedMaxAgeSeconds: 600 }))
      app.get('/plain', (_request: unknown, response: Response) => {
        response.setHeader('Set-Cookie', 'a=1')
        response.end()
      })
      app.get('/head', (_request: unknown, response: Response) => {
        response.writeHead(200, { 'Set-Cookie': 'a=1' }).end()
      })
      app.get('/session', session, login, (_request: unknown, response: Response) => response.end())
      app.get('/failing', (_request: unknown, response: Response) => response.writeHead(500).end())
      app.get('/none', (_request: unknown, response: Response) => response.end())
      new RestBlueprint('pets')
        .get('/set', (_request, response) => {
          response.appendHeader('Set-Cookie', 'a=1')
          return 1
        })
        .get('/returned', () => serializeResponse(1, { headers: { 'set-cookie': 'a=1' } }))
        .register(app)
      const { ask } = await serve(app)
      for (const path of ['/before', '/plain', '/head', '/session', '/set', '/returned']) {
        const { headers } = await ask(path)
        expect(headers.getSetCookie().length, path).toBeGreaterThan(0)
        expect(headers.get('cache-control'), path).toBe('private, max-age=60')
      }
      expect((await ask('/none')).headers.get('cache-control')).toBe('public, max-age=60, s-maxage=600')
      for (const path of ['/failing', '/nowhere'])
        expect((await ask(path)).headers.get('cache-control'), path).toBeNull()
      const server = createHttp2Server(app.handler)
      onTestFinished(() => void server.close())
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      onTestFinished(() => client.destroy())
      for (const path of ['/head', '/returned']) {
        const [fields] = await once(client.request({ ':path': path }).resume(), 'response')
        expect(fields['cache-control'], path).toBe('private, max-age=60')
      }
    },
  )

  it('has each field with credentials once in Vary, and none for a key in the query (FS-02)', async () => {
    const { ask } = await testApi({}, (things) => {
      const verify = () => ({ id: 1 })
      things.security({
        one: basic({ realm: 'one', verify }),
        two: basic({ realm: 'two', verify }),
        query: apiKey({ query: 'key', allowQuery: true, verify }),
        cookie: apiKey({ cookie: 'sid', verify }),
      })
      const public_ = { ...MINUTE, vary: ['authorization'] }
      things.get('/basic', { security: [{ one: [] }, { two: [] }], cache: public_ }, () => 1)
      things.get('/query', { security: [{ query: [] }], cache: MINUTE }, () => 1)
      things.get('/mine', { security: [{ query: [] }], cache: { maxAgeSeconds: 60 } }, () => 1)
      things.get('/cookie', { security: [{ cookie: [] }, { query: [] }], cache: MINUTE }, () => 1)
    })
    const varyOf = async (path: string) =>
      (await ask(path, { authorization: 'Basic YTpi', cookie: 'sid=1' })).headers.get('vary')
    expect(await varyOf('/basic')).toBe('authorization')
    expect(await varyOf('/query?key=1')).toBeNull()
    expect(await varyOf('/cookie')).toBe('Cookie')
    expect((await ask('/mine?key=1')).headers.get('cache-control')).toBe('private, max-age=60')
  })

  it('is private with security, and public only where that is said, with the credentials in Vary (FS-54)', async () => {
    const { ask } = await testApi({ cache: { maxAgeSeconds: 60 } }, (things) => {
      const security = [{ key: [] }]
      things.security({ key: apiKey({ header: 'X-Key', verify: (key) => key }) })
      things.get('/mine', { security }, () => 1)
      things.get('/ours', { security, cache: MINUTE }, () => 1)
    })
    const mine = await ask('/mine', { 'x-key': 'k' })
    expect(mine.headers.get('cache-control')).toBe('private, max-age=60')
    const ours = await ask('/ours', { 'x-key': 'k' })
    expect([ours.headers.get('cache-control'), ours.headers.get('vary')]).toEqual([
      'public, max-age=60',
      'X-Key',
    ])
    expect((await ask('/ours')).headers.get('cache-control')).toBeNull()
  })

  it('is documented on the responses that have it', async () => {
    const { api } = await testApi({ cache: MINUTE })
    const responses = api.document().paths['/every/200']?.get?.responses as Record<
      string,
      { headers?: object }
    >
    expect(responses[200]?.headers).toHaveProperty('Cache-Control')
    expect(JSON.stringify(responses[304])).toContain('NotModified')
    expect(responses[500]?.headers ?? {}).not.toHaveProperty('Cache-Control')
  })

  it.each([
    [{ maxAgeSecond: 1 }, /unknown option 'maxAgeSecond': did you mean 'maxAgeSeconds'/],
    [{ maxAgeSeconds: '60' }, /cannot have maxAgeSeconds: '60'/],
    [{ maxAgeSeconds: Number.POSITIVE_INFINITY }, /maxAgeSeconds: Infinity; use a whole number/],
    [{ visibility: 'shared' }, /cannot have visibility: 'shared'/],
    [{ noStore: true, maxAgeSeconds: 1 }, /noStore beside maxAgeSeconds/],
    [{ visibility: 'private', sharedMaxAgeSeconds: 1 }, /is private/],
    [{ vary: ['a b'] }, /'a b', which is no field name/],
  ])('is a TypeError for %j', async (wrong, message) => {
    await expect(testApi({ cache: wrong as never })).rejects.toThrow(message)
  })

  it('is a TypeError on an endpoint that changes something', async () => {
    const declare = (things: RestBlueprint) => things.post('/x', { cache: MINUTE }, () => 1)
    await expect(testApi({}, declare)).rejects.toThrow(/for GET, HEAD and QUERY, not for POST/)
  })

  it('is middleware where there is no Api', async () => {
    const app = polka().use(cache({ ...MINUTE, vary: ['X-A'] }))
    new RestBlueprint('pets')
      .get('/pets', () => 1)
      .get('/failing', () => {
        throw new HttpException(409)
      })
      .register(app)
    const { ask } = await serve(app)
    const { headers } = await ask('/pets')
    expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['public, max-age=60', 'X-A'])
    expect((await ask('/failing')).headers.get('cache-control')).toBeNull()
  })

  it('replaces what middleware sets, which may not be stored all the same (RFC 9111 §5.2.2.5)', async () => {
    const security = [{ key: [] }]
    const { ask } = await testApi({}, (things) => {
      async function* rows() {
        yield 1
      }
      const unsafe = cache({ maxAgeSeconds: 9, sharedMaxAgeSeconds: 9, vary: ['X-A'] })
      const other: Middleware = (_request, response, next) => {
        response.setHeader('Cache-Control', 'max-age=8')
        next()
      }
      const set: Middleware = (_request, response) => {
        response.setHeader('Cache-Control', 'max-age=7')
        return 1
      }
      const inner = new RestBlueprint('inner').use(unsafe)
      inner.security({ key: apiKey({ cookie: 'sid', verify: () => ({ id: 1 }) }) })
      inner
        .get('/none', { cache: { noStore: true } }, () => 1)
        .get('/rows', { cache: { noStore: true } }, () => rows())
        .get('/public', { cache: { ...MINUTE, vary: ['X-B'] } }, () => 1)
        .get('/failing', { cache: MINUTE }, () => abort(404))
        .get('/mine', { security, cache: { maxAgeSeconds: 5 } }, () => 1)
        .get('/undeclared', { security }, () => 1)
        .get('/off', { security, cache: false }, () => 1)
        .get('/tagged', { etag: true }, () => 1)
        .get('/set', { cache: MINUTE }, set)
        .get('/other', { use: other, cache: MINUTE }, () => 1)
        .get('/never', { use: cache({ noStore: true }), cache: MINUTE }, () => 1)
        .register(things)
    })
    const controlOf = async (path: string) =>
      (await ask(path, { cookie: 'sid=1' })).headers.get('cache-control')
    expect(await controlOf('/none')).toBe('no-store')
    expect(await controlOf('/rows')).toBe('no-store')
    expect(await controlOf('/public')).toBe('public, max-age=60')
    expect((await ask('/public')).headers.get('vary')).toBe('X-B, X-A')
    expect(await controlOf('/failing')).toBeNull()
    expect(await controlOf('/mine')).toBe('private, max-age=5')
    expect(await controlOf('/undeclared')).toBe('private, max-age=9')
    expect(await controlOf('/off')).toBe('private, max-age=9')
    expect(await controlOf('/tagged')).toBe('max-age=9, s-maxage=9')
    expect(await controlOf('/set')).toBe('max-age=7')
    expect(await controlOf('/other')).toBe('max-age=8')
    expect(await controlOf('/never')).toBe('no-store')
  })

  it('keeps its vary as middleware, whatever Vary a handler sets', async () => {
    const app = polka().use(cache({ ...MINUTE, vary: ['X-Tenant', 'X-Plan'] }))
    new RestBlueprint('pets')
      .get('/returned', () => new Response('x', { headers: { vary: 'X-Own' } }))
      .register(app)
    app
      .get('/none', (_: unknown, response: ServerResponse) => void response.end('x'))
      .get(
        '/set',
        (_: unknown, response: ServerResponse) => void response.setHeader('Vary', 'X-Own').end('x'),
      )
      .get('/written', (_: unknown, response: ServerResponse) => {
        response.writeHead(200, { Vary: 'X-Own' }).end('x')
      })
      .get('/removed', (_: unknown, response: ServerResponse) => {
        response.removeHeader('vary')
        response.end('x')
      })
    const { ask } = await serve(app)
    const varyOf = async (path: string) => (await ask(path)).headers.get('vary')
    expect(await varyOf('/none')).toBe('X-Tenant, X-Plan')
    expect(await varyOf('/removed')).toBe('X-Tenant, X-Plan')
    for (const path of ['/set', '/written', '/returned'])
      expect([path, await varyOf(path)]).toEqual([path, 'X-Own, X-Tenant, X-Plan'])
  })
})
