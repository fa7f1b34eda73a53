/** A state and a date that only the handler knows: whatever it calls first, a client that has not read them changes nothing. */
import { inspect } from 'node:util'
import { type } from 'arktype'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
import { quiet } from '../support/logger.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: states and options of every kind
type Any = any

const CHANGED = new Date(Date.UTC(2020, 0, 5, 12, 0, 0, 789))
const [BEFORE, SAME] = ['Sun, 05 Jan 2020 11:59:59 GMT', 'Sun, 05 Jan 2020 12:00:00 GMT']
const LATER = new Date(Date.UTC(2020, 0, 6))

const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
  testApp(declare, { development: true, renderers: { 'text/csv': csv() }, ...options })

describe('lastModified in the handler of a change', () => {
  const orders: Record<string, (request: Any) => void> = {
    'after checkEtag': (request) => {
      request.checkEtag({ v: 1 })
      request.lastModified(CHANGED)
    },
    'before checkEtag': (request) => {
      request.lastModified(CHANGED)
      request.checkEtag({ v: 1 })
    },
    alone: (request) => request.lastModified(CHANGED),
  }

  it.each(Object.entries(orders))(
    'is a 412 %s, when If-Unmodified-Since is earlier, and nothing is written (RFC 9110 §13.1.4)',
    async (_order, check) => {
      const written: string[] = []
      const { ask, status } = await start((api) => {
        const etag = { required: false }
        const change = (request: Any) => {
          check(request)
          written.push(request.method)
          return { done: true }
        }
        api.post('/x', { etag, name: 'a' }, change).put('/x', { etag, name: 'b' }, change)
        api.patch('/x', { etag, name: 'c' }, change).delete('/x', { etag, name: 'd' }, change)
      })
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const refused = await ask(`${method} /x`, { 'if-unmodified-since': BEFORE })
        expect([refused.status, refused.json.detail]).toEqual([412, expect.stringContaining('has changed')])
      }
      expect(written).toEqual([])
      expect(await status('POST /x', { 'if-unmodified-since': SAME })).toBe(200)
      expect(await status('POST /x', { 'if-unmodified-since': 'yesterday' })).toBe(200)
      expect(await status('POST /x')).toBe(200)
    },
  )

  it('is no 412 for the date of the new state: after setEtag, and in a second call', async () => {
    const { ask } = await start((api) => {
      api.post('/tagged', { etag: true }, (request) => {
        request.lastModified(CHANGED)
        request.setEtag({ v: 2 })
        request.lastModified(LATER)
        return { v: 2 }
      })
      api.post('/twice', { etag: true }, (request) => {
        request.lastModified(CHANGED)
        request.lastModified(LATER)
        return { v: 2 }
      })
      api.post('/only-new', { etag: true }, (request) => {
        request.setEtag({ v: 2 })
        request.lastModified(LATER)
        return { v: 2 }
      })
      const dated = { current: () => ({ v: 1 }), lastModified: () => CHANGED, required: false }
      api.put('/declared', { etag: dated }, (request) => {
        request.lastModified(LATER)
        return { v: 2 }
      })
    })
    for (const line of ['POST /tagged', 'POST /twice', 'POST /only-new', 'PUT /declared']) {
      const { status, headers } = await ask(line, { 'if-unmodified-since': SAME })
      expect([status, headers.get('last-modified')], line).toEqual([200, LATER.toUTCString()])
    }
  })

  it('decides nothing where the client has sent an ETag', async () => {
    const { ask, status } = await start((api) => {
      const read = { etag: true, response: z.object({ v: z.int() }) } as const
      api.get('/x', read, () => ({ v: 1 }))
      api.put('/x', read, (request) => {
        request.lastModified(CHANGED)
        request.checkEtag({ v: 1 })
        return { v: 1 }
      })
    })
    const { tag } = await ask('GET /x')
    expect(await status('PUT /x', { 'if-match': tag, 'if-unmodified-since': BEFORE })).toBe(200)
    expect(await status('PUT /x', { 'if-match': '"old"', 'if-unmodified-since': SAME })).toBe(412)
  })
})

describe('a state under a response schema', () => {
  const row = { id: 1, name: 'Ada', password_hash: 'x' }
  const Stripped = z.object({ id: z.int(), name: z.string() })
  const Renamed = Stripped.transform(({ id, name }) => ({ key: id, title: name }))

  it.each([
    ['strips members', Stripped],
    ['renames members', Renamed],
  ])('has the ETag that GET gave, where the schema %s', async (_what, response) => {
    const rows = new Map<string, Any>([['1', { ...row }]])
    const { ask, status } = await start((api) => {
      api.get('/pets/:id', { etag: true, response }, ({ params }) => rows.get(params.id))
      api.get('/checked/:id', { etag: true, response }, ({ params, checkEtag }) => {
        checkEtag(rows.get(params.id))
        return rows.get(params.id)
      })
      api.put('/pets/:id', { etag: true, response, body: z.object({ name: z.string() }) }, (request) => {
        request.checkEtag(rows.get(request.params.id))
        rows.set(request.params.id, { ...rows.get(request.params.id), ...request.body })
        request.setEtag(rows.get(request.params.id))
        return rows.get(request.params.id)
      })
      api.delete('/pets/:id', { etag: true, status: 204 }, ({ params, checkEtag }) => {
        checkEtag(rows.get(params.id)) // no schema of its own: that of the GET
        rows.delete(params.id)
      })
    })
    const { tag } = await ask('GET /pets/1')
    expect((await ask('GET /checked/1')).tag).toBe(tag)
    expect(await status('GET /checked/1', { 'if-none-match': tag })).toBe(304)
    const changed = await ask('PUT /pets/1', { 'if-match': tag }, { name: 'Eve' })
    expect([changed.status, changed.tag]).toEqual([200, (await ask('GET /pets/1')).tag])
    expect(await status('PUT /pets/1', { 'if-match': tag }, { name: 'Eve' })).toBe(412)
    expect(await status('DELETE /pets/1', { 'if-match': tag })).toBe(412)
    expect(await status('DELETE /pets/1', { 'if-match': changed.tag })).toBe(204)
  })

  const Dated = z.object({ id: z.int(), at: z.iso.datetime() })
  const dated = { id: 1, at: new Date(0), hash: 's' }
  it.each<[string, unknown, Any]>([
    ['a Date and a hidden member', dated, Dated],
    [
      'a bigint and a hidden member',
      { id: 9n, at: new Date(0), hash: 's' },
      Dated.extend({ id: z.string() }),
    ],
    ['rows in a list', [dated], z.array(Dated)],
    ['rows in a Set', new Set([dated]), z.array(Dated)],
    ['a member that is a Set', { at: new Set([1]), hash: 's' }, z.object({ at: z.array(z.int()) })],
    ['toJSON', { hash: 's', toJSON: () => dated }, Dated],
    ['a Date, under a schema of arktype', dated, type({ id: 'number', at: 'string' })],
  ])('has the ETag that GET gave, in the form that JSON has: %s', async (_what, state, response) => {
    const { ask, status } = await start((api) => {
      api.get('/x', { etag: true, response }, () => state)
      api.get('/set', { etag: true, response }, ({ setEtag }) => {
        setEtag(state)
        return state
      })
      api.delete('/x', { etag: true, status: 204 }, ({ checkEtag }) => checkEtag(state))
    })
    const { tag } = await ask('GET /x')
    expect((await ask('GET /set')).tag).toBe(tag)
    expect(await status('DELETE /x', { 'if-match': tag })).toBe(204)
  })

  it('has the ETag that GET gave, where only the change declares etag.current', async () => {
    const { ask, status } = await start((api) => {
      api.get('/pets/1', { etag: true, response: Stripped }, () => row)
      api.put('/pets/1', { etag: { current: () => row } }, () => row)
      api.get('/pets/2', { etag: { current: () => row }, response: Stripped }, () => row)
      api.delete('/pets/2', { etag: true, status: 204 }, ({ checkEtag }) => checkEtag(row))
    })
    for (const line of ['PUT /pets/1', 'DELETE /pets/2']) {
      const { tag } = await ask(`GET ${line.split(' ')[1]}`)
      expect(await status(line, { 'if-match': tag }), line).toBeLessThan(300)
    }
  })

  it.each([
    ['the reader has etag.current', true, false],
    ['the reader alone has a response schema', false, false],
    ['both have a response schema', false, true],
  ])('tags a change by the value of the handler: %s (RFC 9110 §9.3.4)', async (_, hasCurrent, isDeclared) => {
    let state: Any = { id: 1, name: 'Rex', password_hash: 'x' }
    const response = z.object({ id: z.int(), name: z.string().transform((name) => `${name}.`) })
    const { ask, status } = await start((api) => {
      api.get('/x', { etag: hasCurrent ? { current: () => state } : true, response }, () => state)
      api.put('/x', { etag: true, ...(isDeclared && { response }) }, ({ body, checkEtag }: Any) => {
        checkEtag(state)
        state = { ...state, ...body }
        return state
      })
    })
    const { tag } = await ask('GET /x')
    const first = await ask('PUT /x', { 'if-match': tag }, { name: 'Azor' })
    expect([first.status, first.tag]).toEqual([200, (await ask('GET /x')).tag])
    expect(await status('PUT /x', { 'if-match': first.tag }, { name: 'Tom' })).toBe(200)
  })

  it('of a change is none after an async schema, where the handler does not check', async () => {
    const response = z.object({ id: z.int().refine(async () => true) })
    const { ask } = await start((api) => {
      api.get('/x', { etag: true, response }, () => row)
      api.put('/x', { etag: { required: false } }, () => row)
    })
    const { status, tag } = await ask('PUT /x')
    expect([status, tag]).toEqual([200, ''])
  })

  it('has the ETag of each media type, where their schemas differ', async () => {
    const response = {
      200: { 'application/json': Stripped, 'text/csv': z.object({ id: z.int() }) },
    }
    const { ask, status } = await start((api) => {
      api.get('/x', { etag: true, response }, () => row)
      api.put('/x', { etag: true }, ({ checkEtag }) => checkEtag(row))
    })
    const tags = [await ask('GET /x'), await ask('GET /x', { accept: 'text/csv' })].map(({ tag }) => tag)
    expect(new Set(tags.map((tag) => tag.slice(0, 23))).size).toBe(2)
    for (const tag of tags) expect(await status('PUT /x', { 'if-match': tag })).toBe(204)
  })

  it('is hashed as it is, when it is no such data: a version', async () => {
    const { ask, status } = await start((api) => {
      api.get('/x', { etag: true, response: Stripped }, ({ setEtag }) => {
        setEtag(7)
        return row
      })
      api.put('/x', { etag: true, response: Stripped }, ({ checkEtag }) => {
        checkEtag(7)
        return row
      })
    })
    const { tag } = await ask('GET /x')
    expect(await status('GET /x', { 'if-none-match': tag })).toBe(304)
    expect(await status('PUT /x', { 'if-match': tag })).toBe(200)
  })

  it('is hashed once by etag.schema and etag.data, from the value of the handler', async () => {
    const Version = z.object({ id: z.int(), name: z.string() }).transform(({ id }) => ({ version: id }))
    let state: Any = { ...row }
    const { ask, status } = await start((api) => {
      for (const [path, etag] of [
        ['/schema', { schema: Version }],
        ['/data', { data: (value: Any) => value.id }],
      ] as const) {
        api.get(path, { etag, response: Renamed, name: `get ${path}` }, () => state)
        api.put(path, { etag, response: Renamed, name: `put ${path}` }, ({ checkEtag }) => {
          checkEtag(state)
          return state
        })
      }
    })
    for (const path of ['/schema', '/data']) {
      state = { ...row }
      const { status: read, tag, json } = await ask(`GET ${path}`)
      expect([read, json]).toEqual([200, { key: 1, title: 'Ada' }])
      expect(await ask(`PUT ${path}`, { 'if-match': tag })).toMatchObject({ status: 200, tag })
      state = { ...row, name: 'Eve' }
      expect((await ask(`GET ${path}`)).tag, 'only the id counts').toBe(tag)
      state = { ...row, id: 2 }
      expect(await status(`PUT ${path}`, { 'if-match': tag })).toBe(412)
    }
  })

  it('cannot be hashed after an async schema: a 500 that names etag.data', async () => {
    const response = z.object({ id: z.int().refine(async () => true) })
    const { status, logger } = await start((api) => {
      api.put('/x', { etag: true, response }, ({ checkEtag }) => {
        checkEtag({ id: 1 })
        return { id: 1 }
      })
    })
    expect(await status('PUT /x', { 'if-match': '"x"' })).toBe(500)
    expect(String(logger.lines[0]?.[1])).toContain('is async: set etag.data or etag.schema')
  })
})

describe('generateEtag', () => {
  /** A blueprint whose ETags are those of the application's clients. */
  class Own extends RestBlueprint {
    override generateEtag(state: unknown, contentType = ''): string {
      const { v } = state as { readonly v: number }
      return contentType === 'text/csv' ? `"csv${v}"` : `"v${v}"`
    }
  }

  async function startOwn(declare: (api: RestBlueprint) => unknown) {
    const api = new Own('own', { logger: quiet() })
    api.outgoing.addMimetype('text/csv')
    api.contentRenderer.renders('text/csv', csv())
    declare(api)
    return testApp(api)
  }

  const rows = { v: 1 }
  const current = () => rows

  it('is called once for a read, and for a change only where If-Match names a tag', async () => {
    const calls: string[] = []
    class Counting extends RestBlueprint {
      override generateEtag(_state: unknown, contentType = ''): string {
        calls.push(contentType)
        return 'v1'
      }
    }
    const api = new Counting('counting', { logger: quiet() })
    const etag = { current, required: false }
    api.get('/x', { etag }, () => rows).delete('/x', { etag }, () => undefined)
    api.get('/told', { etag: true }, ({ checkEtag }) => {
      checkEtag(rows)
      return rows
    })
    const { ask } = await testApp(api)
    const callsOf = async (request: string, fields = {}) => {
      calls.length = 0
      const { status } = await ask(request, fields)
      return [status, calls.length]
    }
    const tag = '"v1-application/json"'
    for (const path of ['/x', '/told']) {
      expect(await callsOf(path)).toEqual([200, 1])
      expect(await callsOf(path, { 'if-none-match': tag })).toEqual([304, 1])
      expect(await callsOf(path, { 'if-match': `"a-b", "c-d", "e-f", ${tag}` })).toEqual([200, 2])
    }
    expect(await callsOf('DELETE /x')).toEqual([204, 0])
    expect(await callsOf('DELETE /x', { 'if-match': '*' })).toEqual([204, 0])
    expect(await callsOf('DELETE /x', { 'if-match': `"a-b", "c-d", ${tag}` })).toEqual([204, 1])
  })

  it('may return a whole ETag, which is sent and compared as it is', async () => {
    const { ask, status } = await startOwn((api) => {
      api.get('/known', { etag: { current } }, () => rows).put('/known', { etag: { current } }, () => rows)
      api.get('/told', { etag: true }, () => rows)
      api.put('/told', { etag: true }, ({ checkEtag }) => {
        checkEtag(rows)
        return rows
      })
    })
    for (const path of ['/known', '/told']) {
      expect((await ask(path)).tag).toBe('"v1"')
      expect((await ask(path, { accept: 'text/csv' })).tag).toBe('"csv1"')
      expect(await status(path, { 'if-none-match': '"v1"' })).toBe(304)
      for (const tag of ['W/"v1-gzip"', '"v1-x-gzip"'])
        expect(await status(path, { 'if-none-match': tag })).toBe(304)
      expect(await status(path, { 'if-none-match': '"csv1"' })).toBe(200)
      for (const tag of ['"v1"', '"csv1"', '"v1-gzip"', '"v1-x-gzip"'])
        expect(await status(`PUT ${path}`, { 'if-match': tag })).toBe(200)
      for (const tag of ['"v2"', 'W/"v1"', '"v1-application/json"', 'v1'])
        expect(await status(`PUT ${path}`, { 'if-match': tag })).toBe(412)
    }
  })

  it('may return a weak ETag: If-Match then needs the weak comparison', async () => {
    const { ask, status } = await testApp((api) => {
      api.generateEtag = () => 'W/"v1"'
      api.get('/x', { etag: { current } }, () => rows)
      api.put('/x', { etag: { current }, name: 'strong' }, () => rows)
      api.put('/weak', { etag: { current, comparison: 'weak' }, name: 'weak' }, () => rows)
    })
    expect((await ask('/x')).tag).toBe('W/"v1"')
    expect(await status('/x', { 'if-none-match': '"v1"' })).toBe(304)
    const refused = await ask('PUT /x', { 'if-match': 'W/"v1"' })
    expect([refused.status, refused.json.detail]).toEqual([412, expect.stringContaining('weak ETag')])
    expect(await status('PUT /weak', { 'if-match': 'W/"v1"' })).toBe(200)
    expect(await status('PUT /weak', { 'if-match': 'W/"v2"' })).toBe(412)
  })

  it('is a 500 for a text that is no ETag, and text without quotes is a part of one', async () => {
    let tag = '"a b"'
    const { ask } = await testApp((api) => {
      api.generateEtag = () => tag
      api.get('/x', { etag: true }, () => rows)
    })
    expect(await ask('/x')).toMatchObject({ status: 500, tag: '' })
    tag = 'v1'
    expect((await ask('/x')).tag).toBe('"v1-application/json"')
  })

  it('is a 500 that names it for what is no text: a version, nothing, or a text that all states would have', async () => {
    for (const version of [0, 1, null, undefined, '']) {
      const logger = quiet()
      const own = new RestBlueprint('own', { logger })
      own.generateEtag = () => version as string
      own.get('/x', { etag: true }, () => rows)
      own.put('/x', { etag: { current } }, () => rows)
      const { ask, status } = await testApp(own)
      expect(await ask('/x')).toMatchObject({ status: 500, tag: '' })
      expect(await status('PUT /x', { 'if-match': '"v1"' })).toBe(500)
      for (const name of ['GET /x', 'PUT /x'])
        expect(logger.text()).toContain(
          `The value of generateEtag for '${name}' is not a text, or empty: ${inspect(version)}`,
        )
    }
  })

  it('is encoded also where it is replaced after registration', async () => {
    const { api, ask, status } = await testApp((api) => {
      api.get('/x', { etag: { current } }, () => rows)
      api.put('/x', { etag: { current }, name: 'put' }, () => rows)
    })
    api.generateEtag = () => 'a b'
    const { tag } = await ask('/x')
    expect(tag).toBe('"a%20b-application/json"')
    expect(await status('PUT /x', { 'if-match': tag })).toBe(200)
  })
})

describe('etag.fields', () => {
  it('makes the ETag of a read depend on header fields, and If-Match does not', async () => {
    const written: string[] = []
    for (const etag of [{ current: () => ({ v: 1 }), fields: ['X-Plan'] }, { fields: ['x-plan'] }]) {
      let plan = 'free'
      const { ask, status } = await start((api) => {
        api.get('/x', { etag }, () => serializeResponse({ v: 1 }, { headers: { 'X-Plan': plan } }))
        api.put('/x', { etag }, ({ checkEtag }: Any) => {
          checkEtag({ v: 1 })
          written.push(plan)
          return { v: 1 }
        })
      })
      const { tag } = await ask('/x')
      expect(tag).toMatch(/^"[\w-]{22}-application\/json;[\w%-]{22,}"$/)
      const again = await ask('/x', { 'if-none-match': tag })
      expect([again.status, again.tag, again.headers.get('x-plan')]).toEqual([304, tag, 'free'])
      plan = 'paid'
      const paid = await ask('/x', { 'if-none-match': tag })
      expect([paid.status, paid.tag === tag]).toEqual([200, false])
      expect(await status('PUT /x', { 'if-match': tag })).toBe(200)
      expect(await status('PUT /x', { 'if-match': '"other-application/json"' })).toBe(412)
    }
    expect(written).toEqual(['paid', 'paid'])
  })

  it('counts fields of hooks, renderers and pages', async () => {
    const rows = [1, 2, 3]
    let language = 'pl'
    const { ask, status } = await start((api) => {
      api.before((_request, response) => void response.setHeader('Content-Language', language))
      const etag = { fields: ['Content-Language', 'Link'] }
      api.get('/rows', { etag, paginate: { pageSize: 1 } }, ({ pagination }) => {
        pagination.itemCount = rows.length
        return [1]
      })
    })
    const { tag } = await ask('/rows')
    expect(await status('/rows', { 'if-none-match': tag })).toBe(304)
    rows.push(4)
    const grown = await ask('/rows', { 'if-none-match': tag })
    expect(grown.status).toBe(200)
    language = 'en'
    expect(await status('/rows', { 'if-none-match': grown.tag })).toBe(200)
  })

  it('takes a list of field names: anything else is a TypeError at registration', () => {
    for (const fields of ['x-a', ['x a'], [7]])
      expect(() => new RestBlueprint('x').get('/', { etag: { fields } as Any }, () => 1).endpoints).toThrow(
        /etag\.fields of 'GET \/' is no list of field names/,
      )
  })
})
