/** The SQL dialect of a Kysely instance. */
import { type Kysely, MysqlAdapter, PostgresAdapter, SqliteAdapter } from 'kysely'

export type Dialect = 'sqlite' | 'postgres' | 'mysql'

/** A database of any tables. */
// biome-ignore lint/suspicious/noExplicitAny: the tables are known at run time alone
export type Database = Kysely<any>

/** @throws {TypeError} for a value that is no Kysely instance, and for another dialect. */
export function dialectOf(db: Database): Dialect {
  const adapter: unknown = typeof db?.getExecutor === 'function' ? db.getExecutor().adapter : undefined
  if (!adapter) throw new TypeError('db is a Kysely instance: new Kysely({ dialect })')
  const name = adapter.constructor.name
  if (adapter instanceof SqliteAdapter || name === 'SqliteAdapter') return 'sqlite'
  if (adapter instanceof PostgresAdapter || name === 'PostgresAdapter') return 'postgres'
  if (adapter instanceof MysqlAdapter || name === 'MysqlAdapter') return 'mysql'
  throw new TypeError(
    `The dialect with the adapter '${name}' is not supported: use SQLite, PostgreSQL, MySQL or MariaDB`,
  )
}
