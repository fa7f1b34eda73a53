/** Changes of one resource that write rows of another: the rules of the other API hold. */
import { type SqlBool, sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { CreateApiOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { dialectOf } from '../../lib/jsonapi/model/dialect.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import type { ModelRefinement } from '../../lib/jsonapi/model/model-definition.ts'
import type { Can } from '../../lib/jsonapi/resource/resource-options.ts'
import { describeLibrary, errorsOf, type LibraryApi } from '../support/library-api.ts'

const TABLES = `
  create table writer (id {id}, name varchar(20));
  create table badge (id {id}, writer_id integer unique, foreign key (writer_id) references writer (id));
  create table essay (id {id}, writer_id integer, version integer not null default 1,
    foreign key (writer_id) references writer (id));
  create table note (id {id}, essay_id integer not null, foreign key (essay_id) references essay (id));
  create table stamp (id {id}, note_id integer, foreign key (note_id) references note (id));
  create table label (id {id}, name varchar(20) not null unique, tenant integer);
  create table essay_label (essay_id integer not null, label_id integer not null,
    primary key (essay_id, label_id),
    foreign key (essay_id) references essay (id), foreign key (label_id) references label (id));
  create table review (essay_id integer not null, writer_id integer not null, grade integer,
    primary key (essay_id, writer_id),
    foreign key (essay_id) references essay (id), foreign key (writer_id) references writer (id));
  create table volume (shelf integer not null, place integer not null, primary key (shelf, place));
  create table leaf (shelf integer not null, place integer not null, number integer not null,
    primary key (shelf, place, number), foreign key (shelf, place) references volume (shelf, place));
`
const NAMES = [
  'leaf',
  'volume',
  'review',
  'essay_label',
  'label',
  'stamp',
  'note',
  'essay',
  'badge',
  'writer',
]
const ROWS = `
  insert into writer (id, name) values (1, 'Ann'), (2, 'Bob');
  insert into badge (id, writer_id) values (1, 1), (2, null);
  insert into essay (id, writer_id) values (1, 1), (2, 2);
  insert into note (id, essay_id) values (1, 1);
  insert into label (id, name, tenant) values (1, 'red', 1), (2, 'blue', 1);
  insert into essay_label (essay_id, label_id) values (1, 1);
  insert into review (essay_id, writer_id, grade) values (1, 1, 5);
  insert into volume (shelf, place) values (1, 1), (2, 1);
  insert into leaf (shelf, place, number) values (1, 1, 1);
`
const OPTIONS = {
  methods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowToManyReplacement: true,
  allowDeleteFromToManyRelationships: true,
  allowClientGeneratedIds: true,
} as const

const data = (type: string, ...ids: string[]) => ({ data: ids.map((id) => ({ type, id })) })
const resource = (type: string, members: object) => ({ data: { type, ...members } })

describeLibrary('a change of a resource that writes rows of another', (serveAll, library) => {
  let known: Readonly<Record<string, Model>>
  beforeAll(async () => {
    await library().run(TABLES)
    known = await introspect(library().db)
    if (dialectOf(library().db) !== 'postgres') return
    for (const table of ['writer', 'badge', 'essay', 'label'])
      await library().run(`alter table ${table} alter column id restart with 10;`)
  })
  beforeEach(async () => {
    await library().run(NAMES.map((name) => `delete from ${name};`).join('\n'))
    await library().run(ROWS)
  })

  const serve = (
    apis: Readonly<Record<string, CreateApiOptions>> = {},
    refined: Readonly<Record<string, ModelRefinement>> = {},
  ): Promise<LibraryApi> =>
    serveAll({
      manager: OPTIONS,
      models: {
        ...known,
        ...Object.fromEntries(
          Object.entries(refined).map(([name, parts]) => [
            name,
            defineModel(known[name] as Model, parts, known),
          ]),
        ),
      },
      apis: { person: null, article: null, comment: null, tag: null, ...apis },
    })
  const writersOf = async (table: string) => {
    const rows = await sql<{ writer_id: number | null }>`select * from ${sql.id(table)} order by id`.execute(
      library().db,
    )
    return rows.rows.map(({ writer_id }) => writer_id)
  }
  const count = async (table: string) =>
    (await sql`select * from ${sql.id(table)}`.execute(library().db)).rows.length
  const only =
    (...allowed: readonly string[]): Can =>
    ({ operation }) =>
      allowed.includes(operation)

  /** Requests for writers that would give or take an essay. */
  const changeEssays = async ({ post, patch, delete: remove }: LibraryApi) => [
    await post('/api/writer/1/relationships/essays', data('essay', '2')),
    await patch('/api/writer/1/relationships/essays', data('essay')),
    await remove('/api/writer/1/relationships/essays', data('essay', '1')),
    await post('/api/writer', resource('writer', { relationships: { essays: data('essay', '1') } })),
    await patch('/api/writer/1', resource('writer', { id: '1', relationships: { essays: data('essay') } })),
  ]

  it.each<[string, CreateApiOptions]>([
    ['read-only', { readOnly: ['writer'] }],
    ['excluded', { exclude: ['writer'] }],
    ['not among the only fields', { only: ['version'] }],
    ['denied by permissions', { can: ({ operation, field }) => operation === 'read' || field !== 'writer' }],
    ['of a type that permissions do not let clients update', { can: only('read', 'create') }],
  ])('needs a key that is writable in its own API: one that is %s is a 403', async (_, essay) => {
    for (const { status, document } of await changeEssays(await serve({ essay }))) {
      expect([status, document.errors[0].status]).toEqual([403, '403'])
    }
    expect(await writersOf('essay')).toEqual([1, 2])
    expect(await count('writer')).toBe(2)
  })

  it('is described where it is allowed alone', async () => {
    const names = async (api: LibraryApi) => {
      const { components } = JSON.parse(await (await api.served.fetch('/openapi.json')).text())
      return Object.keys(components.schemas.writerCreate.properties.data.properties.relationships.properties)
    }
    expect(await names(await serve())).toContain('essays')
    expect(await names(await serve({ essay: { readOnly: ['writer'] } }))).not.toContain('essays')
  })

  it('needs neither a PATCH method of the other API nor a relationship in its model', async () => {
    const api = await serve({ essay: { methods: ['GET'] } }, { essay: { relations: { writer: null } } })
    expect((await changeEssays(api)).map(({ status }) => status)).toEqual([204, 204, 204, 201, 204])
    const closed = await serve(
      { essay: { readOnly: ['writer_id'] } },
      { essay: { relations: { writer: null } } },
    )
    expect((await changeEssays(closed)).map(({ status }) => status)).toEqual([403, 403, 403, 403, 403])
  })

  it('is allowed for members that stay', async () => {
    const { patch } = await serve({ essay: { can: only('read') } })
    expect((await patch('/api/writer/1/relationships/essays', data('essay', '1'))).status).toBe(204)
  })

  it('takes a member from its former owner only where that may be updated', async () => {
    const { patch, post } = await serve({ badge: { can: only('read', 'create') } })
    const badge = { relationships: { writer: { data: { type: 'writer', id: '1' } } } }
    expect(errorsOf(await post('/api/badge', resource('badge', badge)))).toEqual([
      "403 /data/relationships/writer/data Not allowed to update resources of the type 'badge'",
    ])
    const taken = { data: { type: 'badge', id: '1' } }
    expect((await patch('/api/writer/2/relationships/badge', taken)).status).toBe(403)
    expect(await writersOf('badge')).toEqual([1, null])
  })

  it('creates rows of a proxy only where clients may create them', async () => {
    const essay = { proxies: { labelNames: 'labels.name' } }
    const write = async (label: CreateApiOptions, ...labelNames: string[]) => {
      const { patch } = await serve({ label }, { essay })
      return patch('/api/essay/1', resource('essay', { id: '1', attributes: { labelNames } }))
    }
    expect(errorsOf(await write({ can: only('read', 'update') }, 'red', 'new'))).toEqual([
      "403 /data/attributes/labelNames Not allowed to create resources of the type 'label'",
    ])
    expect(errorsOf(await write({ readOnly: ['name'] }, 'new'))).toEqual([
      '403 /data/attributes/labelNames The attribute "name" of resources of type label is read-only',
    ])
    expect(await count('label')).toBe(2)
    expect((await write({ can: only('read') }, 'red', 'blue')).status).toBe(200)
    expect((await write({}, 'red', 'new')).status).toBe(200)
    expect([await count('label'), await count('essay_label')]).toEqual([3, 2])
  })

  it('deletes orphans only where clients may delete them', async () => {
    const remove = async (note: CreateApiOptions) => {
      const api = await serve({ note, essay: { deleteOrphans: true } })
      return api.delete('/api/essay/1/relationships/notes', data('note', '1'))
    }
    expect(errorsOf(await remove({ can: only('read', 'update') }))).toEqual([
      "403 /data Not allowed to delete resources of the type 'note'",
    ])
    expect(await count('note')).toBe(1)
    expect((await remove({ can: only('read', 'delete') })).status).toBe(204)
    expect(await count('note')).toBe(0)
  })

  it('deletes orphans as a DELETE of each does: optional keys to them become NULL', async () => {
    const api = await serve({ essay: { deleteOrphans: true } })
    await library().run('insert into stamp (id, note_id) values (1, 1);')
    expect((await api.delete('/api/essay/1/relationships/notes', data('note', '1'))).status).toBe(204)
    expect(await count('note')).toBe(0)
    expect((await api.get('/api/stamp/1')).document.data.relationships.note.data).toBeNull()
  })

  it('through an association needs permissions for its rows', async () => {
    const essay = { proxies: { reviewers: 'reviews.writer' } }
    const url = '/api/essay/1/relationships/reviewers'
    for (const review of [
      { can: only('read', 'update') },
      { readOnly: ['essay'], can: only('read', 'create') },
    ]) {
      const api = await serve({ review }, { essay })
      expect((await api.post(url, data('writer', '2'))).status).toBe(403)
      expect((await api.delete(url, data('writer', '1'))).status).toBe(403)
    }
    expect(await count('review')).toBe(1)
    const api = await serve({}, { essay })
    expect((await api.post(url, data('writer', '2'))).status).toBe(204)
    expect((await api.delete(url, data('writer', '1'))).status).toBe(204)
  })

  it('leaves the ids of other rows', async () => {
    const { post } = await serve()
    expect(errorsOf(await post('/api/volume/2~1/relationships/leafs', data('leaf', '1~1~1')))).toEqual([
      '403 /data Members of "leafs" cannot be changed: the ids of resources of type leaf depend on it',
    ])
  })

  it('is refused where a base query would hide the other row, as from its own side', async () => {
    const baseQuery: Model['baseQuery'] = ({ ref }) => sql<SqlBool>`${ref('writer_id')} is not null`
    const api = await serve({}, { essay: { baseQuery } })
    const url = '/api/writer/1/relationships/essays'
    expect((await api.patch('/api/essay/1/relationships/writer', { data: null })).status).toBe(403)
    expect(errorsOf(await api.delete(url, data('essay', '1')))).toEqual([
      '403 /data A resource of type essay would not be visible to you',
    ])
    expect((await api.patch(url, data('essay'))).status).toBe(403)
    expect((await api.post(url, data('essay', '2'))).status).toBe(204)
    expect(await writersOf('essay')).toEqual([1, 1])
  })

  it('is refused where a base query would hide a new row of a proxy', async () => {
    const { patch } = await serve(
      {},
      {
        essay: { proxies: { labelNames: 'labels.name' } },
        label: { baseQuery: ({ ref }) => sql<SqlBool>`${ref('tenant')} = 1` },
      },
    )
    for (const _ of ['once', 'again']) {
      const attributes = { labelNames: ['new'] }
      expect(errorsOf(await patch('/api/essay/1', resource('essay', { id: '1', attributes })))).toEqual([
        '403 /data/attributes/labelNames A resource of type label would not be visible to you',
      ])
    }
    expect(await count('label')).toBe(2)
  })

  it('is refused where a base query would hide a resource by its linkage, and takes linkage that shows it', async () => {
    const baseQuery: Model['baseQuery'] = ({ ref }) =>
      sql<SqlBool>`exists (select 1 from essay_label l where l.essay_id = ${ref('id')} and l.label_id = 1)`
    const api = await serve({}, { essay: { baseQuery } })
    const hidden = await api.delete('/api/essay/1/relationships/labels', data('label', '1'))
    expect(errorsOf(hidden)).toEqual(['403 The resource would not be visible to you any more'])
    const other = await api.delete('/api/label/1/relationships/essays', data('essay', '1'))
    expect(errorsOf(other)).toEqual(['403 /data A resource of type essay would not be visible to you'])
    expect(await count('essay_label')).toBe(1)
    const essay = (...ids: string[]) =>
      resource('essay', { relationships: { labels: data('label', ...ids) } })
    expect((await api.post('/api/essay', essay('2'))).status).toBe(403)
    expect((await api.post('/api/essay', essay('1', '2'))).status).toBe(201)
  })

  it('changes the version of rows whose key a DELETE clears, so that older ETags do not match', async () => {
    const { get, patch, delete: remove } = await serve({}, { essay: { version: 'version' } })
    const etag = (await get('/api/essay/1')).headers.get('etag') as string
    await library().run('delete from badge;\ndelete from review;')
    expect((await remove('/api/writer/1')).status).toBe(204)
    const change = resource('essay', { id: '1', relationships: { writer: { data: null } } })
    expect((await patch('/api/essay/1', change, { 'if-match': etag })).status).toBe(412)
  })

  it('refuses a relationship that differs from the id in the same document', async () => {
    const { post } = await serve()
    const leaf = (id: string, volume: string) =>
      resource('leaf', { id, relationships: { volume: { data: { type: 'volume', id: volume } } } })
    expect(errorsOf(await post('/api/leaf', leaf('1~1~7', '2~1')))).toEqual([
      '409 /data/relationships/volume/data Failed to deserialize object: The relationship "volume" differs from the id of the resource',
    ])
    const { status, document } = await post('/api/leaf', leaf('2~1~7', '2~1'))
    expect([status, document.data.id]).toEqual([201, '2~1~7'])
  })
})
