/** Ids that are no segments of a URL, that are missing, or that a collation takes for others. */
import { expect, it } from 'vitest'
import { describeEachDatabase, type TestDatabase } from '../support/databases.ts'
import { errorsOf, ids, serveTables } from '../support/library-api.ts'

const MANAGER = {
  methods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowFunctions: true,
  allowClientGeneratedIds: true,
} as const

const serve = (database: TestDatabase, statements: string) => serveTables(database, statements, MANAGER)

describeEachDatabase("the ids '', '.' and '..'", (database) => {
  const TABLES = `create table tag (name varchar(9) primary key, n int);
    create table note (id {id}, tag varchar(9), foreign key (tag) references tag (name));
    insert into tag (name, n) values ('', 1), ('.', 2), ('..', 3), ('...', 4), ('a', 5);
    insert into note (tag) values ('..')`

  it('have no links: they would lead to other resources', async () => {
    const { get } = await serve(database, TABLES)
    const { document } = await get('/api/tag?sort=n&include=notes')
    const links = Object.fromEntries(
      document.data.map((one: { id: string; links?: object }) => [one.id, one.links]),
    )
    expect(links).toEqual({
      '': undefined,
      '.': undefined,
      '..': undefined,
      '...': { self: '/api/tag/...' },
      a: { self: '/api/tag/a' },
    })
    const [none, , two, three] = document.data
    expect(none.relationships.notes).toEqual({ data: [] })
    expect(two.relationships.notes).toEqual({ data: [{ type: 'note', id: '1' }] })
    expect(Object.keys(three.relationships.notes.links)).toEqual(['self', 'related'])
    const related = (await get('/api/note/1/tag')).document
    expect([related.data.id, related.data.links, related.links.self]).toEqual([
      '..',
      undefined,
      '/api/note/1/tag',
    ])
  })

  it('are exported without Location', async () => {
    const { get } = await serve(database, TABLES)
    const locationOf = async (n: number) => {
      const accept = { accept: 'text/csv' }
      return (await get(`/api/tag?filter[single]=1&filter[n]=${n}`, accept)).headers.get('location')
    }
    expect([await locationOf(2), await locationOf(3), await locationOf(5)]).toEqual([
      null,
      null,
      '/api/tag/a',
    ])
  })

  it('are created without Location and self', async () => {
    const { post } = await serve(database, 'create table tag (name varchar(9) primary key, n int)')
    for (const id of ['', '.', '..']) {
      const { status, headers, document } = await post('/api/tag', { data: { type: 'tag', id } })
      expect([status, headers.get('location'), document.links, document.data.links]).toEqual([
        201,
        null,
        {},
        undefined,
      ])
    }
    const { headers } = await post('/api/tag', { data: { type: 'tag', id: '...' } })
    expect(headers.get('location')).toBe('/api/tag/...')
  })
})

describeEachDatabase(
  'a row of SQLite without a key',
  (database) => {
    it('is no resource: in lists, their number, relationships, filters, functions and tables', async () => {
      const { get, served } = await serve(
        database,
        `create table team (name text primary key);
        create table player (name text primary key, team text references team (name));
        create table pair (a int, b int, primary key (a, b));
        insert into team (name) values ('red'), ('blue'), (null);
        insert into player (name, team) values ('Ann', 'red'), (null, 'red'), (null, 'blue');
        insert into pair (a, b) values (1, 2), (1, null), (null, null)`,
      )
      const list = await get('/api/player?sort=-name')
      expect([ids(list), list.document.meta.total]).toEqual([['Ann'], 1])
      expect(ids(await get('/api/pair'))).toEqual(['1~2'])
      const { document } = await get('/api/team?include=players&sort=name')
      const members = document.data.map((one: { relationships: { players: { data: unknown } } }) => [
        ...(one.relationships.players.data as object[]),
      ])
      expect(members).toEqual([[], [{ type: 'player', id: 'Ann' }]])
      const hasPlayers = encodeURIComponent(JSON.stringify([{ name: 'players', op: 'is_not_null' }]))
      expect(ids(await get(`/api/team?filter[objects]=${hasPlayers}`))).toEqual(['red'])
      expect(ids(await get('/api/team/red/players'))).toEqual(['Ann'])
      expect((await get('/api/player/null')).status).toBe(404)
      const functions = encodeURIComponent(JSON.stringify([{ name: 'count', field: 'id' }]))
      expect(await (await served.fetch(`/api/eval/player?functions=${functions}`)).json()).toEqual({
        data: [1],
      })
      const table = await served.fetch('/api/player', { headers: { accept: 'text/csv' } })
      expect(await table.text()).toBe('id,name,team\r\nAnn,Ann,red\r\n')
    })
  },
  ['sqlite'],
)

describeEachDatabase('an id that its column does not have', (database) => {
  const ODD = {
    sqlite: ['name text collate nocase', 'bob', 'BOB', 'bob '],
    postgres: ['name macaddr', '08:00:2b:01:02:03', 'x', '08002b010203'],
    mysql: ['name varchar(20) character set utf8mb3', 'bob', 'BOB', '😀'],
  } as const

  it('is a 404, also where its database refuses or ignores the difference', async () => {
    const [column, id, ...others] = ODD[database.dialect]
    const { get, send } = await serve(
      database,
      `create table person (${column} primary key, n int);
      create table note (id {id}, person ${column.replace('name ', '')}, foreign key (person) references person (name));
      insert into person (name) values ('${id}');
      insert into note (person) values ('${id}')`,
    )
    expect((await get(`/api/person/${id}`)).document.data.id).toBe(id)
    expect((await get(`/api/person/${id}/notes/1`)).document.data.id).toBe('1')
    for (const other of others) {
      const url = `/api/person/${encodeURIComponent(other)}`
      for (const path of [url, `${url}/notes`, `${url}/relationships/notes`])
        expect([path, (await get(path)).status]).toEqual([path, 404])
      const data = { type: 'person', id: other, attributes: { n: 1 } }
      expect((await send(`PATCH ${url}`, { data })).status).toBe(404)
      expect((await send(`DELETE ${url}`)).status).toBe(404)
    }
  })
})

describeEachDatabase(
  'a related resource',
  (database) => {
    it('is found by its id to the letter', async () => {
      const { get } = await serve(
        database,
        `create table team (id {id});
        create table player (name varchar(20) primary key, team int, foreign key (team) references team (id));
        insert into team (id) values (1);
        insert into player (name, team) values ('bob', 1)`,
      )
      expect((await get('/api/team/1/players/bob')).status).toBe(200)
      expect((await get('/api/team/1/players/BOB')).status).toBe(404)
    })

    it('that a new one would be with characters of no id is a 400 with its pointer', async () => {
      const { send } = await serve(
        database,
        'create table player (name varchar(20) character set utf8mb3 primary key)',
      )
      const reply = await send('POST /api/player', { data: { type: 'player', id: '😀' } })
      expect(errorsOf(reply)[0]).toMatch(/^400 \/data\/id/)
    })
  },
  ['mysql'],
)
