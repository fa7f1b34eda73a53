/** Responses that differ from their OpenAPI document, and responses that do not. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Api } from '../../lib/api.ts'
import { client } from '../../lib/client.ts'
import { RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { documentOf, type OpenApiDocument } from '../../lib/openapi.ts'
import { csv, ndjson, sse } from '../../lib/renderers.ts'
import { expectDocumented, fetchFrom, listen } from '../../lib/testing.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { ROOT } from '../support/readme.ts'

// biome-ignore lint/suspicious/noExplicitAny: the blueprint of this spec carries no types
type Any = any

const Pet = z.object({ id: z.int(), name: z.string() })

/** A blueprint whose response differs from its document by the request's x-differ. */
function pets() {
  const api = new RestBlueprint('pets', { prefix: '/pets', validate: 'trust', logger: quiet() })
  api.outgoing.addMimetype('text/csv')
  api.contentRenderer.renders('text/csv', csv())
  const options = {
    name: 'show',
    response: { 200: { schema: Pet, headers: { 'X-Mood': 'The mood of the pet' } } },
  }
  api.get('/<int:id>', options, ({ params, headers }) => {
    const difference = headers['x-differ']
    const named = { id: params.id, name: difference === 'content' ? (7 as never) : 'Tom' }
    if (difference === 'field')
      return serializeResponse(named, { headers: { 'X-Secret': '1', 'X-Mood': 'fine' } })
    if (difference === 'status') return new Response(null, { status: 204 })
    if (difference === 'type') return new Response('<pet/>', { headers: { 'content-type': 'text/xml' } })
    if (difference === 'no type') return new Response(null, { status: 200 })
    if (difference === 'json') return new Response('{', { headers: { 'content-type': 'application/json' } })
    return named
  })
  api.get('/mine', { name: 'mine', response: z.object({ mine: z.literal(true) }) }, () => ({
    mine: true as const,
  }))
  api.get('/files/<path:file>', { name: 'file', response: z.string() }, ({ params }) => params.file)
  api.post('/', { name: 'create', body: Pet, status: 201 }, ({ body }) => body)
  api.delete('/<int:id>', { name: 'remove', status: 204 }, () => undefined)
  return api
}

const info = { title: 'Pets', version: '1' }

function documented(options: object = {}): OpenApiDocument {
  return documentOf([{ blueprint: pets() }], { ...info, ...options })
}

describe('the renderers of mazurka/renderers', () => {
  it('set only documented header fields', async () => {
    const types = { 'text/csv': csv(), 'application/x-ndjson': ndjson(), 'text/event-stream': sse() }
    const api = new RestBlueprint('pets', { logger: quiet() })
    for (const [type, renderer] of Object.entries(types)) api.contentRenderer.renders(type, renderer)
    api.get('/', { name: 'list', outgoing: [null, ...Object.keys(types)], response: z.array(Pet) }, () => [
      { id: 1, name: 'Tom' },
    ])
    const document = documentOf([{ blueprint: api }], info)
    await using served = await listen(api)
    for (const accept of ['application/json', ...Object.keys(types)]) {
      const response = await served.fetch('/', { headers: { accept } })
      expect(response.headers.get('content-type')).toContain(accept)
      await expectDocumented(response, document)
    }
  })
})

describe('expectDocumented', () => {
  const fetch = fetchFrom(pets())
  const differing = (part: string) => fetch('/pets/1', { headers: { 'x-differ': part } })

  it.each([
    ['/pets/1', {}],
    ['/pets/mine', {}],
    ['/pets/mine/', {}],
    ['/pets/files/a/b%20c.txt', {}],
    ['/pets/1', { headers: { accept: 'text/csv' } }],
    ['/pets/1', { headers: { accept: 'image/png' } }],
    ['/pets/1', { method: 'HEAD' }],
    ['/pets/1', { method: 'DELETE' }],
    [
      '/pets',
      { method: 'POST', body: '{"id":1,"name":"Tom"}', headers: { 'content-type': 'application/json' } },
    ],
    ['/pets', { method: 'POST', body: '{"id":"1"}', headers: { 'content-type': 'application/json' } }],
    ['/pets', { method: 'POST', body: '<a/>', headers: { 'content-type': 'text/xml' } }],
  ])('accepts a documented response: %s %j', async (path, init) => {
    const response = await fetch(path, init)
    await expectDocumented(response, documented())
    expect(response.bodyUsed).toBe(false)
  })

  it('finds the operation that serves a path of several templates', async () => {
    const api = new RestBlueprint('api')
    for (const path of [
      '/users/<id>/posts',
      '/users/me/<section>',
      '/files/<name>',
      '/files/<name>.<kind>',
      '/files/<name>.csv',
      '/<any>/b/<path:rest>',
      '/<any>/b/c/d',
      '/x/<int:id>/<path:rest>',
      '/x/<int:id>/<name>/e',
    ])
      api.get(path, { name: path, response: z.literal(path) }, () => path)
    const get = fetchFrom(api)
    const document = documentOf([{ blueprint: api }], info)
    for (const [path, template] of [
      ['/users/me/posts', '/users/me/<section>'],
      ['/users/7/posts', '/users/<id>/posts'],
      ['/files/a', '/files/<name>'],
      ['/files/a.csv', '/files/<name>.csv'],
      ['/files/a.txt', '/files/<name>.<kind>'],
      ['/a/b/c/d', '/<any>/b/c/d'],
      ['/a/b/c/e', '/<any>/b/<path:rest>'],
      ['/x/7/y/e', '/x/<int:id>/<name>/e'],
      ['/x/7/y/z', '/x/<int:id>/<path:rest>'],
    ] as const) {
      const response = await get(path)
      await expectDocumented(response, document)
      expect(await response.json()).toBe(template)
    }
  })

  it('finds the operation of a list in several segments', async () => {
    const params = z.object({ files: z.array(z.string()) })
    const api = new RestBlueprint('api')
    api.get('/files/<path:files>', { params, response: z.array(z.string()) }, ({ params }) => params.files)
    const response = await fetchFrom(api)('/files/a/b,c')
    await expectDocumented(response, documentOf([{ blueprint: api }], info))
    expect(await response.json()).toEqual(['a/b', 'c'])
  })

  it('takes examples for data, also with an $id', async () => {
    const schema = z.object({ $id: z.string(), examples: z.object({ $id: z.string() }).optional() })
    const example = { $id: 'http://a', examples: { $id: 'http://a' } }
    const response = {
      200: { schema: schema.meta({ examples: [example] }), examples: { a: example, b: example } },
    }
    const api = new RestBlueprint('api', { validate: 'trust' })
      .get('/right', { response }, () => example)
      .get('/wrong', { response }, () => ({ ...example, examples: { $id: 7 as never } }))
    const document = documentOf([{ blueprint: api }], info)
    const get = fetchFrom(api)
    await expectDocumented(await get('/right'), document)
    await expect(expectDocumented(await get('/wrong'), document)).rejects.toThrow(
      '#/examples/$id: must be string',
    )
  })

  it('accepts an Api, and knows the method of requests by fetch of listen', async () => {
    const app = polka()
    const api = new Api(app, { ...info, prefix: '/v1' }).registerBlueprint(pets())
    const served = await listen(app)
    await expectDocumented(await served.fetch('/v1/pets/1', { method: 'DELETE' }), api)
    const plain = await globalThis.fetch(`${served.url}/v1/pets/1`, { method: 'DELETE' })
    await expect(expectDocumented(plain, api)).rejects.toThrow(
      new TypeError(
        'The request method of the response is not known, and /v1/pets/1 has GET, DELETE: pass { method }, or use the fetch of listen',
      ),
    )
    await expectDocumented(plain, api, { method: 'delete' })
    await served.close()
  })

  it('asks for the method of another fetch only where the path has several', async () => {
    await using served = await listen(pets())
    const headers = { 'content-type': 'application/json' }
    const body = '{"id":1,"name":"Tom"}'
    const posted = await globalThis.fetch(`${served.url}/pets`, { method: 'POST', body, headers })
    await expectDocumented(posted, documented())
    const wrong = await globalThis.fetch(`${served.url}/pets/7/nothing`)
    await expect(expectDocumented(wrong, documented())).rejects.toThrow('operation not found')
  })

  it('checks the responses of a client by its fetch', async () => {
    const api = pets()
    await using served = await listen(api)
    const checked: string[] = []
    const remote = client<typeof api>(served.url, {
      fetch: async (url, init) => {
        const response = await globalThis.fetch(url, init)
        await expectDocumented(response, documented(), { method: init?.method ?? 'GET' })
        checked.push(`${init?.method} ${response.status}`)
        return response
      },
    }) as Any
    await remote.post('/pets', { body: { id: 1, name: 'Tom' } })
    await remote.delete('/pets/<int:id>', { params: { id: 1 } })
    expect(checked).toEqual(['POST 201', 'DELETE 204'])
  })

  it('ignores the paths of servers', async () => {
    for (const url of ['/pets', 'https://example.org/pets/'])
      await expectDocumented(
        await fetch('/pets/mine'),
        documentOf([{ blueprint: pets(), prefix: '' }], { ...info, servers: [{ url }] }),
      )
  })

  it('throws for an undocumented status, with its place in the document', async () => {
    await expect(expectDocumented(await differing('status'), documented())).rejects.toThrow(
      'GET /pets/1: the response differs from the OpenAPI document\n  - undocumented status 204 (#/paths/~1pets~1{id}/get/responses)',
    )
  })

  it('throws for an undocumented media type', async () => {
    await expect(expectDocumented(await differing('type'), documented())).rejects.toThrow(
      '- undocumented media type text/xml; documented: application/json, text/csv (#/paths/~1pets~1{id}/get/responses/200/content)',
    )
  })

  it('throws for a response without Content-Type where content is documented', async () => {
    await expect(expectDocumented(await differing('no type'), documented())).rejects.toThrow(
      '- missing content-type; documented: application/json, text/csv (',
    )
  })

  it('throws for an undocumented header field, unless the option fields lists it', async () => {
    const response = await differing('field')
    await expect(expectDocumented(response, documented())).rejects.toThrow(
      /^GET \/pets\/1, 200: .*\n {2}- undocumented header field x-secret \([^)]*\/headers\)$/,
    )
    await expectDocumented(response, documented(), { fields: ['X-Secret'] })
  })

  it('throws for a required header field that is missing', async () => {
    const document = structuredClone(documented())
    const path = document.paths['/pets/{id}'] as { get: { responses: Record<string, { headers: object }> } }
    path.get.responses['200'] = {
      ...path.get.responses['200'],
      headers: { 'X-Mood': { required: true }, Vary: {} },
    }
    await expect(expectDocumented(await fetch('/pets/1'), document)).rejects.toThrow(
      'missing header field X-Mood',
    )
  })

  it('throws for content that does not match its schema, or is not valid JSON', async () => {
    await expect(expectDocumented(await differing('content'), documented())).rejects.toThrow(
      /- content at #\/name: must be string \(#.*\/schema\)$/,
    )
    await expect(expectDocumented(await differing('json'), documented())).rejects.toThrow(
      'content is not valid JSON: ',
    )
  })

  it('throws for a required member that is missing, although it has a default', async () => {
    const Label = z.object({ text: z.string(), lang: z.string().default('en') })
    const api = new RestBlueprint('labels')
      .get('/sent', { response: Label }, () => ({ text: 'a' }))
      .get('/raw', { response: Label }, () => Response.json({ text: 'a' }))
      .get('/checked', { response: Label, validate: 'check' }, () => ({ text: 'a' }))
    const document = documentOf([{ blueprint: api }], info)
    const fetch = fetchFrom(polka().use(api.handler))
    await expectDocumented(await fetch('/sent'), document)
    await expectDocumented(await fetch('/checked'), document)
    await expect(expectDocumented(await fetch('/raw'), document)).rejects.toThrow(
      "content at #/lang: must have required property 'lang'",
    )
  })

  it('throws for an unknown operation', async () => {
    for (const [path, method] of [
      ['/pets', 'GET'],
      ['/pets/1', 'OPTIONS'],
      ['/cats', 'GET'],
      ['/pets/1/photo', 'GET'],
    ] as const)
      await expect(expectDocumented(await fetch(path, { method }), documented())).rejects.toThrow(
        `${method} ${path}: the response differs from the OpenAPI document\n  - operation not found (#/paths)`,
      )
  })

  it('throws an AssertionError', async () => {
    await expect(expectDocumented(await differing('type'), documented())).rejects.toMatchObject({
      code: 'ERR_ASSERTION',
    })
  })

  it('throws a TypeError when the content has been read', async () => {
    const response = await fetch('/pets/1')
    await response.text()
    await expect(expectDocumented(response, documented())).rejects.toThrow(TypeError)
  })

  it('warns once that it does not validate contents by a document of OpenAPI 3.0', async () => {
    const warnings: string[] = []
    const listener = ({ message }: Error) => void warnings.push(message)
    process.on('warning', listener)
    const document = documented({ openapi: '3.0.3' })
    await expectDocumented(await differing('content'), document)
    await expectDocumented(await differing('content'), document)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listener)
    expect(warnings).toEqual([
      'mazurka/testing does not validate contents: this needs a document of OpenAPI 3.1 or later',
    ])
  })

  it('checks all operations of a document in a time proportional to their number', async () => {
    const apis = new Map([10, 80].map((count) => [count, new RestBlueprint('many')]))
    for (const [count, api] of apis)
      for (let number = 0; number < count; number++)
        api.get(`/pets${number}/`, { response: Pet.extend({ [`n${number}`]: z.int() }) as Any }, () => ({
          id: 1,
          name: 'Tom',
          [`n${number}`]: number,
        }))
    const responses = new Map<number, Response[]>()
    for (const [count, api] of apis) {
      const fetch = fetchFrom(api)
      const paths = Array.from({ length: count }, (_, number) => `/pets${number}/`)
      responses.set(count, await Promise.all(paths.map((path) => fetch(path))))
    }
    const growth = await growthOf(async (count) => {
      const document = documentOf([{ blueprint: apis.get(count) as RestBlueprint }], info)
      for (const response of responses.get(count) ?? []) await expectDocumented(response, document)
    }, 80)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })

  it('finds the schemas that a schema needs anywhere in the document', async () => {
    const schema = { $ref: '#/x-schemas/a~1b/prefixItems/0' }
    const content = { 'application/json': { schema } }
    const made: Any = {
      openapi: '3.1.1',
      info,
      paths: { '/pets/{id}': { get: { responses: { 200: { description: 'OK', content } } } } },
      'x-schemas': {
        'a/b': {
          type: 'object',
          properties: { id: { type: 'integer' }, name: { $ref: '#/x-schemas/text' } },
          prefixItems: [
            { allOf: [{ $ref: '#/x-schemas/a~1b' }, { $ref: '#/x-schemas/a~1b/properties/name' }] },
          ],
        },
        text: { type: ['string', 'object'] },
        named: { $id: 'https://example.org/named', type: 'object', required: ['other'] },
      },
    }
    const check = (document: Any) => fetch('/pets/1').then((response) => expectDocumented(response, document))
    await check(made)
    const texts = { ...made['x-schemas'], text: { type: 'string' } }
    await expect(check({ ...made, 'x-schemas': texts })).rejects.toThrow(/content at #: must be string/)
    const byName = structuredClone(made)
    byName.paths['/pets/{id}'].get.responses[200].content['application/json'].schema.$ref =
      'https://example.org/named'
    await expect(check(byName)).rejects.toThrow(/must have required property 'other'/)
    const dangling = structuredClone(made)
    delete dangling['x-schemas'].text
    await expect(check(dangling)).rejects.toThrow(/can't resolve reference #\/x-schemas\/text/)
  })

  it('warns that it does not validate contents without ajv', async () => {
    const hook = `export const resolve = (specifier, context, next) => specifier.startsWith('ajv')
      ? Promise.reject(Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }))
      : next(specifier, context)`
    const url = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`
    const hideAjv = url(`import { register } from 'node:module'; register(${JSON.stringify(url(hook))})`)
    const script = `
      import { RestBlueprint } from './lib/index.ts'
      import { documentOf } from './lib/openapi.ts'
      import { expectDocumented, fetchFrom } from './lib/testing.ts'
      const api = new RestBlueprint('api')
      api.get('/', () => 'here')
      const document = documentOf([{ blueprint: api }], { title: 'Spec', version: '1' })
      await expectDocumented(await fetchFrom(api)('/'), document)`
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--import', hideAjv, '--input-type=module', '-e', script],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' }, timeout: 15_000 },
    )
    expect(stderr).toContain('does not validate contents: this needs the package ajv')
  })
})
