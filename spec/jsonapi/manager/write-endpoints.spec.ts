import { type SqlBool, sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { ProcessingException } from '../../../lib/jsonapi/errors/processing-exception.ts'
import { ApiManager } from '../../../lib/jsonapi/manager/api-manager.ts'
import type { CreateApiOptions, ManagerOptions } from '../../../lib/jsonapi/manager/manager-options.ts'
import type { Model } from '../../../lib/jsonapi/model/model.ts'
import { createIdempotencyTable } from '../../../lib/jsonapi/write/idempotency.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { type JsonApi, type JsonApiReply, jsonApi } from '../../support/json-api.ts'
import { polka } from '../../support/polka.ts'
import { serve } from '../../support/server.ts'
import { MODELS, openWorld, type World } from '../../support/write-world.ts'

const ALL = ['GET', 'POST', 'PATCH', 'DELETE']
const ATOMIC = { 'content-type': 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"' }
const ACCEPT_ATOMIC = { ...ATOMIC, accept: ATOMIC['content-type'] }

interface Options extends Partial<ManagerOptions> {
  readonly apis?: Readonly<Record<string, CreateApiOptions>>
  readonly models?: Readonly<Record<string, Partial<Model>>>
}

describeEachDatabase('a JSON:API that is written to', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
    await createIdempotencyTable(world.db)
  })
  beforeEach(() => world.reset())

  async function start({ apis = {}, models = {}, ...options }: Options = {}): Promise<JsonApi> {
    const app = polka()
    const manager = new ApiManager(app, { db: world.db, methods: ALL, ...options })
    for (const [name, model] of Object.entries(MODELS)) {
      manager.createApi({ ...model, ...models[name] }, apis[name])
    }
    return jsonApi(await serve(app))
  }
  const person = (members: object = {}) => ({ data: { type: 'person', ...members } })
  const article = (members: object = {}) => ({ data: { type: 'article', ...members } })
  const errorsOf = ({ status, document }: JsonApiReply) => [
    status,
    ...document.errors.map((error: { source?: { pointer?: string }; detail: string }) => {
      const pointer = error.source?.pointer
      const detail = error.detail.replace('Failed to deserialize object: ', '')
      return pointer === undefined ? detail : `${pointer} ${detail}`
    }),
  ]
  const operate = (api: JsonApi, ...operations: unknown[]) =>
    api.send('POST /api/operations', { 'atomic:operations': operations }, ACCEPT_ATOMIC)
  const names = async (table: string) => (await world.rows(table)).map(({ name }) => name)

  it('creates a resource: 201 with its Location and its document (RES-197, RES-198, RES-203, JA-102, JA-112, JA-113, JA-114, JA-115)', async () => {
    const api = await start()
    const { status, headers, document } = await api.post(
      '/api/person',
      person({ attributes: { name: 'Zoë' } }),
    )
    expect(status).toBe(201)
    expect(document.data).toMatchObject({ type: 'person', attributes: { name: 'Zoë', age: null } })
    expect(headers.get('location')).toBe(`/api/person/${document.data.id}`)
    expect((await api.get(headers.get('location') ?? '')).document.data).toEqual(document.data)
  })

  it('percent-encodes an id in the Location (RES-219)', async () => {
    const api = await start({ apis: { page: { allowClientGeneratedIds: true } } })
    const page = { data: { type: 'page', id: 'ž/ů?', attributes: { text: 'x' } } }
    const { headers, document } = await api.post('/api/page', page)
    expect([headers.get('location'), document.data.id]).toEqual(['/api/page/%C5%BE%2F%C5%AF%3F', 'ž/ů?'])
    expect((await api.get(headers.get('location') ?? '')).status).toBe(200)
  })

  it('creates one resource where two clients choose the same id at once (FJ-83, JA-108, JA-109, JA-120)', async () => {
    const api = await start({ apis: { page: { allowClientGeneratedIds: true } } })
    const page = { data: { type: 'page', id: 'new', attributes: { text: 'x' } } }
    const replies = await Promise.all([1, 2, 3].map(() => api.post('/api/page', page)))
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  })

  it('answers a document that is not JSON, or none, with 400 (RES-199, JA-123)', async () => {
    const api = await start()
    for (const content of ['', '{', 'x'])
      expect((await api.send('POST /api/person', content)).status).toBe(400)
  })

  it('answers a unique value that is taken with 409 and its pointer, and goes on (RES-217, RES-236, FJ-106, JA-122, JA-124, JA-144, JA-146, JA-147, JA-149, JA-150)', async () => {
    const api = await start()
    const taken = { name: 'x', email: 'ann@example.org' }
    const text = '/data/attributes/email Another resource has the same value'
    expect(errorsOf(await api.post('/api/person', person({ attributes: taken })))).toEqual([409, text])
    const update = person({ id: '2', attributes: { email: 'ann@example.org' } })
    expect(errorsOf(await api.patch('/api/person/2', update))).toEqual([409, text])
    expect((await api.post('/api/person', person({ attributes: { name: 'x' } }))).status).toBe(201)
  })

  it('answers values of a wrong type with 400 before SQL (RES-218)', async () => {
    const api = await start()
    const reply = await api.post('/api/person', person({ attributes: { name: 'x', age: 'many' } }))
    expect(reply.document.errors[0].source).toEqual({ pointer: '/data/attributes/age' })
    expect(reply.status).toBe(400)
  })

  it('updates with 204, or with 200 and the resource where more has changed (RES-223, RES-224, RES-237, FJ-78, JA-103, JA-128, JA-136, JA-140)', async () => {
    const api = await start()
    const first = await api.patch('/api/person/1', person({ id: '1', attributes: { age: 31 } }))
    expect([first.status, first.text]).toEqual([204, ''])
    const second = await api.patch('/api/article/1', article({ id: '1', attributes: { title: 'x' } }))
    expect([second.status, second.document.data.attributes.version]).toEqual([200, 2])
  })

  it('answers an update that has include with the compound document (FJ-79)', async () => {
    const api = await start()
    const update = person({ id: '1', attributes: { age: 31 } })
    const { status, document } = await api.patch('/api/person/1?include=passport', update)
    expect([status, document.included[0].id]).toEqual([200, '1'])
  })

  it('lets the first of two dependent updates win: the second If-Match is a 412 (FJ-111, FJ-112, FJ-113, JA-148, JA-151)', async () => {
    const api = await start()
    const { headers } = await api.get('/api/article/1?fields%5Barticle%5D=title')
    const fields = { 'if-match': headers.get('etag') ?? '' }
    const update = (title: string) =>
      api.patch('/api/article/1', article({ id: '1', attributes: { title } }), fields)
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map(update))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412])
  })

  it('refuses a change without If-Match where it is required, and with an empty one (RFC 6585 §3)', async () => {
    const api = await start({ requireIfMatch: true })
    const change = article({ id: '1', attributes: { title: 'x' } })
    for (const fields of [{}, { 'if-match': '' }, { 'if-match': ' ' }] as Record<string, string>[]) {
      expect((await api.patch('/api/article/1', change, fields)).status).toBe(428)
      expect((await api.delete('/api/article/1', undefined, fields)).status).toBe(428)
    }
    expect((await api.patch('/api/article/1', change, { 'if-match': '*' })).status).toBe(200)
  })

  it('deletes with 204, whatever the body, and a resource that does not exist is a 404 (RES-239, RES-240, JA-103, JA-176, JA-178, JA-179)', async () => {
    const api = await start()
    expect((await api.delete('/api/article/2')).status).toBe(204)
    expect((await api.delete('/api/article/2')).status).toBe(404)
    expect(errorsOf(await api.delete('/api/article/1'))[0]).toBe(409)
    expect(await world.rows('article_tag')).toHaveLength(2)
  })

  it('changes relationships with 204 where the options allow it (RES-243, RES-247, RES-250, JA-152, JA-154, JA-155, JA-162, JA-166, JA-171)', async () => {
    const api = await start({ allowDeleteFromToManyRelationships: true })
    const tags = { data: [{ type: 'tag', id: '3' }] }
    const url = '/api/article/1/relationships/tags'
    expect((await api.post(url, tags)).status).toBe(204)
    expect((await api.delete(url, tags)).status).toBe(204)
    expect(errorsOf(await api.patch(url, tags))).toEqual([
      403,
      'Not allowed to replace a to-many relationship',
    ])
    const author = { data: { type: 'person', id: '2' } }
    expect((await api.patch('/api/article/1/relationships/author', author)).status).toBe(204)
  })

  it('answers a relationship of an owner that does not exist with 404 (RES-252, RES-253, JA-172)', async () => {
    const api = await start()
    expect((await api.post('/api/article/9/relationships/tags', { data: [] })).status).toBe(404)
    expect((await api.post('/api/article/1/relationships/nope', { data: [] })).status).toBe(404)
  })

  it('rolls back when a postprocessor throws (RES-279, FJ-105, JA-104)', async () => {
    const fail = () => {
      throw new ProcessingException({ status: 409, detail: 'No', source: { pointer: '/data' } })
    }
    const kinds = ['POST_RESOURCE', 'PATCH_RESOURCE', 'DELETE_RESOURCE', 'POST_RELATIONSHIP'] as const
    const postprocessors = Object.fromEntries(kinds.map((kind) => [kind, [fail]]))
    const api = await start({ postprocessors })
    const before = await Promise.all(['person', 'article_tag'].map((table) => world.rows(table)))
    expect(errorsOf(await api.post('/api/person', person({ attributes: { name: 'x' } })))).toEqual([
      409,
      '/data No',
    ])
    const update = person({ id: '1', attributes: { name: 'x' } })
    expect((await api.patch('/api/person/1', update)).status).toBe(409)
    expect((await api.delete('/api/tag/3')).status).toBe(409)
    const tags = { data: [{ type: 'tag', id: '3' }] }
    expect((await api.post('/api/article/1/relationships/tags', tags)).status).toBe(409)
    expect(await Promise.all(['person', 'article_tag'].map((table) => world.rows(table)))).toEqual(before)
    expect(await names('tag')).toHaveLength(3)
  })

  it('gives processors the transaction, and what they write is part of it (FJ-104, FJ-110)', async () => {
    const seen: unknown[] = []
    const api = await start({
      preprocessors: {
        POST_RESOURCE: [
          async ({ db, data }) => {
            seen.push(data)
            await sql`insert into tag (name) values (${`log ${seen.length}`})`.execute(db)
          },
        ],
      },
    })
    const relationships = { author: { data: { type: 'person', id: '1' } } }
    expect(
      (await api.post('/api/article', article({ attributes: { title: 'x' }, relationships }))).status,
    ).toBe(201)
    expect(seen).toEqual([article({ attributes: { title: 'x' }, relationships })])
    expect((await api.post('/api/article', article({ attributes: {} }))).status).toBe(400)
    expect((await names('tag')).slice(3)).toEqual(['log 1'])
  })

  it('runs a POST with an Idempotency-Key once, and repeats its response (FJ-115, FJ-116)', async () => {
    const api = await start({ idempotency: true })
    const post = (name: string, key = 'k') =>
      api.post('/api/tag', { data: { type: 'tag', attributes: { name } } }, { 'idempotency-key': key })
    const replies = await Promise.all([post('x'), post('x'), post('x')])
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201])
    const [first, ...others] = replies.map(({ text, headers }) => [
      text,
      headers.get('location'),
      headers.get('etag'),
    ])
    expect(others).toEqual([first, first])
    expect((await post('y')).status).toBe(422)
    expect((await post('y', 'l')).status).toBe(201)
    expect((await post('z', 'x'.repeat(300))).status).toBe(400)
    expect(await names('tag')).toEqual(['red', 'green', 'blue', 'x', 'y'])
    await sql`delete from mazurka_idempotency`.execute(world.db)
  })

  it('runs operations in their order, with local ids in all places (FJ-100)', async () => {
    const api = await start({ allowToManyReplacement: true })
    const { status, document, headers } = await operate(
      api,
      { op: 'add', data: { type: 'person', lid: 'p', attributes: { name: 'Zoë' } } },
      {
        op: 'add',
        href: '/api/article',
        data: {
          type: 'article',
          lid: 'a',
          attributes: { title: 'x' },
          relationships: { author: { data: { type: 'person', lid: 'p' } } },
        },
      },
      {
        op: 'update',
        ref: { type: 'person', lid: 'p' },
        data: { type: 'person', lid: 'p', attributes: { age: 1 } },
      },
      {
        op: 'update',
        ref: { type: 'article', lid: 'a', relationship: 'tags' },
        data: [{ type: 'tag', id: '1' }],
      },
      { op: 'remove', href: '/api/tag/3' },
    )
    expect(status).toBe(200)
    expect(headers.get('content-type')).toContain('ext="https://jsonapi.org/ext/atomic"')
    const results = document['atomic:results']
    expect(results).toHaveLength(5)
    expect(results.slice(2)).toEqual([{}, {}, {}])
    const [{ data: zoe }, { data: text }] = results
    expect([zoe.attributes.name, text.attributes.title]).toEqual(['Zoë', 'x'])
    expect(await world.rows('person')).toContainEqual(expect.objectContaining({ id: Number(zoe.id), age: 1 }))
    expect(await world.rows('article')).toContainEqual(
      expect.objectContaining({ id: Number(text.id), author_id: Number(zoe.id) }),
    )
    expect(await names('tag')).toEqual(['red', 'green'])
  })

  it('answers operations without results with 204', async () => {
    const api = await start()
    const update = { type: 'person', id: '1', attributes: { age: 5 } }
    const reply = await operate(api, { op: 'update', ref: { type: 'person', id: '1' }, data: update })
    expect([reply.status, reply.text]).toEqual([204, ''])
  })

  it('undoes all operations when one fails, whose place is in the pointer (FJ-100, FJ-101, FJ-126, JA-104)', async () => {
    const api = await start()
    const add = (name: string) => ({ op: 'add', data: { type: 'tag', attributes: { name } } })
    const cases: [object, number, string][] = [
      [add('red'), 409, '/atomic:operations/1/data/attributes/name'],
      [
        { op: 'add', data: { type: 'tag', attributes: { nope: 1 } } },
        400,
        '/atomic:operations/1/data/attributes/nope',
      ],
      [{ op: 'remove', ref: { type: 'tag', id: '99' } }, 404, '/atomic:operations/1'],
      [{ op: 'remove', ref: { type: 'tag', lid: 'x' } }, 400, '/atomic:operations/1/ref/lid'],
      [
        {
          op: 'add',
          ref: { type: 'article', id: '1', relationship: 'tags' },
          data: [{ type: 'tag', lid: 'x' }],
        },
        400,
        '/atomic:operations/1/data/0/lid',
      ],
      [{ op: 'remove', ref: { type: 'nope', id: '1' } }, 404, '/atomic:operations/1'],
    ]
    for (const [operation, status, pointer] of cases) {
      const reply = await operate(api, add('new'), operation)
      expect([reply.status, reply.document.errors[0].source.pointer]).toEqual([status, pointer])
    }
    expect(await names('tag')).toEqual(['red', 'green', 'blue'])
  })

  it('gives every wrong form of an operation its place (FJ-82, FJ-102)', async () => {
    const api = await start()
    const ref = { type: 'tag', id: '1' }
    const reply = await operate(
      api,
      7,
      { op: 'replace', ref },
      { op: 'update', data: { type: 'tag' } },
      { op: 'remove' },
      { op: 'remove', ref, href: '/api/tag/1' },
      { op: 'remove', ref: { type: 'tag', id: 1 } },
      { op: 'remove', ref: { type: 'tag' } },
      { op: 'remove', href: '/elsewhere/1' },
      { op: 'update', ref: { ...ref, relationship: 'articles' } },
    )
    expect(reply.status).toBe(400)
    const pointers = reply.document.errors.map(
      (error: { source: { pointer: string } }) => error.source.pointer,
    )
    expect(pointers).toEqual([
      '/atomic:operations/0',
      '/atomic:operations/1/op',
      '/atomic:operations/2/data',
      '/atomic:operations/3',
      '/atomic:operations/4',
      '/atomic:operations/5/ref/id',
      '/atomic:operations/6/ref',
      '/atomic:operations/7/href',
      '/atomic:operations/8',
    ])
  })

  it('takes operations at their URL alone, by their extension, at most 1,000 (FJ-103)', async () => {
    const api = await start()
    const document = { 'atomic:operations': [{ op: 'remove', ref: { type: 'tag', id: '3' } }] }
    expect((await api.send('POST /api/article/1/relationships/tags', document, ATOMIC)).status).toBe(415)
    expect((await api.send('POST /api/article/1/relationships/tags', document)).status).toBe(400)
    expect((await api.send('POST /api/operations', document)).status).toBe(415)
    for (const content of [{}, [], { 'atomic:operations': [] }, { ...document, data: null }]) {
      expect((await api.send('POST /api/operations', content, ACCEPT_ATOMIC)).status).toBe(400)
    }
    expect((await operate(api, ...Array.from({ length: 1001 }, () => ({})))).status).toBe(400)
    expect(await names('tag')).toHaveLength(3)
  })

  it('runs the processors and permissions of single requests in operations (FJ-104, JA-118)', async () => {
    const seen: string[] = []
    const api = await start({
      preprocessors: { POST_RESOURCE: [({ type }) => seen.push(`before ${type}`) && undefined] },
      postprocessors: { POST_RESOURCE: [({ type }) => seen.push(`after ${type}`) && undefined] },
      apis: { person: { methods: ['GET'] }, tag: { can: ({ operation }) => operation !== 'delete' } },
    })
    const add = { op: 'add', data: { type: 'tag', attributes: { name: 'x' } } }
    expect((await operate(api, add)).status).toBe(200)
    expect(seen).toEqual(['before tag', 'after tag'])
    expect(errorsOf(await operate(api, { op: 'remove', ref: { type: 'tag', id: '1' } }))[0]).toBe(403)
    const noPost = { op: 'add', data: { type: 'person', attributes: { name: 'x' } } }
    expect(errorsOf(await operate(api, noPost))[0]).toBe(403)
  })

  it('does not tell of rows that the base query hides', async () => {
    const baseQuery: Model['baseQuery'] = ({ ref }) => sql<SqlBool>`${ref('tenant')} = 1`
    const api = await start({ models: { person: { baseQuery } } })
    expect((await api.delete('/api/person/3')).status).toBe(404)
    expect((await api.patch('/api/person/3', person({ id: '3', attributes: { age: 1 } }))).status).toBe(404)
    const author = { data: { type: 'person', id: '3' } }
    const reply = await api.patch('/api/article/1/relationships/author', author)
    expect(errorsOf(reply)).toEqual([404, '/data No resource of type person found with ID 3'])
  })
})
