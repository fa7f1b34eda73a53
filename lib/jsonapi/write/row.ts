/** Rows in SQL: selected in the form of the codecs, found by their keys, seen through the base query. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { BoundedCache } from '../../registry/bounded-cache.ts'
import { oncePerObject } from '../../registry/once-per-object.ts'
import { parameterNumberOf } from '../errors/database-codes.ts'
import { codecOf } from '../model/codec.ts'
import type { Column, Model } from '../model/model.ts'
import { ownValue } from '../model/own-value.ts'
import { allColumns, columnList } from '../query/column-list.ts'
import { combine } from '../query/combine.ts'
import { rowCondition, rowLock, tableSql } from '../query/row-sql.ts'
import { ONLY_ALIAS } from '../query/scope.ts'
import { driverValue, type Key, keyText } from '../reading/keys.ts'
import { type Row, withNumbers } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { WriteContext } from './context.ts'

/** Values for the driver, as codecs parse them, by the names of their columns. */
export type Values = Readonly<Record<string, unknown>>

/** Columns by their names in the statement. */
export type Columns = Readonly<Record<string, Column>>

type Condition = Expression<SqlBool>

/** Keys of one statement, at most: SQLite takes 32,766 parameters. */
const CHUNK = 1000

/** The columns that identify a row for UPDATE and DELETE. */
export function keyOf(resource: Resource): readonly string[] {
  const { primaryKey } = resource.model
  return primaryKey.length > 0 ? primaryKey : resource.idNames
}

/** A value for the driver of a selected one. */
export function keyValue(context: WriteContext, column: Column, selected: unknown): unknown {
  return selected === null || selected === undefined ? null : driverValue(selected, column, context.dialect)
}

/** The values of columns of a selected row. @param as their names in another table, if they are for it. */
export function keyValues(
  context: WriteContext,
  columns: Columns,
  names: readonly string[],
  row: Row,
  as: readonly string[] = names,
): Values {
  const values = keyOfRow(context, columns, names, row)
  return Object.fromEntries(as.map((name, index) => [name, values[index]]))
}

/** A text that rows with equal values of columns have, also of two tables. */
export function keyTextOf(
  context: WriteContext,
  columns: Columns,
  names: readonly string[],
  row: Row,
): string {
  return keyText(keyOfRow(context, columns, names, row))
}

/** The values in the order of the names, which an object with names of digits does not keep. */
function keyOfRow(context: WriteContext, columns: Columns, names: readonly string[], row: Row): Key {
  return names.map((name) => keyValue(context, columnOf(columns, name), row[name]))
}

/** The key of a row after a change of columns. */
export function changedKey(key: Values, changes: Values): Values {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, ownValue(changes, name) ?? value]),
  )
}

/** The columns that identify a row, its resource, and its type. */
export function identityOf(resource: Resource): readonly string[] {
  const { discriminator } = resource.model
  return [
    ...new Set([...keyOf(resource), ...resource.idNames, ...(discriminator ? [discriminator.column] : [])]),
  ]
}

export function bind(context: WriteContext, column: Column, value: unknown): Expression<unknown> {
  return value === null ? sql`null` : codecOf(column).bind(value, column, context.dialect)
}

/**
 * Runs a statement whose first parameters are values of columns. PostgreSQL's errors about one of them get the name of the
 * column, as others have it.
 */
export async function withColumns<T>(values: Values, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const number = parameterNumberOf(Object(error))
    const bound = Object.keys(values).filter((name) => values[name] !== null)
    if (number !== undefined && number <= bound.length)
      Object.assign(error as object, { column: bound[number - 1] })
    throw error
  }
}

/** Whether columns have the values: `a = 1 and b = 2`. */
export function isEqual(context: WriteContext, columns: Columns, values: Values): Condition {
  const conditions = Object.entries(values).map(
    ([name, value]) => sql<SqlBool>`${sql.id(name)} = ${bind(context, columnOf(columns, name), value)}`,
  )
  return sql<SqlBool>`(${sql.join(conditions, sql` and `)})`
}

/** Whether columns have one of several lists of values. */
export function isAnyOf(context: WriteContext, columns: Columns, keys: readonly Values[]): Condition {
  const [name, ...others] = Object.keys(keys[0] ?? {})
  if (name === undefined) return sql<SqlBool>`1 = 0`
  if (others.length > 0) {
    const each = keys.map((key) => isEqual(context, columns, key))
    return combine(each, 'or')
  }
  const column = columnOf(columns, name)
  return sql<SqlBool>`${sql.id(name)} in (${sql.join(keys.map((key) => bind(context, column, key[name])))})`
}

interface Selection {
  /** Default: all. */
  readonly columns?: readonly string[]
  /** Whether other writers wait until the end of the transaction. */
  readonly isLocked?: boolean
  /** Whether no rows are added meanwhile that refer to locked ones. */
  readonly locksReferences?: boolean
  /** Whether rows are there that the base query hides. */
  readonly hasHidden?: boolean
}

/** The rows that meet a condition on unqualified columns. */
export async function selectRows(
  context: WriteContext,
  resource: Resource,
  condition: Condition,
  { columns, isLocked = false, locksReferences = false, hasHidden = false }: Selection = {},
): Promise<readonly Row[]> {
  const { model } = resource
  const table = sql`${tableSql(model)} as ${sql.id(ONLY_ALIAS)}`
  const visible = hasHidden ? undefined : rowCondition(resource, ONLY_ALIAS, context)
  const conditions = visible ? [condition, visible] : [condition]
  const selected = columnsOf(model, columns)
  const { rows } = await sql<Row>`
    select ${columnList(selected, context)}
    from ${table} where ${sql.join(conditions, sql` and `)}${isLocked ? rowLock(context.dialect, ONLY_ALIAS, locksReferences) : sql``}`.execute(
    context.db,
  )
  return withNumbers(rows, selected, context.dialect)
}

/** The rows with one of many keys; statements of a bounded length. */
export async function selectByKeys(
  context: WriteContext,
  resource: Resource,
  keys: readonly Values[],
  selection?: Selection,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const chunk of chunksOf(keys)) {
    const condition = isAnyOf(context, resource.model.columns, chunk)
    for (const row of await selectRows(context, resource, condition, selection)) rows.push(row)
  }
  return rows
}

/** Whether the client sees the rows of all keys. */
export async function areVisible(
  context: WriteContext,
  resource: Resource,
  keys: readonly Values[],
): Promise<boolean> {
  if (keys.length === 0 || !rowCondition(resource, ONLY_ALIAS, context)) return true
  const rows = await selectByKeys(context, resource, keys, { columns: Object.keys(keys[0] as Values) })
  return rows.length >= keys.length
}

export function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK)
}

/** Columns by their names. Default: all. Always the same list: its text is made once. */
export function columnsOf({ columns }: Model, names?: readonly string[]): readonly Column[] {
  return names ? NAMED(columns).get(JSON.stringify(names)) : allColumns(columns)
}

/** By the JSON of their names. */
const NAMED = /* @__PURE__ */ oncePerObject(
  (columns: Columns) =>
    new BoundedCache((names) => (JSON.parse(names) as string[]).map((name) => columnOf(columns, name))),
)

/** The columns of one table under their names in another. */
export function columnsAs(columns: Columns, from: readonly string[], to: readonly string[]): Columns {
  return Object.fromEntries(to.map((name, index) => [name, columnOf(columns, from[index] as string)]))
}

export function columnOf(columns: Columns, name: string): Column {
  const column = ownValue(columns, name)
  if (!column) throw new TypeError(`The model has no column '${name}'`)
  return column
}

/** The discriminator in rows of the model; undefined without one. */
export function discriminatorValue(context: WriteContext, model: Model): unknown {
  const { column, value } = model.discriminator ?? {}
  if (column === undefined || value === undefined) return undefined
  const type = columnOf(model.columns, column)
  return codecOf(type).parseText(value, type, context.dialect)
}
