import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalHash } from '../../lib/json/canonical-form.ts'
import { isSameJson, jsonValue } from '../../lib/json/json-value.ts'

describe('jsonValue', () => {
  it('copies a value as JSON in its order, without sharing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(jsonValue(value))).toBe(JSON.stringify(sane(value)))
      }),
    )
    const state = { b: { c: 1 }, a: [1] }
    const copy = jsonValue(state) as typeof state
    expect(copy).toEqual(state)
    expect(copy.b).not.toBe(state.b)
    expect(copy.a).not.toBe(state.a)
  })

  it('omits the member __proto__', () => {
    const copy = jsonValue(JSON.parse('{"__proto__":{"x":1},"a":1}'))
    expect(copy).toEqual({ a: 1 })
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  })
})

describe('isSameJson', () => {
  it('agrees with the canonical form', () => {
    const leaf = fc.constantFrom<unknown>(null, 0, -0, 1, '', 'a', true, {}, [])
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b'), tie('value')),
      ),
    }))
    fc.assert(
      fc.property(value, value, (one, other) => {
        expect(isSameJson(one, other)).toBe(canonicalHash(one) === canonicalHash(other))
        expect(isSameJson(one, structuredClone(one))).toBe(true)
      }),
    )
  })
})

/** Without members that `jsonValue` leaves out on purpose. */
function sane(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), function (this: unknown, name, member) {
    return name === '__proto__' ? undefined : member
  })
}
