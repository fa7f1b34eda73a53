/** Asynchronous checks that fail together: one error, and a living process. */
import { setImmediate as turn } from 'node:timers/promises'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { z as z3 } from 'zod/v3'
import { handleRejections } from '../../lib/schema/rejections.ts'
import type { Schema } from '../../lib/schema/schema.ts'
import { validate, validateNow } from '../../lib/schema/validate.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: schemas of every library
type Any = any

const error = new RangeError('db away')
const db = async (): Promise<never> => {
  throw error
}
const slow = async (): Promise<never> => {
  await turn()
  throw error
}
const wrong = (): never => {
  throw error
}

/** The rejections that nothing has handled. */
function unhandled(): unknown[] {
  const found: unknown[] = []
  const note = (reason: unknown) => void found.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return found
}

async function settled(): Promise<void> {
  for (let count = 0; count < 5; count++) await turn()
}

const kinds: [string, () => Schema, unknown][] = [
  ['two of zod', () => z.string().refine(db).refine(db), 'x'],
  ['a slow and a fast one of zod', () => z.string().refine(slow).refine(db), 'x'],
  ['one of zod, and one that throws', () => z.string().refine(db).refine(wrong), 'x'],
  [
    'members of zod',
    () => z.object({ a: z.string().refine(slow), b: z.string().refine(db) }),
    { a: '', b: '' },
  ],
  [
    'members of zod, one throws',
    () => z.object({ a: z.any().refine(db), b: z.any().refine(wrong) }),
    { a: 1, b: 1 },
  ],
  [
    'an object of zod and its member',
    () =>
      z
        .object({ a: z.any().refine(db) })
        .refine(db)
        .refine(db),
    { a: 1 },
  ],
  ['superRefine', () => z.string().superRefine(db).superRefine(db).superRefine(wrong), 'x'],
  ['check', () => z.string().check(db as Any, db as Any), 'x'],
  ['z.custom', () => z.custom(db).refine(db), 'x'],
  ['transforms', () => z.object({ a: z.any().transform(slow), b: z.any().transform(wrong) }), { a: 1, b: 1 }],
  ['a pipe', () => z.string().refine(db).refine(db).pipe(z.string().refine(db).refine(db)), 'x'],
  ['items', () => z.array(z.string().refine(slow).refine(db)), ['x', 'y']],
  ['a union', () => z.union([z.string().refine(db).refine(db), z.string().refine(wrong)]), 'x'],
  ['an intersection', () => z.intersection(z.any().refine(db), z.any().refine(wrong)), 'x'],
  ['z.lazy', () => z.lazy(() => z.object({ a: z.string().refine(db).refine(db) })), { a: 'x' }],
  ['zod/mini', () => mini.object({ a: mini.string().check(mini.refine(db), mini.refine(db)) }), { a: 'x' }],
  [
    'members of zod 3',
    () => z3.object({ a: z3.string().refine(slow), b: z3.string().refine(db) }),
    { a: '', b: '' },
  ],
  [
    'members of zod 3, one throws',
    () => z3.object({ a: z3.any().refine(db), b: z3.any().refine(wrong) }),
    { a: 1, b: 1 },
  ],
  ['two of zod 3', () => z3.string().refine(db).refine(db), 'x'],
  ['two of valibot', () => v.pipeAsync(v.string(), v.checkAsync(db), v.checkAsync(db)), 'x'],
  [
    'members of valibot',
    () =>
      v.objectAsync({
        a: v.pipeAsync(v.any(), v.checkAsync(slow)),
        b: v.pipeAsync(v.any(), v.check(wrong), v.checkAsync(db)),
      }),
    { a: 1, b: 1 },
  ],
  [
    'members of joi',
    () => Joi.object({ a: Joi.any().external(slow), b: Joi.any().external(db) }).external(db),
    { a: 1, b: 1 },
  ],
]

describe('checks that fail together', () => {
  it.each(kinds)('reject once: %s', async (_title, make, value) => {
    const lost = unhandled()
    const schema = make()
    for (let count = 0; count < 2; count++) {
      await expect(async () => validate(schema, value)).rejects.toBe(error)
      await settled()
    }
    expect(lost).toEqual([])
  })

  it('are a 500 in every place of a schema, and the process goes on', async () => {
    const lost = unhandled()
    const failing = () => z.string().refine(db).refine(slow).refine(db)
    const both = () => z.object({ a: failing(), b: failing() })
    const { status } = await testApp((api) => {
      const ok = () => ({ a: 'x', b: 'x' })
      api.post('/body', { body: both() }, () => ok())
      api.get('/query', { query: both() }, () => ok())
      api.get('/path/:a/:b', { params: both() }, () => ok())
      api.get('/headers', { headers: both() }, () => ok())
      api.get('/cookies', { cookies: both() }, () => ok())
      api.get('/response', { response: both() }, () => ok())
      api.get('/rows', { response: z.array(both()) }, function* () {
        for (let count = 0; count < 3; count++) yield ok()
      })
      api.patch('/patch', { patch: { schema: both(), current: ok } }, () => ok())
      api.get('/etag', { etag: { schema: z.object({ a: z.any().refine(() => db()) }) } }, () => ok())
      api.get('/all/:a/:b', { params: both(), query: both(), headers: both(), cookies: both() }, () => ok())
    })
    const fields = { a: 'x', b: 'x', cookie: 'a=x; b=x' }
    for (const line of [
      ...[
        'GET /query?a=x&b=x',
        'GET /path/x/x',
        'GET /headers',
        'GET /cookies',
        'GET /response',
        'GET /rows',
      ],
      ...['GET /etag', 'GET /all/x/x?a=x&b=x'],
    ])
      expect(await status(line, fields), line).toBe(500)
    expect(await status('POST /body', {}, { a: 'x', b: 'x' })).toBe(500)
    const type = { 'content-type': 'application/merge-patch+json' }
    expect(await status('PATCH /patch', type, { a: 'y' })).toBe(500)
    await settled()
    expect(lost).toEqual([])
  })
})

describe('handleRejections', () => {
  it('leaves synchronous validation as it was: exceptions are thrown, issues are returned', async () => {
    const lost = unhandled()
    const failing = z.object({ a: z.string().refine(wrong) })
    const sync = z.object({ a: z.string().refine((text) => text !== '', 'Empty') })
    const recursive = z.object({
      a: z.string().refine(() => true),
      get b() {
        return recursive.optional()
      },
    })
    await expect(async () => validate(failing, { a: 'x' })).rejects.toBe(error)
    expect(() => failing.parse({ a: 'x' })).toThrow(error)
    expect(await validate(sync, { a: '' })).toMatchObject({ issues: [{ detail: 'Empty' }] })
    expect(sync.safeParse({ a: '' }).success).toBe(false)
    expect(sync.parse({ a: 'x' })).toEqual({ a: 'x' })
    const value = { a: 'x', b: { a: 'y' } }
    expect([await validate(recursive, value), recursive.parse(value)]).toEqual([{ value }, value])
    const three = z3.object({ a: z3.string().refine(wrong) })
    await expect(async () => validate(three, { a: 'x' })).rejects.toBe(error)
    expect(() => three.parse({ a: 'x' })).toThrow(error)
    handleRejections(sync) // once
    expect(validateNow(sync, { a: 'x' })).toEqual({ value: { a: 'x' } })
    const late = mini.pipe(
      mini.string(),
      mini.transform(() => db()),
    )
    expect(validateNow(late as Schema, 'x')).toBeUndefined()
    await settled()
    expect(lost).toEqual([])
  })
})
