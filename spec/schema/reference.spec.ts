import { describe, expect, it } from 'vitest'
import { definitionName, resolve } from '../../lib/schema/reference.ts'

describe('resolve', () => {
  const pet = { type: 'object' }
  const root = { $defs: { Pet: pet, 'a/b %': { items: [pet] } } }

  it.each<[reference: unknown, target: unknown]>([
    ['#', root],
    ['#/$defs/Pet', pet],
    ['#/$defs/a~1b%20%25/items/0', pet],
    ['#/$defs/a~1b %/items/0', pet],
    ['#/$defs/Cat', undefined],
    ['#/toString', undefined],
    ['#/$defs/Pet/type/length', undefined],
    ['#Pet', undefined],
    ['https://example.org/#/$defs/Pet', undefined],
    [undefined, undefined],
    [7, undefined],
  ])('follows %j', (reference, target) => {
    expect(resolve(root, reference)).toBe(target)
  })
})

describe('definitionName', () => {
  it.each<[reference: unknown, name: string | undefined]>([
    ['#/$defs/Pet', 'Pet'],
    ['#/definitions/a~1b%25', 'a/b%'],
    ['#/$defs/Pet/items', undefined],
    ['#/properties/Pet', undefined],
    ['#/$defs', undefined],
    ['#', undefined],
    [undefined, undefined],
  ])('of %j is %s', (reference, name) => {
    expect(definitionName(reference)).toBe(name)
  })
})
