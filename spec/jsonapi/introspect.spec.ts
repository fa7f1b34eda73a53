/** Models as they are read from databases. */
import { Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely'
import { createIdempotencyTable, type IntrospectOptions, introspect, type Model } from 'mazurka/jsonapi'
import { createPool } from 'mysql2'
import pg from 'pg'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { pluralOf } from '../../lib/jsonapi/model/member-name.ts'
import { adminMariaDb, adminPostgres, describeEachDatabase, MARIADB, POSTGRES } from '../support/databases.ts'
import { type Library, openLibrary } from '../support/library.ts'
import { serveLibrary } from '../support/library-api.ts'

describeEachDatabase('introspect', (database) => {
  const { open, dialect } = database

  /** The models of tables in a database of their own. */
  async function modelsOf(tables: string, options?: IntrospectOptions): Promise<Record<string, Model>> {
    const { db, run } = await open()
    await run(tables)
    return introspect(db, options)
  }

  describe('of a library', () => {
    let library: Library
    beforeAll(async () => {
      library = await openLibrary(database)
    })

    it('names to-one relations by the key, to-many ones by the table, and leaves join tables out', () => {
      const { models } = library
      expect(Object.keys(models).sort()).toEqual(['article', 'comment', 'person', 'tag'])
      expect(Object.keys(models.article?.relations ?? {})).toEqual(['author', 'editor', 'comments', 'tags'])
      expect(Object.keys(models.comment?.relations ?? {})).toEqual(['article', 'author'])
      expect(Object.keys(models.tag?.relations ?? {})).toEqual(['articles'])
      expect(models.article?.type).toBe('article')
    })

    it('reads relations with their columns, both ways', () => {
      expect(library.models.comment?.relations.article).toEqual({
        name: 'article',
        target: 'article',
        isMany: false,
        local: ['article_id'],
        remote: ['id'],
        isOwner: true,
        isNullable: false,
        isUnique: false,
        inverse: 'comments',
      })
      expect(library.models.article?.relations.comments).toEqual({
        name: 'comments',
        target: 'comment',
        isMany: true,
        local: ['id'],
        remote: ['article_id'],
        isOwner: false,
        isNullable: false,
        isUnique: false,
        inverse: 'article',
        onDelete: 'cascade',
      })
      expect(library.models.article?.relations.tags).toEqual({
        name: 'tags',
        target: 'tag',
        isMany: true,
        local: ['id'],
        remote: ['id'],
        through: { table: 'article_tag', left: ['article_id'], right: ['tag_id'] },
        isOwner: false,
        isNullable: true,
        isUnique: false,
        inverse: 'articles',
        onDelete: 'cascade',
      })
    })

    it('reads two keys to one table as two relations and two that lead back (FJ-139)', () => {
      const { person, article } = library.models
      expect(article?.relations.author).toMatchObject({ target: 'person', inverse: 'author_articles' })
      expect(article?.relations.editor).toMatchObject({ target: 'person', inverse: 'editor_articles' })
      expect(Object.keys(person?.relations ?? {})).toEqual(['author_articles', 'editor_articles', 'comments'])
    })

    it('reads columns with their kinds and facts', () => {
      const { person, article } = library.models
      expect(kindsOf(article)).toMatchObject({
        title: 'string',
        published: 'datetime',
        price: 'decimal',
        body: 'string',
      })
      expect(kindsOf(person)).toMatchObject({ id: 'integer', born: 'date', is_admin: 'boolean' })
      expect(person?.columns.email).toMatchObject({
        isNullable: true,
        isUnique: true,
        maxLength: 80,
        hasDefault: false,
      })
      expect(person?.columns.name).toMatchObject({ isNullable: false, isUnique: false })
    })

    it('is one statement for each kind of facts, however many tables there are', async () => {
      await introspect(library.db)
      expect(library.statements.length).toBeLessThanOrEqual(6)
    })
  })

  it('reads the columns of a composite key in its order (FJ-135)', async () => {
    const { line, note } = await modelsOf(`
      create table line (a integer not null, b integer not null, c integer not null, d integer, primary key (c, a));
      create table note (id {id}, a integer, c integer, foreign key (c, a) references line (c, a))`)
    expect(line?.primaryKey).toEqual(['c', 'a'])
    expect(line?.id).toEqual(['c', 'a'])
    expect(line?.columns.a).toMatchObject({ isNullable: false, isUnique: false })
    expect(note?.relations.line).toMatchObject({ local: ['c', 'a'], remote: ['c', 'a'], isOwner: true })
    expect(line?.relations.notes).toMatchObject({ local: ['c', 'a'], remote: ['c', 'a'], isMany: true })
  })

  it('takes a generated column for one that cannot be written (FJ-136)', async () => {
    const { box } = await modelsOf(`create table box (
      id {id}, width integer not null, area integer generated always as (width * width) stored)`)
    expect(box?.columns.area).toMatchObject({ isGenerated: true, hasDefault: true })
    expect(box?.columns.width).toMatchObject({
      isGenerated: false,
      hasDefault: false,
    })
  })

  it('takes a key that the database generates for optional (FJ-137)', async () => {
    const models = await modelsOf(`create table own (id {id});
      create table plain (id varchar(10) primary key);
      create table pair (a integer not null, b integer not null, primary key (a, b))`)
    expect(models.own?.columns.id).toMatchObject({
      hasDefault: true,
      isNullable: false,
      isUnique: true,
      isGenerated: false,
    })
    expect(models.plain?.columns.id?.hasDefault).toBe(false)
    expect(models.pair?.columns.a?.hasDefault).toBe(false)
  })

  it('knows that there is a default, and never its text (FJ-138)', async () => {
    const { item } = await modelsOf(`create table item (id {id}, name varchar(20) not null default 'bob',
      made {datetime} not null {now}, odd varchar(20) default NULL /* none */, text varchar(20) default 'NULL')`)
    expect(item?.columns.name?.hasDefault).toBe(true)
    expect(item?.columns.made?.hasDefault).toBe(true)
    expect(item?.columns.odd?.hasDefault).toBe(false)
    expect(item?.columns.text?.hasDefault).toBe(true)
    expect(JSON.stringify(item)).not.toContain('bob')
  })

  it('names a relation that is there already in the same way when a third key is added (FJ-139)', async () => {
    const { db, run } = await open()
    await run(`create table person (id {id});
      create table article (id {id}, author_id integer, editor_id integer,
        foreign key (author_id) references person (id), foreign key (editor_id) references person (id))`)
    const before = await introspect(db)
    await run(
      dialect === 'sqlite'
        ? 'alter table article add column critic_id integer references person (id)'
        : 'alter table article add column critic_id integer, add foreign key (critic_id) references person (id)',
    )
    const after = await introspect(db)
    expect(Object.keys(after.person?.relations ?? {})).toEqual([
      ...Object.keys(before.person?.relations ?? {}),
      'critic_articles',
    ])
  })

  it('gives the plain name to the key that is named as its table (FJ-139)', async () => {
    const { person } = await modelsOf(`create table person (id {id});
      create table article (id {id}, editor_id integer, person_id integer,
        foreign key (editor_id) references person (id), foreign key (person_id) references person (id))`)
    expect(Object.keys(person?.relations ?? {})).toEqual(['editor_articles', 'articles'])
  })

  it('reads both directions of a key to the same table (FJ-140)', async () => {
    const { category } = await modelsOf(`create table category (id {id}, parent_id integer,
      foreign key (parent_id) references category (id))`)
    expect(category?.relations.parent).toMatchObject({
      target: 'category',
      isMany: false,
      inverse: 'categories',
    })
    expect(category?.relations.categories).toMatchObject({
      target: 'category',
      isMany: true,
      inverse: 'parent',
    })
  })

  it('names both sides of a join of a table with itself by their keys (FJ-140)', async () => {
    const models = await modelsOf(`create table person (id {id});
      create table friend (person_id integer not null, friend_id integer not null, primary key (person_id, friend_id),
        foreign key (person_id) references person (id), foreign key (friend_id) references person (id))`)
    const relations = models.person?.relations ?? {}
    expect(Object.keys(relations)).toEqual(['friend_persons', 'person_persons'])
    expect(relations.friend_persons).toMatchObject({
      through: { left: ['person_id'], right: ['friend_id'] },
      inverse: 'person_persons',
    })
  })

  it('gives a name to columns before relations, and to to-one relations before others (FJ-141)', async () => {
    const { article, author } = await modelsOf(`create table author (id {id});
      create table article (id {id}, author varchar(20), author_id integer, articles varchar(20), comments integer,
        foreign key (author_id) references author (id), foreign key (comments) references article (id))`)
    expect(article?.attributes).toMatchObject({
      author: 'author',
      articles: 'articles',
      comments: 'comments_2',
    })
    expect(Object.keys(article?.relations ?? {})).toEqual(['author_author', 'comments', 'comments_articles'])
    expect(Object.keys(author?.relations ?? {})).toEqual(['articles'])
  })

  it('serves columns that are called type or id under another name (FJ-86)', async () => {
    const models = await modelsOf(
      `create table animal (number integer primary key, type varchar(20), id varchar(20), animal_type varchar(20));
      create table part (id integer not null, tenant integer not null, primary key (tenant, id));
      create table thing (id {id}, type varchar(20))`,
      { names: { attributes: { 'thing.type': 'kind' } } },
    )
    expect(models.animal?.attributes).toEqual({
      number: 'number',
      type: 'animal_type',
      id: 'animal_id',
      animal_type: 'animal_type_2',
    })
    expect(models.part?.attributes).toEqual({ id: 'part_id', tenant: 'tenant' })
    expect(models.thing?.attributes).toEqual({ id: 'id', type: 'kind' })
  })

  it('replaces characters that a document cannot have in a name', async () => {
    const { price } = await modelsOf(`create table price (id {id}, _hidden integer, été integer,
      ${dialect === 'mysql' ? '`unit price (%)`' : '"unit price (%)"'} integer)`)
    expect(price?.attributes).toMatchObject({ _hidden: 'hidden', été: 'été', 'unit price (%)': 'unit_price' })
  })

  it('reads a unique key as a one-to-one relation', async () => {
    const { person, profile } = await modelsOf(`create table person (id {id});
      create table profile (id {id}, person_id integer not null unique, foreign key (person_id) references person (id));
      create table employee (id integer primary key, foreign key (id) references person (id))`)
    expect(profile?.relations.person).toMatchObject({
      isMany: false,
      isOwner: true,
      isUnique: true,
      inverse: 'profile',
    })
    expect(person?.relations.profile).toMatchObject({
      isMany: false,
      isOwner: false,
      isUnique: true,
      isNullable: false,
    })
    expect(person?.relations.employee).toMatchObject({ isMany: false, inverse: 'person' })
  })

  it('takes a join table with other columns for a model', async () => {
    const tables = (columns: string) => `create table a (id {id}); create table b (id {id});
      create table a_b (${columns}, foreign key (a_id) references a (id), foreign key (b_id) references b (id))`
    const both = 'a_id integer not null, b_id integer not null'
    const noted = await modelsOf(
      tables(`${both}, note varchar(20), primary key (a_id, b_id)`).replaceAll('; ', ';\n'),
    )
    expect(Object.keys(noted.a?.relations ?? {})).toEqual(['a_bs'])
    const numbered = await modelsOf(tables(`id {id}, ${both}, unique (a_id, b_id)`).replaceAll('; ', ';\n'))
    expect(Object.keys(numbered.a?.relations ?? {})).toEqual(['bs'])
    const repeated = await modelsOf(tables(`id {id}, ${both}`).replaceAll('; ', ';\n'))
    expect(Object.keys(repeated.a?.relations ?? {})).toEqual(['a_bs'])
    const bare = await modelsOf(tables(both).replaceAll('; ', ';\n'))
    expect(Object.keys(bare.a?.relations ?? {})).toEqual(['bs'])
    const single = await modelsOf(tables(`${both}, primary key (a_id)`).replaceAll('; ', ';\n'))
    expect(Object.keys(single.a?.relations ?? {})).toEqual(['a_b'])
  })

  it('makes a model of a join table that names.types names, besides the relations (RES-303)', async () => {
    const library = await openLibrary(database)
    const { article, article_tag } = await introspect(library.db, {
      names: { types: { article_tag: 'tagging' } },
    })
    expect(article_tag).toMatchObject({ type: 'tagging', primaryKey: ['article_id', 'tag_id'] })
    expect(Object.keys(article?.relations ?? {})).toEqual([
      'author',
      'editor',
      'article_tags',
      'comments',
      'tags',
    ])
  })

  it('takes names for types, attributes and both relations of a key', async () => {
    const library = await openLibrary(database)
    const { article, person, tag } = await introspect(library.db, {
      names: {
        types: { person: 'people' },
        attributes: { 'article.body': 'text' },
        relations: {
          'article.author_id': { name: 'writer', inverse: 'articles' },
          'comment.author_id': { inverse: 'remarks' },
          'article_tag.tag_id': 'labels',
        },
      },
    })
    expect(person?.type).toBe('people')
    expect(article?.attributes.body).toBe('text')
    expect(Object.keys(article?.relations ?? {})).toEqual(['writer', 'editor', 'comments', 'labels'])
    expect(Object.keys(person?.relations ?? {})).toEqual(['articles', 'editor_articles', 'remarks'])
    expect(article?.relations.writer?.inverse).toBe('articles')
    expect(tag?.relations.articles?.inverse).toBe('labels')
  })

  it.each<[IntrospectOptions, string]>([
    [{ names: { types: { persn: 'x' } } }, "names.types has no 'persn': did you mean 'person'?"],
    [{ names: { attributes: { 'article.titel': 'x' } } }, "did you mean 'article.title'?"],
    [{ names: { relations: { 'article.author': 'x' } } }, "names.relations has no 'article.author'"],
    [{ names: { attributes: { 'article.title': 'id' } } }, 'cannot be named id or type'],
    [{ names: { types: { person: 'a/b' } } }, "names.types['person'] is 'a/b'"],
    [
      { names: { attributes: { 'article.title': 'x', 'article.body': 'x' } } },
      "two fields of 'article' the name 'x'",
    ],
    [{ tables: ['artcle'] }, "The database has no 'artcle': did you mean 'article'?"],
    [{ exclude: ['person.pasword'] }, "The database has no 'person.pasword'"],
    [{ exclude: ['person.id'] }, "exclude has a column of the primary key of 'person'"],
    [{ schemas: [] }, 'schemas'],
  ])('refuses %j', async (options, message) => {
    const library = await openLibrary(database)
    await expect(introspect(library.db, options)).rejects.toThrow(message)
    await expect(introspect(library.db, options)).rejects.toThrow(TypeError)
  })

  it('leaves out the tables of idempotency keys and of migrations', async () => {
    const { db, run, statements } = await open()
    await run(`create table note (id {id}, status integer, headers text, body text);
      create table kysely_migration (name varchar(255) not null primary key, timestamp varchar(255) not null);
      create table kysely_migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null);`)
    await createIdempotencyTable(db)
    await createIdempotencyTable(db, { table: 'sent_before' })
    statements.length = 0
    expect(Object.keys(await introspect(db))).toEqual(['note'])
    expect(statements.length).toBeLessThanOrEqual(6)
    expect(Object.keys(await introspect(db, { exclude: ['kysely_migration', 'sent_before'] }))).toEqual([
      'note',
    ])
    for (const table of ['mazurka_idempotency', 'sent_before', 'kysely_migration'])
      await expect(introspect(db, { tables: ['note', table] })).rejects.toThrow(
        new TypeError(`tables has '${table}', which is a table of Mazurka or Kysely, and no model`),
      )
  })

  it('reads chosen tables alone, and leaves out tables, columns and the relations that need them', async () => {
    const library = await openLibrary(database)
    const some = await introspect(library.db, { tables: ['article', 'tag', 'article_tag'] })
    expect(Object.keys(some)).toEqual(['article', 'tag'])
    expect(Object.keys(some.article?.relations ?? {})).toEqual(['tags'])
    const less = await introspect(library.db, {
      exclude: ['comment', 'person.email', 'article.editor_id', 'article_tag'],
    })
    expect(Object.keys(less.person?.columns ?? {})).not.toContain('email')
    expect(Object.keys(less.article?.relations ?? {})).toEqual(['author'])
    expect(Object.keys(less.person?.relations ?? {})).toEqual(['articles'])
  })

  it('names a table without a primary key in a warning, and leaves it out', async () => {
    const warn = warnings()
    expect(
      Object.keys(
        await modelsOf('create table log (text varchar(20)); create view v as select 1'.replace('; ', ';\n')),
      ),
    ).toEqual([])
    expect(warn).toHaveBeenCalledExactlyOnceWith("The table 'log' has no primary key: it is left out")
  })
})

describeEachDatabase(
  'introspect',
  ({ open }) => {
    it('reads a partitioned table, and not its partitions (FJ-132)', async () => {
      const { db, run } = await open()
      await run(`create table place (id integer primary key);
        create table visit (id integer not null, day date not null, place_id integer references place (id),
          primary key (id, day)) partition by range (day);
        create table visit_2020 partition of visit for values from ('2020-01-01') to ('2021-01-01');
        create table rating (id integer primary key, visit_id integer, day date,
          foreign key (visit_id, day) references visit (id, day))`)
      const { visit, rating, ...others } = await introspect(db)
      expect(Object.keys(others)).toEqual(['place'])
      expect(visit?.primaryKey).toEqual(['id', 'day'])
      expect(Object.keys(visit?.relations ?? {})).toEqual(['place', 'ratings'])
      expect(Object.keys(rating?.relations ?? {})).toEqual(['visit'])
    })

    it('reads schemas that the role may use, and warns of others (FJ-133, FJ-134)', async () => {
      const { schema, run, db } = await open()
      const other = `${schema}_other`
      const role = `${schema}_role`
      await run(`create table person (id integer primary key, secret text);
        create table article (id integer primary key, author_id integer references person (id));
        create table hidden (id integer primary key);
        create schema ${other};
        create table ${other}.person (id integer primary key, person_id integer references ${schema}.person (id));
        create role ${role} login;
        grant usage on schema ${schema} to ${role};
        grant select (id) on person to ${role};
        grant select on article to ${role}`)
      onTestFinished(() =>
        adminPostgres(`drop schema ${other} cascade; drop owned by ${role}; drop role ${role}`),
      )
      const url = new URL(POSTGRES)
      url.username = role
      const pool = new pg.Pool({ connectionString: url.href, options: `-c search_path=${schema}`, max: 1 })
      const reader = new Kysely<Record<string, never>>({ dialect: new PostgresDialect({ pool }) })
      onTestFinished(() => reader.destroy())
      const warn = warnings()
      const models = await introspect(reader, { schemas: [schema, other] })
      expect(Object.keys(models).sort()).toEqual(['article', 'person'])
      expect(models.article?.relations.author).toMatchObject({ target: 'person', remote: ['id'] })
      expect(Object.keys(models.person?.columns ?? {})).toEqual(['id'])
      expect(warn.mock.calls.map(([text]) => text)).toEqual([
        `The schema '${other}' does not exist or this role may not use it: it is left out`,
        `The role may not read ${schema}.hidden.id: the column is left out`,
        `The role may not read ${schema}.person.secret: the column is left out`,
      ])
      const both = await introspect(db, { schemas: [schema, other] })
      expect(both[`${other}_person`]).toMatchObject({ table: 'person', schema: other })
      expect(both[`${other}_person`]?.relations.person).toMatchObject({ target: 'person' })
    })

    it('reads enums, domains, arrays, identities and unique indexes', async () => {
      const { db, run } = await open()
      await run(`create type mood as enum ('sad', 'ok');
        create domain email as varchar(40) not null;
        create domain work_email as email default 'a@b';
        create table item (id bigint generated always as identity primary key, serial serial, mood mood, email work_email,
          list text[], at timestamptz, code text, name text, state text);
        create unique index on item (code) include (name);
        create unique index on item (lower(name));
        create unique index on item (state) where state <> ''`)
      const { item } = await introspect(db)
      expect(kindsOf(item)).toMatchObject({
        id: 'bigint',
        mood: 'enum',
        email: 'string',
        list: 'json',
        at: 'datetime',
      })
      expect(item?.columns.id).toMatchObject({ isGenerated: true, hasDefault: true })
      expect(item?.columns.serial).toMatchObject({ isGenerated: false, hasDefault: true })
      expect(item?.columns.mood?.values).toEqual(['sad', 'ok'])
      expect(item?.columns.email).toMatchObject({ isNullable: false, hasDefault: true, maxLength: 40 })
      expect(item?.columns.at?.hasTimeZone).toBe(true)
      expect(uniqueOf(item)).toEqual(['id', 'code'])
    })
  },
  ['postgres'],
)

describeEachDatabase(
  'introspect',
  ({ open }) => {
    it('reads enums, JSON, time stamps and keys', async () => {
      const { db, run } = await open()
      await run(`create table item (id bigint unsigned auto_increment primary key, mood enum('A', 'it''s') not null,
          data json, plain longtext, made timestamp not null default current_timestamp,
          changed timestamp not null default current_timestamp on update current_timestamp, is_on tinyint(1),
          code varchar(20), name varchar(200), unique (code), unique (name(10)))`)
      const { item } = await introspect(db)
      expect(kindsOf(item)).toMatchObject({
        id: 'bigint',
        mood: 'enum',
        data: 'json',
        plain: 'string',
        is_on: 'boolean',
      })
      expect(item?.columns.mood).toMatchObject({ values: ['A', "it's"], hasDefault: false })
      expect(item?.columns.changed).toMatchObject({
        hasDefault: true,
        hasTimeZone: true,
      })
      expect(uniqueOf(item)).toEqual(['id', 'code'])
    })

    it('refuses a session in which values would run as SQL', async () => {
      const { db } = await open({ session: "set session sql_mode = 'NO_BACKSLASH_ESCAPES'" })
      await expect(introspect(db)).rejects.toThrow('The SQL mode NO_BACKSLASH_ESCAPES is not supported')
    })

    it('refuses a driver whose values are all bytes', async () => {
      const { db } = await open({ mysql2: { typeCast: false } })
      await expect(introspect(db)).rejects.toThrow('The option typeCast: false of mysql2 is not supported')
    })

    it('knows columns of JSON by either kind of quotes', async () => {
      const opened = await open({ session: "set session sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES'" })
      await opened.run(`create table note (id integer primary key, data json, "odd ""name" json);
        insert into note values (1, '{"a":1}', '[2]')`)
      const { get, patch } = await serveLibrary(
        { ...opened, models: await introspect(opened.db) },
        { manager: { methods: ['GET', 'PATCH'] } },
      )
      const { attributes } = (await get('/api/note/1')).document.data
      expect(Object.values(attributes)).toEqual([{ a: 1 }, [2]])
      const change = { type: 'note', id: '1', attributes: { data: { b: 2 } } }
      expect((await patch('/api/note/1', { data: change })).status).toBe(204)
      expect((await get('/api/note/1')).document.data.attributes.data).toEqual({ b: 2 })
    })

    it('reads keys as a user who may only read (FJ-134)', async () => {
      const { db, run, schema } = await open()
      await run(`create table person (id integer primary key);
        create table article (id integer primary key, author_id integer, foreign key (author_id) references person (id))`)
      const user = `reader_${schema.slice(-20)}`
      await sql.raw(`create user ${user}`).execute(db)
      onTestFinished(() => adminMariaDb(`drop user ${user}`))
      await sql.raw(`grant select on ${schema}.* to ${user}`).execute(db)
      const pool = createPool({
        uri: MARIADB.replace('root@', `${user}@`),
        database: schema,
        connectionLimit: 1,
      })
      const reader = new Kysely<Record<string, never>>({ dialect: new MysqlDialect({ pool }) })
      onTestFinished(() => reader.destroy())
      const { article, person } = await introspect(reader)
      expect(article?.relations.author).toMatchObject({ target: 'person', remote: ['id'] })
      expect(person?.columns.id?.isUnique).toBe(true)
    })
  },
  ['mysql'],
)

describeEachDatabase(
  'introspect',
  ({ open }) => {
    it('reads tables without rowid, implicit references, and names in another case (FJ-137)', async () => {
      const { db, run } = await open()
      await run(`create table Person (ID integer primary key, code text unique);
        create table article (id integer primary key, person_id references person, code references Person (Code));
        create table pair (id integer primary key) without rowid;
        create virtual table search using fts5(text)`)
      const { article, pair, Person, ...others } = await introspect(db)
      expect(Object.keys(others)).toEqual([])
      expect(article?.relations.person).toMatchObject({ target: 'Person', remote: ['ID'] })
      expect(article?.relations.code).toMatchObject({ target: 'Person', remote: ['code'] })
      expect(pair?.columns.id?.hasDefault).toBe(false)
      expect(Person?.columns.ID?.hasDefault).toBe(true)
    })

    it('reads virtual generated columns and keys of expressions (FJ-136)', async () => {
      const { db, run } = await open()
      await run(`create table box (id integer primary key, a int, b int as (a * 2), c text, d text);
        create unique index one on box (lower(c));
        create unique index two on box (d) where d <> ''`)
      const { box } = await introspect(db)
      expect(box?.columns.b).toMatchObject({ isGenerated: true, kind: 'integer' })
      expect(uniqueOf(box)).toEqual(['id'])
    })

    it('takes the kind from the declared type, else by the rules of SQLite', async () => {
      const { db, run } = await open()
      await run(`create table item (id integer primary key, a VARCHAR(20), b, c DOUBLE PRECISION, d TINYINT(1), e BigInt,
        f DECIMAL (10,2), g "timestamp with time zone", h NATIVE CHARACTER(70), i UNSIGNED BIG INT, j BLOB, k DateTime, l MONEY)`)
      const { item } = await introspect(db)
      expect(Object.values(kindsOf(item)).join()).toBe(
        'integer,string,string,number,boolean,bigint,decimal,datetime,string,bigint,binary,datetime,string',
      )
      expect(item?.columns.g?.hasTimeZone).toBe(true)
      expect(item?.columns.h?.maxLength).toBe(70)
    })
  },
  ['sqlite'],
)

describe('the plural of a table', () => {
  it.each([
    ['tag', 'tags'],
    ['category', 'categories'],
    ['day', 'days'],
    ['articles', 'articles'],
    ['address', 'addresses'],
    ['box', 'boxes'],
    ['status', 'statuses'],
    ['analysis', 'analyses'],
    ['branch', 'branches'],
    ['person', 'persons'],
  ])('of %s is %s', (name, plural) => {
    expect(pluralOf(name)).toBe(plural)
  })
})

function kindsOf(model: Model | undefined): Record<string, string> {
  return Object.fromEntries(Object.values(model?.columns ?? {}).map(({ name, kind }) => [name, kind]))
}

function uniqueOf(model: Model | undefined): string[] {
  return Object.values(model?.columns ?? {}).flatMap(({ name, isUnique }) => (isUnique ? name : []))
}

/** The warnings of a test. */
function warnings() {
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  onTestFinished(() => spy.mockRestore())
  return spy
}
