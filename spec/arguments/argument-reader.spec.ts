/** The policy for unknown members: every library, in every location that has the option. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { RestBlueprint, Schema, UnknownPolicy } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { multipart } from '../../lib/multipart.ts'
import { testApp } from '../support/test-app.ts'

/** `{ id: text; home?: { city: text } }`, which a library treats in its own way at both levels. */
const schemas: Readonly<Record<string, Schema>> = {
  'z.object': z.object({ id: z.string(), home: z.object({ city: z.string() }).optional() }),
  'z.strictObject': z.strictObject({
    id: z.string(),
    home: z.strictObject({ city: z.string() }).optional(),
  }),
  'z.looseObject': z.looseObject({ id: z.string(), home: z.looseObject({ city: z.string() }).optional() }),
  'v.object': toStandardJsonSchema(
    v.object({ id: v.string(), home: v.optional(v.object({ city: v.string() })) }),
  ),
  'v.strictObject': toStandardJsonSchema(
    v.strictObject({ id: v.string(), home: v.optional(v.strictObject({ city: v.string() })) }),
  ),
  'v.looseObject': toStandardJsonSchema(
    v.looseObject({ id: v.string(), home: v.optional(v.looseObject({ city: v.string() })) }),
  ),
  arktype: type({ id: 'string', 'home?': { city: 'string' } }),
  "arktype '+': 'ignore'": type({ '+': 'ignore', id: 'string', 'home?': { '+': 'ignore', city: 'string' } }),
  "arktype '+': 'delete'": type({ '+': 'delete', id: 'string', 'home?': { '+': 'delete', city: 'string' } }),
  "arktype '+': 'reject'": type({ '+': 'reject', id: 'string', 'home?': { '+': 'reject', city: 'string' } }),
  'jsonSchema()': jsonSchema({
    type: 'object',
    properties: {
      id: { type: 'string' },
      home: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
    required: ['id'],
  }),
  'jsonSchema() with additionalProperties: true': jsonSchema({
    type: 'object',
    properties: {
      id: { type: 'string' },
      home: { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: true },
    },
    required: ['id'],
    additionalProperties: true,
  }),
  'jsonSchema() with additionalProperties: false': jsonSchema({
    type: 'object',
    properties: {
      id: { type: 'string' },
      home: { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false },
    },
    required: ['id'],
    additionalProperties: false,
  }),
}

const known = { id: 'a', home: { city: 'x' } }
const more = { id: 'a', x: '1', home: { city: 'x', y: '2' } }

describe.each(Object.entries(schemas))('unknown members, with a schema of %s,', (_library, schema) => {
  const start = (unknown: UnknownPolicy) =>
    testApp(
      (api: RestBlueprint) => {
        api.contentParser.parses('multipart/form-data', multipart())
        const incoming = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']
        const echo = (name: string) => (request: object) => ({
          ...(request as Readonly<Record<string, object>>)[name],
        })
        api.post('/body', { body: schema, incoming }, echo('body'))
        api.post('/map', { body: { 'application/json': schema } }, echo('body'))
        api.post('/files', { body: schema, files: { file: {} } }, echo('body'))
        api.get('/query', { query: schema }, echo('query'))
        api.get('/headers', { headers: schema }, ({ headers }) => ({ id: headers.id, x: headers.x ?? null }))
        api.get('/cookies', { cookies: schema }, echo('cookies'))
        api.patch('/patch', { patch: { schema, current: () => ({ id: 'b' }) } }, echo('changes'))
      },
      { unknown },
    )

  const form = (members: object) => {
    const data = new FormData()
    for (const [name, value] of Object.entries(members))
      data.append(name, typeof value === 'string' ? value : JSON.stringify(value))
    return data
  }
  const post = async (unknown: UnknownPolicy, path: string, content: unknown) => {
    const { fetch } = await start(unknown)
    const isForm = content instanceof FormData || content instanceof URLSearchParams
    const response = await fetch(path, {
      method: path === '/patch' ? 'PATCH' : 'POST',
      ...(isForm
        ? {}
        : {
            headers: {
              'content-type': path === '/patch' ? 'application/merge-patch+json' : 'application/json',
            },
          }),
      body: isForm ? content : JSON.stringify(content),
    })
    const value = (await response.json()) as { errors: { pointer: string }[] }
    return response.status === 422 ? value.errors.map(({ pointer }) => pointer) : value
  }

  it.each(['/body', '/map', '/patch'])(
    'of JSON at %s are dropped, refused or kept at every level',
    async (path) => {
      expect(await post('drop', path, more)).toEqual(known)
      expect(await post('refuse', path, more)).toEqual(expect.arrayContaining(['#/x', '#/home/y']))
      expect(await post('refuse', path, known)).toEqual(known)
      if (path !== '/patch') expect(await post('keep', path, more)).toEqual(more)
    },
  )

  it('of forms are dropped, refused or kept', async () => {
    const urlencoded = new URLSearchParams({ id: 'a', x: '1' })
    expect(await post('drop', '/body', urlencoded)).toEqual({ id: 'a' })
    expect(await post('refuse', '/body', urlencoded)).toEqual(['#/x'])
    expect(await post('keep', '/body', urlencoded)).toEqual({ id: 'a', x: '1' })
    for (const path of ['/body', '/files']) {
      expect(await post('drop', path, form(more))).toEqual(known)
      expect(await post('refuse', path, form(more))).toEqual(expect.arrayContaining(['#/x', '#/home/y']))
      expect(await post('keep', path, form(more))).toEqual(more)
    }
  })

  it('of the query are dropped, refused or kept', async () => {
    expect((await (await start('drop')).get('/query?id=a&x=1')).value).toEqual({ id: 'a' })
    expect((await (await start('refuse')).get('/query?id=a&x=1')).errors).toEqual([
      { detail: 'Unknown parameter', in: 'query', parameter: 'x' },
    ])
    expect((await (await start('keep')).get('/query?id=a&x=1')).value).toEqual({ id: 'a', x: '1' })
  })

  it('of cookies are dropped, or kept, and never refused', async () => {
    for (const unknown of ['drop', 'refuse', 'keep'] as const) {
      const { get } = await start(unknown)
      const expected = unknown === 'keep' ? { id: 'a', x: '1' } : { id: 'a' }
      expect((await get('/cookies', { cookie: 'id=a; x=1' })).value).toEqual(expected)
    }
  })

  it('of header fields stay under every policy, as sent: request.headers is an object of Node.js', async () => {
    for (const unknown of ['drop', 'refuse', 'keep'] as const) {
      const { get } = await start(unknown)
      expect((await get('/headers', { id: 'a', x: '1' })).value).toEqual({ id: 'a', x: '1' })
    }
  })
})

describe('unknown parameters of the path', () => {
  const id = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }

  it.each<[string, Schema]>([
    ['z.object', z.object({ id: z.string() })],
    ['z.strictObject', z.strictObject({ id: z.string() })],
    ['z.looseObject', z.looseObject({ id: z.string() })],
    ['v.strictObject', toStandardJsonSchema(v.strictObject({ id: v.string() }))],
    ['v.looseObject', toStandardJsonSchema(v.looseObject({ id: v.string() }))],
    ["arktype '+': 'reject'", type({ '+': 'reject', id: 'string' })],
    ["arktype '+': 'ignore'", type({ id: 'string' })],
    ['jsonSchema()', jsonSchema({ ...id, additionalProperties: true })],
  ])('are dropped, or kept, and never refused: %s', async (_library, params) => {
    for (const unknown of ['drop', 'refuse', 'keep'] as const) {
      const { get } = await testApp((api) =>
        api.get('/:id/:x', { params, unknown }, (request) => request.params),
      )
      expect((await get('/a/1')).value).toEqual(unknown === 'keep' ? { id: 'a', x: '1' } : { id: 'a' })
    }
  })
})

it('takes a member getReader for data, in content and in responses', async () => {
  const { outcome } = await testApp((api) => {
    api.post('/checked', { body: z.object({ n: z.number() }) }, ({ body }) => body)
    api.post('/echo', ({ body }) => body)
  })
  const content = { n: 'x', getReader: 1 }
  expect((await outcome('POST /checked', {}, content)).status).toBe(422)
  expect(await outcome('POST /echo', {}, content)).toEqual({ status: 200, value: content })
})
