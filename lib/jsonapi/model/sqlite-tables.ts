/** Tables of SQLite: the pragmas as tables, one statement for all tables. */
import { sql } from 'kysely'
import type { Database } from './dialect.ts'
import { sqliteType } from './sqlite-type.ts'
import { type TableFacts, tablesOf } from './table-facts.ts'

interface ColumnRow {
  readonly table: string
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  readonly pk: number
  readonly hidden: number
  /** Columns of the primary key. */
  readonly parts: number
  readonly wr: number
}

/** A default of NULL, with comments around it. */
const NULL = /^\s*(--[^\n]*\n|\/\*[\s\S]*?\*\/|\s)*null\b\s*(--|\/\*|$)/i

export async function sqliteTables(db: Database): Promise<TableFacts[]> {
  const tables = sql`(select name, wr from pragma_table_list
    where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\')`
  const columns = await sql<ColumnRow>`
    select t.name as "table", t.wr, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden,
      max(c.pk) over (partition by t.name) as parts
    from ${tables} as t join pragma_table_xinfo(t.name) as c where c.hidden <> 1 order by t.name, c.cid`.execute(
    db,
  )
  const uniqueKeys = await sql<{ table: string; key: string; column: string | null }>`
    select t.name as "table", i.name as "key", c.name as "column"
    from ${tables} as t join pragma_index_list(t.name) as i join pragma_index_info(i.name) as c
    where i."unique" = 1 and i.partial = 0 and i.origin <> 'pk' order by t.name, i.seq desc, c.seqno`.execute(
    db,
  )
  const foreignKeys = await sql<ForeignKeyRow>`
    select t.name as "table", k.id as "key", k."from" as "column", k."table" as target, k."to" as reference,
      k.on_delete as "onDelete"
    from ${tables} as t join pragma_foreign_key_list(t.name) as k order by t.name, k.id desc, k.seq`.execute(
    db,
  )
  return tablesOf({
    columns: columns.rows.map(columnOf),
    keys: [
      ...columns.rows
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => a.pk - b.pk)
        .map(({ table, name }) => ({ table, key: 'primary', isPrimary: true, column: name })),
      ...columnKeys(uniqueKeys.rows),
    ],
    foreignKeys: foreignKeys.rows.map((row) => ({ ...row, key: String(row.key) })),
  })
}

interface ForeignKeyRow {
  readonly table: string
  readonly key: number
  readonly column: string
  readonly target: string
  readonly reference: string | null
  readonly onDelete: string
}

function columnOf({ table, name, type, notnull, dflt_value, pk, hidden, parts, wr }: ColumnRow) {
  const isRowId = pk === 1 && parts === 1 && wr === 0 && type.toUpperCase() === 'INTEGER'
  const isGenerated = hidden > 1
  return {
    table,
    name,
    ...sqliteType(type),
    isNullable: notnull === 0 && pk === 0,
    ...(notnull === 0 && pk > 0 && !isRowId && { isNullableKey: true }),
    hasDefault: isRowId || isGenerated || (dflt_value !== null && !NULL.test(dflt_value)),
    isGenerated,
  }
}

/** Keys of columns: an index on an expression has no names. */
function columnKeys(rows: readonly { table: string; key: string; column: string | null }[]) {
  const others = new Set(rows.filter(({ column }) => column === null).map(({ key }) => key))
  return rows
    .filter(({ key }) => !others.has(key))
    .map(({ table, key, column }) => ({ table, key, isPrimary: false, column: column as string }))
}
