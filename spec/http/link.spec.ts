import { describe, expect, it } from 'vitest'
import { linkField, linkTo, queryReference } from '../../lib/http/link.ts'

describe('linkTo', () => {
  it('escapes characters that would end the target or a parameter (RFC 8288 §3)', () => {
    expect(linkTo('/a', { rel: 'alternate', type: 'text/csv' })).toBe(
      '</a>; rel="alternate"; type="text/csv"',
    )
    expect(linkTo('/a>b%20c"d', { title: 'a "b" \\' })).toBe('</a%3Eb%20c%22d>; title="a \\"b\\" \\\\"')
  })
})

describe('linkField', () => {
  it('joins links, unless clients and proxies would refuse the field', () => {
    const long = linkTo(`?q=${'x'.repeat(1500)}`, { rel: 'next' })
    expect(linkField([])).toBeUndefined()
    expect(linkField([long, long])).toBe(`${long}, ${long}`)
    expect(linkField([long, long, long])).toBeUndefined()
  })
})

describe('queryReference', () => {
  it.each([
    ['/api/songs?page=3', '?page=3'],
    ['/api/songs', '?'],
    ['/api/songs?', '?'],
    ['//host/x?a=?', '?a=?'],
    ['/a/?x=/../b', '?x=/../b'],
  ])(
    'of %s is %s, which leads to the same resource behind any prefix (RFC 3986 §5.2.2)',
    (target, reference) => {
      expect(queryReference(target)).toBe(reference)
      const { pathname } = new URL(reference, 'https://h/prefix/x')
      expect(pathname).toBe('/prefix/x')
    },
  )
})
