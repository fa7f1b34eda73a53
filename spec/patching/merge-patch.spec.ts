import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from '../../lib/patching/merge-patch.ts'

describe('mergePatch', () => {
  /** RFC 7396, Appendix A. */
  const cases: [original: string, patch: string, result: string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ]

  it.each(cases)(
    'applies to %s the patch %s with the result %s (RFC 7396, Appendix A)',
    (original, patch, result) => {
      expect(JSON.stringify(mergePatch(JSON.parse(original), JSON.parse(patch)))).toBe(result)
    },
  )

  it('does not change the patch', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const before = JSON.stringify(patch)
        mergePatch(target, deepFrozen(patch))
        expect(JSON.stringify(patch)).toBe(before)
      }),
    )
  })

  it('has the same result when it is applied twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = mergePatch(target, patch)
        expect(mergePatch(structuredClone(once), patch)).toEqual(once)
      }),
    )
  })

  it('returns values that share nothing with the patch', () => {
    const patch = { tags: ['a'], author: { name: 'Ada' } }
    const result = mergePatch({ kept: { x: 1 } }, patch) as typeof patch
    expect(result).toEqual({ kept: { x: 1 }, ...patch })
    expect(result.tags).not.toBe(patch.tags)
    expect(result.author).not.toBe(patch.author)
  })

  it('starts from an empty object for an undefined target', () => {
    expect(mergePatch(undefined, { a: { b: null, c: 1 } })).toEqual({ a: { c: 1 } })
  })

  it('changes no prototype', () => {
    const patch = JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"toString":{"c":1}}')
    const result = mergePatch({}, patch) as object
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).a ?? ({} as Record<string, unknown>).b).toBeUndefined()
    expect(Object.prototype.toString).not.toHaveProperty('c')
    expect(JSON.stringify(result)).toBe('{"constructor":{"prototype":{"b":1}},"toString":{"c":1}}')
  })
})

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) deepFrozen(member)
  return Object.freeze(value)
}
