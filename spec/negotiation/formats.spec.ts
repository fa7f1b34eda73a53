import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, arrayPager, type BlueprintOptions, getBestMimetype, RestBlueprint } from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
import { documented, faultsOf } from '../support/open-api.ts'
import { testApi } from '../support/test-api.ts'
import { testApp } from '../support/test-app.ts'

const rows = [{ a: 1 }, { a: 2 }]
const renderers = { 'text/csv': csv() }
const formats = { json: 'application/json', csv: 'text/csv' }
const CSV = 'text/csv; charset=utf-8'
const JSON_TYPE = 'application/json'

describe('formats', () => {
  const served = () =>
    testApp((api) => api.get('/rows', { formats }, () => rows).post('/rows', { formats }, () => rows), {
      renderers,
    })

  it.each([
    ['/rows?format=csv', 'application/json', CSV, 'before Accept'],
    ['/rows?format=csv', 'text/csv;q=0, application/json', CSV, 'a refused type, too'],
    ['/rows?format=csv', 'image/png', CSV, 'and one that cannot be served'],
    ['/rows?format=json', 'text/csv', JSON_TYPE, 'the first type, too'],
    ['POST /rows?format=csv', '*/*', CSV, 'of any method'],
    ['/rows?format=csv&format=json', '*/*', CSV, 'the first value wins'],
    ['/rows?a=1&for%6Dat=%63sv', '*/*', CSV, 'percent-encoded'],
    ['/rows', 'text/csv', CSV, 'without the parameter Accept decides'],
    ['/rows?format=xml', 'text/csv', CSV, 'an unknown name'],
    ['/rows?format=', 'text/csv', CSV, 'an empty name'],
    ['/rows?format', 'text/csv', CSV, 'no value'],
    ['/rows?format=CSV', '*/*', JSON_TYPE, 'names have their letter case'],
    ['/rows?format=text/csv', '*/*', JSON_TYPE, 'a media type is no name'],
    ['/rows?format=xml&format=csv', '*/*', JSON_TYPE, 'the first value, known or not'],
    ['/rows?format[csv]=1', '*/*', JSON_TYPE, 'another parameter'],
    ['/rows?format=__proto__', '*/*', JSON_TYPE, 'a member of all objects'],
    ['/rows?format=constructor', '*/*', JSON_TYPE, 'a member of all objects'],
    ['/rows?format=%FF%00', '*/*', JSON_TYPE, 'no text'],
  ])('%s with Accept: %s gets %s: %s (INV-25)', async (line, accept, type) => {
    const { headers, status } = await (await served()).ask(line, { accept })
    expect([status, headers.get('content-type'), headers.get('vary')]).toEqual([200, type, 'Accept'])
  })

  it('leaves a 406 to requests without a known name (INV-25)', async () => {
    const { status } = await served()
    expect(await status('/rows?format=xml', { accept: 'image/png' })).toBe(406)
  })

  it('is read in the target that was routed, as the query is, also where middleware rewrites `request.url`', async () => {
    const { ask } = await testApp(
      (api) =>
        api
          .use((request, _response, next) => {
            request.url = request.url.includes('csv') ? '/' : '/rows?format=csv'
            next()
          })
          .get('/rows', { formats, query: z.object({ format: z.string().optional() }) }, ({ query }) => [
            query,
          ]),
      { renderers },
    )
    expect((await ask('/rows?format=csv')).text).toBe('format\r\ncsv\r\n')
    expect((await ask('/rows')).text).toBe('[{}]')
  })

  it('has no effect where it is not set (INV-26)', async () => {
    const { ask } = await testApp((api) => api.get('/rows', () => rows), { renderers })
    expect((await ask('/rows?format=csv')).headers.get('content-type')).toBe(JSON_TYPE)
  })

  it('of a blueprint are those of each endpoint whose types it has, also in nested blueprints (INV-25)', async () => {
    const inner = new RestBlueprint('inner')
    inner.contentRenderer.renders('text/csv', csv())
    inner.get('/inner', { outgoing: [null, 'text/csv'] }, () => rows)
    const { ask } = await testApp(
      (api) => {
        inner.register(api)
        api.get('/json', () => rows)
        api.get('/other', { formats: { rows: 'application/json' } }, () => rows)
        api.get('/raw', { outgoing: false }, (_request, response) => void response.end('raw'))
      },
      { formats, formatParameter: 'as' } as BlueprintOptions,
    )
    const type = async (line: string) => (await ask(line, { accept: '*/*' })).headers.get('content-type')
    expect(await type('/inner?as=csv')).toBe(CSV)
    expect(await type('/json?as=csv')).toBe(JSON_TYPE)
    expect(await type('/other?as=csv')).toBe(JSON_TYPE)
    expect((await ask('/raw?as=csv')).text).toBe('raw')
  })

  it('has a parameter of another name', async () => {
    const { ask } = await testApp((api) => api.get('/rows', { formats, formatParameter: 'f' }, () => rows), {
      renderers,
    })
    expect((await ask('/rows?f=csv')).headers.get('content-type')).toBe(CSV)
    expect((await ask('/rows?format=csv')).headers.get('content-type')).toBe(JSON_TYPE)
  })

  it('is no unknown query parameter, and stays in the links of pages', async () => {
    const { ask, outcome } = await testApp(
      (api) => {
        const query = z.object({ a: z.string().optional() })
        api.get(
          '/rows',
          { formats, query, unknown: 'refuse', paginate: { pager: arrayPager, pageSize: 1 } },
          () => rows,
        )
        api.get('/strict', { formats, query: z.strictObject({}) }, ({ query }) => query)
      },
      { renderers },
    )
    const { headers, text } = await ask('/rows?a=x&format=csv')
    expect([headers.get('content-type'), text]).toEqual([CSV, 'a\r\n1\r\n'])
    expect(headers.get('link')).toContain('<?a=x&format=csv&page=2>; rel="next"')
    expect(await outcome('/rows?forma=csv')).toMatchObject({ status: 422 })
    expect(await outcome('/strict?format=json')).toEqual({ status: 200, value: {} })
  })

  it('holds for values of error handlers and for getBestMimetype, not for problem documents', async () => {
    const { ask } = await testApp(
      (api) => {
        api.errorHandler(409, () => rows)
        api.get('/best', { formats, query: z.object({}) }, (request) => getBestMimetype(request))
        api.get('/gone', { formats }, () => abort(410, 'Gone'))
        api.get('/conflict', { formats, query: z.object({}) }, () => abort(409))
      },
      { renderers },
    )
    expect((await ask('/best?format=csv')).text).toContain('text/csv')
    expect((await ask('/gone?format=csv')).headers.get('content-type')).toBe('application/problem+json')
    expect((await ask('/gone?format=csv', { accept: 'text/plain' })).text).toBe('Gone\n')
    const handled = await ask('/conflict?format=csv')
    expect([handled.status, handled.headers.get('content-type')]).toEqual([409, CSV])
  })

  it('gives each format its ETag', async () => {
    const { ask } = await testApp((api) => api.get('/rows', { formats, etag: true }, () => rows), {
      renderers,
    })
    const { tag } = await ask('/rows?format=csv')
    expect(tag).toMatch(/-text\/csv"$/)
    expect((await ask('/rows?format=csv', { 'if-none-match': tag })).status).toBe(304)
    expect((await ask('/rows', { 'if-none-match': tag })).status).toBe(200)
  })

  it('is listed in the document, by the names that an endpoint has', async () => {
    const api = new RestBlueprint('api', { formats })
    api.contentRenderer.renders('text/csv', csv())
    api.get('/json', () => rows).get('/rows', { outgoing: [null, 'text/csv'] }, () => rows)
    api.get('/own', { query: z.object({ format: z.string().describe('Mine') }) }, () => rows)
    const document = await documented(api)
    expect(await faultsOf(document)).toEqual([])
    const parameters = (path: string) => document.paths?.[path]?.get?.parameters
    expect(parameters('/rows')).toEqual([
      {
        name: 'format',
        in: 'query',
        description: 'Media type of the response, in place of Accept',
        schema: { type: 'string', enum: ['json', 'csv'] },
      },
    ])
    expect(parameters('/json')).toMatchObject([{ schema: { enum: ['json'] } }])
    expect(parameters('/own')).toMatchObject([{ name: 'format', description: 'Mine' }])
  })

  it('is explained', () => {
    const api = new RestBlueprint('api')
    api.contentRenderer.renders('text/csv', csv())
    api.get('/rows', { outgoing: [null, 'text/csv'], formats }, () => rows)
    const [endpoint] = api.endpoints
    expect(endpoint?.explain({ accept: 'image/png' }, '/rows?format=csv')).toMatchObject({
      contentType: 'text/csv',
      reason: 'The query names the format csv',
    })
    expect(endpoint?.explain({}, '/rows?format=xml')).toMatchObject({
      contentType: 'application/json',
      reason: 'The format xml is not known. Without Accept the first media type is sent: application/json',
    })
    expect(endpoint?.explain({}).contentType).toBe('application/json')
  })

  it('works inside an Api', async () => {
    const { ask } = await testApi({ securityHeaders: true, cache: { maxAgeSeconds: 5 } }, (things) => {
      things.contentRenderer.renders('text/csv', csv())
      things.get('/rows', { outgoing: [null, 'text/csv'], formats }, () => rows)
    })
    const { headers } = await ask('/rows?format=csv')
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([CSV, 'max-age=5'])
  })

  const declare = (options: object, settings: object = {}) => {
    const api = new RestBlueprint('api', settings)
    api.get('/rows', { name: 'rows', ...options }, () => rows)
    return () => api.register({ use: () => {} })
  }

  it.each([
    [
      'a type that is not in outgoing',
      { formats: { csv: 'text/csv' } },
      {},
      "'rows' has the format 'csv', but never sends text/csv",
    ],
    ['a type of nothing that is negotiated', { outgoing: false, formats }, {}, "has the format 'json'"],
    ['the fallback', { outgoing: { '*/*': String }, formats: { any: '*/*' } }, {}, "has the format 'any'"],
    ['no media type', { formats: { csv: 'csv' } }, {}, '"csv" is not a media type'],
    ['no text', { formats: { csv: 7 } }, {}, '7 is not a media type'],
    ['a list', { formats: ['text/csv'] }, {}, 'formats: a list; use an object'],
    ['an empty name', { formats: { '': 'application/json' } }, {}, 'an empty name in formats'],
    [
      'an empty parameter',
      { formats: { json: JSON_TYPE }, formatParameter: '' },
      {},
      'an empty name in formats or formatParameter',
    ],
    [
      'a parameter that is no text',
      { formats: { json: JSON_TYPE }, formatParameter: 7 },
      {},
      'formatParameter: 7; use a text',
    ],
    ['a type that no endpoint of the blueprint has', {}, { formats }, "'api' has the format 'csv'"],
    ['no media type (blueprint)', {}, { formats: { a: 'b' } }, '"b" is not a media type'],
    ['a parameter that is no text (blueprint)', {}, { formatParameter: 7 }, 'formatParameter: 7'],
  ])('%s is a TypeError', (_case, options, settings, message) => {
    expect(declare(options, settings)).toThrow(TypeError)
    expect(declare(options, settings)).toThrow(message)
  })

  it('of a blueprint may come before its endpoints', () => {
    const api = new RestBlueprint('api', { formats }).register({ use: () => {} })
    expect(api.endpoints).toEqual([])
  })
})
