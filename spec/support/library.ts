/** A small library on any database: persons who write and edit articles, with comments and tags. */
import { sql } from 'kysely'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import type { OpenDatabase, TestDatabase } from './databases.ts'

const TABLES = `
  create table person (
    id {id},
    name varchar(80) not null,
    email varchar(80) unique,
    born date,
    is_admin {boolean} not null default false
  );
  create table article (
    id {id},
    title varchar(200) not null,
    body text,
    published {datetime},
    price decimal(10, 2),
    author_id integer,
    editor_id integer,
    foreign key (author_id) references person (id) on delete set null,
    foreign key (editor_id) references person (id) on delete set null
  );
  create table comment (
    id {id},
    body text not null,
    article_id integer not null,
    author_id integer,
    foreign key (article_id) references article (id) on delete cascade,
    foreign key (author_id) references person (id) on delete set null
  );
  create table tag (
    id {id},
    name varchar(40) not null unique
  );
  create table article_tag (
    article_id integer not null,
    tag_id integer not null,
    primary key (article_id, tag_id),
    foreign key (article_id) references article (id) on delete cascade,
    foreign key (tag_id) references tag (id) on delete cascade
  );
`

/** Rows by table, in an order that meets the foreign keys. */
const ROWS = {
  person: [
    ['id', 'name', 'email', 'born', 'is_admin'],
    [1, 'Ada', 'ada@example.org', '1815-12-10', 1],
    [2, 'Ben', 'ben@example.org', null, 0],
    [3, 'Cleo', null, '1975-05-11', 0],
  ],
  article: [
    ['id', 'title', 'body', 'published', 'price', 'author_id', 'editor_id'],
    [1, 'Engines', 'On engines', '2020-01-31 10:00:00', '12.50', 1, 2],
    [2, 'Looms', 'On looms', '2020-02-29 12:30:00.25', '0.10', 1, 1],
    [3, 'Notes', null, null, null, 2, null],
    [4, 'Anonymous', 'By no one', '2021-06-01 00:00:00', '7.00', null, null],
  ],
  comment: [
    ['id', 'body', 'article_id', 'author_id'],
    [1, 'Good', 1, 2],
    [2, 'Better', 1, 3],
    [3, 'Best', 2, null],
  ],
  tag: [
    ['id', 'name'],
    [1, 'history'],
    [2, 'machines'],
    [3, 'unused'],
  ],
  article_tag: [
    ['article_id', 'tag_id'],
    [1, 1],
    [1, 2],
    [2, 2],
  ],
} as const

export interface Library extends OpenDatabase {
  /** `person`, `article`, `comment`, `tag`. */
  readonly models: Readonly<Record<string, Model>>
}

/** A library with its rows in a database of its own. */
export async function openLibrary({ open, dialect }: TestDatabase): Promise<Library> {
  const opened = await open()
  await opened.run(TABLES)
  for (const [table, [columns, ...rows]] of Object.entries(ROWS)) {
    const names = sql.join(columns.map((column) => sql.ref(column)))
    const values = rows.map(
      (row) => sql`(${sql.join(row.map((value, index) => literal(value, columns[index])))})`,
    )
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(opened.db)
    if (dialect !== 'postgres' || columns[0] !== 'id') continue
    await sql`alter table ${sql.table(table)} alter column id restart with ${sql.lit(rows.length + 1)}`.execute(
      opened.db,
    )
  }
  const models = await introspect(opened.db)
  opened.statements.length = 0
  return { ...opened, models }
}

/** A value within the text of a statement, so that every database takes it for the type of its column. */
function literal(value: string | number | null, column: string | undefined) {
  return sql.lit(column === 'is_admin' ? value === 1 : value)
}
