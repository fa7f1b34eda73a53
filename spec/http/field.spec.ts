import { describe, expect, it } from 'vitest'
import { formatDate, parseDate } from '../../lib/http/date.ts'
import { splitList } from '../../lib/http/field.ts'
import { fieldsOf } from '../../lib/http/headers.ts'
import { linkTo } from '../../lib/http/link.ts'
import { problemOf, reasonOf } from '../../lib/http/problem.ts'
import { varyBy } from '../../lib/http/vary.ts'

describe('splitList', () => {
  it('splits outside quotes only and drops empty members (RFC 9110 §5.6.1.2)', () => {
    expect(splitList('a, "b,c";d="e\\",f", , g')).toEqual(['a', '"b,c";d="e\\",f"', 'g'])
    expect(splitList('')).toEqual([])
    expect(splitList('"never closed, a')).toEqual(['"never closed, a'])
  })
})

describe('varyBy', () => {
  it('adds a field once, ignoring case (RFC 9110 §12.5.5)', () => {
    expect(varyBy('Origin', 'Accept')).toBe('Origin, Accept')
    expect(varyBy('origin, Accept', 'Origin, accept')).toBe('Origin, accept')
    expect(varyBy('*', 'Accept')).toBe('*')
  })
})

describe('linkTo', () => {
  it('escapes characters that would end the target or a parameter (RFC 8288 §3)', () => {
    expect(linkTo('/a', { rel: 'alternate', type: 'text/csv' })).toBe(
      '</a>; rel="alternate"; type="text/csv"',
    )
    expect(linkTo('/a>b%20c"d', { title: 'a "b" \\' })).toBe('</a%3Eb%20c%22d>; title="a \\"b\\" \\\\"')
  })
})

describe('dates', () => {
  const moment = new Date(Date.UTC(1994, 10, 6, 8, 49, 37))

  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'parses %s (RFC 9110 §5.6.7)',
    (text) => {
      expect(parseDate(text)).toEqual(moment)
    },
  )

  it.each([
    '',
    'tomorrow',
    '1994-11-06',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 25:49:37 GMT',
    'Sun, 06 Nop 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 CET',
  ])('does not parse %j', (text) => {
    expect(parseDate(text)).toBeUndefined()
  })

  it('parses a two-digit year far in the future as one in the past', () => {
    const century = new Date().getUTCFullYear() + 51
    const two = String(century % 100).padStart(2, '0')
    expect(parseDate(`Sunday, 06-Nov-${two} 08:49:37 GMT`)?.getUTCFullYear()).toBe(century - 100)
  })

  it('formats one format, and rejects invalid dates', () => {
    expect(formatDate(moment)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
    expect(() => formatDate(new Date(Number.NaN))).toThrow(TypeError)
  })
})

describe('fieldsOf', () => {
  it('accepts a Headers, pairs or a record', () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['X-A', '1'],
    ])
    expect(fieldsOf(headers)).toEqual({ 'set-cookie': ['a=1', 'b=2'], 'x-a': '1' })
    expect(
      fieldsOf([
        ['A', '1'],
        ['a', '2'],
      ]),
    ).toEqual({ a: ['1', '2'] })
    expect(fieldsOf({ A: 1, B: ['x', 'y'], C: undefined })).toEqual({ a: '1', b: ['x', 'y'] })
    expect(fieldsOf(undefined)).toEqual({})
  })
})

describe('problemOf', () => {
  it('has the members in the order of the RFC, without undefined ones (RFC 9457 §3.1)', () => {
    expect(Object.keys(problemOf(404, 'No such reading', { id: 7, instance: '/x', errors: [] }))).toEqual([
      'type',
      'title',
      'status',
      'detail',
      'instance',
      'errors',
      'id',
    ])
    expect(problemOf(404, undefined)).toEqual({ type: 'about:blank', title: 'Not Found', status: 404 })
  })

  it('uses the reason phrases of RFC 9110', () => {
    expect([reasonOf(413), reasonOf(422), reasonOf(599)]).toEqual([
      'Content Too Large',
      'Unprocessable Content',
      'Status 599',
    ])
  })
})
