/** Conversion of JSON Schema to OpenAPI 3.0. */
import { describe, expect, it } from 'vitest'
import { openApi30 } from '../../../lib/openapi/schema/open-api-30.ts'

const Pet = { $ref: '#/components/schemas/Pet' }
const NULL = { type: 'string', nullable: true, enum: [null] }

describe('openApi30', () => {
  it.each([
    ['SMO-195 null among types', { type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [
      'SMO-195 null among choices',
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { type: 'string', nullable: true },
    ],
    ['SMO-195 null beside a reference', { anyOf: [Pet, { type: 'null' }] }, { anyOf: [Pet, NULL] }],
    [
      'null among more choices',
      { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
      { oneOf: [{ type: 'string' }, { type: 'number' }, NULL] },
    ],
    [
      'null among several types',
      { type: ['string', 'number', 'null'] },
      { anyOf: [{ type: 'string' }, { type: 'number' }, NULL] },
    ],
    ['the constant null', { const: null }, NULL],
    [
      'null beside a closed list of values',
      { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] },
      { type: 'string', nullable: true, enum: ['a', null] },
    ],
    [
      'null among values',
      { type: ['string', 'null'], enum: ['a'] },
      { type: 'string', nullable: true, enum: ['a', null] },
    ],
    ['null alone', { type: 'null' }, { type: 'string', nullable: true, enum: [null] }],
    [
      'a negation of what it cannot say',
      { not: { properties: { a: { patternProperties: { '^_': false } } } }, type: 'object' },
      { type: 'object' },
    ],
    ['another negation', { not: { required: ['a'] } }, { not: { required: ['a'] } }],
    [
      'one of several, where they differ in what it cannot say',
      {
        oneOf: [
          { type: 'array', prefixItems: [{ const: 'gt' }, { type: 'integer' }] },
          { type: 'array', prefixItems: [{ const: 'eq' }, { type: 'string' }] },
          { type: 'null' },
        ],
      },
      { anyOf: [{ type: 'array', items: {} }, { type: 'array', items: {} }, NULL] },
    ],
    [
      'one of several beside any of others',
      { oneOf: [{ dependentRequired: { a: ['b'] } }, { required: ['c'] }], anyOf: [{ required: ['d'] }] },
      { anyOf: [{ required: ['d'] }], allOf: [{ anyOf: [{}, { required: ['c'] }] }] },
    ],
    ['several types', { type: ['string', 'number'] }, { anyOf: [{ type: 'string' }, { type: 'number' }] }],
    ['a constant', { const: 'x' }, { enum: ['x'] }],
    [
      'bounds',
      { exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true },
    ],
    ['the narrower bound', { exclusiveMinimum: 0, minimum: 5 }, { minimum: 5 }],
    ['examples', { type: 'string', examples: ['a', 'b'] }, { type: 'string', example: 'a' }],
    [
      'SMO-195 a reference with sibling keywords',
      { ...Pet, description: 'x' },
      { allOf: [Pet], description: 'x' },
    ],
    ['a reference alone', Pet, Pet],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] }, maxItems: 2 },
    ],
    ['an array of anything', { type: 'array' }, { type: 'array', items: {} }],
    ['an empty array', { type: 'array', items: false }, { type: 'array', items: {}, maxItems: 0 }],
    [
      'schemas that are true or false',
      { properties: { a: true, b: false } },
      { properties: { a: {}, b: { not: {} } } },
    ],
    ['a closed object', { additionalProperties: false }, { additionalProperties: false }],
    [
      'members by pattern',
      { patternProperties: { '^x': { type: 'string' } }, additionalProperties: false },
      { additionalProperties: { type: 'string' } },
    ],
    ['bytes', { contentMediaType: 'image/png' }, { type: 'string', format: 'binary' }],
    ['bytes as text', { type: 'string', contentEncoding: 'base64' }, { type: 'string', format: 'byte' }],
    [
      'keywords without an equivalent',
      { type: 'object', propertyNames: {}, if: {}, $comment: 'x', 'x-own': 1 },
      { type: 'object', 'x-own': 1 },
    ],
    [
      'members named like keywords',
      { properties: { const: { const: 1 }, type: {} } },
      { properties: { const: { enum: [1] }, type: {} } },
    ],
    ['nothing required', { required: [] }, {}],
  ])('converts %s', (_case, schema, expected) => {
    expect(openApi30(schema)).toEqual(expected)
  })

  it('does not change its argument', () => {
    const schema = Object.freeze({ anyOf: Object.freeze([Object.freeze({ const: null }), Pet]) })
    expect(openApi30(schema)).toEqual({ anyOf: [Pet, NULL] })
  })
})
