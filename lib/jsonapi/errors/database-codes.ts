/**
 * Codes of database errors: SQLSTATE of PostgreSQL, numbers of MySQL and MariaDB, names of SQLite, and those of Node for
 * connections.
 *
 * Texts are not read: they depend on the language of the server. The exception are errors of drivers that have no code, and three
 * errors of SQLite, which has one language.
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
  | 'denied'
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
  'too-long': '22001 54000 1406 SQLITE_TOOBIG', // 54000: for an index
  // also a division by zero, and the offset of a time zone
  'out-of-range': '22003 22008 22009 22012 22015 1264 1365 1690',
  'invalid-value':
    // also characters that a column does not have, and columns of different collations; of PostgreSQL all others of the class 22
    '42P22 1265 1267 1270 1271 1292 1366 1411 3140 3854 3988 SQLITE_MISMATCH SQLITE_CONSTRAINT_DATATYPE',
  // missing rights, policies of rows, views that cannot be changed or locked, columns of theirs that cannot
  denied: '42501 55000 0A000 1142 1143 1288 1348 1393 1395 1471',
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

/** The class of SQLSTATE for values, without the end of a sequence (2200H). */
const VALUE_CLASS = /^22(?!00H)[0-9A-Z]{3}$/

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
  /** The context of an error of PostgreSQL: `unnamed portal parameter $2`. */
  readonly where?: unknown
}

/**
 * The number of the parameter whose text PostgreSQL could not read, from 1; undefined for other errors.
 *
 * Some types have codes of their own for such texts: a `tsquery` that of a syntax error in SQL.
 */
export function parameterNumberOf({ where }: DriverError): number | undefined {
  const [, number] = (typeof where === 'string' && /\$(\d+)(?: = '|$)/m.exec(where)) || []
  return number === undefined ? undefined : Number(number)
}

/** The failure of an error; undefined for an error of another kind. */
export function failureOf(error: DriverError): Failure | undefined {
  const { code, errno, message } = error
  if (typeof errno === 'number' && errno > 0) return FAILURES.get(String(errno))
  if (typeof code !== 'string') return WITHOUT_CODE.includes(String(message)) ? 'unavailable' : undefined
  // SQLite runs ON DELETE RESTRICT as a trigger
  if (code === 'SQLITE_CONSTRAINT_TRIGGER' && message === 'FOREIGN KEY constraint failed')
    return 'foreign-key'
  const extended = code.match(/^SQLITE_(?:BUSY|LOCKED|CANTOPEN)(?=_)/) // SQLITE_BUSY_SNAPSHOT
  const known = FAILURES.get(extended?.[0] ?? code)
  if (known) return known
  if (code === 'SQLITE_ERROR' && message === 'integer overflow') return 'out-of-range'
  if (code === 'SQLITE_ERROR' && /^cannot modify .* because it is a view$/s.test(String(message)))
    return 'denied'
  if (UNAVAILABLE_CLASS.test(code)) return 'unavailable'
  return VALUE_CLASS.test(code) || parameterNumberOf(error) !== undefined ? 'invalid-value' : undefined
}
