/** Permissions: a function per operation, field and relation. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import type { Can } from '../../lib/jsonapi/resource/resource-options.ts'
import { describeLibrary, errorsOf, ids, type LibraryApi, objects } from '../support/library-api.ts'

/** The e-mail address and the comments of people are for admins, and so are tags. */
const can: Can = ({ type, field, operation, request }) => {
  if (request.headers['x-role'] === 'admin') return true
  if (operation !== 'read') return false
  return type !== 'tag' && !(type === 'person' && (field === 'email' || field === 'comments'))
}
const ADMIN = { 'x-role': 'admin' }

describeLibrary('a client that may write and not read a type', (serve) => {
  it('gets no document of it', async () => {
    const writes: Can = ({ field, operation }) => field !== undefined || operation !== 'read'
    const api = await serve({
      manager: { methods: ['GET', 'POST', 'PATCH'], operations: true },
      apis: { tag: { can: writes } },
    })
    const tag = { type: 'tag', attributes: { name: 'secret' } }
    expect((await api.get('/api/tag/1')).status).toBe(403)
    const created = await api.post('/api/tag', { data: tag })
    expect([created.status, created.text]).toEqual([201, ''])
    const path = created.headers.get('location') as string
    const id = path.split('/').at(-1)
    const changed = await api.patch(`${path}?include=`, { data: { ...tag, id } })
    expect([changed.status, changed.text]).toEqual([204, ''])
    const ext = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
    const operation = { op: 'add', data: { ...tag, attributes: { name: 'another secret' } } }
    const sent = { 'atomic:operations': [operation] }
    const batch = await api.send('POST /api/operations', sent, { accept: ext, 'content-type': ext })
    expect([batch.status, batch.text]).toEqual([204, ''])
  })
})

/** Whether two requests, which differ in one name, have the same answer but for that name. */
const expectUnknown = async (
  { get }: Pick<LibraryApi, 'get'>,
  path: (name: string) => string,
  hidden: string,
  nope: string,
) => {
  const [one, two] = [await get(path(hidden)), await get(path(nope))]
  expect(one.status).toBeGreaterThanOrEqual(400)
  expect(one.status).toBe(two.status)
  expect(one.text.replaceAll(hidden, nope)).toBe(two.text)
}

describeLibrary(
  'a to-one relationship that a client may not read',
  (serve, library) => {
    const onlyAdmins: Can = ({ type, field, request }) =>
      request.headers['x-role'] === 'admin' || !(type === 'article' && field === 'author')
    const person = () =>
      defineModel(library().models.person as Model, { proxies: { titles: 'author_articles.title' } })

    it('is not readable from the other side, whose relationship has the same key', async () => {
      const api = await serve({ manager: { can: onlyAdmins }, models: { person: person() } })
      for (const path of [
        (name: string) => `/api/person/1/${name}`,
        (name: string) => `/api/person/1/${name}/1`,
        (name: string) => `/api/person/1/relationships/${name}`,
        (name: string) => `/api/person/1?include=${name}`,
        (name: string) => `/api/comment/1?include=author.${name}`,
        (name: string) => `/api/person?filter[${name}]=1`,
        (name: string) => `/api/person?${objects({ name, op: 'is_null' })}`,
        (name: string) =>
          `/api/comment?${objects({ name: 'author', op: 'has', val: { name, op: 'is_null' } })}`,
      ])
        await expectUnknown(api, path, 'author_articles', 'selcitra_rohtua')
      const { data } = (await api.get('/api/person/1')).document
      expect(Object.keys(data.relationships)).toEqual(['editor_articles', 'comments'])
      expect(data.attributes).not.toHaveProperty('titles')
      expect((await api.get('/api/person?filter[titles]=Engines')).status).toBe(400)
      const { document } = await api.get('/api/person/1', ADMIN)
      expect(Object.keys(document.data.relationships)).toContain('author_articles')
      expect(document.data.attributes.titles).toEqual(['Engines', 'Looms'])
    })

    it('is not readable through its rows, where these are an association', async () => {
      const { article, comment } = library().models
      const proxies = { commenters: 'comments.author' }
      const through = defineModel(article as Model, { proxies }, library().models)
      const can: Can = ({ type, field }) => !(type === 'comment' && field === 'author')
      const models = { article: through, comment: comment as Model }
      expect((await (await serve({ models })).get('/api/article/1/commenters')).status).toBe(200)
      const { get } = await serve({ models, manager: { can } })
      expect((await get('/api/article/1/commenters')).status).toBe(404)
      expect((await get('/api/article/1/comments')).status).toBe(200)
    })

    it('is so where it is an attribute with the key, or a relationship of one type of the rows', async () => {
      const keyed = defineModel(library().models.article as Model, { relations: { author: null } })
      const can: Can = ({ type, field }) => !(type === 'article' && field === 'author_id')
      const plain = await serve({ manager: { can }, models: { article: keyed } })
      expect((await plain.get('/api/person/1/author_articles')).status).toBe(404)
      const article = defineModel(library().models.article as Model, { discriminator: { column: 'title' } })
      const looms = defineModel(article, { discriminator: { column: 'title', value: 'Looms' } })
      const typed = await serve({
        models: { article, looms },
        apis: { looms: { can: ({ field }) => field !== 'author' } },
      })
      expect((await typed.get('/api/person/1/author_articles')).status).toBe(404)
      expect((await typed.get('/api/person/1/editor_articles')).status).toBe(200)
    })

    it('is so where the target of the key has no API, and a model refined from it has', async () => {
      const writer = defineModel(library().models.person as Model, { name: 'writer', type: 'writer' })
      const can: Can = ({ type, field, operation }) =>
        !(type === 'article' && field === 'author_id' && operation === 'read')
      const refined = { models: { writer }, apis: { person: null } }
      const hidden = await serve({ ...refined, manager: { can } })
      expect((await hidden.get('/api/article/1')).document.data.attributes).not.toHaveProperty('author_id')
      expect((await hidden.get('/api/writer/1/author_articles')).status).toBe(404)
      const shown = await serve(refined)
      expect(ids(await shown.get('/api/writer/1/author_articles'))).toEqual(['1', '2'])
      const manager = { methods: ['GET', 'POST', 'PATCH'] as const, allowToManyReplacement: true }
      const fixed = { ...refined.apis, article: { readOnly: ['author_id'] } }
      const readOnly = await serve({ ...refined, manager, apis: fixed })
      const path = '/api/writer/2/relationships/author_articles'
      const data = [{ type: 'article', id: '1' }]
      expect((await readOnly.post(path, { data })).status).toBe(403)
      expect(ids(await readOnly.get('/api/writer/1/author_articles'))).toEqual(['1', '2'])
    })

    it('is hidden on its own side alone by options: they are the same for all clients', async () => {
      const { get } = await serve({ apis: { article: { exclude: ['author'] } } })
      expect(ids(await get('/api/person/1/author_articles'))).toEqual(['1', '2'])
    })
  },
  ['sqlite'],
)

describeLibrary(
  'a field that a client may not read',
  (serve, library) => {
    it('is not there, and is there for others', async () => {
      const { get } = await serve({ manager: { can } })
      const { data } = (await get('/api/person/1')).document
      expect(Object.keys(data.attributes)).toEqual(['name', 'born', 'is_admin'])
      expect(Object.keys(data.relationships)).toEqual(['author_articles', 'editor_articles'])
      const { data: whole } = (await get('/api/person/1', ADMIN)).document
      expect(whole.attributes.email).toBe('ada@example.org')
      expect(whole.relationships.comments.data).toEqual([])
      const { included } = (await get('/api/article/1?include=author')).document
      expect(Object.keys(included[0].attributes)).toEqual(['name', 'born', 'is_admin'])
    })

    it('is unknown: the same answers as for a name that does not exist (RES-185, RES-313, FJ-46, FJ-47)', async () => {
      const api = await serve({ manager: { can, allowFunctions: true } })
      const person = (query: (name: string) => string) => (name: string) => `/api/person?${query(name)}`
      const filter = (name: string, op = 'eq') => objects({ name, op, val: 'x' })
      const within = (name: string, op: string) =>
        objects({ name: 'author', op: 'has', val: { name, op, val: 'x' } })
      for (const path of [
        person((name) => `filter[${name}]=x`),
        person((name) => filter(name)),
        person((name) => objects({ not: { or: [{ name, op: 'is_null' }] } })),
        person((name) => objects({ name: 'name', op: 'eq', field: name })),
        person((name) => `sort=${name}`),
        person((name) => `fields[person]=${name}`),
        (name: string) => `/api/article?sort=author.${name}`,
        (name: string) => `/api/article?${within(name, 'eq')}`,
        (name: string) => `/api/article?include=author&filter[author][${name}]=x`,
        (name: string) => `/api/article?include=author&sort[author]=${name}`,
        (name: string) => `/api/article/1/author?fields[person]=${name}`,
        (name: string) =>
          `/api/eval/person?functions=${encodeURIComponent(JSON.stringify([{ name: 'max', field: name }]))}`,
      ])
        await expectUnknown(api, path, 'email', 'liame')
      for (const path of [
        person((name) => `include=${name}`),
        person((name) => `filter[${name}]=1`),
        person((name) => objects({ name, op: 'is_null' })),
        person((name) => objects({ name, op: 'any', val: { name: 'id', op: 'eq', val: 1 } })),
        person((name) => `page[${name}][size]=1`),
        (name: string) => `/api/person/1/${name}`,
        (name: string) => `/api/person/1/${name}/1`,
        (name: string) => `/api/person/1/relationships/${name}`,
        (name: string) => `/api/article/1?include=author.${name}`,
        (name: string) => `/api/article/1/relationships/author?include=author.${name}`,
      ])
        await expectUnknown(api, path, 'comments', 'stnemmoc')
    })

    it('does not change the ETag (FJ-46)', async () => {
      const { db } = library()
      const { get } = await serve({ manager: { can } })
      const tags = async (fields?: Record<string, string>) => [
        (await get('/api/person/2', fields)).headers.get('etag'),
        (await get('/api/person/2?fields[person]=name', fields)).headers.get('etag'),
      ]
      const [before, ofAdmin] = [await tags(), await tags(ADMIN)]
      await sql`update person set email = 'new@example.org' where id = 2`.execute(db)
      expect(await tags()).toEqual(before)
      expect((await tags(ADMIN))[0]).not.toBe(ofAdmin[0])
      await sql`update person set email = 'ben@example.org' where id = 2`.execute(db)
    })
  },
  ['sqlite'],
)

describeLibrary(
  'a type that a client may not read',
  (serve) => {
    it('has no relationships that lead to it, and is no type', async () => {
      const { get } = await serve({ manager: { can } })
      const { data } = (await get('/api/article/1')).document
      expect(Object.keys(data.relationships)).toEqual(['author', 'editor', 'comments'])
      for (const query of [
        'include=tags',
        'filter[tags]=1',
        'fields[tag]=name',
        objects({ name: 'tags', op: 'is_null' }),
      ])
        expect((await get(`/api/article?${query}`)).status).toBe(400)
      expect((await get('/api/article/1/tags')).status).toBe(404)
      expect((await get('/api/article/1/relationships/tags')).status).toBe(404)
      expect(Object.keys((await get('/api')).document.meta.modelinfo)).not.toContain('tag')
      expect(Object.keys((await get('/api', ADMIN)).document.meta.modelinfo)).toContain('tag')
      expect(errorsOf(await get('/api/tag'))).toEqual(["403 Not allowed to read resources of the type 'tag'"])
      expect((await get('/api/tag/1')).status).toBe(403)
      expect((await get('/api/tag/1', ADMIN)).status).toBe(200)
    })

    it('is not in the default inclusions and orders, which stay fine', async () => {
      const { get } = await serve({
        manager: { can },
        apis: { article: { includes: ['tags', 'author'] }, person: { defaultSort: ['-email'] } },
      })
      const { included } = (await get('/api/article/1')).document
      expect(included.map(({ type }: { type: string }) => type)).toEqual(['person'])
      expect(ids(await get('/api/person'))).toEqual(['1', '2', '3'])
      expect(ids(await get('/api/person', ADMIN))).toEqual(['2', '1', '3'])
    })
  },
  ['sqlite'],
)

describeLibrary(
  'an operation that a client may not do',
  (serve) => {
    it('is forbidden, whatever it would change (FJ-51, JA-118, JA-141, JA-171)', async () => {
      const { send } = await serve({ manager: { can, methods: ['GET', 'POST', 'PATCH', 'DELETE'] } })
      const data = { type: 'article', id: '1', attributes: {} }
      expect(
        (await send('POST /api/article', { data: { type: 'article', attributes: { title: 'x' } } })).status,
      ).toBe(403)
      expect((await send('PATCH /api/article/1', { data })).status).toBe(403)
      expect((await send('DELETE /api/article/1')).status).toBe(403)
      for (const method of ['POST', 'PATCH', 'DELETE'])
        expect(
          (await send(`${method} /api/article/1/relationships/tags`, { data: [{ type: 'tag', id: '1' }] }))
            .status,
        ).toBe(403)
    })

    it('has a permission that is true or false: a promise would allow everything', async () => {
      const { get, logger } = await serve({ manager: { can: (async () => false) as unknown as Can } })
      expect((await get('/api/person')).status).toBe(500)
      expect(logger.text()).toContain("The option 'can' returned object")
    })
  },
  ['sqlite'],
)

describeLibrary('a base query', (serve, library) => {
  /** Only the comments of the tenant of the request, and only people with an article about machines. */
  const models = () => ({
    comment: defineModel(library().models.comment as Model, {
      baseQuery: ({ ref, request }) =>
        sql`${ref('body')} ${request?.headers['x-tenant'] === 'good' ? sql`=` : sql`<>`} 'Good'`,
    }),
    person: defineModel(library().models.person as Model, {
      baseQuery: ({
        ref,
      }) => sql`exists (select 1 from article a inner join article_tag t on t.article_id = a.id
        where a.author_id = ${ref('id')})`,
    }),
  })

  it('holds in EXISTS, counts, inclusions and linkage, for each request (RES-106, FJ-48)', async () => {
    const { get } = await serve({ models: models() })
    const good = { 'x-tenant': 'good' }
    expect(ids(await get('/api/comment', good))).toEqual(['1'])
    expect(ids(await get('/api/comment'))).toEqual(['2', '3'])
    const any = objects({ name: 'comments', op: 'any', val: { name: 'id', op: 'gt', val: 0 } })
    expect([ids(await get(`/api/article?${any}`, good)), ids(await get(`/api/article?${any}`))]).toEqual([
      ['1'],
      ['1', '2'],
    ])
    const none = objects({ name: 'comments', op: 'is_null' })
    expect((await get(`/api/article?${none}`, good)).document.meta.total).toBe(3)
    const { data, included } = (await get('/api/article/1?include=comments', good)).document
    expect(data.relationships.comments.data).toEqual([{ type: 'comment', id: '1' }])
    expect(included).toHaveLength(1)
    expect((await get('/api/article/1/comments', good)).document.meta.total).toBe(1)
    expect((await get('/api/article/1/comments/2', good)).status).toBe(404)
  })

  it('through several matches gives one resource (FJ-30)', async () => {
    const { get } = await serve({ models: models() })
    expect(ids(await get('/api/person'))).toEqual(['1'])
    expect((await get('/api/person/1')).document.data.id).toBe('1')
    expect((await get('/api/person/2')).status).toBe(404)
    expect((await get('/api/article/1')).document.data.relationships).toMatchObject({
      author: { data: { type: 'person', id: '1' } },
      editor: { data: null },
    })
    expect(ids(await get('/api/person/1/author_articles'))).toEqual(['1', '2'])
    expect(ids(await get('/api/article?sort=-author.name,id'))).toEqual(['1', '2', '3', '4'])
  })
})
