/** Decisions of schemas of `jsonSchema()` without a list of errors. */
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchema } from '../../lib/schema/ajv.ts'
import { attemptOf } from '../../lib/schema/exact.ts'
import { validate } from '../../lib/schema/validate.ts'

const schema = {
  type: 'object',
  properties: { n: { type: 'integer' }, m: { type: 'integer', default: 2 }, any: { enum: [{ a: 1 }] } },
  required: ['n'],
}

describe('an attempt to validate', () => {
  it.each([
    { n: 1 },
    { n: 1, m: 3, other: [] },
    { any: { a: 1 }, n: 1 },
    new (class {
      n = 1
    })(),
  ])('has the output of the validation for %j, and leaves the value as it is', (value) => {
    const before = structuredClone({ ...value })
    const standard = jsonSchema(schema)
    expect(attemptOf(standard)?.(value)).toEqual(validate(standard, value))
    expect({ ...value }).toEqual(before)
  })

  it.each([{}, { n: 'one' }, null, { n: 1, any: { toString: 1 } }])('has no output for %j', (value) => {
    const standard = jsonSchema(schema)
    expect(attemptOf(standard)?.(value)).toBeUndefined()
    expect(validate(standard, value)).toHaveProperty('issues')
  })

  it('is made by the Ajv of the user, with what it changes', () => {
    const ajv = new Ajv({ coerceTypes: true, removeAdditional: 'all' })
    const value = { n: '1', other: 2 }
    expect(attemptOf(jsonSchema({ properties: { n: { type: 'integer' } } }, { ajv }))?.(value)).toEqual({
      value: { n: 1 },
    })
    expect(value).toEqual({ n: '1', other: 2 })
  })

  it('does not exist for other libraries', () => {
    expect(attemptOf(z.object({ n: z.int() }))).toBeUndefined()
  })
})
