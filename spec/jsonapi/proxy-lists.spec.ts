/** Writes of attributes that list values of related rows: what a write of the relationship obeys, they obey. */
import { type SqlBool, sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import type { CreateApiOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { dialectOf } from '../../lib/jsonapi/model/dialect.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import type { ModelRefinement } from '../../lib/jsonapi/model/model-definition.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { describeLibrary, errorsOf, serveLibrary } from '../support/library-api.ts'

const NAMES = ['history', 'machines']
const refused = (name: string, reason: string) =>
  `403 /data/attributes/${name} Failed to deserialize object: ${reason}`
const readOnly = (name: string) => refused(name, `The attribute "${name}" is read-only`)

describeLibrary(
  'a list of related values',
  (serve, library) => {
    const open = async (options: CreateApiOptions) => {
      const proxies = { tag_names: 'tags.name', author_names: 'author.name', loud: 'tags.shout' }
      const shout = { set: (value: unknown) => ({ name: String(value) }), get: () => 'x' }
      const models = {
        article: defineModel(library().models.article as Model, { proxies }, library().models),
        tag: defineModel(library().models.tag as Model, { computed: { shout } }),
      }
      const article = { methods: ['GET', 'POST', 'PATCH'], ...options }
      const { served, post, patch, get } = await serve({ models, apis: { article } })
      const { components } = (await served.ask('GET /openapi.json')).json
      const attributesIn = (schema: string): object =>
        components.schemas[schema].properties.data.properties.attributes.properties
      return {
        update: (attributes: object) =>
          patch('/api/article/1', { data: { type: 'article', id: '1', attributes } }),
        create: (attributes: object) =>
          post('/api/article', { data: { type: 'article', attributes: { title: 'New', ...attributes } } }),
        names: async () => (await get('/api/article/1')).document.data.attributes.tag_names,
        isIn: (schema: string, name = 'tag_names') => name in attributesIn(schema),
      }
    }

    it.each<[string, CreateApiOptions]>([
      ['read-only', { readOnly: ['tags'] }],
      ['hidden', { exclude: ['tags'] }],
      ['refused', { can: ({ operation, field }) => operation === 'read' || field !== 'tags' }],
    ])('is read-only where its relationship is %s', async (_kind, options) => {
      const api = await open({ allowToManyReplacement: true, ...options })
      expect(errorsOf(await api.update({ tag_names: ['unused'] }))).toEqual([readOnly('tag_names')])
      expect(errorsOf(await api.create({ tag_names: ['unused'] }))).toEqual([readOnly('tag_names')])
      expect(await api.names()).toEqual(NAMES)
      expect([api.isIn('articleUpdate'), api.isIn('articleCreate')]).toEqual([false, false])
    })

    it('is shown after a PATCH of its relationship alone, which it changes with', async () => {
      const proxies = { tag_names: 'tags.name', author_name: 'author.name' }
      const article = defineModel(library().models.article as Model, { proxies }, library().models)
      const { patch } = await serve({
        models: { article },
        apis: { article: { methods: ['GET', 'PATCH'], allowToManyReplacement: true } },
      })
      const change = (relationships: object) =>
        patch('/api/article/2', { data: { type: 'article', id: '2', relationships } })
      const tags = await change({ tags: { data: [{ type: 'tag', id: '1' }] } })
      expect([tags.status, tags.document.data.attributes.tag_names]).toEqual([200, ['history']])
      const author = await change({ author: { data: { type: 'person', id: '2' } } })
      expect([author.status, author.document.data.attributes.author_name]).toEqual([200, ['Ben']])
    })

    it('is replaced only where to-many relationships may be, and is free in a new resource', async () => {
      const closed = await open({})
      expect(errorsOf(await closed.update({ tag_names: ['unused'] }))).toEqual([
        refused('tag_names', 'Not allowed to replace a to-many relationship'),
      ])
      expect(await closed.names()).toEqual(NAMES)
      expect([closed.isIn('articleUpdate'), closed.isIn('articleCreate')]).toEqual([false, true])
      expect((await closed.create({ tag_names: ['unused'] })).status).toBe(201)
      const free = await open({ allowToManyReplacement: true })
      const { status, document } = await free.update({ tag_names: ['unused'] })
      expect([status, document.data.relationships.tags.data.length]).toEqual([200, 1])
      expect(await free.names()).toEqual(['unused'])
      expect((await free.update({ tag_names: NAMES })).status).toBe(200)
      expect(free.isIn('articleUpdate')).toBe(true)
    })

    it('differs from its relationship, or from another list, in no document', async () => {
      const proxies = { tag_names: 'tags.name', tag_notes: 'tags.note' }
      await library().run(`alter table tag add column note varchar(9);
        update tag set note = 'old' where id = 1;`)
      const models = await introspect(library().db)
      const article = defineModel(models.article as Model, { proxies }, models)
      const { get, post, patch } = await serve({
        models: { ...models, article },
        apis: { article: { methods: ['GET', 'POST', 'PATCH'], allowToManyReplacement: true } },
      })
      const tags = (...ids: string[]) => ({ tags: { data: ids.map((id) => ({ type: 'tag', id })) } })
      const data = (attributes: object, relationships: object) => ({
        data: { type: 'article', attributes: { title: 'New', ...attributes }, relationships },
      })
      const change = (attributes: object, relationships: object) =>
        patch('/api/article/1', { data: { ...data(attributes, relationships).data, id: '1' } })
      const conflict = (name: string) => [
        `409 /data/attributes/${name} The list differs from the members of "tags" in the same document`,
      ]
      const before = (await get('/api/article/1')).document.data
      for (const send of [change, (...parts: [object, object]) => post('/api/article', data(...parts))]) {
        expect(errorsOf(await send({ tag_names: ['machines'] }, tags('1')))).toEqual(conflict('tag_names'))
        expect(errorsOf(await send({ tag_names: [] }, tags('1')))).toEqual(conflict('tag_names'))
        expect(errorsOf(await send({ tag_names: ['fresh'] }, tags()))).toEqual(conflict('tag_names'))
        const lists = { tag_names: ['fresh'], tag_notes: ['old'] }
        expect(errorsOf(await send(lists, {}))).toEqual(conflict('tag_notes'))
      }
      expect((await get('/api/article/1')).document.data).toEqual(before)
      expect((await get('/api/tag')).document.data).toHaveLength(3)
      const { tag_names } = before.attributes
      expect((await change({ tag_names }, { tags: before.relationships.tags })).status).toBe(200)
      const same = await change({ tag_names: ['history'], tag_notes: ['old'] }, tags('1'))
      expect([same.status, same.document.data.relationships.tags.data.length]).toEqual([200, 1])
      expect((await post('/api/article', data({ tag_names: ['history'] }, tags('1')))).status).toBe(201)
      await change({}, { tags: before.relationships.tags })
      await library().run('alter table tag drop column note;')
    })

    it('keeps members with equal values apart, and takes no row of another resource', async () => {
      await library().run(`
        create table owner (id {id}, name varchar(9));
        create table nick (id {id}, word varchar(9) not null, owner_id integer, foreign key (owner_id) references owner (id));
        create table badge (id {id}, word varchar(9) not null);
        create table owner_badge (owner_id integer not null, badge_id integer not null, primary key (owner_id, badge_id),
          foreign key (owner_id) references owner (id), foreign key (badge_id) references badge (id));
        insert into owner values (1, 'Ann'), (2, 'Bob');
        insert into nick values (1, 'red', 1), (2, 'red', 1), (3, 'blue', 2), (4, 'grey', null);
        insert into badge values (1, 'x'), (2, 'x'), (3, 'y');
        insert into owner_badge values (1, 1);`)
      const models = await introspect(library().db, { tables: ['owner', 'nick', 'badge', 'owner_badge'] })
      const proxies = { words: 'nicks.word', badgeWords: 'badges.word' }
      const { patch } = await serve({
        models: { ...models, owner: defineModel(models.owner as Model, { proxies }, models) },
        apis: { owner: { methods: ['GET', 'PATCH'], allowToManyReplacement: true } },
      })
      const change = (id: string, attributes: object) =>
        patch(`/api/owner/${id}`, { data: { type: 'owner', id, attributes } })
      const nicks = async () =>
        (await library().db.selectFrom('nick').selectAll().orderBy('id').execute()).map(
          ({ id, word, owner_id }) => `${id} ${word} ${owner_id}`,
        )
      const badges = async () =>
        (await library().db.selectFrom('owner_badge').selectAll().orderBy('badge_id').execute()).map(
          ({ owner_id, badge_id }) => `${owner_id} ${badge_id}`,
        )
      const before = await nicks()
      expect((await change('1', { words: ['red', 'red'] })).status).toBeLessThan(300)
      expect(await nicks()).toEqual(before)
      expect((await change('2', { words: ['blue', 'red', 'grey'] })).status).toBeLessThan(300)
      expect(await nicks()).toEqual(['1 red 1', '2 red 1', '3 blue 2', '4 grey 2', '5 red 2'])
      expect((await change('1', { words: ['red', 'new', 'new'] })).status).toBeLessThan(300)
      expect(await nicks()).toEqual([
        '1 red 1',
        '2 red null',
        ...(await nicks()).slice(2, 5),
        '6 new 1',
        '7 new 1',
      ])
      expect((await change('1', { badgeWords: ['x'] })).status).toBeLessThan(300)
      expect(await badges()).toEqual(['1 1'])
      expect((await change('1', { badgeWords: ['x', 'x', 'x', 'y'] })).status).toBeLessThan(300)
      expect(await badges()).toEqual(['1 1', '1 2', '1 3'])
    })

    it('is written where its relationship is written alone, without being shown', async () => {
      const api = await open({ allowToManyReplacement: true, exclude: ['tags'], writeOnly: ['tags'] })
      expect((await api.update({ tag_names: NAMES })).status).toBe(204)
    })

    it('of a to-one relationship, or of a computed attribute, is read-only', async () => {
      const api = await open({ allowToManyReplacement: true, deleteOrphans: true })
      expect(errorsOf(await api.update({ author_names: [] }))).toEqual([readOnly('author_names')])
      expect(errorsOf(await api.update({ loud: ['x'] }))).toEqual([readOnly('loud')])
      expect(api.isIn('articleUpdate', 'author_names')).toBe(false)
    })
  },
  ['sqlite'],
)

const PAGES = `
  create table book (id {id}, title varchar(9), version integer not null default 1);
  create table page (id {id}, text varchar(9) not null unique, number integer, book_id integer not null,
    foreign key (book_id) references book (id));
  create table plate (id {id}, text varchar(9), title varchar(9) not null, book_id integer,
    foreign key (book_id) references book (id));
  insert into book (id, title) values (1, 'One'), (2, 'Two');
  insert into page (id, text, book_id) values (1, 'a', 1), (2, 'b', 2);
`

describeLibrary('a list of values of rows that belong to the resource', (serve, library) => {
  let known: Readonly<Record<string, Model>>
  beforeAll(async () => {
    await library().run(PAGES)
    known = await introspect(library().db, { tables: ['book', 'page', 'plate'] })
    if (dialectOf(library().db) !== 'postgres') return
    for (const table of ['book', 'page'])
      await library().run(`alter table ${table} alter column id restart with 10;`)
  })
  const open = async (page: CreateApiOptions = {}, refined: ModelRefinement = {}) => {
    const proxies = { texts: 'pages.text', plateTexts: 'plates.text' }
    const options = { allowToManyReplacement: true, deleteOrphans: true }
    const { post, patch, get } = await serve({
      models: {
        book: defineModel(known.book as Model, { proxies, version: 'version' }, known),
        page: defineModel(known.page as Model, refined, known),
        plate: known.plate as Model,
      },
      manager: { methods: ['GET', 'POST', 'PATCH'] },
      apis: { page, book: options },
    })
    const data = (attributes: object) => ({ type: 'book', attributes })
    return {
      get,
      create: (attributes: object) => post('/api/book', { data: data(attributes) }),
      change: (attributes: object, fields = {}) =>
        patch('/api/book/1', { data: { ...data(attributes), id: '1' } }, fields),
    }
  }

  it('creates them with their key, which must not be NULL', async () => {
    const { create, change, get } = await open()
    const etag = (await get('/api/book/1')).headers.get('etag') as string
    const changed = await change({ texts: ['a', 'c'] }, { 'if-match': etag })
    expect([changed.status, changed.document.data.attributes]).toEqual([
      200,
      { title: 'One', version: 2, texts: ['a', 'c'], plateTexts: [] },
    ])
    expect((await change({ texts: ['a'] }, { 'if-match': etag })).status).toBe(412)
    expect((await change({ texts: ['a'] })).document.data.attributes.texts).toEqual(['a'])
    const created = await create({ title: 'New', texts: ['d', 'e'] })
    expect([created.status, created.document.data.attributes.texts]).toEqual([201, ['d', 'e']])
  })

  it('has the errors of their columns, as it has none of its own', async () => {
    const { change, get } = await open()
    expect(errorsOf(await change({ texts: ['b'] }))).toEqual([
      '409 /data/attributes/texts Another resource has the same value',
    ])
    expect(errorsOf(await change({ title: 'x', plateTexts: ['x'] }))).toEqual([
      '400 /data/attributes/plateTexts A value is missing: null is not allowed',
    ])
    expect((await get('/api/book/1')).document.data.attributes).toMatchObject({ title: 'One', texts: ['a'] })
  })

  it('creates none whose key is read-only, or whose base query would hide it', async () => {
    const can: CreateApiOptions['can'] = ({ operation, field }) => operation !== 'create' || field !== 'book'
    const { change } = await open({ can })
    expect(errorsOf(await change({ texts: ['a', 'f'] }))).toEqual([
      '403 /data/attributes/texts Members of "pages" cannot be changed: the key in resources of type page is read-only',
    ])
    const numbered = await open({}, { baseQuery: ({ ref }) => sql<SqlBool>`${ref('number')} is not null` })
    expect(errorsOf(await numbered.change({ texts: ['f'] }))).toEqual([
      '403 /data/attributes/texts A resource of type page would not be visible to you',
    ])
  })
})

const MAILS = `
  create table reader (id {id}, name varchar(9), version integer not null default 1);
  create table mail (id {id}, addr varchar(9) not null, place integer not null default 1, reader_id integer,
    unique (reader_id, place), foreign key (reader_id) references reader (id));
  create table phone (id {id}, number varchar(9) not null, place integer not null default 1, reader_id integer not null,
    unique (reader_id, place), foreign key (reader_id) references reader (id));
  insert into reader (id, name) values (1, 'Ann');
  insert into mail (addr, reader_id) values ('x', 1);
  insert into phone (number, reader_id) values ('1', 1);
`

describeLibrary('a list of values of rows whose key is unique with a default', (serve, library) => {
  let known: Readonly<Record<string, Model>>
  beforeAll(async () => {
    await library().run(MAILS)
    known = await introspect(library().db, { tables: ['reader', 'mail', 'phone'] })
  })
  const open = async (options: CreateApiOptions = {}) => {
    const proxies = { addrs: 'mails.addr', numbers: 'phones.number' }
    const reader = defineModel(known.reader as Model, { proxies, version: 'version' }, known)
    const { patch, get } = await serve({
      models: { ...known, reader },
      manager: { methods: ['GET', 'POST', 'PATCH'] },
      apis: { reader: { allowToManyReplacement: true, ...options } },
    })
    return {
      change: (attributes: object) =>
        patch('/api/reader/1', { data: { type: 'reader', id: '1', attributes } }),
      attributes: async () => (await get('/api/reader/1')).document.data.attributes,
    }
  }

  it('removes members before it creates others, and neither where one fails', async () => {
    const { change, attributes } = await open()
    const changed = await change({ addrs: ['y'] })
    expect([changed.status, changed.document.data.attributes]).toEqual([
      200,
      { name: 'Ann', version: 2, addrs: ['y'], numbers: ['1'] },
    ])
    expect(errorsOf(await change({ name: 'Bob', addrs: ['z', 'w'] }))).toEqual([
      '409 /data/attributes/addrs Another resource has the same value',
    ])
    expect(await attributes()).toEqual({ name: 'Ann', version: 2, addrs: ['y'], numbers: ['1'] })
    expect((await change({ addrs: ['x'] })).document.data.attributes).toMatchObject({
      version: 3,
      addrs: ['x'],
    })
  })

  it('deletes those that cannot be without it before, or refuses the list', async () => {
    const strict = await open()
    expect(errorsOf(await strict.change({ numbers: ['2'] }))).toEqual([
      '403 /data/attributes/numbers Members of "phones" cannot be removed: a phone always belongs to one',
    ])
    const { change } = await open({ deleteOrphans: true })
    expect((await change({ numbers: ['2'] })).document.data.attributes.numbers).toEqual(['2'])
  })
})

describeEachDatabase('a list of values of a column without case', (database) => {
  it('stores a value whose case has changed', async () => {
    const text = { SQLite: 'text collate nocase', MariaDB: 'varchar(40)', PostgreSQL: 'text' }[database.name]
    const { db, run, statements } = await database.open()
    await run(`create table article (id {id});
      create table comment (id {id}, body ${text}, article_id integer, foreign key (article_id) references article (id));
      insert into article (id) values (1);
      insert into comment (body, article_id) values ('hello wrold', 1)`)
    const models = await introspect(db)
    const article = defineModel(models.article as Model, { proxies: { bodies: 'comments.body' } }, models)
    const manager = { methods: ['GET', 'PATCH'] as const, allowToManyReplacement: true }
    const { patch, get } = await serveLibrary({ db, models: { ...models, article }, statements }, { manager })
    const change = { data: { type: 'article', id: '1', attributes: { bodies: ['Hello World'] } } }
    const again = { data: { type: 'article', id: '1', attributes: { bodies: ['HELLO WORLD'] } } }
    for (const document of [change, again]) {
      await patch('/api/article/1', document)
      const { bodies } = (await get('/api/article/1')).document.data.attributes
      expect(bodies).toEqual(document.data.attributes.bodies)
    }
  })
})
