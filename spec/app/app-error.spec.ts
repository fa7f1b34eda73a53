/** Errors of the middleware and the routes of an app itself, beside blueprints. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { abort, Forbidden, type Middleware, RestBlueprint, Unauthorized } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: members of requests and apps of both versions of Polka
type Any = any

const SECRET = 'connect ECONNREFUSED redis://user:PASSWORD@10.0.0.3'
const LOGIN = { headers: { 'www-authenticate': 'Bearer' } }

/** Middleware that fails in every way that it can. */
const ways: readonly (readonly [string, (error: unknown) => Middleware])[] = [
  ['passes to next', (error) => (_request, _response, next) => next(error)],
  [
    'throws',
    (error) => () => {
      throw error
    },
  ],
  ['throws later', (error) => () => Promise.reject(error)],
  ['passes to next later', (error) => (_request, _response, next) => void setTimeout(next, 5, error)],
]

describe.each(polkas)('an error of middleware of an app on $name', ({ polka }) => {
  async function start(middleware: Middleware, { options = {}, base = '', isFirst = true } = {}) {
    const logger = quiet()
    const reports: unknown[] = []
    const app = polka(options)
    const add = () => (base ? app.use(base, middleware) : app.use(middleware))
    if (isFirst) add()
    const api = new Api(app, {
      title: 'Pets',
      version: '1',
      logger,
      requestId: true,
      health: true,
      onError: (error) => {
        reports.push(error)
        return 'r-1'
      },
    })
    if (!isFirst) add()
    api.registerBlueprint(new RestBlueprint('pets').get('/pets', () => 'all').post('/pets', () => 'new'))
    return { ...(await serve(app)), app, api, logger, reports }
  }

  it.each(ways)('that it %s: a problem document, with its fields', async (_name, failing) => {
    const { ask, logger, reports } = await start(failing(new Unauthorized('Log in', LOGIN)))
    for (const line of ['/pets', 'POST /pets', '/other', '/health/live', 'OPTIONS /pets']) {
      const { status, headers, json } = await ask(line)
      expect({ status, json }).toEqual({
        status: 401,
        json: { type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'Log in' },
      })
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(headers.get('www-authenticate')).toBe('Bearer')
      expect(headers.get('x-request-id')).toMatch(/./)
    }
    const html = await ask('/pets', { accept: 'text/html' })
    expect([html.headers.get('content-type'), html.text]).toEqual([
      'text/html; charset=utf-8',
      expect.stringContaining('401: Unauthorized'),
    ])
    expect([logger.lines, reports]).toEqual([[], []])
  })

  it.each(ways)(
    'that it %s: a failure is reported, and its message stays in the log',
    async (_name, failing) => {
      const error = Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' })
      const { ask, logger, reports } = await start(failing(error))
      const { status, text, json } = await ask('/pets?a=1')
      expect(status).toBe(500)
      expect(text).not.toContain('PASSWORD')
      expect(json.error_id).toBe('r-1')
      expect(logger.lines).toEqual([[`GET /pets failed: ${SECRET}`, error]])
      expect(reports).toEqual([error])
    },
  )

  it.each(ways)('that it %s behind a base path', async (_name, failing) => {
    const { ask, api } = await start(failing(new Forbidden('Not here')), { base: '/admin' })
    const admin = new RestBlueprint('admin', { prefix: '/admin' }).get('/list', () => 'secret')
    admin.errorHandler(403, ({ detail }, { url }) => ({ denied: detail, url }))
    api.registerBlueprint(admin)
    const { status, json } = await ask('/admin/list?a=1')
    expect([status, json]).toEqual([403, { denied: 'Not here', url: '/admin/list?a=1' }])
    expect((await ask('/pets')).json).toBe('all')
  })

  it.each(ways)('that it %s, added after the blueprints', async (_name, failing) => {
    const { status } = await start(failing(new Forbidden('Not here')), { isFirst: false })
    expect(await status('/unknown')).toBe(403) // Polka 1 runs it for what the blueprints pass on
  })

  it('comes to an onError of the application instead, whatever its name', async () => {
    function onError(error: Error, _request: Any, response: Any) {
      response.writeHead(418).end(error.message)
    }
    for (const [, failing] of ways) {
      const { ask, logger } = await start(failing(new Error('mine')), { options: { onError } })
      const { status, text } = await ask('/pets')
      expect([status, text]).toEqual([418, 'mine'])
      expect(logger.lines).toEqual([])
    }
  })

  it('is answered and reported as an error of an onError of the application that fails, which is called once', async () => {
    const broken = new Error('broken')
    const fails = {
      throws: () => {
        throw broken
      },
      rejects: () => Promise.reject(broken),
      'throws after the head': (response: Any) => {
        response.writeHead(418)
        response.write('begun')
        throw broken
      },
      'throws after the end': (response: Any) => {
        response.writeHead(418).end('ended')
        throw broken
      },
    }
    for (const [name, fail] of Object.entries(fails))
      for (const [way, failing] of ways) {
        const seen: unknown[] = []
        const onError = (error: Error, _request: Any, response: Any) => {
          seen.push(error.message)
          return fail(response)
        }
        const { fetch, logger, reports } = await start(failing(new Error('mine')), { options: { onError } })
        const answer = await fetch('/pets').then(
          (response) =>
            response.text().then(
              (text) => [response.status, text],
              () => 'cut',
            ),
          () => 'cut',
        )
        const expected = {
          'throws after the head': 'cut',
          'throws after the end': [418, 'ended'],
        }
        expect([name, way, answer]).toEqual([
          name,
          way,
          expected[name as keyof typeof expected] ?? [500, expect.stringContaining('about:blank')],
        ])
        expect([seen, reports, logger.lines]).toEqual([
          ['mine'],
          [broken],
          [['GET /pets failed: broken', broken]],
        ])
      }
  })

  it('for an unknown path is answered and reported as well where onError or onNoMatch of the application fails', async () => {
    const broken = new Error('broken')
    const ways = {
      throws: () => {
        throw broken
      },
      rejects: () => Promise.reject(broken),
      'rejects later': () => sleep(5).then(() => Promise.reject(broken)),
    }
    for (const [name, fails] of Object.entries(ways))
      for (const hasMiddleware of [false, true]) {
        const seen: Any[] = []
        const onError = (error: Any) => {
          seen.push(error.code ?? error.status)
          return fails()
        }
        for (const options of [{ onError }, { onNoMatch: fails }, { onNoMatch: fails, onError }]) {
          const logger = quiet()
          const app = polka(options)
          if (hasMiddleware) app.use((_request: Any, _response: Any, next: Any) => next())
          new RestBlueprint('pets', { prefix: '/pets', logger }).get('/', () => 'all').register(app)
          const { ask } = await serve(app)
          for (const line of ['/other?a=1', 'POST /other'])
            expect([name, (await ask(line)).json]).toEqual([name, expect.objectContaining({ status: 500 })])
          expect((await ask('/pets')).json).toBe('all')
          expect(logger.lines).toEqual([
            ['GET /other failed: broken', broken],
            ['POST /other failed: broken', broken],
          ])
        }
        expect(seen).toEqual([404, 404, undefined, undefined])
      }
  })

  it('of a route of the app, also one that an endpoint has passed the request on to', async () => {
    const { ask, app, api, reports } = await start((_request, _response, next) => next())
    const bare = polka()
    const passing = () =>
      new RestBlueprint('own', { logger: quiet() }).get('/own', (_request, _response, next) => next())
    passing().register(bare)
    api.registerBlueprint(passing())
    for (const one of [app, bare]) one.get('/own', (_: Any, __: Any, next: Any) => next(new Error(SECRET)))
    for (const { status, text } of [await ask('/own'), await (await serve(bare)).ask('/own')]) {
      expect(status).toBe(500)
      expect(text).toContain('about:blank')
      expect(text).not.toContain('PASSWORD')
    }
    expect(reports).toHaveLength(1)
  })

  it('after it has passed the request on is reported, and one response is sent', async () => {
    for (const wait of [0, 20]) {
      const { ask, logger } = await start(async (_request, _response, next) => {
        next()
        await sleep(wait)
        throw new Error('late')
      })
      expect((await ask('/pets')).status).toBe(200)
      await sleep(wait + 10)
      expect(logger.text()).toContain('GET /pets failed: late')
    }
    const slow = new RestBlueprint('slow').get('/slow', () => sleep(20, 'slow'))
    const { ask, api } = await start((_request, _response, next) => {
      next()
      throw new Error('at once')
    })
    api.registerBlueprint(slow)
    expect((await ask('/slow')).status).toBe(500)
    await sleep(40)
    expect((await ask('/slow')).status).toBe(500)
  })

  it('after an answer has begun is reported, and the answer goes on to its end', async () => {
    const lateWays: Record<string, (error: unknown) => Middleware> = {
      throws: (error) => async (_request, _response, next) => {
        next()
        await sleep(20)
        throw error
      },
      passes: (error) => (_request, _response, next) => {
        next()
        setTimeout(next, 20, error)
      },
      'throws as content comes': (error) => (_request, response, next) => {
        const { write } = response
        let isFirst = true
        response.write = (...all: unknown[]) => {
          const isWritten = write.apply(response, all)
          if (isFirst) setTimeout(next, 1, error)
          isFirst = false
          return isWritten
        }
        next()
      },
    }
    for (const [name, failing] of Object.entries(lateWays))
      for (const error of [new Error('late'), new Unauthorized('late', LOGIN)]) {
        const { fetch, api, logger, reports } = await start(failing(error))
        const rows = new RestBlueprint('rows').get('/rows', async function* () {
          yield 'x'.repeat(100_000)
          await sleep(60)
          yield 'last'
        })
        api.registerBlueprint(rows)
        const response = await fetch('/rows')
        expect([name, response.status, JSON.parse(await response.text())[1]]).toEqual([name, 200, 'last'])
        expect(logger.lines).toEqual([['GET /rows failed: late', error]])
        expect(reports).toEqual([error])
      }
  })

  it('ends an answer that it has begun itself, before an endpoint got the request', async () => {
    const { fetch, logger } = await start((_request, response, next) => {
      response.writeHead(200)
      response.write('begun')
      next()
      throw new Error('late')
    })
    await expect(fetch('/pets').then((response) => response.text())).rejects.toThrow()
    expect(logger.text()).toContain('late')
  })

  it('cuts the answer of a route of the app that has begun, also one behind an endpoint', async () => {
    const { fetch, app, api, logger } = await start((_request, _response, next) => next())
    const passing = new RestBlueprint('own', { prefix: '/passed' })
    passing.get('/own', (_request, _response, next) => next())
    api.registerBlueprint(passing)
    for (const path of ['/own', '/passed/own'])
      app.get(path, (_request: Any, response: Any, next: Any) => {
        response.write('begun')
        setTimeout(next, 20, new Error('late'))
      })
    for (const path of ['/own', '/passed/own'])
      await expect(fetch(path).then((response) => response.text())).rejects.toThrow()
    expect(logger.lines).toHaveLength(2)
  })

  it('is a refusal with the status of a foreign error, whose message is sent only where it says so', async () => {
    const foreign = (members: object) => Object.assign(new Error('SELECT secret'), members)
    const { ask: denied } = await start((_request, _response, next) => next(foreign({ status: 403 })))
    expect((await denied('/pets')).json).toEqual({ type: 'about:blank', title: 'Forbidden', status: 403 })
    const { ask: told } = await start((_request, _response, next) =>
      next(foreign({ status: 403, expose: true })),
    )
    expect((await told('/pets')).json).toMatchObject({ status: 403, detail: 'SELECT secret' })
  })

  it('is a 500 where it is no value: no endpoint, and no route of the app, runs', async () => {
    const thrown: readonly (readonly [string, () => unknown])[] = [
      ['undefined', () => Promise.reject()],
      ['null', () => Promise.reject(null)],
      [
        'undefined',
        () => {
          throw undefined
        },
      ],
      [
        '0',
        () => {
          throw 0
        },
      ],
    ]
    for (const [text, fails] of thrown) {
      const { ask, app, logger, reports } = await start(fails as Middleware)
      app.get('/own', (_: Any, response: Any) => response.end('own'))
      for (const path of ['/pets', '/own']) expect([path, (await ask(path)).status]).toEqual([path, 500])
      expect(logger.text()).toContain(`Middleware has thrown ${text}`)
      expect(reports).toHaveLength(2)
    }
  })

  it('does not end the process: the next request is served', async () => {
    const guard: Middleware = ({ headers }, _response, next) =>
      headers.authorization ? next() : abort(401, 'Log in', LOGIN)
    const { ask, status } = await start(guard)
    for (let count = 0; count < 3; count++) expect(await status('/pets')).toBe(401)
    expect((await ask('/pets', { authorization: 'a' })).json).toBe('all')
  })

  it('has the status of its code where Polka 0.5 reads it', async () => {
    const error = Object.assign(new Error('secret'), { code: 402 })
    const { status } = await start((_request, _response, next) => next(error))
    expect(await status('/pets')).toBe('bwares' in polka() ? 402 : 500)
  })
})

describe.each(polkas)('middleware of an app on $name that goes on after its error', ({ polka }) => {
  const error = Object.assign(new Error('no'), { status: 401 })
  const guards: readonly (readonly [string, Middleware])[] = [
    [
      'at once',
      (_request, _response, next) => {
        next(error)
        next()
      },
    ],
    [
      'later',
      async (_request, _response, next) => {
        await sleep(1)
        next(error)
        next()
      },
    ],
    [
      'and throws it',
      (_request, _response, next) => {
        next(error)
        throw error
      },
    ],
  ]

  it.each(guards)(
    '%s: no endpoint and no route of the app runs, and the error is answered and reported once',
    async (_name, guard) => {
      for (const isLate of [false, true]) {
        const app = polka().use(guard)
        const logger = quiet()
        const reports: unknown[] = []
        let ran = 0
        app.delete('/own', (_: Any, response: Any) => {
          ran++
          response.end()
        })
        app.use('/mounted', polka().delete('/own', () => ran++) as never)
        const api = new Api(app, {
          title: 'Pets',
          version: '1',
          logger,
          accessLog: false,
          onError: (one) => void reports.push(one),
        })
        api.registerBlueprint(
          new RestBlueprint('pets').delete('/pets', () => {
            ran++
          }),
        )
        api.root.errorHandler(401, async ({ status }) => {
          if (isLate) await sleep(5)
          return { refused: status }
        })
        const { ask } = await serve(app)
        for (const path of ['/pets', '/own', '/mounted/own', '/other'])
          expect([path, (await ask(`DELETE ${path}`)).json, ran, reports]).toEqual([
            path,
            { refused: 401 },
            0,
            [],
          ])
        await sleep(10)
        expect([ran, logger.text()]).toEqual([0, ''])
      }
    },
  )
})

describe.each(polkas)('an app of a subclass on $name', ({ polka }) => {
  it('has no default onError any more, whatever its constructor needs', async () => {
    const Polka = polka().constructor as new (options: object) => Any
    class Own extends Polka {
      constructor(options: { readonly inner: object }) {
        super(options.inner)
      }
    }
    const app = new Own({ inner: {} }).use(() => {
      throw new Error('secret')
    })
    new RestBlueprint('pets', { logger: quiet() }).get('/pets', () => 'all').register(app)
    const { ask } = await serve(app)
    expect((await ask('/pets')).json).toMatchObject({ status: 500 })
  })
})
