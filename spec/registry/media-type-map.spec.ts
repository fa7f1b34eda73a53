import { describe, expect, it } from 'vitest'
import { MediaTypeMap } from '../../lib/registry/media-type-map.ts'

class Names extends MediaTypeMap<string> {
  say(type: string, name: string): this {
    return this.put(type, name)
  }
  of(type: string): string | undefined {
    return this.find(type)
  }
}

describe('ByMediaType', () => {
  const names = new Names()
    .say('*/*', 'anything')
    .say('Text/*', 'text')
    .say('text/csv', 'csv')
    .say('text/csv;header=absent', 'bare csv')
    .say('application/json', 'json')
    .say('application/geo+json', 'geo')

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
  ])('finds for %s what is said of %s', (type, name) => {
    expect(names.of(type)).toBe(name)
  })

  it('finds nothing where nothing is said, not even for names that every object has', () => {
    const some = new Names().say('text/csv', 'csv')
    expect(some.has('text/csv; header=present')).toBe(true)
    for (const type of ['text/html', 'a/b+json', 'constructor/x', '*/*']) expect(some.has(type)).toBe(false)
  })

  it('keeps the place of a type that is said again', () => {
    const again = new Names().say('a/b', '1').say('c/d', '2').say('A/B', '3')
    expect([again.types, again.of('a/b')]).toEqual([['a/b', 'c/d'], '3'])
  })

  it('copies into one of its own', () => {
    const copy = names.copy().say('text/csv', 'another')
    expect(copy).toBeInstanceOf(Names)
    expect([copy.of('text/csv'), names.of('text/csv')]).toEqual(['another', 'csv'])
    expect(copy.types).toEqual(names.types)
  })

  it('refuses text that is no media type', () => {
    for (const type of ['csv', '', 'a/b;=1', 'a/b;x y=1', '*/csv', 7 as never]) {
      expect(() => names.say(type, 'x')).toThrow(TypeError)
    }
  })
})
