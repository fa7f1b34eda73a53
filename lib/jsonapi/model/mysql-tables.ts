/** Tables of MySQL and MariaDB, from information_schema: one statement for each kind of facts. */
import { sql } from 'kysely'
import { groupBy } from '../../registry/group-by.ts'
import type { Database } from './dialect.ts'
import { mysqlType } from './mysql-type.ts'
import { type TableFacts, tablesOf } from './table-facts.ts'

interface ColumnRow {
  readonly table: string
  readonly schema: string
  readonly isCurrent: number
  readonly name: string
  readonly type: string
  readonly isNullable: string
  readonly default: string | null
  readonly extra: string
}

/**
 * @param schemas databases; default the current one.
 * @throws {TypeError} for the SQL mode NO_BACKSLASH_ESCAPES, and for the option `typeCast: false` of mysql2.
 */
export async function mysqlTables(db: Database, schemas?: readonly string[]): Promise<TableFacts[]> {
  await checkSettings(db)
  const own = schemas ? sql`(${sql.join(schemas)})` : sql`(database())`
  // the names of the columns of information_schema are in upper case on MySQL 8
  const columns = await sql<ColumnRow>`
    select c.table_name as \`table\`, c.table_schema as \`schema\`, c.table_schema = database() as isCurrent,
      c.column_name as name, c.column_type as type, c.is_nullable as isNullable, c.column_default as \`default\`,
      c.extra as extra
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema in ${own} and t.table_schema in ${own} and t.table_type = 'BASE TABLE'
    order by c.table_schema, c.table_name, c.ordinal_position`.execute(db)
  const keys = await sql<KeyRow>`
    select table_name as \`table\`, table_schema as \`schema\`, index_name as \`key\`, column_name as \`column\`,
      sub_part as part
    from information_schema.statistics where table_schema in ${own} and non_unique = 0
    order by table_schema, table_name, index_name, seq_in_index`.execute(db)
  const foreignKeys = await sql<ForeignKeyRow>`
    select k.table_name as \`table\`, k.table_schema as \`schema\`, k.constraint_name as \`key\`,
      k.column_name as \`column\`, k.referenced_table_name as target, k.referenced_table_schema as targetSchema,
      k.referenced_column_name as reference, r.delete_rule as onDelete
    from information_schema.key_column_usage k
    left join information_schema.referential_constraints r on r.constraint_schema = k.constraint_schema
      and r.constraint_name = k.constraint_name and r.table_name = k.table_name
    where k.table_schema in ${own} and k.referenced_table_name is not null
    order by k.table_schema, k.table_name, k.constraint_name, k.ordinal_position`.execute(db)
  const json = await jsonColumns(db, own)
  const [shapes, others] = [columns.rows.filter(isShape), columns.rows.filter((row) => !isShape(row))]
  for (const { schema, table, name, type } of shapes)
    process.emitWarning(
      `The type ${type} of ${schema}.${table}.${name} is not supported: the column is left out`,
    )
  const current = columns.rows.find(({ isCurrent }) => isCurrent)?.schema
  const isPartial = new Set(
    keys.rows.filter(({ column, part }) => column === null || part !== null).map(keyOf),
  )
  const tables = tablesOf({
    columns: others.map((row) => columnOf(row, json)),
    keys: keys.rows
      .filter((row) => !isPartial.has(keyOf(row)))
      .map(({ table, schema, key, column }) => ({
        table,
        ...(schema !== current && { schema }),
        key,
        isPrimary: key === 'PRIMARY',
        column: column as string,
      })),
    foreignKeys: foreignKeys.rows.map(({ schema, targetSchema, onDelete, ...row }) => ({
      ...row,
      onDelete: json.isMariaDb && onDelete === 'RESTRICT' ? 'NO ACTION' : onDelete, // MariaDB: RESTRICT is no rule, too
      ...(schema !== current && { schema }),
      ...(targetSchema !== current && { targetSchema }),
    })),
  })
  return tables.map((table) => ({ ...table, namedKeys: namedKeys(keys.rows, table, current) }))
}

interface KeyRow {
  readonly table: string
  readonly schema: string
  readonly key: string
  /** Null for an expression. */
  readonly column: string | null
  /** The characters at the beginning of a text that are the key. */
  readonly part: number | null
}

function namedKeys(rows: readonly KeyRow[], { name, schema }: TableFacts, current: string | undefined) {
  const own = rows.filter((row) => row.table === name && row.schema === (schema ?? current))
  const groups = [...groupBy(own, ({ key }) => key)]
  const ofColumns = groups.filter(([, parts]) => parts.every(({ column }) => column !== null))
  return Object.fromEntries(
    ofColumns.map(([key, parts]) => [key, parts.map(({ column }) => column as string)]),
  )
}

const SHAPE = /^(geom(etry|(etry)?collection)|(multi)?(point|linestring|polygon))\b/i

/** Whether a column has geometry, which drivers return as objects of their own. */
function isShape({ type }: ColumnRow): boolean {
  return SHAPE.test(type)
}

interface ForeignKeyRow {
  readonly table: string
  readonly schema: string
  readonly key: string
  readonly column: string
  readonly target: string
  readonly targetSchema: string
  readonly reference: string
  /** Null for a user who may only read. */
  readonly onDelete: string | null
}

function columnOf(
  { table, schema, isCurrent, name, type, isNullable, extra, ...row }: ColumnRow,
  json: Json,
) {
  const isGenerated =
    /\b(virtual|stored|persistent) generated\b/i.test(extra) || /^(virtual|persistent)$/i.test(extra)
  const isIncrement = /auto_increment/i.test(extra)
  const hasDefault = row.default !== null && !(json.isMariaDb && row.default === 'NULL')
  return {
    table,
    ...(!isCurrent && { schema }),
    name,
    ...(json.columns.has(JSON.stringify([schema, table, name]))
      ? { type: 'json', kind: 'json' as const }
      : mysqlType(type)),
    isNullable: isNullable === 'YES',
    hasDefault: isGenerated || isIncrement || hasDefault,
    ...(json.isMariaDb && (isGenerated || hasDefault) && !isIncrement && { needsReturning: true }),
    isGenerated,
  }
}

interface Json {
  readonly isMariaDb: boolean
  readonly columns: ReadonlySet<string>
}

/** The JSON columns of MariaDB, where JSON is a text with a check. */
async function jsonColumns(db: Database, own: ReturnType<typeof sql>): Promise<Json> {
  const [server] = (await sql<{ version: string }>`select version() as version`.execute(db)).rows
  if (!server?.version.includes('MariaDB')) return { isMariaDb: false, columns: new Set() }
  const checks = await sql<{ schema: string; table: string; name: string; clause: string }>`
    select constraint_schema as \`schema\`, table_name as \`table\`, constraint_name as name, check_clause as clause
    from information_schema.check_constraints
    where constraint_schema in ${own} and check_clause like 'json_valid(%'`.execute(db)
  const found = checks.rows.map(({ schema, table, clause }) =>
    JSON.stringify([schema, table, checkedColumn(clause)]),
  )
  return { isMariaDb: true, columns: new Set(found) }
}

/** The column of a check: ``json_valid(`a`)``, or `json_valid("a")` by the SQL mode ANSI_QUOTES. */
function checkedColumn(clause: string): string | undefined {
  const [, quote = '', name] = /^json_valid\(([`"])(.+)\1\)$/.exec(clause) ?? []
  return name?.replaceAll(quote + quote, quote)
}

function keyOf({ schema, table, key }: { schema: string; table: string; key: string }): string {
  return JSON.stringify([schema, table, key])
}

/**
 * Refuses settings that change all values. mysql2 escapes values with backslashes: a session that takes these for text would run
 * values of clients as SQL. Without its type casts, all values are bytes.
 */
async function checkSettings(db: Database): Promise<void> {
  const { rows } = await sql<{ mode: unknown }>`select @@sql_mode as mode`.execute(db)
  const mode = rows[0]?.mode
  if (typeof mode !== 'string')
    throw new TypeError('The option typeCast: false of mysql2 is not supported: all values would be bytes')
  if (mode.split(',').includes('NO_BACKSLASH_ESCAPES'))
    throw new TypeError(
      'The SQL mode NO_BACKSLASH_ESCAPES is not supported: values that mysql2 escapes could run as SQL',
    )
}
