/** The client, with real servers. */
import { createServer, type RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Below, ClientError, client, isClientError } from '../../lib/client.ts'
import { abort, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { multipart } from '../../lib/multipart.ts'
import { csv, event, ndjson, sse } from '../../lib/renderers.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'

const Pet = z.object({ id: z.int(), name: z.string() })
const Missing = z.object({ title: z.string(), suggestion: z.string() })
type Pet = z.infer<typeof Pet>

function petsApi() {
  const pets = new Map<number, Pet>([
    [1, { id: 1, name: 'Rex' }],
    [2, { id: 2, name: 'Ada' }],
    [3, { id: 3, name: 'Kit' }],
  ])
  const find = ({ params }: { params: { id: number } }) => pets.get(params.id)
  const base = new RestBlueprint('pets', { logger: quiet() })
  base.contentRenderer.renders('text/csv', csv())
  base.contentRenderer.renders('application/x-ndjson', ndjson())
  base.contentRenderer.renders('text/event-stream', sse())
  base.contentRenderer.renders('image/png', () => new Uint8Array([137, 80, 78, 71]))
  base.contentParser.parses('multipart/form-data', multipart())
  return base
    .get(
      '/pets',
      {
        query: z.object({ tag: z.array(z.string()).optional(), since: z.string().optional() }),
        response: z.array(Pet),
        outgoing: ['application/json', 'text/csv', 'application/x-ndjson', 'text/event-stream'],
      },
      () => [...pets.values()],
    )
    .get('/pages', { paginate: { pageSize: 2 }, response: z.array(Pet) }, ({ pagination }) => {
      pagination.itemCount = pets.size
      return [...pets.values()].slice(pagination.firstItem, pagination.lastItem + 1)
    })
    .get('/wrapped', { paginate: { pageSize: 2, envelope: true } }, ({ pagination }) => {
      pagination.itemCount = pets.size
      return [...pets.values()].slice(pagination.firstItem, pagination.lastItem + 1)
    })
    .get(
      '/pets/<int:id>',
      { response: { 200: Pet, 404: Missing }, etag: { current: find } },
      ({ current }) => current ?? abort(404, 'No such pet', { suggestion: 'Ask for another' }),
    )
    .put(
      '/pets/<int:id>',
      { body: Pet, response: Pet, etag: { current: find } },
      ({ params, body }) => pets.set(params.id, body).get(params.id) ?? abort(404),
    )
    .patch(
      '/pets/<int:id>',
      { patch: { current: find, schema: Pet }, response: Pet },
      ({ params, body }) => pets.set(params.id, body).get(params.id) ?? abort(404),
    )
    .delete('/pets/<int:id>', { response: { 204: null }, etag: { current: find } }, ({ params }) => {
      pets.delete(params.id)
    })
    .post('/pets', { body: Pet, response: { 201: Pet } }, ({ body }) => body)
    .post(
      '/forms',
      { body: { 'application/x-www-form-urlencoded': z.object({ a: z.array(z.string()) }) } },
      ({ body }) => body,
    )
    .post(
      '/photos',
      { body: z.object({ title: z.string() }), files: { photo: { required: true } } },
      ({ body, files }) => ({ title: body.title, bytes: files.photo.size }),
    )
    .get('/echo/<path:file>', ({ params, originalUrl }) => ({ ...params, originalUrl }))
    .get('/float/<float:x>/<any(day, week):span>/:name', ({ params }) => params)
    .get('/headers', ({ headers }) => headers)
    .get('/picture', { outgoing: ['image/png'] }, () => 'x')
    .get('/broken', () => {
      throw new Error('secret')
    })
}

async function servePets() {
  const api = petsApi()
  const app = polka()
  api.register(app, { prefix: '/api' })
  const { url } = await serve(app)
  return { url: `${url}/api`, pets: client<typeof api>(`${url}/api/`) }
}

describe('a GET call', () => {
  it('returns JSON data, the status, the ETag and the response', async () => {
    const { pets } = await servePets()
    const result = await pets.get('/pets/<int:id>', { params: { id: 1 } })
    expect(result).toMatchObject({ ok: true, notModified: false, status: 200, data: { id: 1, name: 'Rex' } })
    expect(result.etag).toBe(result.response.headers.get('etag'))
    expect(result.response.bodyUsed).toBe(true)
  })

  it('returns data by the requested type: text, streamed items, bytes', async () => {
    const { pets } = await servePets()
    const table = await pets.get('/pets', { accept: 'text/csv' })
    expect(table.data).toBe('id,name\r\n1,Rex\r\n2,Ada\r\n3,Kit\r\n')
    for (const accept of ['application/x-ndjson', 'text/event-stream'] as const) {
      const { data } = await pets.get('/pets', { accept })
      const names: string[] = []
      for await (const { name } of data) names.push(name)
      expect(names).toEqual(['Rex', 'Ada', 'Kit'])
    }
    const picture = await pets.get('/picture', { accept: 'image/png' })
    expect(picture.data).toBeInstanceOf(Blob)
    const { data: bytes } = await pets.get('/picture', { accept: 'image/png', as: 'bytes' })
    expect([...new Uint8Array(bytes)]).toEqual([137, 80, 78, 71])
    const { data: stream } = await pets.get('/pets', { accept: 'text/csv', as: 'stream' })
    expect(await new Response(stream).text()).toBe(table.data)
    expect((await pets.get('/pets', { as: 'text' })).data).toContain('"Rex"')
  })

  it('with HEAD returns no data', async () => {
    const { pets } = await servePets()
    const { status, data, etag } = await pets.head('/pets/<int:id>', { params: { id: 1 } })
    expect([status, data, typeof etag]).toEqual([200, undefined, 'string'])
  })

  it('throws an error with the body when the content is of another type or not valid JSON', async () => {
    const html: RequestListener = (_, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>Log in</h1>')
    const { url } = await serve(createServer(html))
    const error = await client(url)
      .get('/')
      .catch((error) => error)
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({ status: 200, body: '<h1>Log in</h1>' })
    expect(error.message).toContain('is not application/json')
    const json: RequestListener = (_, response) =>
      response.setHeader('content-type', 'application/json').end('{"cut')
    const invalid = await serve(createServer(json))
    await expect(client(invalid.url).get('/')).rejects.toMatchObject({ name: 'ClientError', body: '{"cut' })
  })
})

describe('a URL', () => {
  it('is made from the path template, percent-encoded', async () => {
    const { pets } = await servePets()
    const file = 'a b/ü?#%/c'
    const { data } = await pets.get('/echo/<path:file>', { params: { file } })
    expect(data).toEqual({ file, originalUrl: '/api/echo/a%20b/%C3%BC%3F%23%25/c' })
    const params = { x: 7, span: 'week', name: 'a/b' } as const
    const converted = await pets.get('/float/<float:x>/<any(day, week):span>/:name', { params })
    expect(converted.data).toEqual(params)
  })

  it('needs all parameters, and refuses dot segments, hosts and texts without an encoding', async () => {
    const { pets } = await servePets()
    const get = (file: string) => pets.get('/echo/<path:file>', { params: { file } })
    await expect(get('')).rejects.toThrow("'/echo/<path:file>' needs 'file'")
    for (const file of ['..', 'a/../b', '.', '../', '\ud800'])
      await expect(get(file)).rejects.toThrow(TypeError)
    const file = pets.get('/<path:file>' as never, { params: { file: '/evil.example' } } as never)
    await expect(file).rejects.toThrow("'//evil.example' is not a path of '/<path:file>'")
    expect((await get('...')).status).toBe(200)
  })

  it('repeats the names of lists in the query, omits undefined, and writes null as nothing and dates as ISO 8601', async () => {
    const { pets } = await servePets()
    const query = { a: ['x', 'y z'], b: undefined, c: null, at: new Date(0), n: 1 }
    const { data } = await pets.get('/echo/<path:file>', { params: { file: 'x' }, query })
    expect((data as { originalUrl: string }).originalUrl).toBe(
      '/api/echo/x?a=x&a=y+z&c=&at=1970-01-01T00%3A00%3A00.000Z&n=1',
    )
  })
})

describe('a request', () => {
  it('has content: JSON, a form, files, or a patch', async () => {
    const { pets } = await servePets()
    const created = await pets.post('/pets', { body: { id: 9, name: 'New' } })
    expect([created.status, created.data]).toEqual([201, { id: 9, name: 'New' }])
    const contentType = 'application/x-www-form-urlencoded'
    const form = await pets.post('/forms', { contentType, body: { a: ['x', 'y'] } })
    expect(form.data).toEqual({ a: ['x', 'y'] })
    const photo = new File(['12345'], 'x.png', { type: 'image/png' })
    const upload = await pets.post('/photos', { body: { title: 'Me' }, files: { photo } })
    expect(upload.data).toEqual({ title: 'Me', bytes: 5 })
    const patched = await pets.patch('/pets/<int:id>', {
      params: { id: 1 },
      contentType: 'application/merge-patch+json',
      body: { name: 'Max' },
    })
    expect(patched.data).toEqual({ id: 1, name: 'Max' })
  })

  it('has the header fields of the client and of the call', async () => {
    const { url } = await servePets()
    let calls = 0
    const headers = async () => ({ authorization: `Bearer ${++calls}` })
    const pets = client<ReturnType<typeof petsApi>>(url, { headers })
    await pets.get('/headers')
    const { data } = await pets.get('/headers', { headers: { 'x-count': 2, 'x-none': undefined } })
    expect(data).toMatchObject({ authorization: 'Bearer 2', 'x-count': '2', accept: 'application/json' })
    expect(data).not.toHaveProperty('x-none')
  })

  it('sends all members of a list in a header field, in place of the default', async () => {
    const { url } = await servePets()
    const pets = client<ReturnType<typeof petsApi>>(url, { headers: { 'x-list': 'default' } })
    const { data } = await pets.get('/headers', { headers: { 'x-list': ['a', 'b'] } })
    expect(data).toMatchObject({ 'x-list': 'a, b' })
  })

  it('uses the fetch of the options, and can be aborted by a signal', async () => {
    const { url } = await servePets()
    const requests: string[] = []
    const pets = client<ReturnType<typeof petsApi>>(new URL(url), {
      fetch: (url, init) => {
        requests.push(`${init.method} ${url}`)
        return fetch(url, init)
      },
    })
    await pets.get('/headers')
    expect(requests).toEqual([`GET ${url}/headers`])
    await expect(pets.get('/headers', { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
    await expect(client('http://127.0.0.1:1').get('/x', { throws: false })).rejects.toThrow('fetch failed')
  })
})

describe('a failed response', () => {
  it('is thrown as a ClientError with the problem, the body and the response', async () => {
    const { pets } = await servePets()
    const error = await pets.get('/pets/<int:id>', { params: { id: 8 } }).catch((error) => error)
    expect(error).toBeInstanceOf(ClientError)
    expect(error.status).toBe(404)
    expect(error.message).toMatch(/^GET http:.*\/api\/pets\/8: 404 No such pet$/)
    expect(error.problem).toMatchObject({ title: 'Not Found', suggestion: 'Ask for another' })
    expect(JSON.parse(error.body)).toEqual(error.problem)
    expect(error.response.status).toBe(404)
  })

  it('names the first of several errors in its message', () => {
    const messageOf = (problem: object) =>
      new ClientError('POST /x', new Response('', { status: 422, statusText: 'No' }), JSON.stringify(problem))
        .message
    const [detail, errors] = ['2 validation errors', [{ detail: 'Required', pointer: '#/name' }, {}]]
    expect(messageOf({ detail, errors })).toBe('POST /x: 422 2 validation errors: #/name: Required')
    expect(messageOf({ detail, errors: [{ detail: 'A number', in: 'query', parameter: 'page' }] })).toBe(
      'POST /x: 422 2 validation errors: page: A number',
    )
    expect(messageOf({ errors: [{ detail: 'Unknown field' }] })).toBe('POST /x: 422 Unknown field')
    for (const odd of [{}, [], [null], 'x', null]) expect(messageOf({ errors: odd })).toBe('POST /x: 422 No')
  })

  it('has the declared problem when it is caught as an error of its call', async () => {
    const { pets } = await servePets()
    const error: unknown = await pets.get('/pets/<int:id>', { params: { id: 8 } }).catch((error) => error)
    if (!isClientError(error, pets.get, '/pets/<int:id>') || error.status !== 404) throw error
    const suggestion: string = error.problem.suggestion
    expect(suggestion).toBe('Ask for another')
    expect(isClientError(new TypeError('fetch failed'), pets.get, '/pets/<int:id>')).toBe(false)
  })

  it('is a problem document for any requested type', async () => {
    const { pets } = await servePets()
    const error = await pets
      .get('/pets', { accept: 'text/html' as 'text/csv', throws: false })
      .then((outcome) => (outcome.ok ? undefined : outcome.error))
    expect(error?.status).toBe(406)
    expect(error?.problem).toMatchObject({ acceptable: expect.arrayContaining(['text/csv']) })
  })

  it('is returned with throws: false', async () => {
    const { pets } = await servePets()
    const outcome = await pets.get('/pets/<int:id>', { params: { id: 8 }, throws: false })
    if (outcome.ok || outcome.status !== 404) throw new Error('The status is not 404')
    expect(outcome.error.problem.suggestion).toBe('Ask for another')
    const broken = await pets.get('/broken', { throws: false })
    expect(broken).toMatchObject({ ok: false, status: 500 })
  })

  it('keeps a body that is not JSON', async () => {
    const { url } = await serve(createServer((_, response) => response.writeHead(502).end('<h1>nginx</h1>')))
    await expect(client(url).get('/')).rejects.toMatchObject({
      status: 502,
      body: '<h1>nginx</h1>',
      problem: { type: 'about:blank', title: 'Bad Gateway', status: 502 },
    })
  })
})

describe('a precondition', () => {
  it('can be a result', async () => {
    const { pets } = await servePets()
    const params = { id: 1 }
    const read = await pets.get('/pets/<int:id>', { params })
    const body = { id: 1, name: 'Max' }
    await expect(pets.put('/pets/<int:id>', { params, body })).rejects.toMatchObject({ status: 428 })
    const written = await pets.put('/pets/<int:id>', { params, body, ifMatch: read })
    expect(written.data).toEqual(body)
    await expect(pets.put('/pets/<int:id>', { params, body, ifMatch: read })).rejects.toMatchObject({
      status: 412,
    })
    const gone = await pets.delete('/pets/<int:id>', { params, ifMatch: written })
    expect([gone.status, gone.data]).toEqual([204, undefined])
  })

  it('by a result without an ETag is an error, not an unconditional write', async () => {
    const { pets } = await servePets()
    const list = await pets.get('/headers')
    const call = pets.put('/pets/<int:id>', { params: { id: 1 }, body: { id: 1, name: 'x' }, ifMatch: list })
    await expect(call).rejects.toThrow('has no ETag')
  })

  it('is stored by URL with rememberTags', async () => {
    const { url } = await servePets()
    const pets = client<ReturnType<typeof petsApi>>(url, { rememberTags: true })
    const params = { id: 1 }
    const body = { id: 1, name: 'Max' }
    await expect(pets.put('/pets/<int:id>', { params, body })).rejects.toMatchObject({ status: 428 })
    await pets.get('/pets/<int:id>', { params })
    await pets.put('/pets/<int:id>', { params, body })
    await pets.put('/pets/<int:id>', { params, body: { ...body, name: 'Mia' } })
    await expect(pets.put('/pets/<int:id>', { params, body, ifMatch: '"old"' })).rejects.toMatchObject({
      status: 412,
    })
    expect((await pets.delete('/pets/<int:id>', { params })).status).toBe(204)
    await expect(pets.delete('/pets/<int:id>', { params: { id: 2 } })).rejects.toMatchObject({ status: 428 })
  })

  it('ifNoneMatch returns the data of the earlier result on a 304', async () => {
    const { pets } = await servePets()
    const params = { id: 1 }
    const read = await pets.get('/pets/<int:id>', { params })
    const again = await pets.get('/pets/<int:id>', { params, ifNoneMatch: read })
    expect(again).toMatchObject({
      ok: true,
      notModified: true,
      status: 304,
      data: read.data,
      etag: read.etag,
    })
    const other = await pets.get('/pets/<int:id>', { params, ifNoneMatch: '"other"' })
    expect(other).toMatchObject({ notModified: false, status: 200 })
  })
})

describe('pages', () => {
  it('are read by their next links, item by item or page by page', async () => {
    const { pets } = await servePets()
    const names: string[] = []
    for await (const pet of pets.each('/pages')) names.push(pet.name)
    expect(names).toEqual(['Rex', 'Ada', 'Kit'])
    const sizes: number[] = []
    for await (const { data } of pets.pages('/pages', { query: { page_size: 1 } })) sizes.push(data.length)
    expect(sizes).toEqual([1, 1, 1])
    const wrapped: number[] = []
    for await (const { id } of pets.each('/wrapped')) wrapped.push(id)
    expect(wrapped).toEqual([1, 2, 3])
  })

  it.each([[{ data: [1] }], [{ items: 1 }], [null]])(
    'have items, or each() is a TypeError: %j',
    async (data) => {
      const api = client('http://h', { fetch: async () => Response.json(data) })
      await expect(api.each('/pages').next()).rejects.toThrow(/\/pages .* use pages\(\)/)
    },
  )

  it('are not requested after the consumer has stopped', async () => {
    const { url } = await servePets()
    const requests: string[] = []
    const pets = client<ReturnType<typeof petsApi>>(url, {
      fetch: (url, init) => {
        requests.push(url)
        return fetch(url, init)
      },
    })
    for await (const pet of pets.each('/pages')) if (pet.name === 'Ada') break
    expect(requests).toEqual([`${url}/pages`])
  })

  it.each([
    ['http://other.example/pages', 'is on another origin'],
    ['//other.example/pages', 'is on another origin'],
    ['/pages', 'or already read'],
  ])('with a next link to %s are an error', async (target, why) => {
    const { url } = await serve(
      createServer((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', link: `<${target}>; rel="next"` })
        response.end('[1]')
      }),
    )
    const items: unknown[] = []
    const run = async () => {
      for await (const item of client(url).each('/pages')) items.push(item)
    }
    await expect(run()).rejects.toThrow(why)
    expect(items).toEqual([1])
  })
})

describe('several blueprints', () => {
  it('share one client, each below its prefix', async () => {
    const a = new RestBlueprint('a').get('/x/<int:id>', ({ params }) => params.id)
    const b = new RestBlueprint('b').get('/y', () => serializeResponse(['b']))
    const app = polka()
    a.register(app, { prefix: '/a' })
    b.register(app, { prefix: '/b' })
    const { url } = await serve(app)
    const both = client<Below<'/a', typeof a> & Below<'/b', typeof b>>(url)
    expect((await both.get('/a/x/<int:id>', { params: { id: 3 } })).data).toBe(3)
    expect((await both.get('/b/y')).data).toEqual(['b'])
  })
})

describe('events', () => {
  it('have their names and ids with as: events', async () => {
    const base = new RestBlueprint('events', { logger: quiet() })
    base.contentRenderer.renders('text/event-stream', sse())
    const api = base.get('/events', { outgoing: ['text/event-stream'] }, async function* () {
      yield event({ event: 'reading', id: 7, data: { celsius: 20 } })
      yield event({ data: 'two\nlines' })
      throw new Error('secret')
    })
    const app = polka()
    api.register(app)
    const { url } = await serve(app)
    const { data } = await client<typeof api>(url).get('/events', {
      accept: 'text/event-stream',
      as: 'events',
    })
    const events: unknown[] = []
    const run = async () => {
      for await (const one of data) events.push(one)
    }
    await expect(run()).rejects.toMatchObject({ name: 'ClientError', status: 500 })
    expect(events).toEqual([
      { event: 'reading', id: '7', data: { celsius: 20 } },
      { event: 'message', id: '7', data: 'two\nlines' },
    ])
  })
})

describe('parameters in one segment', () => {
  it('are sent only where the server reads the same ones', async () => {
    const api = new RestBlueprint('files')
      .get('/diff/:from-:to', ({ params }) => params)
      .get('/at/<a>@<string:b>.txt/:c', ({ params }) => params)
      .get('/<int:id>2:name', ({ params }) => params)
    const { url } = await serve(api)
    const { get } = client<typeof api>(url)
    const diff = { from: 'release', to: '1-release-2' }
    expect((await get('/diff/:from-:to', { params: diff })).data).toEqual(diff)
    const at = { a: 'u@h', b: 'x.txt@', c: 'a@b-c' }
    expect((await get('/at/<a>@<string:b>.txt/:c', { params: at })).data).toEqual(at)
    const name = { id: 12, name: '2' }
    expect((await get('/<int:id>2:name', { params: name })).data).toEqual(name)
    await expect(get('/diff/:from-:to', { params: { from: 'release-1', to: '2' } })).rejects.toThrow(
      new TypeError("'/diff/:from-:to' cannot have 'release-1' as 'from': it ends before '-'"),
    )
  })
})

describe('a list in a path', () => {
  it('is sent with commas between its items, and not where one contains a comma', async () => {
    const api = new RestBlueprint('lists')
      .get('/n/<ids>', { params: z.object({ ids: z.array(z.int()) }) }, ({ params }) => params)
      .get('/t/<texts>', { params: z.object({ texts: z.array(z.string()) }) }, ({ params }) => params)
    const { url } = await serve(api)
    const { get } = client<typeof api>(url)
    for (const ids of [[1, 2], [7]])
      expect((await get('/n/<ids>', { params: { ids } })).data).toEqual({ ids })
    const texts = ['Łódź', 'a/b c', '']
    expect((await get('/t/<texts>', { params: { texts } })).data).toEqual({ texts })
    await expect(get('/t/<texts>', { params: { texts: ['a', 'b,c'] } })).rejects.toThrow(
      new TypeError("'/t/<texts>' cannot have 'a,b,c' as 'texts'"),
    )
    const sent: string[] = []
    const fetch = async (target: string) => Response.json(sent.push(target))
    const other = client('http://h', { fetch })
    await other.get('/t/<texts>', { params: { texts: ['a b', 'c'] as never } })
    expect(sent).toEqual(['http://h/t/a%20b,c'])
    await expect(other.get('/n/<int:id>', { params: { id: [1, 2] as never } })).rejects.toThrow(TypeError) // one value alone
    await expect(get('/n/<ids>', { params: { ids: [] } })).rejects.toThrow(
      new TypeError("'/n/<ids>' needs 'ids'"),
    )
  })
})

describe('a parameter without a text', () => {
  class Point {}
  it.each([[new Point()], [Number.NaN], [[Number.NaN]]])(
    'is a TypeError, in the path, the query and a form: %j',
    async (value) => {
      const sent: string[] = []
      const fetch = async (url: string) => {
        sent.push(url)
        return Response.json({})
      }
      const api = client('http://h', { fetch })
      await expect(api.get('/x/:id', { params: { id: value as never } })).rejects.toThrow(TypeError)
      await expect(api.get('/x', { query: { id: value } })).rejects.toThrow(TypeError)
      await expect(api.post('/x', { body: { id: value }, files: {} } as never)).rejects.toThrow(TypeError)
      expect(sent).toEqual([])
      await api.get('/x/:id', { params: { id: '[object Object]' } })
      expect(sent).toEqual(['http://h/x/%5Bobject%20Object%5D'])
    },
  )
})

describe('the fields of a form', () => {
  const form = {
    title: 'a',
    place: { city: 'Łódź', since: new Date(0) },
    rows: [{ n: 1 }, { n: 2 }],
    tags: ['x', 'y'],
    grid: [[1], [2, 3]],
  }
  const Form = z.object({
    title: z.string(),
    place: z.object({ city: z.string(), since: z.date() }).optional(),
    rows: z.array(z.object({ n: z.int() })).optional(),
    tags: z.array(z.string()).optional(),
    grid: z.array(z.array(z.int())).optional(),
  })

  const formApi = (nestedParameters: boolean) => {
    const base = new RestBlueprint('forms', { nestedParameters })
    base.contentParser.parses('multipart/form-data', multipart())
    return base
      .post('/files', { files: { photo: {} }, body: Form }, ({ body }) => body)
      .post('/urlencoded', { body: { 'application/x-www-form-urlencoded': Form } }, ({ body }) => body)
      .post('/multipart', { body: { 'multipart/form-data': Form } }, ({ body }) => body)
      .get('/', () => 1)
  }

  it.each([false, true])('may be objects and lists of objects, nestedParameters: %s', async (isNested) => {
    const blueprint = formApi(isNested)
    const { url } = await serve(polka().use(blueprint.handler))
    const api = client<typeof blueprint>(url)
    const sent = JSON.parse(JSON.stringify(form))
    const photo = new Blob(['x'])
    expect((await api.post('/files', { files: { photo }, body: form })).data).toEqual(sent)
    expect((await api.post('/files', { files: {}, body: form })).data).toEqual(sent)
    const urlencoded = { contentType: 'application/x-www-form-urlencoded', body: form } as const
    expect((await api.post('/urlencoded', urlencoded)).data).toEqual(sent)
    const multipartOnly = { contentType: 'multipart/form-data', body: form } as const
    expect((await api.post('/multipart', multipartOnly)).data).toEqual(sent)
    const ready = new FormData()
    ready.set('title', 'b')
    expect((await api.post('/multipart', { ...multipartOnly, body: ready })).data).toEqual({ title: 'b' })
  })

  it.each([[{ rows: [{ n: 1 }] }], [{ place: { at: Number.NaN } }]])(
    'may be no list of objects in a query, and none without a text: %j',
    async (query) => {
      await expect(client('http://localhost').get('/', { query })).rejects.toThrow(TypeError)
    },
  )
})
