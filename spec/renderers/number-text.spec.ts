import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberText } from '../../lib/renderers/number-text.ts'

describe('numberText', () => {
  it.each([
    [0, -0, 7, -7, 999, 1000, 1001, 10_000, 999_999, 1_000_000, 1_002_003, 999_999_999, 1e9, 2 ** 53, 1e21],
    [0.5, 0.05, 0.005, 0.0005, 0.1 + 0.2, 1.001, 10.01, 980.5, -35.25, 999_999_999.999, 0.9999, 1e-7, -1e-7],
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, Number.MAX_VALUE],
  ])('is the text of String: %s, %s, …', (...values) => {
    expect(values.map(numberText)).toEqual(values.map(String))
  })

  it('is the text of String for any number', () => {
    const decimal = fc
      .tuple(fc.integer(), fc.integer({ min: 0, max: 9 }))
      .map(([digits, places]) => digits / 10 ** places)
    fc.assert(
      fc.property(fc.oneof(decimal, fc.double(), fc.maxSafeInteger()), (value) => {
        expect(numberText(value)).toBe(String(value))
      }),
      { numRuns: 2000 },
    )
  })
})
