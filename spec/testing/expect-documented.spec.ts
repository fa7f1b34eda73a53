/** What tests of an API are written with: a server for a while, and the document as a judge. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Api } from '../../lib/api.ts'
import { RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { documentOf, type OpenApiDocument } from '../../lib/openapi.ts'
import { csv } from '../../lib/renderers.ts'
import { expectDocumented, fetchFrom, listen } from '../../lib/testing.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { ROOT } from '../support/readme.ts'

const Pet = z.object({ id: z.int(), name: z.string() })

/** Some of what it answers is not what it says. */
function pets() {
  const api = new RestBlueprint('pets', { prefix: '/pets', validate: 'trust', logger: quiet() })
  api.outgoing.addMimetype('text/csv')
  api.contentRenderer.renders('text/csv', csv())
  const options = { name: 'show', response: { 200: { schema: Pet, headers: { 'X-Mood': 'How it is' } } } }
  api.get('/<int:id>', options, ({ params, headers }) => {
    const lie = headers['x-lie']
    const named = { id: params.id, name: lie === 'content' ? (7 as never) : 'Tom' }
    if (lie === 'field') return serializeResponse(named, { headers: { 'X-Secret': '1', 'X-Mood': 'fine' } })
    if (lie === 'status') return new Response(null, { status: 204 })
    if (lie === 'type') return new Response('<pet/>', { headers: { 'content-type': 'text/xml' } })
    if (lie === 'nothing') return new Response(null, { status: 200 })
    if (lie === 'json') return new Response('{', { headers: { 'content-type': 'application/json' } })
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

describe('listen', () => {
  it('serves on a free port until it is closed', async () => {
    const app = polka()
    pets().register(app)
    const { url, fetch: ask, close } = await listen(app)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await (await ask('/pets/1')).json()).toEqual({ id: 1, name: 'Tom' })
    await close()
    await expect(fetch(url)).rejects.toThrow()
  })

  it('is closed where its name ends', async () => {
    const served = await listen(pets())
    await served[Symbol.asyncDispose]()
    await expect(served.fetch('/pets/1')).rejects.toThrow()
  })

  it.each([
    ['a blueprint', () => pets()],
    ['a listener', () => pets().handler],
    ['a server', () => createServer(pets().handler)],
    ['an Api', () => new Api(polka(), info).registerBlueprint(pets())],
  ])('serves %s', async (_, make) => {
    const { fetch: ask, close } = await listen(make())
    expect((await ask('/pets/mine')).status).toBe(200)
    await close()
  })

  it('shows redirects as they are', async () => {
    const api = new RestBlueprint('api')
    api.get('/', { status: 200 }, () => new Response(null, { status: 303, headers: { location: '/there' } }))
    const { fetch: ask, close } = await listen(api)
    expect((await ask('/')).headers.get('location')).toBe('/there')
    await close()
  })

  it('refuses what answers nothing', async () => {
    await expect(listen({} as never)).rejects.toThrow(TypeError)
  })
})

describe('fetchFrom', () => {
  it('asks an app that nobody has served, and keeps no process alive', async () => {
    const script = `
      import { RestBlueprint } from './lib/index.ts'
      import { fetchFrom } from './lib/testing.ts'
      const api = new RestBlueprint('api')
      api.get('/', () => 'here')
      const fetch = fetchFrom(api)
      for (const path of ['/', '/']) console.log(await (await fetch(path)).json())`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' }, timeout: 15_000 },
    )
    expect(stdout).toBe('here\nhere\n')
  })
})

describe('expectDocumented', () => {
  const ask = fetchFrom(pets())
  const lying = (lie: string) => ask('/pets/1', { headers: { 'x-lie': lie } })

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
  ])('passes by what is documented: %s %j', async (path, init) => {
    const response = await ask(path, init)
    await expectDocumented(response, documented())
    expect(response.bodyUsed).toBe(false)
  })

  it('takes an Api, and remembers the method that was asked', async () => {
    const app = polka()
    const api = new Api(app, { ...info, prefix: '/v1' }).registerBlueprint(pets())
    const { fetch: ask, close } = await listen(app)
    await expectDocumented(await ask('/v1/pets/1', { method: 'DELETE' }), api)
    const plain = await fetch(`${(await ask('/v1/pets/1')).url}`, { method: 'DELETE' })
    await expect(expectDocumented(plain, api)).rejects.toThrow('GET /v1/pets/1')
    await expectDocumented(plain, api, { method: 'delete' })
    await close()
  })

  it('knows the paths of servers', async () => {
    for (const url of ['/pets', 'https://example.org/pets/'])
      await expectDocumented(
        await ask('/pets/mine'),
        documentOf([{ blueprint: pets(), prefix: '' }], { ...info, servers: [{ url }] }),
      )
  })

  it('throws for a status, naming where it should stand', async () => {
    await expect(expectDocumented(await lying('status'), documented())).rejects.toThrow(
      'GET /pets/1: what was answered is not what is documented\n  - the status 204 is not (#/paths/~1pets~1{id}/get/responses)',
    )
  })

  it('throws for a type', async () => {
    await expect(expectDocumented(await lying('type'), documented())).rejects.toThrow(
      '- the type text/xml is not: there is application/json, text/csv (#/paths/~1pets~1{id}/get/responses/200/content)',
    )
  })

  it('throws for an answer of nothing where there should be something', async () => {
    await expect(expectDocumented(await lying('nothing'), documented())).rejects.toThrow(
      '- an answer without a type is not: there is application/json, text/csv (',
    )
  })

  it('throws for a header field, unless it is told of it', async () => {
    const response = await lying('field')
    await expect(expectDocumented(response, documented())).rejects.toThrow(
      /^GET \/pets\/1, 200: .*\n {2}- the header field x-secret is not \([^)]*\/headers\)$/,
    )
    await expectDocumented(response, documented(), { fields: ['X-Secret'] })
  })

  it('throws for a header field that has to come and did not', async () => {
    const document = structuredClone(documented())
    const path = document.paths['/pets/{id}'] as { get: { responses: Record<string, { headers: object }> } }
    path.get.responses['200'] = {
      ...path.get.responses['200'],
      headers: { 'X-Mood': { required: true }, Vary: {} },
    }
    await expect(expectDocumented(await ask('/pets/1'), document)).rejects.toThrow(
      'the header field X-Mood is missing',
    )
  })

  it('throws for content that its schema refuses, or that is no JSON', async () => {
    await expect(expectDocumented(await lying('content'), documented())).rejects.toThrow(
      /- the content at #\/name must be string \(#.*\/schema\)$/,
    )
    await expect(expectDocumented(await lying('json'), documented())).rejects.toThrow(
      'the content is no JSON: ',
    )
  })

  it('throws for an operation that is not there', async () => {
    for (const [path, method] of [
      ['/pets', 'GET'],
      ['/pets/1', 'OPTIONS'],
      ['/cats', 'GET'],
      ['/pets/1/photo', 'GET'],
    ] as const)
      await expect(expectDocumented(await ask(path, { method }), documented())).rejects.toThrow(
        `${method} ${path}: what was answered is not what is documented\n  - there is no such operation (#/paths)`,
      )
  })

  it('throws an AssertionError, as assertions do', async () => {
    await expect(expectDocumented(await lying('type'), documented())).rejects.toMatchObject({
      code: 'ERR_ASSERTION',
    })
  })

  it('comes before the reading', async () => {
    const response = await ask('/pets/1')
    await response.text()
    await expect(expectDocumented(response, documented())).rejects.toThrow(TypeError)
  })

  it('says once that it does not check contents: by a document of OpenAPI 3.0', async () => {
    const warnings: string[] = []
    const listener = ({ message }: Error) => void warnings.push(message)
    process.on('warning', listener)
    const document = documented({ openapi: '3.0.3' })
    await expectDocumented(await lying('content'), document)
    await expectDocumented(await lying('content'), document)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', listener)
    expect(warnings).toEqual([
      'mazurka/testing does not check contents: they are checked by documents of OpenAPI 3.1 and later',
    ])
  })

  it('checks no content without ajv, and says so', async () => {
    const hook = `export const resolve = (specifier, context, next) => specifier.startsWith('ajv')
      ? Promise.reject(Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' }))
      : next(specifier, context)`
    const url = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`
    const hiding = url(`import { register } from 'node:module'; register(${JSON.stringify(url(hook))})`)
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
      ['--import', 'tsx', '--import', hiding, '--input-type=module', '-e', script],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' }, timeout: 15_000 },
    )
    expect(stderr).toContain('does not check contents: they are checked where ajv is installed')
  })
})
