/** Path, query, header fields and cookies of a request, validated by schemas of several libraries. */
import { setTimeout as sleep } from 'node:timers/promises'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import type { RestBlueprint, Schema } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { polkas } from '../support/polka.ts'
import { testApp } from '../support/test-app.ts'

/** `{ page: integer from 1, default 1; tags: text[]; all: boolean; price: number }`, in each library. */
const filters: Readonly<Record<string, Schema>> = {
  zod: z.object({
    page: z.int().min(1).default(1),
    tags: z.array(z.string()).optional(),
    all: z.boolean().optional(),
    price: z.number().optional(),
  }),
  'strict zod': z.strictObject({
    page: z.int().min(1).default(1),
    tags: z.array(z.string()).optional(),
    all: z.boolean().optional(),
    price: z.number().optional(),
  }),
  valibot: toStandardJsonSchema(
    v.object({
      page: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
      tags: v.optional(v.array(v.string())),
      all: v.optional(v.boolean()),
      price: v.optional(v.number()),
    }),
  ),
  arktype: type({
    page: 'number.integer >= 1 = 1',
    'tags?': 'string[]',
    'all?': 'boolean',
    'price?': 'number',
  }),
  joi: Joi.object({
    page: Joi.number().integer().min(1).default(1),
    tags: Joi.array().items(Joi.string()),
    all: Joi.boolean(),
    price: Joi.number(),
  }),
  jsonSchema: jsonSchema({
    type: 'object',
    additionalProperties: false,
    properties: {
      page: { type: 'integer', minimum: 1, default: 1 },
      tags: { type: 'array', items: { type: 'string' } },
      all: { type: 'boolean' },
      price: { type: 'number' },
    },
  }),
}

const inQuery = (parameter: string) => ({ detail: expect.any(String), in: 'query', parameter })

describe.each(Object.entries(filters))('a query validated by %s', (_library, query) => {
  const start = (options = {}) =>
    testApp((api) => void api.get('/', { query }, ({ query }) => query as object), options)

  it('SMO-051 SMO-063 is coerced; absent parameters stay absent', async () => {
    const { get } = await start()
    const all = await get('/?page=2&tags=a,b&all=true&price=1.5e1')
    expect(all).toEqual({ status: 200, value: { page: 2, tags: ['a,b'], all: true, price: 15 } })
    expect(await get('/?tags=a&tags=b&all=0')).toEqual({
      status: 200,
      value: { page: 1, tags: ['a', 'b'], all: false },
    })
    expect((await get('/')).value).toEqual({ page: 1 })
  })

  it.each(['page=x', 'page=0', 'page=', 'page=1.5', 'page=2&page=3', 'page=0x10'])(
    'SMO-051 SMO-083 SMO-084 is a 422 when it is invalid: %s',
    async (text) => {
      const { get } = await start()
      expect(await get(`/?${text}`)).toEqual({ status: 422, errors: [inQuery('page')] })
    },
  )

  it('SMO-085 has all its issues in one 422', async () => {
    const { get } = await start()
    expect(await get('/?page=x&all=maybe&price=much')).toEqual({
      status: 422,
      errors: expect.arrayContaining(['page', 'all', 'price'].map(inQuery)),
    })
  })

  it('SMO-069 SMO-070 has unknown parameters dropped, refused or kept, by the option of the endpoint or the blueprint', async () => {
    const { get } = await testApp(
      (api) => {
        api.get('/default', { query }, ({ query }) => query as object)
        for (const unknown of ['drop', 'refuse', 'keep'] as const)
          api.get(`/${unknown}`, { query, unknown }, ({ query }) => query as object)
      },
      { unknown: 'refuse' },
    )
    const text = '?page=2&sort=x&__proto__=1'
    const refused = {
      status: 422,
      errors: ['sort', '__proto__'].map((parameter) => ({
        detail: 'Unknown parameter',
        in: 'query',
        parameter,
      })),
    }
    expect(await get(`/default${text}`)).toEqual(refused)
    expect(await get(`/refuse${text}`)).toEqual(refused)
    expect(await get(`/drop${text}`)).toEqual({ status: 200, value: { page: 2 } })
    expect(await get(`/keep${text}`)).toEqual({ status: 200, value: { page: 2, sort: 'x' } })
    expect((await (await start()).get(`/${text}`)).value).toEqual({ page: 2 })
    expect((await get('/keep?sort=1&sort=2&page=x')).errors).toEqual([inQuery('page')])
    expect((await get('/refuse?page=x&sort=1')).errors).toEqual([
      { detail: 'Unknown parameter', in: 'query', parameter: 'sort' },
      inQuery('page'),
    ])
  })
})

describe.each(polkas)('arguments on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options = {}) =>
    testApp(declare, { polka, ...options })

  it('SMO-029 SMO-060 SMO-062 reach the handler together, parsed and transformed', async () => {
    const { post } = await start((api) => {
      api.post(
        '/<int:id>/:day',
        {
          params: z.object({ id: z.int().max(100), day: z.iso.date().transform((day) => new Date(day)) }),
          query: z.object({
            sort: z
              .string()
              .default('name')
              .transform((name) => `by ${name}`),
          }),
          headers: z.object({ 'X-Count': z.int(), 'x-late': z.boolean().default(false) }),
          cookies: z.object({ session: z.string().min(3) }),
          body: z.object({ born: z.iso.date().transform((day) => new Date(day).getUTCFullYear()) }),
        },
        ({ params, query, headers, cookies, body }) => [
          [params.id, params.day.getUTCDate()],
          query.sort,
          [headers['X-Count'], headers['x-late'], headers['x-other']],
          cookies.session,
          body.born,
        ],
      )
    })
    const answer = await post(
      '/7/2024-05-09',
      { born: '1999-01-02' },
      { 'X-COUNT': '3', 'x-other': '1', cookie: 'session=a%20b; x=1' },
    )
    expect(answer).toEqual({ status: 200, value: [[7, 9], 'by name', [3, false, '1'], 'a b', 1999] })
  })

  it('SMO-064 SMO-083 SMO-084 of all locations have their issues in one 422, each with its place', async () => {
    const one = z.object({ n: z.int() })
    const { post } = await start((api) => {
      const options = { params: one, query: one, headers: one, cookies: one, body: one } as const
      api.post('/:n', options, () => 'never')
    })
    const answer = await post('/x', { n: 'x' }, { n: 'x', cookie: 'n=x' })
    const detail = expect.any(String)
    expect(answer).toEqual({
      status: 422,
      errors: [
        ...['path', 'query', 'header', 'cookie'].map((place) => ({ detail, in: place, parameter: 'n' })),
        { detail, pointer: '#/n' },
      ],
    })
  })

  it('SMO-030 are a 404 when a converter does not match, before any schema runs', async () => {
    const validated: unknown[] = []
    const params = z.object({ id: z.int().refine((id) => validated.push(id) > 0 && id < 5) })
    const { get } = await start((api) => void api.get('/x/<int:id>', { params }, ({ params }) => params), {
      prefix: '/api',
    })
    expect(await get('/api/x/-1')).toMatchObject({ status: 404 })
    expect(await get('/api/x/a')).toMatchObject({ status: 404 })
    expect(validated).toEqual([])
    expect((await get('/api/x/4')).value).toEqual({ id: 4 })
    expect(await get('/api/x/7')).toEqual({
      status: 422,
      errors: [{ detail: expect.any(String), in: 'path', parameter: 'id' }],
    })
  })

  it('are a 400 when there are too many, and a 422 when a schema finds one too long', async () => {
    const query = z.object({ q: z.string().max(10).optional() })
    const { get } = await start((api) => void api.get('/', { query }, ({ query }) => query), {
      limits: { maxParameters: 3 },
    })
    expect(await get('/?a=1&b=2&c=3')).toMatchObject({ status: 200 })
    expect(await get('/?a=1&b=2&c=3&d=4')).toMatchObject({ status: 400 })
    expect(await get(`/?q=${'x'.repeat(5000)}`)).toEqual({ status: 422, errors: [inQuery('q')] })
  })
})

describe('path parameters', () => {
  it('SMO-053 are replaced by the output of the schema, and never refused as unknown', async () => {
    const params = z.object({ id: z.string().transform(Number) })
    const { get } = await testApp((api) => void api.get('/:id/:other', { params }, ({ params }) => params), {
      unknown: 'refuse',
    })
    expect(await get('/7/x')).toEqual({ status: 200, value: { id: 7 } })
  })

  it('SMO-053 without a schema are kept by unknown: keep', async () => {
    const params = z.strictObject({ id: z.int() })
    const { get } = await testApp(
      (api) => void api.get('/:id/:other', { params, unknown: 'keep' }, ({ params }) => params),
    )
    expect(await get('/7/x')).toEqual({ status: 200, value: { id: 7, other: 'x' } })
  })
})

describe('header fields', () => {
  it.each(Object.entries(filters))(
    'SMO-055 match in any letter case, and unknown fields are ignored: %s',
    async (_library, headers) => {
      const { get } = await testApp(
        (api) => {
          api.get(
            '/',
            { headers },
            ({ headers: { page, all, tags } }: { headers: object & Record<string, unknown> }) => [
              page,
              all,
              tags ?? null,
            ],
          )
        },
        { unknown: 'refuse' },
      )
      expect((await get('/', { PAGE: '2', All: 'false', tags: 'a, b,c' })).value).toEqual([
        2,
        false,
        ['a', 'b', 'c'],
      ])
      expect(await get('/', { page: 'x' })).toEqual({
        status: 422,
        errors: [{ detail: expect.any(String), in: 'header', parameter: 'page' }],
      })
    },
  )

  it.each(['keep', 'drop', undefined] as const)(
    'are all readable beside those of the schema: unknown %s',
    async (unknown) => {
      const headers = z.object({ 'X-Count': z.int() })
      const { get } = await testApp(
        (api) =>
          void api.get('/', { headers, ...(unknown && { unknown }) }, ({ headers }) => [
            headers['X-Count'],
            headers['x-count'],
            headers['x-other'],
          ]),
      )
      expect(await get('/', { 'x-count': '3', 'X-Other': 'a' })).toEqual({
        status: 200,
        value: [3, '3', 'a'],
      })
    },
  )

  it('SMO-055 SMO-084 have issues under the name in the schema, and stay readable in lower case', async () => {
    const headers = z.object({ 'X-Request-ID': z.uuid(), 'X-Numbers': z.array(z.int()).optional() })
    const { get } = await testApp(
      (api) => void api.get('/', { headers }, ({ headers }) => [headers['X-Numbers'], headers['x-numbers']]),
    )
    expect(await get('/')).toEqual({
      status: 422,
      errors: [{ detail: expect.any(String), in: 'header', parameter: 'X-Request-ID' }],
    })
    const id = '2f1c1a52-6d0c-4a86-9ad5-6a3f4d9c2f11'
    expect((await get('/', { 'x-request-id': id, 'x-numbers': '1, 2 ,3' })).value).toEqual([
      [1, 2, 3],
      '1, 2 ,3',
    ])
  })
})

describe('cookies', () => {
  it('of a list are all those of its name; of any other name the first counts', async () => {
    const cookies = z.object({ ids: z.array(z.int()).optional(), page: z.int().optional() })
    const { get } = await testApp((api) => void api.get('/', { cookies }, ({ cookies }) => cookies))
    const read = async (cookie: string) => (await get('/', { cookie })).value
    expect(await read('ids=1; page=2;ids=2; page=3; ids=3')).toEqual({ ids: [1, 2, 3], page: 2 })
    expect(await read('ids=1')).toEqual({ ids: [1] })
    expect(await read('page=2')).toEqual({ page: 2 })
    expect((await get('/', { cookie: 'ids=1; ids=x' })).errors).toEqual([
      { detail: expect.stringMatching(/^1: /), in: 'cookie', parameter: 'ids' },
    ])
  })

  it.each(Object.entries(filters))(
    'SMO-056 are read by name, and unknown cookies are ignored: %s',
    async (_library, cookies) => {
      const { get } = await testApp(
        (api) => void api.get('/', { cookies }, ({ cookies }) => cookies as object),
        {
          unknown: 'refuse',
        },
      )
      const value = { page: 2, all: true }
      expect((await get('/', { cookie: 'page=2; other=x; all=1; __proto__=x' })).value).toEqual(value)
      expect((await get('/')).value).toEqual({ page: 1 })
      expect(await get('/', { cookie: 'page="x"' })).toEqual({
        status: 422,
        errors: [{ detail: expect.any(String), in: 'cookie', parameter: 'page' }],
      })
    },
  )
})

describe('a schema', () => {
  it('SMO-066 SMO-087 may have issues with all parameters together, and inside of one', async () => {
    const range = z
      .object({ from: z.int(), to: z.int(), ids: z.array(z.int()).optional() })
      .refine(({ from, to }) => from <= to, 'from is after to')
    const { get } = await testApp((api) => void api.get('/', { query: range }, ({ query }) => query))
    expect((await get('/?from=2&to=1')).errors).toEqual([{ detail: 'from is after to', in: 'query' }])
    const [error] = (await get('/?from=1&to=2&ids=1&ids=x')).errors ?? []
    expect(error).toEqual({ detail: expect.stringMatching(/^1: /), in: 'query', parameter: 'ids' })
  })

  it('SMO-039 SMO-062 may be asynchronous, in every location', async () => {
    const late = (limit: number) =>
      z.object({ n: z.int().refine(async (n) => n < limit, `n is ${limit} or more`) })
    const { post } = await testApp((api) => {
      const options = { query: late(3), body: late(2), headers: z.object({ host: z.string() }) } as const
      api.post('/', options, ({ query, body }) => [query, body])
    })
    expect((await post('/?n=2', { n: 1 })).value).toEqual([{ n: 2 }, { n: 1 }])
    expect(await post('/?n=3', { n: 2 })).toEqual({
      status: 422,
      errors: [
        { detail: 'n is 3 or more', in: 'query', parameter: 'n' },
        { detail: 'n is 2 or more', pointer: '#/n' },
      ],
    })
  })

  it('of zod that is asynchronous runs once per request', async () => {
    let lookups = 0
    const query = z.object({ n: z.int().refine(async (n) => ++lookups > 0 && n < 5, 'n is taken') })
    const { get } = await testApp((api) => void api.get('/', { query }, ({ query }) => query))
    expect((await get('/?n=2')).value).toEqual({ n: 2 })
    expect((await get('/?n=6')).errors).toEqual([{ detail: 'n is taken', in: 'query', parameter: 'n' }])
    expect(lookups).toBe(2)
  })

  it('that throws is a 500, and leaves no rejected promise of another location behind', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const schemaOf = (validate: () => never | Promise<never>): Schema => ({
      '~standard': { version: 1, vendor: 'mine', validate },
    })
    const rejects = schemaOf(() => sleep(5).then(() => Promise.reject(new Error('late'))))
    const throws = schemaOf(() => {
      throw new Error('at once')
    })
    const zodThrows = z.object({}).refine(() => {
      throw new Error('at once')
    })
    const { post, logger } = await testApp((api) => {
      api.post('/mine', { query: rejects, body: throws }, () => 'never')
      api.post('/zod', { query: rejects, body: zodThrows }, () => 'never')
    })
    for (const path of ['/mine', '/zod']) expect(await post(path, {})).toMatchObject({ status: 500 })
    await sleep(20)
    expect(unhandled).toEqual([])
    expect(logger.lines).toHaveLength(2)
    expect(logger.text()).not.toContain('late')
  })

  it('that is asynchronous and fails is a 500 in every location, and the process goes on', async () => {
    const away = async (): Promise<boolean> => {
      throw new Error('db away')
    }
    const part = z.string().refine(away)
    const object = z.object({ a: part })
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    const { status, ask, logger } = await testApp((api) => {
      api.post('/body', { body: object }, () => 'never')
      api.get('/query', { query: object }, () => 'never')
      api.get('/params/:a', { params: object }, () => 'never')
      api.get('/headers', { headers: object }, () => 'never')
      api.get('/cookies', { cookies: object }, () => 'never')
      api.get('/response', { response: object }, () => ({ a: 'x' }))
      api.get('/rows', { response: z.array(object) }, () => [{ a: 'x' }])
      api.get('/etag', { etag: { schema: object } }, () => ({ a: 'x' }))
      api.patch(
        '/patch',
        { patch: { schema: object }, etag: { current: () => ({ a: 'x' }), required: false } },
        () => 'never',
      )
    })
    const fields = { a: 'x', cookie: 'a=x' }
    for (const path of ['/query?a=x', '/params/x', '/headers', '/cookies', '/response', '/rows', '/etag'])
      expect([path, await status(path, fields)]).toEqual([path, 500])
    expect((await ask('POST /body', {}, { a: 'x' })).status).toBe(500)
    expect((await ask('PATCH /patch', 'application/merge-patch+json', '{"a":"y"}')).status).toBe(500)
    await sleep(20)
    expect(unhandled).toEqual([])
    expect(logger.lines).toHaveLength(9)
  })

  it('without a JSON Schema decides about unknown parameters itself, and gets strings', async () => {
    const plain = v.object({ page: v.pipe(v.string(), v.toNumber()) })
    const { get } = await testApp((api) => void api.get('/', { query: plain }, ({ query }) => query))
    expect((await get('/?page=2&x=1')).value).toEqual({ page: 2 })
  })

  it.each(['params', 'query', 'headers', 'cookies', 'body'])(
    'SMO-059 that is no schema is a TypeError at registration: %s',
    async (location) => {
      const started = testApp((api) => {
        api.get('/x', { name: 'find', [location]: { type: 'object' } } as object, () => 1)
      })
      await expect(started).rejects.toThrow(/'find'.*is no schema.*jsonSchema\(\)/)
    },
  )
})
