/** The check in place of the removal of unknown members: it passes only data from which nothing is removed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonSchema } from '../../lib/schema/ajv.ts'
import { closedForm } from '../../lib/schema/closed-form.ts'
import { exactCheckOf } from '../../lib/schema/exact.ts'
import type { JsonSchema } from '../../lib/schema/json-schema.ts'
import { prunerOf } from '../../lib/schema/pruner.ts'
import { validate } from '../../lib/schema/validate.ts'

const n: JsonSchema = { type: 'object', properties: { n: { type: 'integer' } } }
const rows: JsonSchema = { type: 'array', items: n }

/** Whether data passes the check of a schema. */
const isExact = (schema: JsonSchema, data: unknown) => exactCheckOf(jsonSchema(schema))?.(data)
/** Whether data is valid, and removal leaves it as it is. */
const isUnchanged = (schema: JsonSchema, data: unknown) => {
  const pruned = prunerOf(schema)(data)
  return pruned === data && 'value' in (validate(jsonSchema(schema), pruned) as object)
}

class Row {
  n = 1
}

describe('the check by the closed form', () => {
  it.each<[string, JsonSchema, unknown, boolean]>([
    ['known members', n, { n: 1 }, true],
    ['a record without a prototype', n, Object.assign(Object.create(null), { n: 1 }), true],
    ['a list', rows, [{ n: 1 }, {}], true],
    ['members that may be anything', { ...n, additionalProperties: true }, { n: 1, m: [{}] }, true],
    ['a value without constraints', { properties: { a: {}, b: true } }, { a: new Map(), b: new Row() }, true],
    ['an unknown member', n, { n: 1, m: 2 }, false],
    ['an unknown member that is undefined', n, { n: 1, m: undefined }, false],
    ['an unknown member of an item', rows, [{ n: 1 }, { n: 1, m: 2 }], false],
    ['an unknown member below', { properties: { a: n } }, { a: { m: 2 } }, false],
    ['an invalid member', n, { n: 'one' }, false],
    ['an instance of a class', n, new Row(), false],
    ['a record with toJSON', n, { n: 1, toJSON: () => ({ m: 2 }) }, false],
    [
      'toJSON that is not enumerable',
      n,
      Object.defineProperty({ n: 1 }, 'toJSON', { value: () => 1 }),
      false,
    ],
    ['a Map', n, new Map([['m', 2]]), false],
    ['a Set of records', rows, new Set([{ m: 2 }]), false],
    ['an item of a class', rows, [new Row()], false],
  ])('of %s', (_, schema, data, expected) => {
    expect(isExact(schema, data)).toBe(expected)
  })

  it.each<[string, JsonSchema]>([
    ['references', { $ref: '#/$defs/n', $defs: { n } }],
    ['alternatives', { anyOf: [n, { type: 'null' }] }],
    ['members of a type', { additionalProperties: n }],
    ['patterns of names', { patternProperties: { '^n': n } }],
    ['defaults', { properties: { n: { type: 'integer', default: 1 } } }],
    ['items where other iterables may be', { items: n }],
    ['items of a type that may be a record', { type: ['array', 'object'], items: n }],
    ['positions of items', { type: 'array', prefixItems: [n] }],
    ['values that are compared as objects', { enum: [{ n: 1 }] }],
    ['a name of its own', { $id: 'n', ...n }],
    ['a keyword that is not known', { ...n, dependentRequired: { n: ['m'] } }],
    ['one of these below', { properties: { a: { type: 'array', items: { not: n } } } }],
  ])('does not exist for %s', (_, schema) => {
    expect(closedForm(schema)).toBeUndefined()
  })

  it('does not exist where a hook or an Ajv of the user decides', () => {
    const schema = jsonSchema(n)
    expect(exactCheckOf(schema, () => undefined)).toBeDefined()
    expect(exactCheckOf(schema, () => rows)).toBeUndefined()
    const ajv = { compile: () => () => true }
    expect(exactCheckOf(jsonSchema(n, { ajv }))).toBeUndefined()
  })

  it('passes plain data where it is valid and nothing is removed; a name such as __proto__ may fail', () => {
    const name = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'toJSON')
    const scalar = fc.constantFrom<JsonSchema[]>(
      { type: 'integer' },
      { type: ['string', 'null'] },
      {},
      { enum: [1, 'x'] },
    )
    const { schema } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        scalar,
        fc.record(
          {
            type: fc.constantFrom('object', ['object', 'null']),
            properties: fc.dictionary(name, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
            required: fc.constant(['a']),
            additionalProperties: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
        fc.record({ type: fc.constant('array'), items: tie('schema') }),
      ),
    }))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown[]>(1, 1.5, 'x', null, true),
        fc.dictionary(name, tie('value'), { maxKeys: 3 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    }))
    fc.assert(
      fc.property(schema, value, (one, data) => {
        if (!closedForm(one)) return
        if (isExact(one, data)) expect(isUnchanged(one, data)).toBe(true)
        else if (!JSON.stringify([one, data]).includes('__proto__'))
          expect(isUnchanged(one, data)).toBe(false)
      }),
      { numRuns: 400 },
    )
  })
})
