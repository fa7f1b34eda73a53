/** Comparison of secrets. */
import { describe, expect, it } from 'vitest'
import { safeEqual } from '../../lib/security.ts'

describe('safeEqual', () => {
  it('compares secrets of any length, and of any bytes (FS-31, FS-46)', () => {
    expect(safeEqual('secret', 'secret')).toBe(true)
    expect(safeEqual('€€€€', 'abcd')).toBe(false)
    expect(safeEqual('a'.repeat(64), 'a'.repeat(19))).toBe(false)
    expect(safeEqual('a\0', 'a')).toBe(false)
    for (const length of [127, 128, 129, 9000]) {
      expect(safeEqual('€'.repeat(length), '€'.repeat(length))).toBe(true)
      expect(safeEqual('€'.repeat(length), `${'€'.repeat(length - 1)}b`)).toBe(false)
      expect(safeEqual('€'.repeat(length), '€'.repeat(length - 1))).toBe(false)
    }
    expect(safeEqual('', '')).toBe(true)
    expect(safeEqual(Buffer.from('secret'), 'secret')).toBe(true)
  })

  it('is false where a secret is missing: an unknown name, a variable that is not set (FS-42, TUT-B5)', () => {
    for (const given of ['', 'secret', undefined]) {
      expect(safeEqual(given, undefined)).toBe(false)
      expect(safeEqual(undefined, given)).toBe(false)
    }
  })
})
