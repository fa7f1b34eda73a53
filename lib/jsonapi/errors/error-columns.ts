/**
 * The columns that an error of a database names.
 *
 *     Key (tenant, "emailAddress")=(1, a@b.c) already exists.     → tenant, emailAddress
 *     UNIQUE constraint failed: person.tenant, person.email       → tenant, email
 *     Data too long for column 'email' at row 1                   → email
 *
 * Some texts have the value of a client as well, which may look like a name in quotes: there the name is read from its side of
 * the value alone.
 */
import type { DriverError, Failure } from './database-codes.ts'

/** An error of PostgreSQL names its column, or has the columns of a key in its detail. */
export interface NamingError extends DriverError {
  readonly column?: unknown
  readonly detail?: unknown
}

const WITHOUT_COLUMN: readonly Failure[] = ['check', 'denied', 'busy', 'unavailable']

/** @param columnsOfKey the columns of a key that MySQL names, of which it does not name the columns. */
export function columnsOf(
  failure: Failure,
  error: NamingError,
  columnsOfKey: (key: string) => readonly string[],
): readonly string[] {
  const { column, detail, errno, message } = error
  if (typeof column === 'string') return [column]
  if (WITHOUT_COLUMN.includes(failure)) return []
  const text = String(message)
  if (typeof errno === 'number' && failure === 'unique') {
    const [, key] = /'([^']*)'[^']*$/.exec(text) ?? []
    return key === undefined ? [] : columnsOfKey(key)
  }
  if (typeof errno === 'number') return mysqlColumns(failure, errno, text)
  if (failure !== 'unique' && failure !== 'foreign-key' && failure !== 'not-null') return []
  return typeof detail === 'string' ? postgresColumns(detail) : sqliteColumns(text)
}

/** The first list in parentheses, before the values: names in double quotes, where they need these. */
const POSTGRES_KEY = /^[^(]*\(((?:"[^"]*"|[^"()])*)\)=\(/

function postgresColumns(detail: string): string[] {
  const [, list = ''] = POSTGRES_KEY.exec(detail) ?? []
  return [...list.matchAll(/"((?:[^"]|"")*)"|[^", ]+/g)].map(
    ([name, quoted]) => quoted?.replaceAll('""', '"') ?? name,
  )
}

/** `table.column` for each column; the text has no values. */
function sqliteColumns(text: string): string[] {
  const [, table, list] = /constraint failed: ([^.]+)\.(.+)$/.exec(text) ?? []
  return list === undefined ? [] : list.split(`, ${table}.`)
}

const PARENT_IS_REFERENCED = 1451

const FOREIGN_KEY = /FOREIGN KEY \((.+?)\) REFERENCES .+? \((.+?)\)/

/** Of an error with the value: `Incorrect integer value: 'x' for column 'age' at row 1`, or with the names of the table. */
const AFTER_VALUE = /^.* column (?:.*\.)?(["'`])(.+)\1 at row \d+$/s

function mysqlColumns(failure: Failure, errno: number, text: string): string[] {
  if (failure === 'foreign-key') {
    const [, own = '', referenced = ''] = FOREIGN_KEY.exec(text) ?? []
    const list = errno === PARENT_IS_REFERENCED ? referenced : own
    return [...list.matchAll(/(["`])(.+?)\1/g)].map(([, , name]) => name as string)
  }
  if (failure === 'invalid-value') return listOf(AFTER_VALUE.exec(text)?.[2])
  return listOf(/'([^']+)'/.exec(text)?.[1])
}

function listOf(name: string | undefined): string[] {
  return name === undefined ? [] : [name]
}
