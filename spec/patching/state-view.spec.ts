/** Hidden members: those of the state that the schema of a patch does not know. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonPatch } from '../../lib/json-patch.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { mergePatch } from '../../lib/patching/merge-patch.ts'
import { StateView } from '../../lib/patching/state-view.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: states of every kind
type Any = any

const MERGE = { 'content-type': 'application/merge-patch+json' }
const PATCH = { 'content-type': 'application/json-patch+json' }

/** Patches one state; the answer is the new state and the changes, or the status and the pointers of the errors. */
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

const user = () => ({ name: 'rex', role: 'user', home: { city: 'Hel', owner: 'x' } })

const closed: [string, Any][] = [
  ['zod', z.object({ name: z.string(), home: z.object({ city: z.string() }) })],
  ['arktype', type({ name: 'string', home: { city: 'string' } })],
  [
    'JSON Schema',
    jsonSchema({
      properties: {
        name: { type: 'string' },
        home: { type: 'object', properties: { city: { type: 'string' } } },
      },
    }),
  ],
  [
    'joi with unknown()',
    Joi.object({ name: Joi.string(), home: Joi.object({ city: Joi.string() }).unknown() }).unknown(),
  ],
  ['valibot, which has no JSON Schema', v.object({ name: v.string(), home: v.object({ city: v.string() }) })],
]
const open: [string, Any][] = [
  ['a loose object', z.looseObject({ name: z.string(), home: z.looseObject({ city: z.string() }) })],
]

describe('a hidden member', () => {
  const policies = [undefined, 'drop', 'keep'] as const
  it.each([
    ...closed.flatMap(([library, schema]) => policies.map((unknown) => [library, schema, unknown] as const)),
    ...open.map(([library, schema]) => [library, schema, 'drop'] as const),
  ])('is neither set nor removed by a patch: %s', async (_library, schema, unknown) => {
    const patch = await patching(schema, user(), unknown ? { unknown } : {})
    for (const role of ['admin', null, { deep: 1 }])
      expect(await patch({ role, home: { owner: role } })).toEqual({ body: user(), changes: { home: {} } })
    for (const path of ['/role', '/home/owner']) {
      const { body, changes } = await patch([{ op: 'add', path, value: 'admin' }])
      expect([body, JSON.stringify(changes)]).toEqual([user(), expect.not.stringContaining('admin')])
      expect((await patch([{ op: 'remove', path }]))[0]).toBe(409)
      expect((await patch([{ op: 'copy', from: path, path: '/name' }]))[0]).toBe(409)
    }
    expect(await patch({ name: 'max' })).toEqual({
      body: { ...user(), name: 'max' },
      changes: { name: 'max' },
    })
  })

  it.each(closed)('stays in an object that a JSON Patch replaces: %s', async (_library, schema) => {
    const patch = await patching(schema, user())
    expect(await patch([{ op: 'replace', path: '/home', value: { city: 'Aa', owner: 'me' } }])).toEqual({
      body: { ...user(), home: { city: 'Aa', owner: 'x' } },
      changes: { home: { city: 'Aa' } },
    })
  })

  it.each([...closed.slice(0, 4), ...open])(
    'is refused in a patch alone under the policy refuse: %s',
    async (_library, schema) => {
      const patch = await patching(schema, user(), { unknown: 'refuse' })
      expect(await patch({ name: 'max' })).toMatchObject({ body: { name: 'max', role: 'user' } })
      expect(await patch([{ op: 'replace', path: '/name', value: 'max' }])).toMatchObject({
        body: { name: 'max', role: 'user' },
      })
      for (const value of [1, null]) {
        expect(await patch({ nope: value })).toEqual([422, ['#/nope']])
        expect(await patch({ home: { nope: value } })).toEqual([422, ['#/home/nope']])
        expect(await patch({ name: 7, nope: value })).toEqual([422, ['#/nope', '#/name']])
      }
      expect(await patch([{ op: 'add', path: '/nope', value: 1 }])).toEqual([422, ['#/nope']])
    },
  )

  it.each<[string, Any]>([
    ['catchall', z.object({ name: z.string() }).catchall(z.string())],
    ['z.record', z.record(z.string(), z.string())],
    ['additionalProperties', jsonSchema({ properties: {}, additionalProperties: { type: 'string' } })],
    ['arktype', type({ name: 'string', '[string]': 'string' })],
  ])('is none whose type the schema declares for any name: %s', async (_title, schema) => {
    for (const unknown of [undefined, 'drop', 'refuse']) {
      const patch = await patching(schema, { name: 'rex', role: 'user' }, unknown ? { unknown } : {})
      expect((await patch({ role: 'admin' })).body).toEqual({ name: 'rex', role: 'admin' })
      expect(await patch({ role: null })).toEqual({ body: { name: 'rex' }, changes: { role: null } })
    }
  })

  it('is none where the schema allows any other, and no policy removes it', async () => {
    const patch = await patching(z.looseObject({ name: z.string() }), { name: 'rex', colour: 'red' })
    expect((await patch({ colour: 'blue' })).body).toEqual({ name: 'rex', colour: 'blue' })
    expect((await patch({ colour: null })).body).toEqual({ name: 'rex' })
  })

  it('is none of those that are undefined in the state', async () => {
    const schema = z.object({ name: z.string(), age: z.int().optional() })
    const patch = await patching(schema, { name: 'rex', age: undefined, role: undefined })
    expect(await patch({ age: 3, role: 'admin' })).toEqual({
      body: { name: 'rex', age: 3, role: undefined },
      changes: { age: 3 },
    })
  })

  it('does not hide members of a new object: changes have all that a merge patch sends there', async () => {
    const schema = z.object({ title: z.string(), extra: z.record(z.string(), z.any()).optional() })
    const patch = await patching(schema, { title: 'a', name: 'x' })
    const extra = { a: { name: 't', title: 'b' } }
    expect(await patch({ extra })).toEqual({ body: { title: 'a', name: 'x', extra }, changes: { extra } })
  })

  it('is found without a JSON Schema where the schema accepts the state without it', async () => {
    const renamed = v.pipe(
      v.object({ first: v.string() }),
      v.transform(({ first }) => ({ name: first })),
    )
    expect((await (await patching(renamed, { first: 'a' }))({ first: 'b' })).body).toEqual({ name: 'b' })
    const list = v.object({ toys: v.array(v.object({ n: v.string() })) })
    const patch = await patching(list, { toys: [{ n: 'a', cost: 1 }] })
    expect((await patch([{ op: 'replace', path: '/toys/0/n', value: 'b' }])).body).toEqual({
      toys: [{ n: 'b', cost: 1 }],
    })
    const unfit = await patching(v.object({ name: v.string() }), { name: null, role: 'user' })
    expect((await unfit({ name: 'rex' })).body).toEqual({ name: 'rex', role: 'user' })
  })
})

const text = { type: 'string' }
const account = v.variant('kind', [
  v.object({ kind: v.literal('user'), name: v.string() }),
  v.object({ kind: v.literal('admin'), role: v.optional(v.string()) }),
])
const unions: [string, Any][] = [
  [
    'zod',
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('user'), name: z.string() }),
      z.object({ kind: z.literal('admin'), role: z.string().optional() }),
    ]),
  ],
  [
    'JSON Schema',
    jsonSchema({
      oneOf: [
        { properties: { kind: { const: 'user' }, name: text }, required: ['kind', 'name'] },
        { properties: { kind: { const: 'admin' }, role: text }, required: ['kind'] },
      ],
    }),
  ],
  ['arktype', type({ kind: "'user'", name: 'string' }).or({ kind: "'admin'", 'role?': 'string' })],
  ['valibot', toStandardJsonSchema(account)],
]

describe('the members of a union', () => {
  const stale = () => ({ kind: 'user', name: 'Ann', role: 'root', hid: 1 })
  const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })

  it.each([...unions, ['valibot, which has no JSON Schema', account] as [string, Any]])(
    'are those of the alternative that the state matches: no others can be read or changed: %s',
    async (_library, schema) => {
      for (const unknown of [undefined, 'drop', 'keep']) {
        const patch = await patching(schema, stale(), unknown ? { unknown } : {})
        for (const operation of [
          { op: 'test', path: '/role', value: 'root' },
          { op: 'copy', from: '/role', path: '/name' },
          { op: 'move', from: '/role', path: '/name' },
          { op: 'remove', path: '/role' },
        ])
          expect(await patch([operation])).toEqual([409, ['#/0']])
        expect((await patch({ role: 'mine', name: 'Eve' })).body).toEqual({ ...stale(), name: 'Eve' })
        expect(await patch({ role: null })).toEqual({ body: stale(), changes: {} })
      }
    },
  )

  it.each([...unions, ['valibot, which has no JSON Schema', account] as [string, Any]])(
    'have what a patch sets when it changes the alternative: %s',
    async (_library, schema) => {
      const patch = await patching(schema, stale())
      const changes = { kind: 'admin', role: 'x' }
      expect(await patch(changes)).toEqual({ body: { ...stale(), ...changes }, changes })
      expect(await patch([replace('/kind', 'admin'), { op: 'add', path: '/role', value: 'x' }])).toEqual({
        body: { ...stale(), ...changes },
        changes,
      })
      const { name: _, ...unnamed } = { ...stale(), ...changes }
      expect(await patch({ ...changes, name: null })).toEqual({
        body: unnamed,
        changes: { ...changes, name: null },
      })
      expect(await patch([replace('', changes)])).toEqual({
        body: unnamed,
        changes: { ...changes, name: null },
      })
    },
  )

  it.each(unions)(
    'are not those that the state has kept hidden for the new alternative: %s',
    async (_library, schema) => {
      const { role: _, ...visible } = stale()
      const expected = { body: { ...visible, kind: 'admin' }, changes: { kind: 'admin', role: null } }
      const patch = await patching(schema, stale())
      expect(await patch({ kind: 'admin' })).toEqual(expected)
      expect(await patch([replace('/kind', 'admin')])).toEqual(expected)
      const again = [replace('/kind', 'admin'), replace('/kind', 'user')]
      expect(await patch(again)).toEqual({ body: stale(), changes: {} })
    },
  )

  it('have the defaults of the new alternative, and the hidden members of neither', async () => {
    const schema = z.object({
      list: z.array(
        z.discriminatedUnion('kind', [
          z.object({
            kind: z.literal('a'),
            own: z.object({ x: z.int() }),
            at: z.date(),
            tags: z.array(z.int()),
          }),
          z.object({
            kind: z.literal('b'),
            own: z.object({ x: z.int(), y: z.int().optional() }),
            at: z.date(),
            tags: z.array(z.int()),
            level: z.int().default(3),
          }),
        ]),
      ),
    })
    const item = { kind: 'a', own: { x: 1, y: 2, hid: 3 }, at: new Date(0), tags: [1], level: 'old', hid: 4 }
    const patch = await patching(schema, { list: [item] })
    const { body, changes } = await patch([replace('/list/0/kind', 'b')])
    expect(body.list).toEqual([{ ...item, kind: 'b', own: { x: 1, hid: 3 }, level: 3 }])
    expect([body.list[0].at, body.list[0].tags]).toEqual([item.at, item.tags])
    expect(body.list[0].tags).toBe(item.tags)
    expect(changes.list).toEqual([{ kind: 'b', own: { x: 1 }, at: item.at, tags: [1], level: 3 }])
    const one = await patching(schema.shape.list.element, item)
    for (const sent of [{ kind: 'b' }, [replace('/kind', 'b')]])
      expect((await one(sent)).body).toEqual(body.list[0])
    expect((await one([replace('/kind', 'b')])).changes).toEqual({ kind: 'b', own: { y: null }, level: 3 })
  })

  it('are told apart by the new state, not by hidden members of the old one', async () => {
    const part = (name: string, others: object) => ({
      properties: { [name]: { type: 'integer' }, ...others },
      required: [name],
    })
    const schema = jsonSchema({ anyOf: [part('a', {}), part('b', { c: {} }), part('d', {})] })
    const state = { a: 1, b: 'old', c: 'old', hid: 0 }
    const patch = await patching(schema, state)
    expect((await patch({ a: 2, c: 'mine' })).body).toEqual({ ...state, a: 2 })
    expect(await patch({ a: null, b: 2 })).toEqual({
      body: { b: 2, hid: 0 },
      changes: { a: null, b: 2, c: null },
    })
    const hiding = await patching(
      jsonSchema({ anyOf: [part('a', {}), { ...part('b', { c: {} }), required: ['b', 'c'] }] }),
      { a: 1, b: 'old', c: 'old' },
    )
    expect((await hiding({ b: 2 })).body).toEqual({ a: 1, b: 'old', c: 'old' })
  })

  it('stay hidden in a value that a JSON Patch moves where the same are hidden', async () => {
    const schema = z.object({ one: unions[0]?.[1].optional(), two: unions[0]?.[1].optional() })
    const patch = await patching(schema, { one: stale() })
    const moved = [{ op: 'move', from: '/one', path: '/two' }]
    expect((await patch(moved)).body).toEqual({ two: stale() })
    const { body } = await patch([...moved, replace('/two/kind', 'admin')])
    expect(body).toEqual({ two: { kind: 'admin', hid: 1 } })
  })
})

const toySchema = z.object({ name: z.string(), n: z.int().optional() })

describe('a list that is sent again as a whole', () => {
  const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })

  it.each<[string, Any, Any]>([
    ['changed', replace('/toys/0/n', 5), { name: 'u', n: 5 }],
    ['removed', { op: 'remove', path: '/toys/0/n' }, { name: 'u' }],
  ])('has what is sent for an item that the patch has changed before: %s', async (_title, before, toy) => {
    const patch = await patching(z.object({ toys: z.array(toySchema) }), {
      toys: [{ name: 'u', n: 1, hid: 0 }],
    })
    expect(await patch([before, replace('/toys', [toy])])).toEqual({
      body: { toys: [toy] },
      changes: { toys: [toy] },
    })
  })

  it('has the hidden members of each item once, in the order of the items', async () => {
    const state = { toys: [1, 2, 3].map((hid) => ({ name: hid === 2 ? 't' : 'u', n: 1, hid })) }
    const patch = await patching(z.object({ toys: z.array(toySchema) }), state)
    const [u, t] = [
      { n: 1, name: 'u' },
      { name: 't', n: 1 },
    ]
    const expected = [{ ...u, hid: 1 }, { ...u, hid: 3 }, u, { ...t, hid: 2 }]
    expect((await patch({ toys: [u, u, u, t] })).body.toys).toEqual(expected)
    expect((await patch([replace('/toys', [u, u, u, t])])).body.toys).toEqual(expected)
    const shorter = [{ op: 'remove', path: '/toys/1' }, replace('/toys', [t])]
    expect((await patch(shorter)).body.toys).toEqual([{ ...t, hid: 2 }])
  })

  it('may be the state', async () => {
    const patch = await patching(z.array(toySchema), [
      { name: 'u', hid: 1 },
      { name: 't', hid: 2 },
    ])
    const sent = [{ name: 't' }, { name: 'v' }]
    for (const content of [JSON.stringify(sent), [replace('', sent)]])
      expect(await patch(content)).toEqual({ body: [{ name: 't', hid: 2 }, { name: 'v' }], changes: sent })
  })
})

describe('a list of the state', () => {
  it('has the items that JSON has: no named members, null for a gap', async () => {
    const list = Object.assign(['a', 'b'], { extra: 'x' })
    const schema = z.object({ name: z.string(), list: z.array(z.string().nullable()) })
    const patch = await patching(schema, { name: 'rex', list })
    const { body, changes } = await patch([{ op: 'add', path: '/list/-', value: 'c' }])
    expect([body.list, changes]).toEqual([['a', 'b', 'c'], { list: ['a', 'b', 'c'] }])
    const sparse = await patching(schema, { name: 'rex', list: Object.assign(new Array(2), { 1: 'b' }) })
    expect((await sparse([{ op: 'test', path: '/list/0', value: null }])).body.name).toBe('rex')
    expect(await sparse([{ op: 'replace', path: '/list/1', value: 'c' }])).toMatchObject({
      changes: { list: [null, 'c'] },
    })
  })
})

describe('a value that a JSON Patch moves', () => {
  const move = (from: string, path: string) => ({ op: 'move', from, path })

  it.each([undefined, 'drop', 'refuse'])(
    'shows no hidden members where all are known: unknown %s',
    async (unknown) => {
      const schema = z.object({
        owner: z.object({ name: z.string() }).optional(),
        meta: z.record(z.string(), z.any()),
      })
      const state = { owner: { name: 'Ada', password_hash: 'x' }, meta: {} }
      const patch = await patching(schema, state, unknown ? { unknown } : {})
      expect(await patch([move('/owner', '/meta/o')])).toEqual({
        body: { meta: { o: { name: 'Ada' } } },
        changes: { owner: null, meta: { o: { name: 'Ada' } } },
      })
      const again = [move('/owner', '/meta/o'), { op: 'add', path: '/owner', value: { name: 'Eve' } }]
      expect((await patch(again)).body).toEqual({
        owner: { name: 'Eve', password_hash: 'x' },
        meta: { o: { name: 'Ada' } },
      })
    },
  )

  const draft = z.object({ title: z.string() })
  const post = z.object({ title: z.string(), note: z.string().max(5).optional() })
  const doc = z.object({ draft: draft.optional(), live: post.optional(), posts: z.array(post) })
  const docs: [string, Any][] = [
    ['zod', doc],
    ['JSON Schema', jsonSchema(z.toJSONSchema(doc, { io: 'input' }))],
    [
      'valibot, which has no JSON Schema',
      v.object({
        draft: v.optional(v.object({ title: v.string() })),
        live: v.optional(v.object({ title: v.string(), note: v.optional(v.string()) })),
        posts: v.array(v.object({ title: v.string(), note: v.optional(v.string()) })),
      }),
    ],
  ]
  it.each(docs)('is a new one where other members are hidden, as a copy is: %s', async (_title, schema) => {
    const state = { draft: { title: 'x', note: 'internal', approved: false }, posts: [] }
    const patch = await patching(schema, state)
    const live = { title: 'x' }
    expect((await patch([move('/draft', '/live')])).body).toEqual({ live, posts: [] })
    expect((await patch([move('/draft', '/posts/0')])).body).toEqual({ posts: [live] })
    const occupied = await patching(schema, { ...state, live: { title: 'y', note: 'a', by: 7 } })
    for (const op of ['move', 'copy'])
      expect((await occupied([{ op, from: '/draft', path: '/live' }])).body.live).toEqual({ ...live, by: 7 })
  })

  it('keeps its hidden members where the same ones are hidden, at any level', async () => {
    const toy = z.object({ name: z.string(), n: z.int().optional(), sub: z.object({}).optional() })
    const schema = z.object({
      main: toy.optional(),
      toys: z.array(toy),
      others: z.array(toy),
      byName: z.record(z.string(), toy),
      pair: z.tuple([z.object({ name: z.string() }), toy]),
    })
    const toyOf = (hid: number) => ({ name: `t${hid}`, hid, sub: { hid: -hid } })
    const state = {
      main: toyOf(1),
      toys: [toyOf(2)],
      others: [],
      byName: { a: toyOf(3) },
      pair: [{ name: 'p', n: 'hidden' }, toyOf(4)],
    }
    const patch = await patching(schema, state)
    expect((await patch([move('/main', '/toys/0')])).body.toys).toEqual([toyOf(1), toyOf(2)])
    expect((await patch([move('/toys/0', '/main')])).body.main).toEqual(toyOf(2))
    expect((await patch([move('/toys/0', '/others/0')])).body.others).toEqual([toyOf(2)])
    expect((await patch([move('/byName/a', '/byName/b')])).body.byName).toEqual({ b: toyOf(3) })
    const changed = [move('/main', '/toys/0'), { op: 'add', path: '/toys/0/n', value: 5 }]
    expect((await patch(changed)).body.toys[0]).toEqual({ ...toyOf(1), n: 5 })
    const within = [{ op: 'add', path: '/toys/-', value: { name: 'new' } }, move('/main/sub', '/toys/1/sub')]
    expect((await patch(within)).body.toys[1]).toEqual({ name: 'new', sub: { hid: -1 } })
    expect((await patch([move('/pair/1', '/pair/0')])).body.pair).toEqual([{ name: 't4' }, { name: 'p' }])
  })

  it('is the output of the schema, unless it stays in its list', async () => {
    const Item = z.object({ at: z.date(), name: z.string().transform((name) => `${name}!`) })
    const schema = z.object({ list: z.array(Item), others: z.array(Item) })
    const state = {
      list: [
        { at: new Date(0), name: 'a!' },
        { at: new Date(1), name: 'b!' },
      ],
      others: [],
    }
    const patch = await patching(schema, state)
    const [a, b] = state.list
    expect((await patch([move('/list/0', '/list/1')])).body.list).toEqual([b, a])
    expect((await patch([move('/list/0', '/others/0')])).body).toEqual({
      list: [b],
      others: [{ at: new Date(0), name: 'a!!' }],
    })
  })

  it('may take the place of the whole state', async () => {
    const schema = z.object({
      n: z.int(),
      child: z.object({ n: z.int(), hid: z.int().optional() }).optional(),
    })
    const patch = await patching(schema, { n: 1, hid: 1, child: { n: 2, own: 2 } })
    expect(await patch([move('/child', '')])).toEqual({
      body: { n: 2, own: 2 },
      changes: { n: 2, child: null },
    })
  })
})

describe('a state with objects in objects', () => {
  it('is compared with the patched one in a time proportional to its size', async () => {
    const nested = (levels: number, inner: object): Any =>
      levels === 0
        ? inner
        : { list: Array.from({ length: 500 }, (_, n) => n), next: nested(levels - 1, inner) }
    const patchOf = (levels: number): Any => (levels === 0 ? { name: 'new' } : { next: patchOf(levels - 1) })
    const states = new Map([8, 64].map((levels) => [levels, nested(levels, { name: 'old' })]))
    const growth = await growthOf((levels) => {
      const view = new StateView(states.get(levels))
      const patched = mergePatch(view.document, patchOf(levels))
      expect(view.changes(patched, patched)).toEqual(patchOf(levels))
      expect(view.newState(patched, patched)).toBeDefined()
    }, 64)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })
})
