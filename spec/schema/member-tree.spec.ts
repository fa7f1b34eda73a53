/** The work of building a member tree: of these schemas, it would not end if it grew with the number of paths in them. */
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../lib/schema/json-schema.ts'
import { prunerOf } from '../../lib/schema/pruner.ts'

const DEPTH = 60

/** Definitions `0` to `DEPTH`, each made with a function that refers to the next; the last one knows `end`. */
const chain = (schemaOf: (next: () => JsonSchema) => JsonSchema): JsonSchema => {
  const definitions = Array.from({ length: DEPTH }, (_, index) => [
    index,
    schemaOf(() => ({ $ref: `#/$defs/${index + 1}` })),
  ])
  const end = [[DEPTH, { properties: { end: {} } }]]
  return { $ref: '#/$defs/0', $defs: Object.fromEntries([...definitions, ...end]) }
}

/** A value below members of some names. */
const below = (names: readonly string[], value: unknown): unknown =>
  names.reduceRight((inner, name) => ({ [name]: inner }), value)

const wide = { end: 1, secret: 2 }
const narrow = { end: 1 }

describe('a member tree is built', () => {
  it('of schemas that refer twice to the next, at one member', () => {
    const schema = chain((next) => ({
      allOf: [{ properties: { a: next() } }, { properties: { a: next() } }],
      oneOf: [{ properties: { a: next() } }, { properties: { a: next() } }],
    }))
    const names = Array.from({ length: DEPTH }, () => 'a')
    expect(prunerOf(schema)(below(names, wide))).toEqual(below(names, narrow))
  })

  it('of schemas that refer to themselves from many places', () => {
    let schema: JsonSchema = { properties: { end: {} } }
    const names = Array.from({ length: DEPTH }, () => 'a')
    for (const name of names) schema = { properties: { [name]: { allOf: [{ $ref: '#' }, schema] } } }
    expect(prunerOf(schema)(below(names, wide))).toEqual(below(names, narrow))
    expect(prunerOf(schema)(below([...names, 'a'], wide))).toEqual(below([...names, 'a'], narrow))
    expect(prunerOf(schema)(below(names.slice(1), wide))).toEqual(below(names.slice(1), {}))
  })

  it.each([
    { type: 'array', unevaluatedItems: { properties: { a: {} } } },
    { type: 'array', prefixItems: [{}], unevaluatedItems: { properties: { a: {} } } },
  ])('knows the members of items that %j evaluates last', (schema) => {
    expect(prunerOf(schema)([1, { a: 1, b: 2 }])).toEqual([1, { a: 1 }])
  })
})
