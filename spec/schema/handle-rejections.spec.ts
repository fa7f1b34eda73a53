/** Schemas that `zod/compile` compiles when they first validate: the same values, issues and errors. */
import 'zod/compile'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { validate } from '../../lib/schema/validate.ts'
import { testApp } from '../support/test-app.ts'
import './rejections.spec.ts' // with compiled schemas

const Reading = z.object({
  station: z.string().min(1).max(100),
  celsius: z.number().min(-100).max(100),
  at: z.iso.datetime().default('2026-11-24T12:00:00.000Z'),
})

describe('zod/compile', () => {
  it('leaves the values and the issues of an endpoint as they were', async () => {
    const { fetch } = await testApp((api) => {
      api.post(
        '/readings',
        { body: Reading, response: { 201: Reading.extend({ id: z.int() }) } },
        ({ body }) => ({
          id: 1,
          secret: 'x',
          ...body,
        }),
      )
      api.get('/days/:day', { query: z.object({ limit: z.int() }) }, ({ query }) => query)
    })
    const post = (content: unknown) =>
      fetch('/readings', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(content),
      })
    for (let count = 0; count < 3; count++) {
      const response = await post({ station: 'Abisko', celsius: -3.5, more: true })
      expect([response.status, await response.json()]).toEqual([
        201,
        { id: 1, station: 'Abisko', celsius: -3.5, at: '2026-11-24T12:00:00.000Z' },
      ])
      const refused = await post({ station: '', celsius: 'cold' })
      expect(refused.status).toBe(422)
      expect(await refused.json()).toMatchObject({ errors: [{}, {}] })
      expect(await (await fetch('/days/1?limit=7')).json()).toEqual({ limit: 7 })
    }
  })

  it('compiles a schema whose checks may be asynchronous', async () => {
    const schema = z.object({ station: z.string().refine((station) => station === 'Abisko', 'Unknown') })
    for (let count = 0; count < 3; count++) {
      expect(await validate(schema, { station: 'Abisko' })).toEqual({ value: { station: 'Abisko' } })
      expect(schema.safeParse({ station: 'Abisko' }).success).toBe(true)
      expect(await validate(schema, { station: 'Kiruna' })).toMatchObject({ issues: [{ detail: 'Unknown' }] })
      expect(schema.safeParse({ station: 'Kiruna' }).success).toBe(false)
    }
  })
})
