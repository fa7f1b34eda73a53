import { describe, expect, it } from 'vitest'
import { splitList } from '../../lib/http/field.ts'

describe('splitList', () => {
  it('splits outside quotes only and drops empty members (RFC 9110 §5.6.1.2)', () => {
    expect(splitList('a, "b,c";d="e\\",f", , g')).toEqual(['a', '"b,c";d="e\\",f"', 'g'])
    expect(splitList('')).toEqual([])
    expect(splitList('"never closed, a')).toEqual(['"never closed, a'])
  })
})
