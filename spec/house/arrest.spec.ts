/** The behaviour of Flask-arrest, row by row, over real requests on both Polkas. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  abort,
  Blueprint,
  ContentNegotiation,
  contentRenderer,
  currentEndpoint,
  exceptionRenderer,
  getBestMimetype,
  HttpException,
  NotFound,
  RestBlueprint,
  serializeResponse,
} from '../../lib/index.ts'
import { csv, html } from '../../lib/renderers.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

const readings = [
  { city: 'Kraków', celsius: 21 },
  { city: 'Oslo', celsius: 9 },
]

describe.each(polkas)('Flask-arrest on $name', ({ polka }) => {
  /** Serves one blueprint below /api. */
  const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, prefix: '/api', ...options })

  const withCsv = (api: RestBlueprint) => {
    api.outgoing.addMimetype('text/csv')
    api.contentRenderer.renders('text/csv', csv())
    api.get('/readings', function query() {
      return readings
    })
    api.get('/gone', () => abort(410, 'It <went> away'))
  }

  describe('structure', () => {
    it('ARR-01 is a blueprint with a prefix and urlFor, beside plain Polka routes', async () => {
      const api = new RestBlueprint('api')
      api.get('/readings', function query() {
        return readings
      })
      const app = polka()
      api.register(app, { prefix: '/api/v1' })
      app.get('/plain', (_request: unknown, response: { end(text: string): void }) => response.end('plain'))
      const { fetch } = await serve(app)
      expect(await (await fetch('/api/v1/readings')).json()).toEqual(readings)
      expect(await (await fetch('/plain')).text()).toBe('plain')
      expect(api.urlFor('query')).toBe('/api/v1/readings')
    })

    it('ARR-02 the negotiation mixin alone gates incoming types and renders nothing', async () => {
      const Gated = ContentNegotiation(Blueprint)
      const gate = new Gated('gate', { logger: quiet() })
      gate.incoming.setMimetypes(['text/csv'])
      gate.outgoing.setMimetypes(['text/csv'])
      gate.post('/raw', (_request, response) => {
        response.end('by hand')
      })
      gate.get('/data', () => readings)
      const app = polka()
      gate.register(app)
      const { fetch } = await serve(app)
      const send = (type: string) =>
        fetch('/raw', { method: 'POST', body: 'x', headers: { 'content-type': type } })
      expect(await (await send('text/csv')).text()).toBe('by hand')
      expect((await send('application/json')).status).toBe(415)
      expect((await fetch('/data')).status).toBe(500)
    })

    it('ARR-03 ARR-04 accepts and returns JSON by default, in two independent maps', () => {
      const api = new RestBlueprint('api')
      expect(api.incoming.getMimetypes()).toEqual(['application/json'])
      expect(api.outgoing.getMimetypes()).toEqual(['application/json'])
      api.outgoing.addMimetype('text/plain')
      expect(api.incoming.getMimetypes()).toEqual(['application/json'])
    })

    it('ARR-52 does not change responses that a handler writes or creates itself', async () => {
      const { fetch } = await start((api) => {
        api.get('/written', { outgoing: false }, (_request, response) => {
          response.setHeader('content-type', 'text/x-mine').end('OK')
        })
        api.get('/made', () => new Response('made', { status: 202, headers: { 'x-mine': '1' } }))
      })
      const written = await fetch('/api/written', { headers: { accept: 'image/png' } })
      expect([written.status, written.headers.get('content-type'), await written.text()]).toEqual([
        200,
        'text/x-mine',
        'OK',
      ])
      const made = await fetch('/api/made')
      expect([made.status, made.headers.get('x-mine'), await made.text()]).toEqual([202, '1', 'made'])
    })

    it('ARR-53 checks the content type, runs the handler, renders; every error goes to the exception renderer', async () => {
      const seen: string[] = []
      const { fetch } = await start((api) => {
        api.post('/x', () => {
          seen.push('handler')
          return abort(409)
        })
        api.contentRenderer.renders('application/json', () => {
          seen.push('content')
          return '{}'
        })
        api.exceptionRenderer.renders('application/problem+json', (error) => {
          seen.push(`exception ${(error as HttpException).status}`)
          return '{}'
        })
      })
      await fetch('/api/x', { method: 'POST', body: '<a/>', headers: { 'content-type': 'text/xml' } })
      await fetch('/api/x', { method: 'POST' })
      expect(seen).toEqual(['exception 415', 'handler', 'exception 409'])
    })

    it('ARR-50 returns the endpoint and the blueprint of a request', async () => {
      const { api, fetch } = await start((api) => {
        api.get('/who', function who(request) {
          return [currentEndpoint(request)?.name, currentEndpoint(request)?.blueprint]
        })
      })
      expect(await (await fetch('/api/who')).json()).toEqual(['who', 'api'])
      expect(api.name).toBe('api')
      expect(currentEndpoint({} as never)).toBeUndefined()
    })

    it('ARR-34 has separate renderers for each blueprint', () => {
      const [one, other] = [new RestBlueprint('one'), new RestBlueprint('other')]
      one.contentRenderer.renders('text/csv', csv())
      one.exceptionRenderer.renders('text/csv', csv())
      expect([other.contentRenderer.has('text/csv'), other.exceptionRenderer.has('text/csv')]).toEqual([
        false,
        false,
      ])
      expect([contentRenderer.has('text/csv'), exceptionRenderer.has('text/csv')]).toEqual([false, false])
    })
  })

  describe('incoming', () => {
    const echo = (api: RestBlueprint) => {
      api.post('/echo', ({ body }) => ({ got: body ?? null }))
      api.get('/echo', () => 'here')
    }
    const posting = (type: string | undefined, body?: string) => ({
      method: 'POST',
      ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
      headers: type === undefined ? {} : { 'content-type': type },
    })

    it('ARR-05 ARR-B16 runs the handler for a listed type, with the parsed content', async () => {
      const { fetch } = await start(echo)
      expect(await (await fetch('/api/echo', posting('application/json', '{"a":1}'))).json()).toEqual({
        got: { a: 1 },
      })
    })

    it('ARR-06 ARR-B17 refuses other types with 415 and lists the supported ones', async () => {
      const { fetch } = await start(echo)
      const answer = await fetch('/api/echo', posting('application/vnd.x+json', '{}'))
      expect(answer.status).toBe(415)
      expect(answer.headers.get('accept')).toBe('application/json')
      expect(answer.headers.get('accept-post')).toBe('application/json')
      expect(await answer.json()).toMatchObject({
        title: 'Unsupported Media Type',
        supported: ['application/json'],
      })
    })

    it('ARR-06 accepts suffixed types when they are listed as a pattern', async () => {
      const { fetch } = await start((api) => {
        api.incoming.addMimetype('application/*+json')
        echo(api)
      })
      const answer = await fetch('/api/echo', posting('application/vnd.x+json; charset=utf-8', '{"a":1}'))
      expect(await answer.json()).toEqual({ got: { a: 1 } })
    })

    it('ARR-07 refuses content without a Content-Type', async () => {
      const { fetch } = await start(echo)
      expect((await fetch('/api/echo', posting(undefined, 'something'))).status).toBe(415)
    })

    it('ARR-08 ARR-B02 accepts requests without content, whatever their Content-Type', async () => {
      const { fetch } = await start(echo)
      expect(await (await fetch('/api/echo', posting(undefined))).json()).toEqual({ got: null })
      expect((await fetch('/api/echo', posting('application/xml'))).status).toBe(200)
      expect((await fetch('/api/echo', { headers: { 'content-type': 'application/xml' } })).status).toBe(200)
    })

    it('ARR-09 ARR-B04 has one rule for endpoint names in both maps', async () => {
      const { fetch } = await start((api) => {
        api.post('/t', function t({ body }) {
          return body
        })
        api.incoming.setMimetypes(['text/plain'], 't')
        api.outgoing.setMimetypes(['text/plain'], 't')
      })
      const answer = await fetch('/api/t', posting('text/plain', 'hi'))
      expect([answer.headers.get('content-type'), await answer.text()]).toEqual([
        'text/plain; charset=utf-8',
        'hi',
      ])
    })

    it('ARR-10 checks the content type of matched endpoints only, and not of OPTIONS', async () => {
      const { fetch } = await start(echo)
      const odd = { headers: { 'content-type': 'application/xml' } }
      expect((await fetch('/api/echo', { method: 'OPTIONS', ...odd })).status).toBe(204)
      expect((await fetch('/api/nothing', posting('application/xml', '<a/>'))).status).toBe(404)
    })

    it('ARR-B03 compares media types without letter case and parameters', async () => {
      const { fetch } = await start((api) => {
        echo(api)
        api.post('/form', { incoming: ['multipart/form-data'] }, () => 'taken')
        api.contentParser.parses('multipart/form-data', async (content) => (await content.bytes()).length)
      })
      expect((await fetch('/api/echo', posting('Application/JSON; charset=utf-8', '{}'))).status).toBe(200)
      const form = new FormData()
      form.set('a', 'b')
      expect((await fetch('/api/form', { method: 'POST', body: form })).status).toBe(200)
    })
  })

  describe('outgoing', () => {
    it('ARR-20 returns the best media type of the endpoint, or undefined', async () => {
      const { fetch } = await start(
        (api) => {
          api.outgoing.addMimetype('text/plain')
          api.get('/best', (request) =>
            serializeResponse(
              { best: getBestMimetype(request) ?? null },
              { contentType: 'application/json' },
            ),
          )
        },
        { notAcceptable: 'default' },
      )
      const best = async (accept: string) => (await fetch('/api/best', { headers: { accept } })).json()
      expect(await best('text/*')).toEqual({ best: 'text/plain' })
      expect(await best('image/png')).toEqual({ best: null })
    })

    it.each([
      ['text/csv', 'text/csv; charset=utf-8', 'ARR-21 a type'],
      ['TEXT/*', 'text/csv; charset=utf-8', 'ARR-21 a range, whatever the case'],
      ['application/json;q=0, */*', 'text/csv; charset=utf-8', 'ARR-22 q=0 refuses'],
      ['text/csv;q=0.5, application/json', 'application/json', 'ARR-23 weights'],
      ['*/*', 'application/json', 'ARR-23 ARR-B10 the server’s order'],
      ['', 'application/json', 'ARR-B01 an empty field'],
      ['application/json;charset=utf-8', 'application/json', 'ARR-B03 a charset'],
    ])('Accept: %s gets %s (%s)', async (accept, type) => {
      const { fetch } = await start(withCsv)
      const answer = await fetch('/api/readings', { headers: { accept } })
      expect(answer.headers.get('content-type')).toBe(type)
      expect(answer.headers.get('vary')).toBe('Accept')
    })

    it('ARR-B01 responds in the default type to a client without Accept', async () => {
      const { raw } = await start(withCsv)
      const answer = await raw('GET /api/readings HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      expect(answer).toMatch(/^HTTP\/1.1 200 /)
      expect(answer.toLowerCase()).toContain('content-type: application/json\r\n')
    })

    it('ARR-24 ARR-27 serializes data with a status and header fields', async () => {
      const { fetch } = await start((api) => {
        api.post('/made', () =>
          serializeResponse({ id: 7 }, { status: 201, headers: { Location: '/made/7' } }),
        )
      })
      const answer = await fetch('/api/made', { method: 'POST' })
      expect([answer.status, answer.headers.get('location'), await answer.json()]).toEqual([
        201,
        '/made/7',
        { id: 7 },
      ])
    })

    it('ARR-25 ARR-B05 responds with 406 before the handler runs, and lists the available types', async () => {
      let ran = false
      const { fetch } = await start((api) => {
        withCsv(api)
        api.post('/write', () => {
          ran = true
        })
      })
      const answer = await fetch('/api/readings', { headers: { accept: 'image/png' } })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([406, 'application/problem+json'])
      expect(await answer.json()).toMatchObject({ status: 406, acceptable: ['application/json', 'text/csv'] })
      expect(answer.headers.get('link')).toBe(
        '<?>; rel="alternate"; type="application/json", <?>; rel="alternate"; type="text/csv"',
      )
      const target = `/api/readings?q=${'x'.repeat(2000)}`
      const long = await fetch(target, { headers: { accept: 'image/png' } })
      expect([long.status, long.headers.get('link')]).toEqual([406, null])
      const written = await fetch('/api/write', { method: 'POST', headers: { accept: 'image/png' } })
      expect([written.status, written.headers.get('link'), ran]).toEqual([406, null, false])
    })

    it('ARR-26 sends an explicit type even to a client that refuses it', async () => {
      const { fetch } = await start((api) => {
        withCsv(api)
        api.get('/csv', () => serializeResponse(readings, { contentType: 'text/csv' }))
      })
      const answer = await fetch('/api/csv', { headers: { accept: 'text/csv;q=0, application/json' } })
      expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    })

    it('ARR-28 ARR-32 renders any data: null, dates, sets, maps, generators, bigint', async () => {
      const { fetch } = await start((api) => {
        api.get('/null', () => null)
        api.get('/data', () => ({
          at: new Date(0),
          set: new Set([1, 2]),
          map: new Map([['a', new Set([1n])]]),
          rows: (function* () {
            yield 1
          })(),
          big: 12345678901234567890n,
          decimal: { toJSON: () => '1.5' },
        }))
      })
      const nothing = await fetch('/api/null')
      expect([nothing.status, nothing.headers.get('content-type'), await nothing.text()]).toEqual([
        200,
        'application/json',
        'null',
      ])
      expect(await (await fetch('/api/data')).json()).toEqual({
        at: '1970-01-01T00:00:00.000Z',
        set: [1, 2],
        map: { a: ['1'] },
        rows: [1],
        big: '12345678901234567890',
        decimal: '1.5',
      })
    })

    it('ARR-29 renders with a given renderer, or with that of the blueprint, which may be replaced', async () => {
      const { fetch } = await start((api) => {
        api.get('/own', () => serializeResponse(1, { renderer: () => 'own' }))
        api.get('/all', () => 1)
        api.contentRenderer = {
          render: (data, { contentType, status }) => `${data} ${contentType} ${status}`,
        }
      })
      expect(await (await fetch('/api/own')).text()).toBe('own')
      expect(await (await fetch('/api/all')).text()).toBe('1 application/json 200')
    })

    it('ARR-51 serves vendor types with the JSON renderer and parser', async () => {
      const { fetch } = await start((api) => {
        api.incoming.setMimetypes(['application/vnd.temperatureapp+json'])
        api.outgoing.setMimetypes(['application/vnd.temperatureapp+json'])
        api.post('/echo', ({ body }) => body)
      })
      const answer = await fetch('/api/echo', {
        method: 'POST',
        body: '{"a":1}',
        headers: { 'content-type': 'application/vnd.temperatureapp+json' },
      })
      expect([answer.headers.get('content-type'), await answer.json()]).toEqual([
        'application/vnd.temperatureapp+json',
        { a: 1 },
      ])
    })
  })

  describe('renderers', () => {
    it('ARR-30 registers functions, by a call or a decorator; the last one counts', async () => {
      const mine = (data: unknown) => `mine: ${data}`
      const { api, fetch } = await start((api) => {
        api.outgoing.setMimetypes(['text/x-mine', 'text/x-full'])
        expect(api.contentRenderer.renders('text/x-mine')(() => 'first')).toBeTypeOf('function')
        expect(api.contentRenderer.renders('text/x-mine', mine)).toBe(api.contentRenderer)
        api.contentRenderer.renders('text/x-full', (data) => ({
          body: `full: ${data}`,
          status: 203,
          headers: { 'x-mine': '1' },
          contentType: 'text/x-full; version=2',
        }))
        api.get('/x', () => 7)
      })
      expect(api.contentRenderer.types).toContain('text/x-mine')
      expect(await (await fetch('/api/x')).text()).toBe('mine: 7')
      const full = await fetch('/api/x', { headers: { accept: 'text/x-full' } })
      expect([
        full.status,
        full.headers.get('x-mine'),
        full.headers.get('content-type'),
        await full.text(),
      ]).toEqual([203, '1', 'text/x-full; version=2; charset=utf-8', 'full: 7'])
    })

    it('ARR-31 ARR-B20 ARR-55 refuses a type without a renderer when it is registered', () => {
      const api = new RestBlueprint('api')
      api.outgoing.addMimetype('text/html')
      api.get('/x', function x() {
        return 1
      })
      expect(() => api.register(polka())).toThrow(
        new TypeError(
          "The endpoint 'x' answers text/html, which the content renderer cannot render: contentRenderer.renders('text/html', html()), from mazurka/renderers",
        ),
      )
      const blocked = new RestBlueprint('api')
      blocked.incoming.addMimetype('text/xml')
      blocked.post('/x', function x() {})
      expect(() => blocked.register(polka())).toThrow(
        /accepts text\/xml, which the content parser cannot parse/,
      )
    })

    it('ARR-33 ARR-B11 sends text as UTF-8, with that charset', async () => {
      const { fetch } = await start((api) => {
        api.outgoing.setMimetypes(['text/plain'])
        api.get('/x', () => readings[0])
      })
      const answer = await fetch('/api/x')
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(await answer.text()).toBe('{\n  "city": "Kraków",\n  "celsius": 21\n}\n')
    })

    it('ARR-35 accepts any object with a render method', async () => {
      class Shout {
        render(data: unknown): string {
          return String(data).toUpperCase()
        }
      }
      const { fetch } = await start((api) => {
        api.outgoing.setMimetypes(['text/x-loud'])
        api.contentRenderer.registerRenderer('text/x-loud', new Shout())
        api.get('/x', () => 'hey')
        api.exceptionRenderer = { render: (error) => `!${(error as HttpException).status}` }
      })
      expect(await (await fetch('/api/x')).text()).toBe('HEY')
      expect(await (await fetch('/api/none')).text()).toBe('!404')
      expect(() => new RestBlueprint('x').contentRenderer.renders('a/b', 7 as never)).toThrow(TypeError)
    })
  })

  describe('errors', () => {
    it.each([
      ['application/json', 'application/problem+json', 'ARR-38 (section 0 row 6)'],
      ['application/problem+json', 'application/problem+json', 'ARR-B06'],
      ['text/plain', 'text/plain; charset=utf-8', 'ARR-39'],
      ['text/html', 'text/html; charset=utf-8', 'ARR-40 ARR-B15 with its status and detail, escaped'],
      ['image/png', 'application/problem+json', 'ARR-36 ARR-37 no type is acceptable (section 0 row 5)'],
      [
        'text/csv, application/json;q=0.5',
        'application/problem+json',
        'ARR-B09 a type without an exception renderer',
      ],
    ])('Accept: %s gets errors as %s: %s', async (accept, type) => {
      const { fetch } = await start((api) => {
        api.get('/gone', { outgoing: false }, () => abort(410, 'It <went> away'))
      })
      const answer = await fetch('/api/gone', { headers: { accept } })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([410, type])
      expect(answer.headers.get('vary')).toBe('Accept')
      const body = await answer.text()
      if (type === 'application/problem+json') {
        expect(JSON.parse(body)).toEqual({
          type: 'about:blank',
          title: 'Gone',
          status: 410,
          detail: 'It <went> away',
        })
      } else if (type.startsWith('text/plain')) expect(body).toBe('It <went> away\n')
      else {
        expect(body).toContain('<title>410: Gone</title>')
        expect(body).toContain('<h1>410: Gone</h1>')
        expect(body).toContain('<p>It &lt;went&gt; away</p>')
      }
    })

    it('ARR-41 ARR-44 replaces or adds an exception renderer by media type', async () => {
      const { fetch } = await start((api) => {
        withCsv(api)
        api.exceptionRenderer.renders('text/html', (error) => `<h1>${(error as HttpException).status}</h1>`)
        api.exceptionRenderer.renders(
          'text/csv',
          (error, { status }) => `status\r\n${(error as HttpException).status} ${status}\r\n`,
        )
      })
      const gone = async (accept: string) => (await fetch('/api/gone', { headers: { accept } })).text()
      expect(await gone('text/html, text/csv;q=0.1, */*;q=0.1')).toBe('<h1>410</h1>')
      expect(await gone('text/csv')).toBe('status\r\n410 410\r\n')
    })

    it('ARR-42 lets one error handler respond to all HTTP errors', async () => {
      const { fetch } = await start((api) => {
        api.get('/gone', () => abort(410))
        api.get('/boom', () => {
          throw new Error('secret')
        })
        api.errorHandler(HttpException, (error) => ({ oops: error.status }))
      })
      const answers = await Promise.all(['/api/gone', '/api/boom', '/api/none'].map((path) => fetch(path)))
      expect(answers.map(({ status }) => status)).toEqual([410, 500, 404])
      expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
        { oops: 410 },
        { oops: 500 },
        { oops: 404 },
      ])
    })

    it('ARR-43 leaks nothing of an uncaught exception and logs it with its cause', async () => {
      const logger = quiet()
      const secret = new Error('secret')
      const { fetch } = await start(
        (api) => {
          api.get('/sync', () => {
            throw secret
          })
          api.get('/async', async () => Promise.reject(secret))
        },
        { logger },
      )
      for (const path of ['/api/sync', '/api/async']) {
        const answer = await fetch(path)
        expect([answer.status, await answer.json()]).toEqual([
          500,
          { type: 'about:blank', title: 'Internal Server Error', status: 500 },
        ])
      }
      expect(logger.lines).toEqual([
        ['GET /api/sync failed: secret', secret],
        ['GET /api/async failed: secret', secret],
      ])
    })

    it('ARR-B07 renders 404, 405 and custom error classes like all other errors', async () => {
      class TeapotError extends HttpException {
        constructor() {
          super(418, 'Short and stout')
        }
      }
      const { fetch } = await start((api) => {
        api.get('/tea', () => {
          throw new TeapotError()
        })
      })
      const html = { headers: { accept: 'text/html' } }
      expect(await (await fetch('/api/none', html)).text()).toContain('<h1>404: Not Found</h1>')
      const refused = await fetch('/api/tea', { method: 'DELETE' })
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
      expect(await (await fetch('/api/tea')).json()).toMatchObject({ status: 418, detail: 'Short and stout' })
    })

    it('ARR-B08 keeps the header fields of an error', async () => {
      const { fetch } = await start((api) => {
        api.get('/secret', () =>
          abort(401, 'Who are you?', { headers: { 'WWW-Authenticate': 'Basic realm="x"' } }),
        )
        api.get('/later', () => abort(503, 'Later', { headers: { 'retry-after': '30' } }))
      })
      expect((await fetch('/api/secret')).headers.get('www-authenticate')).toBe('Basic realm="x"')
      expect((await fetch('/api/later')).headers.get('retry-after')).toBe('30')
    })

    it('ARR-B09 falls back to a fixed problem document when the exception renderer fails', async () => {
      const { fetch } = await start((api) => {
        api.get('/gone', () => abort(410))
        api.exceptionRenderer.renders('application/problem+json', () => {
          throw new Error('secret')
        })
      })
      const answer = await fetch('/api/gone')
      expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
        410,
        'application/problem+json',
        { type: 'about:blank', title: 'Gone', status: 410 },
      ])
    })

    it('ARR-B12 sends Vary only where another media type was possible', async () => {
      const { fetch } = await start((api) => {
        withCsv(api)
        api.get('/json', { outgoing: ['application/json'] }, () => 1)
      })
      expect((await fetch('/api/readings')).headers.get('vary')).toBe('Accept')
      expect((await fetch('/api/json')).headers.get('vary')).toBeNull()
      expect((await fetch('/api/gone')).headers.get('vary')).toBe('Accept')
    })

    it('ARR-B19 lets a problem have a type, an instance and custom members', async () => {
      const { fetch } = await start((api) => {
        api.get('/x', () =>
          abort(409, 'Sold out', {
            type: 'https://shop.example/sold-out',
            title: 'Sold out',
            instance: '/x#1',
            left: 0,
          }),
        )
      })
      expect(await (await fetch('/api/x')).json()).toEqual({
        type: 'https://shop.example/sold-out',
        title: 'Sold out',
        status: 409,
        detail: 'Sold out',
        instance: '/x#1',
        left: 0,
      })
    })
  })

  describe('resources', () => {
    const users = () => {
      const all = new Map([['7', { id: 7, name: 'Ada' }]])
      return {
        singular: 'user',
        show: (id: string) => all.get(id),
        query: () => [...all.values()],
        create: ({ body }: { body: unknown }) => ({ id: 8, ...(body as object) }),
        replace: null,
        remove: (id: string) => void all.delete(id),
      }
    }

    it('ARR-45 ARR-46 ARR-B21 mounts a resource, one path for all and one for each', async () => {
      const { api, fetch } = await start((api) => api.mountResource(users() as never))
      expect(api.endpoints.map(({ name }) => name)).toEqual([
        'user',
        'user:remove',
        'user:query',
        'user:create',
      ])
      expect(await (await fetch('/api/users/7')).json()).toEqual({ id: 7, name: 'Ada' })
      expect(await (await fetch('/api/users/')).json()).toEqual([{ id: 7, name: 'Ada' }])
      for (const method of ['PUT', 'PATCH']) {
        const refused = await fetch('/api/users/7', { method })
        expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, DELETE, OPTIONS'])
      }
    })

    it('ARR-47 negotiates the result of an action; a show without a result is a 404', async () => {
      const { fetch } = await start((api) => {
        api.outgoing.addMimetype('text/csv')
        api.contentRenderer.renders('text/csv', csv())
        api.mountResource(users() as never)
      })
      const answer = await fetch('/api/users', { headers: { accept: 'text/csv' } })
      expect(await answer.text()).toBe('id,name\r\n7,Ada\r\n')
      expect((await fetch('/api/users/9')).status).toBe(404)
    })

    it('ARR-48 builds URLs from objects, by a converter named after the resource', async () => {
      const { api, fetch } = await start((api) => {
        api.mountResource({ ...users(), objectToId: (user: { id: number }) => `u${user.id}` } as never)
        api.get('/hello/<user:who>', ({ params }) => ({ hello: params.who }))
      })
      expect(api.urlFor('user', { id: { id: 7 } })).toBe('/api/users/u7')
      expect(await (await fetch('/api/hello/u7')).json()).toEqual({ hello: 'u7' })
    })

    it('ARR-49 mounts a resource at custom paths', async () => {
      const { fetch } = await start((api) => {
        api.mountResource({
          ...users(),
          uris: [
            [['GET'], '/{singular}/<{singular}:id>/', '{singular}'],
            [['GET', 'QUERY'].slice(0, 1), '/{plural}/', 'all:query'],
          ],
        } as never)
      })
      expect((await fetch('/api/user/7/')).status).toBe(200)
      expect((await fetch('/api/users/')).status).toBe(200)
      expect(() =>
        new RestBlueprint('x').mountResource({
          singular: 'a',
          show: () => 1,
          uris: [[['GET'], '/a', 'a:fly']],
        }),
      ).toThrow(/not an action of a resource/)
    })

    it('ARR-B14 responds with 201 and Location after creation, with 204 after removal', async () => {
      const { fetch } = await start((api) => api.mountResource(users() as never))
      const created = await fetch('/api/users', {
        method: 'POST',
        body: '{"name":"Bo"}',
        headers: { 'content-type': 'application/json' },
      })
      expect([created.status, created.headers.get('location')]).toEqual([201, '/api/users/8'])
      const removed = await fetch('/api/users/7', { method: 'DELETE' })
      expect([removed.status, await removed.text()]).toEqual([204, ''])
    })

    it('ARR-54 passes parsed content to handlers, serializes their results, and lists types per method', async () => {
      const { fetch } = await start((api) => {
        api.post('/x', { incoming: ['text/plain', null], outgoing: ['text/plain'] }, ({ body }) => {
          expectTypeOf(body).toBeUnknown()
          return `got ${body}`
        })
      })
      const post = (type: string, body: string) =>
        fetch('/api/x', { method: 'POST', body, headers: { 'content-type': type } })
      expect(await (await post('text/plain', 'a')).text()).toBe('got a')
      expect((await post('application/json', 'not json')).status).toBe(400)
      expect((await post('text/csv', 'a')).headers.get('accept')).toBe('text/plain, application/json')
    })
  })

  it('ARR-B13 ARR-B18 can be constructed, and knows 404 by its class', async () => {
    const { fetch } = await start((api) => {
      api.outgoing.addMimetype('text/html')
      api.contentRenderer.renders('text/html', html())
      api.errorHandler(NotFound, () => undefined)
      api.get('/x', () => readings)
    })
    expect(await (await fetch('/api/x', { headers: { accept: 'text/html' } })).text()).toContain('Kraków')
    expect((await fetch('/api/none')).status).toBe(404)
  })
})
