import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import fc from 'fast-check'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchema } from '../../lib/schema/ajv.ts'
import { type JsonSchema, jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import { prunerOf } from '../../lib/schema/pruner.ts'
import { knownOf, restorerOf, unknownPaths } from '../../lib/schema/unknown.ts'

const prune = (schema: JsonSchema | undefined, value: unknown) => prunerOf(schema)(value)
const user: JsonSchema = { type: 'object', properties: { name: { type: 'string' } } }

/** The same address, by each kind of reference. */
const address = { type: 'object', properties: { city: { type: 'string' } } }
const listed: JsonSchema = { properties: { home: { $ref: 'node' } } }
const REFERENCES: [title: string, schema: JsonSchema][] = [
  ['a pointer', { properties: { home: { $ref: '#/$defs/a' } }, $defs: { a: address } }],
  ['an $anchor', { properties: { home: { $ref: '#addr' } }, $defs: { a: { $anchor: 'addr', ...address } } }],
  [
    'a $dynamicAnchor',
    { properties: { home: { $dynamicRef: '#addr' } }, $defs: { a: { $dynamicAnchor: 'addr', ...address } } },
  ],
  [
    'an $id',
    {
      properties: { home: { $ref: 'https://ex.org/a' } },
      $defs: { a: { $id: 'https://ex.org/a', ...address } },
    },
  ],
  [
    'an $id that is a name',
    { properties: { home: { $ref: 'Address' } }, $defs: { a: { $id: 'Address', ...address } } },
  ],
  [
    'the URI of the schema itself',
    {
      $id: 'https://ex.org/p',
      properties: { home: { $ref: 'https://ex.org/p#/$defs/a' } },
      $defs: { a: address },
    },
  ],
  [
    'a reference relative to a nested $id',
    {
      $id: 'https://ex.org/p',
      $ref: 'parts/list',
      $defs: { list: { $id: 'parts/list', ...listed }, a: { $id: 'parts/node', ...address } },
    },
  ],
  [
    'a pointer within a nested $id',
    {
      $ref: 'list',
      $defs: {
        list: { $id: 'list', properties: { home: { $ref: '#/$defs/a' } }, $defs: { a: address } },
        a: { properties: { other: {} } },
      },
    },
  ],
]

describe.each(REFERENCES)('members below %s', (_, schema) => {
  const value = { home: { city: 'Kraków', password: 'x' }, hash: 'y' }

  it('are known, in schemas that Ajv accepts', () => {
    expect(jsonSchema(schema)['~standard'].validate(value)).toEqual({ value })
    expect(prune(schema, value)).toEqual({ home: { city: 'Kraków' } })
    expect(unknownPaths(schema, value)).toEqual([['home', 'password'], ['hash']])
    expect(knownOf(schema)).toEqual(new Set(['home']))
  })
})

describe('prunerOf', () => {
  it.each([
    ['zod', z.object({ name: z.string(), friends: z.array(z.object({ name: z.string() })) })],
    [
      'valibot',
      toStandardJsonSchema(v.object({ name: v.string(), friends: v.array(v.object({ name: v.string() })) })),
    ],
    ['arktype', type({ name: 'string', friends: type({ name: 'string' }).array() })],
    [
      'joi',
      Joi.object({ name: Joi.string(), friends: Joi.array().items(Joi.object({ name: Joi.string() })) }),
    ],
  ])('removes a password column, with a schema of %s', (_, schema) => {
    for (const io of ['input', 'output'] as const) {
      const row = { name: 'Ada', password: 'x', friends: [{ name: 'Eve', password: 'y' }] }
      expect(prune(jsonSchemaOf(schema, io), row)).toEqual({ name: 'Ada', friends: [{ name: 'Eve' }] })
      expect(row.password).toBe('x')
    }
  })

  it.each<[title: string, schema: JsonSchema, value: unknown, pruned: unknown]>([
    ['through $ref', { $ref: '#/$defs/u', $defs: { u: user } }, { name: 1, x: 1 }, { name: 1 }],
    [
      'by all of allOf',
      { allOf: [user, { properties: { id: {} } }, {}] },
      { name: 1, id: { deep: 1 }, x: 1 },
      { name: 1, id: { deep: 1 } },
    ],
    [
      'by each of anyOf',
      { anyOf: [user, { properties: { id: {} } }, { type: 'null' }] },
      { name: 'Ada', id: 1, x: 1 },
      { name: 'Ada', id: 1 },
    ],
    [
      'within members two alternatives share',
      { oneOf: [{ properties: { u: user } }, { properties: { u: { properties: { id: {} } } } }] },
      { u: { name: 'Ada', id: 1, x: 1 } },
      { u: { name: 'Ada', id: 1 } },
    ],
    [
      'with alternatives that only constrain',
      { ...user, anyOf: [{ required: ['name'] }, { required: ['x'] }] },
      { name: 1, x: 1 },
      { name: 1 },
    ],
    [
      'by then and else',
      JSON.parse('{"properties":{"name":{}},"if":{},"then":{"properties":{"a":{}}}}'),
      { name: 1, a: 1, x: 1 },
      { name: 1, a: 1 },
    ],
    [
      'by dependentSchemas',
      { ...user, dependentSchemas: { name: { properties: { a: user } }, b: true } },
      { name: 1, a: { name: 1, x: 1 }, b: 1 },
      { name: 1, a: { name: 1 } },
    ],
    [
      'of trees that extend others by $dynamicRef',
      {
        $id: 'https://ex.org/strict',
        $dynamicAnchor: 'node',
        $ref: 'tree',
        properties: { n: {} },
        $defs: {
          tree: {
            $id: 'tree',
            $dynamicAnchor: 'node',
            properties: { kids: { items: { $dynamicRef: '#node' } } },
          },
        },
      },
      { n: 1, x: 1, kids: [{ n: 2, x: 2, kids: [{ n: 3, x: 3 }] }] },
      { n: 1, kids: [{ n: 2, kids: [{ n: 3 }] }] },
    ],
    ['in items', { items: user }, [{ name: 1, x: 1 }, 2], [{ name: 1 }, 2]],
    ['in prefixItems', { prefixItems: [user], items: false }, [{ x: 1 }, { x: 1 }], [{}, { x: 1 }]],
    ['in other members', { additionalProperties: user }, { any: { name: 1, x: 1 } }, { any: { name: 1 } }],
    [
      'by patterns of names',
      { properties: {}, patternProperties: { '^x-': user } },
      { 'x-a': { name: 1, x: 1 }, y: 1 },
      { 'x-a': { name: 1 } },
    ],
    ['all members of an empty object', { type: 'object', properties: {} }, { x: 1 }, {}],
    ['all members where none may be', { type: 'object', additionalProperties: false }, { x: 1 }, {}],
  ])('removes %s', (_, schema, value, pruned) => {
    expect(prune(schema, value)).toEqual(pruned)
  })

  it.each<[title: string, schema: JsonSchema | undefined]>([
    ['there is no schema', undefined],
    ['the schema has no keywords', {}],
    ['the schema has only the type object', { type: 'object' }],
    ['other members may be', { ...user, additionalProperties: true }],
    ['other members may be, in an alternative', { anyOf: [user, { additionalProperties: {} }] }],
    ['an alternative takes anything', { anyOf: [user, {}] }],
  ])('changes nothing where %s', (_, schema) => {
    const value = { name: 1, x: { y: 1 } }
    expect(prune(schema, value)).toBe(value)
  })

  it('prunes known members where others are allowed', () => {
    const schema = { properties: { u: user }, additionalProperties: true }
    expect(prune(schema, { u: { name: 1, x: 1 }, v: 1 })).toEqual({ u: { name: 1 }, v: 1 })
  })

  it('supports recursive schemas', () => {
    const tree = { properties: { n: {}, kids: { items: { $ref: '#' } } } }
    const value = { n: 1, x: 1, kids: [{ n: 2, x: 2, kids: [{ x: 3 }] }] }
    expect(prune(tree, value)).toEqual({ n: 1, kids: [{ n: 2, kids: [{}] }] })
    const loop = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }
    expect(prune(loop, value)).toBe(value)
    const anchors = {
      $ref: '#a',
      $defs: { a: { $anchor: 'a', $ref: '#b' }, b: { $anchor: 'b', $dynamicRef: '#a' } },
    }
    expect(prune(anchors, value)).toBe(value)
  })

  it('prunes instances of classes and the results of toJSON', () => {
    class Row {
      name = 'Ada'
      password = 'x'
    }
    class Model {
      #columns = { name: 'Ada', password: 'x' }
      toJSON() {
        return this.#columns
      }
    }
    expect(JSON.stringify(prune({ items: user }, [new Row(), new Model()]))).toBe(
      '[{"name":"Ada"},{"name":"Ada"}]',
    )
  })

  it('removes the members of Maps, and those in Sets and iterators', () => {
    const row = { name: 'Ada', password: 'x' }
    const schema = { properties: { users: { items: user }, user } }
    const pruned = { users: [{ name: 'Ada' }], user: { name: 'Ada' } }
    const users = function* () {
      yield row
    }
    for (const each of [new Set([row]), users(), [row].values()])
      expect(prune(schema, { users: each, user: new Map(Object.entries(row)) })).toEqual(pruned)
    expect(prune(schema, new Map(Object.entries({ users: [row], user: row, x: 1 })))).toEqual(pruned)
    expect(prune({ items: user }, [new Map([['password', 1]])])).toEqual([{}])
    expect(row).toEqual({ name: 'Ada', password: 'x' })
    expect(prune(user, new Map([['name', 'Ada']]))).toEqual({ name: 'Ada' })
    const unconstrained = new Map([['name', 'Ada']])
    expect(prune({ properties: { u: {} } }, { u: unconstrained })).toEqual({ u: unconstrained })
  })

  it('calls toJSON once', () => {
    class Inner {
      name = 'Ada'
      toJSON(): never {
        throw new Error('called')
      }
    }
    const self = { name: 'Ada', password: 'x', toJSON: () => ({ ...self }) as object }
    for (const value of [self, { toJSON: () => new Inner() }])
      expect(JSON.stringify(prune({ items: user }, [value]))).toBe('[{"name":"Ada"}]')
  })

  it('does not change Dates, bytes, files and decimals, nor Maps and Sets where no members are known', () => {
    class Decimal {
      toJSON() {
        return '1.50'
      }
    }
    const leaves = [
      new Date(),
      new Map(),
      new Set(),
      Buffer.from('a'),
      new Blob(['a']),
      new Decimal(),
      new URL('http://a/'),
    ]
    for (const leaf of leaves) {
      const isIterable = leaf instanceof Map || leaf instanceof Set
      if (!isIterable) expect(prune({ items: user }, [leaf])).toEqual([leaf])
      expect((prune({ properties: { at: { type: 'string' } } }, { at: leaf }) as { at: unknown }).at).toBe(
        leaf,
      )
    }
  })

  it('treats __proto__ as an ordinary name', () => {
    const hostile = JSON.parse('{"name":1,"__proto__":{"admin":true},"constructor":1}')
    expect(Object.getOwnPropertyNames(prune(user, hostile))).toEqual(['name'])
    const open = { properties: { u: user }, additionalProperties: true }
    const kept = prune(open, JSON.parse('{"u":{"x":1},"__proto__":{"admin":true}}')) as { admin?: boolean }
    expect(kept.admin).toBeUndefined()
    expect(Object.keys(kept)).toEqual(['u', '__proto__'])
  })

  it('finds unknown members whatever the order of members in the values before', () => {
    const pruneReading = prunerOf({
      properties: { id: {}, at: {}, place: user },
      patternProperties: { '^x-': user },
    })
    const members = fc.record(
      {
        id: fc.integer(),
        at: fc.string(),
        place: fc.constant({ name: 1, age: 2 }),
        'x-a': fc.integer(),
        b: fc.nat(),
      },
      { requiredKeys: [] },
    )
    const reading = members.chain((each) =>
      fc.shuffledSubarray(Object.entries(each), { minLength: Object.keys(each).length }),
    )
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        for (const entries of readings) {
          const given = Object.fromEntries(entries)
          const known = entries.filter(([name]) => name !== 'b')
          const pruned = pruneReading(given) as object
          expect(Object.entries(pruned)).toEqual(
            known.map(([name, value]) => [name, name === 'place' ? { name: 1 } : value]),
          )
          expect(given).toEqual(Object.fromEntries(entries))
        }
      }),
    )
  })

  it('only removes members, in a copy', () => {
    const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'toString')
    const schema = fc.letrec<{ schema: JsonSchema }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<JsonSchema>({}, { type: 'string' }, { type: 'object' }, { $ref: '#' }),
        fc.record({ properties: fc.dictionary(name, tie('schema')) }),
        fc.record({ items: tie('schema') }),
        fc.record({ additionalProperties: tie('schema') }),
        fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }) }),
        fc.record({
          allOf: fc.array(tie('schema'), { maxLength: 3 }),
          properties: fc.dictionary(name, tie('schema')),
        }),
      ),
    })).schema
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.array(tie('value')),
        fc.dictionary(name, tie('value')),
      ),
    })).value
    fc.assert(
      fc.property(schema, value, (each, given) => {
        const before = JSON.stringify(given)
        const pruned = prune(each, given)
        expect(isWithin(pruned, given)).toBe(true)
        expect(JSON.stringify(given)).toBe(before)
        expect(prune(each, pruned)).toBe(pruned)
        expect(unknownPaths(each, pruned)).toEqual([])
        expect(unknownPaths(each, given).length === 0).toBe(pruned === given)
      }),
    )
  })
})

/** Unions of `{ k: 'user', name }` and `{ k: 'admin', role }`. */
const text = { type: 'string' }
const asUser = { type: 'object', properties: { k: { const: 'user' }, name: text }, required: ['k', 'name'] }
const asAdmin = {
  type: 'object',
  properties: { k: { enum: ['admin'] }, role: text },
  required: ['k', 'role'],
}
const UNIONS: [title: string, schema: JsonSchema | undefined][] = [
  ['oneOf', { oneOf: [asUser, asAdmin] }],
  ['references', { anyOf: [{ $ref: '#/$defs/u' }, { $ref: '#/$defs/a' }], $defs: { u: asUser, a: asAdmin } }],
  ['allOf and a union in a union', { oneOf: [{ allOf: [asUser] }, { anyOf: [asAdmin, { type: 'null' }] }] }],
  [
    'members beside the union',
    {
      properties: { k: { $ref: '#/$defs/k' } },
      required: ['k'],
      anyOf: [
        { properties: { k: { const: 'user' }, name: text } },
        { properties: { k: { allOf: [{ const: 'admin' }] }, role: text } },
      ],
      $defs: { k: text },
    },
  ],
  [
    'zod',
    jsonSchemaOf(
      z.discriminatedUnion('k', [
        z.object({ k: z.literal('user'), name: z.string() }),
        z.object({ k: z.literal('admin'), role: z.string() }),
      ]),
      'input',
    ),
  ],
  [
    'valibot',
    jsonSchemaOf(
      toStandardJsonSchema(
        v.variant('k', [
          v.object({ k: v.literal('user'), name: v.string() }),
          v.object({ k: v.literal('admin'), role: v.string() }),
        ]),
      ),
      'input',
    ),
  ],
  [
    'arktype',
    jsonSchemaOf(type({ k: "'user'", name: 'string' }).or({ k: "'admin'", role: 'string' }), 'input'),
  ],
]

describe.each(UNIONS)('the members of a union by %s', (_, schema) => {
  const mixed = { k: 'user', name: 'Ann', role: 'root' }
  const other = { k: 'admin', name: 'Ann', role: 'root' }

  it('are those of the alternative that a record matches', () => {
    for (const list of [false, true]) {
      const whole = list ? { items: schema } : schema
      const at = (value: unknown) => (list ? [value] : value)
      if (list && JSON.stringify(schema).includes('$ref')) continue
      expect(prune(whole, at(mixed))).toEqual(at({ k: 'user', name: 'Ann' }))
      expect(prune(whole, at(other))).toEqual(at({ k: 'admin', role: 'root' }))
      expect(unknownPaths(whole, at(mixed), true)).toEqual([list ? [0, 'role'] : ['role']])
    }
    expect(prune(schema, new Map(Object.entries(mixed)))).toEqual({ k: 'user', name: 'Ann' })
    expect(restorerOf(schema)(mixed, { k: 'user', name: 'ann' })).toEqual({ ...mixed, name: 'ann' })
  })

  it('are those of all alternatives where it matches none, and in a partial record', () => {
    const neither = { k: 'guest', name: 'Ann', role: 'root' }
    expect(prune(schema, { ...neither, x: 1 })).toEqual(neither)
    expect(unknownPaths(schema, { k: 'admin', name: null, x: 1 }, true, true)).toEqual([['x']])
  })
})

describe('the members of alternatives', () => {
  const has = (name: string, of: JsonSchema = text) => ({ properties: { [name]: of }, required: [name] })

  it('are told apart by required members and by the types of members', () => {
    const byName = { anyOf: [has('a'), has('b')] }
    expect(prune(byName, { a: 'x', c: 1 })).toEqual({ a: 'x' })
    const byType = { anyOf: [has('a'), { properties: { a: { type: ['integer', 'null'] }, role: text } }] }
    expect(prune(byType, { a: 'x', role: 'root' })).toEqual({ a: 'x' })
    expect(prune(byType, { a: 1, role: 'root' })).toEqual({ a: 1, role: 'root' })
    expect(prune(byType, { a: null, role: 'root' })).toEqual({ a: null, role: 'root' })
  })

  it('are told apart by the JSON form of members: a Date, a bigint and bytes are text', () => {
    const deleted = {
      anyOf: [
        { properties: { at: { type: 'null' }, text }, required: ['at'] },
        { properties: { at: { type: ['string', 'integer'] } }, required: ['at'] },
      ],
    }
    for (const at of [new Date(0), 12n, Buffer.from('a'), new URL('http://a/'), { toJSON: () => 7 }])
      expect(prune(deleted, { at, text: 'x' })).toEqual({ at })
    const byValue = { anyOf: [has('k', { const: 'a' }), { properties: { k: { enum: ['b'] }, name: text } }] }
    const k = { toJSON: () => 'a' }
    expect(prune(byValue, { k, name: 'Ada' })).toEqual({ k })
    const byShape = { anyOf: [has('a', { type: 'array' }), { properties: { a: user, role: text } }] }
    expect(prune(byShape, { a: new Set(['x']), role: 'root' })).toEqual({ a: new Set(['x']) })
    expect(prune(byShape, { a: new Map(), role: 'root' })).toEqual({ a: {}, role: 'root' })
  })

  it('are not told apart by files, iterators and types that JSON does not have', () => {
    const list = [1].values()
    const byType = {
      anyOf: [has('a', { type: 'string' }), { properties: { a: { type: 'Date' }, role: text } }],
    }
    for (const a of [new Blob(['x']), list, Promise.resolve()]) {
      const value = { a, role: 'root' }
      expect(prune(byType, value)).toBe(value)
    }
    expect(prune(byType, { a: new Date(0), role: 'root' })).toHaveProperty('role')
    expect(list.next().value).toBe(1)
    const listed = { anyOf: [has('a', { enum: [{ x: 1 }] }), has('b')] }
    expect(prune(listed, { a: { x: 1 }, b: 'y' })).toEqual({ a: { x: 1 }, b: 'y' })
  })

  it('stay where a record matches several; under a policy one has to know all', () => {
    const schema = { anyOf: [has('a'), has('b')] }
    const both = { a: 'x', b: 'y' }
    expect(prune(schema, both)).toBe(both)
    expect(unknownPaths(schema, both, true)).toEqual([['b']])
    expect(unknownPaths({ properties: { c: {} }, ...schema }, both, true)).toEqual([])
    const nested = { anyOf: [has('u', has('x')), has('u', has('y'))] }
    for (const name of ['x', 'y']) expect(unknownPaths(nested, { u: { [name]: 'z' } }, true)).toEqual([])
  })

  it('may have members with defaults that are missing', () => {
    const schema = {
      anyOf: [
        { ...asUser, properties: { ...asUser.properties, k: { const: 'user', default: 'user' } } },
        asAdmin,
      ],
    }
    expect(prune(schema, { name: 'Ann', role: 'root' })).toEqual({ name: 'Ann' })
  })

  it('may contain themselves', () => {
    const leaf = { properties: { k: { const: 'leaf' }, text }, required: ['k'] }
    const node = { properties: { k: { const: 'node' }, kids: { items: { $ref: '#' } } }, required: ['k'] }
    const value = {
      k: 'node',
      text: 'x',
      kids: [
        { k: 'leaf', text: 'y', kids: [] },
        { k: 'node', text: 'z' },
      ],
    }
    const pruned = { k: 'node', kids: [{ k: 'leaf', text: 'y' }, { k: 'node' }] }
    expect(prune({ oneOf: [leaf, node] }, value)).toEqual(pruned)
  })

  it('are found for more combinations than are kept', () => {
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`)
    const pruneMany = prunerOf({ anyOf: names.map((name) => has(name)) })
    for (let bits = 1; bits < 1 << names.length; bits++) {
      const known = Object.fromEntries(
        names.filter((_, index) => bits & (1 << index)).map((name) => [name, 'x']),
      )
      expect(pruneMany({ ...known, x: 1 })).toEqual(known)
    }
  })
})

describe('knownOf', () => {
  it('returns the top-level names, through $ref and allOf', () => {
    const schema = { $ref: '#/$defs/u', allOf: [{ properties: { id: {} } }], $defs: { u: user } }
    expect([...(knownOf(schema) ?? [])].sort()).toEqual(['id', 'name'])
    expect(knownOf({ type: 'object', properties: {} })).toEqual(new Set())
  })

  it.each<[JsonSchema | undefined]>([
    [undefined],
    [{}],
    [{ type: 'string' }],
    [{ ...user, additionalProperties: true }],
    [{ ...user, additionalProperties: { type: 'string' } }],
    [{ ...user, patternProperties: { '^x-': {} } }],
  ])('is undefined for %j', (schema) => {
    expect(knownOf(schema)).toBeUndefined()
  })
})

describe('unknownPaths', () => {
  it('returns the paths of unknown members', () => {
    const schema = { properties: { u: user, list: { items: user } } }
    expect(unknownPaths(schema, { u: { 'a/b': 1 }, list: [{ name: 1 }, { y: 1 }], z: 1 })).toEqual([
      ['u', 'a/b'],
      ['list', 1, 'y'],
      ['z'],
    ])
    expect(unknownPaths(undefined, { a: 1 })).toEqual([])
    expect(unknownPaths(user, JSON.parse('{"__proto__":1}'))).toEqual([['__proto__']])
  })

  it('returns at most 100 paths', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, index]))
    expect(unknownPaths(user, many)).toHaveLength(100)
    expect(unknownPaths({ items: user }, [many, many])).toHaveLength(100)
  })
})

/** Whether all members and items of one value are at the same path of another. */
function isWithin(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) return Object.is(part, whole)
  if (typeof whole !== 'object' || whole === null) return false
  if (Array.isArray(part) && part.length !== (whole as unknown[]).length) return false
  return Object.keys(part).every(
    (key) =>
      Object.hasOwn(whole, key) &&
      isWithin((part as Record<string, unknown>)[key], (whole as Record<string, unknown>)[key]),
  )
}
