/**
 * Codes of database errors: SQLSTATE of PostgreSQL, numbers of MySQL and MariaDB, names of SQLite, and those of Node for
 * connections.
 *
 * Texts are not read: they depend on the language of the server. The exception are errors of drivers that have no code.
 */

/** What has happened, as far as a client can do something about it. */
export type Failure =
  | 'unique'
  | 'foreign-key'
  | 'not-null'
  | 'check'
  | 'too-long'
  | 'out-of-range'
  | 'invalid-value'
  | 'busy'
  | 'unavailable'

type Codes = Readonly<Record<Failure, string>>

const CODES: Codes = {
  unique:
    '23505 23P01 1062 1169 1586 SQLITE_CONSTRAINT_UNIQUE SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_CONSTRAINT_ROWID',
  'foreign-key': '23503 23001 1216 1217 1451 1452 SQLITE_CONSTRAINT_FOREIGNKEY',
  'not-null': '23502 1048 1263 1364 SQLITE_CONSTRAINT_NOTNULL',
  // also conditions of views, and errors that triggers raise
  check: '23514 44000 P0001 1369 1644 3819 4025 SQLITE_CONSTRAINT_CHECK SQLITE_CONSTRAINT_TRIGGER',
  'too-long': '22001 1406 SQLITE_TOOBIG',
  // also a division by zero
  'out-of-range': '22003 22008 22012 1264 1365 1690',
  'invalid-value':
    // also XML that is not well-formed, and characters that a column does not have
    `22007 22021 22026 22P02 22P05 2200M 2200N 2200S 2200T 1265 1267 1270 1271 1292 1366 1411 3140 3854 3988
    SQLITE_MISMATCH SQLITE_CONSTRAINT_DATATYPE`,
  // serialization failures, deadlocks, locks that are not free, statements that take too long
  busy: '40001 40P01 55P03 57014 1020 1205 1213 1969 3024 3058 3572 SQLITE_BUSY SQLITE_LOCKED',
  unavailable: `1040 1041 1053 1080 1129 1158 1159 1160 1161 1203 1226 1290 1792 1927 2006 2013 4031 25006
    SQLITE_CANTOPEN SQLITE_FULL PROTOCOL_CONNECTION_LOST POOL_CLOSED POOL_ENQUEUELIMIT
    ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH`,
}

const FAILURES = new Map(
  Object.entries(CODES).flatMap(([failure, codes]) =>
    codes.split(/\s+/).map((code) => [code, failure as Failure] as const),
  ),
)

/** Classes of SQLSTATE: connections, resources, the operator's intervention. */
const UNAVAILABLE_CLASS = /^(?:08|53|57)[0-9A-Z]{3}$/

/** Errors of pg, pg-pool and mysql2 that have no code. */
const WITHOUT_CODE: readonly string[] = [
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'Queue limit reached.',
  'No connections available.',
  'Pool is closed.',
  "Can't add new command when connection is in closed state",
]

/** An error of a driver, as far as it is known. */
export interface DriverError {
  readonly code?: unknown
  /** A number of MySQL; of connection errors that of the operating system, below zero. */
  readonly errno?: unknown
  readonly message?: unknown
}

/** The failure of an error; undefined for an error of another kind. */
export function failureOf({ code, errno, message }: DriverError): Failure | undefined {
  if (typeof errno === 'number' && errno > 0) return FAILURES.get(String(errno))
  if (typeof code !== 'string') return WITHOUT_CODE.includes(String(message)) ? 'unavailable' : undefined
  const extended = code.match(/^SQLITE_(?:BUSY|LOCKED|CANTOPEN)(?=_)/) // SQLITE_BUSY_SNAPSHOT
  return FAILURES.get(extended?.[0] ?? code) ?? (UNAVAILABLE_CLASS.test(code) ? 'unavailable' : undefined)
}
