/** The content negotiated view of Invenio-REST: serializers by method and type are the records of `outgoing`. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type BlueprintOptions,
  type RenderContext,
  RestBlueprint,
  serializeResponse,
} from '../../lib/index.ts'
import { csv, json } from '../../lib/renderers.ts'
import { testApp } from '../support/test-app.ts'
import { ask as send } from '../support/wire.ts'

const V1 = 'application/vnd.acme.v1+json'
const V2 = 'application/vnd.acme.v2+json'
const record = { id: 1, title: 'A', metadata: { pages: 7 } }

/** The serializers of records: their order is that of preference, so that the first one is the default. */
const serializers = {
  'application/json': json(),
  [V1]: ({ id, title }: typeof record) => JSON.stringify({ id, title }),
  [V2]: ({ id, ...metadata }: typeof record) => JSON.stringify({ id, metadata }),
}

interface Asked {
  readonly method?: string
  readonly accept?: string
}

/** Status and media type of a response. */
async function served(declare: (api: RestBlueprint) => unknown, options?: BlueprintOptions) {
  const { port, ask, status } = await testApp(declare, options)
  const typeOf = async ({ method = 'GET', accept }: Asked = {}) => {
    const fields = accept === undefined ? {} : { accept }
    const answer = await send(port, { method, target: '/record', fields })
    return answer.status < 300 ? answer.fields['content-type'] : answer.status
  }
  return { typeOf, ask, status, port }
}

describe('serializers by method and type', () => {
  const handlers = { get: () => record, post: () => record, put: () => record, delete: () => record }
  const view = () =>
    served((api) =>
      api.route(
        '/record',
        {
          ...handlers,
          post: api.endpoint(
            { outgoing: { [V2]: serializers[V2], 'application/json': json() } },
            () => record,
          ),
          delete: api.endpoint({ outgoing: { 'text/plain': () => 'deleted' } }, () => record),
        },
        { outgoing: serializers },
      ),
    )

  it.each<[method: string, accept: string | undefined, expected: string | number, why: string]>([
    ['GET', undefined, 'application/json', 'the first is the default (INV-17, INV-18, INV-24)'],
    ['GET', '', 'application/json', 'an empty Accept is none (INV-24)'],
    ['GET', '*/*', 'application/json', 'the default of the method (INV-29)'],
    ['GET', V1, V1, 'the serializer that Accept names (INV-22)'],
    ['PUT', V1, V1, 'those of the resource, where a method has none (INV-21)'],
    ['POST', undefined, V2, 'the default of a method (INV-19, INV-21)'],
    ['POST', '*/*', V2, 'the default of this method, not of the resource (INV-29)'],
    ['POST', V1, 406, 'those of a method replace those of the resource (INV-21)'],
    ['DELETE', undefined, 'text/plain; charset=utf-8', 'a method with one serializer (INV-19)'],
    ['DELETE', 'application/json', 406, 'and no other (INV-31)'],
    ['HEAD', V1, V1, 'HEAD has the serializers of GET (INV-23)'],
    ['HEAD', undefined, 'application/json', 'and its default (INV-23)'],
    ['GET', 'image/png', 406, 'nothing matches (INV-31)'],
    ['GET', `${V1};q=0.5, ${V2}`, V2, 'the highest weight (INV-28)'],
    ['GET', `${V2}, ${V1}`, V2, 'the order of the client at equal weight (INV-28)'],
    ['GET', `${V1};q=high, ${V2}`, V2, 'a weight that does not parse (INV-28)'],
    ['GET', `${V1};q=0.5, */*`, 'application/json', 'a wildcard of more weight comes first (INV-27)'],
    ['GET', `${V1}, */*;q=0.1`, V1, 'an explicit type of more weight (INV-27)'],
    ['GET', `${V1};q=0`, 406, 'a refused type (INV-30)'],
    ['GET', `${V1};q=0, */*`, 'application/json', 'a refused type beside a wildcard (INV-30)'],
    ['GET', 'application/*', 'application/json', 'a range (INV-B03)'],
    ['GET', '*/*;q=0', 406, 'a wildcard that is refused (INV-B04)'],
    ['GET', 'application/json;q=0, */*', V1, 'a refused default (INV-B04)'],
    ['GET', 'Application/JSON', 'application/json', 'letter case (INV-B05)'],
    ['GET', 'application/json;charset=utf-8', 'application/json', 'a charset (INV-B05)'],
  ])('%s with Accept: %s is %s: %s', async (method, accept, expected) => {
    const { typeOf } = await view()
    expect(await typeOf({ method, ...(accept === undefined ? {} : { accept }) })).toBe(expected)
  })

  it('each make their own form of the data (INV-22, INV-36)', async () => {
    const { ask } = await view()
    expect((await ask('/record', { accept: V1 })).json).toEqual({ id: 1, title: 'A' })
    expect((await ask('/record', { accept: V2 })).json).toEqual({
      id: 1,
      metadata: { title: 'A', metadata: { pages: 7 } },
    })
  })

  it('may differ by a parameter, however it is written (INV-36)', async () => {
    const outgoing = {
      'application/json': json(),
      'application/vnd.acme+json;version=1': () => '1',
      'application/vnd.acme+json;version=2': () => '2',
    }
    const { ask } = await served((api) => api.get('/record', { outgoing }, () => record))
    for (const version of ['1', '2']) {
      const { text, headers } = await ask('/record', {
        accept: `application/vnd.acme+json ; Version="${version}"`,
      })
      expect(text).toBe(version)
      expect(headers.get('content-type')).toBe(`application/vnd.acme+json; version=${version}`)
    }
  })

  it('vary by Accept, where there is a choice (INV-B23)', async () => {
    const { ask } = await view()
    expect((await ask('/record')).headers.get('vary')).toBe('Accept')
    expect((await ask('DELETE /record')).headers.get('vary')).toBeNull()
  })

  it('are chosen before the handler: a refused request changes nothing (INV-B01)', async () => {
    let changes = 0
    const { status } = await served((api) => api.post('/record', () => ++changes))
    expect(await status('POST /record', { accept: 'image/png' })).toBe(406)
    expect(changes).toBe(0)
  })

  it('get the whole value of the handler: lists and null are data (INV-34, INV-B02)', async () => {
    const { ask } = await served((api) => {
      api.get('/list', () => [1, 202, { location: '/x' }])
      api.get('/null', () => null)
      api.get('/status', () => serializeResponse(record, { status: 202, headers: { location: '/x' } }))
    })
    expect(await ask('/list')).toMatchObject({ status: 200, text: '[1,202,{"location":"/x"}]' })
    expect(await ask('/null')).toMatchObject({ status: 200, text: 'null' })
    const accepted = await ask('/status')
    expect([accepted.status, accepted.headers.get('location')]).toEqual([202, '/x'])
  })

  it('decide about status, header fields and content (INV-35)', async () => {
    const render = (data: unknown, { status, contentType }: RenderContext) => ({
      body: `${JSON.stringify(data)} as ${contentType}, ${status}`,
      status: 203,
      contentType: 'text/x-record',
      headers: { 'cache-control': 'max-age=5', etag: '"7"' },
    })
    const { ask } = await served((api) => api.get('/record', { outgoing: { 'text/plain': render } }, () => 1))
    const { status, headers, text } = await ask('/record')
    expect([status, text]).toEqual([203, '1 as text/plain, 200'])
    expect(headers.get('content-type')).toBe('text/x-record; charset=utf-8')
    expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['max-age=5', '"7"'])
  })

  it('are passed by ready responses: outgoing: false negotiates nothing (INV-33)', async () => {
    const { ask } = await served((api) => {
      api.get(
        '/ready',
        { outgoing: false },
        () => new Response('ready', { headers: { 'content-type': 'a/b' } }),
      )
      api.get('/named', () => serializeResponse(record, { contentType: 'text/plain' }))
    })
    const ready = await ask('/ready', { accept: 'image/png' })
    expect([ready.status, ready.headers.get('content-type'), ready.text]).toEqual([200, 'a/b', 'ready'])
    expect((await ask('/named')).headers.get('content-type')).toBe('text/plain; charset=utf-8')
  })

  it('belong to handlers named get, post and so on: any other name is a TypeError (INV-20)', () => {
    const api = new RestBlueprint('api')
    expect(() => api.route('/record', { GET: () => 1 } as never)).toThrow(
      'A resource has handlers named get, post',
    )
    expect(() => api.route('/record', { get: { outgoing: serializers } } as never)).toThrow(TypeError)
  })

  it.each<[name: string, outgoing: unknown, message: string]>([
    ['a type without a serializer', ['text/csv'], "contentRenderer.renders('text/csv'"],
    ['no media type', { json: json() }, '"json" is not a media type'],
    ['no serializer', { 'application/json': 'json' }, 'A renderer is a function'],
    ['a function that makes one', { 'text/csv': csv }, 'is the function csv: call it, csv()'],
  ])('%s is a TypeError at registration (INV-18, INV-19, INV-B07, INV-B29)', (_name, outgoing, message) => {
    const declare = () =>
      new RestBlueprint('api').get('/record', { outgoing: outgoing as never }, () => 1).endpoints
    expect(declare).toThrow(TypeError)
    expect(declare).toThrow(message)
  })

  it('may be none: then nothing is acceptable (INV-18)', async () => {
    const { typeOf } = await served((api) => api.get('/record', { outgoing: [] }, () => 1))
    expect(await typeOf()).toBe(406)
  })
})

describe('the Content-Type that an endpoint requires', () => {
  const app = () =>
    testApp((api) => {
      const incoming = ['application/json', 'application/vnd.acme+json']
      api.route('/record', { get: () => 'read', post: () => 'written' }, { incoming })
    })

  it('is compared by type, in lower case, without parameters (INV-48)', async () => {
    const { status } = await app()
    const post = (type: string) => status('POST /record', { 'content-type': type }, '{}')
    expect(await post('application/json;charset=utf-8')).toBe(200)
    expect(await post('Application/VND.acme+JSON; x=1')).toBe(200)
    expect(await post('text/plain')).toBe(415)
  })

  it('is required of content alone, not of a GET or an empty POST (INV-48, INV-B24)', async () => {
    const { status, ask } = await app()
    expect(await status('/record')).toBe(200)
    expect(await status('POST /record')).toBe(200)
    expect(await status('/record', { 'content-type': 'text/plain' })).toBe(200)
    const refused = await ask('POST /record', { 'content-type': 'text/plain' }, 'x')
    expect(refused.status).toBe(415)
    expect(refused.headers.get('accept')).toBe('application/json, application/vnd.acme+json')
  })

  it('is listed by the 415, in the order of the endpoint (INV-12)', async () => {
    const { ask } = await app()
    const { json } = await ask('POST /record', { 'content-type': 'text/plain' }, 'x')
    expect(json).toMatchObject({
      status: 415,
      detail: 'Supported media types: application/json, application/vnd.acme+json',
      supported: ['application/json', 'application/vnd.acme+json'],
    })
  })

  it('is checked before the handler, functions and methods alike, and after the hooks (INV-50)', async () => {
    const order: string[] = []
    class Records {
      post() {
        order.push('handler')
        return 'written'
      }
    }
    const { status } = await testApp((api) => {
      api.before(() => void order.push('before'))
      api.route('/record', new Records(), { incoming: ['application/json'] })
    })
    expect(await status('POST /record', { 'content-type': 'text/plain' }, 'x')).toBe(415)
    expect(await status('POST /record', { 'content-type': 'application/json' }, '{}')).toBe(200)
    expect(order).toEqual(['before', 'before', 'handler'])
  })
})

describe('schemas in place of serializer classes', () => {
  it('make lists of rows, nested members and dates in ISO 8601, whole and in streams (INV-84, INV-B25)', async () => {
    const Row = z.object({ id: z.int(), owner: z.object({ name: z.string() }), at: z.date() })
    const rows = [{ id: 1, owner: { name: 'Tom', secret: 1 }, at: new Date(0), secret: 2 }]
    const { ask } = await testApp((api) => {
      api.get('/one', { response: Row }, () => rows[0] as (typeof rows)[0])
      api.get('/many', { response: z.array(Row) }, () => rows)
    })
    const sent = { id: 1, owner: { name: 'Tom' }, at: '1970-01-01T00:00:00.000Z' }
    expect((await ask('/one')).json).toEqual(sent)
    expect((await ask('/many')).json).toEqual([sent])
  })
})

describe('the date of a view', () => {
  const AT = new Date('2026-03-01T12:00:00.777Z')
  const SAME = { 'if-modified-since': 'Sun, 01 Mar 2026 12:00:00 GMT' }

  it('ends reads with 304, with and without the option etag, and changes never (INV-45, INV-46, INV-B09, INV-B10)', async () => {
    const { ask, status } = await testApp((api) => {
      api.route('/etag', { get: read, post: read }, { etag: true })
      api.get('/written', (_request, response) => {
        response.setHeader('last-modified', AT.toUTCString())
        return 1
      })
      function read({ lastModified }: { lastModified: (date: Date) => void }) {
        lastModified(AT)
        return 1
      }
    })
    for (const path of ['/etag', '/written']) {
      const fresh = await ask(path, SAME)
      expect([fresh.status, fresh.headers.get('last-modified')]).toEqual([304, SAME['if-modified-since']])
      expect(await status(path, { 'if-modified-since': 'Sun, 01 Mar 2026 11:59:59 GMT' })).toBe(200)
      expect(await status(path, { 'if-modified-since': 'yesterday' })).toBe(200)
      expect(await status(path, { ...SAME, 'if-none-match': '"other"' })).toBe(200)
    }
    expect(await status('POST /etag', SAME)).toBe(200)
  })
})
