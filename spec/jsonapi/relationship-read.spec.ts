/** GET of relationships. */
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf, ids, included } from '../support/library-api.ts'

describeLibrary('a relationship', (serve) => {
  it('has the identifiers of a to-many relation, in pages (RES-048, RES-088, RES-116, FJ-54, FJ-55, JA-70, JA-71)', async () => {
    const { get } = await serve()
    const reply = await get('/api/article/1/relationships/tags?sort=-name&page[size]=1')
    const at = '/api/article/1/relationships/tags?sort=-name&page%5Bsize%5D=1'
    expect(reply.document).toEqual({
      jsonapi: { version: '1.1' },
      links: {
        self: at,
        related: '/api/article/1/tags',
        first: `${at}&page%5Bnumber%5D=1`,
        last: `${at}&page%5Bnumber%5D=2`,
        prev: null,
        next: `${at}&page%5Bnumber%5D=2`,
      },
      data: [{ type: 'tag', id: '2' }],
      included: [],
      meta: { total: 2 },
    })
    expect(reply.headers.get('link')).toContain('rel="next"')
    expect(ids(await get(reply.document.links.next))).toEqual(['1'])
    const filtered = await get('/api/article/1/relationships/tags?filter[name]=history')
    expect([ids(filtered), filtered.document.meta.total]).toEqual([['1'], 1])
    expect(ids(await get('/api/article/4/relationships/tags'))).toEqual([])
  })

  it('has the identifier of a to-one relation, or null (RES-116, FJ-69, JA-70, JA-71)', async () => {
    const { get } = await serve()
    const links = (id: number) => ({
      self: `/api/article/${id}/relationships/author`,
      related: `/api/article/${id}/author`,
    })
    const one = (await get('/api/article/1/relationships/author')).document
    expect([one.data, one.links, one.meta]).toEqual([{ type: 'person', id: '1' }, links(1), {}])
    const none = (await get('/api/article/4/relationships/author')).document
    expect([none.data, none.links]).toEqual([null, links(4)])
  })

  it('includes by paths from its owner on, that begin with its name (RES-123, FJ-11)', async () => {
    const { get } = await serve()
    const reply = await get('/api/article/1/relationships/comments?include=comments.author&page[size]=1')
    expect(ids(reply)).toEqual(['1'])
    expect(included(reply)).toEqual(['comment/1', 'person/2'])
    expect(included(await get('/api/article/1/relationships/author?include=author'))).toEqual(['person/1'])
    expect(included(await get('/api/article/4/relationships/author?include=author'))).toEqual([])
    expect(errorsOf(await get('/api/article/1/relationships/comments?include=author'))).toEqual([
      '400 include The paths of this relationship begin with "comments", not as "author"',
    ])
    expect((await get('/api/article/1/relationships/comments?include=nope')).status).toBe(400)
  })

  it('obeys the options of the APIs: pages of the related one, inclusions of its own (RES-040, RES-312)', async () => {
    const { get } = await serve({
      apis: { article: { includes: ['comments.author', 'tags'] }, comment: { pageSize: 1, maxPageSize: 1 } },
    })
    const reply = await get('/api/article/1/relationships/comments')
    expect(ids(reply)).toEqual(['1'])
    expect(included(reply)).toEqual(['comment/1', 'person/2'])
    expect((await get('/api/article/1/relationships/comments?page[size]=2')).status).toBe(400)
    expect(included(await get('/api/article/1/relationships/comments?include='))).toEqual([])
  })
})

describeLibrary(
  'a relationship without an answer',
  (serve) => {
    it('is not found (RES-117, JA-72, JA-75)', async () => {
      const { get } = await serve()
      expect(errorsOf(await get('/api/article/1/relationships/nope'))).toEqual(['404 No such relation: nope'])
      expect(errorsOf(await get('/api/article/9/relationships/tags'))).toEqual([
        '404 no resource of type article with ID 9',
      ])
    })

    it('needs GET to be read, and PATCH to be changed (RES-019, JA-74)', async () => {
      const { get, send } = await serve({
        apis: { article: { methods: ['PATCH'] }, tag: { methods: ['GET', 'POST', 'DELETE'] } },
      })
      expect((await get('/api/article/1/relationships/tags')).status).toBe(405)
      for (const method of ['POST', 'PATCH', 'DELETE'])
        expect((await send(`${method} /api/tag/1/relationships/articles`, { data: [] })).status).toBe(405)
    })

    it('sorts without regard to case as other lists do (RES-119)', async () => {
      const { get } = await serve()
      expect(ids(await get('/api/article/1/relationships/tags?sort=-name&ignorecase=1'))).toEqual(['2', '1'])
    })
  },
  ['sqlite'],
)
