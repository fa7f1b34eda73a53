/** Link fields: RFC 8288 §3. */
import { describe, expect, it } from 'vitest'
import { nextLink } from '../../lib/client/next-link.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

describe('nextLink', () => {
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
  ])('reads %s as %s', (field, next) => expect(nextLink(field)).toBe(next))

  it.each(['<', '"', '\\"', ';', '=', ',', '</a>;', '"\\', ' '])(
    'needs linear time for a field that repeats %j',
    async (piece) => {
      expect(await growthOf((count) => nextLink(piece.repeat(count)), 50_000)).toBeLessThan(SUPERLINEAR)
    },
  )
})
