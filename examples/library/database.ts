/** The library's tables: in an SQLite file of their own, or in the database of `DATABASE_URL` (PostgreSQL, MySQL, MariaDB). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from 'kysely'
import Sqlite from 'libsql'
import { type Database, dialectOf } from 'mazurka/jsonapi'
import { createPool } from 'mysql2'
import pg from 'pg'

const url = process.env.DATABASE_URL ?? ''

export const db: Database = new Kysely({ dialect: dialectFor(url) })

function dialectFor(url: string) {
  if (url.startsWith('postgres')) return new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) })
  if (url !== '') return new MysqlDialect({ pool: createPool(url) })
  const folder = mkdtempSync(join(tmpdir(), 'library-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const database = new Sqlite(join(folder, 'library.db'))
  database.pragma('foreign_keys = on')
  return new SqliteDialect({ database })
}

const ID = {
  sqlite: 'integer primary key',
  postgres: 'serial primary key',
  mysql: 'integer auto_increment primary key',
}[dialectOf(db)]

const TABLES = {
  person: `id ${ID}, name varchar(80) not null, email varchar(80) unique`,
  article: `id ${ID}, title varchar(80) not null, body text not null, published date, author_id integer,
    foreign key (author_id) references person (id)`,
  comment: `id ${ID}, body text not null, article_id integer not null,
    foreign key (article_id) references article (id) on delete cascade`,
  tag: `id ${ID}, name varchar(40) not null unique`,
  article_tag: `article_id integer not null, tag_id integer not null, primary key (article_id, tag_id),
    foreign key (article_id) references article (id) on delete cascade, foreign key (tag_id) references tag (id)`,
}

const ROWS = {
  person: "(name, email) values ('Ada', 'ada@example.org'), ('Grace', 'grace@example.org')",
  article: `(title, body, published, author_id) values ('Engines', 'Notes on an analytical engine', '1843-08-01', 1),
    ('Compilers', 'The education of a computer', '1952-05-02', 2), ('Nanoseconds', 'A piece of wire', null, 2)`,
  comment: "(body, article_id) values ('First!', 1), ('Weaves algebraical patterns', 1), ('It compiles', 2)",
  tag: "(name) values ('history'), ('machines'), ('languages')",
  article_tag: 'values (1, 1), (1, 2), (2, 2), (2, 3)',
}

/** The schema in which PostgreSQL creates tables: Kysely lists those of all schemas. */
async function currentSchema(): Promise<string | undefined> {
  if (dialectOf(db) !== 'postgres') return undefined
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db)
  return rows[0]?.name
}

// a database that has the tables keeps its rows
const own = await currentSchema()
const tables = (await db.introspection.getTables()).filter(
  ({ schema }) => own === undefined || schema === own,
)
const known = tables.map(({ name }) => name)
for (const [table, columns] of Object.entries(TABLES)) {
  if (known.includes(table)) continue
  await sql.raw(`create table ${table} (${columns})`).execute(db)
  await sql.raw(`insert into ${table} ${ROWS[table as keyof typeof ROWS]}`).execute(db)
}
