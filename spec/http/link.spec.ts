import { describe, expect, it } from 'vitest'
import { linkTo } from '../../lib/http/link.ts'

describe('linkTo', () => {
  it('escapes characters that would end the target or a parameter (RFC 8288 §3)', () => {
    expect(linkTo('/a', { rel: 'alternate', type: 'text/csv' })).toBe(
      '</a>; rel="alternate"; type="text/csv"',
    )
    expect(linkTo('/a>b%20c"d', { title: 'a "b" \\' })).toBe('</a%3Eb%20c%22d>; title="a \\"b\\" \\\\"')
  })
})
