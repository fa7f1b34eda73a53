/** Responses to invalid requests, which never repeat a value of the client. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Schema } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { multipart } from '../../lib/multipart.ts'
import { testApp } from '../support/test-app.ts'

describe('a value of the client', () => {
  const SECRET = 'hunter2-Zażółć'
  const secrets: Readonly<Record<string, Schema>> = {
    zod: z.object({
      a: z.enum(['x', 'y']),
      b: z.int().optional(),
      c: z.union([z.literal('x'), z.number()]),
      d: z.email({ error: ({ input }) => `${input} is no address` }),
    }),
    valibot: toStandardJsonSchema(
      v.object({
        a: v.picklist(['x', 'y']),
        b: v.optional(v.number()),
        c: v.union([v.literal('x'), v.number()]),
        d: v.pipe(v.string(), v.email()),
      }),
    ),
    arktype: type({ a: '"x" | "y"', 'b?': 'number', c: '"x" | number', d: 'string.email' }),
    joi: Joi.object({
      a: Joi.valid('x', 'y').required(),
      b: Joi.number(),
      c: Joi.alternatives(Joi.valid('x'), Joi.number()),
      d: Joi.string()
        .pattern(/^[a-z]@[a-z]$/)
        .messages({ 'string.pattern.base': '{{#value}} is no address' }),
    }),
    jsonSchema: jsonSchema({
      type: 'object',
      required: ['a'],
      properties: {
        a: { enum: ['x', 'y'] },
        b: { type: 'number' },
        c: { anyOf: [{ const: 'x' }, { type: 'number' }] },
        d: { type: 'string', format: 'email' },
      },
    }),
  }

  it.each(Object.entries(secrets))(
    'is never repeated by %s, in whatever location it was',
    async (_library, schema) => {
      const { fetch } = await testApp((api) => {
        const options = { params: schema, query: schema, headers: schema, cookies: schema, body: schema }
        api.post('/:a/:b/:c/:d', options, () => 'never')
      })
      const encoded = encodeURIComponent(SECRET)
      const text = ['a', 'b', 'c', 'd'].map((name) => `${name}=${encoded}`)
      const ascii = 'hunter2-field'
      const answer = await fetch(`/${[encoded, encoded, encoded, encoded].join('/')}?${text.join('&')}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          a: ascii,
          b: ascii,
          c: ascii,
          d: ascii,
          cookie: text.join('; '),
        },
        body: JSON.stringify({ a: SECRET, b: SECRET, c: { deep: [SECRET] }, d: SECRET }),
      })
      const content = await answer.text()
      expect(answer.status).toBe(422)
      expect(JSON.parse(content).errors.length).toBeGreaterThan(10)
      expect(content).not.toMatch(/hunter2/i)
      expect(content).not.toContain('Zażółć')
    },
  )

  it.each(Object.entries(secrets))('is never repeated by %s from a form', async (_library, schema) => {
    const { fetch } = await testApp((api) => {
      api.contentParser.parses('multipart/form-data', multipart())
      const incoming = ['application/x-www-form-urlencoded', 'multipart/form-data']
      for (const unknown of ['refuse', 'keep'] as const)
        api.post(`/${unknown}`, { body: schema, incoming, unknown }, () => 'never')
    })
    for (const path of ['/refuse', '/keep']) {
      for (const body of [new FormData(), new URLSearchParams()]) {
        for (const name of ['a', 'b', 'c', 'd', 'other']) body.append(name, SECRET)
        const answer = await fetch(path, { method: 'POST', body })
        const content = await answer.text()
        expect(answer.status).toBe(422)
        expect(content).not.toMatch(/hunter2|Zażółć/i)
      }
    }
  })
})
