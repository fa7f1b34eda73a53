import { describe, expect, it } from 'vitest'
import { BoundedCache } from '../../lib/registry/bounded-cache.ts'

/** A cache of upper-case texts, and the keys it created values for. */
function counted(maxEntries?: number) {
  const created: string[] = []
  const create = (key: string): string | undefined => {
    created.push(key)
    return key === '' ? undefined : key.toUpperCase()
  }
  return { created, cache: new BoundedCache(create, maxEntries) }
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
  })

  it.each([
    [undefined, 100],
    [2, 2],
  ])('is emptied when it is full, and stores again: %s', (limit, most) => {
    const { cache, created } = counted(limit)
    const keys = Array.from({ length: most }, (_, index) => `k${index}`)
    for (const key of [...keys, ...keys]) cache.get(key)
    expect(created).toEqual(keys)
    for (const key of ['new', 'new', 'k0', 'k0']) cache.get(key)
    expect(created).toEqual([...keys, 'new', 'k0'])
  })

  it('does not store the value of a key of more than 256 characters', () => {
    const { cache, created } = counted()
    const [short, long] = ['x'.repeat(256), 'x'.repeat(257)]
    for (const key of [short, long, short, long]) expect(cache.get(key)).toBe(key.toUpperCase())
    expect(created).toEqual([short, long, long])
  })

  it('does not store a value whose creation fails', () => {
    let isBroken = true
    const cache = new BoundedCache((key) => {
      if (isBroken) throw new Error('no value')
      return key
    })
    expect(() => cache.get('a')).toThrow('no value')
    isBroken = false
    expect(cache.get('a')).toBe('a')
  })
})
