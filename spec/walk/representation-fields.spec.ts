/** Header fields of responses as caches and proxies see them. */
import { describe, expect, it } from 'vitest'
import { abort, HttpException, type RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { csv, ndjson, sse } from '../../lib/renderers.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

describe.each(polkas)('the fields of a response on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, renderers: { 'text/csv': csv() }, ...options })

  it.each<[string, (api: RestBlueprint) => unknown]>([
    [
      'serializeResponse',
      (api) => api.get('/x', () => serializeResponse(1, { headers: { vary: 'Cookie' } })),
    ],
    ['a web Response', (api) => api.get('/x', () => new Response('1', { headers: { vary: 'Cookie' } }))],
    ['an HttpException', (api) => api.get('/x', () => throwing({ vary: 'Cookie' }))],
    [
      'an error handler',
      (api) => {
        api.errorHandler(400, () => serializeResponse(1, { headers: { vary: 'Cookie' } }))
        api.get('/x', () => throwing({ vary: ['X-A', 'X-B'] }))
      },
    ],
    [
      'a renderer',
      (api) => {
        api.contentRenderer.renders('application/json', () => ({ body: '1', headers: { Vary: 'Cookie' } }))
        api.get('/x', () => 1)
      },
    ],
    [
      'middleware and the handler',
      (api) => {
        api.use((_request, response, next) => {
          response.setHeader('Vary', ['Origin', 'Accept-Encoding'])
          next()
        })
        api.get('/x', () => serializeResponse(1, { headers: { vary: 'Cookie' } }))
      },
    ],
    [
      'a response without content',
      (api) => api.get('/x', () => serializeResponse(undefined, { headers: { vary: 'Cookie' } })),
    ],
    [
      'a media type that is not negotiated',
      (api) =>
        api.get('/x', () => serializeResponse([1], { contentType: 'text/csv', headers: { vary: 'Cookie' } })),
    ],
  ])('name Accept in Vary beside the fields that %s names (RFC 9110 §12.5.5)', async (_by, declare) => {
    const { ask } = await start(declare)
    for (const method of ['GET', 'HEAD']) {
      const names = (await ask(`${method} /x`)).headers.get('vary')?.split(', ')
      expect(names).toEqual(expect.arrayContaining(['Cookie', 'Accept']))
    }
  })

  it('are those of GET for HEAD, also where nothing is rendered (RFC 9110 §9.3.2)', async () => {
    const rows = async function* () {
      yield { a: 1 }
    }
    const types = { 'text/event-stream': sse(), 'application/x-ndjson': ndjson() }
    const { ask } = await start(
      (api) => {
        api.before((_request, response) => void response.setHeader('cache-control', 'max-age=60'))
        api.get('/rows', rows)
        api.get('/own', () => serializeResponse(rows(), { renderer: sse() }))
        api.get('/none', () => serializeResponse(undefined, { headers: { vary: 'Cookie' } }))
        api.get('/relayed', () => new Response('abc', { headers: { 'x-a': '1' } }))
      },
      { renderers: { 'text/csv': csv(), ...types } },
    )
    for (const path of ['/rows', '/own', '/none', '/relayed']) {
      for (const accept of ['application/json', 'text/csv', ...Object.keys(types)]) {
        const fields = async (line: string) => {
          const ofMessage = ['date', 'connection', 'keep-alive', 'transfer-encoding']
          return [...(await ask(line, { accept })).headers].filter(([name]) => !ofMessage.includes(name))
        }
        expect(await fields(`HEAD ${path}`)).toEqual(await fields(path))
      }
    }
    const events = await ask('HEAD /rows', { accept: 'text/event-stream' })
    expect(Object.fromEntries(events.headers)).toMatchObject({
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
  })

  it('do not make an error cacheable: what a handler or hook said of its answer goes, unless it restricts', async () => {
    const headers = { 'cache-control': 'max-age=86400', expires: 'Fri, 01 Jan 2100 00:00:00 GMT', age: '3' }
    const { ask } = await start((api) => {
      api.before((_request, response) => {
        response.setHeader('access-control-allow-origin', '*').setHeader('x-request-id', '7')
        response.setHeader('set-cookie', 'a=1').setHeader('x-frame-options', 'DENY')
      })
      api.get('/x', ({ query }, response) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        response.setHeader('CDN-Cache-Control', 'max-age=9').setHeader('Surrogate-Control', 'max-age=9')
        response.setHeader('location', '/y').setHeader('etag', '"a"').setHeader('accept-ranges', 'bytes')
        if (query.restrict) response.setHeader('cache-control', 'Private="a", max-age=60, no-store')
        throw new HttpException(500, 'No', query.own ? { headers: { 'cache-control': 'max-age=1' } } : {})
      })
      api.get('/unsendable', (_request, response) => {
        response.setHeader('x-kept', '1')
        return serializeResponse(1, { headers: { ...headers, link: '</a>', 'x-bad': 'a\nb' } })
      })
    })
    const error = await ask('/x')
    expect(error.status).toBe(500)
    const gone = [...Object.keys(headers), 'cdn-cache-control', 'surrogate-control', 'location', 'etag']
    for (const name of [...gone, 'accept-ranges'])
      expect([name, error.headers.get(name)]).toEqual([name, null])
    expect(Object.fromEntries(error.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'x-request-id': '7',
      'set-cookie': 'a=1',
      'x-frame-options': 'DENY',
    })
    expect((await ask('/x?restrict=1')).headers.get('cache-control')).toBe('Private="a", no-store')
    expect((await ask('/x?own=1')).headers.get('cache-control')).toBe('max-age=1')
    const unsendable = await ask('/unsendable')
    expect([unsendable.status, unsendable.headers.get('x-kept')]).toEqual([500, '1'])
    for (const name of [...gone, 'link']) expect([name, unsendable.headers.get(name)]).toEqual([name, null])
  })

  it('of a page, of its caching and of a success leave an error; quoted lists of directives stay whole', async () => {
    const { ask, rawUntilClose } = await start((api) => {
      api.get('/page', ({ query }, response) => {
        response.setHeader('link', String(query.link)).setHeader('x-pagination', '{}')
        response.setHeader('x-accel-expires', '3600').setHeader('trailer', 'x')
        response.setHeader('cache-control', 'private="set-cookie, x-a", max-age=5')
        response.statusMessage = 'Fine'
        throw new HttpException(409, 'No')
      })
      api.get('/name', () => serializeResponse(1, { headers: { 'x a': '1' } }))
    })
    const link = async (value: string) => {
      const { headers } = await ask(`/page?link=${encodeURIComponent(value)}`)
      expect([headers.get('x-pagination'), headers.get('x-accel-expires')]).toEqual([null, null])
      expect(headers.get('cache-control')).toBe('private="set-cookie, x-a"')
      return headers.get('link')
    }
    expect(await link('</a>; rel=next')).toBeNull()
    expect(await link('</a>; title="x"; rel="first prev", </b>; rel="last"')).toBeNull()
    const documented = '</next>; rel="service-desc"; title="next", </help>; rel=help'
    expect(await link(documented)).toBe(documented)
    const line = async (path: string) =>
      (await rawUntilClose(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).split('\r\n')[0]
    expect(await line('/page?link=x')).toBe('HTTP/1.1 409 Conflict')
    expect(await line('/name')).toBe('HTTP/1.1 500 Internal Server Error')
  })

  it('have no Last-Modified in the future: it is the Date then (RFC 9110 §8.8.2.1)', async () => {
    const future = new Date(Date.now() + 1e9).toUTCString()
    const past = 'Sun, 06 Nov 1994 08:49:37 GMT'
    const headers = { 'last-modified': future }
    const { ask } = await start((api) => {
      api.get('/given', () => serializeResponse(1, { headers }))
      api.get('/response', () => new Response('x', { headers }))
      api.get('/set', (_request, response) => {
        response.setHeader('last-modified', future)
        return 1
      })
      api.get('/etag', { etag: true }, () => serializeResponse(1, { headers }))
      api.get('/method', { etag: true }, ({ lastModified }) => {
        lastModified(new Date(future))
        return 1
      })
      api.get('/past', () => serializeResponse(1, { headers: { 'last-modified': past } }))
    })
    for (const path of ['/given', '/response', '/set', '/etag', '/method']) {
      const { headers } = await ask(path)
      const [modified, date] = ['last-modified', 'date'].map((name) => Date.parse(headers.get(name) ?? ''))
      expect(Math.abs((modified ?? 0) - (date ?? 0)), path).toBeLessThanOrEqual(1000)
    }
    expect((await ask('/past')).headers.get('last-modified')).toBe(past)
  })

  it('have no Date where the handler has removed it, beside Last-Modified too', async () => {
    const headers = { 'last-modified': new Date(0).toUTCString() }
    const { ask } = await start((api) => {
      api.get('/removed', (_request, response) => {
        response.removeHeader('Date')
        return serializeResponse(1, { headers })
      })
      api.get('/turned-off', (_request, response) => {
        response.sendDate = false
        return serializeResponse(1, { headers })
      })
    })
    for (const path of ['/removed', '/turned-off']) {
      const { headers: received } = await ask(path)
      expect([path, received.get('date'), received.get('last-modified')]).toEqual([
        path,
        null,
        headers['last-modified'],
      ])
    }
  })

  it('have no Trailer: no trailer fields are sent (RFC 9110 §6.6.2)', async () => {
    const { ask } = await start((api) => {
      api.get('/whole', () => serializeResponse('x', { headers: { trailer: 'x' } }))
      api.get('/response', () => new Response('x', { headers: { trailer: 'x' } }))
    })
    for (const path of ['/whole', '/response']) {
      const { status, headers } = await ask(path)
      expect([path, status, headers.get('trailer')]).toEqual([path, 200, null])
    }
  })

  it('stay on an error whose renderer or error handler fails, with its detail', async () => {
    const members = {
      headers: {
        'www-authenticate': 'Bearer',
        allow: 'GET',
        'retry-after': '9',
        vary: 'Cookie',
        'x-bad': 'a\nb',
      },
    }
    const fail = (): never => {
      throw new Error('broken')
    }
    const { ask } = await start((api) => {
      api.errorHandler(503, fail)
      api.exceptionRenderer.renders('application/problem+json', fail)
      api.get('/<int:status>', ({ params }) => abort(params.status, 'Try later', members))
    })
    for (const status of [401, 503]) {
      const { headers, json } = await ask(`/${status}`)
      expect(json).toEqual({ type: 'about:blank', title: expect.any(String), status, detail: 'Try later' })
      expect(Object.fromEntries(headers)).toMatchObject({
        'www-authenticate': 'Bearer',
        allow: 'GET',
        'retry-after': '9',
        vary: 'Accept, Cookie',
        'content-type': 'application/problem+json',
      })
    }
  })

  function throwing(headers: Record<string, string | string[]>): never {
    throw new HttpException(400, 'No', { headers: { vary: 'Cookie', ...headers } })
  }
})
