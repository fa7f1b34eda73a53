/** Rows that the database does not store or delete. */
import { expect, it } from 'vitest'
import { describeEachDatabase } from '../support/databases.ts'
import { errorsOf, serveTables } from '../support/library-api.ts'

const TABLES = `
  create table named (name varchar(10) primary key);
  create table numbered (id {id}, name varchar(10));
`

/** Triggers that skip rows with the name `skip`. */
const TRIGGERS = {
  sqlite: ['named', 'numbered']
    .map(
      (table) => `create trigger skip_${table} before insert on ${table} when new.name = 'skip'
        begin select raise(ignore); end;`,
    )
    .join('\n'),
  postgres: `
    create function skip() returns trigger language plpgsql as
      $$begin if new.name = 'skip' then return null; end if; return new; end$$;
    create trigger skip before insert on named for each row execute function skip();
    create trigger skip before insert on numbered for each row execute function skip();`,
  mysql: '',
}

describeEachDatabase(
  'a row that a trigger skips',
  (database) => {
    it('is a 422, with an id of the client or of the database', async () => {
      const manager = { methods: ['GET', 'POST'], allowClientGeneratedIds: true } as const
      const { get, post } = await serveTables(database, TABLES + TRIGGERS[database.dialect], manager)
      const named = (id: string) => post('/api/named', { data: { type: 'named', id } })
      const numbered = (name: string, id?: string) =>
        post('/api/numbered', { data: { type: 'numbered', id, attributes: { name } } })
      const refused = ['422 /data The database did not store the resource']
      expect(errorsOf(await named('skip'))).toEqual(refused)
      expect(errorsOf(await numbered('skip'))).toEqual(refused)
      expect(errorsOf(await numbered('skip', '7'))).toEqual(refused)
      expect([(await named('a')).status, (await numbered('b')).status]).toEqual([201, 201])
      expect((await get('/api/numbered')).document.meta.total).toBe(1)
    })
  },
  ['sqlite', 'postgres'],
)

describeEachDatabase('a DELETE that a foreign key refuses', (database) => {
  it('is a 409 without a source: the request has no document', async () => {
    const api = await serveTables(
      database,
      `create table owner (id {id});
      create table pet (id {id}, owner_id integer not null, foreign key (owner_id) references owner (id));
      insert into owner (id) values (1);
      insert into pet (id, owner_id) values (1, 1);`,
      { methods: ['GET', 'DELETE'] },
    )
    const { status, document } = await api.delete('/api/owner/1')
    expect([status, document.errors[0].code, document.errors[0].source]).toEqual([
      409,
      'foreign-key',
      undefined,
    ])
  })
})
