/** The OpenAPI document of a JSON:API: what it says, and that it says what the server does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import { afterAll, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import {
  ApiManager,
  type CreateApiOptions,
  defineModel,
  introspect,
  type ManagerOptions,
} from '../../lib/jsonapi.ts'
import type { OpenApiDocument } from '../../lib/openapi.ts'
import { expectDocumented } from '../../lib/testing.ts'
import { closeBrowser, needsBrowser, visit } from '../support/browser.ts'
import { describeEachDatabase, type TestDatabase } from '../support/databases.ts'
import { openLibrary } from '../support/library.ts'
import { at, faultsOf, parametersAt, responseAt, VERSIONS } from '../support/open-api.ts'
import { polka } from '../support/polka.ts'
import { lint } from '../support/redocly.ts'
import { serve } from '../support/server.ts'

const ALL = ['GET', 'POST', 'PATCH', 'DELETE']
const TYPE = 'application/vnd.api+json'
const CURSORS = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/'
const ATOMIC = `${TYPE};ext="https://jsonapi.org/ext/atomic"`

const folder = mkdtempSync(join(tmpdir(), 'jsonapi-openapi-'))
afterAll(async () => {
  await closeBrowser()
  rmSync(folder, { recursive: true, force: true })
})

/** The library as an Api, in the order of its models, or of `names`. */
async function library(
  database: TestDatabase,
  options: Partial<ManagerOptions> = {},
  own: Readonly<Record<string, CreateApiOptions>> = {},
  names?: readonly string[],
) {
  const { db, models } = await openLibrary(database)
  const app = polka()
  const api = new Api(app, { title: 'Library', version: '1.0.0' })
  const manager = new ApiManager(api, { db, methods: ALL, ...options })
  for (const name of names ?? Object.keys(models)) manager.createApi(models[name] as never, own[name])
  return { app, api, manager, db, models, document: api.document() }
}

// biome-ignore lint/suspicious/noExplicitAny: specs state the schemas they expect
type Found = any

function schema(document: OpenApiDocument, name: string): Found {
  return document.components?.schemas?.[name]
}

function fieldsOf(document: OpenApiDocument, name: string): Found {
  const { properties } = schema(document, name)
  return (properties.data ?? { properties }).properties
}

describeEachDatabase(
  'the document of a JSON:API',
  (database) => {
    it('describes the attributes of resources by the types of their columns (FJ-152)', async () => {
      const { document } = await library(database)
      expect(fieldsOf(document, 'article').attributes.properties).toEqual({
        title: { type: 'string', maxLength: 200 },
        body: { type: ['string', 'null'] },
        published: { type: ['string', 'null'], format: 'date-time' },
        price: { type: ['string', 'null'], pattern: '^-?[0-9]+(\\.[0-9]+)?$' },
      })
      expect(fieldsOf(document, 'person').attributes.properties.is_admin).toEqual({ type: 'boolean' })
    })

    it('requires in a creation what the database cannot fill in, and in an update nothing (FJ-152)', async () => {
      const { document } = await library(database)
      const { type, attributes, relationships, id } = fieldsOf(document, 'commentCreate')
      expect(type).toEqual({ const: 'comment' })
      expect(id).toBeUndefined()
      expect(attributes.required).toEqual(['body'])
      expect(relationships.required).toEqual(['article'])
      expect(relationships.properties.article.properties.data).toEqual({
        $ref: '#/components/schemas/articleIdentifier',
      })
      expect(relationships.properties.author.properties.data.anyOf).toHaveLength(2)
      expect(fieldsOf(document, 'personCreate').attributes.required).toEqual(['name'])
      const update = fieldsOf(document, 'commentUpdate')
      expect([update.attributes.required, update.relationships.required]).toEqual([undefined, undefined])
      expect(schema(document, 'commentUpdate').properties.data.required).toEqual(['type', 'id'])
    })
  },
  ['sqlite', 'postgres', 'mysql'],
)

describeEachDatabase(
  'the operations of a document',
  (database) => {
    it('are one for each method of a resource and of its relations, with readable ids', async () => {
      const { document } = await library(database)
      const ids = Object.values(document.paths).flatMap((item) =>
        Object.values(item).map(({ operationId }) => operationId),
      )
      expect(ids.filter((id) => id?.startsWith('tag.'))).toEqual([
        'tag.list',
        'tag.create',
        'tag.show',
        'tag.delete',
        'tag.update',
        'tag.articles',
        'tag.articles.member',
        'tag.articles.relationship',
        'tag.articles.add',
      ])
      expect(at(document, '/api/article/{id}/relationships/author', 'patch').operationId).toBe(
        'article.author.replace',
      )
      expect(Object.keys(document.paths)).toContain('/api/article/{id}/tags/{relatedId}')
      expect(Object.keys(document.paths)).not.toContain('/api/article/{id}/author/{relatedId}')
    })

    it('are those that the options allow: others answer 403 and are not described (RES-249)', async () => {
      const { document, app } = await library(database)
      const path = '/api/article/{id}/relationships/tags'
      expect(Object.keys(document.paths[path] ?? {})).toEqual(['get', 'post'])
      const { status } = await serve(app)
      const linkage = { data: [] }
      expect(await status('PATCH /api/article/1/relationships/tags', TYPE, linkage)).toBe(403)
      expect(await status('POST /api/article/1/relationships/author', TYPE, linkage)).toBe(403)
      const allowed = await library(database, {
        allowToManyReplacement: true,
        allowDeleteFromToManyRelationships: true,
      })
      expect(Object.keys(allowed.document.paths[path] ?? {})).toEqual(['get', 'post', 'delete', 'patch'])
      const author = '/api/article/{id}/relationships/author'
      expect(Object.keys(allowed.document.paths[author] ?? {})).toEqual(['get', 'patch'])
    })

    it('leave out relations without an API, until it is created (RES-051, RES-114)', async () => {
      const { api, app, manager, models, document } = await library(database, {}, {}, ['article'])
      const { outcome } = await serve(app)
      const path = '/api/article/{id}/author'
      expect(document.paths[path]).toBeUndefined()
      expect(fieldsOf(document, 'article').relationships).toBeUndefined()
      expect((await outcome('/api/article/1/author')).errors).toMatchObject([
        { status: '404', detail: 'No such relation: author' },
      ])
      expect((await outcome('/api/article/1/id')).errors).toMatchObject([{ detail: 'No such relation: id' }])
      expect((await outcome('/api/article/1/relationships')).status).toBe(404)
      manager.createApi(models.person as never)
      expect(api.document().paths[path]).toBeDefined()
      expect(fieldsOf(api.document(), 'article').relationships.properties).toHaveProperty('author')
      expect((await outcome('/api/article/1/author')).status).toBe(200)
    })

    it('are the same in whatever order the APIs are created', async () => {
      const names = ['person', 'article', 'comment', 'tag']
      const sorted = (document: OpenApiDocument) => {
        const paths = Object.entries(document.paths).sort(([one], [other]) => (one < other ? -1 : 1))
        return Object.fromEntries(paths)
      }
      const one = await library(database, {}, {}, names)
      const other = await library(database, {}, {}, names.toReversed())
      expect(Object.keys(sorted(other.document))).toEqual(Object.keys(sorted(one.document)))
      for (const name of names) {
        const { properties } = fieldsOf(one.document, name).relationships
        expect(fieldsOf(other.document, name).relationships.properties).toEqual(properties)
      }
    })

    it('have the parameters of their requests', async () => {
      const apis = { article: { pageSize: undefined } as object } // replaces none of the manager
      const { document } = await library(database, { pageSize: 5, maxPageSize: 50, maxIncludeDepth: 2 }, apis)
      const list = parametersAt(document, '/api/article')
      expect(list.include.schema.items.enum).toEqual(expect.arrayContaining(['author', 'comments.author']))
      expect(list.include.schema.items.enum).not.toContain('comments.author.comments')
      expect(list['fields[person]'].schema.items.enum).toContain('email')
      expect(list.sort.schema.items.enum).toEqual(
        expect.arrayContaining(['title', '-title', 'author.name', '-author.name']),
      )
      expect(list['filter[price]'].schema.items).toMatchObject({
        type: 'string',
        pattern: expect.any(String),
      })
      expect(list['page[size]'].schema).toEqual({ type: 'integer', minimum: 1, maximum: 50, default: 5 })
      expect(Object.keys(list)).toEqual(
        expect.arrayContaining([
          'filter[single]',
          'filter[tags]',
          'page[number]',
          'page[after]',
          'page[before]',
        ]),
      )
      const show = parametersAt(document, '/api/article/{id}')
      expect(show.id).toEqual({ name: 'id', in: 'path', required: true, schema: { type: 'integer' } })
      expect(Object.keys(show).filter((name) => /filter|page|sort/.test(name))).toEqual([])
      expect(Object.keys(parametersAt(document, '/api/article/{id}', 'patch'))).toContain('If-Match')
    })

    it('have the grammar of filters, with the operators of each kind of attributes', async () => {
      const { document } = await library(database)
      const { content } = parametersAt(document, '/api/article')['filter[objects]']
      expect(content['application/json'].schema.items).toEqual({ $ref: '#/components/schemas/articleFilter' })
      const forms: Found[] = schema(document, 'articleFilter').anyOf.map(
        ({ properties }: Found) => properties,
      )
      const of = (name: string): Found => forms.find((form) => form.name?.enum.includes(name))
      expect(of('title').op.enum).toEqual(expect.arrayContaining(['eq', 'ilike', 'is_null']))
      expect(of('price').op.enum).not.toContain('like')
      expect(of('price').op.enum).toContain('ge')
      expect([of('author').op.enum[0], of('author').val]).toEqual([
        'has',
        { $ref: '#/components/schemas/personFilter' },
      ])
      expect(of('tags').op.enum[0]).toBe('any')
      expect(forms.find((form) => form.and)?.and.items).toEqual({
        $ref: '#/components/schemas/articleFilter',
      })
    })

    it('have their statuses, header fields and media types', async () => {
      const { document } = await library(database, { requireIfMatch: true })
      const statuses = (path: string, method: string) => Object.keys(at(document, path, method).responses)
      expect(statuses('/api/article/{id}', 'patch')).toEqual(
        expect.arrayContaining(['200', '204', '400', '403', '404', '406', '409', '412', '415', '422', '428']),
      )
      expect(statuses('/api/article/{id}', 'get')).toEqual(
        expect.arrayContaining(['200', '304', '404', '503']),
      )
      expect(statuses('/api/article/{id}', 'delete')).not.toContain('200')
      expect(Object.keys(responseAt(document, '/api/article', 201, 'post').headers)).toEqual(
        expect.arrayContaining(['Location', 'ETag', 'Vary']),
      )
      expect(Object.keys(responseAt(document, '/api/article', 200).content)).toEqual([
        TYPE,
        'text/csv',
        'application/x-ndjson',
        `${TYPE}; profile="${CURSORS}"`,
      ])
      expect(Object.keys(responseAt(document, '/api/article', 200).headers)).toContain('Link')
      expect(parametersAt(document, '/api/article/{id}', 'patch')['If-Match'].required).toBe(true)
      expect(responseAt(document, '/api/article', 404).content[TYPE].schema).toEqual({
        $ref: '#/components/schemas/ErrorDocument',
      })
      expect(Object.keys(at(document, '/api/operations', 'post').requestBody.content)).toContain(
        `${TYPE}; ext="https://jsonapi.org/ext/atomic"`,
      )
    })

    it('have no field that options or permissions hide', async () => {
      const { document } = await library(
        database,
        {},
        {
          person: { exclude: ['email', 'comments'], can: ({ field }) => field !== 'born' },
          article: { readOnly: ['price'], allowClientGeneratedIds: true },
          tag: { can: () => false },
          comment: {
            can: ({ request }) => (request as unknown as { user: { isAdmin: boolean } }).user.isAdmin,
          },
        },
      )
      for (const name of ['person', 'personCreate', 'personUpdate', 'personRow']) {
        const text = JSON.stringify(schema(document, name))
        expect(text).not.toMatch(/email|born|comments/)
        expect(text).toContain('is_admin')
      }
      expect(document.paths['/api/person/{id}/comments']).toBeUndefined()
      expect(Object.keys(parametersAt(document, '/api/person'))).not.toContain('filter[email]')
      expect(JSON.stringify(parametersAt(document, '/api/article'))).not.toMatch(/email|born/)
      expect(fieldsOf(document, 'articleCreate').attributes.properties).not.toHaveProperty('price')
      expect(fieldsOf(document, 'articleCreate').id).toEqual({ type: 'string' })
      // permissions that depend on the client hide nothing from a document for everybody
      expect(fieldsOf(document, 'comment').attributes.properties).toHaveProperty('body')
    })

    it('have names of their own where a type is served twice, or a relation is named as an operation', async () => {
      const { manager, api, models, db } = await library(database)
      manager.createApi(models.person as never, { prefix: '/public', only: ['name'] })
      const other = new ApiManager(undefined, { db, prefix: '/other', operations: false })
      other.createApi(
        defineModel(models.tag as never, {
          relations: { list: { target: 'tag', local: 'id', remote: 'id', isMany: true } },
        }),
      )
      const document = api.document()
      expect(at(document, '/public/person').operationId).toBe('person-2.list')
      expect(Object.keys(fieldsOf(document, 'person').attributes.properties)).toEqual(['name'])
      expect(fieldsOf(document, 'person2').attributes.properties).toHaveProperty('email')
      const both = new Api(polka(), { title: 'Both', version: '1' })
      other.initApp(both)
      expect(at(both.document(), '/other/tag/{id}/list').operationId).toBe('tag.related.list')
    })

    it('describe every kind of values, ids of several columns and subtypes', async () => {
      const opened = await database.open()
      await opened.run(`
        create table thing (a integer not null, b varchar(9) not null, kind varchar(9) not null, amount bigint, data {json},
          token {uuid}, picture {binary}, day date, weight {double}, primary key (a, b))`)
      const { thing } = await introspect(opened.db)
      const base = defineModel(thing as never, {
        columns: { kind: { kind: 'enum', values: ['toy', 'tool'], type: 'varchar(9)' } },
        discriminator: { column: 'kind' },
        computed: { heavy: { type: { kind: 'boolean' }, sql: ({ ref }) => sql`${ref('weight')} > 9` } },
      })
      const toy = defineModel(base, { discriminator: { column: 'kind', value: 'toy' } })
      const api = new Api(polka(), { title: 'Things', version: '1' })
      const manager = new ApiManager(api, { db: opened.db, methods: ALL, allowFunctions: true })
      for (const model of [base, toy]) manager.createApi(model)
      const document = api.document()
      expect(await faultsOf(document)).toEqual([])
      expect(fieldsOf(document, 'thing').attributes.properties).toMatchObject({
        kind: { type: 'string', enum: ['toy', 'tool'] },
        amount: { type: ['string', 'null'], format: 'int64' },
        data: {},
        token: { type: ['string', 'null'], format: 'uuid' },
        picture: { type: ['string', 'null'], contentEncoding: 'base64' },
        day: { type: ['string', 'null'], format: 'date' },
        weight: { type: ['number', 'null'] },
        heavy: { type: ['boolean', 'null'] },
      })
      expect(parametersAt(document, '/api/thing/{id}').id.schema).toEqual({ type: 'string' })
      expect(schema(document, 'thingList').properties.data.anyOf[0].items.anyOf).toHaveLength(2)
      expect(parametersAt(document, '/api/eval/thing').functions.required).toBe(true)
    })
  },
  ['sqlite'],
)

describeEachDatabase(
  'a document in the tools of others',
  (database) => {
    it.each(VERSIONS)(
      'is valid in OpenAPI %s',
      async (openapi) => {
        const { db, models } = await openLibrary(database)
        const api = new Api(polka(), { title: 'Library', version: '1.0.0', openapi: { version: openapi } })
        const manager = new ApiManager(api, { db, methods: ALL, allowFunctions: true, idempotency: true })
        for (const model of Object.values(models)) manager.createApi(model)
        const document = api.document()
        expect(document.openapi).toBe(openapi)
        expect(await faultsOf(document)).toEqual([])
        const file = join(folder, `${openapi}.json`)
        writeFileSync(file, JSON.stringify(document))
        expect(lint(file)).toBe('')
      },
      30_000,
    )
  },
  ['sqlite'],
)

describeEachDatabase(
  'the documentation page',
  (database) => {
    it('lists the operations, and sends their requests', async (context) => {
      const browser = await needsBrowser(context)
      const { app } = await library(database)
      const { url } = await serve(app)
      const { page, faults, asked } = await visit(browser, `${url}/docs`)
      const block = '.opblock-get:has([data-path="/api/article"])'
      for (const button of ['.opblock-summary-control', '.try-out__btn', '.execute']) {
        await page.waitForSelector(`${block} ${button}`)
        await page.click(`${block} ${button}`)
      }
      await page.waitForSelector(`${block} .live-responses-table .microlight`)
      expect(asked).toContain(`${url}/api/article?page%5Bsize%5D=10`)
      expect(faults).toEqual([])
    }, 60_000)
  },
  ['sqlite'],
)

const ARTICLE = {
  data: {
    type: 'article',
    attributes: { title: 'New', price: '1.50', published: '2021-01-01T00:00:00Z' },
    relationships: {
      author: { data: { type: 'person', id: '1' } },
      tags: { data: [{ type: 'tag', id: '1' }] },
    },
  },
}

/** Requests with the statuses of their answers. */
const REQUESTS: readonly (readonly [
  status: number,
  line: string,
  content?: unknown,
  fields?: Record<string, string>,
])[] = [
  [200, '/api'],
  [200, '/api/article?include=author,comments.author,tags&sort=-author.name&filter[title]=Engines,Looms'],
  [200, '/api/article?filter[single]=1&filter[id]=1'],
  [404, '/api/article?filter[single]=1'],
  [200, '/api/article', undefined, { accept: `${TYPE};profile="${CURSORS}"` }],
  [200, '/api/article?page[size]=1&page[number]=2&fields[article]=title'],
  [
    200,
    '/api/article?filter[objects]=[{"name":"tags","op":"any","val":{"name":"name","op":"like","val":"h%25"}}]',
  ],
  [200, '/api/article', undefined, { accept: 'text/csv' }],
  [200, '/api/article', undefined, { accept: 'application/x-ndjson' }],
  [406, '/api/article', undefined, { accept: 'image/png' }],
  [400, '/api/article?sort=nope'],
  [400, '/api/article?nope=1'],
  [201, 'POST /api/article', ARTICLE],
  [201, 'POST /api/person', { data: { type: 'person', attributes: { name: 'Dan', born: '2000-02-29' } } }],
  [
    409,
    'POST /api/person',
    { data: { type: 'person', attributes: { name: 'Eve', email: 'ada@example.org' } } },
  ],
  [400, 'POST /api/person', { data: { type: 'person', attributes: {} } }],
  [403, 'POST /api/person', { data: { type: 'person', id: '9', attributes: { name: 'Eve' } } }],
  [
    404,
    'POST /api/comment',
    {
      data: {
        type: 'comment',
        attributes: { body: 'x' },
        relationships: { article: { data: { type: 'article', id: '99' } } },
      },
    },
  ],
  [415, 'POST /api/person', { data: {} }, { 'content-type': 'application/json' }],
  [200, '/api/article/1?include=author'],
  [404, '/api/article/99'],
  [204, 'PATCH /api/article/1', { data: { type: 'article', id: '1', attributes: { title: 'Motors' } } }],
  [
    200,
    'PATCH /api/article/1?include=tags',
    { data: { type: 'article', id: '1', attributes: { body: null } } },
  ],
  [409, 'PATCH /api/article/1', { data: { type: 'article', id: '2' } }],
  [412, 'PATCH /api/article/1', { data: { type: 'article', id: '1' } }, { 'if-match': '"old"' }],
  [204, 'DELETE /api/tag/3'],
  [404, 'DELETE /api/tag/3'],
  [412, 'DELETE /api/tag/2', undefined, { 'if-match': '"old"' }],
  [200, '/api/article/1/author'],
  [200, '/api/article/4/author'],
  [200, '/api/article/1/comments?include=author&sort=-id'],
  [200, '/api/article/1/comments', undefined, { accept: 'text/csv' }],
  [200, '/api/person/1/author_articles?page[size]=1'],
  [200, '/api/article/1/tags/2'],
  [404, '/api/article/1/tags/99'],
  [200, '/api/article/1/relationships/author?include=author'],
  [200, '/api/article/1/relationships/tags?include=tags'],
  [200, '/api/article/1/relationships/tags?filter[single]=1&filter[name]=history'],
  [204, 'PATCH /api/article/1/relationships/author', { data: null }],
  [404, 'PATCH /api/article/1/relationships/author', { data: { type: 'person', id: '99' } }],
  [409, 'PATCH /api/article/1/relationships/author', { data: { type: 'tag', id: '1' } }],
  [204, 'POST /api/article/3/relationships/tags', { data: [{ type: 'tag', id: '1' }] }],
  [204, 'PATCH /api/article/3/relationships/tags', { data: [] }],
  [204, 'DELETE /api/article/1/relationships/tags', { data: [{ type: 'tag', id: '1' }] }],
  [400, 'DELETE /api/article/1/relationships/tags', { data: {} }],
  [200, '/api/eval/article?functions=[{"name":"count","field":"id"},{"name":"max","field":"price"}]'],
  [400, '/api/eval/article?functions=[{"name":"drop","field":"id"}]'],
  [
    200,
    'POST /api/operations',
    { 'atomic:operations': [{ op: 'add', data: { type: 'tag', attributes: { name: 'new' } } }] },
    { 'content-type': ATOMIC },
  ],
  [
    204,
    'POST /api/operations',
    { 'atomic:operations': [{ op: 'remove', ref: { type: 'comment', id: '1' } }] },
    { 'content-type': ATOMIC },
  ],
  [
    404,
    'POST /api/operations',
    { 'atomic:operations': [{ op: 'remove', ref: { type: 'comment', id: '1' } }] },
    { 'content-type': ATOMIC },
  ],
]

describeEachDatabase('the proof', (database) => {
  it('is that every answer has its documented status, media type, fields and schema', async () => {
    const { app, document } = await library(database, {
      allowToManyReplacement: true,
      allowDeleteFromToManyRelationships: true,
      allowFunctions: true,
    })
    const { fetch } = await serve(app)
    const strict = withoutDefaults(document)
    for (const [status, line, content, fields] of REQUESTS) {
      const [path = '/', method = 'GET'] = line.split(' ').reverse()
      const response = await fetch(path, {
        method,
        headers: { accept: TYPE, ...(content === undefined ? {} : { 'content-type': TYPE }), ...fields },
        ...(content === undefined ? {} : { body: JSON.stringify(content) }),
      })
      expect([
        response.status,
        line,
        response.status === status ? '' : await response.clone().text(),
      ]).toEqual([status, line, ''])
      await expectDocumented(response, strict, { method })
      if (response.headers.get('content-type') === TYPE && status < 300)
        expectKnownFields(document, await response.json())
    }
    const tag = (await fetch('/api/tag/1')).headers.get('etag') ?? ''
    const unchanged = await fetch('/api/tag/1', { headers: { 'if-none-match': tag } })
    expect(unchanged.status).toBe(304)
    await expectDocumented(unchanged, strict)
  }, 60_000)

  it('has a request for every operation of a resource with all kinds of relations', async () => {
    const { document } = await library(database, {
      allowToManyReplacement: true,
      allowDeleteFromToManyRelationships: true,
      allowFunctions: true,
    })
    const asked = new Set(
      REQUESTS.map(([, line]) => {
        const [path = '', method = 'GET'] = line.split(' ').reverse()
        const [, , , ...rest] = path.replace(/\?.*/, '').split('/')
        const kind = rest.map((segment) => (/^\d+$/.test(segment) ? '{}' : segment)).join('/')
        return `${method} ${kind.replace(/comments|tags|author_articles|author|editor/, '*')}`
      }),
    )
    const named = Object.entries(document.paths)
      .filter(([path]) => !path.startsWith('/api/eval/'))
      .flatMap(([path, item]) =>
        Object.keys(item).map((method) => {
          const [, , , ...rest] = path.split('/')
          const kind = rest.map((segment) => segment.replace(/{.*}/, '{}')).join('/')
          const related =
            /(comments|tags|articles|article|author_articles|editor_articles|author|editor)(?=$|\/)/
          return `${method.toUpperCase()} ${kind.replace(related, '*')}`
        }),
      )
    expect([...new Set(named)].filter((one) => !asked.has(one))).toEqual([])
  })
})

it('a new API describes no other one, however many are related to it', () => {
  const db = new Kysely<never>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  const asked = new Set<string>()
  const can: CreateApiOptions['can'] = ({ type }) => asked.add(type).size > 0
  const manager = new ApiManager(new Api(polka(), { title: 'Chain', version: '1' }), {
    db,
    methods: ALL,
    can,
  })
  for (let index = 0; index < 9; index++) {
    asked.clear()
    const before = { target: `t${Math.max(index - 1, 0)}`, local: 'before_id' }
    const columns = { id: 'integer', before_id: 'integer' } as const
    manager.createApi(defineModel({ table: `t${index}`, columns, relations: { before } }))
    expect(asked.size).toBeLessThanOrEqual(2)
  }
})

/** Without the responses `default`, which cover every failure. */
function withoutDefaults(document: OpenApiDocument): OpenApiDocument {
  return JSON.parse(JSON.stringify(document), (key, value) => {
    if (key !== 'responses' || !value.default) return value
    const { default: _, ...named } = value
    return named
  })
}

/** Attributes and relationships that the schema of their type does not have would be valid, but not documented. */
function expectKnownFields(document: OpenApiDocument, { data, included = [] }: Found): void {
  const objects: Found[] = [...[data ?? []].flat(), ...included]
  for (const { type, attributes = {}, relationships = {} } of objects) {
    const known = schema(document, type)?.properties ?? {}
    const names = Object.keys(known.attributes?.properties ?? {})
    expect(names).toEqual(expect.arrayContaining(Object.keys(attributes)))
    const related = Object.keys(known.relationships?.properties ?? {})
    expect(related).toEqual(expect.arrayContaining(Object.keys(relationships)))
  }
}
