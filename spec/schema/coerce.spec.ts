import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { coercionOf } from '../../lib/schema/coerce.ts'
import { type JsonSchema, jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import { DATA, FIELD, formNotation, JSON_CONTENT, SEGMENT } from '../../lib/schema/notation.ts'
import type { Schema } from '../../lib/schema/schema.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

const coerce = (schema: JsonSchema, value: unknown) => coercionOf(schema)(value)

describe('coercionOf', () => {
  it.each<[schema: JsonSchema, text: unknown, value: unknown]>([
    [{ type: 'integer' }, '2', 2],
    [{ type: 'integer' }, '-7', -7],
    [{ type: 'integer' }, '1e3', 1000],
    [{ type: 'integer' }, '2.5', '2.5'],
    [{ type: 'integer' }, '9007199254740993', '9007199254740993'],
    [{ type: 'integer' }, '9007199254740991.4', '9007199254740991.4'],
    [{ type: 'integer' }, '1.00000000000000000001', '1.00000000000000000001'],
    [{ type: 'integer' }, '1.0', 1],
    [{ type: 'integer' }, '1.5e1', 15],
    [{ type: 'number' }, '9007199254740993', '9007199254740993'],
    [{ type: 'number' }, '-9007199254740993', '-9007199254740993'],
    [{ type: 'number' }, '1e20', 1e20],
    [{ type: 'number' }, '.5', 0.5],
    [{ type: 'number' }, '2.5', 2.5],
    [{ type: 'number' }, '1e3', 1000],
    [{ type: 'number' }, '1e999', '1e999'],
    ...['0x10', '', ' 1', '1 ', 'Infinity', 'NaN', '1_000', '1,5', '+1', '1n', '٣', '--1', '1e', 'null'].map(
      (text): [JsonSchema, string, string] => [{ type: 'number' }, text, text],
    ),
    [{ type: 'boolean' }, 'true', true],
    [{ type: 'boolean' }, '1', true],
    [{ type: 'boolean' }, 'false', false],
    [{ type: 'boolean' }, '0', false],
    [{ type: 'boolean' }, 'yes', 'yes'],
    [{ type: 'boolean' }, '', ''],
    [{ type: 'string' }, '1', '1'],
    [{ type: 'string', format: 'date-time' }, '2024-05-01T00:00:00Z', '2024-05-01T00:00:00Z'],
    [{}, '1', '1'],
    [{ minimum: 3 }, '1', '1'],
    [{ type: ['integer', 'null'] }, '3', 3],
    [{ type: ['integer', 'null'] }, '', null],
    [{ type: ['integer', 'null'] }, 'null', 'null'],
    [{ type: ['string', 'null'] }, '', ''],
    [{ anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] }, '', null],
    [{ enum: [1, 2] }, '2', 2],
    [{ enum: [1, 2] }, '3', '3'],
    [{ enum: [true, 'all'] }, 'true', true],
    [{ enum: [true, 'all'] }, 'all', 'all'],
    [{ enum: [1, null] }, '', null],
    [{ const: 5 }, '5', 5],
    [{ const: false }, '0', false],
    [{ type: 'array', items: { type: 'integer' } }, '1', [1]],
    [{ type: 'array', items: { type: 'integer' } }, ['1', 'x', '3'], [1, 'x', 3]],
    [{ type: 'array', prefixItems: [{ type: 'boolean' }], items: { type: 'number' } }, ['1', '1'], [true, 1]],
    [{ type: 'integer' }, ['1', '2'], ['1', '2']],
    [{ anyOf: [{ type: 'number' }, { type: 'string' }] }, '5', '5'],
    [{ anyOf: [{ type: 'number' }, { type: 'string', enum: ['all'] }] }, '5', 5],
    [{ anyOf: [{ type: 'string', enum: ['all'] }, { type: 'number' }] }, 'all', 'all'],
    [{ anyOf: [{ type: 'string', pattern: '^[a-z]+$' }, { type: 'number' }] }, '5', 5],
    [{ oneOf: [{ type: 'string', format: 'uuid' }, { type: 'integer' }] }, '5', 5],
    [{ oneOf: [{ type: 'string', format: 'uuid' }, { type: 'integer' }] }, 'x', 'x'],
    [{ anyOf: [{ type: 'boolean' }, { type: 'integer' }] }, '1', true],
    [{ anyOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'integer' }] }, '1', 1],
    [{ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }, 'a', 'a'],
    [{ anyOf: [{ items: { type: 'boolean' } }, { items: { type: 'integer' } }] }, ['1', '2'], [1, 2]],
    [{ anyOf: [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, { type: 'boolean' }] }, 'true', true],
    [{ anyOf: [{ type: 'integer' }, {}] }, '5', 5],
    [{ allOf: [{ type: 'integer' }, { minimum: 1 }] }, '5', 5],
    [{ $ref: '#/$defs/n', $defs: { n: { type: 'integer' } } }, '5', 5],
    [{ $ref: '#/$defs/a~1b%25', $defs: { 'a/b%': { type: 'integer' } } }, '5', 5],
    [{ $ref: '#/$defs/none' }, '5', '5'],
    [{ $ref: 'other.json' }, '5', '5'],
    [{ $ref: '#anchor' }, '5', '5'],
    [{ $ref: '#/$defs/%', $defs: { '%': { type: 'integer' } } }, '5', 5],
    [{ type: 'string', pattern: '(' }, '5', '5'],
    [{ $ref: '#' }, '5', '5'],
    [{ allOf: [{ $ref: '#' }], type: 'integer' }, '5', 5],
    [
      { properties: { a: { type: 'integer' }, b: { type: ['integer', 'null'] } } },
      { a: '1', b: '', c: '2' },
      { a: 1, b: null, c: '2' },
    ],
    [{ additionalProperties: { type: 'integer' } }, { a: '1' }, { a: 1 }],
    [
      { properties: {}, patternProperties: { '^x-': { type: 'boolean' } } },
      { 'x-a': '1', y: '1' },
      { 'x-a': true, y: '1' },
    ],
    [{ type: 'object' }, 'text', 'text'],
  ])('with %j converts %j to %j', (schema, text, value) => {
    expect(coerce(schema, text)).toEqual(value)
  })

  it('chooses an object of a union by its members', () => {
    const item = (kind: string, value: JsonSchema) => ({
      type: 'object',
      properties: { kind: { const: kind }, value },
      required: ['kind', 'value'],
    })
    const schema = { oneOf: [item('n', { type: 'number' }), item('b', { type: 'boolean' })] }
    expect(coerce(schema, { kind: 'b', value: '1' })).toEqual({ kind: 'b', value: true })
    expect(coerce(schema, { kind: 'n', value: '1' })).toEqual({ kind: 'n', value: 1 })
  })

  it('supports recursive schemas', () => {
    const tree = { properties: { n: { type: 'integer' }, kids: { type: 'array', items: { $ref: '#' } } } }
    expect(coerce(tree, { n: '1', kids: [{ n: '2', kids: [{ n: 'x' }] }] })).toEqual({
      n: 1,
      kids: [{ n: 2, kids: [{ n: 'x' }] }],
    })
  })

  it('makes no list of lists without end from a text where a list may contain itself', () => {
    const list = { type: 'array', items: { $ref: '#' } }
    expect(coerce(list, 'x')).toEqual(['x'])
    const tree = { anyOf: [{ type: 'integer' }, list] }
    expect(coerce(tree, 'x')).toEqual(['x'])
    expect(coerce(tree, ['1', ['2', 'x']])).toEqual([1, [2, ['x']]])
    const pair = { type: 'array', items: { $ref: '#/$defs/other' } }
    const other = { anyOf: [{ type: 'boolean' }, { type: 'array', items: { $ref: '#' } }] }
    expect(coerce({ ...pair, $defs: { other } }, 'x')).toEqual([['x']])
    expect(coercionOf(tree, SEGMENT)('1,x')).toEqual([1, ['x']])
    const twice = { type: 'array', items: { type: 'array', items: { type: 'integer' } } }
    expect(coerce(twice, '1')).toEqual([[1]])
  })

  it('takes linear time for nested choices', async () => {
    const node = (a: string) => ({ properties: { a: { type: a }, kid: { $ref: '#' } }, required: ['a'] })
    const read = coercionOf({ anyOf: [node('integer'), node('boolean')] })
    const nested = (levels: number): unknown => {
      let value: unknown = { a: 'true' }
      for (let level = 0; level < levels; level++) value = { kid: value, a: 'neither' }
      return value
    }
    expect(read(nested(16))).toMatchObject({ a: 'neither', kid: { a: 'neither' } })
    const values = new Map([2, 16].map((levels) => [levels, nested(levels)]))
    expect(await growthOf((levels) => read(values.get(levels)), 16)).toBeLessThan(SUPERLINEAR)
  })

  it('supports schemas of zod, valibot and arktype, with Dates and bigints', () => {
    const valibot = v.object({ n: v.number(), d: v.optional(v.date()), b: v.bigint(), f: v.boolean() })
    const schemas = [
      z.object({ n: z.number(), d: z.date().optional(), b: z.bigint(), f: z.boolean() }),
      toStandardJsonSchema(valibot),
      type({ n: 'number', 'd?': 'Date', b: 'bigint', f: 'boolean' }),
    ]
    for (const schema of schemas) {
      const read = coercionOf(jsonSchemaOf(schema, 'input'))({
        n: '1.5',
        d: '2024-05-01',
        b: '12345678901234567890',
        f: '0',
      })
      expect(read).toEqual({
        n: 1.5,
        d: new Date('2024-05-01T00:00:00Z'),
        b: 12345678901234567890n,
        f: false,
      })
    }
  })

  it.each<[text: string, iso: string | undefined]>([
    ['2024-05-01', '2024-05-01T00:00:00.000Z'],
    ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00.000Z'],
    ['2024-05-01t10:00:00.5+02:00', '2024-05-01T08:00:00.500Z'],
    ['2024-02-30', undefined],
    ['2023-02-29', undefined],
    ['2024-05-01T10:00:00', undefined],
    ['2024-13-01', undefined],
    ['2024-05-01T25:00:00Z', undefined],
    ['1714557600000', undefined],
    ['May 1, 2024', undefined],
    ['', undefined],
  ])('converts the Date %j to %j', (text, iso) => {
    const read = coercionOf(jsonSchemaOf(z.date(), 'input'))(text)
    expect(read).toEqual(iso === undefined ? text : new Date(iso))
  })

  it('splits the strings of header fields at commas outside quotes, without empty members (RFC 9110 §5.6.1.2)', () => {
    const schema = {
      properties: { ids: { type: 'array', items: { type: 'integer' } }, name: { type: 'string' } },
    }
    const read = coercionOf(schema, FIELD)
    expect(read({ ids: '1,2,x', name: 'a,b' })).toEqual({ ids: [1, 2, 'x'], name: 'a,b' })
    expect(read({ ids: ['1', '2,3'] })).toEqual({ ids: [1, '2,3'] })
    expect(read({ ids: '' })).toEqual({ ids: [] })
    expect(read({ ids: ' 1,, 2, ' })).toEqual({ ids: [1, 2] })
    const tags = coercionOf({ type: 'array', items: { type: 'string' } }, FIELD)
    expect(tags('a,"b, c";d="e,f",')).toEqual(['a', '"b, c";d="e,f"'])
  })

  it.each<[schema: unknown, value: unknown, read: unknown]>([
    [z.date(), '2026-05-01', new Date('2026-05-01')],
    [z.date().nullable(), null, null],
    [z.date().nullable(), '', ''],
    [z.coerce.date(), 7, 7],
    [z.bigint(), '7', 7n],
    [z.bigint(), 7, 7],
    [
      z.object({ at: z.date(), n: z.int(), s: z.string() }),
      { at: '2026-05-01', n: '1', s: '2' },
      { at: new Date('2026-05-01'), n: '1', s: '2' },
    ],
    [z.array(z.date()), '2026-05-01', '2026-05-01'],
    [z.array(z.date()), ['2026-05-01', 'x'], [new Date('2026-05-01'), 'x']],
    [z.union([z.string(), z.date()]), '2026-05-01', '2026-05-01'],
    [z.union([z.date(), z.iso.date()]), '2026-05-01', '2026-05-01'],
    [z.union([z.number(), z.date()]), '2026-05-01', new Date('2026-05-01')],
    [z.record(z.string(), z.bigint()), { a: '1' }, { a: 1n }],
    [
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('a'), at: z.date() }),
        z.object({ type: z.literal('b'), at: z.string() }),
      ]),
      { type: 'b', at: '2026-05-01' },
      { type: 'b', at: '2026-05-01' },
    ],
    [
      type({ at: 'Date', 'n?': 'bigint' }),
      { at: '2026-05-01', n: '2' },
      { at: new Date('2026-05-01'), n: 2n },
    ],
    [
      toStandardJsonSchema(v.object({ at: v.date(), n: v.optional(v.bigint()) })),
      { at: '2026-05-01', n: '2' },
      { at: new Date('2026-05-01'), n: 2n },
    ],
  ])('converts JSON text to a Date or bigint only where the schema has one (%#)', (schema, value, read) => {
    expect(coercionOf(jsonSchemaOf(schema as Schema, 'input'), JSON_CONTENT)(value)).toEqual(read)
  })

  it('returns JSON as it is where the schema has neither a Date nor a bigint', () => {
    const value = { a: '1' }
    const schema = jsonSchemaOf(z.object({ a: z.string(), b: z.iso.datetime().optional() }), 'input')
    expect(coercionOf(schema, JSON_CONTENT)(value)).toBe(value)
  })

  it('reads the members of HTML forms: an empty optional input is absent, on is true, a part may be JSON', () => {
    const form = formNotation((text) => (text.includes('!') ? undefined : JSON.parse(text)))
    const shape = z.object({
      age: z.int().optional(),
      born: z.date().optional(),
      note: z.string().optional(),
      code: z.string().min(1).optional(),
      size: z.int(),
      ok: z.boolean(),
      home: z.object({ city: z.string() }).optional(),
      stops: z.array(z.object({ city: z.string() })).optional(),
      tags: z.array(z.string()).optional(),
      text: z.string().optional(),
    })
    const read = coercionOf(jsonSchemaOf(shape, 'input'), form)
    const empty = { age: '', born: '', note: '', code: '', size: '', ok: 'on' }
    expect(read(empty)).toEqual({ note: '', size: '', ok: true })
    expect(empty.age).toBe('')
    const json = { home: ' {"city":"x"}', stops: '[{"city":"y"}]', tags: '["z"]', text: '{"a":1}' }
    expect(read(json)).toEqual({
      home: { city: 'x' },
      stops: [{ city: 'y' }],
      tags: ['["z"]'],
      text: '{"a":1}',
    })
    expect(read({ stops: ['{"city":"y"}', '{"city":"z"}'] })).toEqual({
      stops: [{ city: 'y' }, { city: 'z' }],
    })
    expect(read({ home: '{!' })).toEqual({ home: '{!' })
  })

  it('writes values as JSON does where the schema asks for it: text, objects, lists', () => {
    class Id {
      toJSON() {
        return 'a1'
      }
    }
    class Row {
      at = new Date(0)
      #name = 'Ada'
      toJSON() {
        return { at: this.at, name: this.#name }
      }
    }
    class Entity {
      id = new Id()
    }
    const of = (schema: Schema, value: unknown) => coercionOf(jsonSchemaOf(schema, 'input'), DATA)(value)
    const at = '1970-01-01T00:00:00.000Z'
    expect(of(z.iso.datetime(), new Date(0))).toBe(at)
    expect(of(z.object({ id: z.string(), n: z.string() }), { id: new Id(), n: 7n })).toEqual({
      id: 'a1',
      n: '7',
    })
    expect(of(z.array(z.object({ at: z.string(), name: z.string() })), [new Row()])).toEqual([
      { at, name: 'Ada' },
    ])
    expect(of(z.object({ id: z.string() }), new Entity())).toEqual({ id: 'a1' })
    expect(
      of(z.object({ m: z.object({ id: z.string() }), s: z.array(z.string()) }), {
        m: new Map([['id', new Id()]]),
        s: new Set(['x']),
      }),
    ).toEqual({ m: { id: 'a1' }, s: ['x'] })
    expect(of(z.enum(['a1']), new Id())).toBe('a1')
    const kept = { at: new Date(0), n: 7n, any: new Id() }
    expect(of(z.object({ at: z.date(), n: z.bigint(), any: z.unknown() }), kept)).toBe(kept)
    const wrong = { n: new Id(), s: 7 }
    expect(of(z.object({ n: z.number(), s: z.string() }), wrong)).toBe(wrong)
  })

  it('copies only changed values, and never changes its argument', () => {
    const schema = { properties: { a: { type: 'integer' }, b: { properties: { c: { type: 'integer' } } } } }
    const frozen = Object.freeze({ a: '1', b: Object.freeze({ c: '2' }) })
    expect(coerce(schema, frozen)).toEqual({ a: 1, b: { c: 2 } })
    const same = { a: 1, b: { c: 'x' } }
    expect(coerce(schema, same)).toBe(same)
  })

  it('ignores inherited members, and treats __proto__ as an ordinary name', () => {
    const properties = JSON.parse('{"__proto__":{"type":"integer"},"constructor":{"type":"integer"}}')
    const value = JSON.parse('{"__proto__":"1","toString":"2"}')
    const read = coerce({ properties }, value) as object
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(Object.entries(read)).toEqual([
      ['__proto__', 1],
      ['toString', '2'],
    ])
    const bare = Object.assign(Object.create(null), { constructor: '1' })
    expect(Object.getPrototypeOf(coerce({ properties }, bare))).toBeNull()
  })

  it('changes nothing without a schema', () => {
    const value = { a: '1' }
    expect(coercionOf(undefined)(value)).toBe(value)
  })

  it('changes only strings, for any schema', () => {
    const scalar = fc.constantFrom('integer', 'number', 'boolean', 'string', 'null')
    const schema = fc.letrec<{ schema: JsonSchema }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        fc.record({ type: scalar }),
        fc.record({ type: fc.array(scalar, { minLength: 1 }) }),
        fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ type: fc.constant('array'), items: tie('schema') }),
        fc.record({ properties: fc.dictionary(fc.string(), tie('schema')) }),
        fc.record({ enum: fc.array(fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null))) }),
      ),
    })).schema
    const noString = fc.oneof(
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined),
      fc.bigInt(),
      fc.date(),
    )
    const value = fc.oneof(noString, fc.array(noString), fc.dictionary(fc.string(), noString))
    fc.assert(
      fc.property(schema, value, (each, given) => {
        expect(coercionOf(each)(given)).toBe(given)
      }),
      // NaN is no value that differs from itself
      {
        examples: [
          [{ properties: {} }, { a: Number.NaN }],
          [{ items: {} }, [Number.NaN]],
        ],
      },
    )
  })
})
