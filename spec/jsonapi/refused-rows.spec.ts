/** Rows that the database does not store or delete. */
import { expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { errorsOf, serveLibrary, serveTables } from '../support/library-api.ts'

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

describeEachDatabase(
  'a join row that a trigger skips',
  (database) => {
    it('is a 422 at the members, and no change', async () => {
      const trigger = {
        sqlite: `create trigger skip_pair before insert on post_tag when new.tag_id = 2
          begin select raise(ignore); end;`,
        postgres: `create function skip() returns trigger language plpgsql as
            $$begin if new.tag_id = 2 then return null; end if; return new; end$$;
          create trigger skip before insert on post_tag for each row execute function skip();`,
        mysql: '',
      }[database.dialect]
      const { get, post, patch } = await serveTables(
        database,
        `create table post (id {id}, title varchar(9));
        create table tag (id {id});
        create table post_tag (post_id integer, tag_id integer, primary key (post_id, tag_id),
          foreign key (post_id) references post (id), foreign key (tag_id) references tag (id));
        insert into post (title) values ('one');
        insert into tag (id) values (1), (2), (3);
        ${trigger}`,
        { methods: ['GET', 'POST', 'PATCH'], allowToManyReplacement: true },
      )
      const tags = (...list: number[]) => ({ data: list.map((id) => ({ type: 'tag', id: String(id) })) })
      const refused = (path: string) => [
        `422 ${path} The database did not store a member of the relationship`,
      ]
      const url = '/api/post/1/relationships/tags'
      expect(errorsOf(await post(url, tags(1, 2)))).toEqual(refused('/data'))
      expect(errorsOf(await patch(url, tags(3, 2)))).toEqual(refused('/data'))
      const created = await post('/api/post', { data: { type: 'post', relationships: { tags: tags(2) } } })
      expect(errorsOf(created)).toEqual(refused('/data/relationships/tags/data'))
      expect((await get(url)).document.data).toEqual([])
      expect((await post(url, tags(1, 3))).status).toBe(204)
      expect((await get(url)).document.data).toHaveLength(2)
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

  it('is a 409 by ON DELETE RESTRICT: no optional key becomes NULL, no join row goes', async () => {
    const opened = await database.open()
    await opened.run(`create table owner (id {id});
      create table tag (id {id});
      create table pet (id {id}, owner_id integer, foreign key (owner_id) references owner (id) on delete restrict);
      create table owner_tag (owner_id integer not null, tag_id integer not null, primary key (owner_id, tag_id),
        foreign key (owner_id) references owner (id) on delete cascade,
        foreign key (tag_id) references tag (id) on delete restrict);
      insert into owner (id) values (1), (2);
      insert into tag (id) values (1);
      insert into pet (id, owner_id) values (1, 1);
      insert into owner_tag (owner_id, tag_id) values (2, 1);`)
    const read = await introspect(opened.db)
    const restrict = (model: Model | undefined, relation: string) =>
      defineModel(model as Model, { relations: { [relation]: { onDelete: 'restrict' } } })
    const isTold = database.dialect !== 'mysql' // MariaDB does not tell RESTRICT from no rule
    const models = isTold
      ? read
      : { ...read, owner: restrict(read.owner, 'pets'), tag: restrict(read.tag, 'owners') }
    const api = await serveLibrary({ ...opened, models }, { manager: { methods: ['GET', 'DELETE'] } })
    for (const url of ['/api/owner/1', '/api/tag/1']) {
      const { status, document } = await api.delete(url)
      expect([status, document.errors[0].code]).toEqual([409, 'foreign-key'])
    }
    const { relationships } = (await api.get('/api/pet/1')).document.data
    expect(relationships.owner.data).toEqual({ type: 'owner', id: '1' })
    expect((await api.delete('/api/owner/2')).status).toBe(204)
    expect((await api.delete('/api/tag/1')).status).toBe(204)
  })

  it.each(['', 'on delete no action'])(
    'becomes a 204 by the rule "%s": optional keys become NULL',
    async (rule) => {
      const api = await serveTables(
        database,
        `create table owner (id {id});
      create table pet (id {id}, owner_id integer, foreign key (owner_id) references owner (id) ${rule});
      insert into owner (id) values (1);
      insert into pet (id, owner_id) values (1, 1);`,
        { methods: ['GET', 'DELETE'] },
      )
      expect((await api.delete('/api/owner/1')).status).toBe(204)
      expect((await api.get('/api/pet/1')).document.data.relationships.owner.data).toBeNull()
    },
  )
})

describeEachDatabase('a view that cannot be changed', (database) => {
  it('is a 403 for each change, and is read', async () => {
    const opened = await database.open()
    await opened.run(`create table word (id {id}, name varchar(9));
      insert into word (id, name) values (1, 'one');
      create view once as select id, max(name) as name from word group by id;`)
    const once = defineModel({ table: 'once', columns: { id: 'integer', name: 'string' } })
    const manager = { methods: ['GET', 'POST', 'PATCH', 'DELETE'] } as const
    const api = await serveLibrary({ ...opened, models: { once } }, { manager })
    const document = (id?: string) => ({ data: { type: 'once', id, attributes: { name: 'two' } } })
    const replies = [
      await api.post('/api/once', document()),
      await api.patch('/api/once/1', document('1')),
      await api.delete('/api/once/1'),
    ]
    for (const reply of replies) {
      expect(errorsOf(reply)).toEqual(['403 The database does not allow this change'])
      expect(reply.document.errors[0].code).toBe('denied')
    }
    expect((await api.get('/api/once/1')).document.data.attributes.name).toBe('one')
  })
})
