/** INSERT, UPDATE and DELETE of rows by their keys. */
import { randomUUID } from 'node:crypto'
import { type Expression, type QueryResult, sql } from 'kysely'
import { memberError } from '../errors/issue.ts'
import { codecOf } from '../model/codec.ts'
import type { Column } from '../model/model.ts'
import { columnList } from '../query/column-list.ts'
import { tableSql } from '../query/row-sql.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { WriteContext } from './context.ts'
import type { Path } from './issues.ts'
import {
  bind,
  chunksOf,
  columnOf,
  columnsOf,
  discriminatorValue,
  isAnyOf,
  isEqual,
  keyOf,
  keyValues,
  selectByKeys,
  selectRows,
  type Values,
  withColumns,
} from './row.ts'
import { firstVersion, nextVersion } from './version.ts'

/** A new row, as the database has it: its key, and all of its columns. */
interface Inserted {
  readonly key: Values
  readonly row: Row
}

/**
 * Inserts a row. The base query does not matter.
 *
 * @param path of the value in the document that the row is made of.
 * @throws {HttpException} 422 at the path, where a trigger skips the row.
 */
export async function insertRow(
  context: WriteContext,
  resource: Resource,
  given: Values,
  path: Path,
): Promise<Inserted> {
  const key = await insertedKey(context, resource, given)
  const condition = key && isEqual(context, resource.model.columns, key)
  const [row] = condition ? await selectRows(context, resource, condition, { hasHidden: true }) : []
  if (key && row) return { key, row }
  throw memberError(422, path, 'The database did not store the resource')
}

/** Inserts a row. Its key, undefined where the database has returned none of those that it generates. */
async function insertedKey(
  context: WriteContext,
  resource: Resource,
  given: Values,
): Promise<Values | undefined> {
  const { model } = resource
  const key = keyOf(resource)
  const values = { ...given, ...defaultsOf(context, resource, given) }
  const names = Object.keys(values)
  const isMysql = context.dialect === 'mysql'
  const list = sql.join(names.map((name) => sql.id(name)))
  const binds = names.map((name) => bind(context, columnOf(model.columns, name), values[name]))
  const row =
    names.length > 0 || isMysql
      ? sql`(${names.length > 0 ? list : sql``}) values (${names.length > 0 ? sql.join(binds) : sql``})`
      : sql`default values`
  const isGiven = (name: string) => Object.hasOwn(values, name)
  const isReturned = (name: string) => !isGiven(name) && columnOf(model.columns, name).needsReturning
  const returning =
    isMysql && !key.some(isReturned) ? sql`` : sql` returning ${columnList(columnsOf(model, key), context)}`
  const statement = sql<Row>`insert into ${tableSql(model)} ${row}${returning}`
  const result = await withColumns(values, () => statement.execute(context.db))
  const [inserted] = result.rows
  if (inserted) return keyValues(context, model.columns, key, inserted)
  if (result.insertId !== undefined && key.some((name) => isGiven(name) && Number(values[name]) === 0))
    throw memberError(422, ['data', 'id'], 'The id 0 is not possible: the database generates another one')
  if (!isMysql && !key.every(isGiven)) return undefined
  return Object.fromEntries(
    key.map((name) => [
      name,
      isGiven(name) ? values[name] : generatedId(context, columnOf(model.columns, name), result),
    ]),
  )
}

/** The value that AUTO_INCREMENT has generated. MySQL returns no other. */
function generatedId({ dialect }: WriteContext, column: Column, { insertId }: QueryResult<unknown>): unknown {
  if (insertId === undefined) {
    throw new Error(`The database does not return the value of '${column.name}': it has no AUTO_INCREMENT`)
  }
  return codecOf(column).parseText(String(insertId), column, dialect)
}

/** Values that a new row has besides those of the document. */
function defaultsOf(context: WriteContext, resource: Resource, given: Values): Values {
  const { model } = resource
  const values: Record<string, unknown> = {}
  const type = discriminatorValue(context, model)
  if (model.discriminator && type !== undefined) values[model.discriminator.column] = type
  const version = model.version === undefined ? undefined : columnOf(model.columns, model.version)
  if (version && !version.hasDefault) values[version.name] = firstVersion(context, version)
  for (const name of keyOf(resource)) {
    const column = columnOf(model.columns, name)
    if (column.kind === 'uuid' && !column.hasDefault && !Object.hasOwn(given, name))
      values[name] = randomUUID()
  }
  return values
}

/**
 * Sets columns of rows, and counts their version on. Other writers wait for the end of the transaction.
 *
 * @param row the locked row of a single key, where it is known: a version that is a time is later than the one it has.
 */
export async function updateRows(
  context: WriteContext,
  resource: Resource,
  keys: readonly Values[],
  values: Values,
  row?: Row,
): Promise<void> {
  const { model } = resource
  const version = model.version === undefined ? undefined : columnOf(model.columns, model.version)
  if (version?.kind === 'datetime' && !row) return updateEach(context, resource, keys, values, version)
  const assignments: Expression<unknown>[] = Object.entries(values).map(
    ([name, value]) => sql`${sql.id(name)} = ${bind(context, columnOf(model.columns, name), value)}`,
  )
  if (version) assignments.push(sql`${sql.id(version.name)} = ${nextVersion(context, version, row)}`)
  if (assignments.length === 0) return
  for (const chunk of chunksOf(keys)) {
    const statement = sql`update ${tableSql(model)} set ${sql.join(assignments)}
      where ${isAnyOf(context, model.columns, chunk)}`
    await withColumns(values, () => statement.execute(context.db))
  }
}

/** Each row by a statement of its own, because the next version depends on the one that it has. */
async function updateEach(
  context: WriteContext,
  resource: Resource,
  keys: readonly Values[],
  values: Values,
  version: Column,
): Promise<void> {
  const { columns } = resource.model
  const names = keyOf(resource)
  const selection = { columns: [...new Set([...names, version.name])], isLocked: true, hasHidden: true }
  for (const row of await selectByKeys(context, resource, keys, selection))
    await updateRows(context, resource, [keyValues(context, columns, names, row)], values, row)
}

export async function deleteRows(
  context: WriteContext,
  { model }: Resource,
  keys: readonly Values[],
): Promise<void> {
  for (const chunk of chunksOf(keys)) {
    await sql`delete from ${tableSql(model)} where ${isAnyOf(context, model.columns, chunk)}`.execute(
      context.db,
    )
  }
}
