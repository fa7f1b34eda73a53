/** Pages of the guide whose code is run: their assertions hold, and what they claim beside the code is asked for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import Sqlite from 'libsql'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { expectDocumented, fetchFrom, type Servable } from '../../lib/testing.ts'
import { type Fence, fencesOf } from '../support/fences.ts'
import { readPage } from '../support/readme.ts'
import { runFence } from '../support/run-fence.ts'
import { serve } from '../support/server.ts'
import { testApp } from '../support/test-app.ts'

/** The last line of an app that listens only if its file is run. */
const LISTEN = 'if (process.argv[1] === import.meta.filename) app.listen(3000)'

const fencesOfPage = (page: string) => fencesOf(page, readPage(page))

/** Runs code that exports something, and serves it. */
async function served(fence: Fence | undefined, name: 'app' | 'listener') {
  const exported = await runFence(fence as Fence)
  return serve(exported[name] as Servable)
}

describe('the page on testing', () => {
  const fences = fencesOfPage('docs/testing.md')

  it.each(fences.map((fence) => ({ fence, line: fence.line })))(
    'runs, and its assertions hold, from line $line',
    async ({ fence }) => {
      await runFence(fence)
    },
  )
})

describe('the first code of a page on what surrounds endpoints', () => {
  const pages = ['caching', 'observability', 'proxy', 'security', 'throttling', 'versions']

  it.each(pages)('runs: %s', async (page) => {
    await runFence(fencesOfPage(`docs/${page}.md`)[0] as Fence)
  })
})

describe('the first code of the page on the JSON:API', () => {
  it('serves the tables of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guide-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'library.db')
    const database = new Sqlite(file)
    database.exec(`create table person (id integer primary key, name text);
      create table article (id integer primary key, title text, author_id integer references person (id));
      create table comment (id integer primary key, body text, article_id integer references article (id));
      insert into person values (1, 'Ada'); insert into article values (1, 'Engines', 1)`)
    database.close()
    const [{ code, ...others } = {} as Fence] = fencesOfPage('docs/jsonapi.md')
    expect(code).toContain(LISTEN)
    const adapted = code.replace("'library.db'", `'${file}'`).replace(LISTEN, '')
    const { get, status } = await served({ ...others, code: adapted }, 'app')
    expect((await get('/api/article?include=author')).value).toMatchObject({
      data: [{ type: 'article', attributes: { title: 'Engines' } }],
      included: [{ type: 'person', attributes: { name: 'Ada' } }],
    })
    for (const path of ['/api/article/1/comments', '/docs', '/openapi.json'])
      expect(await status(path)).toBe(200)
    expect(await status('POST /api/article')).toBe(405)
  })
})

describe('the page on responses', () => {
  const fenceWith = (text: string) =>
    fencesOfPage('docs/responses.md').find(({ code }) => code.includes(text)) as Fence

  it('serves a file and a part of it, as documented', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guide-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, '7.pdf'), 'hello world')
    writeFileSync(join(folder, '8.pdf'), '')
    const { code, ...others } = fenceWith('accept-ranges')
    const exported = await runFence({
      ...others,
      code: `${code.replace('/srv/reports', folder)}\nexport { api }`,
    })
    const api = new Api(undefined, { title: 'x', version: '1' }).registerBlueprint(
      exported.api as RestBlueprint,
    )
    const get = fetchFrom(api)
    const ask = async (range?: string, id = 7, others = {}, method = 'GET') => {
      const headers = range === undefined ? others : { range, ...others }
      const answer = await get(`/reports/${id}/file`, { method, headers })
      await expectDocumented(answer.clone(), api)
      return [
        answer.status,
        answer.headers.get('content-range'),
        answer.status < 400 ? await answer.text() : '',
      ]
    }
    expect(await ask()).toEqual([200, null, 'hello world'])
    expect(await ask('bytes=6-')).toEqual([206, 'bytes 6-10/11', 'world'])
    expect(await ask('bytes=0-4')).toEqual([206, 'bytes 0-4/11', 'hello'])
    expect(await ask('bytes=11-')).toEqual([416, 'bytes */11', ''])
    expect(await ask('bytes=0-4', 7, { 'if-range': '"old"' })).toEqual([200, null, 'hello world'])
    expect(await ask('bytes=0-4', 7, {}, 'HEAD')).toEqual([200, null, ''])
    expect(await ask(undefined, 8)).toEqual([200, null, ''])
    expect((await get('/reports/9/file')).status).toBe(404)
  })

  it('makes URLs within a chain', async () => {
    const { cats } = await runFence(fenceWith('function urlOf'))
    const answer = await fetchFrom(cats as RestBlueprint)('/cats', { method: 'POST' })
    expect([answer.status, answer.headers.get('location')]).toEqual([201, '/cats/7'])
  })
})

describe('the pages on errors and Apis', () => {
  const withRoutes = (page: string, text: string, lines: string) => {
    const { code, ...others } = fencesOfPage(page).find((fence) => fence.code.includes(text)) as Fence
    return served({ ...others, code: `${code}\n${lines}` }, 'listener')
  }

  it('render an error as a page with its title', async () => {
    const { ask } = await withRoutes(
      'docs/exceptions.md',
      'error.toProblem()',
      "api.get('/concerts', () => 1)\nexport const listener = api.handler",
    )
    expect((await ask('/unknown', { accept: 'text/html' })).text).toBe('<h1>404 Not Found</h1>')
  })

  it('answer an unknown path as HTML where the root of an Api has the type', async () => {
    const { ask } = await withRoutes(
      'docs/api.md',
      "api.root.outgoing.addMimetype('text/html')",
      'export const listener = api.root.handler',
    )
    const page = await ask('/unknown', { accept: 'text/html' })
    expect([page.status, page.headers.get('content-type'), page.text]).toEqual([
      404,
      'text/html; charset=utf-8',
      '<h1>{"missing":true}</h1>',
    ])
    expect((await ask('/unknown')).json).toEqual({ missing: true })
  })
})

describe('the page on migration', () => {
  let inFront: Fence | undefined
  let mounted: Fence | undefined
  let express: Fence | undefined
  let fastify: Fence | undefined
  let validation: Fence | undefined
  let flask: Fence | undefined
  beforeAll(() => {
    const fences = fencesOfPage('docs/migration.md')
    expect(fences.length).toBe(6)
    ;[mounted, inFront, express, fastify, validation, flask] = fences
  })

  describe.each(['polka', 'polka-next'])('in front of an old app, with %s', (name) => {
    const withPolka = () => {
      const { code, ...others } = inFront as Fence
      return served({ ...others, code: code.replace("from 'polka'", `from '${name}'`) }, 'app')
    }

    it('puts an Api', async () => {
      const { fetch, get, status } = await withPolka()
      expect(await get('/pets/7')).toEqual({ status: 200, value: { id: 7, name: 'Rex' } })
      expect(await status('DELETE /pets/7')).toBe(405)
      expect(await status('/pets/new')).toBe(404) // the prefix is the Api's
      expect(await status('/openapi.json')).toBe(200)
      expect(await (await fetch('/shops')).text()).toBe('old /shops {}')
    })

    it('puts an Api whose blueprint has whole paths: other paths below the prefix stay', async () => {
      const { code, ...others } = inFront as Fence
      const whole = code.replace("'/<int:id>'", "'/pets/<int:id>'").replace(", { prefix: '/pets' }", '')
      const adapted = whole.replace("from 'polka'", `from '${name}'`)
      const { fetch, get, status } = await served({ ...others, code: adapted }, 'app')
      expect(await get('/pets/7')).toEqual({ status: 200, value: { id: 7, name: 'Rex' } })
      expect(await (await fetch('/pets/new')).text()).toBe('old /pets/new {}')
      expect(await status('DELETE /pets/7')).toBe(405)
    })

    it('leaves the guards and the query of Express as they are', async () => {
      const { fetch, status } = await withPolka()
      expect(await status('/admin/secret')).toBe(401)
      expect(await (await fetch('/admin/list?a=1')).text()).toBe('old /list {"a":["1"]}')
    })
  })

  it('mounts a blueprint in an old app', async () => {
    const { fetch, get } = await served(mounted, 'listener')
    expect(await get('/pets/7')).toEqual({ status: 200, value: { id: 7, name: 'Rex' } })
    for (const path of ['/pets', '/pets/new', '/pets/7/photo', '/shops'])
      expect(await (await fetch(path)).text(), path).toBe('old')
    expect(await (await fetch('/pets/7', { method: 'DELETE' })).text()).toBe('old')
  })

  it('puts a blueprint in front of a request listener', async () => {
    const pets = new RestBlueprint('pets', { prefix: '/pets' }).get('/<int:id>', ({ params }) => params)
    const server = createServer((request, response) =>
      pets.handler(request, response, () => response.end('old')),
    )
    const { fetch, get } = await serve(server)
    expect(await get('/pets/7')).toEqual({ status: 200, value: { id: 7 } })
    expect(await (await fetch('/pets/new')).text()).toBe('old')
    expect(await (await fetch('/pets/7', { method: 'DELETE' })).text()).toBe('old')
  })

  describe('from Express', () => {
    it('routes by the narrowest path, in any order', async () => {
      const { get } = await served(express, 'app')
      expect((await get('/pets/new')).value).toBe('before /:name, although it is declared later')
      expect((await get('/pets/7')).value).toEqual({ id: 7 })
      expect((await get('/pets/rex', { 'x-tenant': 'a' })).value).toEqual({ name: 'rex', tenant: 'a' })
      expect(await get('/pets/8')).toEqual({ status: 404, detail: 'No such pet' })
    })

    it('answers 406, 415 and 405', async () => {
      const { status } = await served(express, 'app')
      expect(await status('/pets/7', { accept: 'image/png' })).toBe(406)
      expect(await status('POST /pets', 'text/plain', 'Rex')).toBe(415)
      expect(await status('PATCH /pets/7')).toBe(405)
    })

    it('reads JSON and forms, up to the limit', async () => {
      const { ask, status } = await served(express, 'app')
      for (const [type, content] of [
        ['application/json', '{"name":"Rex"}'],
        ['application/x-www-form-urlencoded', 'name=Rex'],
      ] as const) {
        const response = await ask('POST /pets', type, content)
        expect([response.status, response.headers.get('location')]).toEqual([201, '/pets/7'])
        expect(response.json).toEqual({ name: 'Rex' })
      }
      expect(await status('POST /pets', 'application/json', JSON.stringify('a'.repeat(2_000_000)))).toBe(413)
    })

    it('sends a status, fields, nothing, a redirect, a cookie, an error', async () => {
      const { ask, get } = await served(express, 'app')
      const job = await ask('POST /pets/jobs')
      expect([job.status, job.headers.get('retry-after')]).toEqual([202, '5'])
      expect((await ask('DELETE /pets/7')).status).toBe(204)
      const old = await ask('/pets/old')
      expect([old.status, old.headers.get('location')]).toEqual([303, '/pets'])
      expect((await ask('/pets/seen')).headers.get('set-cookie')).toBe('seen=1; Path=/')
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      onTestFinished(() => log.mockRestore())
      expect(await get('/pets/down')).toEqual({ status: 503, detail: 'Come back later' })
    })
  })

  describe('from Fastify', () => {
    const rex = { name: 'Rex', age: 3 }

    it('validates every location at once, converts the query, and sends what is declared', async () => {
      const { post } = await served(fastify, 'app')
      expect(await post('/v1/pets?copies=2', rex)).toEqual({ status: 200, value: rex })
      const { status, errors } = await post('/v1/pets?copies=many', { name: 'Rex', age: '3' })
      expect(status).toBe(422)
      expect(errors?.map(({ pointer, parameter }) => pointer ?? parameter).sort()).toEqual([
        '#/age',
        'copies',
      ])
    })

    it('removes and converts as Fastify does, with an Ajv that has its options', async () => {
      const { pets } = await runFence(validation as Fence)
      const { post } = await testApp(pets as RestBlueprint)
      const sent = { name: 7, age: '3', tags: 'a', x: 1 }
      expect(await post('/pets', sent)).toEqual({ status: 200, value: { name: '7', age: 3, tags: ['a'] } })
      expect((await post('/pets', { name: {}, age: 'old' })).errors).toHaveLength(1)
    })

    it('keeps strings of JSON, refuses what `additionalProperties: false` forbids, and has `unknown: drop`', async () => {
      const code = (validation as Fence).code.replace('  { ajv },\n', '')
      for (const [declared, status] of [
        ["RestBlueprint('pets')", 422],
        ["RestBlueprint('pets', { unknown: 'drop' })", 200],
      ] as const) {
        const { pets } = await runFence({
          ...(validation as Fence),
          code: code.replace("RestBlueprint('pets')", declared),
        })
        const { post } = await testApp(pets as RestBlueprint)
        expect((await post('/pets', { name: 'Rex', x: 1 })).status).toBe(status)
        expect((await post('/pets', { name: 'Rex', age: '3' })).status).toBe(422)
      }
    })

    it('sends a Date as a date-time, rows of a generator, bytes of a stream in their type', async () => {
      const At = (format: string) =>
        jsonSchema({ type: 'object', properties: { at: { type: 'string', format } } })
      const bytes = () => Readable.from([Buffer.from('a,'), Buffer.from('b')], { objectMode: false })
      const { ask, get } = await testApp((pets) => {
        for (const format of ['date-time', 'date'])
          pets.get(`/${format}`, { response: At(format) }, () => ({ at: new Date(0) }))
        pets.get('/bytes', () => serializeResponse(bytes(), { contentType: 'text/csv' }))
        pets.get('/rows', () => Readable.from(['a', 'b']))
      })
      expect((await get('/date-time')).value).toEqual({ at: '1970-01-01T00:00:00.000Z' })
      expect((await get('/date')).status).toBe(500)
      expect((await get('/rows')).value).toEqual(['a', 'b'])
      const { headers, text } = await ask('/bytes')
      expect([headers.get('content-type'), text]).toEqual(['text/csv; charset=utf-8', 'a,b'])
    })

    it('parses and renders further types, streams, and runs the hooks', async () => {
      const { ask } = await served(fastify, 'app')
      expect((await ask('POST /v1/names', 'text/csv', 'a\nb')).json).toEqual(['a', 'b'])
      const rows = await ask('/v1/pets', { accept: 'text/csv' })
      expect([rows.text, rows.headers.get('x-sent')]).toEqual(['name,seen\r\nRex,yes\r\n', 'yes'])
      expect((await ask('/v1/pets')).json).toEqual([{ name: 'Rex', seen: 'yes' }])
    })

    it('answers unknown paths by the handler of the root, and has a document', async () => {
      const { ask } = await served(fastify, 'app')
      const missing = await ask('/nothing')
      expect([missing.status, missing.json]).toEqual([404, { missing: '/nothing' }])
      expect((await ask('/openapi.json')).json.paths).toHaveProperty(['/v1/pets', 'post'])
    })
  })

  describe('from Flask', () => {
    it('has pages, types by endpoint, and created resources', async () => {
      const { ask } = await served(flask, 'app')
      const page = await ask('/pets?page=1&page_size=5')
      expect([page.json, JSON.parse(page.headers.get('x-pagination') ?? '')]).toMatchObject([
        [{ id: 7, name: 'Rex' }],
        { total: 1 },
      ])
      expect((await ask('/pets', { accept: 'text/x-names' })).text).toBe('Rex')
      expect((await ask('POST /pets', {}, { id: 8, name: 'Tom' })).status).toBe(201)
    })

    it('compares revisions and dates before the handler', async () => {
      const { ask, status } = await served(flask, 'app')
      const pet = await ask('/pets/7')
      expect(pet.json).toEqual({ id: 7, name: 'Rex' })
      expect(await status('/pets/7', { 'if-none-match': pet.tag })).toBe(304)
      const modified = pet.headers.get('last-modified') ?? ''
      expect(await status('/pets/7', { 'if-modified-since': modified })).toBe(304)
      const tom = { id: 7, name: 'Tom' }
      expect(await status('PUT /pets/7', {}, tom)).toBe(428)
      expect(await status('PUT /pets/7', { 'if-match': pet.tag }, tom)).toBe(200)
      expect(await status('PUT /pets/7', { 'if-match': pet.tag }, tom)).toBe(412)
    })

    it('knows its URLs, its blueprint and the chosen type', async () => {
      const exported = await runFence(flask as Fence)
      const { urlFor } = exported.api as { urlFor: (name: string, params: object) => string }
      expect(urlFor.call(exported.api, 'pets.show', { id: 7 })).toBe('/pets/7')
      const { get } = await serve(exported.app as Servable)
      expect((await get('/pets/about')).value).toEqual(['application/json', 'pets'])
    })
  })
})
