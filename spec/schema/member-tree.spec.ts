/** The work of building a member tree: of these schemas, it would not end if it grew with the number of paths in them. */
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../lib/schema/json-schema.ts'
import { memberTreeOf } from '../../lib/schema/member-tree.ts'
import { prunerOf } from '../../lib/schema/pruner.ts'
import { unknownPaths } from '../../lib/schema/unknown.ts'

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
  it.each<[title: string, schema: JsonSchema]>([
    ['allOf', chain((next) => ({ allOf: [next(), next()] }))],
    ['anyOf', chain((next) => ({ anyOf: [next(), next()] }))],
    [
      'a reference and conditions',
      chain((next) => ({ ...next(), ...Object.fromEntries([['then', next()]]), if: {}, else: next() })),
    ],
  ])('of schemas that refer twice to the next, at one location: by %s', (_, schema) => {
    expect(prunerOf(schema)(wide)).toEqual(narrow)
    expect(unknownPaths(schema, wide)).toEqual([['secret']])
  })

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

  /** The member `end` is known DEPTH members after an `a`, whatever members there were: 2 ** DEPTH sets of schemas. */
  const combined: JsonSchema = {
    ...chain((next) => ({ properties: { a: next(), b: next() } })),
    $ref: '#/$defs/start',
  }
  Object.assign(combined.$defs as object, {
    start: {
      properties: {
        a: { allOf: [{ $ref: '#/$defs/start' }, { $ref: '#/$defs/1' }] },
        b: { $ref: '#/$defs/start' },
      },
    },
  })

  it('as far as the values need it, where locations combine any number of schemas', () => {
    const prune = prunerOf(combined)
    for (let bits = 1; bits < 2000; bits += 70) {
      const names = [...bits.toString(2).padStart(DEPTH, '0')].map((bit) => (bit === '1' ? 'b' : 'a'))
      const [known, unknown] = [
        ['b', 'a', ...names.slice(1)],
        ['a', 'b', ...names.slice(1)],
      ]
      expect(prune(below(known, wide))).toEqual(below(known, narrow))
      expect(prune(below(unknown, wide))).toEqual(below(unknown, {}))
      expect(unknownPaths(combined, below(known, wide))).toEqual([[...known, 'secret']])
    }
  })

  it('with the same trees, whenever they are built', () => {
    const tree = memberTreeOf(combined)
    const last = Array.from({ length: DEPTH }).reduce<typeof tree | undefined>(
      (found) => found?.members?.get('a'),
      tree,
    )
    expect([...(last?.members?.keys() ?? [])]).toEqual(['a', 'b', 'end'])
    expect(last?.members?.get('a')).toBe(last)
  })
})
