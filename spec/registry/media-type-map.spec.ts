import { describe, expect, it } from 'vitest'
import { lookUpByMediaType, MediaTypeMap } from '../../lib/registry/media-type-map.ts'

class Names extends MediaTypeMap<string> {
  add(type: string, name: string): this {
    return this.put(type, name)
  }
  of(type: string): string | undefined {
    return this.find(type)
  }
}

describe('MediaTypeMap', () => {
  const names = new Names()
    .add('*/*', 'anything')
    .add('Text/*', 'text')
    .add('text/csv', 'csv')
    .add('text/csv;header=absent', 'bare csv')
    .add('application/json', 'json')
    .add('application/geo+json', 'geo')

  it.each([
    ['text/csv', 'csv'],
    ['TEXT/CSV; Header=absent', 'bare csv'],
    ['text/csv; header=present', 'csv'],
    ['text/html', 'text'],
    ['application/geo+json', 'geo'],
    ['application/problem+json; v=1', 'json'],
    ['text/x+json', 'json'],
    ['application/xml', 'anything'],
    ['__proto__/constructor', 'anything'],
  ])('finds for %s the entry %j', (type, name) => {
    expect(names.of(type)).toBe(name)
  })

  it('finds no entry for types that have none, not even for names that every object has', () => {
    const some = new Names().add('text/csv', 'csv')
    expect(some.has('text/csv; header=present')).toBe(true)
    for (const type of ['text/html', 'a/b+json', 'constructor/x', '*/*']) expect(some.has(type)).toBe(false)
  })

  it.each([
    ['application/rss+xml; charset=utf-8', 'xml'],
    ['application/*+xml', 'xml'],
    ['image/svg+xml', 'any xml'],
    ['application/problem+json', 'any json'],
    ['application/geo+json', 'geo'],
    ['application/json', 'json'],
    ['application/xml', undefined],
  ])('finds for %s, before JSON, the entry of a range with its suffix: %j', (type, name) => {
    const some = new Names()
      .add('application/json', 'json')
      .add('application/geo+json', 'geo')
      .add('application/*+json', 'any json')
      .add('application/*+xml', 'xml')
      .add('*+xml', 'any xml')
    expect(some.of(type)).toBe(name)
  })

  it('keeps the position of a type that is registered again', () => {
    const again = new Names().add('a/b', '1').add('c/d', '2').add('A/B', '3')
    expect([again.types, again.of('a/b')]).toEqual([['a/b', 'c/d'], '3'])
  })

  it('copies its entries into a map of the same class', () => {
    const copy = names.copy().add('text/csv', 'another')
    expect(copy).toBeInstanceOf(Names)
    expect([copy.of('text/csv'), names.of('text/csv')]).toEqual(['another', 'csv'])
    expect(copy.types).toEqual(names.types)
  })

  it('rejects invalid media types', () => {
    for (const type of ['csv', '', 'a/b;=1', 'a/b;x y=1', '*/csv', 7 as never]) {
      expect(() => names.add(type, 'x')).toThrow(TypeError)
    }
  })
})

describe('lookUpByMediaType', () => {
  it('takes an entry of the key * for every type', () => {
    const entries = new Map([['*', 'any']])
    for (const type of ['text/csv', 'a/b+json', '*/*']) expect(lookUpByMediaType(entries, type)).toBe('any')
  })

  it('rejects invalid media types', () => {
    expect(() => lookUpByMediaType(new Map(), 'csv')).toThrow(TypeError)
  })
})
