/** Foreign keys of one table that share a column: a change of one relationship leaves the others as they are. */
import { type SqlBool, sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { CreateApiOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeLibrary, errorsOf } from '../support/library-api.ts'

const TABLES = `
  create table firm (id integer primary key, is_open integer not null);
  create table worker (firm_id integer not null, id integer not null, primary key (firm_id, id),
    foreign key (firm_id) references firm (id));
  create table post (id integer primary key, firm_id integer, author_id integer, editor_id integer,
    foreign key (firm_id) references firm (id),
    foreign key (firm_id, author_id) references worker (firm_id, id),
    foreign key (firm_id, editor_id) references worker (firm_id, id))`
const ROWS = `
  delete from post;
  delete from worker;
  delete from firm;
  insert into firm (id, is_open) values (1, 1), (2, 1), (3, 0);
  insert into worker (firm_id, id) values (1, 5), (1, 7), (1, 8), (2, 5), (2, 7), (3, 5);
  insert into post (id, firm_id, author_id, editor_id) values (1, 1, 5, 7), (2, null, null, null), (3, 1, 5, null),
    (4, 1, null, null)`

const NAMES = {
  relations: {
    'post.firm_id,author_id': { name: 'author', inverse: 'written' },
    'post.firm_id,editor_id': { name: 'editor', inverse: 'edited' },
  },
}
const worker = (id: string | null) => ({ data: id && { type: 'worker', id } })
const firm = (id: string | null) => ({ data: id && { type: 'firm', id } })

describeLibrary('keys that share a column', (serveAll, library) => {
  let known: Readonly<Record<string, Model>>
  beforeAll(async () => {
    await library().run(TABLES)
    known = await introspect(library().db, { names: NAMES })
  })
  beforeEach(() => library().run(ROWS))

  const NONE = { person: null, article: null, comment: null, tag: null }
  const serve = async (apis: Readonly<Record<string, CreateApiOptions | null>> = {}) => {
    const baseQuery: Model['baseQuery'] = ({ ref }) => sql<SqlBool>`${ref('is_open')} = 1`
    const api = await serveAll({
      manager: {
        methods: ['GET', 'POST', 'PATCH', 'DELETE'],
        allowClientGeneratedIds: true,
        allowToManyReplacement: true,
        allowDeleteFromToManyRelationships: true,
      },
      models: { ...known, firm: defineModel(known.firm as Model, { baseQuery }, known) },
      apis: { ...NONE, ...apis },
    })
    const change = (id: string, relationships: object) =>
      api.patch(`/api/post/${id}`, { data: { type: 'post', id, relationships } })
    const create = (relationships: object) =>
      api.post('/api/post', { data: { type: 'post', id: '9', relationships } })
    return { ...api, change, create }
  }
  const stored = async (id: number) => {
    const { rows } = await sql<Record<string, number | null>>`
      select firm_id, author_id, editor_id from post where id = ${id}`.execute(library().db)
    return rows.map(({ firm_id, author_id, editor_id }) => [firm_id, author_id, editor_id])[0]
  }
  const at = (name: string) => `/data/relationships/${name}/data`
  const changes = (name: string) =>
    `The relationship "${name}" of type post shares a column with this key, and would change with it`
  const differs = (name: string) =>
    `409 ${at(name)} Failed to deserialize object: The relationship "${name}" differs from another in a column that they share`

  it('are cleared one by one', async () => {
    const { change, patch } = await serve()
    expect((await patch('/api/post/1/relationships/author', worker(null))).status).toBe(204)
    expect(await stored(1)).toEqual([1, null, 7])
    expect((await change('1', { author: worker('1~5'), editor: worker(null) })).status).toBe(204)
    expect(await stored(1)).toEqual([1, 5, null])
    expect((await change('1', { author: worker(null), firm: firm(null) })).status).toBe(204)
    expect(await stored(1)).toEqual([null, null, null])
  })

  it('are changed to other rows of the same kind, or together', async () => {
    const { change } = await serve()
    expect((await change('1', { author: worker('1~8') })).status).toBe(204)
    expect(await stored(1)).toEqual([1, 8, 7])
    const all = { author: worker('2~5'), editor: worker('2~7'), firm: firm('2') }
    expect((await change('1', all)).status).toBe(204)
    expect(await stored(1)).toEqual([2, 5, 7])
    expect((await change('1', { author: worker('1~5'), editor: worker(null), firm: firm('1') })).status).toBe(
      204,
    )
    expect(await stored(1)).toEqual([1, 5, null])
  })

  it('refuse different values of the column in one document', async () => {
    const { change, create } = await serve()
    const two = { author: worker('1~5'), editor: worker('2~7') }
    for (const reply of [await change('1', two), await create(two)])
      expect(errorsOf(reply)).toEqual([differs('editor')])
    expect(errorsOf(await create({ author: worker('1~5'), firm: firm('2') }))).toEqual([differs('firm')])
    expect(errorsOf(await create({ author: worker('1~5'), firm: firm(null) }))).toEqual([differs('firm')])
    expect([await stored(1), await stored(9)]).toEqual([[1, 5, 7], undefined])
    expect((await create({ author: worker('1~5'), editor: worker('1~7') })).status).toBe(201)
    expect(await stored(9)).toEqual([1, 5, 7])
  })

  it('refuse a change of another relationship that stays', async () => {
    const { change, patch } = await serve()
    expect(errorsOf(await patch('/api/post/1/relationships/author', worker('2~7')))).toEqual([
      `409 /data ${changes('firm')}`,
    ])
    expect(errorsOf(await change('1', { author: worker('2~5'), firm: firm('2') }))).toEqual([
      `409 ${at('author')} ${changes('editor')}`,
    ])
    expect(errorsOf(await change('3', { firm: firm(null) }))).toEqual([
      `409 ${at('firm')} ${changes('author')}`,
    ])
    expect(errorsOf(await change('3', { firm: firm('2') }))).toEqual([
      `409 ${at('firm')} ${changes('author')}`,
    ])
    expect([await stored(1), await stored(3)]).toEqual([
      [1, 5, 7],
      [1, 5, null],
    ])
  })

  it('name no other relationship that the client does not see', async () => {
    const { change } = await serve({ post: { exclude: ['firm', 'editor'] } })
    expect(errorsOf(await change('1', { author: worker('2~5') }))).toEqual([
      `409 ${at('author')} Another relationship shares a column with this key, and would change with it`,
    ])
  })

  it('give a row no other relationship to a row that the client does not see', async () => {
    const { change, create } = await serve()
    const missing = `404 ${at('author')} A resource that this id refers to does not exist`
    expect(errorsOf(await create({ author: worker('3~5') }))).toEqual([missing])
    expect(errorsOf(await change('2', { author: worker('3~5') }))).toEqual([missing])
    expect((await change('2', { author: worker('2~5') })).status).toBe(204)
    expect(await stored(2)).toEqual([2, 5, null])
  })

  it('are changed from the other side by the same rules', async () => {
    const { post, patch, delete: remove } = await serve()
    const posts = (...ids: string[]) => ({ data: ids.map((id) => ({ type: 'post', id })) })
    const detail = 'of type post shares a column with this key, and would change with it'
    const reply = await post('/api/worker/2~7/relationships/edited', posts('1'))
    expect(errorsOf(reply)).toEqual([`409 /data The relationship "firm" ${detail}`])
    expect((await remove('/api/worker/1~7/relationships/edited', posts('1'))).status).toBe(204)
    expect(await stored(1)).toEqual([1, 5, null])
    expect((await patch('/api/worker/1~7/relationships/edited', posts('1', '3'))).status).toBe(204)
    expect([await stored(1), await stored(3)]).toEqual([
      [1, 5, 7],
      [1, 5, 7],
    ])
    expect(errorsOf(await remove('/api/firm/1/relationships/posts', posts('1')))).toEqual([
      `409 /data The relationship "author" ${detail}`,
    ])
    expect((await remove('/api/firm/1/relationships/posts', posts('4'))).status).toBe(204)
    expect(await stored(4)).toEqual([null, null, null])
  })

  it('lose nothing but the deleted row', async () => {
    const { delete: remove } = await serve()
    expect((await remove('/api/worker/1~7')).status).toBe(204)
    expect(await stored(1)).toEqual([1, 5, null])
    await library().run('update post set firm_id = 2, author_id = null where id = 1')
    await library().run('delete from worker where firm_id = 2')
    expect((await remove('/api/firm/2')).status).toBe(204)
    expect(await stored(1)).toEqual([null, null, null])
    const { document } = await remove('/api/firm/1')
    const detail =
      'The relationship "author" of type post shares a column with this key, and would change with it'
    expect(document.errors).toEqual([expect.objectContaining({ status: '409', detail })])
    expect(document.errors[0].source).toBeUndefined()
    expect(await stored(3)).toEqual([1, 5, null])
  })

  it('of tables without an API follow the keys that they are part of', async () => {
    const { patch } = await serve({ firm: null })
    expect((await patch('/api/post/3/relationships/author', worker('2~7'))).status).toBe(204)
    expect(await stored(3)).toEqual([2, 7, null])
    expect((await patch('/api/post/1/relationships/author', worker('2~7'))).status).toBe(409)
    expect(await stored(1)).toEqual([1, 5, 7])
  })
})
