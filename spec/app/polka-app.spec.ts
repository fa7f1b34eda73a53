/** Requests that come to the blueprints before the app has routed them: the same is seen as behind middleware. */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { RestBlueprint } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: members of requests and apps of both versions of Polka
type Any = any

const pass = (_request: Any, _response: Any, next: () => void) => next()

/** What Polka and the walk write on a request. */
function seen({ originalUrl, url, path, search, query, params }: Any): object {
  return { originalUrl, url, path, search, query, params, prototype: Object.getPrototypeOf(query) === null }
}

describe.each(polkas)('the way past the routing of $name', ({ polka }) => {
  it.each(['/pets/7', '/pets/7?a=1&a=2&b=%20', '/pets/7?', '/pets/%61?x', '/pets/7/'])(
    'shows a handler the request %s as behind middleware',
    async (target) => {
      const declare = () => new RestBlueprint('pets').get('/pets/:id', (request) => seen(request))
      const [first, behind] = [polka(), polka().use(pass)]
      declare().register(first)
      declare().register(behind)
      const [one, other] = await Promise.all([serve(first), serve(behind)])
      const { status, value } = await one.get(target)
      expect({ status, value }).toEqual(await other.get(target))
      expect(status).toBe(200)
    },
  )

  it('runs middleware that is added later, and `parse` and `handler` of the application', async () => {
    const app = polka()
    new RestBlueprint('pets').get('/pets', ({ parsed, guarded }: Any) => ({ parsed, guarded })).register(app)
    const { get } = await serve((request: Any, response: Any) => app.handler(request, response))
    expect((await get('/pets')).value).toEqual({})
    const { parse } = app
    app.parse = (request: Any, ...more: unknown[]) => {
      request.parsed = true
      return parse(request, ...more)
    }
    expect((await get('/pets')).value).toEqual({ parsed: true })
    const own = polka()
    own.use((request: Any, _response: Any, next: () => void) => {
      request.guarded = true
      next()
    })
    new RestBlueprint('pets').get('/pets', ({ guarded }: Any) => ({ guarded })).register(own)
    const guarded = await serve(own)
    expect((await guarded.get('/pets')).value).toEqual({ guarded: true })
  })

  it('passes a request on to later blueprints and routes of the app, each once, but no error', async () => {
    const calls: string[] = []
    const passing = (name: string) =>
      new RestBlueprint(name, { logger: quiet() }).get('/:rest', (request, _response, next) => {
        calls.push(name)
        next(request.query.fail ? new Error('failed') : undefined)
      })
    const app = polka({
      onError: (error: Error, _request: Any, response: Any) => response.end(error.message),
    })
    passing('first').register(app)
    new RestBlueprint('other').get('/other', () => 'other').register(app)
    passing('second').register(app)
    app.get('/:name', (request: Any, response: Any) => response.end(`route of ${request.params.name}`))
    const { ask } = await serve(app)
    expect((await ask('/pets')).text).toBe('route of pets')
    expect(calls.splice(0)).toEqual(['first', 'second'])
    expect((await ask('/other')).text).toBe('"other"')
    expect(calls.splice(0)).toEqual(['first'])
    expect((await ask('/pets?fail=1')).json).toMatchObject({ status: 500 })
    expect(calls.splice(0)).toEqual(['first'])
    expect((await ask('POST /pets')).status).toBe(405)
  })

  it.each([
    ['first', []],
    ['behind middleware', [pass]],
  ])('asks many blueprints in the order of their registration, %s', async (_where, middleware) => {
    const app = polka()
    for (const one of middleware) app.use(one)
    const prefixes = [
      '/pets',
      '/:tenant',
      '',
      '/pets/toys',
      '/caf\u00e9',
      '/v:version',
      '/pets',
      '/a%20b',
      '/pets.v2',
    ]
    for (const [index, prefix] of prefixes.entries())
      new RestBlueprint(`part${index}`, { prefix, logger: quiet() })
        .get(`/only-${index}`, () => index)
        .get('/passed', (request: Any, _response, next) => {
          request.passed = [...(request.passed ?? []), index]
          next()
        })
        .register(app)
    new RestBlueprint('last')
      .get('/:a/passed', ({ passed }: Any) => passed)
      .get('/:a/:b/passed', ({ passed }: Any) => passed)
      .register(app)
    const { get, ask } = await serve(app)
    const found = async (target: string) => (await get(target)).value
    expect(await found('/pets/only-0')).toBe(0)
    expect(await found('/pets/only-6/')).toBe(6)
    expect(await found('/%70ets/only-6')).toBe(6)
    expect(await found('/anna/only-1')).toBe(1)
    expect(await found('/only-2')).toBe(2)
    expect(await found('/pets/toys/only-3')).toBe(3)
    expect(await found('/caf%C3%A9/only-4')).toBe(4)
    expect(await found('/v7/only-5')).toBe(5)
    expect(await found('/a%2520b/only-7')).toBe(7)
    expect(await found('/pets.v2/only-8')).toBe(8)
    expect(await found('/pets/passed')).toEqual([0, 1, 6])
    expect(await found('/v1/passed')).toEqual([1, 5])
    expect(await found('/pets/toys/passed')).toEqual([3])
    expect((await ask('//pets/only-0')).status).toBe(404)
    expect((await ask('/PETS/only-0')).status).toBe(404)
  })

  it('shows the target that was routed, also where middleware of the app has rewritten `request.url`', async () => {
    const app = polka().use((request: Any, _response: Any, next: () => void) => {
      request.url = '/other?b=2'
      next()
    })
    new RestBlueprint('pets').get('/pets', ({ url, query }) => ({ url, query })).register(app)
    const { get } = await serve(app)
    expect((await get('/pets?a=1')).value).toEqual({ url: '/pets?a=1', query: { a: '1' } })
    expect((await get('/pets')).value).toEqual({ url: '/pets', query: {} })
  })

  it('goes on once where middleware calls `next` twice: nothing answers before an endpoint that waits', async () => {
    const calls: string[] = []
    const app = polka().use((_request: Any, _response: Any, next: () => void) => {
      next()
      next()
    })
    new RestBlueprint('pets')
      .get('/pets', async () => {
        calls.push('endpoint')
        await new Promise((resolve) => setImmediate(resolve))
        return 'pets'
      })
      .register(app)
    app.use((_request: Any, _response: Any, next: () => void) => next())
    app.get('/own', (_request: Any, response: Any) => {
      calls.push('route')
      setImmediate(() => response.end('own'))
    })
    const { ask } = await serve(app)
    expect((await ask('/pets')).text).toBe('"pets"')
    expect((await ask('/own')).text).toBe('own')
    expect((await ask('/none')).status).toBe(404)
    expect(calls).toEqual(['endpoint', 'route'])
  })

  it('warns of middleware at a longer base path, which Polka 0.5 never runs', async () => {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => emit.mockRestore())
    const app = polka()
    app.use('/pets', pass)
    app.use('/pets/secret', (_request: Any, response: Any) => response.writeHead(401).end())
    new RestBlueprint('pets', { prefix: '/pets' }).get('/secret', () => 'secret').register(app)
    const { status } = await serve(app)
    const isRun = (await status('/pets/secret')) === 401
    const warnings = emit.mock.calls.map(([message]) => String(message))
    expect(warnings.some((text) => text.includes("never runs middleware at '/pets/secret'"))).toBe(!isRun)
  })

  it('serves a request again that a handler has sent on to another path', async () => {
    const app = polka()
    const api = new RestBlueprint('pets')
    api.get('/old', (request: Any, response) => {
      request.url = '/new'
      request.originalUrl = undefined
      app.handler(request, response)
    })
    api.get('/new', () => 'new')
    api.register(app)
    const { get } = await serve(app)
    expect((await get('/old')).value).toBe('new')
  })

  it('comes behind middleware that was registered between two blueprints', async () => {
    const app = polka()
    new RestBlueprint('open').get('/open', ({ guarded }: Any) => ({ guarded })).register(app)
    app.use((request: Any, _response: Any, next: () => void) => {
      request.guarded = true
      next()
    })
    new RestBlueprint('inner').get('/inner', ({ guarded }: Any) => ({ guarded })).register(app)
    const { get } = await serve(app)
    expect((await get('/inner')).value).toEqual({ guarded: true })
  })
})

/** An app with a blueprint whose handlers change a request and pass it on: to routes of the app, or to a later blueprint. */
function changing(app: Any, change: (request: Any) => void, isFollowed = false): Any {
  const query = z.object({ n: z.coerce.number().optional() })
  const passOn = (request: Any, _response: Any, next: () => void) => {
    change(request)
    next()
  }
  const first = new RestBlueprint('first')
  first.get('/a/:id', { name: 'get', query }, passOn)
  first.post('/a/:id', { name: 'post', query }, passOn)
  first.get('/missing', { name: 'missing' }, passOn)
  new RestBlueprint('other').get('/b', () => 'never').register(app)
  first.register(app)
  if (isFollowed) new RestBlueprint('second').get('/a/2', (request: Any) => seen(request)).register(app)
  const answer = (name: string) => (request: Any, response: Any) =>
    response.end(JSON.stringify({ name, method: request.method, ...seen(request) }))
  for (const path of ['/a/:id', '/v2/a/:id', '/b']) {
    app.get(path, answer(`GET ${path}`))
    app.post(path, answer(`POST ${path}`))
  }
  return app
}

const changes: readonly [string, (request: Any) => void][] = [
  ['nothing but what its schema makes', () => {}],
  ['url', (request) => Object.assign(request, { url: `/v2${request.url}` })],
  ['url and its query', (request) => Object.assign(request, { url: '/b?m=3' })],
  ['path and search', (request) => Object.assign(request, { path: '/b', search: '?m=3' })],
  ['query', (request) => Object.assign(request, { query: Object.assign(Object.create(null), { m: 3 }) })],
  ['originalUrl', (request) => Object.assign(request, { originalUrl: '/outer' })],
  ['method', (request) => Object.assign(request, { method: request.method === 'GET' ? 'POST' : 'GET' })],
]

describe.each(polkas)('a request that a handler has changed and passed on, on $name', ({ polka }) => {
  describe.each(changes)('%s', (_, change) => {
    it.each(['/a/7', '/a/2?n=1', 'POST /a/7?n=1', 'HEAD /a/2', 'PUT /a/7', '/missing'])(
      'is the same to the next for %s as behind middleware',
      async (line) => {
        for (const isFollowed of [false, true]) {
          const first = await serve(changing(polka(), change, isFollowed))
          const behind = await serve(changing(polka().use(pass), change, isFollowed))
          const { status, text } = await first.ask(line)
          const other = await behind.ask(line)
          expect({ status, text }).toEqual({ status: other.status, text: other.text })
        }
      },
    )
  })

  it.each(['/a/7?n=1', 'POST /a/7?n=1'])('comes to the route of the line as it was: %s', async (line) => {
    const method = line.startsWith('POST') ? 'POST' : 'GET'
    const route = { name: `${method} /a/:id`, params: { id: '7' }, query: { n: 1 } }
    for (const app of [polka(), polka().use(pass)]) {
      const { ask } = await serve(
        changing(app, (request) =>
          Object.assign(request, { url: `/v2${request.url}`, path: '/v2/a/7', method: 'DELETE' }),
        ),
      )
      const changed = { url: '/v2/a/7?n=1', path: '/v2/a/7', method: 'DELETE' }
      expect((await ask(line)).json).toMatchObject({ ...route, ...changed })
    }
  })

  it('is not routed again when a handler has responded before it passed on', async () => {
    for (const app of [polka(), polka().use(pass)]) {
      const calls: string[] = []
      new RestBlueprint('first')
        .get('/a', (request: Any, response, next) => {
          request.url = '/b'
          response.end('done')
          next()
          calls.push(request.url)
        })
        .register(app)
      app.get('/a', () => calls.push('route'))
      const { ask } = await serve(app)
      expect((await ask('/a')).text).toBe('done')
      expect(calls).toEqual(['/b'])
    }
  })

  it('keeps a changed target below middleware with a base path', async () => {
    const app = polka().use('/a', pass)
    const { ask } = await serve(changing(app, (request) => Object.assign(request, { url: '/v2/a/7' })))
    expect((await ask('/a/7?n=1')).json).toMatchObject({ name: 'GET /a/:id', url: '/v2/a/7' })
  })
})
