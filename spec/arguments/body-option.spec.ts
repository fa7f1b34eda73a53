/** The body option: JSON, forms and text, validated by schemas of several libraries. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  BadRequest,
  type RestBlueprint,
  type Schema,
  type UnknownPolicy,
  UnprocessableContent,
} from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { multipart } from '../../lib/multipart.ts'
import { polkas } from '../support/polka.ts'
import { testApp } from '../support/test-app.ts'

const FORM = 'application/x-www-form-urlencoded'

interface Library {
  /** `{ name: text; age?: integer; tags?: { label: text }[] }` */
  readonly pet: Schema
  /** The policy of the library itself. */
  readonly defaultPolicy: UnknownPolicy
}

const libraries: Readonly<Record<string, Library>> = {
  zod: {
    defaultPolicy: 'drop',
    pet: z.object({
      name: z.string(),
      age: z.int().optional(),
      tags: z.array(z.object({ label: z.string() })).optional(),
    }),
  },
  'strict zod': {
    defaultPolicy: 'refuse',
    pet: z.strictObject({
      name: z.string(),
      age: z.int().optional(),
      tags: z.array(z.strictObject({ label: z.string() })).optional(),
    }),
  },
  valibot: {
    defaultPolicy: 'drop',
    pet: toStandardJsonSchema(
      v.object({
        name: v.string(),
        age: v.optional(v.pipe(v.number(), v.integer())),
        tags: v.optional(v.array(v.object({ label: v.string() }))),
      }),
    ),
  },
  arktype: {
    defaultPolicy: 'keep',
    pet: type({ name: 'string', 'age?': 'number.integer', 'tags?': type({ label: 'string' }).array() }),
  },
  joi: {
    defaultPolicy: 'refuse',
    pet: Joi.object({
      name: Joi.string().required(),
      age: Joi.number().integer(),
      tags: Joi.array().items(Joi.object({ label: Joi.string().required() })),
    }).required(),
  },
  jsonSchema: {
    defaultPolicy: 'keep',
    pet: jsonSchema({
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        age: { type: 'integer' },
        tags: {
          type: 'array',
          items: { type: 'object', required: ['label'], properties: { label: { type: 'string' } } },
        },
      },
    }),
  },
}

const at = (pointer: string) => ({ detail: expect.any(String), pointer })

describe.each(Object.entries(libraries))('content validated by %s', (_library, { pet, defaultPolicy }) => {
  const start = (options = {}) =>
    testApp((api) => void api.post('/', { body: pet }, ({ body }) => body as object), options)

  it('SMO-042 SMO-062 SMO-063 becomes the output of the schema', async () => {
    const { post } = await start()
    const value = { name: 'Mazurek', tags: [{ label: 'small' }, { label: 'brown' }] }
    expect(await post('/', value)).toEqual({ status: 200, value })
  })

  it('SMO-083 SMO-085 is refused with all its issues, each with a JSON Pointer', async () => {
    const { post } = await start()
    const answer = await post('/', { age: 'x', tags: [{ label: 'a' }, { label: 7 }] })
    expect(answer.status).toBe(422)
    expect(answer.errors).toHaveLength(3)
    expect(answer.errors).toEqual(expect.arrayContaining(['#/name', '#/age', '#/tags/1/label'].map(at)))
  })

  it('SMO-045 SMO-047 is required, and a 422 when it is of another type', async () => {
    const { post } = await start()
    const required = { status: 422, errors: [{ detail: 'Content is required', pointer: '#' }] }
    expect(await post('/')).toEqual(required)
    expect(await post('/', undefined, 'application/json')).toEqual(required)
    for (const content of ['null', '7', '"text"']) {
      expect(await post('/', content)).toEqual({ status: 422, errors: [at('#')] })
    }
    expect((await post('/', '[]')).status).toBe(422)
  })

  const withUnknown = { name: 'x', role: 'admin', tags: [{ label: 'a', 'a/b~c': 1 }] }
  const known = { name: 'x', tags: [{ label: 'a' }] }
  const refused = (detail: string) => ['#/role', '#/tags/0/a~1b~0c'].map((pointer) => ({ detail, pointer }))

  it('SMO-069 SMO-070 SMO-071 has unknown members dropped, refused or kept, by the option of the endpoint', async () => {
    const { post } = await testApp((api) => {
      for (const unknown of ['drop', 'refuse', 'keep'] as const)
        api.post(`/${unknown}`, { body: pet, unknown }, ({ body }) => body as object)
    })
    expect(await post('/drop', withUnknown)).toEqual({ status: 200, value: known })
    expect(await post('/keep', withUnknown)).toEqual({ status: 200, value: withUnknown })
    expect(await post('/refuse', withUnknown)).toEqual({
      status: 422,
      errors: refused('Unknown member'),
    })
    expect(await post('/refuse', known)).toEqual({ status: 200, value: known })
    expect((await post('/keep', { ...withUnknown, name: 7 })).errors).toEqual([at('#/name')])
    expect((await post('/refuse', { role: 'x' })).errors).toEqual(
      expect.arrayContaining([at('#/name'), at('#/role')]),
    )
  })

  it('SMO-070 has unknown members treated as the library does, unless the blueprint has a policy', async () => {
    const answer = await (await start()).post('/', withUnknown)
    if (defaultPolicy === 'refuse') expect(answer.status).toBe(422)
    else expect(answer.value).toEqual(defaultPolicy === 'drop' ? known : withUnknown)
    const { post } = await start({ unknown: 'drop' })
    expect((await post('/', withUnknown)).value).toEqual(known)
    expect((await (await start({ unknown: 'refuse' })).post('/', withUnknown)).status).toBe(422)
  })

  it('SMO-054 SMO-051 of a form is coerced from text', async () => {
    const { post } = await testApp(
      (api) => void api.post('/', { body: pet, incoming: [FORM] }, ({ body }) => body as object),
    )
    expect(await post('/', 'name=7&age=12', FORM)).toEqual({ status: 200, value: { name: '7', age: 12 } })
    expect(await post('/', 'name=x&age=old', FORM)).toEqual({ status: 422, errors: [at('#/age')] })
  })
})

describe.each(polkas)('content on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options = {}) =>
    testApp(declare, { polka, ...options })
  const any = z.record(z.string(), z.unknown())

  it('SMO-043 SMO-044 is of a media type the endpoint lists, or a 415; it is parsed without a schema too', async () => {
    const { post } = await start((api) => {
      api.post('/', { body: any }, ({ body }) => body)
      api.post(
        '/any',
        { body: any, incoming: ['application/json', 'application/*+json'] },
        ({ body }) => body,
      )
      api.post('/free', ({ body }) => [body])
    })
    const value = { a: 1 }
    expect(await post('/', value, 'Application/JSON; charset=utf-8')).toEqual({ status: 200, value })
    expect(await post('/any', value, 'application/vnd.pets+json')).toEqual({ status: 200, value })
    expect(await post('/', value, 'application/vnd.pets+json')).toMatchObject({ status: 415 })
    expect(await post('/', value, 'text/json')).toMatchObject({ status: 415 })
    expect(await post('/', value, 'text/plain')).toMatchObject({ status: 415 })
    expect(await post('/', new Blob(['{}']))).toMatchObject({ status: 415 })
    expect((await post('/free', [1])).value).toEqual([[1]])
  })

  it('SMO-046 SMO-048 that is no JSON is a 400 that repeats nothing of it', async () => {
    const { post, fetch } = await start((api) => void api.post('/', { body: any }, ({ body }) => body))
    for (const content of [
      '{"hunter2',
      'hunter2',
      '{"a":NaN}',
      '{"a":1} hunter2',
      '{"__proto__":{"x":1}}',
      '',
    ]) {
      const answer = await post('/', content || ' ')
      expect([content, answer.status, answer.errors]).toEqual([content, 400, undefined])
      expect(answer.detail).not.toContain('hunter2')
    }
    const headers = { 'content-type': 'application/json' }
    const latin1 = Buffer.from('{"a":"\xff"}', 'latin1')
    expect((await fetch('/', { method: 'POST', headers, body: latin1 })).status).toBe(400)
    expect((await post('/', '{"a":1,"a":2}')).value).toEqual({ a: 2 })
  })

  it('SMO-049 is read on any method', async () => {
    const body = z.object({ n: z.int() })
    const { outcome, raw } = await start((api) => {
      api.delete('/', { body }, ({ body }) => body)
      api.query('/', { body }, ({ body }) => body)
      api.get('/', { body }, ({ body }) => body)
    })
    expect((await outcome('DELETE /', {}, { n: 1 })).value).toEqual({ n: 1 })
    const head = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n'
    expect(await raw(`${head}Content-Length: 7\r\n\r\n{"n":2}`)).toMatch(/\r\n\r\n\{"n":2\}$/)
  })

  it('SMO-050 may be a list', async () => {
    const body = z.array(z.object({ name: z.string() }))
    const { post } = await start((api) => void api.post('/', { body }, ({ body }) => body))
    expect((await post('/', [])).value).toEqual([])
    expect((await post('/', [{ name: 'a' }, {}])).errors).toEqual([at('#/1/name')])
    expect((await post('/', { name: 'a' })).errors).toEqual([at('#')])
  })

  it('SMO-058 SMO-073 may have a schema for each media type, and the types listed are those accepted', async () => {
    const { post, api } = await start((api) => {
      const body = {
        'application/json': z.object({ n: z.int() }),
        [FORM]: z.object({ m: z.array(z.int()) }),
        'text/plain': z.string().min(3),
        'application/*+json': z.object({ o: z.literal(1) }),
      }
      api.post('/', { body, name: 'take' }, ({ body }) => [body])
    })
    expect(api.incoming.getMimetypes('take')).toHaveLength(4)
    expect((await post('/', { n: 1 })).value).toEqual([{ n: 1 }])
    expect((await post('/', 'm=1', FORM)).value).toEqual([{ m: [1] }])
    expect((await post('/', 'm=1&m=2', FORM)).value).toEqual([{ m: [1, 2] }])
    expect((await post('/', 'abc', 'text/plain')).value).toEqual(['abc'])
    expect((await post('/', { o: 1 }, 'application/vnd.x+json')).value).toEqual([{ o: 1 }])
    expect((await post('/', { m: [1] })).errors).toEqual([at('#/n')])
    expect((await post('/', 'n=1', FORM)).errors).toEqual([at('#/m')])
    expect((await post('/', 'ab', 'text/plain')).errors).toEqual([at('#')])
    expect(await post('/', 'a', 'text/csv')).toMatchObject({ status: 415 })
  })

  it('SMO-054 of a form is refused when it has __proto__, too many fields or too long ones', async () => {
    const body = z.object({ q: z.string().max(5).optional() })
    const { post } = await start(
      (api) => void api.post('/', { body, incoming: [FORM] }, ({ body }) => body),
      { limits: { maxBodyBytes: 20_000 } },
    )
    expect(await post('/', '__proto__=1', FORM)).toMatchObject({ status: 400 })
    expect(await post('/', 'a&'.repeat(1001), FORM)).toMatchObject({ status: 400 })
    expect(await post('/', 'q=123456', FORM)).toEqual({ status: 422, errors: [at('#/q')] })
    expect(await post('/', `q=${'x'.repeat(20_000)}`, FORM)).toMatchObject({ status: 413 })
  })
})

describe('content that is optional', () => {
  it('SMO-063 SMO-072 is undefined when it is absent, or the default', async () => {
    const pet = z.object({ name: z.string() })
    const { post } = await testApp((api) => {
      api.post('/optional', { body: pet.optional() }, ({ body }) => ({
        body: body === undefined ? 'none' : body,
      }))
      api.post('/default', { body: pet.default({ name: 'x' }) }, ({ body }) => ({ body }))
      api.post('/described', { body: { schema: pet, description: 'A pet' } }, ({ body }) => ({ body }))
    })
    expect((await post('/optional')).value).toEqual({ body: 'none' })
    expect((await post('/default')).value).toEqual({ body: { name: 'x' } })
    expect((await post('/optional', { name: 1 })).errors).toEqual([at('#/name')])
    expect((await post('/described', { name: 'y' })).value).toEqual({ body: { name: 'y' } })
    expect((await post('/described')).errors).toEqual([at('#')])
  })
})

describe('unknown members that are kept', () => {
  it('are added to the output of the schema, and never replace its members', async () => {
    const body = z.object({ a: z.string().transform(Number) }).transform(({ a }) => ({ doubled: a * 2 }))
    const { post } = await testApp((api) => void api.post('/', { body, unknown: 'keep' }, ({ body }) => body))
    expect((await post('/', { a: '2', b: 1, doubled: 'x' })).value).toEqual({ doubled: 4, b: 1 })
  })
})

describe('an invalid body option', () => {
  it.each([
    [
      { body: z.string(), unknown: 'strip' },
      /'take' cannot have unknown: 'strip'; use 'refuse', 'drop', 'keep'/,
    ],
    [{ body: {} }, /The body of 'take' is no schema/],
    [{ body: 'text' }, /The body of 'take' is no schema/],
    [{ body: { schema: 7 } }, /The body of 'take' is no schema/],
    [{ body: { 'application/json': {} } }, /The body of 'take' as application\/json is no schema/],
    [{ body: { 'application/json': z.string(), other: z.string() } }, /is no schema/],
    [{ body: { 'application/json': z.string() }, incoming: ['text/plain'] }, /no schema for text\/plain/],
    [{ body: { 'text/csv': z.string() } }, /accepts text\/csv, which the content parser cannot parse/],
  ])('is a TypeError at registration: %#', async (options, message) => {
    const started = testApp((api) => void api.post('/', { ...options, name: 'take' } as object, () => 1))
    await expect(started).rejects.toThrow(message)
  })
})

describe('a blueprint', () => {
  it('SMO-067 SMO-068 can respond to issues with another status and its own members', async () => {
    const { fetch } = await testApp((api) => {
      api.errorHandler(UnprocessableContent, ({ detail, members: { errors = [] } }) => {
        return new BadRequest(detail, { errors, headers: { 'x-hint': 'see the docs' } })
      })
      api.get('/', { query: z.object({ n: z.int() }) }, () => 'never')
    })
    const answer = await fetch('/')
    expect([answer.status, answer.headers.get('x-hint')]).toEqual([400, 'see the docs'])
    expect(await answer.json()).toMatchObject({ status: 400, errors: [{ in: 'query', parameter: 'n' }] })
  })

  it('SMO-052 accepts delimited lists that a schema splits', async () => {
    const ids = z
      .string()
      .transform((text) => (text === '' ? [] : text.split(',')))
      .pipe(z.array(z.coerce.number<string>()))
    const { get } = await testApp(
      (api) => void api.get('/', { query: z.object({ ids }) }, ({ query }) => query.ids),
    )
    expect((await get('/?ids=1,2,3')).value).toEqual([1, 2, 3])
    expect((await get('/?ids=')).value).toEqual([])
    const [error] = (await get('/?ids=1,x')).errors ?? []
    expect(error).toEqual({ detail: expect.stringMatching(/^1: /), in: 'query', parameter: 'ids' })
  })
})

describe('a custom parser', () => {
  it('SMO-075 produces the value that the schema validates', async () => {
    const { post } = await testApp((api) => {
      api.contentParser.parses('text/csv', async (content) => (await content.text()).split(','))
      const body = z.array(z.string().transform(Number))
      api.post('/', { body, incoming: ['text/csv'] }, ({ body }) => body)
    })
    expect((await post('/', '1,2', 'text/csv')).value).toEqual([1, 2])
  })
})

describe('the JSON Pointer of an issue', () => {
  it.each([
    ['a/b', '#/a~1b'],
    ['m~n', '#/m~0n'],
    ['~1', '#/~01'],
    ['', '#/'],
    ['ł %', '#/%C5%82%20%25'],
  ])('SMO-085 has escaped names: %j', async (name, pointer) => {
    const schemas = {
      zod: z.object({ [name]: z.number() }),
      valibot: v.object({ [name]: v.number() }),
      joi: Joi.object({ [name]: Joi.number() }),
      jsonSchema: jsonSchema({ type: 'object', properties: { [name]: { type: 'number' } } }),
    }
    const { post } = await testApp((api) => {
      for (const library of Object.keys(schemas) as (keyof typeof schemas)[])
        api.post(`/${library}`, { body: schemas[library] as Schema }, () => 1)
    })
    for (const library of Object.keys(schemas)) {
      expect([library, await post(`/${library}`, { [name]: 'x' })]).toEqual([
        library,
        { status: 422, errors: [at(pointer)] },
      ])
    }
  })
})

describe('Dates and bigints in JSON', () => {
  const schemas: [string, Schema][] = [
    ['zod', z.object({ at: z.date(), n: z.bigint().optional() })],
    ['valibot', toStandardJsonSchema(v.object({ at: v.date(), n: v.optional(v.bigint()) }))],
    ['arktype', type({ at: 'Date', 'n?': 'bigint' })],
  ]

  it.each(schemas)('that an API answered can be sent back to it, with %s', async (_library, body) => {
    const { post } = await testApp((api) => {
      api.post('/', { body, response: body }, ({ body }) => {
        const { at, n } = body as { at: Date; n: bigint }
        if (!(at instanceof Date) || typeof n !== 'bigint') throw new TypeError('text')
        return body as object
      })
    })
    const value = { at: '2026-05-01T00:00:00.000Z', n: '12345678901234567890' }
    expect(await post('/', value)).toEqual({ status: 200, value })
    for (const at of ['x', 7, null, ['2026-05-01'], '2026-02-30'])
      expect((await post('/', { ...value, at })).errors, String(at)).toEqual([
        { detail: expect.any(String), pointer: '#/at' },
      ])
    expect((await post('/', { ...value, n: '1.5' })).errors).toEqual([
      { detail: expect.any(String), pointer: '#/n' },
    ])
  })
})

describe('an HTML form', () => {
  const pet = z.object({
    name: z.string(),
    age: z.int().optional(),
    tame: z.boolean().default(false),
    home: z.object({ city: z.string() }).optional(),
    note: z.string().optional(),
  })
  const start = () =>
    testApp((api) => {
      api.contentParser.parses('multipart/form-data', multipart())
      api.post('/', { body: { [FORM]: pet, 'multipart/form-data': pet } }, ({ body }) => body)
    })

  it('has no member for an empty optional number, and true for a checkbox', async () => {
    const { post } = await start()
    expect(await post('/', 'name=Rex&age=&tame=on&note=', FORM)).toEqual({
      status: 200,
      value: { name: 'Rex', tame: true, note: '' },
    })
    expect((await post('/', 'name=Rex&age=x', FORM)).errors).toEqual([at('#/age')])
    expect(await post('/', 'name=', FORM)).toEqual({ status: 200, value: { name: '', tame: false } })
  })

  it('as multipart has its fields as the body, without the option files', async () => {
    const { post } = await start()
    const form = new FormData()
    form.append('name', 'Rex')
    form.append('age', '3')
    form.append('home', new Blob(['{"city":"Gdynia"}'], { type: 'application/json' }))
    form.append('note', '{"is":"text"}')
    expect(await post('/', form)).toEqual({
      status: 200,
      value: { name: 'Rex', age: 3, tame: false, home: { city: 'Gdynia' }, note: '{"is":"text"}' },
    })
  })

  it('as multipart may have JSON parts, parsed where the schema has an object', async () => {
    const { post } = await start()
    const boundary = 'b'
    const part = (name: string, text: string, type = '') =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n${type}\r\n${text}\r\n`
    const json = 'Content-Type: application/json\r\n'
    const content = (home: string) =>
      `${part('name', '{"no":"object"}', json)}${part('home', home, json)}--${boundary}--\r\n`
    const type = `multipart/form-data; boundary=${boundary}`
    expect(await post('/', content('{"city":"Gdynia"}'), type)).toEqual({
      status: 200,
      value: { name: '{"no":"object"}', tame: false, home: { city: 'Gdynia' } },
    })
    expect((await post('/', content('{"city":'), type)).errors).toEqual([at('#/home')])
    expect((await post('/', content('{"__proto__":{},"city":"x"}'), type)).errors).toEqual([at('#/home')])
  })
})

describe('unknown', () => {
  const loose: [string, Schema][] = [
    ['z.looseObject', z.looseObject({ a: z.string(), in: z.looseObject({ b: z.string() }).optional() })],
    [
      'v.looseObject',
      toStandardJsonSchema(
        v.looseObject({ a: v.string(), in: v.optional(v.looseObject({ b: v.string() })) }),
      ),
    ],
    [
      'jsonSchema',
      jsonSchema({
        additionalProperties: true,
        properties: { a: {}, in: { additionalProperties: {}, properties: { b: {} } } },
      }),
    ],
  ]

  it.each(loose)(
    'holds for %s, in content and queries; without it the schema decides about content',
    async (_name, schema) => {
      const { post } = await testApp((api) => {
        for (const unknown of ['drop', 'refuse', 'keep'] as const)
          api.post(`/${unknown}`, { body: schema, query: schema, unknown }, ({ body, query }) => [
            body,
            query,
          ])
        api.post('/own', { body: schema, query: schema }, ({ body, query }) => [body, query])
      })
      const value = { a: 'x', c: 1, in: { b: 'y', d: 2 } }
      const known = { a: 'x', in: { b: 'y' } }
      expect((await post('/drop?a=q&z=1', value)).value).toEqual([known, { a: 'q' }])
      expect((await post('/keep?a=q&z=1', value)).value).toEqual([value, { a: 'q', z: '1' }])
      expect((await post('/own?a=q', value)).value).toEqual([value, { a: 'q' }])
      expect((await post('/refuse?a=q&z=1', value)).errors).toEqual([
        { detail: 'Unknown parameter', in: 'query', parameter: 'z' },
        ...['#/c', '#/in/d'].map((pointer) => ({ detail: 'Unknown member', pointer })),
      ])
    },
  )

  it('takes members of a declared type as known', async () => {
    const body = z.object({ a: z.string() }).catchall(z.int())
    const { post } = await testApp((api) => api.post('/', { body, unknown: 'refuse' }, ({ body }) => body))
    expect(await post('/', { a: 'x', n: 1 })).toEqual({ status: 200, value: { a: 'x', n: 1 } })
  })
})
