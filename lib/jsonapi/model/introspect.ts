/** Models of the tables of a database. */

import type { Kysely } from 'kysely'
import { checkOptions, type Keys } from '../../registry/options.ts'
import { type Database, type Dialect, dialectOf } from './dialect.ts'
import { isInternalTable } from './internal-table.ts'
import type { Model } from './model.ts'
import { mysqlTables } from './mysql-tables.ts'
import { checkKeys, type Names } from './names.ts'
import { postgresTables } from './postgres-tables.ts'
import { sqliteTables } from './sqlite-tables.ts'
import type { TableFacts } from './table-facts.ts'
import { modelsOf } from './table-models.ts'

/** @typeParam Table names of tables; where they are given, the type of the result has their models. */
export interface IntrospectOptions<Table extends string = string> {
  /** Schemas of PostgreSQL, databases of MySQL. Default: the current ones. */
  readonly schemas?: readonly string[]
  /** Tables to read. Default: all. */
  readonly tables?: readonly Table[]
  /** Tables and columns to leave out: `['session', 'person.password']`. */
  readonly exclude?: readonly string[]
  /** Names in place of those that the database suggests. */
  readonly names?: Names
}

// biome-ignore lint/suspicious/noExplicitAny: the tables are known at run time alone
type Any = any

const KEYS: Keys<IntrospectOptions> = { schemas: true, tables: true, exclude: true, names: true }

/** The models of these tables, else of all. Their types are those of the tables in the interface of the Kysely instance. */
export type Models<DB, Table extends string = never> = {
  [K in [Table] extends [never] ? (unknown extends DB ? string : keyof DB & string) : Table]: Model<
    K extends keyof DB ? DB[K] : unknown,
    K
  >
}

type Reader = (db: Database, schemas?: readonly string[]) => Promise<TableFacts[]>

const READERS: Readonly<Record<Dialect, Reader>> = {
  sqlite: sqliteTables,
  postgres: postgresTables,
  mysql: mysqlTables,
}

/**
 * Reads the tables of a database: columns, keys, and relations between them.
 *
 *     const models = await introspect(db)      models.article.relations.author
 *
 * A table without a primary key has no model, nor have the table of idempotency keys and those of Kysely's migrations. A table
 * that only relates rows of two others is a relation of both.
 *
 * @returns Models by the names of their tables; of known ones: `introspect<'person' | 'article'>(db)`.
 * @throws {TypeError} for a table or a column in the options that the database does not have, and for a table in `tables` that
 *   can have no model.
 */
export async function introspect<const Table extends string = never, DB = Any>(
  db: Kysely<DB>,
  options: IntrospectOptions<Table> = {},
): Promise<Models<DB, Table>> {
  checkOptions('introspect()', options, KEYS)
  const { schemas, exclude = [], names } = options
  const tables: readonly string[] | undefined = options.tables
  const dialect = dialectOf(db)
  if (schemas && (dialect === 'sqlite' || schemas.length === 0)) {
    throw new TypeError(dialect === 'sqlite' ? 'schemas is for PostgreSQL and MySQL' : 'schemas is empty')
  }
  const all = await READERS[dialect](db.withoutPlugins(), schemas)
  const known = all.map(({ name }) => name)
  checkKeys(recordOf(tables ?? []), known, 'The database')
  const columns = all.flatMap((table) => table.columns.map(({ name }) => `${table.name}.${name}`))
  checkKeys(recordOf(exclude), [...known, ...columns], 'The database')
  const own = all.filter((table) => !isInternalTable(table))
  const refused = tables?.find((table) => !own.some(({ name }) => name === table))
  if (refused !== undefined)
    throw new TypeError(`tables has '${refused}', which is a table of Mazurka or Kysely, and no model`)
  const left = new Set(exclude)
  const chosen = own.filter(({ name }) => !left.has(name) && (tables?.includes(name) ?? true))
  return modelsOf(
    chosen.map((table) => without(table, left)),
    names,
  ) as Record<string, Model> as Models<DB, Table>
}

function recordOf(names: readonly string[]): Record<string, true> {
  return Object.fromEntries(names.map((name) => [name, true]))
}

/** A table without some of its columns, and without the foreign keys that need them. */
function without(table: TableFacts, columns: ReadonlySet<string>): TableFacts {
  const isLeft = (name: string) => columns.has(`${table.name}.${name}`)
  if (table.primaryKey.some(isLeft)) {
    throw new TypeError(`exclude has a column of the primary key of '${table.name}'`)
  }
  return {
    ...table,
    columns: table.columns.filter(({ name }) => !isLeft(name)),
    uniqueKeys: table.uniqueKeys.filter((key) => !key.some(isLeft)),
    foreignKeys: table.foreignKeys.filter((key) => !key.columns.some(isLeft)),
  }
}
