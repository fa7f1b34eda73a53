/** Rows of join tables with more rules than that a pair is unique. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import type { ManagerOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeEachDatabase, type TestDatabase } from '../support/databases.ts'
import { errorsOf, serveLibrary, serveTables } from '../support/library-api.ts'

const OPTIONS: Partial<ManagerOptions> = {
  methods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowToManyReplacement: true,
  allowDeleteFromToManyRelationships: true,
  allowClientGeneratedIds: true,
}
const TAKEN = '409 Another resource has the same value'
const members = (type: string, ...ids: string[]) => ({ data: ids.map((id) => ({ type, id })) })

/** Playlists whose tracks have a position, by default 0, which is unique in each. */
async function servePlaylists({ open }: TestDatabase) {
  const { db, run, statements } = await open()
  await run(`
    create table playlist (id integer primary key);
    create table track (id integer primary key);
    create table playlist_track (playlist_id integer not null, track_id integer not null,
      pos integer not null default 0, primary key (playlist_id, track_id), unique (playlist_id, pos),
      foreign key (playlist_id) references playlist (id), foreign key (track_id) references track (id));
    insert into playlist values (1);
    insert into track values (1), (2);
  `)
  const models = await introspect(db)
  const through = { table: 'playlist_track', left: 'playlist_id', right: 'track_id' }
  const playlist = defineModel(models.playlist as Model, {
    relations: { tracks: { target: 'track', isMany: true, through } },
  })
  const api = await serveLibrary({ db, models: { ...models, playlist }, statements }, { manager: OPTIONS })
  const rows = async () =>
    (await sql<{ track_id: number }>`select track_id from playlist_track`.execute(db)).rows.map(
      ({ track_id }) => track_id,
    )
  return { ...api, rows }
}

describeEachDatabase('a join table with one more unique key than its pair', (database) => {
  it('refuses a row that repeats a value of it, and keeps the others', async () => {
    const { post, patch, rows } = await servePlaylists(database)
    const url = '/api/playlist/1/relationships/tracks'
    expect((await post(url, members('track', '1'))).status).toBe(204)
    expect(errorsOf(await post(url, members('track', '2')))).toEqual([TAKEN])
    expect(errorsOf(await patch(url, members('track', '1', '2')))).toEqual([TAKEN])
    expect((await post(url, members('track', '1'))).status).toBe(204)
    expect(await rows()).toEqual([1])
    expect((await patch(url, members('track', '2'))).status).toBe(204)
    expect(await rows()).toEqual([2])
  })

  it('refuses a new resource with such rows, and creates none of it', async () => {
    const { post, get, rows } = await servePlaylists(database)
    const playlist = (...ids: string[]) => ({
      data: { type: 'playlist', id: '9', relationships: { tracks: members('track', ...ids) } },
    })
    const refused = await post('/api/playlist', playlist('1', '2'))
    expect([refused.document.errors[0].code, ...errorsOf(refused)]).toEqual(['unique', TAKEN])
    expect((await get('/api/playlist/9')).status).toBe(404)
    expect((await post('/api/playlist', playlist('1'))).status).toBe(201)
    expect(await rows()).toEqual([1])
  })
})

describeEachDatabase(
  'a join table whose collation ignores case',
  (database) => {
    it('keeps the row of a member that it spells in another way', async () => {
      const text = database.dialect === 'sqlite' ? 'varchar(9) collate nocase' : 'varchar(9)'
      const { post, patch, get } = await serveTables(
        database,
        `create table country (code ${text} primary key);
      create table club (id integer primary key);
      create table club_country (club_id integer not null, country_code ${text} not null,
        primary key (club_id, country_code), foreign key (club_id) references club (id),
        foreign key (country_code) references country (code));
      insert into country values ('PL');
      insert into club values (1);
      insert into club_country values (1, 'pl');`,
        OPTIONS,
      )
      const url = '/api/club/1/relationships/countries'
      const stored = (await get(url)).text
      expect((await post(url, members('country', 'PL'))).status).toBe(204)
      expect((await patch(url, members('country', 'PL'))).status).toBe(204)
      expect((await get(url)).text).toBe(stored)
    })
  },
  ['sqlite', 'mysql'],
)

describeEachDatabase(
  'a join table whose key is deferrable',
  (database) => {
    it('gets rows at a relationship URL, and with a new resource', async () => {
      const { post, get } = await serveTables(
        database,
        `create table a (id integer primary key);
        create table b (id integer primary key);
        create table a_b (a_id integer references a, b_id integer references b, primary key (a_id, b_id) deferrable);
        insert into a values (1);
        insert into b values (1);`,
        OPTIONS,
      )
      const url = '/api/a/1/relationships/bs'
      for (const _ of ['once', 'again']) expect((await post(url, members('b', '1'))).status).toBe(204)
      expect((await get(url)).document.data).toEqual([{ type: 'b', id: '1' }])
      const other = { data: { type: 'a', id: '2', relationships: { bs: members('b', '1') } } }
      expect((await post('/api/a', other)).status).toBe(201)
    })
  },
  ['postgres'],
)
