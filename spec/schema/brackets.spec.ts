/** Names with brackets, in queries and forms. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { client } from '../../lib/client.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { documentOf } from '../../lib/openapi.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: schemas of every library
type Any = any

const FORM = 'application/x-www-form-urlencoded'

async function start(schema: Any, options: object = {}) {
  const { get, ask } = await testApp((api) => {
    api.get('/', { query: schema, ...options } as object, ({ query }: Any) => query)
    api.post('/', { body: schema, incoming: [FORM], ...options } as object, ({ body }: Any) => body)
  })
  /** The outcome in a query, which a form has as well. */
  return async (text: string) => {
    const outcome = await get(`/?${text}`)
    const posted = await ask('POST /', FORM, new URLSearchParams(text))
    if (outcome.status === 200) expect(posted.json).toEqual(outcome.value)
    expect(posted.status).toBe(outcome.status)
    return outcome
  }
}

describe('ids[]=1&ids[]=2', () => {
  const schemas: [string, Any][] = [
    ['zod', z.object({ ids: z.array(z.int()) })],
    ['zod, optional', z.object({ ids: z.array(z.int()).optional() })],
    ['zod, nullable', z.object({ ids: z.array(z.int()).nullable() })],
    ['zod, extended', z.object({ a: z.string().optional() }).and(z.object({ ids: z.array(z.int()) }))],
    [
      'JSON Schema',
      jsonSchema({ properties: { ids: { type: 'array', items: { type: 'integer' } } }, required: ['ids'] }),
    ],
  ]

  it.each(schemas)('is ids where the query has a list of that name: %s', async (_library, schema) => {
    const ask = await start(schema)
    expect(await ask('ids[]=1&ids[]=2')).toEqual({ status: 200, value: { ids: [1, 2] } })
    expect((await ask('ids%5B%5D=1')).value).toEqual({ ids: [1] })
    expect((await ask('ids=1&ids[]=2')).value).toEqual({ ids: [1, 2] })
    expect((await ask('ids[]=x')).status).toBe(422)
  })

  it('stays as it is without a JSON Schema, as strings do', async () => {
    const ask = await start(v.object({ 'ids[]': v.string() }))
    expect((await ask('ids[]=1')).value).toEqual({ 'ids[]': '1' })
  })

  it('is ids[] where the schema defines that name, and unknown where ids is no list', async () => {
    const both = await start(z.object({ ids: z.array(z.int()).optional(), 'ids[]': z.array(z.int()) }))
    expect((await both('ids[]=1&ids[]=2')).value).toEqual({ 'ids[]': [1, 2] })
    const scalar = await start(z.object({ ids: z.string().optional() }), { unknown: 'refuse' })
    expect((await scalar('ids[]=1')).errors).toEqual([
      { detail: 'Unknown parameter', in: 'query', parameter: 'ids[]' },
    ])
  })

  it('is known to every policy', async () => {
    for (const unknown of ['refuse', 'drop', 'keep']) {
      const ask = await start(z.object({ ids: z.array(z.int()) }), { unknown })
      expect((await ask('ids[]=1&ids[]=2')).value).toEqual({ ids: [1, 2] })
    }
  })
})

describe('nestedParameters', () => {
  const schema = z.object({
    filter: z.object({
      city: z.string(),
      sizes: z.array(z.int()).optional(),
      deep: z.record(z.string(), z.int()).optional(),
    }),
    page: z.int().optional(),
  })
  const nestedParameters = true

  it('makes filter[city] the member city of filter', async () => {
    const ask = await start(schema, { nestedParameters })
    const text = 'filter[city]=Łódź&filter[sizes][]=1&filter[sizes][]=2&filter[deep][a]=3&page=2'
    expect((await ask(text)).value).toEqual({
      filter: { city: 'Łódź', sizes: [1, 2], deep: { a: 3 } },
      page: 2,
    })
    expect((await ask('filter[city]=x&filter[sizes]=1&filter[sizes]=2')).value).toMatchObject({
      filter: { sizes: [1, 2] },
    })
    expect((await ask('filter[sizes][]=x&filter[city]=y')).status).toBe(422)
  })

  it('reads what the client writes for an object', async () => {
    const api = new RestBlueprint('x', { nestedParameters }).get('/', { query: schema }, ({ query }) => query)
    const { url } = await testApp(api)
    const query = { filter: { city: 'Łódź', sizes: [1, 2], deep: { a: 3 } } }
    expect((await (client<typeof api>(url) as Any).get('/', { query })).data).toEqual(query)
  })

  it('is an option: by default these names are unknown', async () => {
    expect((await (await start(schema))('filter[city]=x')).status).toBe(422)
    const api = new RestBlueprint('x', { nestedParameters: 'yes' as Any }).get('/', () => 1)
    expect(() => api.endpoints).toThrow(/cannot have nestedParameters: 'yes'/)
  })

  it.each([
    'filter[city=x',
    'filter]city]=x',
    '[city]=x',
    'filter[[city]]=x',
    'filter[][city]=x',
    'filter[__proto__][x]=1',
    `filter${'[a]'.repeat(500)}=x`,
    'filter=1&filter[city]=x',
    'filter[city]=x&filter[city][a]=y',
    'filter[constructor][prototype][x]=1',
  ])('does not fail for %s, and changes no prototype', async (text) => {
    const ask = await start(schema.partial().extend({ filter: z.any() }), {
      nestedParameters,
      unknown: 'keep',
    })
    expect([200, 422]).toContain((await ask(text)).status)
    expect(({} as Any).x).toBeUndefined()
  })

  it('is a deep object in the document', () => {
    const api = new RestBlueprint('x', { nestedParameters }).get('/', { query: schema }, () => 1)
    const { paths } = documentOf([{ blueprint: api }], { title: 'x', version: '1' }) as Any
    expect(paths['/'].get.parameters[0]).toMatchObject({ name: 'filter', style: 'deepObject', explode: true })
    expect(paths['/'].get.parameters[1].style).toBeUndefined()
  })

  it('is a deep object in the document where it may be null, or one of several objects', () => {
    const city = z.object({ city: z.string() })
    const query = z.object({
      nullable: city.nullable().optional(),
      union: z.union([city, z.object({ near: z.string() }).meta({ id: 'Near' })]),
      both: city.and(z.object({ country: z.string() })),
      mixed: z.union([z.string(), city]),
      text: z.string().nullable(),
      list: z.array(z.string()).nullable(),
    })
    const api = new RestBlueprint('x', { nestedParameters }).get('/', { query }, () => 1)
    const { paths } = documentOf([{ blueprint: api }], { title: 'x', version: '1' }) as Any
    const styles = paths['/'].get.parameters.map(({ name, style }: Any) => [name, style])
    const deepObject = 'deepObject'
    expect(Object.fromEntries(styles)).toEqual({
      nullable: deepObject,
      union: deepObject,
      both: deepObject,
      mixed: undefined,
      text: undefined,
      list: 'form',
    })
  })
})
