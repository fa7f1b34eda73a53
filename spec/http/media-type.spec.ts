import { MIMEType } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MediaType } from '../../lib/http/media-type.ts'

describe('MediaType', () => {
  it('parses type, subtype, suffix and parameters, ignoring case', () => {
    const type = MediaType.of('Application/Vnd.Temps+JSON; Version=2; note="a;b"')
    expect(type).toMatchObject({ type: 'application', subtype: 'vnd.temps+json', suffix: 'json' })
    expect({ ...type.parameters }).toEqual({ version: '2', note: 'a;b' })
    expect(type.essence).toBe('application/vnd.temps+json')
    expect(type.isJson).toBe(true)
  })

  it.each(['', 'text', '/csv', 'text/', 'te xt/csv', 'text/c sv', 'a/b, c/d', '*/json', 'a/b/c'])(
    'takes %j for no media type',
    (text) => {
      expect(MediaType.parse(text)).toBeUndefined()
      expect(() => MediaType.of(text)).toThrow(
        new TypeError(`${JSON.stringify(text)} is not a media type such as 'text/csv'`),
      )
    },
  )

  it('rejects a developer’s invalid value with a TypeError that names it', () => {
    expect(() => MediaType.of(42 as never)).toThrow(
      new TypeError("42 is not a media type such as 'text/csv'"),
    )
  })

  it('formats the types that it parses', () => {
    const token = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    const parameters = fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[ -~]{1,9}$/), {
      maxKeys: 3,
    })
    fc.assert(
      fc.property(token, token, parameters, (type, subtype, given) => {
        const written = MediaType.of(`${type}/${subtype}`).with(given).toString()
        expect({ ...MediaType.of(written).parameters }).toEqual({ ...given })
      }),
    )
  })

  it('has one spelling for all of a charset (RFC 9110 §8.3.2)', () => {
    for (const text of ['text/csv;charset=UTF-8', 'text/csv; charset="utf-8"', 'Text/CSV; Charset=Utf-8'])
      expect(MediaType.of(text).toString()).toBe('text/csv; charset=utf-8')
    expect(MediaType.of('text/csv; header=Present').toString()).toBe('text/csv; header=Present')
  })

  it('parses as Node does', () => {
    for (const text of ['text/html;charset=utf-8', 'a/b; c=d; e="f g"', 'IMAGE/SVG+XML']) {
      expect(MediaType.of(text).essence).toBe(new MIMEType(text).essence)
    }
  })

  it('adds charset=utf-8 to text, and nothing to JSON (RFC 8259 §11)', () => {
    expect(MediaType.of('text/csv').toContentType()).toBe('text/csv; charset=utf-8')
    expect(MediaType.of('text/csv;charset=us-ascii').toContentType()).toBe('text/csv; charset=us-ascii')
    expect(MediaType.of('application/json').toContentType()).toBe('application/json')
  })
})
