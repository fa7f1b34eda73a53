/** Attributes and relationships that lead through a relation. */
import { type SqlBool, sql } from 'kysely'
import { expect, it } from 'vitest'
import { ApiManager } from '../../lib/jsonapi/manager/api-manager.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import type { ModelRefinement } from '../../lib/jsonapi/model/model-definition.ts'
import { describeLibrary, ids, included, objects } from '../support/library-api.ts'
import { polka } from '../support/polka.ts'

describeLibrary('a proxy', (serve, library) => {
  const models = () => {
    const { article, tag } = library().models
    return {
      article: defineModel(
        article as Model,
        { proxies: { tag_names: 'tags.name', commenters: 'comments.author' } },
        library().models,
      ),
      tag: defineModel(tag as Model, { proxies: { titles: 'articles.title' } }),
    }
  }

  it('of an attribute is the list of its values (RES-081, RES-302, RES-304)', async () => {
    const { get, statements } = await serve({ models: models() })
    const { data } = (await get('/api/article?fields[article]=title,tag_names')).document
    expect(data.map(({ attributes }: { attributes: object }) => attributes)).toEqual([
      { title: 'Engines', tag_names: ['history', 'machines'] },
      { title: 'Looms', tag_names: ['machines'] },
      { title: 'Notes', tag_names: [] },
      { title: 'Anonymous', tag_names: [] },
    ])
    expect(statements).toHaveLength(3)
    const one = (await get('/api/article/1?include=tags')).document
    expect(one.data.attributes.tag_names).toEqual(['history', 'machines'])
    expect(one.included[1].attributes.titles).toEqual(['Engines', 'Looms'])
  })

  it('of a computed attribute is the list of its values, by the database or of the row', async () => {
    const { tag, article } = library().models
    const computed = {
      shout: { type: { kind: 'string' }, sql: ({ ref }) => sql`upper(${ref('name')})` },
      letters: { type: { kind: 'integer' }, get: ({ name }) => String(name).length },
    } satisfies ModelRefinement['computed']
    const proxies = { shouts: 'tags.shout', letters: 'tags.letters' }
    const { get } = await serve({
      models: {
        tag: defineModel(tag as Model, { computed }),
        article: defineModel(article as Model, { proxies }, library().models),
      },
    })
    const { document } = await get('/api/article?fields[article]=shouts,letters&page[size]=3')
    expect(document.data.map(({ attributes }: { attributes: object }) => attributes)).toEqual([
      { shouts: ['HISTORY', 'MACHINES'], letters: [7, 8] },
      { shouts: ['MACHINES'], letters: [8] },
      { shouts: [], letters: [] },
    ])
    const filter = { name: 'shouts', op: 'any', val: 'HISTORY' }
    expect(ids(await get(`/api/article?${objects(filter)}`))).toEqual(['1'])
  })

  it('of an attribute that is hidden, in its own API, is not there', async () => {
    const { get } = await serve({ models: models(), apis: { tag: { exclude: ['name'] } } })
    expect((await get('/api/article/1')).document.data.attributes.tag_names).toBeUndefined()
    const { attributes } = (
      await (
        await serve({ models: models(), apis: { article: { exclude: ['tags'] } } })
      ).get('/api/article/1')
    ).document.data
    expect(attributes.tag_names).toEqual(['history', 'machines'])
  })

  it('of a relation is a relationship at all of its URLs, beside that of the association (RES-120, RES-178, RES-303)', async () => {
    const { get } = await serve({ models: models() })
    const { relationships } = (await get('/api/article/1')).document.data
    expect(relationships.commenters.data).toEqual([
      { type: 'person', id: '2' },
      { type: 'person', id: '3' },
    ])
    expect(Object.keys(relationships)).toContain('comments')
    expect(ids(await get(relationships.commenters.links.related))).toEqual(['2', '3'])
    expect(ids(await get(relationships.commenters.links.self))).toEqual(['2', '3'])
    expect((await get('/api/article/1/commenters/3')).document.data.id).toBe('3')
    const filter = { name: 'commenters', op: 'any', val: { name: 'name', op: 'eq', val: 'Cleo' } }
    expect(ids(await get(`/api/article?${objects(filter)}`))).toEqual(['1'])
    expect(included(await get('/api/article/1?include=commenters'))).toEqual(['person/2', 'person/3'])
  })

  it('of a relation has each resource once, whatever the number of rows between (FJ-27, FJ-92)', async () => {
    await library().run(`
      insert into comment (id, body, article_id, author_id) values (50, 'Again', 1, 2), (51, 'And again', 1, 2);
    `)
    const { get } = await serve({ models: models() })
    const people = ['2', '3']
    const related = await get('/api/article/1/commenters?page[size]=2')
    expect([ids(related), related.document.meta.total]).toEqual([people, 2])
    const relationship = await get('/api/article/1/relationships/commenters')
    expect([ids(relationship), relationship.document.meta.total]).toEqual([people, 2])
    for (const query of ['', '?include=commenters', '?include=commenters&page[commenters][size]=2']) {
      const { commenters } = (await get(`/api/article/1${query}`)).document.data.relationships
      expect([query, commenters.data.map(({ id }: { id: string }) => id)]).toEqual([query, people])
      expect(commenters.links.next).toBeUndefined()
    }
    await library().run('delete from comment where id >= 50;')
  })

  it('of a relation is only read: its rows stay when a resource is deleted', async () => {
    const person = defineModel(
      library().models.person as Model,
      { proxies: { commented: 'comments.article' } },
      library().models,
    )
    await library().run(`
      insert into person (id, name) values (50, 'Dee');
      insert into comment (id, body, article_id, author_id) values (50, 'Kept', 1, 50);
    `)
    const {
      get,
      patch,
      delete: remove,
    } = await serve({
      models: { person },
      manager: { methods: ['GET', 'PATCH', 'DELETE'], allowToManyReplacement: true },
    })
    expect(ids(await get('/api/person/50/commented'))).toEqual(['1'])
    expect((await patch('/api/person/50/relationships/commented', { data: [] })).status).toBe(403)
    expect((await remove('/api/person/50')).status).toBe(204)
    expect((await get('/api/comment/50')).document.data.relationships.author.data).toBeNull()
    expect((await remove('/api/comment/50')).status).toBe(204)
  })

  it('is like a join table without a key: each pair counts once', async () => {
    await library().run(`
      create table shelf (id {id}, name varchar(20));
      create table shelf_tag (shelf_id integer not null, tag_id integer not null,
        foreign key (shelf_id) references shelf (id), foreign key (tag_id) references tag (id));
      insert into shelf values (1, 'one');
      insert into shelf_tag values (1, 1), (1, 1), (1, 2);
    `)
    const { get } = await serve({ models: await introspect(library().db) })
    const reply = await get('/api/shelf/1/tags')
    expect([ids(reply), reply.document.meta.total]).toEqual([['1', '2'], 2])
    expect((await get('/api/shelf/1')).document.data.relationships.tags.data).toHaveLength(2)
  })

  it('is refused with an API of an association that does not show all of its rows, in any order', async () => {
    const { comment, article } = library().models
    const through = { article: models().article }
    const hidden = defineModel(comment as Model, { baseQuery: () => sql<SqlBool>`1 = 0` })
    const noted = defineModel(comment as Model, { discriminator: { column: 'body' } })
    const note = defineModel(noted, { discriminator: { column: 'body', value: 'note' } })
    const subject = "The relation 'commenters' of 'article' would pass by the"
    for (const [served, error] of [
      [{ ...through, comment: hidden }, `${subject} base query of 'comment'`],
      [{ ...through, comment: noted }, `${subject} discriminator of 'comment'`],
      [{ ...through, comment: note }, `${subject} discriminator of 'note'`],
    ] as const) {
      await expect(serve({ models: served })).rejects.toThrow(error)
      const { comment: association, article: owner } = served
      const manager = new ApiManager(polka(), { db: library().db })
      manager.createApi(association as Model)
      expect(() => manager.createApi(owner as Model)).toThrow(error)
      manager.createApi(article as Model)
    }
  })
})
