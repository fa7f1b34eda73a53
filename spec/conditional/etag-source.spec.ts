/** A state and a date that only the handler knows: whatever it calls first, a client that has not read them changes nothing. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RestBlueprint } from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
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
