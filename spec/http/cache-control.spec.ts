import { describe, expect, it } from 'vitest'
import { isForSharedCaches } from '../../lib/http/cache-control.ts'

describe('isForSharedCaches', () => {
  it.each([
    ['public', true],
    ['max-age=60', true],
    ['Public, Max-Age=60', true],
    ['s-maxage=5,max-age=0', true],
    ['public, max-age=060, immutable', true],
    ['', false],
    ['immutable', false],
    ['max-age=0', false],
    ['public, max-age=0, must-revalidate', false],
    ['max-age=60, s-maxage=0', false],
    ['max-age=x', false],
    ['private, max-age=60', false],
    ['public, max-age=60, no-store', false],
    ['no-cache, max-age=60', false],
    ['max-age=60, private="set-cookie"', false],
    ['x-public', false],
    ['x="a, public, max-age=60"', false],
    [`${' ,'.repeat(50_000)}public`, true],
  ])('%.40s: %s', (value, expected) => {
    expect(isForSharedCaches(value)).toBe(expected)
  })
})
