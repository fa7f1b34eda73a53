/** Keys that relate rows: values of columns as they were selected, compared with the columns of another table. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { base64Of, bytesOf } from '../../json/bytes.ts'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Column } from '../model/model.ts'
import { ValueError } from '../model/value.ts'
import { combine } from '../query/combine.ts'
import type { Row } from './selection.ts'

/** Values of several columns. */
export type Key = readonly unknown[]

/** Values of the keys of one statement, so that no database meets its limit of parameters. */
const MOST_VALUES = 5000

/** The key of a row; undefined where one of its columns is null. */
export function keyOf(row: Row, names: readonly string[]): Key | undefined {
  const key = names.map((name) => row[name])
  return key.some((value) => value === null || value === undefined) ? undefined : key
}

/** The text that is the same for equal keys only, also of two tables. */
export function keyText(key: Key): string {
  return key.length === 1 ? textOf(key[0]) : JSON.stringify(key.map(textOf))
}

function textOf(value: unknown): string {
  const bytes = bytesOf(value)
  return bytes ? base64Of(bytes) : String(value)
}

/** Different keys, in groups that one statement takes. */
export function chunksOf(keys: Iterable<Key>): readonly (readonly Key[])[] {
  const different = [...new Map([...keys].map((key) => [keyText(key), key])).values()]
  const size = Math.ceil(MOST_VALUES / (different[0]?.length ?? 1))
  const chunks: Key[][] = []
  for (let from = 0; from < different.length; from += size) chunks.push(different.slice(from, from + size))
  return chunks
}

/** A value for the driver of a selected one. One that no client could send, as another program may have stored it, stays as it is served. */
export function driverValue(value: unknown, column: Column, dialect: Dialect): unknown {
  const codec = codecOf(column)
  const served = codec.serialize(value, column, dialect)
  try {
    return codec.parse(served, column, dialect)
  } catch (error) {
    if (error instanceof ValueError) return served
    throw error
  }
}

function keyParameter(value: unknown, column: Column, dialect: Dialect): Expression<unknown> {
  return codecOf(column).bind(driverValue(value, column, dialect), column, dialect)
}

/** Whether the columns have one of the keys. */
export function isOneOf(
  keys: readonly Key[],
  columns: readonly Column[],
  referenceTo: (index: number) => Expression<unknown>,
  dialect: Dialect,
): Expression<SqlBool> {
  const [column] = columns
  if (columns.length === 1 && column) {
    const values = keys.map(([value]) => keyParameter(value, column, dialect))
    return sql`${referenceTo(0)} in (${sql.join(values)})`
  }
  const rows = keys.map((key) => {
    const parts = columns.map(
      (part, index) => sql`${referenceTo(index)} = ${keyParameter(key[index], part, dialect)}`,
    )
    return sql<SqlBool>`(${sql.join(parts, sql` and `)})`
  })
  return combine(rows, 'or')
}
