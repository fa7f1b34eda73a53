import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Schema } from '../../lib/schema/schema.ts'
import { validate } from '../../lib/schema/validate.ts'

const schemaWith = (answer: () => unknown, vendor = 'own') =>
  ({ '~standard': { version: 1, vendor, validate: answer } }) as Schema<unknown, unknown>

const detailOf = (schema: Schema, value: unknown) => {
  const validated = validate(schema, value)
  return 'issues' in validated ? validated.issues[0]?.detail : undefined
}

describe('validate', () => {
  it('supports paths of keys, segments and symbols', () => {
    const path = ['a', { key: 0 }, Symbol('s'), { key: {} }]
    expect(
      validate(
        schemaWith(() => ({ issues: [{ message: 'Wrong', path }] })),
        {},
      ),
    ).toEqual({
      issues: [{ path: ['a', 0, 'Symbol(s)', 'object'], detail: 'Wrong' }],
    })
    expect(
      validate(
        schemaWith(() => ({ issues: [{ message: 'Wrong' }] })),
        {},
      ),
    ).toEqual({
      issues: [{ path: [], detail: 'Wrong' }],
    })
  })

  it('does not catch exceptions of a schema, synchronous or asynchronous', async () => {
    const throws = () => {
      throw new RangeError('broken')
    }
    expect(() => validate(schemaWith(throws), {})).toThrow(RangeError)
    await expect(
      validate(
        schemaWith(async () => throws()),
        {},
      ),
    ).rejects.toThrow(RangeError)
  })

  it('uses the message of the library without the value', () => {
    expect(detailOf(v.number(), 'hunter2')).toBe('Invalid type: Expected number')
    expect(detailOf(v.pipe(v.string(), v.email()), 'hunter2')).toBe('Invalid email')
    expect(detailOf(v.object({ a: v.string() }), {})).toBe('Invalid key: Expected "a"')
    expect(
      detailOf(
        v.pipe(
          v.string(),
          v.check(() => false, 'Received too late'),
        ),
        'x',
      ),
    ).toBe('Received too late')
    expect(detailOf(type('string.email'), 'hunter2')).toBe('must be an email address')
    expect(detailOf(type('number'), 'hunter2')).toBe('must be a number')
    expect(detailOf(type('string.email & string > 8'), 'hunter2')).toBe(
      'must be...\n  ◦ an email address\n  ◦ at least length 9',
    )
    expect(detailOf(type({ x: 'string' }).or({ y: 'number' }), {})).toBe(
      'x must be a string or y must be a number',
    )
    expect(detailOf(Joi.string().pattern(/^x/), 'hunter2')).toBe(
      '"value" fails to match the required pattern: /^x/',
    )
    expect(detailOf(z.number(), 'hunter2')).toBe('Invalid input: expected number, received string')
  })

  it('uses a neutral message when the value is still part of it', () => {
    const neutral = 'The value is not valid here'
    const telling = (message: string, path: unknown[] = ['a']) =>
      schemaWith(() => ({ issues: [{ message, path }] }))
    expect(detailOf(telling('hunter2 is wrong'), { a: 'hunter2' })).toBe(neutral)
    expect(detailOf(telling('HUNTER2 is wrong'), { a: ' hunter2' })).toBe(neutral)
    expect(detailOf(telling('12345 is wrong'), { a: 12345 })).toBe(neutral)
    expect(detailOf(telling('"x\\"yz" is wrong'), { a: 'x"yz' })).toBe(neutral)
    expect(detailOf(telling('{"b":["hunter2"]} is wrong'), { a: { b: ['hunter2'] } })).toBe(neutral)
    expect(detailOf(telling('hunter2 is wrong', []), { a: 'hunter2' })).toBe(neutral)
    expect(detailOf(telling('no is no answer'), { a: 'no' })).toBe('no is no answer')
    expect(detailOf(telling('must not be empty'), { a: '' })).toBe('must not be empty')
  })

  it('limits the length of details', () => {
    const schema = schemaWith(() => ({ issues: [{ message: 'x'.repeat(100_000) }] }))
    expect(detailOf(schema, {})).toHaveLength(501)
  })
})
