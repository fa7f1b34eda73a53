/** Preconditions evaluated before the handler, for endpoints that declare how to find the current state. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  abort,
  Blueprint,
  type BlueprintOptions,
  Conflict,
  Etag,
  Forbidden,
  Gone,
  NotFound,
  RestBlueprint,
  serializeResponse,
} from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: states and options of every kind
type Any = any

const CHANGED = new Date(Date.UTC(2020, 0, 5, 12, 0, 0, 789))
const [BEFORE, SAME] = ['Sun, 05 Jan 2020 11:59:59 GMT', 'Sun, 05 Jan 2020 12:00:00 GMT']
const [ONE, TWO, NAMED] = ['/pets/1', '/pets/2', { name: 'Rex' }]

describe.each(polkas)('etag.current on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, development: true, renderers: { 'text/csv': csv() }, ...options })

  /** Pets; `runs` are the handlers that were called. */
  async function keeping(etag: Any = {}, options: BlueprintOptions = {}) {
    const pets = new Map<number, Any>([[1, { id: 1, name: 'Ada', at: CHANGED }]])
    const runs: string[] = []
    const current = async ({ params }: Any) => pets.get(params.id)
    const declare = (api: RestBlueprint) => {
      const tags = { etag: { current, ...etag } }
      api.before((_request, response) => {
        response.setHeader('cache-control', 'max-age=5').setHeader('content-location', '/it')
      })
      api.get('/pets/<int:id>', tags, ({ current }) => runs.push('get') && (current ?? abort(404)))
      api.put(
        '/pets/<int:id>',
        { ...tags, body: z.object({ name: z.string() }) },
        ({ params, body, current }) => {
          runs.push('put')
          pets.set(params.id, { ...body, id: params.id })
          return serializeResponse({ more: true }, { status: current ? 200 : 201 })
        },
      )
      api.delete('/pets/<int:id>', tags, ({ params }) => {
        runs.push('delete')
        if (!pets.delete(params.id)) throw new NotFound('No such pet')
      })
      api.post('/pets/<int:id>', tags, () => runs.push('post'))
    }
    return { pets, runs, ...(await start(declare, options)) }
  }

  it('INV-B12 SMO-146 ends a read with 304 before the handler, with all required fields', async () => {
    const { ask, runs } = await keeping({ lastModified: (pet: Any) => pet.at })
    const { tag, headers } = await ask(`GET ${ONE}`)
    expect(headers.get('last-modified')).toBe(SAME)
    for (const given of [{ 'if-none-match': `W/${tag}` }, { 'if-modified-since': SAME }]) {
      const notModified = await ask(`HEAD ${ONE}`, given as Record<string, string>)
      expect([notModified.status, notModified.tag, notModified.text]).toEqual([304, tag, ''])
      expect(Object.fromEntries(notModified.headers)).toMatchObject({
        vary: 'Accept',
        'cache-control': 'max-age=5',
        'content-location': '/it',
        'last-modified': SAME,
      })
    }
    expect(runs).toEqual(['get'])
  })

  it('SMO-145 INV-B28 has an ETag for each representation, and a change may name any of them', async () => {
    const { ask, status } = await keeping()
    const json = await ask(`GET ${ONE}`)
    const text = await ask(`GET ${ONE}`, { accept: 'text/csv' })
    expect(await status(`GET ${ONE}`, { 'if-none-match': text.tag })).toBe(200)
    expect(await status(`GET ${ONE}`, { 'if-none-match': `${text.tag}, ${json.tag}` })).toBe(304)
    expect(await status(`GET ${ONE}`, { 'if-none-match': text.tag, accept: 'text/csv' })).toBe(304)
    expect(await status(`PUT ${ONE}`, { 'if-match': '*', 'if-none-match': text.tag }, NAMED)).toBe(412) // INV-41
    const changed = await ask(`PUT ${ONE}`, { 'if-match': text.tag }, NAMED)
    expect([changed.status, changed.tag]).toEqual([200, (await ask(`GET ${ONE}`)).tag])
  })

  it('SMO-142 SMO-143 INV-38 prevents lost updates: 428, then 422, then 412', async () => {
    const { ask, status, pets, runs } = await keeping()
    const { tag } = await ask(`GET ${ONE}`)
    for (const given of [{}, { 'if-match': '' }, { 'if-none-match': tag }, { 'if-unmodified-since': SAME }])
      for (const method of ['PUT', 'DELETE'])
        expect(await status(`${method} ${TWO}`, given as Record<string, string>, 'no json')).toBe(428)
    expect(await status(`PUT ${ONE}`, { 'if-match': '"old"' }, {})).toBe(422)
    for (const stale of ['"old"', `W/${tag}`, 'garbage', '"*"', tag.slice(1, -1)])
      for (const method of ['PUT', 'DELETE', 'POST'])
        expect(await status(`${method} ${ONE}`, { 'if-match': stale }, NAMED), `${method} ${stale}`).toBe(412)
    expect([runs, pets.get(1).name]).toEqual([['get'], 'Ada'])
    const [first, second] = await Promise.all([
      ask(`PUT ${ONE}`, { 'if-match': tag }, NAMED),
      ask(`PUT ${ONE}`, { 'if-match': `"x", ${tag}` }, NAMED),
    ])
    expect([200, 412]).toEqual(expect.arrayContaining([first.status, second.status]))
    const refused = await ask(`PUT ${ONE}`, { 'if-match': tag }, NAMED)
    expect([refused.status, refused.tag, refused.json.detail]).toEqual([
      412,
      '',
      'The resource has changed since it was read: read it again before changing it', // SMO-149 SMO-152
    ])
    expect((await ask(`DELETE ${ONE}`)).json.detail).toMatch(/^If-Match is required/)
    expect(await ask(`DELETE ${ONE}`, { 'if-match': '*' })).toMatchObject({ status: 204, tag: '' })
  })

  it('SMO-155 creates only with If-None-Match: *, and replaces only an existing state with If-Match: *', async () => {
    const { ask, status, runs } = await keeping()
    expect(await status(`PUT ${ONE}`, { 'if-none-match': '*' }, NAMED)).toBe(412)
    expect(await status(`PUT ${TWO}`, { 'if-match': '*' }, NAMED)).toBe(412)
    const made = await ask(`PUT ${TWO}`, { 'if-none-match': '*' }, NAMED)
    expect([made.status, made.tag]).toEqual([201, (await ask(`GET ${TWO}`)).tag])
    expect(await status(`PUT ${TWO}`, { 'if-none-match': '*' }, NAMED)).toBe(412)
    expect(runs).toEqual(['put', 'get'])
  })

  it('SMO-143 leaves reads of a missing state to the handler, and changes nothing where If-Match needs one (RFC 9110 §13.1.1)', async () => {
    const { ask, status, runs } = await keeping()
    for (const field of ['*', '"x"', 'garbage'])
      for (const name of ['if-match', 'if-none-match'])
        expect(await status(`GET ${TWO}`, { [name]: field })).toBe(404)
    runs.splice(0)
    for (const field of ['*', '"x"', 'garbage'])
      for (const method of ['PUT', 'DELETE', 'POST']) {
        const { status, json } = await ask(`${method} ${TWO}`, { 'if-match': field }, NAMED)
        expect([method, field, status]).toEqual([method, field, 412])
        expect(json.detail).toBe('The resource does not exist, and If-Match is a condition that it does')
      }
    expect(runs).toEqual([])
    expect(await status(`DELETE ${TWO}`, { 'if-none-match': '*' })).toBe(404)
    expect(runs).toEqual(['delete'])
    const strict = await keeping({ current: () => abort(404) })
    expect(await strict.status(`PUT ${TWO}`, { 'if-match': '"x"' }, NAMED)).toBe(404)
    expect(strict.runs).toEqual([])
  })

  it('SMO-155 INV-45 INV-46 INV-B09 INV-B10 INV-B11 evaluates dates where there are no entity tags', async () => {
    const { ask, status } = await keeping({ lastModified: (pet: Any) => pet.at ?? null })
    const { tag } = await ask(`GET ${ONE}`)
    const read = (headers: Record<string, string>) => status(`GET ${ONE}`, headers)
    expect(await read({ 'if-modified-since': BEFORE })).toBe(200)
    expect(await read({ 'if-modified-since': 'yesterday' })).toBe(200)
    expect(await read({ 'if-modified-since': SAME, 'if-none-match': '"old"' })).toBe(200)
    expect(await read({ 'if-modified-since': SAME, 'if-none-match': '' })).toBe(304)
    expect(await read({ 'if-unmodified-since': BEFORE })).toBe(412)
    expect(await read({ 'if-unmodified-since': BEFORE, 'if-match': tag })).toBe(200)
    expect(await status(`POST ${ONE}`, { 'if-modified-since': SAME })).toBe(200)
    const put = (headers: Record<string, string>) => status(`PUT ${ONE}`, headers, NAMED)
    expect(await put({ 'if-unmodified-since': 'yesterday' })).toBe(428)
    expect(await put({ 'if-unmodified-since': BEFORE })).toBe(412)
    expect(await put({ 'if-unmodified-since': SAME })).toBe(200)
    expect(await put({ 'if-unmodified-since': SAME })).toBe(428) // it has no date now, so that a date is no precondition
  })

  it('lastModified alone evaluates dates, and leaves entity tags to the handler', async () => {
    const { ask, status, logger } = await start((api) => {
      const etag = { lastModified: () => CHANGED }
      api.get('/x', { etag }, () => [1])
      api.put('/x', { etag }, () => ({ a: 1 }))
    })
    const { tag, headers } = await ask('GET /x')
    expect([tag, headers.get('last-modified')]).toEqual([expect.stringContaining('json'), SAME])
    expect(await status('GET /x', { 'if-modified-since': SAME })).toBe(304)
    const notModified = await ask('GET /x', { 'if-none-match': tag })
    expect([notModified.status, notModified.tag, notModified.headers.get('last-modified')]).toEqual([
      304,
      tag,
      SAME,
    ])
    expect((await ask('GET /x', { 'if-none-match': '"x"' })).headers.get('last-modified')).toBe(SAME)
    expect(await status('PUT /x', { 'if-unmodified-since': BEFORE })).toBe(412)
    expect((await ask('PUT /x', { 'if-unmodified-since': SAME })).headers.get('last-modified')).toBe(SAME)
    expect(await status('PUT /x', { 'if-match': tag })).toBe(500) // the handler has not called checkEtag
    expect(logger.lines).toHaveLength(1)
  })

  it('required: false allows changes without a precondition, and evaluates one that is there', async () => {
    const { status } = await keeping({}, { etag: { required: false } })
    expect(await status(`PUT ${ONE}`, { 'if-match': '"old"' }, NAMED)).toBe(412)
    expect(await status(`PUT ${ONE}`, {}, NAMED)).toBe(200)
    expect(await status(`PUT ${TWO}`, { 'if-match': '' }, NAMED)).toBe(201)
  })

  it('SMO-135 SMO-157 makes the ETag from the data or schema option, or from generateEtag', async () => {
    class Versioned extends RestBlueprint {
      override generateEtag(state: Any) {
        return `${state.date}`
      }
    }
    const rows: Any = { a: { date: '2024-01-01 "x"', hits: 1 }, b: { date: '2024-01', hits: 1 } }
    const api = new Versioned('rows', { development: true })
    api.get('/:id', { etag: { current: ({ params }) => rows[params.id] } }, ({ current }) => current)
    api.delete('/:id', { etag: { current: ({ params }) => rows[params.id] } }, () => {})
    const versioned = await testApp(api, { polka })
    const { tag } = await versioned.ask('GET /a')
    expect(tag).toBe('"2024-01-01%20%22x%22-application/json"')
    rows.a.hits++
    expect(await versioned.status('GET /a', { 'if-none-match': tag })).toBe(304)
    expect(await versioned.status('DELETE /b', { 'if-match': '"2024-01-01-application/json"' })).toBe(412)
    expect(await versioned.status('DELETE /a', { 'if-match': tag })).toBe(204)

    for (const etag of [{ data: (row: Any) => row.date }, { schema: z.object({ date: z.string() }) }]) {
      const current = () => rows.a
      const { ask, status } = await start((api) => void api.get('/', { etag: { ...etag, current } }, current))
      const { tag } = await ask('GET /')
      rows.a.hits++
      expect(await status('GET /', { 'if-none-match': tag })).toBe(304)
      rows.a.date += '!'
      expect(await status('GET /', { 'if-none-match': tag })).toBe(200)
    }
    const schema = z.any().refine(async () => true)
    const { status } = await start((api) => void api.get('/', { etag: { schema } }, () => 1))
    expect(await status('GET /')).toBe(500)
    const wrong = (etag: Any) => () => new RestBlueprint('x').get('/', { etag }, () => 1).endpoints
    expect(wrong({ schema: { type: 'object' } })).toThrow(TypeError)
    expect(wrong({ current: 7 })).toThrow(
      new TypeError("The etag of 'GET /' cannot have current: 7; use a function"),
    )
  })

  it('SMO-134 SMO-150 is turned on or off for all endpoints by the option of the blueprint', async () => {
    const on = await start(
      (api) => {
        api.get('/x', () => 1)
        api.get('/plain', { etag: false }, () => 1)
        api.put('/x', { etag: true }, () => 1)
        api.route('/r', { get: () => 1, delete: () => {} })
      },
      { etag: true },
    )
    for (const path of ['/x', '/r']) expect((await on.ask(`GET ${path}`)).tag, path).not.toBe('')
    expect([
      (await on.ask('GET /plain')).tag,
      await on.status('DELETE /r'),
      await on.status('PUT /x'),
    ]).toEqual(['', 428, 428])
    const off = await keeping({}, { etag: false })
    expect(await off.ask(`GET ${ONE}`, { 'if-none-match': '*', 'if-match': '"x"' })).toMatchObject({
      status: 200,
      tag: '',
    })
    expect(await off.ask(`PUT ${ONE}`, { 'if-match': '"x"' }, NAMED)).toMatchObject({ status: 200, tag: '' })
    const silent = await start(
      (api) => {
        api.put('/x', { etag: true }, (request) => {
          request.checkEtag(1)
          request.setEtag(2)
          request.lastModified(CHANGED)
        })
      },
      { etag: false },
    )
    expect(await silent.ask('PUT /x', { 'if-match': '"x"' })).toMatchObject({ status: 204, tag: '' })
    expect(silent.api['~registration'].compiled.endpoints[0]?.etag).toBeUndefined()
  })

  it('SMO-133 needs no other mixin', async () => {
    const api = new (Etag(Blueprint))('bare').get('/', { etag: { current: () => 1 } }, () => ({ a: 1 }))
    const { ask, status } = await testApp(api, { polka })
    expect(await status('GET /', { 'if-none-match': (await ask('GET /')).tag })).toBe(304)
  })

  it('awaits current, and responds with its errors', async () => {
    // biome-ignore lint/suspicious/noThenProperty: as queries of some libraries are
    const thenable = { then: (take: (state: unknown) => void) => take({ v: 1 }) }
    let isGone = false
    const { ask, status } = await start((api) => {
      api.errorHandler(412, () => ({ mine: true }))
      api.get('/thenable', { etag: { current: () => thenable } }, ({ current }) => current)
      api.get('/broken', { etag: { current: async () => Promise.reject(new Error('db')) } }, () => 1)
      const archive = async () => (isGone ? abort(404) : 1)
      api.post('/archive', { etag: { current: archive } }, () => {
        isGone = true
      })
    })
    expect((await ask('GET /thenable')).text).toBe('{"v":1}')
    expect(await ask('GET /thenable', { 'if-match': '"x"' })).toMatchObject({
      status: 412,
      text: '{"mine":true}',
      tag: '',
    })
    expect(await status('GET /broken')).toBe(500)
    expect(await ask('POST /archive')).toMatchObject({ status: 204, tag: '' })
  })

  it.each<[string, (error: Error) => unknown]>([
    [
      'throws',
      (error) => {
        throw error
      },
    ],
    ['rejects', (error) => Promise.reject(error)],
  ])(
    'responds with 500 when current %s after a change, and without an ETag when the state is refused: the change is made',
    async (_how, fail) => {
      let failure: Error | undefined
      const { ask, logger } = await start((api) => {
        const current = () => (failure ? fail(failure) : { v: 1 })
        api.post('/broken', { etag: { current } }, () => {
          failure = new Error('connection lost')
        })
        for (const refusal of [NotFound, Gone, Forbidden, Conflict])
          api.post(`/${refusal.name}`, { etag: { current } }, () => {
            failure = new refusal()
          })
      })
      const post = (path: string) => {
        failure = undefined
        return ask(`POST ${path}`)
      }
      expect(await post('/broken')).toMatchObject({ status: 500, tag: '' })
      expect(logger.text()).toContain('connection lost')
      for (const refusal of [NotFound, Gone, Forbidden, Conflict])
        expect(await post(`/${refusal.name}`)).toMatchObject({ status: 204, tag: '' })
    },
  )

  it('SMO-156 asks for the state once for a read, and again after a change', async () => {
    let calls = 0
    const { ask, status } = await start((api) => {
      const etag = { current: () => ({ calls: calls++ > 99 }) }
      api.get('/', { etag }, () => 1)
      api.put('/', { etag }, () => ({ b: 1 }))
      api.patch('/', { etag }, (request) => request.setEtag('v2'))
    })
    const { tag } = await ask('GET /')
    expect([await status('GET /', { 'if-none-match': tag }), calls]).toEqual([304, 2])
    expect([await status('PUT /'), calls]).toEqual([428, 2])
    expect([(await ask('PUT /', { 'if-match': tag })).tag, calls]).toEqual([tag, 4])
    expect([(await ask('PATCH /', { 'if-match': tag })).tag === tag, calls]).toEqual([false, 5])
  })
})
