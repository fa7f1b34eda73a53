/** Requests that take too long, on a real server. */
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { arrayBuffer as bytes } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { HttpException, RestBlueprint, redirect, serializeResponse } from '../../lib/index.ts'
import { multipart } from '../../lib/multipart.ts'
import { quiet } from '../support/logger.ts'
import { testApp } from '../support/test-app.ts'

const never = () => new Promise<never>(() => {})

describe('timeoutSeconds', () => {
  it('answers 503 wherever the request waits, logs it, and aborts the signal', async () => {
    const reasons: unknown[] = []
    const { outcome, logger } = await testApp(
      (api) => {
        api.get('/handler', ({ signal }) => {
          signal.addEventListener('abort', () => reasons.push((signal.reason as Error).name))
          return never()
        })
        api.get('/cancelled', ({ signal }) => {
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason))
          })
        })
        api.get('/hook', { before: never }, () => 1)
        api.get('/middleware', { use: () => {} }, () => 1)
        api.get('/raw', (_request, _response) => {})
        api.get('/rows', { outgoing: ['application/json'] }, () => never())
      },
      { timeoutSeconds: 0.05 },
    )
    const paths = ['/handler', '/cancelled', '/hook', '/middleware', '/raw', '/rows']
    for (const path of paths)
      expect([path, await outcome(path)]).toEqual([
        path,
        { status: 503, detail: 'The request has taken too long' },
      ])
    expect(reasons).toEqual(['ServiceUnavailable'])
    expect(logger.lines).toHaveLength(paths.length)
  })

  it('answers 503 in place of an error handler that takes too long, and by itself where the 503 is not rendered', async () => {
    class Slow extends Error {}
    const logger = quiet()
    const api = new RestBlueprint('api', { timeoutSeconds: 0.05, logger })
    api.errorHandler(Slow, never)
    api.get('/handler', () => {
      throw new Slow()
    })
    const other = new RestBlueprint('other', { timeoutSeconds: 0.05, logger })
    other.exceptionRenderer.renders('application/problem+json', never)
    other.get('/renderer', never)
    const root = new RestBlueprint('root')
    api.register(root)
    other.register(root)
    const { ask } = await testApp(root)
    for (const path of ['/handler', '/renderer']) {
      const { status, json } = await ask(path)
      expect([status, json.detail]).toEqual([503, 'The request has taken too long'])
    }
  })

  it('runs the after hooks also where its own error handler, renderer or hook never answers', async () => {
    const results: unknown[] = []
    const note = (_request: unknown, response: ServerResponse, result: unknown) => {
      results.push((result as HttpException).status)
      response.setHeader('x-after', String(response.statusCode))
    }
    const answered = async (change: (api: RestBlueprint) => unknown) => {
      const { ask, logger } = await testApp((api) => change(api.after(note).get('/x', never)), {
        timeoutSeconds: 0.05,
      })
      const { status, headers, json } = await ask('/x')
      return [status, headers.get('x-after'), json.detail, logger.lines.length]
    }
    const stuck = (api: RestBlueprint) => api.errorHandler(503, never)
    const expected = [503, '503', 'The request has taken too long']
    expect(await answered(stuck)).toEqual([...expected, 1])
    const renders = (api: RestBlueprint) => api.exceptionRenderer.renders('application/problem+json', never)
    expect(await answered(renders)).toEqual([...expected, 1])
    const fails = () => Promise.reject(new Error('broken hook'))
    expect(await answered((api) => stuck(api).after(fails))).toEqual([...expected, 2])
    expect(await answered((api) => stuck(api).after(never))).toEqual([...expected, 1])
    expect(results).toEqual([503, 503, 503, 503])
  })

  it('reports neither the stream that it destroys nor a mistake of the client afterwards', async () => {
    const reports: unknown[] = []
    const api = new RestBlueprint('api', {
      timeoutSeconds: 0.05,
      logger: { error() {} },
      onError: (error) => void reports.push((error as Error).message),
    })
    api.get('/file', () => new Readable({ read() {} }))
    api.get('/late', async () => {
      await sleep(100)
      throw new HttpException(400)
    })
    const { status } = await testApp(api)
    expect([await status('/file'), await status('/late')]).toEqual([503, 503])
    await sleep(150)
    expect(reports).toEqual(['The request has taken too long', 'The request has taken too long'])
  })

  it('ends the reading of an upload whose client leaves after the 503: no file and no handler is left', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'mazurka-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    let handlers = 0
    const { url } = await testApp(
      (api) => {
        api.contentParser.parses('multipart/form-data', multipart({ directory }))
        api.post('/stored', { files: { photo: {} } }, () => 'stored')
        api.post('/streamed', { files: { stream: true } }, async ({ files }) => {
          handlers++
          try {
            for await (const file of files) await bytes(file)
          } finally {
            handlers--
          }
        })
      },
      { timeoutSeconds: 0.1 },
    )
    for (const path of ['/stored', '/streamed']) {
      const client = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
      client.write(
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 9000000\r\n\r\n` +
          `--B\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n${'x'.repeat(200_000)}`,
      )
      const [head] = await once(client, 'data')
      expect(String(head)).toMatch(/^HTTP\/1.1 503 /)
      client.destroy()
    }
    await vi.waitFor(async () => expect([await readdir(directory), handlers]).toEqual([[], 0]))
  })

  it('does not cut a response that has begun, nor touch one that is in time', async () => {
    const { ask } = await testApp((api) => {
      api.get('/rows', { timeoutSeconds: 0.05 }, async function* () {
        yield 1
        await new Promise((resolve) => setTimeout(resolve, 150))
        yield 2
      })
      api.get('/soon', { timeoutSeconds: 5 }, async () => 'soon')
    })
    expect((await ask('/rows')).text).toBe('[1,2]')
    expect((await ask('/soon')).json).toBe('soon')
  })

  it('sends no rows of a response that had not begun, while its error is reported or handled', async () => {
    const soon = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
    async function* rows() {
      await soon(150)
      yield 1
      await soon(50)
      yield 2
    }
    const slow = () => soon(400) as Promise<undefined>
    const reported = await testApp((api) => api.get('/rows', rows), { timeoutSeconds: 0.05, onError: slow })
    const handled = await testApp((api) => api.errorHandler(503, slow).get('/rows', rows), {
      timeoutSeconds: 0.05,
    })
    for (const { status } of [reported, handled]) expect(await status('/rows')).toBe(503)
  })

  it('of an endpoint comes before that of its blueprint, and that before the one around', async () => {
    const slow = () => new Promise((resolve) => setTimeout(() => resolve(1), 150))
    const parent = new RestBlueprint('parent', { timeoutSeconds: 0.02, logger: { error() {} } })
    const child = new RestBlueprint('child')
      .get('/a', slow)
      .get('/b', { name: 'b', timeoutSeconds: false }, slow)
    child.register(parent)
    const { status } = await testApp(parent)
    expect([await status('/a'), await status('/b')]).toEqual([503, 200])
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', true])(
    'is a number of seconds, not %s',
    (wrong) => {
      const options = { timeoutSeconds: wrong as number }
      const api = new RestBlueprint('api').get('/x', options, () => 1)
      expect(() => api.endpoints).toThrow(/timeoutSeconds of .* not /)
    },
  )
})

describe('a before hook', () => {
  it('with a third parameter is a TypeError that names `use`', () => {
    function authenticate(_request: unknown, _response: unknown, _next: unknown) {}
    const wrong = authenticate as never
    expect(() => new RestBlueprint('a').get('/x', { before: wrong }, () => 1).endpoints).toThrow(
      "'authenticate' has a third parameter, as Connect middleware has: give it to `use`",
    )
    expect(() => new RestBlueprint('a').before(wrong).get('/x', () => 1).endpoints).toThrow('`use`')
  })
})

describe('redirect', () => {
  it('sends a status and a Location, percent-encoded where it has to be', async () => {
    const { ask } = await testApp((api) => {
      api.get('/found', () => redirect('/cities/Łódź?q=a b'))
      api.post('/pets', () => redirect('/pets/1', 303))
      api.get('/declared', { response: { 301: null } }, () => redirect(new URL('https://x.test/%C5%81'), 301))
    })
    const found = await ask('/found')
    expect([found.status, found.headers.get('location'), found.text]).toEqual([
      302,
      '/cities/%C5%81%C3%B3d%C5%BA?q=a%20b',
      '',
    ])
    const posted = await ask('POST /pets')
    expect([posted.status, posted.headers.get('location')]).toEqual([303, '/pets/1'])
    const declared = await ask('/declared')
    expect([declared.status, declared.headers.get('location')]).toEqual([301, 'https://x.test/%C5%81'])
    expect(() => redirect('/', 200 as never)).toThrow(TypeError)
    for (const url of [undefined, null, 7])
      expect(() => redirect(url as never)).toThrow(`A redirection goes to a URL, not to ${url}`)
  })

  it('sends header fields, beside its own Location', async () => {
    const headers = new Headers({ 'Cache-Control': 'no-store', Location: '/other', 'X-A': 'b' })
    const { ask } = await testApp((api) => api.get('/old', () => redirect('/new', 301, { headers })))
    const { status, headers: sent } = await ask('/old')
    expect([status, sent.get('location'), sent.get('cache-control'), sent.get('x-a')]).toEqual([
      301,
      '/new',
      'no-store',
      'b',
    ])
    for (const wrong of ['no-store', 7, null, { status: 301 }, { 'x-a': 'b' }, { headers: { 'x-a': 'b\n' } }])
      expect(() => redirect('/new', 301, wrong as never)).toThrow(TypeError)
  })
})

describe('after the 503 of timeoutSeconds', () => {
  const late = () => new Promise((resolve) => setTimeout(resolve, 150))

  it('an error is logged and reported, and data are dropped without a warning', async () => {
    const reports: string[] = []
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => void warned.mockRestore())
    const { status, logger } = await testApp(
      (api) => {
        api.get('/data', async (_request, _response) => late().then(() => ({ late: true })))
        api.get('/data-alone', () => late().then(() => ({ late: true })))
        api.get('/error', async () => {
          await late()
          throw new Error('disk full')
        })
        api.get('/cancelled', ({ signal }) => late().then(() => signal.throwIfAborted()))
      },
      { timeoutSeconds: 0.03, onError: (error) => void reports.push((error as Error).message) },
    )
    for (const path of ['/data', '/data-alone', '/error', '/cancelled']) expect(await status(path)).toBe(503)
    await late()
    await late()
    expect(reports.filter((message) => message !== 'The request has taken too long')).toEqual(['disk full'])
    expect(reports).toHaveLength(5)
    expect(logger.lines).toHaveLength(5)
    expect(warned.mock.calls).toEqual([])
  })

  it('the content of a response that comes late is cancelled, whoever returns it', async () => {
    const cancelled: string[] = []
    const content = (name: string) => new ReadableStream({ cancel: () => void cancelled.push(name) })
    const answer = (name: string) => late().then(() => new Response(content(name)))
    const { status } = await testApp(
      (api) => {
        api.get('/hook', { before: () => answer('/hook') }, () => 1)
        const represent = (name: string) => late().then(() => serializeResponse(content(name)))
        api.get('/represented-hook', { before: () => represent('/represented-hook') }, () => 1)
        api.get('/handler', () => answer('/handler'))
        api.get('/represented', () => represent('/represented'))
        api.get('/next', (_request, _response, next) => {
          next(new Error('passed'))
          return answer('/next')
        })
      },
      { timeoutSeconds: 0.05 },
    )
    const paths = ['/hook', '/represented-hook', '/handler', '/represented', '/next']
    for (const path of paths) expect([path, await status(path)]).toEqual([path, 503])
    await expect.poll(() => cancelled.toSorted()).toEqual(paths.toSorted())
  })

  it('the response of an error handler that comes late is cancelled', async () => {
    const cancelled: string[] = []
    const content = () => new ReadableStream({ cancel: () => void cancelled.push('content') })
    const answer = () => late().then(() => new Response(content()))
    const { status } = await testApp(
      (api) => api.get('/x', () => Promise.reject(new HttpException(409))).errorHandler(409, answer),
      { timeoutSeconds: 0.05 },
    )
    expect(await status('/x')).toBe(503)
    await expect.poll(() => cancelled).toEqual(['content'])
  })

  it.each(['/known', '/rendered', '/headed', '/paged'])(
    'what %s still does has no effect on it',
    async (path) => {
      const statuses: number[] = []
      const { ask } = await testApp(
        (api) => {
          const state = () => late().then(() => ({ v: 1 }))
          const render = (data: unknown) => late().then(() => JSON.stringify(data))
          api.get('/known', { etag: { current: state } }, ({ current }) => current)
          api.get('/rendered', { outgoing: { 'application/json': render } }, () => ({ v: 1 }))
          api.get(
            '/headed',
            {
              outgoing: {
                'application/json': (data) =>
                  late().then(() => ({ body: JSON.stringify(data), status: 200, headers: { 'x-r': '1' } })),
              },
            },
            () => ({ v: 1 }),
          )
          api.get('/paged', { paginate: { pager: () => late().then(() => [1]) } as never }, () => [1, 2])
          api.after(async (_request, response) => {
            statuses.push(response.statusCode)
            await late()
            await late()
          })
        },
        { timeoutSeconds: 0.05 },
      )
      const { status, json, headers } = await ask(path, { 'if-none-match': '*' })
      expect([status, json.status, headers.get('etag'), headers.get('x-r')]).toEqual([503, 503, null, null])
      expect(statuses).toEqual([503])
    },
  )

  it('a 304 is no failure to report, and a late one changes no status for the access log', async () => {
    const reports: unknown[] = []
    const statuses: number[] = []
    const { status, logger } = await testApp(
      (api) => {
        api.get('/set', { etag: true }, ({ setEtag }) => late().then(() => setEtag({ v: 1 })))
        api.get('/known', { etag: { current: () => late().then(() => 1) } }, ({ current }) => current)
        api.use((_request, response, next) => {
          response.once(
            'finish',
            () =>
              void late()
                .then(() => late())
                .then(() => statuses.push(response.statusCode)),
          )
          next()
        })
      },
      { timeoutSeconds: 0.05, onError: (error) => void reports.push((error as Error).message) },
    )
    expect(await status('/set', { 'if-none-match': '*' })).toBe(503)
    expect(await status('/known', { 'if-none-match': '*' })).toBe(503)
    await expect.poll(() => statuses).toEqual([503, 503])
    expect(reports).toEqual(['The request has taken too long', 'The request has taken too long'])
    expect(logger.lines).toHaveLength(2)
  })

  it.each([
    ['GET', 404, [404]],
    ['OPTIONS', 503, [204, 'The request has taken too long']],
  ])(
    'runs after hooks once for a %s that was passed on, and leaves an error alone',
    async (method, sent, expected) => {
      const seen: unknown[] = []
      const api = new RestBlueprint('api', {
        prefix: '/api',
        logger: { error() {} },
        timeoutSeconds: 0.05,
        onError: (error) => void seen.push((error as Error).message),
      })
      api.get('/x', (_request, _response, next) => next())
      api.options('/x', (_request, _response, next) => next())
      api.after(async (_request, response) => {
        seen.push(response.statusCode)
        await late()
      })
      const { status } = await testApp(api)
      expect(await status(`${method} /api/x`)).toBe(sent)
      await late()
      expect(seen).toEqual(expected)
    },
  )

  it('of a request that was refused before its walk, the other steps still run', async () => {
    const seen: string[] = []
    class Waiting extends RestBlueprint {
      protected override prepare(endpoint: Parameters<RestBlueprint['prepare']>[0]): void {
        super.prepare(endpoint)
        endpoint.mixin('Waiting', [], [])
        endpoint.on('throttle/wait', () => late() as Promise<void>)
        endpoint.on('throttle/note', () => void seen.push('note'))
      }
    }
    const options = { timeoutSeconds: 0.05, limits: { maxParameters: 1 }, logger: { error() {} } }
    const { status } = await testApp(new Waiting('api', options).get('/x', () => 1))
    expect([await status('/x?a=1&b=2'), seen]).toEqual([503, ['note']])
  })

  it('an error that a handler gives to next is reported', async () => {
    const reports: string[] = []
    const { status } = await testApp(
      (api) => {
        api.get('/x', (_request, _response, next) => void late().then(() => next(new Error('disk full'))))
        api.get('/passed', (_request, _response, next) => void late().then(() => next()))
      },
      { timeoutSeconds: 0.05, onError: (error) => void reports.push((error as Error).message) },
    )
    expect([await status('/x'), await status('/passed')]).toEqual([503, 503])
    await late()
    await expect.poll(() => reports).toContain('disk full')
    expect(reports).toHaveLength(3)
  })
})
