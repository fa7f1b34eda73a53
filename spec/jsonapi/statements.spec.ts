/** The number of SQL statements of a read: two, and one for each relationship that is shown. */
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { describeLibrary, ids } from '../support/library-api.ts'

describeLibrary('a read', (serve, library) => {
  beforeAll(async () => {
    const { db } = library()
    const rows = (row: (id: number) => ReturnType<typeof sql>) =>
      sql.join(Array.from({ length: 100 }, (_, index) => row(100 + index)))
    await sql`insert into article (id, title, author_id) values ${rows((id) => sql`(${id}, 'more', 1)`)}`.execute(
      db,
    )
    await sql`insert into comment (id, body, article_id, author_id)
      values ${rows((id) => sql`(${id}, 'more', ${id}, 3)`)}`.execute(db)
    await sql`insert into article_tag (article_id, tag_id) values ${rows((id) => sql`(${id}, 1)`)}`.execute(
      db,
    )
  })

  it.each([1, 10, 100])('of a page of %d has the same statements (RES-087, RES-121, FJ-14)', async (size) => {
    const { get, statements } = await serve()
    const count = async (query: string) => {
      const reply = await get(`/api/article?filter[title]=more&page[size]=${size}&${query}`)
      expect(ids(reply)).toHaveLength(size)
      return statements.length
    }
    expect(await count('fields[article]=title')).toBe(2)
    expect(await count('fields[article]=title,author,editor')).toBe(2)
    expect(await count('fields[article]=comments')).toBe(3)
    expect(await count('')).toBe(4)
    const rest = 'fields[person]=name&fields[comment]=body&fields[tag]=name'
    expect(await count(`include=author&${rest}`)).toBe(5)
    expect(await count(`include=author,comments,tags&${rest}`)).toBe(5)
    expect(await count(`include=author,comments.author,tags&${rest}`)).toBe(6)
    expect(await count(`include=comments&page[comments][size]=1&sort[comments]=-id&${rest}`)).toBe(4)
  })

  it('of one resource has one less, that of related resources one more, that of a relationship two', async () => {
    const { get, statements } = await serve()
    const count = async (path: string) => {
      expect((await get(path)).status).toBe(200)
      return statements.length
    }
    expect(await count('/api/article/1?fields[article]=title,author')).toBe(1)
    expect(await count('/api/article/1')).toBe(3)
    expect(await count('/api/tag/1/articles?fields[article]=title')).toBe(3)
    expect(await count('/api/article/1/relationships/tags')).toBe(4)
    expect(await count('/api/article/1/relationships/comments?include=comments&fields[comment]=body')).toBe(4)
    expect(await count('/api/article/1/author?fields[person]=name')).toBe(2)
  })

  it('has no statement for keys that there are not (FJ-02)', async () => {
    const { get, statements } = await serve()
    const count = async (path: string) => {
      expect((await get(path)).status).toBe(200)
      return statements.length
    }
    expect(await count('/api/article/4?fields[article]=author&include=author.comments')).toBe(1)
    expect(await count('/api/article?filter[title]=none&include=author.comments,tags.articles')).toBe(2)
    expect(await count('/api/article/4/author?include=comments')).toBe(1)
  })

  it('has no statement for relationships whose linkage is off, or that it does not show (FJ-14, FJ-19, FJ-61, FJ-155)', async () => {
    const { get, statements } = await serve({
      apis: { article: { linkage: ['author'] }, person: { linkage: false } },
    })
    const { data } = (await get('/api/article?page[size]=2')).document
    expect(statements).toHaveLength(2)
    expect(data[0].relationships.author.data).toEqual({ type: 'person', id: '1' })
    expect(Object.keys(data[0].relationships.comments)).toEqual(['links'])
    const shown = (await get('/api/article/1?include=comments&fields[comment]=body')).document.data
    expect(shown.relationships.comments.data).toHaveLength(2)
    expect(statements).toHaveLength(2)
    for (const { links } of Object.values((await get('/api/person/1')).document.data.relationships) as {
      links: object
    }[])
      expect(Object.keys(links)).toEqual(['self', 'related'])
    expect(statements).toHaveLength(1)
  })

  it('has no count where it is turned off (RES-157)', async () => {
    const { get, statements } = await serve({ apis: { person: { count: false } } })
    await get('/api/person?fields[person]=name')
    expect(statements).toHaveLength(1)
  })

  it('reads more keys than a statement takes in chunks (FJ-43)', async () => {
    const { db } = library()
    const rows = Array.from({ length: 6000 }, (_, index) => sql`(${index + 1000}, 'many', ${sql.lit(null)})`)
    for (let from = 0; from < rows.length; from += 1000)
      await sql`insert into article (id, title, body) values ${sql.join(rows.slice(from, from + 1000))}`.execute(
        db,
      )
    const { get, statements } = await serve({ apis: { article: { maxPageSize: 0 } } })
    const reply = await get('/api/article?filter[title]=many&page[size]=0&fields[article]=title,tags')
    expect(ids(reply)).toHaveLength(6000)
    expect(statements).toHaveLength(4)
    await sql`delete from article where title = 'many'`.execute(db)
  })
})

describeLibrary(
  'a client that leaves',
  (serve) => {
    it('ends the statements of its request', async () => {
      let leave: () => void = () => undefined
      const ended = new Promise<void>((resolve) => {
        leave = resolve
      })
      const controller = new AbortController()
      const { served, statements } = await serve({
        apis: {
          article: {
            preprocessors: {
              GET_COLLECTION: [
                async ({ request }) => {
                  const { signal } = request as unknown as { signal: AbortSignal }
                  const left = new Promise((resolve) => signal.addEventListener('abort', resolve))
                  controller.abort()
                  await left
                  leave()
                },
              ],
            },
          },
        },
      })
      const before = statements.length
      await expect(served.fetch('/api/article?include=tags', { signal: controller.signal })).rejects.toThrow()
      await ended
      await new Promise((resolve) => setImmediate(resolve))
      expect(statements.length).toBe(before)
    })
  },
  ['sqlite'],
)
