import { describe, expect, it } from 'vitest'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

/** Adds n · n numbers, or n · 64 of them. */
const sum = (rows: number, columns: number) => {
  let total = 0
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) total += row ^ column
  return total
}

describe('the measurement of growth', () => {
  it('tells quadratic time from linear time', async () => {
    expect(await growthOf((n) => sum(n, n), 4096)).toBeGreaterThan(SUPERLINEAR)
    expect(await growthOf((n) => sum(n, 64), 4096)).toBeLessThan(SUPERLINEAR)
  })
})
