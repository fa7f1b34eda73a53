import { setImmediate as turn } from 'node:timers/promises'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { z as z3 } from 'zod/v3'
import { jsonSchema } from '../../lib/json-schema.ts'
import type { Schema } from '../../lib/schema/schema.ts'
import { validate, validateNow } from '../../lib/schema/validate.ts'

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

  it.each<[string, Schema, unknown, string]>([
    ['a type', z.int(), 'string', 'Invalid input: expected number, received string'],
    ['a word of the library', z.int(), 'input', 'Invalid input: expected number, received string'],
    ['several words of it', z.int(), 'Expected number', 'Invalid input: expected number, received string'],
    ['a limit', z.string().min(100), '100', 'Too small: expected string to have >=100 characters'],
    ['a limit itself', z.number().lt(1000), 1000, 'Too big: expected number to be <1000'],
    [
      'a listed value',
      z.enum(['light red', 'green']),
      'red',
      'Invalid option: expected one of "light red"|"green"',
    ],
    [
      'a part of a listed value',
      z.enum(['red', 'green']),
      'gre',
      'Invalid option: expected one of "red"|"green"',
    ],
    ['a prefix', z.string().startsWith('abc'), 'x abc', 'Invalid string: must start with "abc"'],
    ['a type', v.number(), 'number', 'Invalid type: Expected number'],
    ['a limit', v.pipe(v.string(), v.minLength(100)), '100', 'Invalid length: Expected >=100'],
    ['a type', type('number'), 'number', 'must be a number'],
    ['a limit', type('number > 100'), 100, 'must be more than 100'],
    ['a limit', Joi.number().greater(100), 100, '"value" must be greater than 100'],
    ['a type', jsonSchema({ type: 'integer' }), 'integer', 'must be integer'],
    ['a limit', jsonSchema({ exclusiveMinimum: 100 }), 100, 'must be > 100'],
    [
      'a part of a word',
      schemaWith(() => ({ issues: [{ message: 'It cannot be' }] })),
      'ann',
      'It cannot be',
    ],
  ])('keeps the message when the value is %s that the schema itself mentions', (_, schema, value, detail) => {
    expect(detailOf(schema, value)).toBe(detail)
  })

  it('replaces a message of the developer with the value, whatever the schema mentions', async () => {
    const neutral = 'The value is not valid here'
    const echo = z.string().refine(() => false, { error: ({ input }) => `${input} is taken` })
    const validated = await validate(echo, '123')
    expect('issues' in validated && validated.issues[0]?.detail).toBe(neutral)
    const limited = z.string().max(3, { error: ({ input }) => `Not ${input}` })
    expect(detailOf(limited, '3 hunter2')).toBe(neutral)
    const narrowed = type('string').narrow((text, context) => context.mustBe(`other than ${text}`))
    expect(detailOf(narrowed, 'hunter2')).toBe(neutral)
    const raw = v.pipe(
      v.string(),
      v.rawCheck(({ dataset, addIssue }) => {
        if (dataset.typed) addIssue({ message: `Not ${dataset.value}`, expected: dataset.value })
      }),
    )
    expect(detailOf(raw, 'hunter2')).toBe(neutral)
  })

  it('limits the length of details', () => {
    const schema = schemaWith(() => ({ issues: [{ message: 'x'.repeat(100_000) }] }))
    expect(detailOf(schema, {})).toHaveLength(501)
  })
})

describe('a check that is asynchronous', () => {
  const libraries: [string, (check: () => Promise<boolean>) => Schema][] = [
    ['zod', (check) => z.object({ a: z.string().refine(check) })],
    ['zod, lazy', (check) => z.lazy(() => z.array(z.string().refine(() => check())))],
    ['zod, superRefine', (check) => z.union([z.object({}).superRefine(async () => void (await check()))])],
    ['zod, transform', (check) => z.record(z.string(), z.string().transform(check))],
    ['zod, codec', (check) => z.codec(z.any(), z.any(), { decode: check, encode: (value) => value })],
    ['zod mini', (check) => mini.object({ a: mini.optional(mini.string().check(mini.refine(check))) })],
    ['zod 3', (check) => z3.object({ a: z3.string().refine(check) })],
    ['zod 3, transform', (check) => z3.array(z3.string()).or(z3.any().transform(check))],
    ['valibot', (check) => v.objectAsync({ a: v.pipeAsync(v.string(), v.checkAsync(check)) })],
    ['joi', (check) => Joi.object({ a: Joi.string().external(check) })],
    ['joi, alternatives', (check) => Joi.alternatives(Joi.number(), Joi.any().external(check))],
  ]
  const valueFor = (library: string) => (library === 'zod, lazy' ? ['x'] : { a: 'x' })

  it.each(libraries)('of %s runs once for a value', async (library, make) => {
    let calls = 0
    const schema = make(async () => ++calls > 0)
    for (const count of [1, 2]) {
      expect(await validate(schema, valueFor(library))).toHaveProperty('value')
      expect(calls).toBe(count)
    }
  })

  it.each(libraries)('of %s that fails rejects once, with its error', async (library, make) => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const error = new RangeError('db away')
    let calls = 0
    const schema = make(async () => {
      calls++
      throw error
    })
    await expect(async () => validate(schema, valueFor(library))).rejects.toBe(error)
    await turn()
    expect([calls, unhandled]).toEqual([1, []])
  })

  it('of joi reports the issues of the value', async () => {
    const schema = Joi.object({ a: Joi.number(), b: Joi.number() }).external(async () => {})
    expect(await validate(schema, { a: 'x', b: 'y' })).toMatchObject({
      issues: [{ path: ['a'] }, { path: ['b'] }],
    })
  })

  it('of joi reports the issue of a long value that its message repeats', async () => {
    const schema = Joi.array().max(1).messages({ 'array.max': '{#value} is too much' })
    expect(await validate(schema, ['at least 1', '< 1'.repeat(200_000)])).toMatchObject({
      issues: [{ path: [], detail: expect.stringMatching(/^.{3,600}$/) }],
    })
  })

  it('of joi that throws is an error, and no issue with its text', async () => {
    const error = new RangeError('secret db1.internal')
    const fail = () => {
      throw error
    }
    const schemas: Schema[] = [
      Joi.object({ a: Joi.string().custom(fail) }),
      Joi.object({ a: Joi.string(), b: Joi.any().default(fail) }),
      Joi.object({ a: Joi.number().failover(fail) }),
      Joi.alternatives(Joi.object({ a: Joi.string().custom(fail) }), Joi.object({ a: Joi.number() })),
      Joi.object({ a: Joi.string().custom(fail) }).external(async () => {}),
    ]
    for (const schema of schemas) await expect(async () => validate(schema, { a: 'x' })).rejects.toBe(error)
    expect(() => validateNow(schemas[0] as Schema, { a: 'x' })).toThrow(error)
    expect(validateNow(schemas[4] as Schema, { a: 'x' })).toBeUndefined()
    const invalid = Joi.string().custom((_value, helpers) => helpers.error('any.invalid'))
    expect(detailOf(invalid, 'x')).toBe('"value" contains an invalid value')
    expect(detailOf(Joi.string().error(new Error('Not so')), 7)).toBe('Not so')
    expect(validate(Joi.number().required(), '2')).toEqual({ value: 2 })
  })

  it('leaves schemas without such a check synchronous', () => {
    const node = z.object({
      name: z.string().trim().min(1),
      get children() {
        return z.array(node).optional()
      },
    })
    const schemas: Schema[] = [
      node,
      z.lazy(() => node),
      z3.object({ name: z3.string() }),
      v.object({}),
      type({}),
    ]
    for (const schema of schemas) expect(validate(schema, { name: 'x' })).toHaveProperty('value')
  })
})

describe('validateNow', () => {
  it('validates synchronously, and calls no check of an async schema', () => {
    let calls = 0
    const schema = z.string().refine(async () => ++calls > 0)
    expect(
      validateNow(
        z.string().refine((text) => text !== ''),
        'x',
      ),
    ).toEqual({ value: 'x' })
    expect([validateNow(schema, 'x'), calls]).toEqual([undefined, 0])
    expect(
      validateNow(
        v.pipeAsync(
          v.string(),
          v.checkAsync(async () => true),
        ),
        'x',
      ),
    ).toBeUndefined()
  })
})
