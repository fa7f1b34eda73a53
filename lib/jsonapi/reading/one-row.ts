/** The row of one id. */
import { type Expression, type SqlBool, sql } from 'kysely'
import { isImpossibleValue } from '../errors/database-error.ts'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import { rowCondition, tableSql } from '../query/row-sql.ts'
import type { Scope } from '../query/scope.ts'
import type { Resource } from '../resource/resource.ts'
import { driverValue, keyText } from './keys.ts'
import { type Row, type Selection, selectedRows, selectList } from './selection.ts'
import { whereSql } from './source.ts'

/** The row; undefined where there is none, and for a text that can be no id. */
export async function oneRow(
  scope: Scope,
  resource: Resource,
  id: string,
  selection: Selection,
): Promise<Row | undefined> {
  const values = resource.ids.parse(id, scope.dialect)
  if (!values) return undefined
  const alias = scope.nextAlias()
  const list = sql.join(selectList(selection, alias, scope))
  const own = rowCondition(resource, alias, scope)
  const where = whereSql([...hasId(resource, values, alias, scope.dialect), ...(own ? [own] : [])])
  const statement = sql<Row>`select ${list} from ${tableSql(resource.model)} as ${sql.id(alias)}${where}`
  const rows = await noneIfImpossible(selectedRows(scope, statement, selection))
  return rows?.find(
    (row) => resource.ofRow(row) === resource && isRowOf(resource, row, values, scope.dialect),
  )
}

/** Whether the id of a row is one to the letter, whatever the collation of its column ignores. @param values as of {@link hasId}. */
export function isRowOf(
  { idColumns }: Resource,
  row: Row,
  values: readonly unknown[],
  dialect: Dialect,
): boolean {
  const stored = idColumns.map((column) => driverValue(row[column.name], column, dialect))
  return keyText(stored) === keyText(values)
}

/** What a statement with the values of an id finds: nothing where the database refuses one as no value of its column. */
export async function noneIfImpossible<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (isImpossibleValue(error)) return undefined
    throw error
  }
}

/** Whether a row has an id: a condition per column. @param values that `ids.parse` has returned. */
function hasId(
  { idColumns }: Resource,
  values: readonly unknown[],
  alias: string,
  dialect: Dialect,
): readonly Expression<SqlBool>[] {
  return idColumns.map((column, index) => {
    const value = codecOf(column).bind(values[index], column, dialect)
    return sql`${sql.id(alias, column.name)} = ${value}`
  })
}
