/** Versions in the document: each type with the schema of its version, deprecated ones with a mark. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ApiOptions } from '../../../lib/api.ts'
import type { RestBlueprint } from '../../../lib/index.ts'
import type { OpenApiDocument } from '../../../lib/openapi.ts'
import { at, faultsOf, responseAt } from '../../support/open-api.ts'
import { AGEING, PetV1, PetV2, petsApi, TABLES, TOM, toV2, vendor } from '../../support/versioned-pets.ts'

async function documentOf(
  supported: object,
  declare?: (pets: RestBlueprint) => unknown,
  around: Partial<ApiOptions> = {},
): Promise<OpenApiDocument> {
  const { api } = await petsApi({ supported: { ...supported, 3: {} } }, declare, {}, around)
  const document = JSON.parse(JSON.stringify(api.document()))
  expect(await faultsOf(document)).toEqual([])
  return document
}

/** The content of the success of an operation by version. */
const contentAt = (document: OpenApiDocument, path: string, status = 200) =>
  responseAt(document, path, status).content

describe('the document of an endpoint with versions', () => {
  const described = {
    2: {
      request: { add: { schema: PetV2, transform: () => TOM } },
      response: { show: { schema: PetV2, transform: toV2 } },
    },
  }

  it('has each type with the schema of its version', async () => {
    const document = await documentOf(described)
    const content = contentAt(document, '/pets/{id}')
    expect(Object.keys(content)).toEqual(['application/json', vendor('3'), vendor('2')])
    expect(content[vendor('3')].schema).toEqual(content['application/json'].schema)
    expect(Object.keys(content[vendor('2')].schema.properties)).toEqual(['id', 'first', 'last'])
    const { requestBody } = at(document, '/pets', 'post')
    expect(Object.keys(requestBody.content)).toEqual(['application/json', vendor('3'), vendor('2')])
    expect(requestBody.content[vendor('3')].schema).toEqual(requestBody.content['application/json'].schema)
    expect(Object.keys(requestBody.content[vendor('2')].schema.properties)).toEqual(['id', 'first', 'last'])
  })

  it('keeps its own links beside the one to the successor: those of pages, and of a 406', async () => {
    const document = await documentOf({ 2: AGEING }, (pets) =>
      pets.get('/paged', { name: 'paged', paginate: true, etag: true }, () => []),
    )
    const linkOf = (status: number) => {
      const { headers } = responseAt(document, '/paged', status)
      const name = String(headers.Link.$ref ?? '')
        .split('/')
        .at(-1) as string
      return (document.components?.headers?.[name] ?? headers.Link) as { description: string }
    }
    for (const [status, own] of [
      [200, 'first, previous, next'],
      [304, 'first, previous, next'],
      [406, 'available media types'],
    ] as const) {
      expect([status, linkOf(status).description]).toEqual([status, expect.stringContaining(own)])
      expect([status, linkOf(status).description]).toEqual([
        status,
        expect.stringContaining('successor-version'),
      ])
    }
    const text = JSON.stringify(document)
    for (const name of Object.keys(document.components?.headers ?? {}))
      expect(text).toContain(`"#/components/headers/${name}"`)
  })

  it('has no schema for data that is converted by a function alone, and that of the next version without one', async () => {
    const document = await documentOf({
      1: { request: { add: () => TOM } },
      2: { response: { show: toV2, list: { schema: z.array(PetV1) } } },
    })
    const content = contentAt(document, '/pets/{id}')
    expect([content[vendor('2')], content[vendor('1')]]).toEqual([{ schema: {} }, { schema: {} }])
    const list = contentAt(document, '/pets')
    expect(list[vendor('1')]).toEqual(list[vendor('2')])
    expect(list[vendor('1')].schema.items.required).toEqual(['id', 'name'])
    const { requestBody } = at(document, '/pets', 'post')
    expect(requestBody.content[vendor('1')]).toEqual({ schema: {} })
    expect(requestBody.content[vendor('2')]).toEqual(requestBody.content[vendor('3')])
  })

  it.each(['3.0.3', '3.1.1'] as const)(
    'marks the schemas of deprecated versions in OpenAPI %s',
    async (version) => {
      const Named = PetV2.meta({ id: 'OldPet' })
      const supported = {
        1: AGEING,
        2: { response: { show: { schema: Named, transform: toV2 } }, ...AGEING },
      }
      const document = await documentOf(supported, undefined, { openapi: { version } })
      const content = contentAt(document, '/pets/{id}')
      expect(content[vendor('2')].schema).toEqual({
        allOf: [{ $ref: '#/components/schemas/OldPet' }],
        deprecated: true,
        description: 'Version 2: deprecated on 2026-08-16, expected to be removed on 2027-09-30',
      })
      const { requestBody } = at(document, '/pets', 'post')
      expect(requestBody.content[vendor('1')].schema).toMatchObject({ deprecated: true, type: 'object' })
      expect(requestBody.content[vendor('3')].schema.deprecated).toBeUndefined()
      expect(at(document, '/pets', 'post').deprecated).toBeUndefined()
    },
  )

  it('is deprecated itself where the current version is', async () => {
    const { api } = await petsApi({ supported: { 3: { deprecated: '2026-08-16' } } }, (pets) =>
      pets.get('/not', { name: 'not', deprecated: false }, () => 1),
    )
    expect(at(api.document(), '/pets/{id}').deprecated).toBe(true)
    expect(at(api.document(), '/not').deprecated).toBeUndefined()
  })

  it('describes the fields of a life cycle on every response, and 410 where a version is gone', async () => {
    const document = await documentOf({ 1: { gone: true }, 2: { ...described[2], ...AGEING } })
    for (const status of [200, 304, 404, 406, 410, 500])
      expect(Object.keys(responseAt(document, '/pets/{id}', status).headers)).toEqual(
        expect.arrayContaining(['Deprecation', 'Sunset', 'Link']),
      )
    expect(Object.keys(contentAt(document, '/pets/{id}'))).not.toContain(vendor('1'))
    const plain = await documentOf(described)
    const { headers, ...responses } = at(plain, '/pets/{id}').responses[200]
    expect(Object.keys(headers)).not.toContain('Sunset')
    expect(Object.keys(responses)).not.toContain('410')
  })

  it('keeps examples to the version that they are of, and a body of several types apart', async () => {
    const example = { examples: { tom: TOM } }
    const document = await documentOf(described, (pets) => {
      const body = { 'application/json': z.object({ n: z.int() }), 'text/plain': z.string() }
      pets.post('/both', { name: 'both', body }, () => 1)
      pets.get(
        '/shown',
        { name: 'shown', response: { 200: { schema: PetV1, ...example } } },
        () => TOM as never,
      )
    })
    expect(at(document, '/both', 'post').requestBody.content[vendor('2')].schema.properties).toHaveProperty(
      'n',
    )
    expect(at(document, '/both', 'post').requestBody.content['text/plain'].schema).toEqual({ type: 'string' })
    const shown = contentAt(document, '/shown')
    expect(shown[vendor('2')].examples).toEqual({ tom: { value: TOM } })
    const converted = await documentOf({ 2: { response: { shown: () => ({ id: 1, name: 'x' }) } } }, (pets) =>
      pets.get(
        '/shown',
        { name: 'shown', response: { 200: { schema: PetV1, ...example } } },
        () => TOM as never,
      ),
    )
    expect(contentAt(converted, '/shown')[vendor('2')]).toEqual({ schema: {} })
  })

  it('leaves an endpoint without versions as it is', async () => {
    const document = await documentOf({ 2: TABLES[2] }, (pets) =>
      pets.get('/plain', { name: 'plain', versions: false, response: PetV1 }, () => ({ id: 1, name: 'x' })),
    )
    expect(Object.keys(contentAt(document, '/plain'))).toEqual(['application/json'])
  })
})
