/** The patch option: merge patches and JSON patches of the current state, validated. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, type BlueprintOptions, RestBlueprint } from '../../lib/index.ts'
import { jsonPatch } from '../../lib/json-patch.ts'
import { csv } from '../../lib/renderers.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: states of every kind
type Any = any

const MERGE = { 'content-type': 'application/merge-patch+json' }
const PATCH = { 'content-type': 'application/json-patch+json' }
const pet = z.object({ name: z.string(), age: z.int().optional(), born: z.coerce.date().optional() })

describe.each(polkas)('patching on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, development: true, renderers: { 'text/csv': csv() }, ...options })

  /** Pets that are patched; `options` of the endpoint beside patch and etag. */
  async function keeping(options: Any = {}, settings: BlueprintOptions = {}) {
    const pets = new Map<number, Any>([[1, { name: 'Ada', age: 3, born: new Date(0), secret: 'x' }]])
    let calls = 0
    const current = ({ params }: Any) => {
      calls++
      return pets.get(params.id)
    }
    const served = await start((api) => {
      api.contentParser.parses('application/json-patch+json', jsonPatch())
      const change = ({ params, body }: Any) => {
        pets.set(params.id, body)
        return { ...body, isDate: body.born instanceof Date }
      }
      api.patch('/own/<int:id>', { name: 'own', patch: { schema: pet, current }, ...options }, change)
      api.patch(
        '/<int:id>',
        { name: 'shared', patch: { schema: pet }, etag: { current }, ...options },
        change,
      )
      api.get('/<int:id>', { etag: { current } }, ({ current }) => current)
      api.patch(
        '/both/<int:id>',
        { name: 'both', patch: { schema: pet, current }, etag: true, ...options },
        change,
      )
    }, settings)
    return { pets, count: () => calls, ...served }
  }

  it('merges (RFC 7396) or applies operations (RFC 6902), and passes the validated state to the handler', async () => {
    const { ask, pets } = await keeping()
    const merged = await ask('PATCH /own/1', MERGE, { name: 'Rex', age: null })
    expect(merged.json).toMatchObject({ name: 'Rex', born: '1970-01-01T00:00:00.000Z', isDate: true })
    expect(pets.get(1)).toEqual({ name: 'Rex', born: new Date(0), secret: 'x' })
    const operations = [
      { op: 'test', path: '/born', value: '1970-01-01T00:00:00.000Z' },
      { op: 'move', from: '/name', path: '/name' },
      { op: 'add', path: '/age', value: 7 },
    ]
    expect((await ask('PATCH /own/1', PATCH, operations)).json).toMatchObject({
      name: 'Rex',
      age: 7,
    })
  })

  it('responds with 400 to no patch, 409 to an operation that fails, 422 to an invalid result, 404 to a missing state', async () => {
    const { ask, status, pets } = await keeping()
    const before = structuredClone(pets.get(1))
    expect(await status('PATCH /own/1', MERGE, '{')).toBe(400)
    expect(await status('PATCH /own/1', PATCH, { op: 'add' })).toBe(400)
    expect(await status('PATCH /own/1', PATCH, [{ op: 'hop', path: '' }])).toBe(400)
    const conflict = await ask('PATCH /own/1', PATCH, [
      { op: 'replace', path: '/name', value: 'X' },
      { op: 'remove', path: '/none' },
    ])
    expect([conflict.status, conflict.json.errors]).toEqual([
      409,
      [{ detail: 'No value at the path', pointer: '#/1' }],
    ])
    expect(await status('PATCH /own/1', PATCH, [{ op: 'test', path: '/age', value: 4 }])).toBe(409)
    const wrong = await ask('PATCH /own/1', MERGE, { name: 7, age: 'x' })
    expect([wrong.status, wrong.json.errors.map(({ pointer }: Any) => pointer)]).toEqual([
      422,
      ['#/name', '#/age'],
    ])
    expect(await status('PATCH /own/1', MERGE, 'null')).toBe(422)
    expect(await status('PATCH /own/1', MERGE)).toBe(422)
    expect(await status('PATCH /own/2', MERGE, {})).toBe(404)
    expect(await status('PATCH /2', { ...MERGE, 'if-none-match': '*' }, {})).toBe(404)
    expect(await status('PATCH /2', { ...MERGE, 'if-match': '*' }, {})).toBe(412)
    expect(pets.get(1)).toEqual(before)
  })

  it('changes no prototype', async () => {
    const { ask, status } = await keeping()
    expect((await ask('PATCH /own/1', MERGE, '{"constructor":{"prototype":{"x":1}}}')).text).not.toContain(
      '"x"',
    )
    expect(await status('PATCH /own/1', MERGE, '{"__proto__":{"x":1}}')).toBe(400)
    expect(await status('PATCH /own/1', PATCH, [{ op: 'add', path: '/__proto__/x', value: 1 }])).toBe(400)
    expect(({} as Any).x).toBeUndefined()
  })

  it.each(['/1', '/both/1'])('requires If-Match, and evaluates it before the patch: %s', async (path) => {
    const { ask, status, count, pets } = await keeping()
    const { tag } = await ask('GET /1')
    const countOfGet = count()
    expect(await status(`PATCH ${path}`, MERGE, 'no json')).toBe(428)
    expect(count()).toBe(countOfGet)
    expect(
      await status(`PATCH ${path}`, { ...PATCH, 'if-match': '"old"' }, [{ op: 'remove', path: '/none' }]),
    ).toBe(412)
    expect(await status(`PATCH ${path}`, { ...MERGE, 'if-match': '"old"' }, { name: 7 })).toBe(412)
    expect(await status(`PATCH ${path}`, { ...MERGE, 'if-match': tag }, { name: 7 })).toBe(422)
    const before = count()
    const changed = await ask(`PATCH ${path}`, { ...MERGE, 'if-match': tag }, { name: 'Rex' })
    expect([changed.status, changed.tag, count() - before]).toEqual([200, (await ask('GET /1')).tag, 2])
    expect(changed.tag).not.toBe(tag)
    expect(await status(`PATCH ${path}`, { ...MERGE, 'if-match': tag }, { name: 'Lost' })).toBe(412)
    expect(pets.get(1).name).toBe('Rex')
  })

  it('works when ETags are turned off', async () => {
    for (const path of ['/1', '/own/1', '/both/1']) {
      const { ask } = await keeping({}, { etag: false })
      expect(await ask(`PATCH ${path}`, MERGE, { name: 'Rex' }), path).toMatchObject({ status: 200, tag: '' })
    }
    const { ask } = await keeping({}, { etag: true })
    expect(await ask('PATCH /own/1', MERGE, { name: 'Rex' })).toMatchObject({ status: 428 })
  })

  it('lists its media types in Accept-Patch, for OPTIONS and with a 415 (RFC 5789 §3.1)', async () => {
    const { ask } = await keeping()
    const list = 'application/merge-patch+json, application/json-patch+json'
    expect((await ask('OPTIONS /own/1')).headers.get('accept-patch')).toBe(list)
    const refused = await ask('PATCH /own/1', {}, { name: 'x' })
    expect([refused.status, refused.headers.get('accept-patch')]).toEqual([415, list])
    const { ask: askOther } = await start((api) => {
      api.patch('/plain', { patch: { schema: pet, current: () => ({ name: 'x' }) } }, ({ body }) => body)
      api.patch(
        '/json',
        { incoming: ['application/json'], patch: { schema: pet, current: async () => ({}) } },
        ({ body }) => body,
      )
    })
    expect((await askOther('OPTIONS /plain')).headers.get('accept-patch')).toBe(
      'application/merge-patch+json',
    )
    expect(await askOther('PATCH /plain', PATCH, [])).toMatchObject({ status: 415 })
    expect(await askOther('PATCH /json', {}, { name: 'x' })).toMatchObject({
      status: 200,
      text: '{"name":"x"}',
    })
  })

  it('drops, keeps or refuses unknown members of the result, by the policy', async () => {
    for (const [unknown, expected] of [
      [undefined, { status: 200, text: '{"name":"Ada"}' }],
      ['drop', { status: 200, text: '{"name":"Ada"}' }],
      ['keep', { status: 200, text: expect.stringContaining('"other":1') }],
      ['refuse', { status: 422, text: expect.stringContaining('#/other') }],
    ] as const) {
      const options = { patch: { schema: z.object({ name: z.string() }), current: () => ({ name: 'Ada' }) } }
      const { ask } = await start((api) => {
        api.patch('/', unknown ? { ...options, unknown } : options, ({ body }) => body)
      })
      expect(await ask('PATCH /', MERGE, { other: 1 }), unknown).toMatchObject(expected)
    }
  })

  it('awaits current, and responds with its errors', async () => {
    const { ask, status } = await start((api) => {
      const schema = z.object({ a: z.int() }).refine(async ({ a }) => a < 9)
      api.patch('/late', { patch: { schema, current: async () => ({ a: 1 }) } }, ({ body }) => body)
      api.patch('/gone', { patch: { schema, current: () => abort(410) } }, ({ body }) => body)
    })
    expect((await ask('PATCH /late', MERGE, { a: 2 })).text).toBe('{"a":2}')
    expect(await status('PATCH /late', MERGE, { a: 9 })).toBe(422)
    expect(await status('PATCH /gone', MERGE, { a: 2 })).toBe(410)
  })

  it('responds with 500 when the parser of JSON patches returns no Patch', async () => {
    const { status, logger } = await start((api) => {
      api.contentParser.parses('application/json-patch+json', () => [])
      api.patch('/', { patch: { schema: z.any(), current: () => ({}) } }, ({ body }) => body)
    })
    expect(await status('PATCH /', PATCH, [])).toBe(500)
    expect(String(logger.lines[0]?.[1])).toContain('use jsonPatch()')
  })
})

describe('the state', () => {
  /** Patches one state; the answer is the new state and the changes. */
  async function patching(schema: Any, state: Any, options: Any = {}) {
    const { ask } = await testApp((api) => {
      api.contentParser.parses('application/json-patch+json', jsonPatch())
      api.patch('/', { patch: { schema, current: () => state }, ...options }, ({ body, changes }: Any) => {
        answer = { body, changes }
        return {}
      })
    })
    let answer: Any
    return async (patch: Any) => {
      answer = undefined
      const { status, json } = await ask('PATCH /', Array.isArray(patch) ? PATCH : MERGE, patch)
      return answer ?? [status, json.errors?.map(({ pointer }: Any) => pointer)]
    }
  }

  const row = () => ({
    id: 7n,
    name: 'Ada',
    born: new Date(0),
    password_hash: 'x',
    home: { city: 'Gdynia', zip: '81', secret: 1 },
    stops: [
      { at: 'a', secret: 1 },
      { at: 'b', secret: 2 },
    ],
  })
  const person = z.object({
    id: z.bigint(),
    name: z.string().transform((name) => `${name}!`),
    born: z.date(),
    age: z.int().optional(),
    home: z.object({ city: z.string(), zip: z.string().optional() }),
    stops: z.array(z.object({ at: z.string() })),
  })

  it('keeps hidden members, Dates and what a transform has made already; changes are what the client sent', async () => {
    const patch = await patching(person, row())
    expect(await patch({})).toEqual({ body: row(), changes: {} })
    expect(await patch({ name: 'Eve' })).toEqual({
      body: { ...row(), name: 'Eve!' },
      changes: { name: 'Eve!' },
    })
    expect(await patch({ age: 3, born: '2000-01-01', id: '9' })).toEqual({
      body: { ...row(), age: 3, born: new Date('2000-01-01'), id: 9n },
      changes: { age: 3, born: new Date('2000-01-01'), id: 9n },
    })
    expect(await patch({ home: { city: 'Hel', zip: null } })).toEqual({
      body: { ...row(), home: { city: 'Hel', secret: 1 } },
      changes: { home: { city: 'Hel', zip: null } },
    })
    expect(await patch({ born: '1970-01-01T00:00:00.000Z' })).toEqual({
      body: row(),
      changes: { born: new Date(0) },
    })
  })

  it('keeps the hidden members of items that a patch moves or sends again, not of new ones', async () => {
    const patch = await patching(person, row())
    const [a, b] = row().stops
    expect((await patch({ stops: [{ at: 'b' }, { at: 'c' }, { at: 'a' }] })).body.stops).toEqual([
      b,
      { at: 'c' },
      a,
    ])
    const moved = await patch([{ op: 'move', from: '/stops/0', path: '/stops/1' }])
    expect(moved.body.stops).toEqual([b, a])
    const changed = await patch([{ op: 'replace', path: '/stops/1/at', value: 'z' }])
    expect(changed.body).toEqual({ ...row(), stops: [a, { at: 'z', secret: 2 }] })
    expect(changed.changes).toEqual({ stops: [{ at: 'a' }, { at: 'z' }] })
    expect((await patch([{ op: 'replace', path: '/stops/1', value: { at: 'z' } }])).body.stops).toEqual([
      a,
      { at: 'z' },
    ])
    const removed = await patch([{ op: 'remove', path: '/home/zip' }])
    expect(removed).toEqual({
      body: { ...row(), home: { city: 'Gdynia', secret: 1 } },
      changes: { home: { zip: null } },
    })
    const whole = { id: '7', name: 'Ada', born: row().born, home: { city: 'x' }, stops: [] }
    expect((await patch([{ op: 'replace', path: '', value: whole }])).body.password_hash).toBe('x')
  })

  it('cannot be read, changed or removed through a patch where it is hidden', async () => {
    const patch = await patching(person, row())
    expect(await patch([{ op: 'test', path: '/password_hash', value: 'x' }])).toEqual([409, ['#/0']])
    expect(await patch([{ op: 'copy', from: '/password_hash', path: '/name' }])).toEqual([409, ['#/0']])
    expect(await patch({ password_hash: 'mine' })).toEqual({ body: row(), changes: {} })
    expect(await patch({ password_hash: null })).toEqual({ body: row(), changes: {} })
  })

  it.each([
    ['unknown: refuse', person, { unknown: 'refuse' }],
    ['a strict schema', z.strictObject({ name: z.string() }), {}],
  ])(
    'with hidden members is patched under %s, which looks at the patch alone',
    async (_name, schema, options) => {
      const patch = await patching(schema, row(), options)
      expect((await patch({ name: 'Eve' })).body.password_hash).toBe('x')
      const [status] = await patch({ other: 1 })
      expect(status).toBe(422)
      expect(JSON.stringify(await patch({ other: 1 }))).not.toContain('password_hash')
    },
  )

  it.each(['{}', '{"other":1}', '{"name":"Ada"}', '{"note":null}', '{"name":"Eve"}'])(
    'gets the defaults of the schema where it lacks a member, at any level: %s',
    async (content) => {
      const sent = JSON.parse(content)
      const schema = z.object({
        name: z.string(),
        note: z.string().default('none'),
        home: z.object({ city: z.string(), in: z.object({ lat: z.int(), alt: z.int().default(0) }) }),
      })
      const old = () => ({ name: 'Ada', secret: 1, home: { city: 'Hel', secret: 2, in: { lat: 54 } } })
      const { body } = await (await patching(schema, old()))(sent)
      expect(body).toEqual({
        ...old(),
        name: sent.name ?? 'Ada',
        note: 'none',
        home: { ...old().home, in: { lat: 54, alt: 0 } },
      })
      const nothing = await (await patching(schema, old()))([])
      expect(nothing).toEqual({ body: { ...body, name: 'Ada' }, changes: {} })
      class Row {}
      expect((await (await patching(schema, Object.assign(new Row(), old())))(sent)).body).toEqual(body)
      expect((await (await patching(schema, { toJSON: old }))(sent)).body).toEqual(body)
    },
  )

  it('is copied: a handler that changes body, or a record in it, does not change the state', async () => {
    const state = { name: 'Ada', home: { city: 'Hel', at: new Date(0) }, tags: ['a'] }
    const schema = z.object({ name: z.string(), home: z.object({ city: z.string(), at: z.date() }) })
    for (const patch of [{}, { name: 'Eve' }, []]) {
      const { body } = await (await patching(schema, state))(patch)
      body.name = 'Max'
      body.home.city = 'Aa'
      expect(state).toEqual({ name: 'Ada', home: { city: 'Hel', at: new Date(0) }, tags: ['a'] })
      expect([body.home.at, body.tags]).toEqual([new Date(0), ['a']])
    }
  })

  it('keeps the lists, Dates and instances of classes that a patch has not changed, with toJSON or without', async () => {
    class Money {
      units = 7
    }
    const toJSON = () => ({ at: 1 })
    const state = { price: new Money(), at: { toJSON }, born: new Date(0), tags: [{ n: 'a' }, { n: 'b' }] }
    const known = z.object({ n: z.string(), m: z.int().default(1) })
    const schema = z.object({
      price: z.object({ units: z.int(), currency: z.string().default('EUR') }),
      at: z.object({ at: z.int(), to: z.int().default(2) }),
      born: z.date(),
      tags: z.array(known),
    })
    const patch = await patching(schema, state)
    const { body } = await patch({})
    expect(body).toEqual(state)
    for (const name of Object.keys(state)) expect(body[name]).toBe((state as Any)[name])
    const moved = await patch([{ op: 'move', from: '/tags/0', path: '/tags/1' }])
    expect(moved.body.tags).toEqual([{ n: 'b' }, { n: 'a' }])
  })

  it('may be an instance of a class, or have toJSON', async () => {
    class Row {
      name = 'Ada'
      secret = 1
    }
    class Model {
      #row = { name: 'Ada', born: new Date(0), secret: 1 }
      toJSON() {
        return this.#row
      }
    }
    const schema = z.object({ name: z.string(), age: z.int().default(1) })
    expect((await (await patching(schema, new Row()))({ name: 'Eve' })).body).toEqual({
      name: 'Eve',
      secret: 1,
      age: 1,
    })
    expect((await (await patching(schema, new Model()))({ name: 'Eve' })).body).toEqual({
      name: 'Eve',
      born: new Date(0),
      secret: 1,
      age: 1,
    })
  })
})

describe('an endpoint with a patch', () => {
  const registering = (options: Any) => () => new RestBlueprint('x').patch('/', options, () => 1).endpoints

  it('needs a schema, and cannot have a body option', () => {
    expect(registering({ patch: { schema: pet }, body: pet })).toThrow(TypeError)
    expect(registering({ patch: { schema: { type: 'object' } } })).toThrow(
      /The patch of 'PATCH \/' is no schema/,
    )
  })
})
