/** Two endpoints with one path and method in the document: their operation accepts the requests of both. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint } from '../../../lib/index.ts'
import type { DocumentOptions } from '../../../lib/openapi.ts'
import { at, documented, parametersAt, responseAt, VERSIONS } from '../../support/open-api.ts'

const nothing = () => 1
const path = '/{id}'
const Place = z.object({ city: z.string() })

/** A blueprint whose endpoints differ in the converter of their path. */
function both(one: object, other: object, method: 'get' | 'put' = 'get'): RestBlueprint {
  const api = new RestBlueprint('api')
  for (const [route, options] of [
    ['/<int:id>', { name: 'one', ...one }],
    ['/<word>', { name: 'other', ...other }],
  ] as const)
    if (method === 'get') api.get(route, options, nothing)
    else api.put(route, options, nothing)
  return api
}

describe('parameters of two endpoints', () => {
  it.each(VERSIONS)('of which one is text of JSON have the schemas of both, in %s', async (openapi) => {
    const text =
      openapi === '3.0.3' ? { type: 'string' } : { type: 'string', contentMediaType: 'application/json' }
    const [object, list] = [{ query: z.object({ at: Place }) }, { query: z.object({ at: z.array(z.int()) }) }]
    for (const api of [both(object, list), both(list, object)]) {
      const { at: parameter } = parametersAt(await documented(api, { openapi }), path)
      expect(parameter).toMatchObject({ in: 'query', required: true, style: 'form', explode: true })
      expect(parameter).not.toHaveProperty('content')
      const { anyOf } = parameter.schema
      expect(anyOf).toHaveLength(2)
      expect(anyOf).toContainEqual(expect.objectContaining(text))
      expect(anyOf).toContainEqual(expect.objectContaining({ type: 'array' }))
      if (openapi === '3.0.3') continue
      const { contentSchema } = anyOf.find((one: object) => 'contentSchema' in one)
      expect(contentSchema).toMatchObject({ required: ['city'] })
    }
  })

  it('are required where both require them, and deprecated where both are', async () => {
    const old = z.string().meta({ deprecated: true })
    const one = z.object({ a: old, b: old, c: z.string(), d: z.string().describe('D') })
    const other = z.object({ a: old, b: z.string().optional(), d: z.string() })
    for (const [first, second] of [
      [one, other],
      [other, one],
    ]) {
      const { a, b, c, d, id } = parametersAt(
        await documented(both({ query: first }, { query: second })),
        path,
      )
      expect([a, b, c, d, id].map((parameter) => parameter.required ?? false)).toEqual([
        true,
        false,
        false,
        true,
        true,
      ])
      expect([a.deprecated, b.deprecated, d.description]).toEqual([true, undefined, 'D'])
    }
  })

  it('of which one is an object of several parameters are the first', async () => {
    const number = { query: z.object({ at: z.int() }) }
    const object = { query: z.object({ at: Place }), nestedParameters: true }
    const one = parametersAt(await documented(both(number, object)), path).at
    expect(one).toMatchObject({ schema: { type: 'integer' } })
    expect(one).not.toHaveProperty('style')
    const other = parametersAt(await documented(both(object, number)), path).at
    expect(other).toMatchObject({ style: 'deepObject', schema: { type: 'object' } })
  })

  it('that are components are listed once', async () => {
    const etag = { etag: { current: () => 1 } }
    const read = at(await documented(both(etag, etag)), path).parameters
    expect(read).toEqual([
      expect.objectContaining({ name: 'id' }),
      { $ref: '#/components/parameters/IfNoneMatch' },
    ])
    const headers = z.object({ 'IF-match': z.string() })
    const document = await documented(both(etag, { headers }, 'put'))
    expect(
      at(document, path, 'put').parameters.filter((one: { in?: string }) => one.in === 'header'),
    ).toEqual([expect.objectContaining({ name: 'If-Match', schema: { type: 'string' } })])
  })
})

describe('the operation of two endpoints', () => {
  it('requires content where both do, and is deprecated where both are', async () => {
    const body = { body: z.object({ a: z.string() }), deprecated: true }
    const optional = { body: z.object({ a: z.string() }).optional() }
    for (const [one, other] of [
      [body, optional],
      [optional, body],
    ] as const) {
      const operation = at(await documented(both(one, other, 'put')), path, 'put')
      expect(operation.requestBody.required).toBeUndefined()
      expect(operation.deprecated).toBeUndefined()
    }
    const operation = at(await documented(both(body, body, 'put')), path, 'put')
    expect([operation.requestBody.required, operation.deprecated]).toEqual([true, true])
  })

  it('has the security of each as a choice', async () => {
    const document = { type: 'apiKey', in: 'header', name: 'x-key' } as const
    const scheme = { document, challenge: 'Key', documentOnly: true, authenticate: () => undefined }
    const securityOf = async (one: object, other: object, options?: Partial<DocumentOptions>) => {
      const api = both(one, other)
      api.security({ key: scheme, other: scheme })
      return at(await documented(api, options), path).security
    }
    const [key, second] = [{ security: [{ key: [] }] }, { security: [{ other: [] }] }]
    expect(await securityOf(key, key)).toEqual([{ key: [] }])
    expect(await securityOf(key, second)).toEqual([{ key: [] }, { other: [] }])
    expect(await securityOf(key, {})).toEqual([{ key: [] }, {}])
    expect(await securityOf({}, key)).toEqual([{}, { key: [] }])
    expect(await securityOf({ security: false }, { security: false })).toEqual([])
    expect(await securityOf({}, {})).toBeUndefined()
    const common = { security: [{ key: [] }], components: { securitySchemes: { key: document } } }
    expect(await securityOf({ security: false }, {}, common)).toEqual([{}, { key: [] }])
  })

  it('has the content of both responses of a status, of which one may be a component', async () => {
    const response = {
      200: z.int(),
      404: { description: 'Gone', schema: z.object({ code: z.int() }), examples: { a: { code: 1 } } },
    }
    for (const [one, other] of [
      [{}, { response }],
      [{ response }, {}],
    ] as const) {
      const { content } = responseAt(await documented(both(one, other)), path, 404)
      expect(Object.keys(content).sort()).toEqual([
        'application/json',
        'application/problem+json',
        'text/html',
        'text/plain',
      ])
    }
  })
})
