/** The response option: schemas by status and media type, and their documentation. */
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { polka } from '../support/polka.ts'
import { libraries, list, SECRET, showApp, user } from '../support/users.ts'

// biome-ignore lint/suspicious/noExplicitAny: invalid types are tested here
type Any = any

const S = z.object({ id: z.int() })

const registering = (options: Any) => () =>
  new RestBlueprint('api').get('/', { name: 'show', ...options }, () => 1 as Any).register(polka())

describe('a media type', () => {
  const byType = {
    'application/json': z.array(z.object({ id: z.int(), name: z.string() })),
    'text/csv': z.array(z.object({ name: z.string(), id: z.int() })),
    'application/*': z.array(z.object({ id: z.int() })),
  }

  const outgoing = ['application/json', 'text/csv', 'application/x-ndjson']

  it('may have a schema of its own (SMO-102, SMO-110)', async () => {
    for (const response of [byType, { 200: byType }, { 200: { schema: byType, description: 'All' } }]) {
      const { get } = await showApp({ response, outgoing }, list)
      expect((await get()).text).toBe('[{"id":1,"name":"Ada"},{"id":2,"name":"Ada"}]')
      expect((await get('text/csv')).text).toBe('name,id\r\nAda,1\r\nAda,2\r\n')
      expect((await get('application/x-ndjson')).text).toBe('{"id":1}\n{"id":2}\n')
    }
  })

  it('without a schema is a 500 where other media types have one: data is never sent unchecked', async () => {
    const { get, logger } = await showApp({ response: byType, outgoing }, () =>
      serializeResponse(list(), { contentType: 'text/html' }),
    )
    const { status, text } = await get()
    expect([status, logger.text()]).toEqual([500, expect.stringContaining('answers 200 as text/html')])
    expect(text).not.toContain(SECRET)
  })

  it('is offered because the map has it, and no other one (SMO-102)', async () => {
    const map = { 'text/csv': byType['text/csv'], 'application/json': byType['application/json'] }
    for (const response of [map, { 200: map, 404: null }, { 200: { schema: map }, 204: null }]) {
      const { ask, get } = await showApp({ response }, list)
      expect((await ask('/')).headers.get('content-type')).toMatch(/^text\/csv/)
      expect((await get()).text).toBe('[{"id":1,"name":"Ada"},{"id":2,"name":"Ada"}]')
      const { status, json } = await get('image/png')
      expect([status, json]).toMatchObject([406, { acceptable: ['text/csv', 'application/json'] }])
    }
  })

  it('is offered beside those of the blueprint where another success has one schema for all', async () => {
    const response = { 200: byType['application/*'], 202: { 'text/csv': byType['text/csv'] } }
    const { get } = await showApp({ response }, () => list())
    expect((await get('text/html')).status).toBe(200)
    expect((await get('text/csv')).text).toBe('id\r\n1\r\n2\r\n')
  })

  it('is offered as `outgoing` says, also by the map, after the declaration', async () => {
    const { get, api } = await showApp(
      {
        response: { 'text/csv': byType['text/csv'], '*/*': byType['application/*'] },
        outgoing: ['text/html', 'text/csv'],
      },
      list,
    )
    expect((await get('text/html')).text).toContain('<table')
    expect((await get('application/json')).status).toBe(406)
    api.outgoing.setMimetypes(['text/csv'], 'show')
    expect((await get('text/html')).status).toBe(406)
  })

  it('of an error is one of the errors, or of the data', async () => {
    const failure = z.object({ code: z.int() })
    const response = {
      200: S,
      404: { 'application/problem+json': failure, 'text/html': failure },
      409: { 'application/json': failure },
    }
    const { get } = await showApp({ response }, () =>
      serializeResponse({ code: 7, secret: 1 }, { status: 409 }),
    )
    expect(await get()).toMatchObject({ status: 409, text: '{"code":7}' })
  })

  it.each<[string, Any, RegExp]>([
    [
      'that outgoing lacks',
      { response: { 'text/csv': S, 'application/json': S }, outgoing: ['application/json'] },
      /The response 200 of 'show' has the type text\/csv, which is not sent: application\/json/,
    ],
    [
      'of a status that outgoing lacks',
      { response: { 201: { schema: { 'text/csv': S } } }, outgoing: [null] },
      /The response 201 of 'show' has the type text\/csv, which is not sent: application\/json/,
    ],
    [
      'of an error that is sent neither as an error nor as data',
      { response: { 200: S, 404: { 'text/csv': S } } },
      /The response 404 of 'show' has the type text\/csv, which is not sent: application\/json, application\/problem\+json, text\/html/,
    ],
    [
      'that no renderer is registered for',
      { response: { 'text/nope': S } },
      /'show' answers text\/nope, which the content renderer cannot render/,
    ],
    [
      'that is sent and has no schema',
      { response: { 'application/json': S }, outgoing: ['application/json', 'text/plain'] },
      /The response 200 of 'show' has no schema for text\/plain, which the endpoint sends/,
    ],
  ])('%s is a TypeError at registration', (_what, options, message) => {
    expect(registering(options)).toThrow(TypeError)
    expect(registering(options)).toThrow(message)
  })

  it('of a Representation selects its schema without parameters, and a +json type the schema of JSON', async () => {
    for (const contentType of ['text/csv; charset=utf-8', 'Application/JSON', 'application/hal+json']) {
      const { get, logger } = await showApp({ response: byType, outgoing }, () =>
        serializeResponse(list(), { contentType }),
      )
      const { status, text } = await get()
      expect([status, text.includes('Ada'), text.includes(SECRET), logger.text()]).toEqual([
        200,
        true,
        false,
        '',
      ])
    }
  })

  it('text/csv has the columns of the schema, also for an empty list and for streamed rows', async () => {
    const rows = [() => [], () => new Set(), async function* () {}, () => Readable.from([])]
    for (const { many } of Object.values(libraries).filter((_, index) => index !== 2)) {
      for (const empty of rows) {
        const { get } = await showApp({ response: many }, empty as () => unknown)
        expect((await get('text/csv')).text.trim().split(',').sort()).toEqual(['address', 'id', 'name'])
      }
    }
  })

  it('text/csv has the columns of the output of the schema, or of the data with validate: check', async () => {
    const response = z.array(
      z
        .object({ a: z.int() })
        .transform(({ a }) => ({ b: a }))
        .pipe(z.object({ b: z.int() })),
    )
    const renamed = await showApp({ response }, () => [{ a: 1 }])
    expect((await renamed.get('text/csv')).text).toBe('b\r\n1\r\n')
    const kept = await showApp({ response, validate: 'check' }, () => [{ a: 1 }])
    expect((await kept.get('text/csv')).text).toBe('a\r\n1\r\n')
  })
})

describe('a class of statuses, and default', () => {
  const failure = z.object({ code: z.int() })
  const response = {
    200: S,
    '4XX': failure,
    409: z.object({ version: z.int() }),
    default: z.object({ id: z.int() }),
  }
  const answer = { id: 1, code: 7, version: 3, secret: 1 }

  it.each([
    [200, '{"id":1}'],
    [404, '{"code":7}'],
    [409, '{"version":3}'],
    [503, '{"id":1}'],
  ])(
    'have the schema of the responses that are not declared by their own status: %i',
    async (status, text) => {
      const { get } = await showApp({ response }, () => serializeResponse(answer, { status }))
      expect(await get()).toMatchObject({ status, text })
    },
  )

  it('of successes is any of them, and no content where the status has none', async () => {
    const { get } = await showApp({ response: { '2XX': S }, status: 202 }, () => answer)
    expect(await get()).toMatchObject({ status: 202, text: '{"id":1}' })
    const created = await showApp({ response: { '2XX': S } }, () =>
      serializeResponse(answer, { status: 201 }),
    )
    expect(await created.get()).toMatchObject({ status: 201, text: '{"id":1}' })
    const none = await showApp({ response: { '2XX': null } }, () => undefined)
    expect(await none.get()).toMatchObject({ status: 204, text: '' })
  })

  it('default is for failures: an undeclared success stays a 500', async () => {
    const { get } = await showApp({ response }, () => serializeResponse(answer, { status: 201 }))
    expect((await get()).status).toBe(500)
    const free = await showApp({ response: { default: failure } }, () => answer)
    expect((await free.get()).text).toContain('secret')
  })

  it('cover the status of the endpoint where they are of successes', () => {
    expect(registering({ response: { '2XX': S }, status: 204 })).not.toThrow()
    expect(registering({ response: { 200: S, default: S }, status: 201 })).toThrow(/status 201 of 'show'/)
    for (const key of ['6XX', '1XX', '4xx', '4X'])
      expect(registering({ response: { 200: S, [key]: S } })).toThrow(TypeError)
  })
})

describe('the response option', () => {
  it('accepts { schema, description, examples, headers }, of which only the schema affects a response (SMO-100)', async () => {
    const described = {
      description: 'A user',
      examples: { ada: user() },
      headers: { 'x-documented': 'Never sent' },
    }
    for (const response of [{ schema: S, ...described }, { 200: { schema: S, ...described } }]) {
      const { get } = await showApp({ response }, user)
      const { headers, text } = await get()
      expect([text, headers.get('x-documented')]).toEqual(['{"id":1}', null])
    }
    const unsaid = await showApp({ response: { 200: described } }, () => ({ a: 1 }))
    expect((await unsaid.get()).text).toBe('{"a":1}')
    const none = await showApp({ response: { 202: { schema: null, ...described } } }, () => undefined)
    expect(await none.get()).toMatchObject({ status: 202, text: '' })
  })

  it('can be read from the endpoint', () => {
    const api = new RestBlueprint('api').get(
      '/',
      { response: { 200: { schema: S, description: 'A user' }, 204: null } },
      () => ({ id: 1 }),
    )
    const { responses } = api.endpoints[0] as Any
    expect(responses.get(200)).toMatchObject({ status: 200, described: { description: 'A user' } })
    expect([responses.get(200).schemas.get('*'), responses.get(204).schemas.size]).toEqual([S, 0])
  })

  it.each<[string, Any, RegExp]>([
    ['no schema', { response: { 201: 'text' } }, /response 201 of 'show' is no schema: "text"/],
    [
      'a plain JSON Schema',
      { response: { 200: { type: 'object' } } },
      /200 of 'show'.* wrap it by jsonSchema\(\)/,
    ],
    ['an empty map', { response: {} }, /response 200 of 'show' is no schema/],
    [
      'an invalid status',
      { response: { 200: S, 999: S } },
      /response of 'show' has the unknown status '999': write 200 to 599, '2XX' to '5XX' or 'default'/,
    ],
    [
      'an invalid class of statuses',
      { response: { 200: S, '4xx': S } },
      /the unknown status '4xx': write '4XX'/,
    ],
    ['such a class alone', { response: { '5xx': S } }, /the unknown status '5xx': write '5XX'/],
    [
      'no schema of a type',
      { response: { 200: { 'text/csv': 1 } } },
      /200 of 'show' as text\/csv is no schema/,
    ],
    [
      'an invalid media type',
      { response: { 200: { 'a/b/c': S } } },
      /200 of 'show' has the invalid media type "a\/b\/c"/,
    ],
    [
      'content of a status without content',
      { response: { 204: S } },
      /response 204 of 'show' has no content/,
    ],
    [
      'another status than its own',
      { response: { 200: S }, status: 201 },
      /status 201 of 'show' is not declared .* 200/,
    ],
    [
      'an unknown validation',
      { response: S, validate: 'maybe' },
      /'show' cannot have validate: 'maybe'; use 'strip', 'check', 'trust'/,
    ],
  ])('of %s is a TypeError at registration that names endpoint and status', (_what, options, message) => {
    expect(registering(options)).toThrow(TypeError)
    expect(registering(options)).toThrow(message)
  })
})
