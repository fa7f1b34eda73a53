/** The order of lists over HTTP. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf, ids, included } from '../support/library-api.ts'

describeLibrary('sort', (serve, library) => {
  it('orders by fields, the first one before the others (RES-137, JA-85, JA-86, JA-87, JA-88, JA-89, JA-90, JA-92)', async () => {
    const { get } = await serve()
    expect(ids(await get('/api/person?sort=-name'))).toEqual(['3', '2', '1'])
    expect(ids(await get('/api/person?sort=is_admin,-name'))).toEqual(['3', '2', '1'])
    expect(ids(await get('/api/person?sort=-is_admin,name'))).toEqual(['1', '2', '3'])
    expect(ids(await get('/api/article?sort=-id'))).toEqual(['4', '3', '2', '1'])
  })

  it('puts NULL first, and last in a descending order, on all databases (RES-142, FJ-23)', async () => {
    const { get } = await serve()
    expect(ids(await get('/api/person?sort=born'))).toEqual(['2', '1', '3'])
    expect(ids(await get('/api/person?sort=-born'))).toEqual(['3', '1', '2'])
  })

  it('orders by fields of to-one relationships, and loses no row without one (RES-138, RES-139, FJ-22, FJ-25)', async () => {
    const { get } = await serve()
    const reply = await get('/api/article?sort=author.name,-editor.name,id')
    expect(ids(reply)).toEqual(['4', '1', '2', '3'])
    expect(reply.document.meta.total).toBe(4)
    expect(ids(await get('/api/comment?sort=-article.author.name,-id'))).toEqual(['3', '2', '1'])
  })

  it('has the id as its last key, so that pages are stable (RES-145, JA-99)', async () => {
    const { get } = await serve()
    const pages = await Promise.all(
      [1, 2, 3].map((number) => get(`/api/person?sort=is_admin&page[size]=1&page[number]=${number}`)),
    )
    expect(pages.flatMap(ids)).toEqual(['2', '3', '1'])
  })

  it('works together with counts, pages, includes and an order without regard to case (RES-143, FJ-24)', async () => {
    const { get } = await serve()
    for (const key of ['born', '-born', 'email', '-is_admin,born'])
      for (const page of ['', '&page[number]=2&page[size]=2', '&page[size]=0'])
        for (const more of ['', '&include=author_articles', '&ignorecase=1']) {
          const reply = await get(`/api/person?sort=${key}${page}${more}`)
          expect([200, 400]).toContain(reply.status) // page[size]=0 has a maximum
          if (reply.status === 200) expect(reply.document.meta.total).toBe(3)
        }
    expect(ids(await get('/api/tag?sort=-name&ignorecase=1'))).toEqual(['3', '2', '1'])
  })

  it('orders by computed attributes (RES-144, RES-179)', async () => {
    const computed = {
      nameLength: {
        type: { kind: 'integer' },
        sql: ({ ref }) => sql`length(${ref('name')})`,
      },
      articleCount: {
        type: { kind: 'integer' },
        sql: ({ ref }) => sql`(select count(*) from article where article.author_id = ${ref('id')})`,
      },
    } satisfies Model['computed']
    const person = defineModel(library().models.person as Model, { computed })
    const { get } = await serve({ models: { person } })
    expect(ids(await get('/api/person?sort=-articleCount,name'))).toEqual(['1', '2', '3'])
    expect(ids(await get('/api/person?sort=-nameLength,-name'))).toEqual(['3', '2', '1'])
    expect(ids(await get('/api/person?filter[articleCount]=2,1'))).toEqual(['1', '2'])
    expect((await get('/api/person/1')).document.data.attributes).toMatchObject({
      nameLength: 3,
      articleCount: 2,
    })
  })
})

describeLibrary(
  'a default order',
  (serve) => {
    const apis = { article: { defaultSort: ['-title'] }, comment: { defaultSort: ['-body', 'id'] } }

    it('holds on collections, related URLs, relationships and included resources (FJ-26, JA-93)', async () => {
      const { get } = await serve({ apis })
      expect(ids(await get('/api/article'))).toEqual(['3', '2', '1', '4'])
      expect(ids(await get('/api/person/1/author_articles'))).toEqual(['2', '1'])
      expect(ids(await get('/api/person/1/relationships/author_articles'))).toEqual(['2', '1'])
      const { document } = await get('/api/person/1?include=author_articles')
      expect(document.data.relationships.author_articles.data.map(({ id }: { id: string }) => id)).toEqual([
        '2',
        '1',
      ])
      const shown = (await get('/api/article/1')).document.data.relationships.comments.data
      expect(shown.map(({ id }: { id: string }) => id)).toEqual(['1', '2'])
    })

    it('gives way to `sort`', async () => {
      const { get } = await serve({ apis })
      expect(ids(await get('/api/article?sort=id'))).toEqual(['1', '2', '3', '4'])
    })

    it('does without fields that the client cannot see', async () => {
      const { get } = await serve({ apis: { article: { defaultSort: ['-title'], exclude: ['title'] } } })
      expect(ids(await get('/api/article'))).toEqual(['1', '2', '3', '4'])
    })
  },
  ['sqlite'],
)

describeLibrary(
  'the keys of sort',
  (serve) => {
    it.each([
      ['nope', 'no such field "nope"'],
      ['%2Bname', 'no such field "+name"'],
      ['%20name', 'no such field " name"'],
      ['author_articles', '"author_articles" is a relationship'],
      [
        'author_articles.title',
        '"author_articles.title" has several values: "author_articles" is a to-many relationship',
      ],
      ['name;drop', 'no such field "name;drop"'],
      ['nope.name', 'no such field "nope.name"'],
      ['', ''],
    ])('%s (RES-140, RES-141, FJ-157, JA-91)', async (key, detail) => {
      const { get } = await serve()
      const reply = await get(`/api/person?sort=${key}`)
      if (detail === '') expect(ids(reply)).toEqual(['1', '2', '3'])
      else expect(errorsOf(reply)).toEqual([`400 sort Unable to construct query: ${detail}`])
    })

    it('order included resources too, by sort[path] (FJ-12)', async () => {
      const { get } = await serve()
      const reply = await get('/api/article/1?include=comments&sort[comments]=-id')
      expect(reply.document.data.relationships.comments.data.map(({ id }: { id: string }) => id)).toEqual([
        '2',
        '1',
      ])
      expect(included(reply)).toEqual(['comment/1', 'comment/2'])
    })
  },
  ['sqlite'],
)
