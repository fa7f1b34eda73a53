/** The facts of a table, as the catalogues of all databases have them. */
import { groupBy } from '../../registry/group-by.ts'
import type { Column } from './model.ts'

/** A table with its columns, in order. Names are those of the database. */
export interface TableFacts {
  readonly name: string
  /** Undefined where the table is found without it. */
  readonly schema?: string
  readonly columns: readonly ColumnFacts[]
  readonly primaryKey: readonly string[]
  /** The columns of every unique key, apart from the primary one. */
  readonly uniqueKeys: readonly (readonly string[])[]
  /** Columns by the names of their unique keys, also of keys of the beginning of a text. Of MySQL and MariaDB. */
  readonly namedKeys?: Readonly<Record<string, readonly string[]>>
  readonly foreignKeys: readonly ForeignKey[]
}

type ColumnFacts = Omit<Column, 'isUnique'>

export interface ForeignKey {
  readonly columns: readonly string[]
  /** The table that it refers to. */
  readonly table: string
  readonly schema?: string
  /** Columns of that table, in the order of `columns`. Empty: its primary key. */
  readonly references: readonly string[]
  /** In lower case: `cascade`, `set null`. Undefined where the role may not read it. */
  readonly onDelete?: string
}

/** The facts of all tables, from rows of a catalogue. */
interface CatalogueRows {
  readonly columns: readonly (ColumnFacts & Of)[]
  /** One row for each column of a key, in its order. */
  readonly keys: readonly (Of & {
    readonly key: string
    readonly isPrimary: boolean
    readonly column: string
  })[]
  readonly foreignKeys: readonly (Of & ForeignKeyColumn)[]
}

interface Of {
  readonly table: string
  readonly schema?: string
}

interface ForeignKeyColumn {
  readonly key: string
  readonly column: string
  readonly target: string
  readonly targetSchema?: string
  readonly reference: string | null
  readonly onDelete: string | null
}

/** Groups rows by their tables. */
export function tablesOf({ columns, keys, foreignKeys }: CatalogueRows): TableFacts[] {
  const keysOf = groupBy(keys, idOf)
  const foreignKeysOf = groupBy(foreignKeys, idOf)
  return [...groupBy(columns, idOf)].map(([id, own]) => {
    const { table, schema } = own[0] as Of
    const groups = [...groupBy(keysOf.get(id) ?? [], ({ key }) => key).values()]
    const names = (isPrimary: boolean) =>
      groups
        .filter(([first]) => first?.isPrimary === isPrimary)
        .map((rows) => rows.map(({ column }) => column))
    return {
      name: table,
      ...(schema !== undefined && { schema }),
      columns: own.map(({ table: _, schema: __, ...column }) => column),
      primaryKey: names(true)[0] ?? [],
      uniqueKeys: names(false),
      foreignKeys: [...groupBy(foreignKeysOf.get(id) ?? [], ({ key }) => key).values()].map(foreignKeyOf),
    }
  })
}

function foreignKeyOf(rows: readonly ForeignKeyColumn[]): ForeignKey {
  const { target, targetSchema, onDelete } = rows[0] as ForeignKeyColumn
  return {
    columns: rows.map(({ column }) => column),
    table: target,
    ...(targetSchema !== undefined && { schema: targetSchema }),
    references: rows.flatMap(({ reference }) => reference ?? []),
    ...(onDelete !== null && { onDelete: onDelete.toLowerCase() }),
  }
}

function idOf({ table, schema = '' }: Of): string {
  return JSON.stringify([schema, table])
}
