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

  it('of many schemas that all refer to each other', () => {
    const names = Array.from({ length: 40 }, (_, index) => `m${index}`)
    const all = { properties: Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${name}` }])) }
    const $defs = Object.fromEntries(names.map((name) => [name, { ...all }]))
    expect(prunerOf({ ...all, $defs })(below(names, wide))).toEqual(below(names, {}))
  })

  it('of alternatives within alternatives, where each record matches others of them', () => {
    const names = Array.from({ length: 10 }, (_, index) => `m${index}`)
    const optionsOf = (schemaOf: (name: string) => JsonSchema) => ({
      anyOf: names.map((name) => ({ properties: { [name]: {}, of: schemaOf(name) }, required: [name] })),
    })
    const end = { properties: { end: {} } }
    const schema = optionsOf((outer) => optionsOf((inner) => ({ properties: { [outer + inner]: end } })))
    const recordOf = (bits: number, unknown: object) => {
      const matched = names.filter((_, index) => bits & (1 << index))
      const some = { ...Object.fromEntries(matched.map((name) => [name, 1])), ...unknown }
      return { ...some, of: { ...some, of: { [`${matched[0]}${matched[0]}`]: { end: 1, ...unknown } } } }
    }
    const records = (unknown: object) =>
      Array.from({ length: 2 ** names.length - 1 }, (_, index) => recordOf(index + 1, unknown))
    expect(prunerOf({ items: schema })(records({ secret: 2 }))).toEqual(records({}))
  })

  it('of schemas whose members are combined in more ways than are kept', () => {
    const to = (...names: number[]) => ({ anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) })
    const steps = Array.from({ length: 10 }, (_, index) => ({
      properties: { a: to(index + 2), b: to(index + 2) },
    }))
    const start = { properties: { a: to(0, 1), b: to(0) } }
    const schema = { $ref: '#/$defs/0', $defs: { ...[start, ...steps, { properties: { end: {} } }] } }
    const pruneOne = prunerOf(schema)
    for (let bits = 0; bits < 2 ** 11; bits++) {
      const names = Array.from({ length: 11 }, (_, index) => (bits & (1 << index) ? 'a' : 'b'))
      expect(pruneOne(below(names, wide))).toEqual(below(names, names[0] === 'a' ? narrow : {}))
    }
  })

  it.each([
    { type: 'array', unevaluatedItems: { properties: { a: {} } } },
    { type: 'array', prefixItems: [{}], unevaluatedItems: { properties: { a: {} } } },
  ])('knows the members of items that %j evaluates last', (schema) => {
    expect(prunerOf(schema)([1, { a: 1, b: 2 }])).toEqual([1, { a: 1 }])
  })
})
