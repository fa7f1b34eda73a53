import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalForm, canonicalHash, ReadOnceError } from '../../lib/json/canonical-form.ts'
import { isSameJson, jsonValue } from '../../lib/json/json-value.ts'

describe('canonicalForm', () => {
  it('sorts members at every level and keeps the order of arrays (SMO-138)', () => {
    const form = canonicalForm({ b: [{ d: 1, c: 2 }, 1], a: { f: null, e: 'x' } })
    expect(canonicalForm({ a: { e: 'x', f: null }, b: [{ c: 2, d: 1 }, 1] })).toEqual(form)
    expect(canonicalForm([2, 1])).not.toEqual(canonicalForm([1, 2]))
  })

  it.each([
    [
      ['ab', ''],
      ['a', 'b'],
    ],
    [['1'], [1]],
    [[[1], 2], [[1, 2]]],
    [{ a: 1 }, [1]],
    [
      [{ a: 1 }, { b: 1 }],
      [{ a: 1 }, { a: 1 }],
    ],
    [[null], [false]],
    [{}, []],
    [[''], [null]],
    [Number.NaN, null],
    [Number.NaN, 'NaN'],
    [[Number.NaN], [Number.POSITIVE_INFINITY]],
    [{ a: Number.POSITIVE_INFINITY }, { a: Number.NEGATIVE_INFINITY }],
    [Number.POSITIVE_INFINITY, [1, 'Infinity']],
  ])('differs between %j and %j', (one, other) => {
    expect(canonicalForm(one)).not.toEqual(canonicalForm(other))
  })

  it.each<[value: unknown, text: string]>([
    [undefined, 'null'],
    [() => 1, 'null'],
    [-0, '0'],
    [7n, '"7"'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new Date(Number.NaN), 'null'],
    [
      new Map<string, unknown>([
        ['b', new Set([1])],
        ['a', 2],
      ]),
      '{"a":2,"b":[1]}',
    ],
    [new Uint8Array([1, 2]), '"AQI="'],
    [Buffer.from('ab'), '"YWI="'],
    [new Uint8Array([1, 2]).buffer, '"AQI="'],
    [new Float32Array([1, 2]), '[1,2]'],
    [{ a: undefined, b: () => 1, c: Symbol('c') }, '{}'],
    [[undefined, () => 1, Symbol('c')], '[null,null,null]'],
    [new Array(2), '[null,null]'],
    [{ toJSON: (key: string) => ({ key, b: 1, a: new Map([['x', 1n]]) }) }, '{"a":{"x":"1"},"b":1,"key":""}'],
    [{ id: { toJSON: (key: string) => key } }, '{"id":"id"}'],
    [Object.assign(Object.create({ inherited: 1 }), { own: 1 }), '{"own":1}'],
    [Object.assign(Object.create(null), { b: 1, a: 1 }), '{"a":1,"b":1}'],
    [new URL('http://a/'), '"http://a/"'],
    [[new Number(1), new Boolean(false), new String('ab')], '[1,false,"ab"]'],
  ])('represents types that JSON does not have (%#)', (value, text) => {
    expect(canonicalForm(value)).toEqual(canonicalForm(JSON.parse(text)))
  })

  it.each<[string, unknown, unknown]>([
    ['two lone surrogates', '\ud800', '\udfff'],
    ['a lone surrogate and the replacement character', ['\ud800'], ['\ufffd']],
    ['an own member __proto__ and none', JSON.parse('{"a":1,"__proto__":{"b":2}}'), { a: 1 }],
    ['a lone own member __proto__ and none', JSON.parse('{"__proto__":1}'), {}],
    ['two boxed numbers', new Number(1), new Number(2)],
    [
      'own and inherited members',
      [{ a: 1, b: 2 }, Object.assign(Object.create({ b: 2 }), { a: 1 })],
      [
        { a: 1, b: 2 },
        { a: 1, b: 2 },
      ],
    ],
  ])('gives another hash for another JSON text: %s', (_what, one, other) => {
    expect(JSON.stringify(one)).not.toBe(JSON.stringify(other))
    expect(canonicalHash(one)).not.toBe(canonicalHash(other))
  })

  it.each([
    ['text', new Array(70_000).fill('ł')],
    ['lone surrogates', new Array(70_000).fill('\ud800')],
    ['numbers', new Array(10_000).fill(0)],
    ['names', Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`name${index}`, index]))],
  ])('hashes large states: %s', (_what, items) => {
    const state = { b: 1, items }
    const hash = canonicalHash(state)
    expect(canonicalHash({ items: Array.isArray(items) ? items : reversed(items), b: 1 })).toBe(hash)
    expect(canonicalHash({ ...state, b: 2 })).not.toBe(hash)
    expect(
      canonicalHash({ ...state, items: Array.isArray(items) ? items.with(-1, 1) : { ...items, name7: 0 } }),
    ).not.toBe(hash)
    expect(canonicalHash({ b: 1 })).toBe(canonicalHash(JSON.parse('{"b":1}')))
  })

  it('reads no iterator', () => {
    const map = new Map([['a', 1]])
    const keys = map.keys()
    for (const value of [keys, [{ keys }], { a: { keys } }, new Map([['keys', keys]])])
      expect(() => canonicalHash(value)).toThrow(ReadOnceError)
    expect([...keys]).toEqual(['a'])
    expect(canonicalForm({ next: 1 })).toBe('["4:next",1]')
    expect(canonicalForm([new Set([1])])).toBe('[0,[0,1]]')
  })

  it('hashes within a toJSON', () => {
    const inner = { a: 'x', b: 2 }
    const nested = [{ text: 'before' }, { toJSON: () => canonicalHash(inner) }, 3]
    expect(canonicalHash(nested)).toBe(canonicalHash([{ text: 'before' }, canonicalHash(inner), 3]))
  })

  it('is the same for members in any order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalForm(reversed(value))).toEqual(canonicalForm(value))
      }),
    )
  })

  it('differs exactly when the JSON differs', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const areAlike = isDeepStrictEqual(canonicalForm(one), canonicalForm(other))
        expect(areAlike).toBe(isSameJson(jsonValue(one), jsonValue(other)))
      }),
    )
  })

  it('rejects cycles with a TypeError', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(() => canonicalForm(cycle)).toThrow(TypeError)
  })
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  )
}
