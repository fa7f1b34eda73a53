/** The inclusion of related resources. */
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf, ids, included } from '../support/library-api.ts'

const idsOf = (linkage: readonly { id: string }[]) => linkage.map(({ id }) => id)

describeLibrary('include', (serve) => {
  it('adds the resources of all steps of all paths, each once (RES-122, RES-125, RES-126, FJ-05, FJ-07, JA-78, JA-80)', async () => {
    const { get } = await serve()
    const reply = await get('/api/article?include=author,editor,comments.author')
    expect(included(reply)).toEqual([
      'comment/1',
      'comment/2',
      'comment/3',
      'person/1',
      'person/2',
      'person/3',
    ])
    expect(included(await get('/api/person/1?include=author_articles.author.editor_articles'))).toEqual([
      'article/1',
      'article/2',
    ])
  })

  it('ends a path where there is nothing (RES-128, FJ-01, FJ-02, FJ-03)', async () => {
    const { get } = await serve()
    const reply = await get('/api/article?include=author,editor.comments,comments.author')
    expect(reply.status).toBe(200)
    expect(reply.document.data[3].relationships.author.data).toBeNull()
    expect(included(await get('/api/article/4?include=author.comments'))).toEqual([])
    expect(included(await get('/api/article/2?include=comments.author.comments'))).toEqual(['comment/3'])
    expect((await get('/api/tag/3?include=articles')).document.included).toEqual([])
  })

  it('takes the type for a part of the identity (FJ-06, JA-21)', async () => {
    const { get } = await serve()
    const reply = await get('/api/comment/1?include=article,author.editor_articles')
    expect(included(reply)).toEqual(['article/1', 'person/2'])
    expect(included(await get('/api/article/1?include=tags,comments,author'))).toEqual([
      'comment/1',
      'comment/2',
      'person/1',
      'tag/1',
      'tag/2',
    ])
  })

  it('includes what any path asks for, whichever has met a row first (FJ-08, FJ-10)', async () => {
    const { get } = await serve()
    const reply = await get('/api/article?include=author.author_articles,editor.comments&filter[id]=1')
    expect(included(reply)).toEqual(['article/2', 'comment/1', 'person/1', 'person/2'])
    for (const { type, relationships } of reply.document.included)
      if (type === 'person') expect(relationships.comments.data).toBeInstanceOf(Array)
  })

  it.each(['filter[author.author_articles.comments][id]=1', 'page[author.author_articles.comments][size]=1'])(
    'links all members that one of two paths includes, where the other has %s',
    async (restriction) => {
      const { get } = await serve()
      for (const paths of [
        'comments,author.author_articles.comments',
        'author.author_articles.comments,comments',
      ]) {
        const { document } = await get(`/api/article/1?include=${paths}&${restriction}`)
        expect(idsOf(document.data.relationships.comments.data)).toEqual(['1', '2'])
      }
    },
  )

  it('of the page alone (RES-127)', async () => {
    const { get } = await serve()
    expect(included(await get('/api/article?include=tags&page[size]=1&sort=-id'))).toEqual([])
    expect(included(await get('/api/article?include=author&page[size]=1&page[number]=3'))).toEqual([
      'person/2',
    ])
  })

  it('works on related URLs and members (RES-123, FJ-11)', async () => {
    const { get } = await serve()
    expect(included(await get('/api/person/1/author_articles?include=tags'))).toEqual(['tag/1', 'tag/2'])
    expect(included(await get('/api/article/1/author?include=comments'))).toEqual([])
    expect(included(await get('/api/article/1/comments/2?include=author'))).toEqual(['person/3'])
  })

  it('has a bound for each resource, with a link to the rest (FJ-12, JA-29)', async () => {
    const { get } = await serve({ apis: { comment: { maxPageSize: 1 } } })
    const reply = await get('/api/article?include=comments')
    expect(included(reply)).toEqual(['comment/1', 'comment/3'])
    const [one, two] = reply.document.data.map(
      ({ relationships }: { relationships: { comments: unknown } }) => relationships.comments,
    )
    const self = '/api/article/1/relationships/comments'
    expect(one.links).toEqual({
      self,
      related: '/api/article/1/comments',
      next: `${self}?page%5Bnumber%5D=2&page%5Bsize%5D=1`,
    })
    expect(ids(await get(one.links.next))).toEqual(['2'])
    expect(two.links.next).toBeUndefined()
    const sorted = await get('/api/article?include=comments&sort[comments]=-body&ignorecase=1')
    const [{ relationships }] = sorted.document.data
    expect(Object.fromEntries(new URL(relationships.comments.links.next, 'http://x').searchParams)).toEqual({
      sort: '-body',
      ignorecase: '1',
      'page[number]': '2',
      'page[size]': '1',
    })
    expect((await get(relationships.comments.links.next)).status).toBe(200)
    const shown = (await get('/api/article/1')).document.data.relationships.comments
    expect(idsOf(shown.data)).toEqual(['1', '2'])
  })

  it('takes pages, orders and filters of included relationships (FJ-12, FJ-44)', async () => {
    const { get } = await serve()
    const list = 'page[comments][size]=1&sort[comments]=-id&filter[comments][body]=Good,Better,Best'
    const reply = await get(`/api/article?include=comments&${list}`)
    expect(included(reply)).toEqual(['comment/2', 'comment/3'])
    const { next } = reply.document.data[0].relationships.comments.links
    expect(ids(await get(next))).toEqual(['1'])
    const second = await get(`/api/article?include=comments&${list}&page[comments][number]=2`)
    expect(included(second)).toEqual(['comment/1'])
    const nested = await get('/api/person/1?include=author_articles.tags&page[author_articles.tags][size]=1')
    expect(included(nested)).toEqual(['article/1', 'article/2', 'tag/1', 'tag/2'])
    const one = nested.document.included.find(
      ({ id, type }: { id: string; type: string }) => type === 'article' && id === '1',
    )
    expect(idsOf(one.relationships.tags.data)).toEqual(['1'])
  })
})

describeLibrary('a restriction of a to-one relationship that is included', (serve) => {
  it('leaves resources out, and no linkage: the article has its author all the same', async () => {
    const { get } = await serve()
    const reply = await get('/api/article?include=author&filter[author][id]=2&filter[id]=1,3,4')
    expect(included(reply)).toEqual(['person/2'])
    const linked = reply.document.data.map(
      ({ relationships }: { relationships: { author: { data: unknown } } }) => relationships.author.data,
    )
    expect(linked).toEqual([{ type: 'person', id: '1' }, { type: 'person', id: '2' }, null])
  })

  it('has no page', async () => {
    const { get } = await serve()
    expect(errorsOf(await get('/api/article?include=author&page[author][number]=2'))).toEqual([
      '400 page[author][number] Unknown query parameter "page[author][number]"',
    ])
  })
})

describeLibrary(
  'an inclusion',
  (serve) => {
    it('of nothing is empty, the default as well (RES-036, RES-124, RES-129, FJ-03, FJ-04, JA-77, JA-79)', async () => {
      const { get } = await serve({ apis: { article: { includes: ['author', 'comments.author'] } } })
      expect(included(await get('/api/article/1'))).toEqual([
        'comment/1',
        'comment/2',
        'person/1',
        'person/2',
        'person/3',
      ])
      expect(included(await get('/api/article/1?include='))).toEqual([])
      expect(included(await get('/api/article/1?include=tags'))).toEqual(['tag/1', 'tag/2'])
      expect((await get('/api/tag/1')).document.included).toEqual([])
    })

    it('that is the default may be limited, as one that is asked for', async () => {
      const { get } = await serve({ apis: { article: { includes: ['comments'] } } })
      for (const path of ['/api/article/1', '/api/article', '/api/person/1/author_articles']) {
        const reply = await get(`${path}?page[comments][size]=1&sort[comments]=-id`)
        expect(reply.status).toBe(200)
        expect(included(reply)).toContain('comment/2')
        expect(included(reply)).not.toContain('comment/1')
      }
      const [error] = errorsOf(await get('/api/article/1?include=&page[comments][size]=1'))
      expect(error).toMatch(/^400 .*is not included/)
    })

    it.each(['nope', 'title', 'author.nope', 'author_id', ',', 'author,', 'author..comments', 'Author'])(
      'of the path %s is refused (RES-129, FJ-123, JA-81)',
      async (path) => {
        const { get } = await serve()
        const [error] = errorsOf(await get(`/api/article/1?include=${path}`))
        expect(error).toMatch(/^400 include no such relationship path "/)
        expect((await get(`/api/article/1?include=${path}`)).document.included).toBeUndefined()
      },
    )

    it('has a maximum of steps, which can be 0 (FJ-13, JA-81)', async () => {
      const { get } = await serve({
        apis: { article: { maxIncludeDepth: 0 }, comment: { maxIncludeDepth: 1 } },
      })
      expect(errorsOf(await get('/api/article/1?include=author'))).toEqual([
        '400 include The inclusion of related resources is not supported: "author"',
      ])
      expect(included(await get('/api/article/1?include='))).toEqual([])
      expect(included(await get('/api/comment/1?include=author'))).toEqual(['person/2'])
      expect((await get('/api/comment/1?include=article.author')).status).toBe(400)
      expect((await get('/api/person/1?include=comments.article.tags.articles')).status).toBe(400)
    })

    it('has a maximum of related resources, which can be 0 for none', async () => {
      const limited = async (maxIncluded: number) =>
        (await serve({ apis: { article: { maxIncluded }, comment: { maxPageSize: 1 } } })).get
      const three = '/api/article?include=author,tags&filter[id]=1'
      const refusal =
        '400 include A response includes at most 2 related resources: ask for smaller pages, or include less'
      expect(errorsOf(await (await limited(2))(three))).toEqual([refusal])
      for (const maxIncluded of [0, 3]) {
        const get = await limited(maxIncluded)
        expect(included(await get(three))).toEqual(['person/1', 'tag/1', 'tag/2'])
      }
      const get = await limited(2)
      // A comment of each of two articles: of the other ones there is only a link.
      expect(included(await get('/api/article?include=comments'))).toEqual(['comment/1', 'comment/3'])
      expect(errorsOf(await get('/api/article?include=comments.author'))).toEqual([refusal])
      expect(errorsOf(await get('/api/article/1?include=tags,comments'))).toEqual([refusal])
      expect(errorsOf(await get('/api/article?include=tags,author&page[tags][size]=1'))).toEqual([refusal])
    })

    it('of a self-relation is one level for each name (FJ-09)', async () => {
      const { get } = await serve()
      expect(included(await get('/api/person/3?include=comments.article'))).toEqual([
        'article/1',
        'comment/2',
      ])
    })
  },
  ['sqlite'],
)
