/** The behaviour of errors in flask-smorest, row by row, over real requests. */

import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { MethodNotAllowed } from '../../lib/exceptions/client-errors.ts'
import { wrap } from '../../lib/exceptions/wrap.ts'
import { abort, exceptionRenderer, HttpException, NotFound, RestBlueprint } from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
import { expectNoLeak } from '../support/answer.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: plain Polka handlers
type Any = any

describe.each(polkas)('errors on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, development: true, renderers: { 'text/csv': csv() }, ...options })
  const problem = (text: string) => JSON.parse(text)

  it('SMO-158 SMO-159 SMO-167 abort sends status, detail, errors and extension members', async () => {
    const { ask } = await start((api) => {
      api.get('/bare', () => abort(404))
      api.get('/empty', () => abort(404, ''))
      api.get('/full', () =>
        abort(422, 'Wrong', {
          errors: [{ detail: 'Too old', pointer: '#/age' }],
          type: 'https://x/y',
          balance: 3,
          status: 200,
        }),
      )
    })
    const bare = await ask('GET /bare')
    expect(bare.headers.get('content-type')).toBe('application/problem+json')
    expect(problem(bare.text)).toEqual({ type: 'about:blank', title: 'Not Found', status: 404 })
    expect(problem((await ask('GET /empty')).text).status).toBe(404)
    const full = await ask('GET /full')
    expect([full.status, problem(full.text)]).toEqual([
      422,
      {
        type: 'https://x/y',
        title: 'Unprocessable Content',
        status: 422,
        detail: 'Wrong',
        errors: [{ detail: 'Too old', pointer: '#/age' }],
        balance: 3,
      },
    ])
  })

  it('SMO-160 sends the fields of an exception, and drops those of the interrupted response', async () => {
    const { ask } = await start((api) => {
      api.before((_request, response) => void response.setHeader('x-request-id', '7'))
      api.get('/', (_request, response) => {
        for (const name of [
          'etag',
          'last-modified',
          'content-length',
          'content-disposition',
          'content-language',
        ])
          response.setHeader(name, '1')
        return abort(401, 'Who?', {
          headers: { 'WWW-Authenticate': ['Basic', 'Bearer'], 'Retry-After': '9' },
        })
      })
    })
    const { status, headers } = await ask('GET /')
    expect([
      status,
      headers.get('www-authenticate'),
      headers.get('retry-after'),
      headers.get('x-request-id'),
    ]).toEqual([401, 'Basic, Bearer', '9', '7'])
    for (const name of ['etag', 'last-modified', 'content-disposition', 'content-language'])
      expect(headers.get(name), name).toBeNull()
  })

  it('SMO-161 has the titles of RFC 9110 §15', async () => {
    const { ask } = await start((api) => void api.get('/<int:code>', ({ params }) => abort(params.code)))
    const titles = {
      413: 'Content Too Large',
      414: 'URI Too Long',
      416: 'Range Not Satisfiable',
      422: 'Unprocessable Content',
      428: 'Precondition Required',
      599: 'Status 599',
    }
    for (const [code, title] of Object.entries(titles)) {
      const { status, text } = await ask(`GET /${code}`)
      expect([status, problem(text).title]).toEqual([Number(code), title])
    }
  })

  it('SMO-162 handles errors of its own paths only', async () => {
    const app = polka({
      onNoMatch: (_request: Any, response: Any) => response.writeHead(404).end('<h1>No page</h1>'),
    })
    app.get('/page', (_request: Any, response: Any) => response.writeHead(500).end('<h1>Broken page</h1>'))
    const api = new RestBlueprint('api', { prefix: '/api' })
      .errorHandler(HttpException, () => 'mine')
      .get('/x', () => abort(409))
    api.register(app)
    const { fetch } = await serve(app)
    const text = async (path: string, method = 'GET') => (await fetch(path, { method })).text()
    expect(await text('/page')).toBe('<h1>Broken page</h1>')
    expect(await text('/nothing')).toBe('<h1>No page</h1>')
    expect(await text('/apis')).toBe('<h1>No page</h1>')
    for (const [path, method] of [
      ['/api/x', 'GET'],
      ['/api/nothing', 'GET'],
      ['/api/x', 'DELETE'],
    ] as const)
      expect(await text(path, method)).toBe('"mine"')
  })

  it('SMO-163 logs the thrown value, and sends no details of it', async () => {
    const { ask, logger } = await start((api) => {
      api.get('/error', { outgoing: false }, () => {
        throw new Error('secret', { cause: new Error('secret') })
      })
      api.get('/late', { outgoing: false }, async () => Promise.reject(new TypeError('secret')))
      api.get('/odd', { outgoing: false }, () => {
        throw 'secret'
      })
      api.get('/expose', { outgoing: false }, () => {
        throw Object.assign(new Error('secret'), { status: 503 })
      })
    })
    for (const path of ['/error', '/late', '/odd', '/expose']) {
      for (const accept of ['application/json', 'text/html', 'text/plain', 'image/png']) {
        const { status, text } = await ask(`GET ${path}`, { accept })
        expect(status).toBe(path === '/expose' ? 503 : 500)
        expectNoLeak(text)
      }
    }
    expect(logger.lines).toHaveLength(16)
    expect(String(logger.lines[0]?.[1])).toContain('secret')
  })

  it.each([
    ['before', true],
    ['after', false],
  ])(
    'calls the handler of a foreign error, when that of HttpException was added %s it',
    async (_, isFirst) => {
      class DatabaseError extends Error {}
      const api = new RestBlueprint('api', { logger: quiet() })
      const addGeneral = () => api.errorHandler(HttpException, ({ status }) => ({ failed: status }))
      if (isFirst) addGeneral()
      api.errorHandler(DatabaseError, () => new HttpException(503, 'Come back later'))
      if (!isFirst) addGeneral()
      api.get('/', () => {
        throw new DatabaseError('secret')
      })
      const { ask } = await testApp(api)
      expect((await ask('/')).json).toMatchObject({ status: 503, detail: 'Come back later' })
    },
  )

  it('SMO-164 calls the most specific error handler: status, then class, then ancestor; the inner blueprint first', async () => {
    class Lost extends NotFound {}
    const parent = new RestBlueprint('parent', { logger: quiet() })
    parent.errorHandler(404, () => 'parent 404').errorHandler(418, () => 'parent 418')
    const api = new RestBlueprint('api', { prefix: '/api', logger: quiet() })
    api.errorHandler(HttpException, ({ status }) => `any ${status}`)
    api
      .errorHandler(NotFound, () => 'not found')
      .errorHandler(Lost, () => 'lost')
      .errorHandler(409, () => undefined)
    api.errorHandler(RangeError, (error) => error.message)
    api.errorHandler(403, () => new NotFound('Not for you to know'))
    api.get('/lost', () => {
      throw new Lost()
    })
    api.get('/range', () => {
      throw new RangeError('custom text')
    })
    api.get('/<int:code>', ({ params }) => abort(params.code, 'As it is'))
    api.register(parent)
    parent.get('/tea', () => abort(418))
    const { ask } = await testApp(parent, { polka })
    const responseTo = async (path: string) => [
      (await ask(`GET ${path}`)).status,
      (await ask(`GET ${path}`)).json,
    ]
    expect(await responseTo('/api/lost')).toEqual([404, 'lost'])
    expect(await responseTo('/api/404')).toEqual([404, 'not found'])
    expect(await responseTo('/api/418')).toEqual([418, 'any 418'])
    expect(await responseTo('/tea')).toEqual([418, 'parent 418'])
    expect(await responseTo('/api/range')).toEqual([500, 'custom text'])
    expect(await responseTo('/api/409')).toEqual([409, expect.objectContaining({ detail: 'As it is' })])
    expect(await responseTo('/api/403')).toEqual([
      404,
      expect.objectContaining({ detail: 'Not for you to know' }),
    ])
  })

  it('SMO-159 SMO-165 changes the format of all errors of one blueprint in one place', async () => {
    const smorest = ({ status, detail, members }: HttpException) =>
      JSON.stringify({ code: status, status: members.title ?? 'x', message: detail, errors: members.errors })
    const { ask } = await start((api) => {
      api.exceptionRenderer = exceptionRenderer.copy().renders('application/json', smorest as Any)
      api.post('/x', { incoming: ['text/plain'] }, () => 1)
    })
    const other = await start((api) => void api.get('/x', () => abort(400)))
    for (const [line, code] of [
      ['DELETE /x', 405],
      ['POST /x', 415],
    ] as const) {
      const { status, headers, text } = await ask(
        line,
        { accept: 'application/json' },
        line === 'POST /x' ? {} : undefined,
      )
      expect([status, headers.get('content-type'), problem(text)]).toEqual([
        code,
        'application/json',
        { code, status: 'x', message: expect.any(String) },
      ])
    }
    expect((await other.ask('GET /x', { accept: 'application/json' })).headers.get('content-type')).toBe(
      'application/problem+json',
    )
  })

  it('SMO-166 exceptions of a status are subclasses of HttpException', () => {
    const thrown = (status: number) => {
      try {
        abort(status)
      } catch (error) {
        return error as HttpException
      }
    }
    for (const [status, name] of [
      [412, 'PreconditionFailed'],
      [428, 'PreconditionRequired'],
      [507, 'HttpException'],
    ] as const)
      expect([thrown(status) instanceof HttpException, thrown(status)?.name, thrown(status)?.status]).toEqual(
        [true, name, status],
      )
    for (const status of [200, 304, 600, 4.5]) expect(() => abort(status)).toThrow(TypeError)
  })
})

it('SMO-162 a blueprint on its own server handles all errors', async () => {
  const { fetch } = await serve(createServer(new RestBlueprint('api').get('/x', () => 1).handler))
  const nothing = await fetch('/nothing')
  expect([nothing.status, nothing.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})

describe('wrap', () => {
  it('returns an HttpException unchanged', () => {
    const error = new MethodNotAllowed()
    expect(wrap(error)).toBe(error)
  })

  it('returns the HttpException that aborted a signal, for the AbortError of its users', async () => {
    const error = new MethodNotAllowed()
    const wait = sleep(1000, undefined, { signal: AbortSignal.abort(error) })
    expect(wrap(await wait.catch((aborted: unknown) => aborted))).toBe(error)
  })

  it.each([
    null,
    undefined,
    'text',
    42,
    new Error('secret'),
    { status: 200 },
    { status: '404' },
    { statusCode: 999 },
  ])('converts %s into a 500 without details (section 0 row 3)', (thrown) => {
    const error = wrap(thrown)
    expect(error.toProblem()).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 })
    expect(error.cause).toBe(thrown)
  })

  it('keeps the status of foreign errors, and shows their message only where expose is true', () => {
    const foreign = (members: object) => wrap(Object.assign(new Error('Gone for good'), members))
    expect(foreign({ statusCode: 410, expose: true })).toMatchObject({ status: 410, detail: 'Gone for good' })
    expect(foreign({ statusCode: 410 }).toProblem()).toEqual({
      type: 'about:blank',
      title: 'Gone',
      status: 410,
    })
    expect(foreign({ statusCode: 410, expose: 'yes' }).detail).toBeUndefined()
    expect(
      wrap(Object.assign(new Error('secret'), { status: 403, expose: false })).toProblem(),
    ).not.toHaveProperty('detail')
    expect(wrap(Object.assign(new Error('secret'), { status: 503 })).toProblem()).not.toHaveProperty('detail')
    expect(
      wrap(Object.assign(new Error('Busy'), { status: 503, expose: true, headers: { 'retry-after': '5' } })),
    ).toMatchObject({
      detail: 'Busy',
      headers: { 'retry-after': '5' },
    })
  })
  it.each([
    ['axios', { name: 'AxiosError', status: 401, code: 'ERR_BAD_REQUEST' }],
    ['undici', { statusCode: 404, headers: { 'set-cookie': 'upstream=1', 'content-length': '7' } }],
  ])('tells nothing of the request behind an error of %s', (_, members) => {
    const error = wrap(Object.assign(new Error('GET http://10.0.0.7/secret failed'), members))
    expect([error.status >= 400, error.detail, error.headers ?? {}]).toEqual([true, undefined, {}])
  })
})
