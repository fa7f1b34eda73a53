import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Accept } from '../../lib/http/accept.ts'
import { MediaType } from '../../lib/http/media-type.ts'
import { Incoming } from '../../lib/negotiation/incoming.ts'
import { offer } from '../../lib/negotiation/offer.ts'
import { Outgoing } from '../../lib/negotiation/outgoing.ts'
import { hasContent } from '../../lib/parsers/has-content.ts'

const outgoing = (...types: string[]) => new Outgoing(types.map((type) => offer(type, undefined, true)))

afterEach(() => void vi.restoreAllMocks())

describe('Outgoing', () => {
  it('gives the same result from its cache', () => {
    const offers = outgoing('application/json', 'text/csv')
    expect(offers.best('text/csv')).toBe(offers.best('text/csv'))
    expect(offers.best('image/png')).toBeUndefined()
    expect(offers.best('image/png')).toBeUndefined()
  })

  it('ranks the offers once for a short field, as long as there are few', () => {
    const offers = outgoing('application/json', 'text/csv')
    const parse = vi.spyOn(Accept, 'parse')
    const parsed = (field: string) => {
      parse.mockClear()
      expect(offers.best(field)?.contentType).toBe('text/csv')
      return parse.mock.calls.length
    }
    for (let index = 0; index < 100; index++) expect(parsed(`text/csv, a/b${index}`)).toBe(1)
    for (let index = 0; index < 100; index++) expect(parsed(`text/csv, a/b${index}`)).toBe(0)
    expect(parsed('text/csv, a/b100')).toBe(1)
    expect(parsed('text/csv, a/b0')).toBe(1) // emptied when full: the cache has a bound
    const long = `text/csv, ${'a/b, '.repeat(49)}c/d`
    expect([long.length, parsed(long), parsed(long)]).toEqual([258, 1, 1])
    expect([parsed(long.slice(0, -2)), parsed(long.slice(0, -2))]).toEqual([1, 0])
  })

  it('explains the weight of every offer, and the reason for the best', () => {
    const offers = outgoing('application/json', 'text/csv', 'text/html')
    expect(offers.explain('text/*;q=0.5, application/json;q=0.1')).toEqual({
      contentType: 'text/csv',
      offers: [
        { contentType: 'application/json', weight: 0.1, range: 'application/json' },
        { contentType: 'text/csv', weight: 0.5, range: 'text/*' },
        { contentType: 'text/html', weight: 0.5, range: 'text/*' },
      ],
      reason: expect.stringContaining('text/csv has weight 0.5 by range text/*, the same as text/html: '),
    })
    expect(offers.explain('image/png')).toMatchObject({
      contentType: undefined,
      reason: 'No available media type matches Accept: image/png',
    })
    expect(offers.explain(undefined).reason).toBe(
      'Without Accept the first media type is sent: application/json',
    )
    expect(offers.explain('text/html').reason).toContain('more than any other media type')
    expect(outgoing().explain('*/*').reason).toBe('No media type is available')
  })
})

describe('Incoming', () => {
  const listed = (types: string[], field: string | undefined) => new Incoming(types).match(field)?.entry

  it.each([
    ['application/json', 'application/json', true],
    ['application/json', 'Application/JSON; charset=utf-8', true],
    ['application/json', 'application/vnd.temps+json', false],
    ['application/*+json', 'application/vnd.temps+json', true],
    ['application/*+json', 'application/json', false],
    ['*+json', 'application/vnd.temps+json', true],
    ['text/csv;header=absent', 'text/csv', false],
    ['text/csv;header=absent', 'text/csv; Header=Absent', true],
    ['text/csv', 'text/csv; header=absent', true],
    ['multipart/form-data', 'multipart/form-data; boundary=x', true],
    ['application/json', 'nonsense', false],
    ['application/json', '', false],
    ['application/*', 'application/*', false],
    ['application/json', undefined, false],
  ])('%s accepts %s: %s', (type, field, taken) => {
    expect(listed([type], field) !== undefined).toBe(taken)
  })

  it('parses a short field once, as long as there are few', () => {
    const incoming = new Incoming(['text/csv'])
    const parse = vi.spyOn(MediaType, 'parse')
    const parsed = (field: string) => {
      parse.mockClear()
      expect(incoming.match(field)?.entry).toBe('text/csv')
      return parse.mock.calls.length
    }
    for (let index = 0; index < 100; index++) expect(parsed(`text/csv;a=${index}`)).toBe(1)
    for (let index = 0; index < 100; index++) expect(parsed(`text/csv;a=${index}`)).toBe(0)
    expect(parsed('text/csv;a=100')).toBe(1)
    expect(parsed('text/csv;a=0')).toBe(1) // emptied when full: the cache has a bound
    const long = `text/csv;a=${'b'.repeat(246)}`
    expect([long.length, parsed(long), parsed(long)]).toEqual([257, 1, 1])
    expect([parsed(long.slice(0, -1)), parsed(long.slice(0, -1))]).toEqual([1, 0])
  })

  it.each([
    [{}, false],
    [{ 'content-length': '0' }, false],
    [{ 'content-length': '3' }, true],
    [{ 'transfer-encoding': 'chunked' }, true],
  ])('ARR-07 ARR-B02 finds content by %j: %s (RFC 9112 §6.3)', (headers, present) => {
    expect(hasContent({ headers } as IncomingMessage)).toBe(present)
  })
})
