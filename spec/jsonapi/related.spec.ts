/** GET of related resources, and of one of them. */
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf, ids, included, objects } from '../support/library-api.ts'

describeLibrary('a to-many relation', (serve) => {
  it('is a list of full resources (RES-048, RES-112, JA-62)', async () => {
    const { get } = await serve()
    const reply = await get('/api/person/1/author_articles')
    expect(ids(reply)).toEqual(['1', '2'])
    expect(reply.document.data[0]).toEqual((await get('/api/article/1')).document.data)
    expect(reply.document.meta).toEqual({ total: 2 })
    expect(ids(await get('/api/tag/2/articles'))).toEqual(['1', '2'])
  })

  it('has the inverse relationship in its resources (FJ-156)', async () => {
    const { get } = await serve()
    for (const { relationships } of (await get('/api/person/1/author_articles')).document.data)
      expect(relationships.author.data).toEqual({ type: 'person', id: '1' })
  })

  it('without members is an empty list (RES-113, JA-62)', async () => {
    const { get } = await serve()
    for (const path of ['/api/article/4/comments', '/api/tag/3/articles']) {
      const { status, document } = await get(path)
      expect([status, document.data, document.meta]).toEqual([200, [], { total: 0 }])
    }
  })

  it('takes filter, sort, page, include and fields, by the names of the related resources (RES-112, RES-189, FJ-11, FJ-28, FJ-54)', async () => {
    const { get } = await serve()
    const query = 'sort=-title&page[size]=1&include=tags&fields[article]=title,tags'
    const reply = await get(`/api/person/1/author_articles?${query}`)
    expect(ids(reply)).toEqual(['2'])
    expect(included(reply)).toEqual(['tag/2'])
    expect(reply.document.data[0].attributes).toEqual({ title: 'Looms' })
    expect(reply.document.meta.total).toBe(2)
    const next = reply.document.links.next
    expect(next).toMatch(/^\/api\/person\/1\/author_articles\?sort=-title&/)
    expect(ids(await get(next))).toEqual(['1'])
    const filter = objects({
      name: 'tags',
      op: 'any',
      val: { name: 'name', op: 'in', val: ['history', 'machines'] },
    })
    const filtered = await get(`/api/person/1/author_articles?${filter}&page[size]=2`)
    expect([ids(filtered), filtered.document.meta.total]).toEqual([['1', '2'], 2])
  })

  it('has pages of the related API, and links to them (RES-310, FJ-55)', async () => {
    const { get } = await serve({
      apis: { person: { pageSize: 3, count: false }, article: { pageSize: 1, maxPageSize: 1 } },
    })
    const reply = await get('/api/person/1/author_articles')
    expect([ids(reply), reply.document.meta.total]).toEqual([['1'], 2])
    expect(reply.headers.get('link')).toContain('rel="next"')
    expect((await get('/api/person/1/author_articles?page[size]=2')).status).toBe(400)
  })

  it('includes what its own API includes by default (RES-036, RES-311)', async () => {
    const { get } = await serve({
      apis: { person: { includes: ['comments'] }, article: { includes: ['tags'] } },
    })
    expect(included(await get('/api/person/1/author_articles'))).toEqual(['tag/1', 'tag/2'])
    expect(included(await get('/api/article/1/author'))).toEqual([])
    expect(included(await get('/api/article/1/editor'))).toEqual(['comment/1'])
  })
})

describeLibrary('a to-one relation', (serve) => {
  it('is one resource, at the URL of the request (RES-048, RES-088, JA-63)', async () => {
    const { get } = await serve()
    const { document } = await get('/api/article/1/author?include=author_articles')
    expect(document.links).toEqual({ self: '/api/article/1/author?include=author_articles' })
    expect(document.data).toMatchObject({ type: 'person', id: '1', links: { self: '/api/person/1' } })
    expect(document.included).toHaveLength(2)
  })

  it('without a related resource is null (RES-113, FJ-03, FJ-69, JA-63)', async () => {
    const { get } = await serve()
    const { status, document } = await get('/api/article/4/author?include=author_articles')
    expect([status, document.data, document.included]).toEqual([200, null, []])
    expect(document.links).toEqual({ self: '/api/article/4/author?include=author_articles' })
  })

  it('takes no parameters of lists', async () => {
    const { get } = await serve()
    expect((await get('/api/article/1/author?page[size]=1')).status).toBe(400)
  })
})

describeLibrary('a member of a to-many relation', (serve) => {
  it('is one resource (RES-048, RES-049, RES-088)', async () => {
    const { get } = await serve()
    const { document } = await get('/api/article/1/tags/2?include=articles')
    expect(document).toMatchObject({
      data: { type: 'tag', id: '2', links: { self: '/api/tag/2' } },
      links: { self: '/api/article/1/tags/2?include=articles' },
    })
    expect(document.included).toHaveLength(2)
  })

  it('is not found if it is no member, and in a to-one relation (RES-049)', async () => {
    const { get } = await serve()
    const errors = async (path: string) => errorsOf(await get(path))
    expect(await errors('/api/article/1/tags/3')).toEqual(['404 No related resource with ID 3'])
    expect(await errors('/api/article/1/tags/x')).toEqual(['404 No related resource with ID x'])
    expect(await errors('/api/article/9/tags/1')).toEqual(['404 no resource of type article with ID 9'])
    expect(await errors('/api/article/1/nope/1')).toEqual(['404 No such relation: nope'])
    expect(await errors('/api/article/1/author/1')).toEqual([
      '404 Cannot access a related resource by ID from a to-one relation',
    ])
  })
})

describeLibrary(
  'a relation that does not exist',
  (serve) => {
    it('is not found, and neither is that of a missing resource (RES-114, RES-051)', async () => {
      const { get, send } = await serve()
      const errors = async (path: string) => errorsOf(await get(path))
      expect(await errors('/api/person/1/nope')).toEqual(['404 No such relation: nope'])
      expect(await errors('/api/person/1/name')).toEqual(['404 No such relation: name'])
      expect(await errors('/api/person/1/id')).toEqual(['404 No such relation: id'])
      expect(await errors('/api/person/1/relationships')).toEqual(['404 No such relation: relationships'])
      expect(await errors('/api/person/99/author_articles')).toEqual([
        '404 no resource of type person with ID 99',
      ])
      expect((await send('PATCH /api/person/1/relationships', { data: null })).status).toBe(405)
    })

    it('is reported after a bad filter (RES-115)', async () => {
      const { get } = await serve()
      expect((await get('/api/person/99/author_articles?filter[objects]=x')).status).toBe(400)
    })
  },
  ['sqlite'],
)

describeLibrary('the ETag of a related resource', (serve) => {
  it('is that of its state, whatever its fields and inclusions', async () => {
    const { get, send } = await serve({ manager: { methods: ['GET', 'PATCH'] } })
    const stateOf = async (path: string) => ((await get(path)).headers.get('etag') as string).split('-')[0]
    const own = await stateOf('/api/person/1')
    for (const query of ['', 'fields[person]=name', 'fields[person]=', 'include=comments'])
      expect([query, await stateOf(`/api/article/1/author?${query}`)]).toEqual([query, own])
    const member = '/api/person/1/author_articles/1?fields[article]=title'
    const tag = (await get(member)).headers.get('etag') as string
    expect(tag.split('-')[0]).toBe(await stateOf('/api/article/1'))
    const data = { type: 'article', id: '1', attributes: { title: 'Engines' } }
    expect((await send('PATCH /api/article/1', { data }, { 'if-match': tag })).status).toBe(204)
  })
})
