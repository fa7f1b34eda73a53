/** Databases by their URL. Kysely and the drivers are optional packages, which are loaded here alone. */
import type { MysqlPool, PostgresPool, SqliteDatabase } from 'kysely'
import type { Database } from '../jsonapi/model/dialect.ts'
import { CommandError, messageOf } from './command.ts'
import type { DatabaseUrl } from './database-url.ts'

/** Drivers by the kind of the database; the first that is installed is used. */
const DRIVERS = { sqlite: ['libsql', 'better-sqlite3'], postgres: ['pg'], mysql: ['mysql2'] } as const

/** The parts of the drivers that are used. */
interface Drivers {
  readonly sqlite: new (file: string) => SqliteDatabase & { exec(statements: string): unknown }
  readonly postgres: { readonly Pool: new (options: { connectionString: string }) => PostgresPool & Emitter }
  readonly mysql: { createPool(url: string): MysqlPool }
}

interface Emitter {
  on(event: 'error', listener: () => void): unknown
}

/**
 * Makes the instance of Kysely, which opens the database at its first statement.
 *
 * @param canWrite false: SQLite refuses changes.
 * @throws {CommandError} with the npm command, for packages that are not installed.
 */
export async function openDatabase(url: DatabaseUrl, canWrite: boolean): Promise<Database> {
  const packages = [['polka'], ['kysely'], DRIVERS[url.kind]] as const
  const [polka, kysely, driver] = await Promise.all(packages.map(firstInstalled))
  const found = [polka, kysely, driver]
  const missing = packages.flatMap(([name], index) => (found[index] ? [] : [name]))
  if (missing.length > 0)
    throw new CommandError(`Packages are missing for ${url.shown}: npm install ${missing.join(' ')}`)
  const { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } = kysely as typeof import('kysely')
  const { default: exported } = driver as { readonly default: never }
  switch (url.kind) {
    case 'sqlite':
      return new Kysely({
        dialect: new SqliteDialect({ database: async () => openFile(exported, url.file, canWrite) }),
      })
    case 'postgres':
      return new Kysely({ dialect: new PostgresDialect({ pool: poolOf(exported, url.url) }) })
    case 'mysql': {
      const pool = (exported as Drivers['mysql']).createPool(url.url)
      return new Kysely({ dialect: new MysqlDialect({ pool }) })
    }
  }
}

function openFile(Driver: Drivers['sqlite'], file: string, canWrite: boolean): SqliteDatabase {
  const database = new Driver(file)
  database.exec('pragma busy_timeout = 5000')
  database.exec('pragma foreign_keys = on')
  if (!canWrite) database.exec('pragma query_only = on') // not all drivers have the option `readonly`
  return database
}

/** The pool replaces a connection that fails while it is idle; without a listener its error would be thrown. */
function poolOf({ Pool }: Drivers['postgres'], url: string): PostgresPool {
  const pool = new Pool({ connectionString: url })
  pool.on('error', () => undefined)
  return pool
}

/** The exports of the first package that is installed. @throws {CommandError} for one that cannot be loaded. */
async function firstInstalled(names: readonly string[]): Promise<unknown> {
  for (const name of names) {
    try {
      return await import(name)
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
      if (!isMissing) throw new CommandError(`The package ${name} cannot be loaded: ${messageOf(error)}`)
    }
  }
  return undefined
}
