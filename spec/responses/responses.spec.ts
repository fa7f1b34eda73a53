/** Responses checked against their schemas, by status and media type, in every form a handler returns. */
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, created, type Endpoint, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { until } from '../support/form.ts'
import { polka, polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { libraries, list, lists, SECRET, showApp, TYPES, user } from '../support/users.ts'

// biome-ignore lint/suspicious/noExplicitAny: invalid types are tested here
type Any = any

describe.each(Object.entries(libraries))('validate: strip with %s', (_name, { one, many }) => {
  it('sends only declared members, of an object and of nested objects (SMO-093, SMO-095)', async () => {
    const { get, logger } = await showApp({ response: one }, user)
    expect(JSON.parse((await get()).text)).toEqual({ id: 1, name: 'Ada', address: { city: 'Łódź' } })
    for (const accept of TYPES) {
      const { status, text } = await get(accept)
      expect([accept, status, text.includes('Ada'), logger.text()]).toEqual([accept, 200, true, ''])
      expect(text).not.toMatch(/hunter2|password/)
    }
  })

  it.each(Object.entries(lists))(
    'sends only declared members of %s, in every media type (SMO-093, SMO-099)',
    async (_kind, make) => {
      const { get, logger } = await showApp({ response: many }, make)
      for (const accept of TYPES) {
        const { status, text } = await get(accept)
        expect([accept, status, text.includes('Ada'), logger.text()]).toEqual([accept, 200, true, ''])
        expect(text).not.toMatch(/hunter2|password/)
      }
    },
  )

  it('responds with 500 to data that does not conform: the log has its path, and no value is sent (SMO-095)', async () => {
    const { get, logger } = await showApp({ response: many }, () => [user(), { ...user(), address: SECRET }])
    const { status, text, headers } = await get()
    expect([status, headers.get('content-type')]).toEqual([500, 'application/problem+json'])
    expect(JSON.parse(text)).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 })
    expect(logger.text()).toContain("The data of 'show' does not fit its response: #/1/address")
    expect(logger.text()).not.toContain(SECRET)
  })
})

describe.each(polkas)('response on $name', ({ polka: make }) => {
  it('is stripped and checked before the first byte is sent', async () => {
    const response = z.object({ id: z.int() })
    const { get } = await showApp({ response }, user, { polka: make })
    expect((await get()).text).toBe('{"id":1}')
    const broken = await showApp({ response }, () => ({ id: 'x' }), { polka: make })
    expect((await broken.get()).status).toBe(500)
  })

  it('breaks the connection and stops the stream at the row that does not conform', async () => {
    let stopped = false
    async function* rows() {
      try {
        yield { id: 1 }
        await new Promise((resolve) => setTimeout(resolve, 30))
        yield { id: SECRET }
        yield { id: 3 }
      } finally {
        stopped = true
      }
    }
    const response = z.array(z.object({ id: z.int() }))
    const { raw, logger } = await showApp({ response }, rows, { polka: make })
    const text = await raw('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(text).toContain('{"id":1}')
    expect(text).not.toMatch(/hunter2|"id":3|\r\n0\r\n\r\n$/)
    await until(() => stopped && logger.lines.length > 0)
    expect(logger.text()).toContain('#/1/id')
    expect(logger.text()).not.toContain(SECRET)
  })
})

describe('validate', () => {
  const response = z.object({ id: z.int(), at: z.date().transform((date) => date.getUTCFullYear()) })
  const at = new Date(0)

  it("'strip' is the default and sends the output of the schema", async () => {
    const { get } = await showApp({ response }, () => ({ id: 1, at, more: true }))
    expect((await get()).text).toBe('{"id":1,"at":1970}')
  })

  it("'check' sends the data when it conforms, 'trust' in any case", async () => {
    const checked = await showApp({ response, validate: 'check' }, () => ({ id: 1, at, more: true }))
    expect((await checked.get()).text).toBe('{"id":1,"at":"1970-01-01T00:00:00.000Z","more":true}')
    const refused = await showApp({ response, validate: 'check' }, () => ({ id: 1, more: true }))
    expect([(await refused.get()).status, refused.logger.text()]).toEqual([
      500,
      expect.stringContaining('#/at'),
    ])
    const trusted = await showApp({ response, validate: 'trust' }, () => ({ id: 'x' }))
    expect((await trusted.get()).text).toBe('{"id":"x"}')
  })

  it('checks streamed rows one by one', async () => {
    const rows = z.array(z.object({ id: z.int() }))
    async function* good() {
      yield { id: 1, more: true }
    }
    const checked = await showApp({ response: rows, validate: 'check' }, good)
    expect((await checked.get()).text).toBe('[{"id":1,"more":true}]')
    const refused = await showApp({ response: rows, validate: 'check' }, () => Readable.from([{ id: 'x' }]))
    expect([(await refused.get()).status, refused.logger.text()]).toEqual([
      500,
      expect.stringContaining('#/0/id'),
    ])
  })

  it('of an endpoint overrides that of its blueprint (SMO-218)', async () => {
    const data = () => ({ id: 'x' })
    const trusting = await showApp({ response }, data, { validate: 'trust' })
    expect((await trusting.get()).status).toBe(200)
    const strict = await showApp({ response, validate: 'strip' }, data, { validate: 'trust' })
    expect((await strict.get()).status).toBe(500)
  })

  it('waits for asynchronous schemas, of values and of rows', async () => {
    const slow = z.object({ id: z.int().refine(async (id) => id < 3) })
    const one = await showApp({ response: slow }, user)
    expect((await one.get()).text).toBe('{"id":1}')
    const many = await showApp({ response: z.array(slow) }, () => ReadableStream.from(list()))
    expect((await many.get('text/csv')).text).toBe('id\r\n1\r\n2\r\n')
    const wrong = await showApp({ response: z.array(slow) }, () => Readable.from([{ id: 3 }]))
    expect([(await wrong.get()).status, wrong.logger.text()]).toEqual([
      500,
      expect.stringContaining('#/0/id'),
    ])
  })

  it('does not change data without a declared response (SMO-094)', async () => {
    for (const [data, text] of [
      [null, 'null'],
      [0, '0'],
      [false, 'false'],
      ['', '""'],
      [[1], '[1]'],
    ] as const) {
      const { get } = await showApp({}, () => data)
      expect(await get()).toMatchObject({ status: 200, text })
    }
  })
})

describe('a schema that asks for text', () => {
  class ObjectId {
    toJSON() {
      return 'a1'
    }
  }
  class Model {
    #row = { id: new ObjectId(), at: new Date(0), password: SECRET }
    toJSON() {
      return this.#row
    }
  }
  const sent = { id: 'a1', at: '1970-01-01T00:00:00.000Z' }
  const shapes: [string, Any, Any][] = [
    [
      'zod',
      z.object({ id: z.string(), at: z.iso.datetime() }),
      z.array(z.object({ id: z.string(), at: z.iso.datetime() })),
    ],
    [
      'jsonSchema',
      jsonSchema({
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string' }, at: { type: 'string', format: 'date-time' } },
      }),
      jsonSchema({
        type: 'array',
        items: { type: 'object', properties: { id: { type: 'string' }, at: { type: 'string' } } },
      }),
    ],
  ]

  it.each(shapes)('takes a Date, an ObjectId and rows with toJSON, with %s', async (_name, one, many) => {
    const row = () => ({ id: new ObjectId(), at: new Date(0), password: SECRET })
    for (const [response, make, expected] of [
      [one, row, sent],
      [one, () => new Model(), sent],
      [many, () => [row(), new Model()], [sent, sent]],
      [many, () => new Set([row()]), [sent]],
      [
        many,
        async function* () {
          yield row()
          yield new Model()
        },
        [sent, sent],
      ],
    ] as const) {
      const { get, logger } = await showApp({ response }, make)
      const { status, text } = await get()
      expect([status, logger.text()]).toEqual([200, ''])
      expect(JSON.parse(text)).toEqual(expected)
    }
  })

  it('writes any value that a JSON Schema leaves open', async () => {
    const response = jsonSchema({ type: 'array', items: { type: 'object', properties: { a: {}, list: {} } } })
    for (const [a, text] of [
      [1, '1'],
      [5n, '"5"'],
      [new Map([['x', 1n]]), '{"x":"1"}'],
      [{ toJSON: () => new Set([1]) }, '[1]'],
      [new Uint8Array([1]), '"AQ=="'],
    ] as const) {
      const { get, logger } = await showApp({ response }, () => [{ a, password: SECRET }, { list: [a] }])
      expect([(await get()).text, logger.text()]).toEqual([`[{"a":${text}},{"list":[${text}]}]`, ''])
    }
  })

  it('still refuses what JSON would not write as text', async () => {
    const { get } = await showApp({ response: z.object({ id: z.string() }) }, () => ({ id: 7 }))
    expect((await get()).status).toBe(500)
  })

  it('validates the JSON form of rows with toJSON, not their fields', async () => {
    class Masked {
      card = '4111 1111 1111 1111'
      toJSON() {
        return { card: '…1111' }
      }
    }
    const { get } = await showApp({ response: z.object({ card: z.string() }) }, () => new Masked())
    expect((await get()).text).toBe('{"card":"…1111"}')
  })
})

describe('the status', () => {
  const any = z.object({ a: z.int() })
  const status = async (options: Any, handler: (request: Any) => Any = () => ({ a: 1 })) =>
    (await (await showApp(options, handler)).get()).status

  it('is that of the Representation, of the option, the only declared 2xx, or 200, in this order (SMO-092, SMO-096)', async () => {
    const response = { 200: any, 201: any, 404: any }
    expect(await status({ response: { 201: any, 404: any } })).toBe(201)
    expect(await status({ response })).toBe(200)
    expect(await status({ response, status: 201 })).toBe(201)
    expect(await status({ response: any, status: 201 })).toBe(201)
    expect(await status({ response, status: 201 }, () => serializeResponse({ a: 1 }, { status: 200 }))).toBe(
      200,
    )
    expect(await status({ response }, () => serializeResponse({ a: 1 }, { status: 404 }))).toBe(404)
  })

  it('selects the schema', async () => {
    const response = { 200: z.object({ a: z.int() }), 202: z.object({ b: z.int() }) }
    const both = { a: 1, b: 2 }
    const one = await showApp({ response }, () => both)
    expect((await one.get()).text).toBe('{"a":1}')
    const other = await showApp({ response }, () => serializeResponse(both, { status: 202 }))
    expect((await other.get()).text).toBe('{"b":2}')
  })

  it('is a 500 when it is not declared, and the log names it', async () => {
    const { get, logger } = await showApp({ response: { 200: any } }, () =>
      serializeResponse({ a: SECRET }, { status: 203 }),
    )
    const { text, ...rest } = await get()
    expect([rest.status, logger.text()]).toEqual([
      500,
      expect.stringContaining("The endpoint 'show' answers 203, which its response does not declare"),
    ])
    expect(text).not.toContain(SECRET)
    expect(await status({ response: any }, () => undefined)).toBe(500)
  })

  it('of a success needs no declaration where only errors are declared (SMO-108)', async () => {
    const response = { 404: z.object({ status: z.int() }) }
    expect(await status({ response })).toBe(200)
    expect(await status({ response }, () => abort(404))).toBe(404)
    expect(await status({ response }, () => abort(409))).toBe(409)
  })

  it('without content is declared by null (SMO-098)', async () => {
    const nothing = async (options: Any, handler: (request: Any, response: Any) => Any = () => undefined) => {
      const { status, headers, text } = await (await showApp(options, handler)).get()
      return [status, headers.get('content-type'), text]
    }
    const written = (_request: Any, _response: Any) => undefined
    expect(await nothing({ response: { 204: null } })).toEqual([204, null, ''])
    expect(await nothing({ response: { 204: null } }, written)).toEqual([204, null, ''])
    expect(await nothing({ response: { 204: { description: 'Gone' } } })).toEqual([204, null, ''])
    expect(await nothing({ response: { 200: any, 204: null } }, written)).toEqual([204, null, ''])
    expect(await nothing({ response: { 202: null } })).toEqual([202, null, ''])
    expect(await nothing({ response: { 202: null } }, written)).toEqual([202, null, ''])
    expect(await nothing({ response: { 200: any, 202: null } })).toEqual([202, null, ''])
    expect(await nothing({ response: { 204: null } }, () => user())).toEqual([204, null, ''])
  })

  it('is 201 with Location for created(), beside other header fields (SMO-096, SMO-100)', async () => {
    const { get } = await showApp({ response: { 201: any } }, () =>
      created(
        '/things/7',
        { a: 1, more: true },
        {
          headers: [
            ['x-mine', 'a'],
            ['x-mine', 'b'],
          ],
        },
      ),
    )
    const { status, headers, text } = await get()
    expect([status, headers.get('location'), headers.get('x-mine'), text]).toEqual([
      201,
      '/things/7',
      'a, b',
      '{"a":1}',
    ])
  })
})

describe('a response the handler makes itself', () => {
  const options = { response: { 201: z.object({ id: z.int() }) } }

  it('is sent as it is: a web Response, bytes over time (SMO-097, SMO-103)', async () => {
    const made = await showApp(
      options,
      () => new Response('mine', { status: 203, headers: { 'x-mine': '1' } }),
    )
    const { status, headers, text } = await made.get()
    expect([status, headers.get('x-mine'), text]).toEqual([203, '1', 'mine'])
    const bytes = await showApp(options, () => Readable.from([Buffer.from('by')], { objectMode: false }))
    expect(await bytes.get()).toMatchObject({ status: 201, text: 'by' })
    const taken = await showApp(options, (_request, response) => void response.end('taken'))
    expect(await taken.get()).toMatchObject({ status: 200, text: 'taken' })
  })

  it('has its stream destroyed where it is not sent: HEAD, no content, an undeclared status', async () => {
    const streams: Readable[] = []
    const stream = () => {
      const source = Readable.from(list())
      streams.push(source)
      return source
    }
    const head = await showApp({ response: z.array(z.object({ id: z.int() })) }, stream)
    expect(await head.get('application/json', 'HEAD')).toMatchObject({ status: 200, text: '' })
    const none = await showApp({ response: { 204: null } }, stream)
    expect((await none.get()).status).toBe(204)
    const undeclared = await showApp(options, () => serializeResponse(stream(), { status: 202 }))
    expect((await undeclared.get()).status).toBe(500)
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true])
  })
})

describe('a custom mixin', () => {
  /** Counts the items sent, in a field that is an option of the endpoint. */
  class Counting extends RestBlueprint {
    protected override prepare(endpoint: Endpoint<Any>): void {
      super.prepare(endpoint)
      const { response } = endpoint.options
      if (!response) return
      endpoint.mixin('Counting', [])
      endpoint.on('before/notes', ({ request }) => void Object.assign(request, { notes: ['x-count'] }))
      endpoint.on('describe/count', (exchange) => {
        const [name] = (exchange.request as Any).notes
        exchange.fields = {
          ...exchange.fields,
          [name]: String(Object.keys(exchange.result?.data as object).length),
        }
      })
    }
  }

  it('sees the output of the schema, and keeps its own state per request (SMO-219, SMO-220)', async () => {
    const app = polka()
    const api = new Counting('api').get('/', { response: z.object({ id: z.int() }) }, user as Any)
    api.register(app)
    const { fetch } = await serve(app)
    expect((await fetch('/')).headers.get('x-count')).toBe('1')
  })

  it('that tags responses tags the output of the schema (SMO-107)', async () => {
    let password = 'a'
    const response = z.object({ id: z.int() })
    const { get, fetch } = await showApp({ response, etag: true }, () => ({ id: 1, password }))
    const etag = (await get()).headers.get('etag') ?? ''
    password = 'b'
    const headers = { accept: 'application/json', 'if-none-match': etag }
    expect((await fetch('/', { headers })).status).toBe(304)
  })
})
