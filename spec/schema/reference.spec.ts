import { describe, expect, it } from 'vitest'
import { definitionName, resolve, targetsOf } from '../../lib/schema/reference.ts'

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

describe('resolve, from a schema within $ids', () => {
  const tag = { $anchor: 'tag' }
  const here = { $ref: '' }
  const pet = { $id: 'pets/pet', properties: { here, $id: tag }, $defs: { tag: { $anchor: 'own' } } }
  const owner = { $id: 'urn:example:owner', $anchor: 'tag', items: {} }
  const old = { $id: '#old' }
  const data = { $anchor: 'data', $id: 'https://example.org/data' }
  const root = { $id: 'https://example.org/a/', $defs: { pet, owner, old, tag: {} }, default: data }

  it.each<[from: object, reference: unknown, target: unknown]>([
    [root, '#', root],
    [root, '', root],
    [root, 'https://example.org/a/', root],
    [root, 'https://example.org/a/#/$defs/pet', pet],
    [root, '/a/pets/pet', pet],
    [root, 'pets/pet#/properties/here', here],
    [root, 'pets/pet#tag', tag],
    [root, '#tag', tag],
    [here, '#tag', tag],
    [here, '#own', pet.$defs.tag],
    [here, '#/$defs/tag', pet.$defs.tag],
    [here, '#/$defs/owner', owner],
    [here, 'pet', pet],
    [here, '../#/$defs/owner', owner],
    [here, 'urn:example:owner#tag', owner],
    [owner, '#tag', owner],
    [owner, '', owner],
    [owner, '#/items', owner.items],
    [owner, 'pets/pet', pet],
    [root, '#old', old],
    [root, '#data', undefined],
    [root, 'https://example.org/data', undefined],
    [root, 'https://example.org/b#tag', undefined],
    [root, 'pets/pet#/items', undefined],
    [{}, 'pets/pet', pet],
    [here, undefined, undefined],
  ])('from %j follows %j', (from, reference, target) => {
    expect(resolve(root, reference, from)).toBe(target)
  })

  it('needs no $id of the root', () => {
    const part = { $id: 'Pet' }
    expect(resolve({ $defs: { part } }, 'Pet')).toBe(part)
    expect(resolve({ $defs: { part } }, 'Cat')).toBeUndefined()
  })

  it('ends in an object that contains itself', () => {
    const loop: Record<string, unknown> = { $anchor: 'loop' }
    loop.not = loop
    expect(resolve({ items: loop }, '#loop')).toBe(loop)
  })
})

describe('targetsOf', () => {
  const own = { $id: 'list', $dynamicAnchor: 'node' }
  const from = { $ref: '#/$defs/plain', $dynamicRef: 'list#node' }
  const plain = { $anchor: 'node' }

  it('has the targets of $ref and $dynamicRef', () => {
    expect(targetsOf({ $defs: { own, from, plain: 7 } }, from)).toEqual([7, own])
    expect(targetsOf({ $defs: { own } }, from)).toEqual([undefined, own])
    expect(targetsOf({ $defs: { own } }, own)).toEqual([])
  })

  it('has the root for a $dynamicRef, where it has the same $dynamicAnchor', () => {
    const root = { $id: 'https://example.org/', $dynamicAnchor: 'node', $defs: { own, from, plain: 7 } }
    expect(targetsOf(root, from)[1]).toBe(root)
    expect(targetsOf({ ...root, $dynamicAnchor: 'other', plain }, from)[1]).toBe(own)
    expect(resolve(root, 'list#node', from)).toBe(own)
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
