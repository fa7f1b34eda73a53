/** What a logger and an error reporter receive, on a real server. */
import { connect } from 'node:net'
import { format } from 'node:util'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { Api } from '../../lib/api.ts'
import {
  BadGateway,
  type BlueprintOptions,
  HttpException,
  InternalServerError,
  RestBlueprint,
  ServiceUnavailable,
} from '../../lib/index.ts'
import { logTo } from '../../lib/walk/log.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApp } from '../support/test-app.ts'

const away = new Error('database away')
const failing = (api: RestBlueprint) => {
  api.get('/x', { name: 'list' }, () => {
    throw away
  })
  api.get('/missing', () => {
    throw new HttpException(404)
  })
}

describe('the logger', () => {
  it('of pino gets the error as `err`, with method, path and endpoint', async () => {
    const lines: unknown[][] = []
    const { status } = await testApp(failing, { logger: { error: (...line) => void lines.push(line) } })
    expect([await status('/x?secret=1'), await status('/missing')]).toEqual([500, 404])
    expect(lines).toEqual([
      [{ err: away, method: 'GET', path: '/x', endpoint: 'list' }, 'GET /x failed: database away'],
    ])
  })

  it('gets the path that the client has asked for: below a base path, and before middleware rewrites it', async () => {
    const lines: unknown[][] = []
    const logger = { error: (...line: unknown[]) => void lines.push(line) }
    const failing = new RestBlueprint('failing', { logger }).get('/x', () => {
      throw away
    })
    failing.use((request, _response, next) => {
      request.url = '/y'
      next()
    })
    const { status } = await serve(polka().use('/api', failing.handler as never))
    expect(await status('/api/x?secret=1')).toBe(500)
    expect(lines).toEqual([[expect.objectContaining({ path: '/api/x' }), 'GET /api/x failed: database away']])
  })

  it('`console` itself gets a message and the error', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { status } = await testApp(failing, { logger: console })
    expect(await status('/x')).toBe(500)
    expect(error.mock.calls).toEqual([['GET /x failed:', away]])
    error.mockRestore()
  })

  it('of an Api, or of a blueprint around, is the logger of blueprints that have none', async () => {
    const messages: unknown[] = []
    const logger = { error: (_details: unknown, message: unknown) => void messages.push(message) }
    const own = { error: () => void messages.push('own') }
    const app = polka()
    const api = new Api(app, { title: 'x', version: '1', logger })
    for (const [name, options] of Object.entries<BlueprintOptions>({ a: {}, b: { logger: own } })) {
      const blueprint = new RestBlueprint(name)
      const nested = new RestBlueprint('nested', options)
      failing(nested)
      nested.register(blueprint)
      api.registerBlueprint(blueprint, { prefix: `/${name}` })
    }
    const { status } = await serve(app)
    expect([await status('/a/x'), await status('/b/x')]).toEqual([500, 500])
    expect(messages).toEqual(['GET /a/x failed: database away', 'own'])
  })

  it('gets an HttpException with the texts of its causes; the client gets none of them', async () => {
    const cause = new Error('fetch failed', { cause: new Error('connect ECONNREFUSED 10.0.0.3:80') })
    const thrown = new BadGateway('Payments are away', { cause })
    const { ask, logger } = await testApp((api) => api.get('/pay', () => Promise.reject(thrown)))
    const { json } = await ask('/pay')
    expect(json).toMatchObject({ status: 502, detail: 'Payments are away' })
    expect(JSON.stringify(json)).not.toMatch(/fetch|ECONN/)
    const text = 'GET /pay failed: Payments are away: fetch failed: connect ECONNREFUSED 10.0.0.3:80'
    expect(logger.lines).toEqual([[text, thrown]])
  })

  it('of pino, and `console`, write the exception and its cause', async () => {
    const thrown = new BadGateway('Payments are away', { cause: new Error('connect ECONNREFUSED') })
    const fail = (api: RestBlueprint) => api.get('/pay', () => Promise.reject(thrown))
    const lines: string[] = []
    const logger = pino({}, { write: (line: string) => void lines.push(line) })
    const error = vi.spyOn(console, 'error').mockImplementation((...all) => void lines.push(format(...all)))
    for (const one of [logger, console]) await (await testApp(fail, { logger: one })).status('/pay')
    error.mockRestore()
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      type: 'BadGateway',
      message: 'Payments are away: connect ECONNREFUSED',
      stack: expect.stringMatching(/Payments are away.*\n.*caused by: Error: connect ECONNREFUSED/s),
    })
    expect(lines[1]).toMatch(/^GET \/pay failed: BadGateway: Payments are away.*\[cause\]: Error: connect/s)
    expect(lines[1]?.match(/connect ECONNREFUSED/g)).toHaveLength(1)
  })

  it('gets warnings by `warn`, once per endpoint and kind', async () => {
    const warnings: unknown[][] = []
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const { get } = await testApp((api) => api.get('/', { name: 'list', paginate: true }, () => []), {
      logger: { error: () => {}, warn: (...line) => void warnings.push(line) },
    })
    await get('/')
    await get('/')
    expect(warnings).toEqual([
      [{ code: 'MAZURKA_ITEM_COUNT', endpoint: 'list' }, expect.stringContaining('itemCount')],
    ])
    expect(emitWarning).not.toHaveBeenCalled()
    emitWarning.mockRestore()
  })
})

describe('a logger whose promises reject', () => {
  it('changes neither the response nor the process', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown) => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const reject = async () => {
      throw away
    }
    const { status } = await testApp(
      (api) => {
        failing(api)
        api.get('/list', { name: 'rows', paginate: true }, () => [])
      },
      { logger: { error: reject, warn: reject } },
    )
    expect([await status('/x'), await status('/list')]).toEqual([500, 200])
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
})

describe('logTo', () => {
  it('writes thrown values that are no errors, and ignores a logger that throws', () => {
    const lines: unknown[][] = []
    logTo({ error: (...line) => void lines.push(line) }, 'GET / failed', undefined, {})
    expect(lines).toEqual([[{ err: undefined }, 'GET / failed: undefined']])
    const broken = {
      error() {
        throw away
      },
    }
    expect(() => logTo(broken, 'GET / failed', away, {})).not.toThrow()
  })
})

describe('logTo with an error that has a getter that throws', () => {
  const broken = (name: string, of: object = new Error('away')) =>
    Object.defineProperty(of, name, {
      enumerable: true,
      get() {
        throw new Error('broken')
      },
    })
  const values: readonly (readonly [string, unknown, string])[] = [
    ['of its message', broken('message'), 'an error that cannot be read'],
    ['of its cause', broken('cause'), 'away'],
    [
      'of the message of its cause',
      new Error('closed', { cause: broken('message') }),
      'closed: an error that',
    ],
    ['of another member', broken('config'), 'away'],
    ['or no text', Object.create(null), 'an error that cannot be read'],
  ]

  it.each(values)('%s writes a line of pino, and prints one on `console`', (_name, err, text) => {
    const lines: string[] = []
    const logger = pino({}, { write: (line: string) => void lines.push(line) })
    logTo(logger, 'GET / failed', err, { path: '/' })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ path: '/', msg: expect.stringMatching(`^GET / failed: ${text}`) }),
    ])
    const error = vi.spyOn(console, 'error').mockImplementation((...all) => void lines.push(format(...all)))
    logTo(console, 'GET / failed', err, {})
    error.mockRestore()
    expect(lines.at(-1)).toMatch(/^GET \/ failed: /)
  })

  it('is answered with a 500, whatever member it is, from handlers and from middleware', async () => {
    for (const name of ['message', 'cause', 'status', 'code', 'name', 'stack']) {
      const { ask, logger } = await testApp((api, app) => {
        api.get('/', () => Promise.reject(broken(name)))
        app.use('/guarded', () => {
          throw broken(name)
        })
      })
      for (const path of ['/', '/guarded']) expect([name, (await ask(path)).status]).toEqual([name, 500])
      expect(logger.lines).toHaveLength(2)
    }
  })
})

describe('logTo with causes', () => {
  const written = (err: unknown): unknown => {
    const lines: unknown[] = []
    logTo({ error: (_details, message) => void lines.push(message) }, 'Failed', err, {})
    return lines[0]
  }

  it('writes each text once, however many causes there are', () => {
    const inner = new Error('away')
    expect(written(new Error('It is away', { cause: inner }))).toBe('Failed: It is away')
    expect(written(new Error('Closed', { cause: 'by the peer' }))).toBe('Failed: Closed: by the peer')
    expect(written(new Error('Closed', { cause: Object.create(null) }))).toBe('Failed: Closed')
    const odd = Object.assign(new Error('x'), { message: { code: 1 } })
    expect(written(odd)).toBe('Failed: [object Object]')
    const circle = new Error('a')
    circle.cause = new Error('b', { cause: circle })
    expect(written(circle)).toMatch(/^Failed: a: b: a/)
  })
})

describe('onError', () => {
  const reporting = (onError: NonNullable<BlueprintOptions['onError']>) => testApp(failing, { onError })

  it('is called once per failure of 500 or more, with the error and the request', async () => {
    const reports: unknown[] = []
    const { status } = await reporting((error, request) => void reports.push([error, request.url]))
    expect([await status('/x'), await status('/missing')]).toEqual([500, 404])
    expect(reports).toEqual([[away, '/x']])
  })

  it('gets what was thrown: an error as itself, an HttpException with its cause', async () => {
    const reports: unknown[] = []
    const upstream = Object.assign(new Error('upstream'), { status: 503, cause: away })
    const thrown = [
      new BadGateway('Payments are away', { cause: away }),
      new ServiceUnavailable('Stock is away', { cause: away }),
      new ServiceUnavailable('No cause'),
      upstream,
      'a text',
      away,
    ]
    const { status } = await testApp(
      (api) => api.get('/<int:n>', ({ params }) => Promise.reject(thrown[params.n])),
      { onError: (error) => void reports.push(error) },
    )
    for (const n of thrown.keys()) expect(await status(`/${n}`)).toBeGreaterThanOrEqual(500)
    for (const [n, error] of thrown.entries()) expect(reports[n]).toBe(error)
  })

  it('gets the 500 itself where nothing was thrown, so that a report has a stack', async () => {
    const reports: unknown[] = []
    const { status } = await testApp(
      (api) => api.get('/<int:n>', ({ params }) => Promise.reject([undefined, null][params.n])),
      { onError: (error) => void reports.push(error) },
    )
    expect([await status('/0'), await status('/1')]).toEqual([500, 500])
    for (const report of reports) expect(report).toBeInstanceOf(InternalServerError)
    expect(reports).toHaveLength(2)
  })

  it('returns the id of the report, at once or later: `error_id` in the problem', async () => {
    for (const onError of [() => 'r-1', async () => 'r-1']) {
      const { ask } = await reporting(onError)
      const { json } = await ask('/x')
      expect(json).toEqual({
        type: 'about:blank',
        title: 'Internal Server Error',
        status: 500,
        error_id: 'r-1',
      })
    }
  })

  it('does not hold the response for an id that does not come, nor fail with a reporter that fails', async () => {
    const failures = [
      () => new Promise<string>(() => {}),
      () => Promise.reject(away),
      () => {
        throw away
      },
    ]
    for (const onError of failures) {
      const { ask } = await reporting(onError)
      expect((await ask('/x')).json).not.toHaveProperty('error_id')
    }
  })

  it('is called after the head too, and of an Api for all its blueprints', async () => {
    const reports: unknown[] = []
    const app = polka()
    const api = new Api(app, {
      title: 'x',
      version: '1',
      logger: { error() {} },
      onError: (error) => void reports.push(error),
    })
    const rows = new RestBlueprint('rows').get('/rows', async function* () {
      yield 'x'.repeat(100_000)
      await new Promise(setImmediate)
      throw away
    })
    api.registerBlueprint(rows)
    const { fetch } = await serve(app)
    await expect((await fetch('/rows')).text()).rejects.toThrow()
    await vi.waitFor(() => expect(reports).toEqual([away]))
  })

  it('is not called for a client that has left', async () => {
    const reports: unknown[] = []
    let fail = () => {}
    const { port, logger } = await testApp(
      (api) =>
        api.get('/slow', ({ signal }) => {
          socket.destroy()
          return new Promise((_resolve, reject) => {
            fail = () => reject(away)
            signal.addEventListener('abort', fail)
          })
        }),
      { onError: (error) => void reports.push(error) },
    )
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n')
    await vi.waitFor(() => expect(logger.lines).toHaveLength(1))
    expect(reports).toEqual([])
  })
})
