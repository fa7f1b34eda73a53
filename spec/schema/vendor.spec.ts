/** One contract for every library: issues have the same form and a path, and do not contain the value. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchema } from '../../lib/json-schema.ts'
import { coercionOf } from '../../lib/schema/coerce.ts'
import { jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import { prunerOf } from '../../lib/schema/pruner.ts'
import type { Schema } from '../../lib/schema/schema.ts'
import { type Issue, validate } from '../../lib/schema/validate.ts'

interface Library {
  /** `{ name: string, tags: { label: string }[], 'a/b~c': number }` */
  readonly article: Schema
  /** `{ pin: 'x' or a number below 3, mail: an address, code: /^[A-Z]+$/ }` */
  readonly secrets: Schema
  /** `number[]` */
  readonly numbers: Schema
  /** `{ page: integer, ids: integer[], all: boolean }`, all optional. */
  readonly query: Schema
}

const libraries: Record<string, Library> = {
  zod: {
    article: z.object({
      name: z.string(),
      tags: z.array(z.object({ label: z.string() })),
      'a/b~c': z.number(),
    }),
    secrets: z.object({
      pin: z.union([z.literal('x'), z.number().max(3)]),
      mail: z.email({ error: ({ input }) => `${input} is no address` }),
      code: z.string().regex(/^[A-Z]+$/),
    }),
    numbers: z.array(z.number()),
    query: z.object({ page: z.int(), ids: z.array(z.int()), all: z.boolean() }).partial(),
  },
  valibot: {
    article: toStandardJsonSchema(
      v.object({ name: v.string(), tags: v.array(v.object({ label: v.string() })), 'a/b~c': v.number() }),
    ),
    secrets: toStandardJsonSchema(
      v.object({
        pin: v.union([v.literal('x'), v.pipe(v.number(), v.maxValue(3))]),
        mail: v.pipe(v.string(), v.trim(), v.email()),
        code: v.pipe(v.string(), v.regex(/^[A-Z]+$/)),
      }),
    ),
    numbers: toStandardJsonSchema(v.array(v.number())),
    query: toStandardJsonSchema(
      v.partial(
        v.object({ page: v.pipe(v.number(), v.integer()), ids: v.array(v.number()), all: v.boolean() }),
      ),
    ),
  },
  arktype: {
    article: type({ name: 'string', tags: type({ label: 'string' }).array(), 'a/b~c': 'number' }),
    secrets: type({ pin: '"x" | number < 3', mail: 'string.email >= 100', code: '/^[A-Z]+$/' }),
    numbers: type('number[]'),
    query: type({ 'page?': 'number.integer', 'ids?': 'number.integer[]', 'all?': 'boolean' }),
  },
  joi: {
    article: Joi.object({
      name: Joi.string().required(),
      tags: Joi.array().items(Joi.object({ label: Joi.string().required() })),
      'a/b~c': Joi.number().required(),
    }),
    secrets: Joi.object({
      pin: Joi.alternatives(Joi.valid('x'), Joi.number().max(3)),
      mail: Joi.string().email().messages({ 'string.email': '{{#value}} is no address' }),
      code: Joi.string()
        .lowercase()
        .pattern(/^[A-Z]+$/),
    }),
    numbers: Joi.array().items(Joi.number()),
    query: Joi.object({
      page: Joi.number().integer(),
      ids: Joi.array().items(Joi.number()),
      all: Joi.boolean(),
    }),
  },
  'jsonSchema()': {
    article: jsonSchema({
      type: 'object',
      properties: {
        name: { type: 'string' },
        tags: { type: 'array', items: { type: 'object', properties: { label: { type: 'string' } } } },
        'a/b~c': { type: 'number' },
      },
      required: ['name', 'tags', 'a/b~c'],
    }),
    secrets: jsonSchema({
      type: 'object',
      properties: {
        pin: { anyOf: [{ const: 'x' }, { type: 'number', maximum: 3 }] },
        mail: { type: 'string', format: 'email' },
        code: { type: 'string', pattern: '^[A-Z]+$' },
      },
    }),
    numbers: jsonSchema({ type: 'array', items: { type: 'number' } }),
    query: jsonSchema({
      type: 'object',
      properties: {
        page: { type: 'integer' },
        ids: { type: 'array', items: { type: 'integer' } },
        all: { type: 'boolean' },
      },
    }),
  },
}

describe.each(Object.entries(libraries))('a schema of %s', (_, { article, secrets, numbers, query }) => {
  it('returns the value synchronously', () => {
    const value = { name: 'a', tags: [{ label: 'b' }], 'a/b~c': 1 }
    expect(validate(article, value)).toEqual({ value })
    expect(Object.keys(validate(article, value))).toEqual(['value'])
  })

  it('reports all issues with their paths', () => {
    const issues = issuesOf(article, { name: 7, tags: [{ label: 'b' }, { label: 7 }], 'a/b~c': {} })
    expect(issues.map(({ path }) => path).sort()).toEqual([['a/b~c'], ['name'], ['tags', 1, 'label']])
    for (const issue of issues) {
      expect(Object.keys(issue).sort()).toEqual(['detail', 'path'])
      expect(issue.detail).toMatch(/string|number/)
    }
  })

  it('names a missing member', () => {
    expect(issuesOf(article, { tags: [], 'a/b~c': 1 }).map(({ path }) => path)).toEqual([['name']])
  })

  it('never repeats a value', () => {
    const hostile = [
      'hunter2-secret',
      'two "quoted" (was "hidden-secret") words-secret',
      'a but received b-secret',
      'secret\nline-secret',
      '" fails to match-secret',
      ') must be...-secret',
      ' Padded-Secret ',
    ]
    for (const secret of hostile) {
      const issues = issuesOf(secrets, { pin: secret, mail: secret, code: `${secret}!` })
      expect(issues.length).toBeGreaterThanOrEqual(3)
      expect(JSON.stringify(issues).toLowerCase()).not.toContain('secret')
    }
    expect(
      JSON.stringify(issuesOf(secrets, { pin: 87654321, mail: 87654321, code: 87654321 })),
    ).not.toContain('8765')
  })

  it('reports at most 100 issues', () => {
    const issues = issuesOf(
      numbers,
      Array.from({ length: 1000 }, (_, index) => `secret-${index}`),
    )
    expect(issues).toHaveLength(100)
    expect(issues[99]?.path).toEqual([99])
  })

  it('handles hostile members', () => {
    const hostile = JSON.parse(
      '{"name":1,"tags":[],"a/b~c":1,"__proto__":{"name":"secret"},"constructor":{}}',
    )
    expect(issuesOf(article, hostile).map(({ path }) => path)).toContainEqual(['name'])
    expect(({} as { name?: string }).name).toBeUndefined()
  })

  it('accepts the coerced strings of a query', () => {
    const coerce = coercionOf(jsonSchemaOf(query, 'input'))
    const given = Object.assign(Object.create(null), { page: '2', ids: '7', all: 'false' })
    expect(validate(query, coerce(given))).toEqual({ value: { page: 2, ids: [7], all: false } })
    expect(issuesOf(query, coerce({ page: 'x' })).map(({ path }) => path)).toEqual([['page']])
  })

  it('removes unknown columns', () => {
    for (const io of ['input', 'output'] as const) {
      const row = { name: 'a', password: 'p', tags: [{ label: 'b', password: 'p' }], 'a/b~c': 1 }
      const pruned = prunerOf(jsonSchemaOf(article, io))(row)
      expect(pruned).toEqual({ name: 'a', tags: [{ label: 'b' }], 'a/b~c': 1 })
    }
  })
})

describe('asynchronous validation', () => {
  it.each<[string, Schema]>([
    ['zod', z.object({ a: z.string().refine(async (text) => text !== 'taken') })],
    [
      'valibot',
      v.objectAsync({
        a: v.pipeAsync(
          v.string(),
          v.checkAsync(async (text) => text !== 'taken'),
        ),
      }),
    ],
    [
      'joi',
      Joi.object({
        a: Joi.string().external((text, { error }) => (text === 'taken' ? error('any.invalid') : text)),
      }),
    ],
  ])('is awaited with %s', async (_, schema) => {
    const late = validate(schema, { a: 'free' })
    expect(late).toBeInstanceOf(Promise)
    expect(await late).toEqual({ value: { a: 'free' } })
    expect(await validate(schema, { a: 'taken' })).toMatchObject({ issues: [{ path: ['a'] }] })
  })
})

function issuesOf(schema: Schema, value: unknown): readonly Issue[] {
  const validated = validate(schema, value)
  if (validated instanceof Promise || !('issues' in validated)) throw new Error('There should be issues')
  return validated.issues
}
