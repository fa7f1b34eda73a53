/** The document as a whole: its judges, its options, its order. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { arrayPager, RestBlueprint, type Schema } from '../../../lib/index.ts'
import { type DocumentOptions, documentOf } from '../../../lib/openapi.ts'
import { growthOf, SUPERLINEAR } from '../../support/growth.ts'
import { kitchen } from '../../support/kitchen.ts'
import { at, documented, faultsOf, VERSIONS } from '../../support/open-api.ts'

const ABOUT = { title: 'Spec', version: '1' }

describe('the document of an API of everything', () => {
  it.each(VERSIONS)('is good OpenAPI %s, schemas included', async (openapi) => {
    const document = await documented(kitchen(), { openapi, itemSchemas: true })
    expect(document.openapi).toBe(openapi)
    expect(document.info).toEqual(ABOUT)
    expect(Object.keys(document.paths)).toEqual([
      ...['/kitchen/pets', '/kitchen/pets/{id}', '/kitchen/pets/{id}/photos', '/kitchen/readings'],
      ...['/kitchen/shops', '/kitchen/folders', '/kitchen/plain', '/kitchen/search', '/kitchen/raw'],
    ])
  })

  it.each(VERSIONS)('would be refused by the judges with a wrong type in %s', async (openapi) => {
    const document = documentOf([{ blueprint: kitchen() }], { ...ABOUT, openapi })
    Object.assign(document.components?.schemas?.Owner as object, { type: 'intteger' })
    expect(await faultsOf(document)).not.toEqual([])
  })

  it('is the same each time, and shares nothing with what it was made from', () => {
    const blueprint = kitchen()
    const first = documentOf([{ blueprint }], ABOUT)
    const text = JSON.stringify(first)
    Object.assign(at(first, '/kitchen/pets'), { responses: {} })
    Object.assign(first.components?.schemas?.Problem as object, { type: 'string' })
    expect(JSON.stringify(documentOf([{ blueprint }], ABOUT))).toBe(text)
  })

  it('SMO-180 is in the order of declaration, methods in an order of their own', () => {
    const document = documentOf([{ blueprint: kitchen() }], ABOUT)
    expect(Object.keys(document.paths['/kitchen/pets/{id}'] ?? {})).toEqual(['get', 'put', 'delete', 'patch'])
    expect(Object.keys(document)).toEqual(['openapi', 'info', 'tags', 'paths', 'components'])
  })

  it('SMO-191 has no component that nothing refers to', () => {
    const document = documentOf([{ blueprint: kitchen() }], ABOUT)
    const text = JSON.stringify(document)
    for (const [kind, parts] of Object.entries(document.components ?? {})) {
      for (const name of Object.keys(parts)) expect(text).toContain(`"#/components/${kind}/${name}"`)
    }
    expect(documentOf([], ABOUT)).toEqual({ openapi: '3.1.1', info: ABOUT, paths: {} })
  })
})

describe('the options', () => {
  it.each([
    ['SMO-005', { version: '1' }, 'An OpenAPI document needs a title'],
    ['SMO-006', { title: 'x' }, 'An OpenAPI document needs a version'],
    ['SMO-007', { ...ABOUT, openapi: '2.0' }, 'Not a valid OpenAPI version number: 2.0'],
    ['SMO-007', { ...ABOUT, openapi: '4.0.0' }, 'Not a valid OpenAPI version number: 4.0.0'],
  ])('%s of which some must be: %j', (_row, options, message) => {
    expect(() => documentOf([], options as DocumentOptions)).toThrow(message)
  })

  it('SMO-003 SMO-004 SMO-178 are root members; document is merged last, and deep', async () => {
    const api = new RestBlueprint('api').get('/', { name: 'root' }, () => 1)
    const document = await documented(api, {
      description: 'About',
      servers: [{ url: 'https://example.org' }],
      tags: [{ name: 'api', description: 'Said elsewhere' }, { name: 'more' }],
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
      security: [{ key: [] }],
      document: { info: { license: { name: 'MIT' } }, 'x-logo': 'a.png', servers: [{ url: '/' }] },
    })
    expect(document.info).toEqual({ ...ABOUT, description: 'About', license: { name: 'MIT' } })
    expect(document.servers).toEqual([{ url: '/' }])
    expect(document['x-logo']).toBe('a.png')
    expect(document.security).toEqual([{ key: [] }])
    expect(document.tags).toEqual([{ name: 'api', description: 'Said elsewhere' }, { name: 'more' }])
  })

  it('SMO-200 SMO-201 take components; schemas of a library are called by their names there', async () => {
    const Animal = z.object({ legs: z.int() })
    const teapot = { description: 'A teapot' }
    const api = new RestBlueprint('api')
      .get('/animal', { response: Animal }, function animal() {
        return { legs: 4 }
      })
      .get('/tea', { doc: { responses: { 418: { $ref: '#/components/responses/Teapot' } } } }, () => 1)
    const document = await documented(api, {
      components: { schemas: { Animal, Word: { type: 'string' } }, responses: { Teapot: teapot } },
    })
    expect(Object.keys(document.components?.schemas ?? {}).sort()).toEqual(['Animal', 'Problem', 'Word'])
    expect(document.components?.responses?.Teapot).toEqual(teapot)
    expect(at(document, '/animal').responses[200].content['application/json'].schema.$ref).toMatch(/Animal$/)
  })

  it('SMO-109 a reference that leads nowhere is told at start-up, with its place', () => {
    const api = new RestBlueprint('api').get(
      '/x',
      { doc: { responses: { 404: { $ref: '#/components/responses/No' } } } },
      () => 1,
    )
    const make = () => documentOf([{ blueprint: api }], ABOUT)
    expect(make).toThrow("The $ref '#/components/responses/No' leads nowhere, in GET /x")
  })

  it('a member that looks like a reference is none in an example', () => {
    const examples = { odd: { $ref: '#/nowhere' } }
    const api = new RestBlueprint('api').post('/', { body: { schema: z.any(), examples } }, () => 1)
    const document = documentOf([{ blueprint: api }], ABOUT) // one of the judges takes it for one
    expect(at(document, '/', 'post').requestBody.content['application/json'].examples).toEqual({
      odd: { value: { $ref: '#/nowhere' } },
    })
  })

  it('asks for security schemes that there are', () => {
    const api = new RestBlueprint('api').get('/', { name: 'root', security: [{ bearer: [] }] }, () => 1)
    const make = (options = {}) => documentOf([{ blueprint: api }], { ...ABOUT, ...options })
    expect(make).toThrow("The security of 'api.root' asks for 'bearer'")
    const components = { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }
    expect(at(make({ components }), '/').security).toEqual([{ bearer: [] }])
  })
})

describe('a big API', () => {
  it('takes linear time for the number of endpoints', async () => {
    const blueprintAt = (number: number) => {
      const Row: Schema = z
        .object({ id: z.int(), name: z.string().default('x'), tags: z.array(z.string()), born: z.date() })
        .meta({ id: `Row${number}x` })
      const one = { response: Row, etag: true }
      return new RestBlueprint(`b${number}`, { prefix: `/b${number}` })
        .get('/', { name: 'list', paginate: arrayPager, response: z.array(Row as z.ZodType) }, () => [])
        .post('/', { name: 'add', body: Row, response: Row }, () => 1)
        .get('/<int:id>', { name: 'show', ...one }, () => 1)
        .put('/<int:id>', { name: 'replace', body: Row, ...one }, () => 1)
        .delete('/<int:id>', { name: 'remove', etag: true, status: 204 }, () => undefined)
    }
    const sources = Array.from({ length: 100 }, (_, number) => ({ blueprint: blueprintAt(number) }))
    for (const { blueprint } of sources) expect(blueprint.endpoints).toHaveLength(5)
    const growth = await growthOf((count) => documentOf(sources.slice(0, count), ABOUT), 50)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })
})
