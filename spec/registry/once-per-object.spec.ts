import { describe, expect, it } from 'vitest'
import { oncePerObject } from '../../lib/registry/once-per-object.ts'

describe('oncePerObject', () => {
  it('makes one result for an object, also when it is undefined', () => {
    let count = 0
    const size = oncePerObject((list: readonly string[]) => {
      count++
      return list.length === 0 ? undefined : { size: list.length }
    })
    const [full, empty] = [['a'], []]
    expect(size(full)).toBe(size(full))
    expect(size(['a'])).not.toBe(size(full))
    size(empty)
    size(empty)
    expect(count).toBe(3)
  })

  it('calls the function again for values that are no objects', () => {
    const made = oncePerObject((value: unknown) => ({ value }))
    for (const value of [undefined, null, false, 'a']) {
      expect(made(value)).toEqual({ value })
      expect(made(value)).not.toBe(made(value))
    }
  })

  it('keeps no result of a call that throws', () => {
    let isBroken = true
    const made = oncePerObject((_key: object) => {
      if (isBroken) throw new TypeError('broken')
      return 'made'
    })
    const key = {}
    expect(() => made(key)).toThrow('broken')
    isBroken = false
    expect(made(key)).toBe('made')
  })
})
