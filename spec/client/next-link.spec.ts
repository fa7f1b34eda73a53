/** Link: RFC 8288 §3. */
import { describe, expect, it } from 'vitest'
import { nextOf } from '../../lib/client/next-link.ts'

describe('nextOf', () => {
  it.each([
    ['</a?page=2>; rel="next"', '/a?page=2'],
    ['</a>; rel=next', '/a'],
    ['</a>;rel = "next"', '/a'],
    ['</a>; REL=NEXT', '/a'],
    ['</a>; rel="first", </b>; rel="next", </c>; rel="next"', '/b'],
    ['</a>; rel="prev next"; title="x"', '/a'],
    ['</a,b;c=d>; rel="next"', '/a,b;c=d'],
    ['</a>; title="x, <y>; rel=\\"next\\"", </b>; rel=next', '/b'],
    ['< /a >; rel="next"', '/a'],
    [',, </a>; rel="next"', '/a'],
    ['</a>; rel="next"; rel="prev"', '/a'],
    ['</a>; rel="prev"; rel="next"', undefined],
    ['</a>; rel="nextish"', undefined],
    ['</a>; rev="next"', undefined],
    ['</a>; anchor="/other"; rel="next"', undefined],
    ['</a>', undefined],
    ['</a; rel="next"', undefined],
    ['rel="next"', undefined],
    ['</a>; title="open; rel="next', undefined],
    ['', undefined],
  ])('of %s is %s', (field, next) => expect(nextOf(field)).toBe(next))

  it('takes no time for hostile fields', () => {
    for (const piece of ['<', '"', '\\"', ';', '=', ',', '</a>;', '"\\', ' ']) {
      const start = performance.now()
      nextOf(piece.repeat(50_000))
      expect(performance.now() - start, piece).toBeLessThan(500)
    }
  })
})
