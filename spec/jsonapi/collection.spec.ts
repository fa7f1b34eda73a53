/** GET of a collection. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf, ids, objects } from '../support/library-api.ts'

describeLibrary('a collection', (serve, library) => {
  it('is a list of resources, by their ids (RES-048, RES-075, RES-076, RES-105, JA-16, JA-61, JA-62)', async () => {
    const { get } = await serve()
    const reply = await get('/api/person')
    expect(reply.status).toBe(200)
    expect(ids(reply)).toEqual(['1', '2', '3'])
    const { jsonapi, meta, included } = reply.document
    expect(Object.keys(reply.document).sort()).toEqual(['data', 'included', 'jsonapi', 'links', 'meta'])
    expect({ jsonapi, meta, included }).toEqual({
      jsonapi: { version: '1.1' },
      meta: { total: 3 },
      included: [],
    })
  })

  it('shows resources with attributes, relationships and links (RES-077, RES-079, RES-084, RES-087, RES-297, JA-26, JA-33)', async () => {
    const { get } = await serve()
    const { document } = await get('/api/article')
    expect(document.data[0]).toEqual({
      type: 'article',
      id: '1',
      attributes: { title: 'Engines', body: 'On engines', published: '2020-01-31T10:00:00Z', price: '12.50' },
      relationships: {
        author: {
          data: { type: 'person', id: '1' },
          links: { self: '/api/article/1/relationships/author', related: '/api/article/1/author' },
        },
        editor: {
          data: { type: 'person', id: '2' },
          links: { self: '/api/article/1/relationships/editor', related: '/api/article/1/editor' },
        },
        comments: {
          data: [
            { type: 'comment', id: '1' },
            { type: 'comment', id: '2' },
          ],
          links: { self: '/api/article/1/relationships/comments', related: '/api/article/1/comments' },
        },
        tags: {
          data: [
            { type: 'tag', id: '1' },
            { type: 'tag', id: '2' },
          ],
          links: { self: '/api/article/1/relationships/tags', related: '/api/article/1/tags' },
        },
      },
      links: { self: '/api/article/1' },
    })
    expect(document.data[3].relationships).toMatchObject({
      author: { data: null },
      comments: { data: [] },
      tags: { data: [] },
    })
  })

  it('has values of all kinds alike on all databases (RES-297, RES-300, RES-301)', async () => {
    const { get } = await serve()
    const people = (await get('/api/person')).document.data
    expect(people[0].attributes).toEqual({
      name: 'Ada',
      email: 'ada@example.org',
      born: '1815-12-10',
      is_admin: true,
    })
    const articles = (await get('/api/article')).document.data
    expect(articles[1].attributes).toMatchObject({ published: '2020-02-29T12:30:00.250000Z', price: '0.10' })
    expect(articles[2].attributes).toMatchObject({ published: null, price: null })
  })

  it('without rows is an empty list (RES-105, RES-150, JA-16, JA-62, JA-98)', async () => {
    const { get } = await serve()
    const { status, document } = await get(
      `/api/person?${objects({ name: 'name', op: 'eq', val: 'No one' })}`,
    )
    expect([status, document.data, document.meta]).toEqual([200, [], { total: 0 }])
    expect(document.links.first).toContain('page%5Bnumber%5D=1')
    expect(document.links.last).toBe(document.links.first)
    expect([document.links.prev, document.links.next]).toEqual([null, null])
  })

  it('without `count` has no total and no link to the last page (RES-157)', async () => {
    const { get, statements } = await serve({ apis: { tag: { count: false } } })
    const { document } = await get('/api/tag?page[size]=2&fields[tag]=name')
    expect(document.meta).toEqual({})
    expect(Object.keys(document.links)).toEqual(['self', 'first', 'prev', 'next'])
    expect(document.links.next).toBe('/api/tag?page%5Bsize%5D=2&fields%5Btag%5D=name&page%5Bnumber%5D=2')
    expect(statements).toHaveLength(1)
  })

  it('has the rows of the base query alone, everywhere (RES-106, FJ-48, FJ-49, FJ-50)', async () => {
    const { comment, person } = library().models
    const models = {
      comment: defineModel(comment as Model, { baseQuery: ({ ref }) => sql`${ref('body')} <> 'Better'` }),
      person: defineModel(person as Model, { baseQuery: ({ ref }) => sql`${ref('name')} <> 'Ben'` }),
    }
    const { get } = await serve({ models })
    expect(ids(await get('/api/comment'))).toEqual(['1', '3'])
    expect((await get('/api/comment')).document.meta.total).toBe(2)
    const article = (await get('/api/article/1?include=comments,editor')).document
    expect(article.data.relationships.comments.data).toEqual([{ type: 'comment', id: '1' }])
    expect(article.data.relationships.editor.data).toBeNull()
    expect(article.included).toHaveLength(1)
    expect((await get('/api/comment/2')).status).toBe(404)
    expect(ids(await get('/api/article/1/comments'))).toEqual(['1'])
    expect(ids(await get('/api/article/1/relationships/comments'))).toEqual(['1'])
    const filter = { name: 'comments', op: 'any', val: { name: 'id', op: 'eq', val: 2 } }
    expect(ids(await get(`/api/article?${objects(filter)}`))).toEqual([])
    expect((await get('/api/article/1/editor')).document.data).toBeNull()
  })

  it('is not found for an unknown type, and with a slash at the end where the app is strict (RES-050, RES-054, RES-107, JA-64, JA-66)', async () => {
    const { get } = await serve({ api: { strict: true } })
    expect((await get('/api/people')).status).toBe(404)
    expect((await get('/api/person/')).status).toBe(404)
    expect(errorsOf(await get('/api/people'))).toEqual(['404 No resource at /api/people'])
  })
})

describeLibrary(
  'the methods of a collection',
  (serve) => {
    it('are GET and what comes with it by default (RES-017, RES-020, JA-65, JA-67)', async () => {
      const { send, served } = await serve()
      expect((await send('HEAD /api/person')).status).toBe(200)
      const options = await served.fetch('/api/person', { method: 'OPTIONS' })
      expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
      const post = await send('POST /api/person', { data: { type: 'person' } })
      expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    })
  },
  ['sqlite'],
)
