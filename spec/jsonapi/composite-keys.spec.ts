/** Keys of several columns: in large numbers, which each database takes, and with names that are numbers. */
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import type { ManagerOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { describeLibrary, ids, serveLibrary } from '../support/library-api.ts'

const TABLES = `
  create table team (area integer not null, no integer not null, primary key (area, no));
  create table player (team_no integer not null, no integer not null, area integer, home integer,
    primary key (team_no, no), foreign key (area, home) references team (area, no));
  create table badge (id {id});
  create table player_badge (team_no integer not null, no integer not null, badge_id integer not null,
    primary key (team_no, no, badge_id), foreign key (team_no, no) references player (team_no, no),
    foreign key (badge_id) references badge (id));
`
const numbers = (length: number) => Array.from({ length }, (_, index) => index)
const MANY = numbers(1200).map((n) => ({ type: 'player', id: `${1 + Math.floor(n / 100)}~${n % 100}` }))

describeLibrary('a table whose key has several columns', (serveAll, library) => {
  let models: Readonly<Record<string, Model>>
  const serve = () =>
    serveAll({
      models,
      manager: {
        methods: ['GET', 'POST', 'PATCH', 'DELETE'],
        allowToManyReplacement: true,
        allowDeleteFromToManyRelationships: true,
      },
    })
  beforeAll(async () => {
    await library().run(TABLES)
    const teams = numbers(12).map((n) => `(1, ${n + 1})`)
    const players = numbers(1200).map((n) => `(${1 + Math.floor(n / 100)}, ${n % 100}, 1, ${1 + (n % 12)})`)
    await library().run(`insert into team (area, no) values ${teams};
      insert into player (team_no, no, area, home) values ${players};
      insert into badge (id) values (1);`)
    models = await introspect(library().db)
  })

  it('is linked and included through a join table whose keys have other numbers of columns', async () => {
    await library().run(`insert into badge (id) values (2);
      insert into player_badge (team_no, no, badge_id) values (3, 4, 2), (3, 5, 2);`)
    const { get } = await serve()
    const players = ['3~4', '3~5'].map((id) => ({ type: 'player', id }))
    const badge = (await get('/api/badge/2?include=players')).document
    expect(badge.data.relationships.players.data).toEqual(players)
    expect(badge.included.map(({ type, id }: { type: string; id: string }) => ({ type, id }))).toEqual(
      players,
    )
    const player = (await get('/api/player/3~4?include=badges')).document
    expect(player.data.relationships.badges.data).toEqual([{ type: 'badge', id: '2' }])
    expect(player.included).toHaveLength(1)
  })

  it('includes the linkage of more than a thousand resources', async () => {
    const api = await serve()
    const { status, document } = await api.get('/api/team?page[size]=12&include=players')
    expect(status).toBe(200)
    expect(document.included).toHaveLength(1200)
  })

  it.each(['team/1~1', 'badge/1'])('changes more than a thousand members of %s', async (owner) => {
    const api = await serve()
    const path = `/api/${owner}/relationships/players`
    const count = async () => (await api.get(`${path}?page[size]=1`)).document.meta.total
    expect((await api.post(path, { data: MANY })).status).toBe(204)
    expect(await count()).toBe(1200)
    expect((await api.delete(path, { data: MANY.slice(1) })).status).toBe(204)
    expect(await count()).toBe(1)
    expect((await api.patch(path, { data: MANY })).status).toBe(204)
    expect(await count()).toBe(1200)
    expect((await api.patch(path, { data: [] })).status).toBe(204)
    expect(await count()).toBe(0)
  })
})

describeEachDatabase('a key of columns whose names are numbers, in descending order', ({ open }) => {
  it('is written to foreign keys and to join tables, each value to its own column', async () => {
    const { db, run, statements } = await open()
    await run(TABLES)
    for (const [table, from, to] of [
      ['team', 'area', '2'],
      ['team', 'no', '1'],
      ['player', 'team_no', '2'],
      ['player', 'no', '1'],
    ] as const)
      await sql`alter table ${sql.table(table)} rename column ${sql.id(from)} to ${sql.id(to)}`.execute(db)
    await run(`insert into team values (7, 8);
      insert into player values (3, 4, null, null), (3, 5, null, null), (4, 3, null, null);
      insert into badge (id) values (1);`)
    const manager: Partial<ManagerOptions> = {
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowToManyReplacement: true,
      allowDeleteFromToManyRelationships: true,
    }
    const api = await serveLibrary({ db, models: await introspect(db), statements }, { manager })
    const players = (...all: string[]) => ({ data: all.map((id) => ({ type: 'player', id })) })
    for (const owner of ['badge/1', 'team/7~8']) {
      const path = `/api/${owner}/relationships/players`
      expect((await api.post(path, players('3~4', '3~5'))).status).toBe(204)
      expect(ids(await api.get(path))).toEqual(['3~4', '3~5'])
      expect((await api.patch(path, players('3~5', '4~3'))).status).toBe(204)
      expect(ids(await api.get(path))).toEqual(['3~5', '4~3'])
      expect((await api.delete(path, players('4~3'))).status).toBe(204)
      expect(ids(await api.get(path))).toEqual(['3~5'])
    }
    const team = { data: { type: 'team', id: '7~8' } }
    expect((await api.patch('/api/player/3~4/relationships/team', team)).status).toBe(204)
    expect(ids(await api.get('/api/team/7~8/players'))).toEqual(['3~4', '3~5'])
    expect((await api.delete('/api/badge/1')).status).toBe(204)
    expect(await api.get('/api/player/3~5/badges').then(ids)).toEqual([])
  })
})
