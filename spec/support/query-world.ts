/** Persons, articles, comments and tags for specs of queries, declared by hand: with hidden fields, base queries and NULLs. */
import { type Expression, sql } from 'kysely'
import type { Column, Kind, Model, Relation } from '../../lib/jsonapi/model/model.ts'
import { conditionSql } from '../../lib/jsonapi/query/condition-sql.ts'
import type { FilterObject } from '../../lib/jsonapi/query/filter-object.ts'
import { orderBySql, orderOf } from '../../lib/jsonapi/query/order-sql.ts'
import { resolveFilters } from '../../lib/jsonapi/query/resolve-filter.ts'
import { rowCondition, tableSql } from '../../lib/jsonapi/query/row-sql.ts'
import { Scope } from '../../lib/jsonapi/query/scope.ts'
import { parseSort, resolveSort, type SortOptions } from '../../lib/jsonapi/query/sort.ts'
import { Resource, type ResourceLookup } from '../../lib/jsonapi/resource/resource.ts'
import type { FieldOptions } from '../../lib/jsonapi/resource/resource-options.ts'
import type { OpenDatabase, TestDatabase } from './databases.ts'

const TABLES = `
  create table person (
    id {id}, name varchar(80), age integer, born date, seen {datetime}, height {double}, balance decimal(10, 2),
    is_admin {boolean}, token {uuid}, settings {json}, secret varchar(80), deleted {boolean} not null, tenant integer
  );
  create table article (
    id {id}, title varchar(200) not null, author_id integer, deleted {boolean} not null
  );
  create table comment (
    id {id}, body text not null, article_id integer, author_id integer
  );
  create table tag (id {id}, name varchar(40) not null);
  create table article_tag (
    article_id integer not null, tag_id integer not null, primary key (article_id, tag_id)
  );
  create table seat (hall varchar(10) not null, number integer not null, primary key (hall, number));
`

const PERSONS: readonly (readonly unknown[])[] = [
  [1, 'Ann', 30, '1990-05-01', '2018-03-18 06:00:00', 1.5, '0.10', true, uuid(1), '{}', 'x', false, 1],
  [
    2,
    'bob',
    20,
    '2000-02-29',
    '2018-03-18 06:00:00.000001',
    0.1,
    '10.00',
    false,
    uuid(2),
    '{}',
    'y',
    false,
    1,
  ],
  [3, 'Cleo', null, null, null, null, null, null, null, null, 'z', false, 1],
  [4, '100%_\\', 40, '1980-01-01', '2020-01-01 00:00:00', 2.25, '9.00', false, uuid(4), '{}', 'x', false, 2],
  [5, 'ann', 30, '1990-05-02', '2018-03-19 00:00:00', 1.25, '-1.00', true, uuid(5), '{}', 'y', false, 2],
  [6, 'Deleted', 50, '1970-01-01', '2019-01-01 00:00:00', 3, '5.00', false, uuid(6), '{}', 'q', true, 1],
]

const ROWS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  person: PERSONS,
  article: [
    [1, 'Engines', 1, false],
    [2, 'Looms', 1, false],
    [3, 'Notes', 2, false],
    [4, 'Anonymous', null, false],
    [5, 'Removed', 5, true],
    [6, 'Ghost', 6, false],
  ],
  comment: [
    [1, 'Good', 1, 2],
    [2, 'Better', 1, 3],
    [3, 'Best', 2, null],
    [4, 'Hidden', 5, 4],
  ],
  tag: [
    [1, 'history'],
    [2, 'machines'],
    [3, 'unused'],
  ],
  article_tag: [
    [1, 1],
    [1, 2],
    [2, 2],
  ],
  seat: [
    ['A', 1],
    ['A', 2],
    ['B~1', 1],
  ],
}

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

function column(name: string, kind: Kind, type: string, members: Partial<Column> = {}): Column {
  return {
    name,
    kind,
    type,
    isNullable: true,
    isUnique: false,
    hasDefault: false,
    isGenerated: false,
    ...members,
  }
}

function columnsOf(...columns: readonly Column[]): Readonly<Record<string, Column>> {
  return Object.fromEntries(columns.map((one) => [one.name, one]))
}

const ID = column('id', 'integer', 'integer', { isNullable: false, isUnique: true, hasDefault: true })
const REQUIRED = { isNullable: false }

function relation(
  name: string,
  target: string,
  local: string,
  remote: string,
  members: Partial<Relation> = {},
): Relation {
  const isMany = members.isMany ?? false
  return {
    name,
    target,
    isMany,
    local: [local],
    remote: [remote],
    isOwner: !isMany,
    isNullable: true,
    isUnique: false,
    ...members,
  }
}

function model(name: string, columns: Model['columns'], members: Partial<Model> = {}): Model {
  return {
    name,
    type: name,
    table: name,
    columns,
    primaryKey: ['id'],
    id: ['id'],
    attributes: {},
    relations: {},
    computed: {},
    proxies: {},
    ...members,
  }
}

function relations(...list: readonly Relation[]): Model['relations'] {
  return Object.fromEntries(list.map((one) => [one.name, one]))
}

const isKept: NonNullable<Model['baseQuery']> = ({ ref }) => sql`not ${ref('deleted')}`

export const MODELS: readonly Model[] = [
  model(
    'person',
    columnsOf(
      ID,
      column('name', 'string', 'varchar(80)'),
      column('age', 'integer', 'integer'),
      column('born', 'date', 'date'),
      column('seen', 'datetime', 'datetime'),
      column('height', 'number', 'double'),
      column('balance', 'decimal', 'decimal(10,2)'),
      column('is_admin', 'boolean', 'boolean'),
      column('token', 'uuid', 'uuid'),
      column('settings', 'json', 'json'),
      column('secret', 'string', 'varchar(80)'),
      column('deleted', 'boolean', 'boolean', REQUIRED),
      column('tenant', 'integer', 'integer'),
    ),
    {
      baseQuery: isKept,
      relations: relations(
        relation('articles', 'article', 'id', 'author_id', { isMany: true }),
        relation('comments', 'comment', 'id', 'author_id', { isMany: true }),
      ),
      computed: {
        upper: { type: { kind: 'string' }, sql: ({ ref }) => sql`upper(${ref('name')})` },
        twice: { sql: ({ ref }) => sql`${ref('age')} * 2` },
        initial: { get: ({ name }) => String(name)[0] },
      },
      proxies: { articleTitles: 'articles.title' },
    },
  ),
  model(
    'article',
    columnsOf(
      ID,
      column('title', 'string', 'varchar(200)', REQUIRED),
      column('author_id', 'integer', 'integer'),
      column('deleted', 'boolean', 'boolean', REQUIRED),
    ),
    {
      baseQuery: isKept,
      relations: relations(
        relation('author', 'person', 'author_id', 'id'),
        relation('comments', 'comment', 'id', 'article_id', { isMany: true }),
        relation('tags', 'tag', 'id', 'id', {
          isMany: true,
          isOwner: false,
          through: { table: 'article_tag', left: ['article_id'], right: ['tag_id'] },
        }),
      ),
      proxies: { tagNames: 'tags.name' },
    },
  ),
  model(
    'comment',
    columnsOf(
      ID,
      column('body', 'string', 'text', REQUIRED),
      column('article_id', 'integer', 'integer'),
      column('author_id', 'integer', 'integer'),
    ),
    {
      relations: relations(
        relation('article', 'article', 'article_id', 'id'),
        relation('author', 'person', 'author_id', 'id'),
      ),
    },
  ),
  model('tag', columnsOf(ID, column('name', 'string', 'varchar(40)', REQUIRED))),
  model(
    'seat',
    columnsOf(
      column('hall', 'string', 'varchar(10)', REQUIRED),
      column('number', 'integer', 'integer', REQUIRED),
    ),
    {
      primaryKey: ['hall', 'number'],
      id: ['hall', 'number'],
    },
  ),
]

/** The fields that are hidden. */
export const HIDDEN: Readonly<Record<string, FieldOptions>> = {
  person: { exclude: ['secret', 'deleted', 'tenant'] },
  article: { exclude: ['deleted'] },
}

/** The resources of the world by type. */
export function resources(fields = HIDDEN): ReadonlyMap<string, Resource> {
  const lookup: ResourceLookup = {
    hasPermissions: false,
    ofModel: (name) => byName.get(name),
    subtypesOf: () => [],
  }
  const byName = new Map(
    MODELS.map((one) => [
      one.name,
      new Resource(
        one,
        {
          type: one.type,
          path: `/api/${one.name}`,
          hasGet: true,
          id: one.id,
          fields: fields[one.name] ?? {},
        },
        lookup,
      ),
    ]),
  )
  return byName
}

export function resourceOf(type: string): Resource {
  const found = resources().get(type)
  if (!found) throw new Error(`no resource is called ${type}`)
  return found
}

export interface World extends OpenDatabase {
  /** The ids of the rows that meet filters, in the order of their ids. */
  find(type: string, filters: readonly unknown[]): Promise<readonly unknown[]>
  /** The ids of all rows in an order. */
  sort(type: string, keys: string, options?: SortOptions): Promise<readonly unknown[]>
  scope(): Scope
}

export async function openWorld({ open, dialect }: TestDatabase): Promise<World> {
  const opened = await open()
  await opened.run(TABLES)
  for (const [table, rows] of Object.entries(ROWS)) {
    const values = rows.map((row) => sql`(${sql.join(row.map((value) => sql.lit(value)))})`)
    await sql`insert into ${sql.table(table)} values ${sql.join(values)}`.execute(opened.db)
  }
  const scope = () => new Scope(opened.db, dialect)
  return {
    ...opened,
    scope,
    find: async (type, filters) => {
      const resource = resourceOf(type)
      const context = { dialect, parameter: 'filter[objects]' }
      const condition = resolveFilters(filters as readonly FilterObject[], resource, context)
      const statement = scope()
      const alias = statement.nextAlias()
      const where = condition ? conditionSql(condition, alias, statement) : sql`1 = 1`
      return idsOf(
        statement,
        resource,
        alias,
        sql`where ${rowCondition(resource, alias, statement) ?? sql`1 = 1`} and ${where} order by ${sql.join(resource.idColumns.map(({ name }) => sql.id(alias, name)))}`,
      )
    },
    sort: async (type, keys, options) => {
      const resource = resourceOf(type)
      const statement = scope()
      const alias = statement.nextAlias()
      const { joins, keys: ordered } = orderOf(
        resolveSort(parseSort(keys), resource, options),
        alias,
        statement,
      )
      const where = rowCondition(resource, alias, statement) ?? sql`1 = 1`
      return idsOf(
        statement,
        resource,
        alias,
        sql`${sql.join(joins, sql` `)} where ${where} order by ${orderBySql(ordered, dialect)}`,
      )
    },
  }
}

async function idsOf(
  { db, dialect }: Scope,
  resource: Resource,
  alias: string,
  rest: Expression<unknown>,
): Promise<readonly unknown[]> {
  const columns = resource.idColumns.map(({ name }) => sql`${sql.id(alias, name)} as ${sql.id(name)}`)
  const statement = sql<
    Record<string, unknown>
  >`select ${sql.join(columns)} from ${tableSql(resource.model)} as ${sql.id(alias)} ${rest}`
  const { rows } = await statement.execute(db)
  return rows.map((row) => {
    const id = resource.ids.of(row, dialect)
    return /^\d+$/.test(id) ? Number(id) : id
  })
}
