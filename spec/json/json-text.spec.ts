/** JSON text of values that `JSON.stringify` alone would write in another way, or not at all. */
import { describe, expect, it } from 'vitest'
import { jsonText } from '../../lib/json/json-text.ts'
import { jsonValue } from '../../lib/json/json-value.ts'

/** A plain object with a `toJSON`. */
const via = (value: unknown) => ({ toJSON: () => value })

class Price {
  toJSON() {
    return { cents: 5n }
  }
}

class Day extends Date {
  override toJSON(): never {
    return 7n as never
  }
}

describe('jsonText', () => {
  const list = Object.assign([1], { toJSON: () => new Set([2n]) })
  const cases: [value: unknown, text: string, why: string][] = [
    [[{ price: via({ cents: 5n }) }], '[{"price":{"cents":"5"}}]', 'toJSON of a plain object'],
    [via({ cents: 5n }), '{"cents":"5"}', 'the same at the root'],
    [[new Price()], '[{"cents":"5"}]', 'toJSON of a class'],
    [[via(new Map([['a', 1]]))], '[{"a":1}]', 'a Map from toJSON'],
    [[via(new Set([1]))], '[[1]]', 'a Set from toJSON'],
    [[via(new Uint8Array([1]))], '["AQ=="]', 'bytes from toJSON'],
    [{ list }, '{"list":["2"]}', 'toJSON of a list'],
    [[new Day(0)], '["7"]', 'a Date whose toJSON is its own'],
    [[new Date(0)], '["1970-01-01T00:00:00.000Z"]', 'a Date'],
    [{ a: new String('ab'), b: new Number(1), c: new Boolean(false) }, '{"a":"ab","b":1,"c":false}', 'boxed'],
    [{ a: new String('ab'), b: 1n }, '{"a":"ab","b":"1"}', 'boxed beside a bigint'],
    [{ a() {}, b: 1n }, '{"b":"1"}', 'a function is left out'],
    [Buffer.from('abc'), '"YWJj"', 'a Buffer, whose own toJSON is a list of numbers'],
  ]

  it('respects toJSON, and converts its result, wherever it is', () => {
    for (const [value, text, why] of cases) expect(jsonText(value), why).toBe(text)
  })

  it('is that of the JSON value, which is hashed for an ETag', () => {
    for (const [value, text] of cases) expect(JSON.stringify(jsonValue(value))).toBe(text)
  })
})
