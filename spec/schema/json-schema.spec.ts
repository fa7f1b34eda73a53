import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchema } from '../../lib/json-schema.ts'
import { jsonSchemaOf } from '../../lib/schema/json-schema.ts'
import type { Schema } from '../../lib/schema/schema.ts'

const moment = { type: 'string', format: 'date-time' }
const bigint = { type: 'string', pattern: '^-?[0-9]+$' }

describe('jsonSchemaOf', () => {
  it.each<[string, Schema]>([
    ['zod', z.object({ at: z.date(), n: z.bigint(), f: z.file(), s: z.string() })],
    ['valibot', toStandardJsonSchema(v.object({ at: v.date(), n: v.bigint(), f: v.file(), s: v.string() }))],
    ['arktype', type({ at: 'Date', n: 'bigint', f: 'File', s: 'string' })],
  ])('describes Dates, bigints and files of %s, with the members beside them', (_, schema) => {
    for (const io of ['input', 'output'] as const) {
      const described = jsonSchemaOf(schema, io)
      expect(described?.properties).toMatchObject({
        ...{ at: moment, n: bigint, s: { type: 'string' } },
        f: { type: 'string', format: 'binary' },
      })
      expect((described as { properties: { at: unknown } }).properties.at).toEqual(moment)
      expect(described).not.toHaveProperty('$schema')
    }
  })

  it('describes Dates and files of valibot by their class', () => {
    const described = (schema: v.GenericSchema) => jsonSchemaOf(toStandardJsonSchema(schema), 'input')
    expect(described(v.instance(Date))).toEqual(moment)
    expect(described(v.instance(File))).toEqual({ type: 'string', format: 'binary' })
    expect(described(v.instance(URL))).toEqual({})
  })

  it('uses the JSON Schema of joi and of plain JSON Schemas', () => {
    const plain = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'string', minLength: 1 }
    expect(jsonSchemaOf(Joi.string(), 'input')).toEqual({ type: 'string', minLength: 1 })
    expect(jsonSchemaOf(jsonSchema(plain), 'output')).toEqual({ type: 'string', minLength: 1 })
    expect(plain).toHaveProperty('$schema')
  })

  it('distinguishes input and output', () => {
    const zod = z.object({ n: z.string().pipe(z.coerce.number()), d: z.number().default(1) })
    expect(jsonSchemaOf(zod, 'input')).toMatchObject({
      properties: { n: { type: 'string' } },
      required: ['n'],
    })
    expect(jsonSchemaOf(zod, 'output')).toMatchObject({
      properties: { n: { type: 'number' } },
      required: ['n', 'd'],
    })
    const output = (schema: v.GenericSchema<string, unknown>) =>
      jsonSchemaOf(toStandardJsonSchema(schema), 'output')
    expect(output(v.pipe(v.string(), v.toDate()))).toEqual(moment)
    expect(output(v.pipe(v.string(), v.toNumber()))).toEqual({ type: 'number' })
    expect(
      output(
        v.pipe(
          v.string(),
          v.transform((text) => [text]),
        ),
      ),
    ).toEqual({})
    expect(output(v.pipe(v.string(), v.trim()))).toEqual({ type: 'string' })
    expect(jsonSchemaOf(type('string.date.parse'), 'output')).toEqual(moment)
  })

  it('keeps the developer’s metadata of a Date', () => {
    const schema = z.object({ at: z.date().meta({ id: 'Moment', description: 'When', format: 'date' }) })
    expect(jsonSchemaOf(schema, 'input')?.$defs).toEqual({
      Moment: expect.objectContaining({ type: 'string', format: 'date', description: 'When' }),
    })
  })

  it('is undefined when a library has no JSON Schema or throws', () => {
    expect(jsonSchemaOf(v.string(), 'input')).toBeUndefined()
    const failing = {
      '~standard': {
        ...z.string()['~standard'],
        jsonSchema: {
          input: () => {
            throw new Error('no')
          },
          output: () => 'no',
        },
      },
    } as unknown as Schema
    expect(jsonSchemaOf(failing, 'input')).toBeUndefined()
    expect(jsonSchemaOf(failing, 'output')).toBeUndefined()
  })

  it('calls the hook first', () => {
    const asked: unknown[] = []
    const schema = z.string()
    const hook = (given: unknown, io: string) => {
      asked.push(given, io)
      return io === 'input' ? { $schema: 'x', type: 'integer' } : undefined
    }
    expect(jsonSchemaOf(schema, 'input', hook)).toEqual({ type: 'integer' })
    expect(jsonSchemaOf(schema, 'output', hook)).toEqual({ type: 'string' })
    expect(asked).toEqual([schema, 'input', schema, 'output'])
    expect(jsonSchemaOf(schema, 'input')).toEqual({ type: 'string' })
  })

  it('is cached', () => {
    const schema = type({ at: 'Date' })
    expect(jsonSchemaOf(schema, 'input')).toBe(jsonSchemaOf(schema, 'input'))
  })

  it('describes recursive schemas', () => {
    const Tree: z.ZodType = z.object({ n: z.date(), kids: z.array(z.lazy(() => Tree)) })
    expect(jsonSchemaOf(Tree, 'input')).toMatchObject({
      properties: { n: moment, kids: { items: { $ref: '#' } } },
    })
  })
})
