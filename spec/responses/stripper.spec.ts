/** Data in the form that JSON writes: what is validated is what is sent. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { Ajv } from 'ajv'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Schema } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { SECRET, showApp } from '../support/users.ts'

const owner = { type: 'object', properties: { id: { type: 'integer' }, email: { type: 'string' } } }
const tags = { type: 'array', items: { type: 'string' } }

/** Schemas of `{ owner: { id?, email? }, tags? }`. */
const PAGES: Record<string, Schema> = {
  arktype: type({ owner: { 'id?': 'number', 'email?': 'string' }, 'tags?': 'string[]' }),
  joi: Joi.object({
    owner: Joi.object({ id: Joi.number(), email: Joi.string() }).required(),
    tags: Joi.array().items(Joi.string()),
  }),
  'jsonSchema (ajv)': jsonSchema({ type: 'object', properties: { owner, tags }, required: ['owner'] }),
  'jsonSchema that refers': jsonSchema({
    type: 'object',
    properties: { owner: { $ref: '#/$defs/owner' }, tags },
    required: ['owner'],
    $defs: { owner },
  }),
}

const masked = () => ({ id: 1, email: '…@x', password: SECRET })
const own = () => ({ id: 2, email: 'ada@x', password: SECRET })

class User {
  id = 2
  email = 'ada@x'
  password = SECRET
  toJSON(): unknown {
    return masked()
  }
}
class IterableUser extends User {
  *[Symbol.iterator]() {
    yield own()
  }
}
class UserAsMap extends User {
  override toJSON() {
    return new Map(Object.entries(masked()))
  }
}
class UserOfUser extends User {
  override toJSON() {
    return Object.assign(new User(), masked())
  }
}
class Page {
  total = 1;
  *[Symbol.iterator]() {
    yield { ...own() }
  }
}
class Tags extends Array<string> {
  toJSON() {
    return ['masked']
  }
}

/** Owners with a `toJSON`, which hides the email. */
const MASKED: [title: string, make: () => unknown][] = [
  ['an object with toJSON', () => new User()],
  ['an iterable with toJSON', () => new IterableUser()],
  ['a toJSON that returns a Map', () => new UserAsMap()],
  ['a toJSON that returns an object with toJSON', () => new UserOfUser()],
  ['a record with toJSON', () => ({ ...own(), toJSON: masked })],
]
const PLAIN: [title: string, make: () => unknown][] = [
  ['a Map', () => new Map(Object.entries(own()))],
  ['a record with an iterator', () => ({ ...own(), *[Symbol.iterator]() {} })],
  ['a record with an async iterator', () => ({ ...own(), async *[Symbol.asyncIterator]() {} })],
]

const answer = async (response: Schema, data: unknown, validate = 'strip') => {
  const { get, logger } = await showApp({ response, validate }, () => data)
  const { status, text } = await get()
  expect(text).not.toMatch(/hunter2/)
  return [status, status === 200 ? text : logger.text().includes('does not fit')]
}

describe.each(Object.entries(PAGES))('data of a response by %s', (_, page) => {
  it.each(MASKED)('is validated and sent in its JSON form: %s', async (_title, make) => {
    expect(await answer(page, { owner: make() })).toEqual([200, '{"owner":{"id":1,"email":"…@x"}}'])
    const whole = { toJSON: () => ({ owner: make(), password: SECRET }) }
    expect(await answer(page, whole)).toEqual([200, '{"owner":{"id":1,"email":"…@x"}}'])
  })

  it('is not changed', async () => {
    const user = new User()
    const data = { owner: user, tags: ['a'] }
    expect(await answer(page, data)).toEqual([200, '{"owner":{"id":1,"email":"…@x"},"tags":["a"]}'])
    expect([data.owner, { ...user }]).toEqual([user, own()])
  })

  it.each(PLAIN)('has the members that JSON writes: %s', async (_title, make) => {
    expect(await answer(page, { owner: make() })).toEqual([200, '{"owner":{"id":2,"email":"ada@x"}}'])
  })

  it.each([
    ['a Set', () => new Set(['a'])],
    ['a generator', () => ['a'].values()],
    ['an iterable with toJSON', () => ({ toJSON: () => ['a'], *[Symbol.iterator]() {} })],
  ])('has the items that JSON writes: %s', async (_title, make) => {
    expect(await answer(page, { owner: {}, tags: make() })).toEqual([200, '{"owner":{},"tags":["a"]}'])
  })

  it('is a 500 where JSON writes a list, and the schema has an object', async () => {
    for (const list of [new Page(), new URLSearchParams('password=hunter2'), new Set([own()])])
      expect(await answer(page, { owner: list })).toEqual([500, true])
  })

  it('is a 500 where the JSON form has wrong members', async () => {
    for (const wrong of [new Map([['id', 'x']]), { toJSON: () => ({ id: 'x' }) }])
      for (const validate of ['strip', 'check'])
        expect(await answer(page, { owner: wrong }, validate)).toEqual([500, true])
  })
})

describe('data with values that a schema accepts as they are', () => {
  it('keeps Maps, Sets and instances that are asked for', async () => {
    const zod = z.object({ m: z.map(z.string(), z.int()), s: z.set(z.string()), u: z.instanceof(User) })
    const valibot = v.object({
      m: v.map(v.string(), v.number()),
      s: v.set(v.string()),
      u: v.instance(User),
    })
    const data = { m: new Map([['a', 1]]), s: new Set(['b']), u: new User() }
    for (const response of [zod, valibot, toStandardJsonSchema(valibot)]) {
      const { get } = await showApp({ response }, () => data)
      expect(JSON.parse((await get()).text)).toEqual({ m: { a: 1 }, s: ['b'], u: masked() })
    }
  })

  it('gives the values of the handler to functions of zod and valibot, below the root and rows', async () => {
    const Owner = z.object({ id: z.int() })
    const Ids = z.record(z.string(), z.int())
    const toId = (user: unknown) => ({ id: (user as User).id })
    const cases: [Schema, unknown, string][] = [
      [z.preprocess((map) => Object.fromEntries(map as Map<string, 1>), Ids), new Map([['a', 1]]), '{"a":1}'],
      [z.object({ o: z.preprocess(toId, Owner) }), { o: new User() }, '{"o":{"id":2}}'],
      [z.object({ o: z.transform(toId).pipe(Owner) }), { o: new User() }, '{"o":{"id":2}}'],
      [
        v.object({ o: v.pipe(v.instance(User), v.transform<User, unknown>(toId)) }),
        { o: new User() },
        '{"o":{"id":2}}',
      ],
    ]
    for (const [response, data, text] of cases) expect(await answer(response, data)).toEqual([200, text])
  })

  it('reads no members that zod and valibot do not select', async () => {
    const row: Record<string, unknown> = {
      id: 1,
      relation: {
        toJSON() {
          throw new Error('not loaded')
        },
      },
    }
    row.user = { toJSON: () => ({ user: row.user }) }
    for (const response of [z.object({ id: z.int() }), v.object({ id: v.number() })])
      expect(await answer(response, row)).toEqual([200, '{"id":1}'])
  })

  it('has bytes as text, also in a list', async () => {
    for (const response of [z.array(z.string()), toStandardJsonSchema(v.array(v.string())), type('string[]')])
      expect(await answer(response, [Buffer.from('ab')])).toEqual([200, '["YWI="]'])
    expect(await answer(z.array(z.instanceof(Uint8Array)), [Buffer.from('ab')])).toEqual([200, '["YWI="]'])
  })

  it('has the result of toJSON for a list, too', async () => {
    const rows = { type: 'array', items: owner }
    const list = Object.assign([{ id: 2 }], { toJSON: () => [masked()] })
    expect(await answer(jsonSchema(rows), list)).toEqual([200, '[{"id":1,"email":"…@x"}]'])
    expect(await answer(z.array(z.object({ id: z.int() })), list)).toEqual([200, '[{"id":1}]'])
    expect(await answer(z.array(z.string()), Tags.from(['a']))).toEqual([200, '["masked"]'])
    expect(await answer(jsonSchema(owner), new IterableUser())).toEqual([200, '{"id":1,"email":"…@x"}'])
  })
})

describe('data of a JSON Schema that names no members', () => {
  const object = { type: 'object' }
  const right = [
    { a: 1 },
    new Map([['a', 1]]),
    { toJSON: () => ({ a: 1 }) },
    new (class {
      a = 1
    })(),
  ]
  const wrong = () => [
    ...[new Date(0), Buffer.from('a'), new URL('http://a/'), { toJSON: () => 'a' }],
    ...[new Set(['a']), new Float64Array(1), { toJSON: () => [] }],
  ]

  it.each<[title: string, part: object]>([
    ['a type', object],
    ['a type and a number of members', { ...object, minProperties: 1 }],
    ['types', { type: ['object', 'null'] }],
    ['a reference', { $ref: '#/$defs/object' }],
    ['alternatives', { anyOf: [object, { type: 'null' }] }],
    ['two schemas', { allOf: [object, { minProperties: 1 }] }],
  ])('has the type of its JSON form, of %s', async (_title, part) => {
    const m = { type: 'object', properties: { m: part }, $defs: { object } }
    for (const page of [jsonSchema(m), jsonSchema(m, { ajv: new Ajv({ strict: false }) })])
      for (const validate of ['strip', 'check']) {
        for (const value of right)
          expect(await answer(page, { m: value }, validate)).toEqual([200, '{"m":{"a":1}}'])
        for (const value of wrong()) expect(await answer(page, { m: value }, validate)).toEqual([500, true])
      }
  })

  it('has it as a whole and as a row', async () => {
    for (const value of wrong()) {
      expect(await answer(jsonSchema(object), value)).toEqual([500, true])
      expect(await answer(jsonSchema({ type: 'array', items: object }), [value])).toEqual([500, true])
    }
  })

  it.each<[title: string, list: Schema]>([
    ['jsonSchema', jsonSchema({ type: 'object', properties: { m: { type: 'array' } } })],
    ['arktype', type({ m: 'unknown[]' })],
    ['joi', Joi.object({ m: Joi.array() })],
    ['zod', z.object({ m: z.array(z.unknown()) })],
    ['valibot', toStandardJsonSchema(v.object({ m: v.array(v.unknown()) }))],
  ])('is a list where its JSON form is one: %s', async (_title, list) => {
    for (const value of [new Set([1]), Float64Array.of(1), { toJSON: () => [1] }])
      expect(await answer(list, { m: value })).toEqual([200, '{"m":[1]}'])
    for (const value of [new Map(), new Date(0), Buffer.from('a'), {}])
      expect(await answer(list, { m: value })).toEqual([500, true])
  })
})

describe('members of an alternative that the data does not match', () => {
  const row = (properties: object) => ({ type: 'object', properties, required: Object.keys(properties) })
  const note = { type: ['null', 'integer'] }
  const anyOf = [row({ note, password: { type: 'string' } }), row({ note: { type: 'string' } })]
  const kept = { note: 'null', password: 'string' } as const

  it.each<[title: string, schema: Schema]>([
    ['jsonSchema', jsonSchema({ anyOf })],
    ['arktype, of text', type(kept).or({ note: 'string' })],
    ['arktype, of a Date', type(kept).or({ note: 'Date' })],
    ['arktype, of a bigint', type(kept).or({ note: 'bigint' })],
  ])('are not sent, though JSON alone writes the text that tells: %s', async (title, schema) => {
    const isBigint = title.endsWith('bigint')
    const notes = title === 'jsonSchema' ? [new Date(0), 12n] : isBigint ? [12n] : [new Date(0)]
    for (const note of notes) {
      const text = typeof note === 'bigint' ? '12' : '1970-01-01T00:00:00.000Z'
      expect(await answer(schema, { note, password: SECRET })).toEqual([200, `{"note":"${text}"}`])
    }
  })
})

describe('members that a class inherits', () => {
  class Pet {
    #id = 7
    get id() {
      return this.#id
    }
  }
  const open = { 'id?': 'number' } as const

  it('are sent where the library returns them, and else are no members, since JSON does not write them', async () => {
    expect(await answer(z.object({ id: z.int() }), new Pet())).toEqual([200, '{"id":7}'])
    for (const required of [jsonSchema({ ...owner, required: ['id'] }), type({ id: 'number' })])
      expect(await answer(required, new Pet())).toEqual([500, true])
    for (const optional of [jsonSchema(owner), type(open)])
      expect(await answer(optional, new Pet())).toEqual([200, '{}'])
  })
})

describe('data that is checked', () => {
  it('is sent itself: an iterator in it is not read before', async () => {
    const page = PAGES['jsonSchema (ajv)'] as Schema
    expect(await answer(page, { owner: {}, tags: ['a'].values() }, 'check')).toEqual([500, true])
    expect(await answer(page, { owner: {}, tags: new Set(['a']) }, 'check')).toEqual([
      200,
      '{"owner":{},"tags":["a"]}',
    ])
  })
})
