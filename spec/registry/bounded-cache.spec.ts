import { describe, expect, it } from 'vitest'
import { BoundedCache, type CacheLimits } from '../../lib/registry/bounded-cache.ts'

/** A cache of upper-case texts, and the keys it created values for. */
function counted(limits?: CacheLimits) {
  const created: string[] = []
  const create = (key: string): string | undefined => {
    created.push(key)
    return key === '' ? undefined : key.toUpperCase()
  }
  return { created, cache: new BoundedCache(create, limits) }
}

describe('BoundedCache', () => {
  it('creates the value of a key once, undefined included', () => {
    const { cache, created } = counted()
    expect([cache.get('a'), cache.get(''), cache.get('a'), cache.get('')]).toEqual([
      'A',
      undefined,
      'A',
      undefined,
    ])
    expect(created).toEqual(['a', ''])
    expect(cache.size).toBe(2)
  })

  it('stores at most as many values as its limit, 100 by default', () => {
    for (const [limits, most] of [
      [undefined, 100],
      [{ maxEntries: 3 }, 3],
    ] as const) {
      const { cache } = counted(limits)
      const sizes = Array.from({ length: 1000 }, (_, index) => {
        expect(cache.get(`k${index}`)).toBe(`K${index}`)
        return cache.size
      })
      expect(Math.max(...sizes)).toBe(most)
    }
  })

  it('is emptied when it is full, and stores again', () => {
    const { cache, created } = counted({ maxEntries: 2 })
    for (const key of ['a', 'b', 'c', 'c', 'a']) cache.get(key)
    expect(created).toEqual(['a', 'b', 'c', 'a'])
  })

  it('does not store the value of a long key, 256 characters by default', () => {
    for (const [limits, most] of [
      [undefined, 256],
      [{ maxKeyLength: 3 }, 3],
    ] as const) {
      const { cache, created } = counted(limits)
      const [short, long] = ['x'.repeat(most), 'x'.repeat(most + 1)]
      for (const key of [short, long, short, long]) expect(cache.get(key)).toBe(key.toUpperCase())
      expect(created).toEqual([short, long, long])
      expect(cache.size).toBe(1)
    }
  })

  it('does not store a value whose creation fails', () => {
    const cache = new BoundedCache<string>(() => {
      throw new Error('no value')
    })
    expect(() => cache.get('a')).toThrow('no value')
    expect(cache.size).toBe(0)
  })
})
