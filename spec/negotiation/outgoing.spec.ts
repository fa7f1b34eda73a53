import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { hasContent, Incoming } from '../../lib/negotiation/incoming.ts'
import { Outgoing } from '../../lib/negotiation/outgoing.ts'

const outgoing = (...types: string[]) => new Outgoing(types.map((contentType) => ({ contentType })))

describe('Outgoing', () => {
  it('gives the same result from its cache', () => {
    const offers = outgoing('application/json', 'text/csv')
    expect(offers.best('text/csv')).toBe(offers.best('text/csv'))
    expect(offers.best('image/png')).toBeUndefined()
    expect(offers.best('image/png')).toBeUndefined()
  })

  it('caches no long fields and a limited number of short ones, with the same results', () => {
    const offers = outgoing('application/json', 'text/csv')
    for (let index = 0; index < 1000; index++)
      expect(offers.best(`text/csv, a/b${index}`)?.contentType).toBe('text/csv')
    const long = `text/csv, ${'a/b, '.repeat(200)}c/d`
    expect(offers.best(long)?.contentType).toBe('text/csv')
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
      reason: expect.stringContaining('text/csv weighs 0.5 by text/*, as text/html'),
    })
    expect(offers.explain('image/png')).toMatchObject({
      contentType: undefined,
      reason: 'No offer meets Accept: image/png',
    })
    expect(offers.explain(undefined).reason).toBe('Without Accept the first offer is sent: application/json')
    expect(offers.explain('text/html').reason).toContain('more than any other offer')
    expect(outgoing().explain('*/*').reason).toBe('Nothing is on offer')
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

  it('caches a limited number of fields', () => {
    const incoming = new Incoming(['text/csv'])
    for (let index = 0; index < 300; index++)
      expect(incoming.match(`text/csv;a=${index}`)?.entry).toBe('text/csv')
    expect(incoming.match(`text/csv;a=${'b'.repeat(300)}`)?.entry).toBe('text/csv')
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
