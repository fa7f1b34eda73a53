import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { type InputOf, isSchema, type OutputOf, schemaOf } from '../../lib/schema/schema.ts'

describe('isSchema', () => {
  it.each([
    ['zod', z.string()],
    ['valibot', v.string()],
    ['valibot, wrapped', toStandardJsonSchema(v.string())],
    ['arktype, a function', type('string')],
    ['joi', Joi.string()],
  ])('accepts %s', (_, schema) => {
    expect(isSchema(schema)).toBe(true)
    expect(schemaOf(schema, 'The body of upload')).toBe(schema)
  })

  it.each([undefined, null, 1, 'string', {}, () => true, { '~standard': {} }, { '~standard': null }])(
    'refuses %j',
    (value) => {
      expect(isSchema(value)).toBe(false)
    },
  )
})

describe('schemaOf', () => {
  it('names the location and the value in the TypeError', () => {
    const message = (value: unknown) => {
      try {
        return schemaOf(value, "The body of 'upload'")
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        return (error as Error).message
      }
    }
    expect(message('nonsense')).toMatch(/^The body of 'upload' is no schema: "nonsense" has no ~standard/)
    expect(message(undefined)).toMatch(/undefined has no/)
    expect(message([1])).toMatch(/an array has no/)
    expect(message({ name: z.string() })).toMatch(/an object with name has no/)
    expect(message(new Map())).toMatch(/an instance of Map has no/)
    expect(message(function upload() {})).toMatch(/function upload has no/)
  })

  it.each([{ type: 'object' }, { $ref: '#/x' }, { properties: {} }, { anyOf: [] }])(
    'explains how to wrap the plain JSON Schema %j',
    (plain) => {
      expect(() => schemaOf(plain, 'The query')).toThrow(
        "The query is no schema: it is a plain JSON Schema; wrap it by jsonSchema() of 'mazurka/json-schema'",
      )
    },
  )
})

describe('InputOf and OutputOf', () => {
  it('are the input and output types of a schema', () => {
    const schema = z.object({ n: z.string().transform(Number) })
    expectTypeOf<InputOf<typeof schema>>().toEqualTypeOf<{ n: string }>()
    expectTypeOf<OutputOf<typeof schema>>().toEqualTypeOf<{ n: number }>()
    const ark = type({ n: 'string.numeric.parse' })
    expectTypeOf<OutputOf<typeof ark>>().toEqualTypeOf<{ n: number }>()
  })
})
