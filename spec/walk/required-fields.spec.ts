/** The header fields that 401, 405, 407 and 426 require (RFC 9110 §15.5.2, §15.5.6, §15.5.8, §15.5.22). */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import {
  abort,
  Blueprint,
  type Endpoint,
  HttpException,
  RestBlueprint,
  serializeResponse,
  Unauthorized,
} from '../../lib/index.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

/** A logger that collects warnings. */
function warnings() {
  const lines: [{ readonly code: string; readonly endpoint: string }, string][] = []
  const warn = (...line: unknown[]) => void lines.push(line as (typeof lines)[number])
  return { lines, logger: { error: () => {}, warn } }
}

describe.each(polkas)('an error of a handler on $name', ({ polka }) => {
  async function start(declare: (api: RestBlueprint) => unknown, development = true) {
    const { lines, logger } = warnings()
    const app = polka()
    const api = new RestBlueprint('api', { logger, development })
    declare(api)
    api.register(app)
    return { lines, app, ...(await serve(app)) }
  }

  it('has the other methods of its path in Allow when it is a 405, those of all blueprints', async () => {
    const { app, ask, lines } = await start((api) =>
      api
        .get('/x/<int:id>', () => 1)
        .put('/x/:id', () => abort(405, 'Archived'))
        .get('/only', () => {
          throw new HttpException(405)
        }),
    )
    new RestBlueprint('other').delete('/x/:id', () => 1).register(app)
    expect((await ask('PUT /x/7')).headers.get('allow')).toBe('GET, HEAD, DELETE, OPTIONS')
    expect((await ask('PUT /x/a')).headers.get('allow')).toBe('DELETE, OPTIONS')
    for (const method of ['GET', 'HEAD'])
      expect((await ask(`${method} /only`)).headers.get('allow')).toBe('OPTIONS')
    expect(lines).toEqual([])
  })

  it('has the methods of the path that was routed in Allow where middleware has rewritten the target', async () => {
    const { ask } = await start((api) =>
      api
        .use((request, _response, next) => {
          request.url = '/other'
          next()
        })
        .get('/x', () => 1)
        .put('/x', () => abort(405)),
    )
    expect((await ask('PUT /x')).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it.each<[string, (api: RestBlueprint) => unknown]>([
    ['abort', (api) => api.get('/x', () => abort(405))],
    ['a returned exception', (api) => api.get('/x', () => new HttpException(405) as never)],
    ['a foreign error', (api) => api.get('/x', () => Promise.reject({ status: 405 }))],
    ['serializeResponse', (api) => api.get('/x', () => serializeResponse('no', { status: 405 }))],
    ['a web Response', (api) => api.get('/x', () => new Response('no', { status: 405 }))],
    ['an error handler', (api) => api.errorHandler(405, () => 'no').get('/x', () => abort(405))],
    ['a hook', (api) => api.before(() => abort(405)).get('/x', () => 1)],
    [
      'an exception whose renderer fails',
      (api) => {
        api.exceptionRenderer.renders('application/problem+json', () => {
          throw new Error('broken')
        })
        api.get('/x', () => abort(405))
      },
    ],
  ])('has Allow whether it comes from %s', async (_from, declare) => {
    const { ask } = await start((api) => {
      declare(api)
      api.post('/x', () => 1)
    })
    const { status, headers } = await ask('/x')
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  it.each<[string, () => Record<string, string>]>([
    ['no field can hold', () => ({ 'www-authenticate': 'Own realm="Łódź"' })],
    [
      'fails',
      () => {
        throw new Error('broken')
      },
    ],
  ])('is answered without the field of the endpoint where it %s', async (_how, fields) => {
    class Failing extends RestBlueprint {
      protected override prepare(endpoint: Endpoint): void {
        super.prepare(endpoint)
        endpoint.errorFields = { 401: fields }
      }
    }
    const app = polka()
    const { logger, lines } = warnings()
    const error = () => void lines.push([{ code: 'reported', endpoint: '' }, ''])
    new Failing('api', { logger: { ...logger, error }, development: false })
      .get('/x', () => abort(401, 'Who?', { headers: { 'x-own': '1' } }))
      .register(app)
    const { ask } = await serve(app)
    const { status, json, headers } = await ask('/x')
    expect([status, json.detail, headers.get('x-own')]).toEqual([401, 'Who?', '1'])
    expect(headers.get('www-authenticate')).toBeNull()
    expect(lines.map(([{ code }]) => code)).toEqual(['reported'])
  })

  it('keeps the field that it brings, or that middleware has set', async () => {
    const { ask, lines } = await start((api) =>
      api
        .get('/own', () => abort(405, 'No', { headers: { Allow: 'PURGE' } }))
        .get('/challenge', () => abort(401, 'Who?', { headers: { 'www-authenticate': 'Basic' } }))
        .get('/set', (_request, response) => {
          response.setHeader('WWW-Authenticate', 'Digest')
          abort(401)
        }),
    )
    expect((await ask('/own')).headers.get('allow')).toBe('PURGE')
    expect((await ask('/challenge')).headers.get('www-authenticate')).toBe('Basic')
    expect((await ask('/set')).headers.get('www-authenticate')).toBe('Digest')
    expect(lines).toEqual([])
  })

  it('warns once in development, with its endpoint and the field, when nobody knows the field', async () => {
    const declare = (api: RestBlueprint) =>
      api
        .get('/me', { name: 'me' }, () => abort(401))
        .get('/ws', { name: 'live' }, () => abort(426))
        .get('/via', { name: 'via' }, () => abort(407))
        .get('/class', { name: 'class' }, () => {
          throw new Unauthorized('Who are you?')
        })
    const { rawUntilClose, lines } = await start(declare)
    for (const path of ['/me', '/me', '/ws', '/via', '/class'])
      await rawUntilClose(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`) // fetch refuses a 407
    expect(lines.map(([{ code, endpoint }]) => `${endpoint} ${code}`)).toEqual([
      'me MAZURKA_MISSING_WWW_AUTHENTICATE',
      'live MAZURKA_MISSING_UPGRADE',
      'via MAZURKA_MISSING_PROXY_AUTHENTICATE',
      'class MAZURKA_MISSING_WWW_AUTHENTICATE',
    ])
    expect(lines[0]?.[1]).toBe(
      "The endpoint 'me' responds with 401 without the field WWW-Authenticate, which this status requires: add it to `headers`",
    )
    const production = await start(declare, false)
    expect((await production.ask('/me')).status).toBe(401)
    expect(production.lines).toEqual([])
  })

  it('has the fields that a surrounding blueprint knows for its status', async () => {
    const errorFields: Endpoint['errorFields'] = {
      401: () => ({ 'www-authenticate': 'Bearer realm="pets"' }),
      426: ({ url }) => ({ upgrade: 'websocket', 'x-at': String(url) }),
    }
    class Guarded extends RestBlueprint {
      protected override surround(endpoint: Endpoint): void {
        super.surround(endpoint)
        endpoint.errorFields = { ...endpoint.errorFields, ...errorFields }
        endpoint.on('authenticate/refuse', ({ request }) => {
          if (request.headers.cookie === undefined) abort(401)
        })
      }
    }
    const { lines, logger } = warnings()
    const app = polka()
    const outer = new Guarded('outer', { logger, prefix: '/api' })
    new RestBlueprint('pets').get('/live', () => abort(426)).register(outer)
    outer.register(app)
    const { ask } = await serve(app)
    for (const path of ['/api/live', '/api/nothing']) {
      const { status, headers } = await ask(path)
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="pets"'])
    }
    const { headers } = await ask('/api/live', { cookie: 'a=1' })
    expect([headers.get('upgrade'), headers.get('connection'), headers.get('x-at')]).toEqual([
      'websocket',
      'upgrade',
      '/api/live',
    ])
    expect(lines).toEqual([])
  })

  it.each([
    [401, 'www-authenticate', 'Basic'],
    [405, 'allow', 'POST, OPTIONS'],
    [426, 'upgrade', 'websocket'],
  ])(
    'is negotiated as %s, varies and is not cached, whatever the handler has set before',
    async (status, field, value) => {
      const { ask } = await start((api) => {
        api.exceptionRenderer.renders(
          'text/csv',
          ({ status, detail }: HttpException) => `${status},${detail}`,
        )
        api
          .get('/x', { etag: true }, (_request, response) => {
            response.setHeader('cache-control', 'max-age=86400')
            response.setHeader('etag', '"of the answer"')
            response.setHeader('vary', 'Cookie')
            response.setHeader('access-control-allow-origin', '*')
            abort(status, 'No', status === 405 ? {} : { headers: { [field]: value, Vary: 'Origin' } })
          })
          .post('/x', () => 1)
      })
      const accept = 'text/csv, application/json;q=0.1'
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask(`${method} /x`, { accept, 'if-none-match': '"of the answer"' })
        const { headers, text } = answer
        expect([answer.status, text]).toEqual([status, method === 'HEAD' ? '' : `${status},No`])
        expect(headers.get('vary')?.split(', ')).toEqual(expect.arrayContaining(['Accept', 'Cookie']))
        expect([headers.get('cache-control'), headers.get('etag')]).toEqual([null, null])
        expect([headers.get(field), headers.get('access-control-allow-origin')]).toEqual([value, '*'])
      }
    },
  )
})

it('has Allow on a server without Polka', async () => {
  const api = new Blueprint('bare', { prefix: '/api' }).get('/x', () => abort(405)).post('/x', () => 1)
  const { ask } = await serve(createServer(api.handler))
  expect((await ask('/api/x')).headers.get('allow')).toBe('POST, OPTIONS')
})
