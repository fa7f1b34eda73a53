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
const orNull: JsonSchema = { anyOf: [n, { type: 'null' }] }
const tree: JsonSchema = {
  type: 'object',
  properties: { below: { type: 'array', items: { $ref: '#' } } },
}
const rows: JsonSchema = { type: 'array', items: n }

/** Whether data passes the check of a schema. */
const isExact = (schema: JsonSchema, data: unknown) => exactCheckOf(jsonSchema(schema))?.(data)
/** Whether data is valid, and removal leaves it as it is. */
const isUnchanged = (schema: JsonSchema, data: unknown) => {
  const pruned = prunerOf(schema)(data)
  return pruned === data && 'value' in (validate(jsonSchema(schema), pruned) as object)
}

/** Whether a schema refers to itself without a member in between. */
const isEndless = (schema: JsonSchema, data: unknown) => {
  try {
    validate(jsonSchema(schema), data)
    return false
  } catch {
    return true
  }
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
    ['a reference', { type: 'array', items: { $ref: '#/$defs/n' }, $defs: { n } }, [{ n: 1 }], true],
    ['a schema within itself', tree, { below: [{ below: [] }, {}] }, true],
    ['a record or null', { properties: { a: orNull } }, { a: null }, true],
    ['a record or null, as a record', { properties: { a: orNull } }, { a: { n: 1 } }, true],
    ['one of a record and null', { oneOf: [n, { type: 'null' }] }, { n: 1 }, true],
    ['any of several records', { anyOf: [n, { properties: { m: {} } }] }, { m: 1 }, true],
    ['nullable', { ...n, nullable: true }, null, true],
    ['an unknown member behind a reference', { $ref: '#/$defs/n', $defs: { n } }, { m: 1 }, false],
    ['an unknown member of a schema within itself', tree, { below: [{ n: 1 }] }, false],
    ['members of two alternatives', { anyOf: [n, { properties: { m: {} } }] }, { n: 1, m: 1 }, false],
    ['an unknown member, or null', { properties: { a: orNull } }, { a: { m: 1 } }, false],
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
    ['a list with toJSON', rows, Object.assign([{ n: 1 }], { toJSON: () => [{ m: 2 }] }), false],
    ['an instance of a class of lists', rows, new (class extends Array {})(), false],
    ['an item of a class', rows, [new Row()], false],
    ['a record without known members', { type: 'object' }, { a: new Date(0) }, true],
    ['a Date in place of one', { type: ['object', 'null'] }, new Date(0), false],
  ])('of %s', (_, schema, data, expected) => {
    expect(isExact(schema, data)).toBe(expected)
  })

  it.each<[string, JsonSchema]>([
    ['references to other documents', { $ref: 'n', $defs: { n: { $id: 'n', ...n } } }],
    ['members beside a reference', { properties: { m: {} }, $ref: '#/$defs/n', $defs: { n } }],
    ['members beside alternatives', { ...n, anyOf: [{ required: ['n'] }, { required: ['m'] }] }],
    ['one of several records', { oneOf: [n, { properties: { m: {} } }] }],
    ['one of a record and a reference', { oneOf: [n, { $ref: '#/$defs/n' }], $defs: { n } }],
    ['all of several', { allOf: [n] }],
    ['members of a type', { additionalProperties: n }],
    ['patterns of names', { patternProperties: { '^n': n } }],
    ['defaults', { properties: { n: { type: 'integer', default: 1 } } }],
    ['items where other iterables may be', { items: n }],
    ['items of a type that may be a record', { type: ['array', 'object'], items: n }],
    ['positions of items', { type: 'array', prefixItems: [n] }],
    ['values that are compared as objects', { enum: [{ n: 1 }] }],
    ['a name of its own', { $id: 'n', ...n }],
    ['a member that Ajv does not see', { properties: JSON.parse('{ "__proto__": {} }') }],
    ['a keyword that is not known', { ...n, dependentRequired: { n: ['m'] } }],
    ['one of these below', { properties: { a: { type: 'array', items: { not: n } } } }],
  ])('does not exist for %s', (_, schema) => {
    expect(closedForm(schema)).toBeUndefined()
  })

  it('lets no array through by an alternative for records, where another one knows its items', () => {
    const list = { type: 'array', items: n }
    for (const record of [
      { properties: { m: {} } },
      { additionalProperties: false },
      { $ref: '#/$defs/m' },
    ]) {
      const schema = { anyOf: [list, record], $defs: { m: { properties: { m: {} } } } }
      expect(isExact(schema, [{ n: 1, secret: 2 }])).toBe(false)
      expect(isExact(schema, [{ n: 1 }])).toBe(true)
    }
  })

  it('does not exist where a hook or an Ajv of the user decides', () => {
    const schema = jsonSchema(n)
    expect(exactCheckOf(schema, () => undefined)).toBeDefined()
    expect(exactCheckOf(schema, () => rows)).toBeUndefined()
    const ajv = { compile: () => () => true }
    expect(exactCheckOf(jsonSchema(n, { ajv }))).toBeUndefined()
  })

  it('is made of the schema as it is at registration', () => {
    const schema = { type: 'object', properties: { n: {}, secret: {} }, required: ['n'] }
    const standard = jsonSchema(schema)
    Reflect.deleteProperty(schema.properties, 'secret')
    const check = exactCheckOf(standard)
    schema.required.length = 0
    expect([{ n: 1, secret: 2 }, {}, { n: 1 }].map((data) => check?.(data))).toEqual([false, false, true])
  })

  it('passes plain data where it is valid and nothing is removed; alternatives and __proto__ may fail', () => {
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
        fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
        fc.constantFrom({ $ref: '#/$defs/one' }, { $ref: '#' }),
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
      fc.property(schema, schema, value, (root, definition, data) => {
        const one = { ...root, $defs: { one: definition } }
        if (isEndless(one, data) || !closedForm(one)) return
        if (isExact(one, data)) expect(isUnchanged(one, data)).toBe(true)
        else if (!/__proto__|anyOf/.test(JSON.stringify([one, data])))
          expect(isUnchanged(one, data)).toBe(false)
      }),
      { numRuns: 200 },
    )
  })
})
