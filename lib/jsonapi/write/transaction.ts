/**
 * The transaction of a request: committed after the last postprocessor, rolled back on any throw.
 *
 * The connection is held by `connection()` and not by the controlled transaction: Kysely would keep it for good after a
 * ROLLBACK that failed.
 */
import { type ControlledTransaction, sql } from 'kysely'
import { type Database, type Dialect, dialectOf } from '../model/dialect.ts'

// biome-ignore lint/suspicious/noExplicitAny: the tables are known at run time alone
type Transaction = ControlledTransaction<any>

/**
 * The result of `run`, after the commit. The first error decides: that of a ROLLBACK never takes its place.
 *
 * @param signal of the request: a client that leaves before the commit undoes its changes.
 */
export async function inTransaction<T>(
  db: Database,
  run: (transaction: Database) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const dialect = dialectOf(db)
  return db.connection().execute(async (connection) => {
    const transaction = await begin(connection, dialect)
    try {
      await lockFile(transaction, dialect)
      const result = await run(transaction)
      signal?.throwIfAborted()
      await assertIntact(transaction, dialect)
      await transaction.commit().execute()
      return result
    } catch (error) {
      await rollBack(connection, transaction)
      throw error
    }
  })
}

/**
 * Each statement reads what is committed, as on PostgreSQL by default. By its own default MariaDB reads the state of the first
 * read, also after the transaction has waited for a row that another one has changed.
 */
function begin(connection: Database, dialect: Dialect): Promise<Transaction> {
  const builder = connection.startTransaction()
  return (dialect === 'mysql' ? builder.setIsolationLevel('read committed') : builder).execute()
}

/**
 * Takes the lock of writers on SQLite at once: a transaction that reads first and writes later fails without waiting where
 * another process has written in between.
 */
async function lockFile(transaction: Transaction, dialect: Dialect): Promise<void> {
  if (dialect !== 'sqlite') return
  await sql`rollback`.execute(transaction)
  await sql`begin immediate`.execute(transaction)
}

/** PostgreSQL answers the COMMIT of a failed transaction without an error: it rolls back. */
async function assertIntact(transaction: Transaction, dialect: Dialect): Promise<void> {
  if (dialect === 'postgres') await sql`select 1`.execute(transaction)
}

/** A second ROLLBACK where the first fails: SQLite may have rolled back by itself; a pool discards a connection that is gone. */
async function rollBack(connection: Database, transaction: Transaction): Promise<void> {
  try {
    await transaction.rollback().execute()
  } catch {
    const handle = transaction.isRolledBack ? connection : transaction // the one that Kysely leaves usable
    await sql`rollback`.execute(handle).catch(() => undefined)
  }
}
