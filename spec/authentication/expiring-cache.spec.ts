/** The cache of tokens. */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ExpiringCache } from '../../lib/authentication/expiring-cache.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

describe('an expiring cache', () => {
  it('keeps an entry until its time, and nothing whose time has passed', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1000 })
    onTestFinished(() => void vi.useRealTimers())
    const cache = new ExpiringCache<string>(10)
    cache.set('a', 'A', 2000)
    cache.set('b', 'B', 1000)
    expect([cache.get('a'), cache.get('b'), cache.size]).toEqual(['A', undefined, 1])
    vi.setSystemTime(2000)
    expect([cache.get('a'), cache.size]).toEqual([undefined, 0])
  })

  it('drops the oldest entry when it is full', () => {
    const cache = new ExpiringCache<number>(3)
    for (let n = 0; n < 100; n++) cache.set(String(n), n, Date.now() + 9999)
    expect([cache.size, cache.get('96'), cache.get('97'), cache.get('99')]).toEqual([3, undefined, 97, 99])
  })

  it('takes the same time for each new entry when it is full', async () => {
    const fill = (n: number) => {
      const cache = new ExpiringCache<number>(n)
      for (let index = 0; index < 4 * n; index++) cache.set(String(index), index, Number.POSITIVE_INFINITY)
    }
    expect(await growthOf(fill, 16_384)).toBeLessThan(SUPERLINEAR)
  })
})
