import { describe, expect, it } from 'vitest'
import { type BlueprintOptions, RestBlueprint } from '../../lib/index.ts'
import { fallbackOf } from '../../lib/negotiation/fallback.ts'
import { csv, json } from '../../lib/renderers.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'
import { documented } from '../support/open-api.ts'
import { testApp } from '../support/test-app.ts'
import { ask } from '../support/wire.ts'

const rows = [{ a: 1 }]
const text = (data: unknown) => `fallback ${JSON.stringify(data)}`
const outgoing = { '*/*': text, 'application/json': json(), 'text/csv': csv() }

/** The Content-Type of `GET /rows`, with its status where that is not 200. */
async function typesFor(declare: (api: RestBlueprint) => unknown, options?: BlueprintOptions) {
  const { port } = await testApp(declare, options)
  return async (accept: string | undefined) => {
    const fields: Record<string, string> = accept === undefined ? {} : { accept }
    const answer = await ask(port, { method: 'GET', target: '/rows', fields })
    const type = answer.fields['content-type']
    return answer.status === 200 ? type : [answer.status, type]
  }
}

describe('the fallback of an endpoint', () => {
  it.each<[accept: string | undefined, type: unknown, why: string]>([
    [undefined, 'application/json', 'no Accept'],
    ['*/*', 'application/json', 'any type'],
    ['text/csv', 'text/csv; charset=utf-8', 'an exact match comes first, whatever the place of the fallback'],
    ['image/png, text/csv;q=0.1', 'text/csv; charset=utf-8', 'and at a low weight, too'],
    ['image/png, */*;q=0.1', 'application/json', 'a range that another type fits'],
    ['image/png', 'image/png', 'the type that the client names'],
    ['Text/Calendar', 'text/calendar; charset=utf-8', 'text is UTF-8'],
    ['application/vnd.acme+json', 'application/vnd.acme+json', 'a type that JSON could not serve'],
    ['image/png;q=0.5, image/webp', 'image/webp', 'the preferred one'],
    ['image/png, image/webp', 'image/png', 'the first at equal weight'],
    ['image/png;q=0, image/webp;q=0.1', 'image/webp', 'not a refused one'],
    ['image/png;v=1, image/png;q=0, image/webp;q=0.1', 'image/webp', 'not one refused without parameters'],
    ['text/plain;charset=utf-16', 'text/plain; charset=utf-8', 'parameters are not repeated'],
    ['text/calendar;charset=utf-8;q=0, text/calendar, a/b;q=0.1', 'a/b', 'nor one refused with its charset'],
    [
      'text/calendar;q=0, text/calendar;charset=utf-8',
      'text/calendar; charset=utf-8',
      'it is accepted with its charset',
    ],
    ['image/*', 'application/octet-stream', 'a range names none'],
    ['application/octet-stream;q=0, image/*', 'text/plain; charset=utf-8', 'not a refused one'],
    ['application/*;q=0, text/*;q=0, image/*', [406, 'application/problem+json'], 'all of them are refused'],
    ['*/*;q=0, image/*', [406, 'application/problem+json'], 'all but some images are refused'],
    ['application/json;q=0, text/csv;q=0, */*', 'application/octet-stream', 'anything else'],
    ['application/json;q=0, text/csv;q=0, text/*', 'text/plain; charset=utf-8', 'any other text'],
    ['application/problem+json, image/png;q=0.5', 'image/png', 'errors have that type, not data'],
    ['application/problem+json', 'application/octet-stream', 'and never this content'],
    [
      `image/${'x'.repeat(200)}, image/png;q=0.1`,
      'image/png',
      'a name of more than 127 letters (RFC 6838 §4.2)',
    ],
    ["image/p|g, image/'n, image/*x, image/png;q=0.1", 'image/png', 'names that no type has'],
    ['*/*;q=0', [406, 'application/problem+json'], 'nothing is accepted'],
    ['image/png;q=0', [406, 'application/problem+json'], 'nothing is accepted'],
    ['nonsense', [406, 'application/problem+json'], 'nothing that parses'],
  ])('Accept: %s gets %s: %s (INV-32)', async (accept, type) => {
    const typeFor = await typesFor((api) => api.get('/rows', { outgoing }, () => rows))
    expect(await typeFor(accept)).toEqual(type)
  })

  it('may be the only one: without a named type the content is application/octet-stream (INV-32)', async () => {
    const typeFor = await typesFor((api) => api.get('/rows', { outgoing: { '*/*': text } }, () => rows))
    expect(await typeFor(undefined)).toBe('application/octet-stream')
    expect(await typeFor('*/*')).toBe('application/octet-stream')
    expect(await typeFor('text/*;q=0.5')).toBe('text/plain; charset=utf-8')
    expect(await typeFor('video/mp4, */*;q=0.1')).toBe('video/mp4')
    expect(await typeFor('*/*;q=0')).toEqual([406, 'application/problem+json'])
  })

  it('gets the named type, and may send another one or its own fields', async () => {
    const { ask } = await testApp((api) => {
      const echo = (_data: unknown, { contentType }: { contentType: string }) => contentType
      api.get('/echo', { outgoing: { '*/*': echo } }, () => rows)
      const page = () => ({
        body: '<p>',
        contentType: 'text/html',
        headers: { 'content-security-policy': "default-src 'self'" },
      })
      api.get('/page', { outgoing: { '*/*': page } }, () => rows)
      api.get('/object', { outgoing: { '*/*': { render: text } } }, () => rows)
    })
    expect((await ask('/echo', { accept: 'image/PNG;x=1' })).text).toBe('image/png')
    const { headers } = await ask('/page', { accept: 'image/png' })
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toBe("default-src 'self'")
    expect((await ask('/object', { accept: 'a/b' })).text).toBe('fallback [{"a":1}]')
  })

  it('renders no type that is listed, also one that is added later', async () => {
    const { ask } = await testApp((api) => {
      api.get('/rows', { name: 'rows', outgoing: { 'application/json': json(), '*/*': text } }, () => rows)
      api.contentRenderer.renders('text/csv', csv())
      api.outgoing.addMimetype('text/csv', 'rows')
    })
    expect((await ask('/rows', { accept: 'text/csv' })).text).toBe('a\r\n1\r\n')
    expect((await ask('/rows', { accept: 'text/html' })).text).toBe('fallback [{"a":1}]')
  })

  it('cannot be made to run in a browser, since the client has chosen the type', async () => {
    const { ask } = await testApp((api) =>
      api.get('/rows', { outgoing: { '*/*': json() } }, () => ['<script>']),
    )
    const { headers } = await ask('/rows', { accept: 'text/html' })
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('varies by Accept, and has an ETag of its own for each type', async () => {
    const { ask } = await testApp((api) =>
      api.get('/rows', { outgoing: { '*/*': text }, etag: { current: () => rows } }, () => rows),
    )
    const png = await ask('/rows', { accept: 'image/png' })
    const webp = await ask('/rows', { accept: 'image/webp' })
    expect(png.headers.get('vary')).toBe('Accept')
    expect([png.tag.endsWith('-image/png"'), webp.tag.endsWith('-image/webp"')]).toEqual([true, true])
    expect((await ask('/rows', { accept: 'image/png', 'if-none-match': png.tag })).status).toBe(304)
    expect((await ask('/rows', { accept: 'image/webp', 'if-none-match': png.tag })).status).toBe(200)
  })

  it('serves the values of error handlers and notAcceptable: default, too', async () => {
    const typeFor = await typesFor((api) => api.get('/rows', { outgoing: { '*/*': text } }, () => rows), {
      notAcceptable: 'default',
    })
    expect(await typeFor('*/*;q=0')).toBe('application/octet-stream')
    const { ask } = await testApp((api) => {
      api.errorHandler(404, () => ({ missing: true }))
      api.get('/rows', { outgoing }, ({ query }) => (query.x ? rows : Promise.reject({ status: 404 })))
    })
    const missing = await ask('/rows', { accept: 'image/png' })
    expect([missing.status, missing.headers.get('content-type'), missing.text]).toEqual([
      404,
      'image/png',
      'fallback {"missing":true}',
    ])
  })

  it('has the response schema of */*, and the envelope of its pages', async () => {
    const type = { type: 'object', properties: { a: { type: 'integer' } } }
    const { jsonSchema } = await import('../../lib/json-schema.ts')
    const { ask } = await testApp((api) => {
      const response = {
        'application/json': jsonSchema(type),
        'text/csv': jsonSchema(type),
        '*/*': jsonSchema({}),
      }
      api.get('/one', { outgoing, response: { 200: response } }, () => ({ a: 1, b: 2 }))
      api.get('/list', { outgoing, paginate: { envelope: true, pager: (all) => all } }, () => rows)
    })
    expect((await ask('/one')).json).toEqual({ a: 1 })
    expect((await ask('/one', { accept: 'application/vnd.x+json' })).text).toBe('fallback {"a":1,"b":2}')
    expect((await ask('/list', { accept: 'text/tab-separated-values' })).text).toContain('"items":[{"a":1}]')
  })

  it('is documented as */*, and explained', async () => {
    const api = new RestBlueprint('api')
    api.get('/rows', { name: 'rows', outgoing }, () => rows)
    const { paths } = await documented(api)
    const ok = paths?.['/rows']?.get?.responses?.['200'] as { content: object; headers: object } | undefined
    expect(Object.keys(ok?.content ?? {})).toEqual(['application/json', 'text/csv', '*/*'])
    expect(ok?.headers).toHaveProperty('Vary')
    const [endpoint] = api.endpoints
    expect(endpoint?.explain({ accept: 'image/png' })).toEqual({
      contentType: 'image/png',
      offers: [
        { contentType: 'application/json', weight: 0, range: undefined },
        { contentType: 'text/csv', weight: 0, range: undefined },
      ],
      reason: 'The fallback */* is sent as image/png',
    })
    expect(endpoint?.explain({ accept: '*/*;q=0' }).contentType).toBeUndefined()
  })

  it('is the only range that may be sent, and needs its renderer', () => {
    const declare = (outgoing: never) => () =>
      void new RestBlueprint('x').get('/', { outgoing }, () => 1).endpoints
    expect(declare({ '*/*': 7 } as never)).toThrow(TypeError)
    expect(declare({ 'text/*': text } as never)).toThrow("has the range 'text/*'")
    expect(declare(['*/*'] as never)).toThrow("a fallback is { '*/*': renderer }")
  })

  it('chooses in time that is linear in the length of Accept', async () => {
    const fallback = fallbackOf({ render: text })
    const make = (size: number) => 'a/b;x=1,a/b;q=0,'.repeat(size)
    expect(await growthOf((size) => void fallback.for(make(size)), 2000)).toBeLessThan(SUPERLINEAR)
  })
})
