/** One order, said four times: how often to print it, and what it is. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { jsonSchema } from 'mazurka/json-schema'
import * as v from 'valibot'
import { z } from 'zod'

export const inZod = {
  query: z.object({ dry: z.boolean().default(false), copies: z.int().min(1).default(1) }),
  body: z.object({ title: z.string().min(1), tags: z.array(z.string()).default([]) }),
}

/** Valibot checks by itself; with toStandardJsonSchema it is documented, and the strings of a query are converted. */
export const inValibot = {
  query: toStandardJsonSchema(
    v.object({
      dry: v.optional(v.boolean(), false),
      copies: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
    }),
  ),
  body: toStandardJsonSchema(
    v.object({
      title: v.pipe(v.string(), v.minLength(1)),
      tags: v.optional(v.array(v.string()), []),
    }),
  ),
}

export const inArktype = {
  query: type({ dry: 'boolean = false', copies: 'number.integer >= 1 = 1' }),
  body: type({ title: 'string >= 1', tags: type('string[]').default(() => []) }),
}

/** Checked by Ajv. What is in it TypeScript cannot read, so the type is said as well. */
export const inJsonSchema = {
  query: jsonSchema<{ dry: boolean; copies: number }>({
    type: 'object',
    properties: {
      dry: { type: 'boolean', default: false },
      copies: { type: 'integer', minimum: 1, default: 1 },
    },
    additionalProperties: false,
  }),
  body: jsonSchema<{ title: string; tags: string[] }>({
    type: 'object',
    properties: {
      title: { type: 'string', minLength: 1 },
      tags: { type: 'array', items: { type: 'string' }, default: [] },
    },
    required: ['title'],
  }),
}
