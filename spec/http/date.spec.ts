import { describe, expect, it } from 'vitest'
import { formatDate, parseDate } from '../../lib/http/date.ts'

const moment = new Date(Date.UTC(1994, 10, 6, 8, 49, 37))

describe('parseDate', () => {
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
})

describe('formatDate', () => {
  it('formats one format, and rejects invalid dates', () => {
    expect(formatDate(moment)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
    expect(() => formatDate(new Date(Number.NaN))).toThrow(TypeError)
  })
})
