/** The document as a whole: validity, options, order. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { arrayPager, RestBlueprint, type Schema } from '../../../lib/index.ts'
import { type DocumentOptions, documentOf } from '../../../lib/openapi.ts'
import { csv } from '../../../lib/renderers.ts'
import { growthOf, SUPERLINEAR } from '../../support/growth.ts'
import { kitchen } from '../../support/kitchen.ts'
import { at, documented, faultsOf, VERSIONS } from '../../support/open-api.ts'

const INFO = { title: 'Spec', version: '1' }

describe('the document of an API with every feature', () => {
  it.each(VERSIONS)('is valid OpenAPI %s, including its schemas', async (openapi) => {
    const document = await documented(kitchen(), { openapi, itemSchemas: true })
    expect(document.openapi).toBe(openapi)
    expect(document.info).toEqual(INFO)
    expect(Object.keys(document.paths)).toEqual([
      ...['/kitchen/pets', '/kitchen/pets/{id}', '/kitchen/pets/{id}/photos', '/kitchen/readings'],
      ...[
        '/kitchen/shops',
        '/kitchen/folders',
        '/kitchen/plain',
        '/kitchen/search',
        '/kitchen/anything',
        '/kitchen/raw',
      ],
    ])
  })

  it.each(VERSIONS)(
    'is rejected by the validators if a schema has an invalid type in %s',
    async (openapi) => {
      const document = documentOf([{ blueprint: kitchen() }], { ...INFO, openapi })
      Object.assign(document.components?.schemas?.Owner as object, { type: 'intteger' })
      expect(await faultsOf(document)).not.toEqual([])
    },
  )

  it('is equal each time, and shares no object with the blueprint', () => {
    const blueprint = kitchen()
    const first = documentOf([{ blueprint }], INFO)
    const text = JSON.stringify(first)
    Object.assign(at(first, '/kitchen/pets'), { responses: {} })
    Object.assign(first.components?.schemas?.Problem as object, { type: 'string' })
    expect(JSON.stringify(documentOf([{ blueprint }], INFO))).toBe(text)
  })

  it('has texts of the developer as they are, whatever they look like', async () => {
    const [input, output, template] = [
      '~schema:input:Pet',
      '~schema:output:Pet',
      '/pets/<int:id>/:name',
    ] as const
    const texts = [input, output, template, '~schema:input:None', '#/$defs/Pet']
    const Pet = z.object({ name: z.string().default('Rex').describe(input) }).meta({ id: 'Pet' })
    const described = { $ref: output, texts }
    const api = new RestBlueprint('pets', { description: output }).post(
      '/',
      {
        name: 'add',
        body: Pet,
        response: Pet,
        summary: template,
        description: input,
        doc: { 'x-texts': texts },
      },
      () => ({ name: 'Rex' }),
    )
    const document = documentOf([{ blueprint: api }], {
      ...INFO,
      description: input,
      document: { 'x-own': { example: described } },
    })
    const add = at(document, '/', 'post')
    expect([add.summary, add.description, add['x-texts']]).toEqual([template, input, texts])
    expect(document.info.description).toBe(input)
    expect(document.tags).toEqual([{ name: 'pets', description: output }])
    expect(document['x-own']).toEqual({ example: described })
    expect(document.components?.schemas?.Pet?.properties).toMatchObject({ name: { description: input } })
  })

  it('has a change of the blueprint since the document before, below the same prefix and another', () => {
    const nested = new RestBlueprint('nested').get('/', { name: 'list' }, () => [])
    const blueprint = new RestBlueprint('pets').get('/', { name: 'list' }, () => [])
    nested.register(blueprint, { prefix: '/nested' })
    const pathsBelow = (prefix: string) =>
      Object.keys(documentOf([{ blueprint, prefix }], INFO).paths).join(' ')
    expect(pathsBelow('/a')).toBe('/a /a/nested')
    expect(pathsBelow('/b')).toBe('/b /b/nested')
    expect(pathsBelow('/a')).toBe('/a /a/nested')
    blueprint.get('/<int:id>', { name: 'show' }, () => 1)
    expect(pathsBelow('/a')).toBe('/a /a/{id} /a/nested')
    nested.get('/<int:id>', { name: 'show' }, () => 1)
    expect(pathsBelow('/a')).toBe('/a /a/{id} /a/nested /a/nested/{id}')
    blueprint.contentRenderer.renders('text/csv', csv())
    blueprint.outgoing.addMimetype('text/csv')
    const { content } = at(documentOf([{ blueprint, prefix: '/a' }], INFO), '/a').responses[200]
    expect(Object.keys(content)).toEqual(['application/json', 'text/csv'])
    blueprint.get('/broken', { name: 'broken', query: 1 as never }, () => 1)
    expect(() => pathsBelow('/a')).toThrow(TypeError)
  })

  it('SMO-180 lists paths in the order of declaration, and methods in a fixed order', () => {
    const document = documentOf([{ blueprint: kitchen() }], INFO)
    expect(Object.keys(document.paths['/kitchen/pets/{id}'] ?? {})).toEqual(['get', 'put', 'delete', 'patch'])
    expect(Object.keys(document)).toEqual(['openapi', 'info', 'tags', 'paths', 'components'])
  })

  it('SMO-191 has only components that are referred to', () => {
    const document = documentOf([{ blueprint: kitchen() }], INFO)
    const text = JSON.stringify(document)
    for (const [kind, parts] of Object.entries(document.components ?? {})) {
      for (const name of Object.keys(parts)) expect(text).toContain(`"#/components/${kind}/${name}"`)
    }
    expect(documentOf([], INFO)).toEqual({ openapi: '3.1.1', info: INFO, paths: {} })
  })
})

describe('the options of documentOf', () => {
  it.each([
    ['SMO-005', { version: '1' }, 'An OpenAPI document needs a title'],
    ['SMO-006', { title: 'x' }, 'An OpenAPI document needs a version'],
    ['SMO-006', { title: 'x', version: 1 }, 'An OpenAPI document cannot have version: 1; use a text'],
    ['SMO-007', { ...INFO, openapi: '2.0' }, 'Not a valid OpenAPI version number: 2.0'],
    ['SMO-007', { ...INFO, openapi: '4.0.0' }, 'Not a valid OpenAPI version number: 4.0.0'],
  ])('%s a missing or invalid one is a TypeError: %j', (_row, options, message) => {
    expect(() => documentOf([], options as DocumentOptions)).toThrow(message)
  })

  it.each(VERSIONS)('has contact and license in %s', async (openapi) => {
    const contact = { name: 'Tom', url: 'https://petstore.example', email: 'tom@petstore.example' }
    const license = { name: 'MIT', identifier: 'MIT' }
    const { info } = await documented(new RestBlueprint('api'), { openapi, contact, license })
    expect(info).toMatchObject({ contact, license: { name: 'MIT' } })
    expect(info.license).toEqual(openapi === '3.0.3' ? { name: 'MIT' } : license)
  })

  it('SMO-003 SMO-004 SMO-178 become root members; the option document is deep-merged last', async () => {
    const api = new RestBlueprint('api').get('/', { name: 'root' }, () => 1)
    const document = await documented(api, {
      description: 'About',
      servers: [{ url: 'https://example.org' }],
      tags: [{ name: 'api', description: 'From the options' }, { name: 'more' }],
      components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } } },
      security: [{ key: [] }],
      document: { info: { license: { name: 'MIT' } }, 'x-logo': 'a.png', servers: [{ url: '/' }] },
    })
    expect(document.info).toEqual({ ...INFO, description: 'About', license: { name: 'MIT' } })
    expect(document.servers).toEqual([{ url: '/' }])
    expect(document['x-logo']).toBe('a.png')
    expect(document.security).toEqual([{ key: [] }])
    expect(document.tags).toEqual([{ name: 'api', description: 'From the options' }, { name: 'more' }])
  })

  it('SMO-200 SMO-201 components name library schemas in the whole document', async () => {
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

  it('SMO-109 a $ref that cannot be resolved is a TypeError that names its operation', () => {
    const api = new RestBlueprint('api').get(
      '/x',
      { doc: { responses: { 404: { $ref: '#/components/responses/No' } } } },
      () => 1,
    )
    const make = () => documentOf([{ blueprint: api }], INFO)
    expect(make).toThrow("The $ref '#/components/responses/No' in GET /x cannot be resolved")
  })

  it('a $ref in an example is data and not resolved', () => {
    const examples = { one: { $ref: '#/missing' } }
    const api = new RestBlueprint('api').post('/', { body: { schema: z.any(), examples } }, () => 1)
    const document = documentOf([{ blueprint: api }], INFO) // not documented(): one of the validators resolves it
    expect(at(document, '/', 'post').requestBody.content['application/json'].examples).toEqual({
      one: { value: { $ref: '#/missing' } },
    })
  })

  it('security can only name defined security schemes', () => {
    const api = new RestBlueprint('api').get('/', { name: 'root' }, () => 1)
    const make = (options = {}) =>
      documentOf([{ blueprint: api }], { ...INFO, security: [{ bearer: [] }], ...options })
    expect(make).toThrow(
      "The security of the document requires 'bearer', which components.securitySchemes does not define",
    )
    const components = { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }
    expect(make({ components }).security).toEqual([{ bearer: [] }])
  })

  it('has the security schemes of endpoints, with the members that components add', () => {
    const document = { type: 'http', scheme: 'bearer' }
    const api = new RestBlueprint('api')
      .security({ bearer: { document, documentOnly: true } })
      .get('/', { name: 'root', security: [{ bearer: [] }] }, () => 1)
    const components = { securitySchemes: { bearer: { ...document, description: 'From the login' } } }
    const made = documentOf([{ blueprint: api }], { ...INFO, components })
    expect(made.components?.securitySchemes).toEqual(components.securitySchemes)
    expect(at(made, '/').security).toEqual([{ bearer: [] }])
  })
})

describe('a large API', () => {
  it('is documented in a time proportional to the number of its endpoints', async () => {
    const blueprints = Array.from({ length: 40 }, (_, number) => {
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
    })
    for (const { endpoints } of blueprints) expect(endpoints).toHaveLength(5)
    const documentFirst = (count: number) =>
      documentOf(
        blueprints.slice(0, count).map((blueprint) => ({ blueprint })),
        INFO,
      )
    expect(await growthOf(documentFirst, blueprints.length)).toBeLessThan(SUPERLINEAR)
  })
})
