/** The reporter that docs/observability.md shows, as it stands there, with a collector on a port of its own. */
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import * as mazurka from '../../lib/index.ts'
import { errorRenderer } from '../../lib/jsonapi/errors/error-document.ts'
import { fieldErrors } from '../../lib/renderers.ts'
import { shutdown } from '../../lib/server.ts'
import { listen } from '../../lib/testing.ts'
import { blocksOf, readPage } from '../support/readme.ts'
import { exportsOf } from '../support/run-code.ts'
import { testApi } from '../support/test-api.ts'
import { testApp } from '../support/test-app.ts'

interface Shown {
  reporter(url: string): {
    onError(error: unknown, request: IncomingMessage): string
    close(): Promise<unknown>
  }
}

const source = blocksOf(readPage('docs/observability.md')).find((block) =>
  block.text.includes('reporter(url'),
)
const { reporter } = exportsOf<Shown>(source?.text ?? '', { mazurka })

/** A collector, whose answers a test may write. */
async function collector(answer = (response: ServerResponse): unknown => response.writeHead(202).end()) {
  const reports: Record<string, unknown>[] = []
  const server = createServer(async (request, response) => {
    reports.push(JSON.parse(await text(request)))
    answer(response)
  })
  const { url, close } = await listen(server)
  onTestFinished(close)
  return { url: `${url}/reports`, reports }
}

/** An Api whose failures are reported. */
const start = (reports: ReturnType<Shown['reporter']>, requestId = true) =>
  testApi({ onError: reports.onError, requestId }, (things) => {
    things.get('/things/<int:id>', () => {
      throw new TypeError('away')
    })
    things.get('/rows', async function* rows() {
      yield 1
      throw new Error('broken')
    })
    things.get('/unavailable', () => mazurka.abort(503, 'Come back later'))
  })

describe('a reporter', () => {
  it('sends a failure to a collector once, with its route and request id, and without secrets', async () => {
    const { url, reports } = await collector()
    const { ask } = await start(reporter(url))
    const fields = { 'x-request-id': 'r1', authorization: 'Bearer hunter2', cookie: 'a=hunter2' }
    const { status, json } = await ask('/things/7?password=hunter2', fields)
    expect([status, typeof json.error_id]).toEqual([500, 'string'])
    await vi.waitFor(() => expect(reports).toHaveLength(1))
    expect(reports[0]).toMatchObject({
      id: json.error_id,
      name: 'TypeError',
      message: 'away',
      method: 'GET',
      route: '/things/<int:id>',
      requestId: 'r1',
    })
    expect(reports[0]?.stack).toContain('error-reports.spec.ts')
    expect(JSON.stringify(reports)).not.toContain('hunter2')
  })

  it('gets a stream that breaks and a 503, but no 4xx', async () => {
    const { url, reports } = await collector()
    const { ask, fetch } = await start(reporter(url))
    for (const line of ['/nowhere', '/every/nothing', 'DELETE /every/200', '/every/query?n=x'])
      await ask(line)
    await expect(fetch('/rows').then((response) => response.text())).rejects.toThrow()
    await ask('/unavailable')
    await vi.waitFor(() => expect(reports).toHaveLength(2))
    expect(reports.map(({ message }) => message).sort()).toEqual(['Come back later', 'broken'])
  })

  it('gets nothing when the client has left', async () => {
    const { url, reports } = await collector()
    const events = new EventEmitter()
    const { port, ask } = await testApi({ onError: reporter(url).onError }, (things) => {
      things.get('/slow', async ({ signal }) => {
        events.emit('begun')
        await once(signal, 'abort')
        events.emit('failed')
        throw new Error('nobody waits')
      })
    })
    const [begun, failed] = [once(events, 'begun'), once(events, 'failed')]
    const request = send({ port, path: '/slow' }).on('error', () => undefined)
    request.end()
    await begun
    request.destroy()
    await failed
    await ask('/every/500')
    await vi.waitFor(() => expect(reports).toHaveLength(1))
    expect(reports[0]?.message).toBe('failed')
  })

  it('answers with an id while the collector is slow or away', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => errors.mockRestore())
    const held: ServerResponse[] = []
    const silent = await collector((response) => held.push(response))
    const slow = await start(reporter(silent.url))
    expect((await slow.ask('/every/500')).json.error_id).toBeTypeOf('string')
    await vi.waitFor(() => expect(held).toHaveLength(1))
    held[0]?.end()
    const away = await start(reporter('http://127.0.0.1:1/reports'))
    expect((await away.ask('/every/500')).json.error_id).toBeTypeOf('string')
    await vi.waitFor(() => expect(errors).toHaveBeenCalledWith('The report was not sent', expect.anything()))
  })

  it('sends what is under way before the process ends', async () => {
    const answers: ServerResponse[] = []
    const { url, reports } = await collector((response) => answers.push(response))
    const shown = reporter(url)
    const { ask } = await start(shown)
    await ask('/every/500')
    const stop = shutdown(createServer().listen(0), { signals: [], close: [shown] })
    let isClosed = false
    const stopped = stop().then((closed) => {
      isClosed = closed
    })
    await vi.waitFor(() => expect(reports).toHaveLength(1))
    expect(isClosed).toBe(false)
    for (const response of answers) response.end()
    await stopped
    expect(isClosed).toBe(true)
  })
})

describe('onError', () => {
  it('gives each response the id of its own report, also where one object is thrown for many', async () => {
    class Down extends mazurka.HttpException {
      readonly #seconds = 7
      get seconds() {
        return this.#seconds
      }
    }
    const down = new Down(503, 'down', { retry: true })
    const ids: (() => unknown)[] = [
      () => 'first',
      () => undefined,
      () => Promise.resolve('third'),
      () => Promise.reject(new Error('no reporter')),
      () => 'fifth',
    ]
    const { ask } = await testApi({ onError: () => ids.shift()?.() as string }, (things) => {
      things.get('/down', () => {
        throw down
      })
    })
    const seen: unknown[] = []
    for (let request = 0; request < 5; request++) {
      const { status, json } = await ask('/down')
      seen.push([status, json.detail, json.retry, json.error_id])
    }
    const expected = ['first', undefined, 'third', undefined, 'fifth']
    expect(seen).toEqual(expected.map((id) => [503, 'down', true, id]))
    const plain = await testApp((api) => {
      api.errorHandler(Down, (error) => ({ seconds: error.seconds, id: error.members.error_id }))
      api.get('/down', () => {
        throw down
      })
    })
    expect((await plain.ask('/down')).json).toEqual({ seconds: 7 })
  })

  it('gives its id to the error that an error handler returns, and reports one that is the first failure', async () => {
    class DatabaseError extends Error {}
    const reported: unknown[] = []
    const onError = (error: unknown) => {
      const id = `report ${reported.push(error)}`
      return reported.length % 2 === 0 ? Promise.resolve(id) : id
    }
    const { ask, logger } = await testApi({ onError }, (things) => {
      const down = new DatabaseError('secret')
      const broken = new Error('also secret')
      things.errorHandler(DatabaseError, () => new mazurka.HttpException(503, 'Come back later'))
      things.errorHandler(404, async () => broken)
      things.errorHandler(409, () => new mazurka.HttpException(410, 'Gone'))
      things.get('/database', () => {
        throw down
      })
      for (const status of [404, 409]) things.get(`/${status}`, () => mazurka.abort(status))
    })
    const seen = async (path: string) => {
      const { status, json, text } = await ask(path)
      expect(text).not.toContain('secret')
      return [status, json.detail, json.error_id]
    }
    expect(await seen('/database')).toEqual([503, 'Come back later', 'report 1'])
    expect(await seen('/404')).toEqual([500, undefined, 'report 2'])
    expect(await seen('/409')).toEqual([410, 'Gone', undefined])
    expect(reported.map(String)).toEqual(['Error: secret', 'Error: also secret'])
    expect(logger.lines).toHaveLength(2)
  })

  it('is of its own request, also while an async error handler has one exception of several', async () => {
    const down = new mazurka.InternalServerError('down')
    const later = (request: IncomingMessage) =>
      new Promise((done) => setTimeout(done, Number(request.url?.split('/').at(-1))))
    const onError = (_error: unknown, { url }: IncomingMessage) => String(url)
    for (const answer of [() => new mazurka.HttpException(503, 'later'), () => undefined]) {
      const { ask } = await testApi({ onError }, (things) => {
        things.errorHandler(500, async (_error, request) => {
          await later(request)
          return answer()
        })
        things.get('/down/:ms', () => {
          throw down
        })
      })
      const replies = await Promise.all(['/down/60', '/down/5', '/down/30'].map((path) => ask(path)))
      expect(replies.map(({ json }) => json.error_id)).toEqual(['/down/60', '/down/5', '/down/30'])
    }
  })

  it('is of its own request in each after hook, also where one before has waited', async () => {
    const down = new mazurka.ServiceUnavailable('down')
    const started: (() => void)[] = []
    const both = new Promise<void>((resolve) => started.push(resolve))
    let count = 0
    const { ask } = await testApi({ onError: (_error, { url }) => String(url) }, (things) => {
      things.after(async () => {
        if (++count === 2) started[0]?.()
        await both
      })
      things.after((_request, response, error) => {
        response.setHeader('x-report', String((error as mazurka.HttpException).members.error_id))
      })
      things.get('/down/:id', () => {
        throw down
      })
    })
    const replies = await Promise.all(['/down/1', '/down/2'].map((path) => ask(path)))
    expect(replies.map(({ headers, json }) => [headers.get('x-report'), json.error_id])).toEqual([
      ['/down/1', '/down/1'],
      ['/down/2', '/down/2'],
    ])
  })

  it('is in the response to a frozen exception, too', async () => {
    const down = Object.freeze(new mazurka.ServiceUnavailable('down', { retry: true }))
    const fail = () => {
      throw down
    }
    const { ask } = await testApi({ onError: () => 'r-1' }, (things) => things.get('/down', fail))
    for (const accept of ['application/json', '*/*, application/problem+json'])
      expect((await ask('/down', { accept })).json).toMatchObject({ retry: true, error_id: 'r-1' })
    const other = await testApi({ onError: () => 'r-1' }, (things) => {
      things.exceptionRenderer = fieldErrors()
      things.get('/down', fail)
    })
    expect((await other.ask('/down')).json).toMatchObject({ message: 'down', error_id: 'r-1' })
    const jsonApi = await testApi({ onError: () => 'r-1' }, (things) => {
      things.exceptionRenderer = new mazurka.PluggableRenderer().renders('application/json', errorRenderer)
      things.get('/down', fail)
    })
    expect((await jsonApi.ask('/down')).json.errors).toMatchObject([{ id: 'r-1' }])
  })

  it('leaves the members that an application changes between two throws', async () => {
    const busy = new mazurka.ServiceUnavailable('busy')
    let count = 0
    const { ask } = await testApi({ onError: () => `report ${count}` }, (things) => {
      things.get('/busy', () => {
        Reflect.set(busy, 'members', { count: ++count, headers: { 'retry-after': String(count) } })
        throw busy
      })
    })
    for (const expected of [1, 2]) {
      const { headers, json } = await ask('/busy')
      expect([headers.get('retry-after'), json.count, json.error_id]).toEqual([
        String(expected),
        expected,
        `report ${expected}`,
      ])
    }
  })

  it('that throws is logged, and the answer has no id', async () => {
    const { ask, logger } = await testApi({
      onError: () => {
        throw new Error('no reporter')
      },
    })
    const { status, json } = await ask('/every/500')
    expect([status, json]).toEqual([
      500,
      { type: 'about:blank', title: 'Internal Server Error', status: 500 },
    ])
    expect(logger.text()).toContain('no reporter')
  })
})
