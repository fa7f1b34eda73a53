/**
 * Tables of PostgreSQL, from pg_catalog: unlike information_schema, it shows keys to roles that may only read.
 *
 * A partitioned table is a table, its partitions are not.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Database } from './dialect.ts'
import { postgresType } from './postgres-type.ts'
import { type TableFacts, tablesOf } from './table-facts.ts'

interface ColumnRow {
  readonly table: string
  readonly schema: string
  readonly isVisible: boolean
  readonly isReadable: boolean
  readonly name: string
  readonly type: string
  readonly typeName: string
  /** JSON. */
  readonly values: string | null
  readonly isNullable: boolean
  readonly hasDefault: boolean
  /** `a` for an identity that is always generated. */
  readonly identity: string
  /** `s` for a generated column. */
  readonly generated: string
}

interface KeyRow {
  readonly table: string
  readonly schema: string
  readonly isVisible: boolean
  readonly key: string
  readonly column: string
}

interface ForeignKeyRow extends KeyRow {
  readonly target: string
  readonly targetSchema: string
  readonly targetIsVisible: boolean
  readonly reference: string
  readonly onDelete: string
}

const ACTIONS: Readonly<Record<string, string>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
}

/** @param schemas default those of the search path. */
export async function postgresTables(db: Database, schemas?: readonly string[]): Promise<TableFacts[]> {
  const readable = schemas && (await readableSchemas(db, schemas))
  const own = ownTables(readable)
  const columns = await columnRows(db, own)
  const keys = await sql<KeyRow & { isPrimary: boolean }>`
    select ${TABLE}, i.indexrelid::text as "key", i.indisprimary as "isPrimary", a.attname::text as "column"
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    cross join unnest(i.indkey::int2[]) with ordinality as k(number, position)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
    where ${own} and i.indisunique and i.indpred is null and i.indexprs is null and k.position <= i.indnkeyatts
    order by i.indexrelid, k.position`.execute(db)
  const foreignKeys = await sql<ForeignKeyRow>`
    select ${TABLE}, f.oid::text as "key", a.attname::text as "column", r.relname::text as target,
      rn.nspname::text as "targetSchema", pg_table_is_visible(r.oid) as "targetIsVisible",
      ra.attname::text as reference, f.confdeltype::text as "onDelete"
    from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_class r on r.oid = f.confrelid join pg_namespace rn on rn.oid = r.relnamespace
    cross join unnest(f.conkey, f.confkey) with ordinality as k(number, other, position)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
    join pg_attribute ra on ra.attrelid = r.oid and ra.attnum = k.other
    where ${own} and f.contype = 'f' and f.conparentid = 0 order by f.oid, k.position`.execute(db)
  return tablesOf({
    columns: columns.map(columnOf),
    keys: keys.rows.map((row) => ({
      ...ofTable(row),
      key: row.key,
      isPrimary: row.isPrimary,
      column: row.column,
    })),
    foreignKeys: foreignKeys.rows.map((row) => ({
      ...ofTable(row),
      key: row.key,
      column: row.column,
      target: row.target,
      ...(!row.targetIsVisible && { targetSchema: row.targetSchema }),
      reference: row.reference,
      onDelete: ACTIONS[row.onDelete] ?? 'no action',
    })),
  })
}

const TABLE = sql`c.relname::text as "table", n.nspname::text as schema, pg_table_is_visible(c.oid) as "isVisible"`

/** The condition of a table that is read. */
function ownTables(schemas: readonly string[] | undefined): RawBuilder<unknown> {
  const isOwn = schemas
    ? sql`n.nspname in (${sql.join(schemas)})`
    : sql`n.nspname = any(current_schemas(false))`
  return sql`${isOwn} and c.relkind in ('r', 'p') and not c.relispartition`
}

/** Columns of tables that the role may read; a warning names those that it may not. */
async function columnRows(db: Database, own: RawBuilder<unknown>): Promise<ColumnRow[]> {
  const { rows } = await sql<ColumnRow>`
    with recursive base(oid, root, modifier, isNotNull, hasDefault) as (
      select oid, oid, -1, false, false from pg_type where typtype <> 'd'
      union all
      select t.oid, b.root, case when t.typtypmod = -1 then b.modifier else t.typtypmod end,
        b.isNotNull or t.typnotnull, b.hasDefault or t.typdefault is not null
      from base b join pg_type t on t.typbasetype = b.oid and t.typtype = 'd')
    select ${TABLE}, has_column_privilege(c.oid, a.attnum, 'select') as "isReadable", a.attname::text as name,
      case when e.root <> t.typelem and et.typcategory <> 'A' then format_type(e.root, e.modifier) || '[]'
        else format_type(b.root, case when b.root = a.atttypid then a.atttypmod else b.modifier end) end as type,
      t.typname::text as "typeName", case when t.typtype = 'e' then (
        select json_agg(e.enumlabel order by e.enumsortorder)::text from pg_enum e where e.enumtypid = t.oid
      ) end as values, not (a.attnotnull or b.isNotNull) as "isNullable",
      coalesce(pg_get_expr(d.adbin, d.adrelid) !~* '^null(::|$)', false) or a.attidentity <> '' or b.hasDefault
        as "hasDefault",
      a.attidentity::text as identity, a.attgenerated::text as generated
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join base b on b.oid = a.atttypid join pg_type t on t.oid = b.root
    left join base e on e.oid = t.typelem and t.typcategory = 'A' left join pg_type et on et.oid = e.root
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${own} order by n.nspname, c.relname, a.attnum`.execute(db)
  const hidden = rows.filter(({ isReadable }) => !isReadable)
  for (const { schema, table, name } of hidden) {
    process.emitWarning(`The role may not read ${schema}.${table}.${name}: the column is left out`)
  }
  return rows.filter(({ isReadable }) => isReadable)
}

async function readableSchemas(db: Database, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string; isReadable: boolean }>`
    select nspname::text as name, has_schema_privilege(oid, 'usage') as "isReadable" from pg_namespace
    where nspname in (${sql.join(schemas)})`.execute(db)
  const readable = rows.filter(({ isReadable }) => isReadable).map(({ name }) => name)
  for (const schema of schemas.filter((name) => !readable.includes(name))) {
    process.emitWarning(`The schema '${schema}' does not exist or this role may not use it: it is left out`)
  }
  return readable.length > 0 ? readable : [''] // `in ()` is no SQL
}

function columnOf(row: ColumnRow) {
  const values = row.values === null ? null : (JSON.parse(row.values) as string[])
  return {
    ...ofTable(row),
    name: row.name,
    ...postgresType(row.type, row.typeName, values),
    isNullable: row.isNullable,
    hasDefault: row.hasDefault,
    isGenerated: row.generated !== '' || row.identity === 'a',
  }
}

function ofTable({ table, schema, isVisible }: { table: string; schema: string; isVisible: boolean }) {
  return { table, ...(!isVisible && { schema }) }
}
