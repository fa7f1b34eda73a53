import { describe, expect, it } from 'vitest'
import { MIMEMap } from '../../lib/negotiation/mime-map.ts'

const json = 'application/json'
const csv = 'text/csv'

describe('MIMEMap', () => {
  it('ARR-11 is empty when new, for every endpoint', () => {
    expect(new MIMEMap().getMimetypes()).toEqual([])
    expect(new MIMEMap().getMimetypes('query')).toEqual([])
  })

  it('ARR-12 lets an endpoint without entries inherit the default, later changes too', () => {
    const map = new MIMEMap().addMimetype(json)
    expect(map.getMimetypes('query')).toEqual([json])
    map.addMimetype(csv)
    expect(map.getMimetypes('query')).toEqual([json, csv])
  })

  it('ARR-13 adds a type to an endpoint, which still inherits', () => {
    const map = new MIMEMap().addMimetype(json).addMimetype(csv, 'query')
    expect(map.getMimetypes('query')).toEqual([json, csv])
    expect(map.getMimetypes()).toEqual([json])
  })

  it('ARR-14 replaces the types of an endpoint; an empty list refuses every type', () => {
    const map = new MIMEMap().addMimetype(json)
    expect(map.setMimetypes([csv], 'query').getMimetypes('query')).toEqual([csv])
    expect(map.setMimetypes([csv, null], 'query').getMimetypes('query')).toEqual([csv, json])
    expect(map.setMimetypes([], 'query').getMimetypes('query')).toEqual([])
  })

  it('ARR-15 accepts null, to inherit again, on every endpoint but the default', () => {
    const map = new MIMEMap().addMimetype(json).setMimetypes([csv], 'query')
    expect(() => map.addMimetype(null)).toThrow(TypeError)
    expect(() => map.setMimetypes([csv, null])).toThrow(TypeError)
    expect(map.addMimetype(null, 'query').getMimetypes('query')).toEqual([csv, json])
  })

  it('ARR-16 copies the lists it accepts and returns', () => {
    const given = new Set([json])
    const map = new MIMEMap().setMimetypes(given)
    given.add(csv)
    map.getMimetypes().push(csv)
    expect(map.getMimetypes()).toEqual([json])
  })

  it('ARR-17 ARR-18 works as a decorator that returns the handler', () => {
    const map = new MIMEMap().addMimetype(json)
    function query() {}
    function upload() {}
    expect(map.add(csv)(query)).toBe(query)
    expect(map.only([csv])(upload)).toBe(upload)
    expect(map.getMimetypes('query')).toEqual([json, csv])
    expect(map.getMimetypes('upload')).toEqual([csv])
    expect(() => map.add(csv)(() => undefined)).toThrow(TypeError)
  })

  it('ARR-19 names the default endpoint', () => {
    expect(MIMEMap.DEFAULT_ENDPOINT).toBeNull()
    expect(new MIMEMap().addMimetype(json, MIMEMap.DEFAULT_ENDPOINT).getMimetypes(null)).toEqual([json])
  })

  it('ARR-B10 keeps the server’s order of preference', () => {
    const map = new MIMEMap().setMimetypes([csv, json, 'text/html'])
    expect(map.getMimetypes()).toEqual([csv, json, 'text/html'])
  })

  it('ARR-B20 throws for text that is no media type, and ignores letter case', () => {
    expect(() => new MIMEMap().addMimetype('json')).toThrow(/"json" is not a media type/)
    expect(new MIMEMap().setMimetypes(['Text/CSV', 'text/csv']).getMimetypes()).toEqual([csv])
    expect(new MIMEMap().setMimetypes(['text/csv;header=absent', 'text/csv']).getMimetypes()).toHaveLength(2)
  })

  it('ARR-B22 does not grow when it is read', () => {
    const map = new MIMEMap().addMimetype(json)
    map.getMimetypes('query')
    expect(map.copy().setMimetypes([csv]).getMimetypes('query')).toEqual([csv])
  })

  it('is copied without a connection to the original', () => {
    const map = new MIMEMap().addMimetype(json).addMimetype(csv, 'query')
    const copy = map.copy()
    map.addMimetype('text/html')
    expect(copy.getMimetypes('query')).toEqual([json, csv])
  })
})
