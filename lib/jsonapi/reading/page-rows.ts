/** The rows of one page of a collection, or of the related resources of one row; and their total number. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { parameterError } from '../errors/issue.ts'
import type { Relation } from '../model/model.ts'
import type { Condition, SortKey } from '../query/condition.ts'
import { conditionSql } from '../query/condition-sql.ts'
import { isReversed } from '../query/cursor.ts'
import { cursorJson } from '../query/cursor-value.ts'
import { keysetCondition, placesCondition } from '../query/keyset.ts'
import { type Order, orderBySql, orderColumns, orderOf } from '../query/order-sql.ts'
import type { CursorPage, Page, Place } from '../query/page.ts'
import { resourceConditions, tableSql } from '../query/row-sql.ts'
import type { Scope } from '../query/scope.ts'
import { uniqueKeys } from '../query/sort.ts'
import type { Resource } from '../resource/resource.ts'
import { statementAlias } from './alias.ts'
import { isOneOf, type Key } from './keys.ts'
import { type Row, type Selection, selectedRows, selectList } from './selection.ts'
import { joinsSql, sourceOf, whereSql } from './source.ts'

/** The rows to read. */
export interface RowQuery {
  readonly condition?: Condition | undefined
  readonly sort: readonly SortKey[]
  /** The owner whose related rows are read; undefined: all rows of the table. */
  readonly owner?: Owner | undefined
  /** The places that the rows had in the order, which are found by the keys of them that do not change. Default: any. */
  readonly places?: readonly Place[]
}

/** The row whose related rows are read. */
export interface Owner {
  readonly resource: Resource
  readonly relation: Relation
  /** Undefined where it is null: there are no related rows. */
  readonly key: Key | undefined
}

/** The rows of a page, in order; between places one more than its size, and from its end if it is reversed. */
export interface PageRows {
  readonly rows: readonly Row[]
  /** The place of one of the rows, of a page between places. */
  placeOf(row: Row): Place
}

/** @throws {BadRequest} 400, for a place whose values are not those of the order. */
export async function pageRows(
  scope: Scope,
  resource: Resource,
  selection: Selection,
  query: RowQuery,
  page: Page,
): Promise<PageRows> {
  const { dialect } = scope
  const alias = scope.nextAlias()
  const { from, conditions } = restricted(scope, resource, alias, query)
  const order = orderOf(query.sort, alias, scope)
  if (query.places)
    conditions.push(placesCondition(query.places, order.keys, uniqueKeys(query.sort, resource), dialect))
  const isCursor = page.kind === 'cursor'
  const list = selectList(selection, alias, scope)
  if (isCursor) {
    list.push(
      ...orderColumns(order.keys, dialect).map(
        (key, index) => sql`${key} as ${sql.id(keyAlias(resource, index))}`,
      ),
    )
    conditions.push(...keysets(page, order, scope))
  }
  const by = orderBySql(order.keys, dialect, isCursor && isReversed(page))
  const statement = sql<Row>`select ${sql.join(list)} from ${from} ${joinsSql(order)}${whereSql(conditions)} order by ${by}${limitSql(page)}`
  const placeOf = (row: Row): Place =>
    order.keys.map((_, index) => cursorJson(row[keyAlias(resource, index)], dialect))
  return { rows: await selectedRows(scope, statement, selection), placeOf }
}

/** The number of rows of all pages together. */
export async function countRows(scope: Scope, resource: Resource, query: RowQuery): Promise<number> {
  const alias = scope.nextAlias()
  const { from, conditions } = restricted(scope, resource, alias, query)
  const statement = sql<{ total: unknown }>`select count(*) as total from ${from}${whereSql(conditions)}`
  return Number((await scope.rows(statement))[0]?.total ?? 0)
}

/** The tables and the conditions, the same for rows and their number. */
function restricted(
  scope: Scope,
  resource: Resource,
  alias: string,
  { condition, owner }: RowQuery,
): { from: RawBuilder<unknown>; conditions: Expression<SqlBool>[] } {
  const conditions = [...resourceConditions(resource, alias, scope)]
  if (condition) conditions.push(conditionSql(condition, alias, scope))
  if (!owner) return { from: sql`${tableSql(resource.model)} as ${sql.id(alias)}`, conditions }
  const { from, keyColumns, keyReference } = sourceOf(scope, owner.resource, owner.relation, resource, alias)
  const isOfOwner = owner.key
    ? isOneOf([owner.key], keyColumns, keyReference, scope.dialect)
    : sql<SqlBool>`1 = 0`
  return { from, conditions: [isOfOwner, ...conditions] }
}

function keysets(
  { after, before }: CursorPage,
  order: Order,
  { dialect }: Scope,
): readonly Expression<SqlBool>[] {
  return Object.entries({ after, before }).flatMap(([side, place]) => {
    if (place === undefined) return []
    const condition = keysetCondition(place, order.keys, side as 'after' | 'before', dialect)
    if (condition) return [condition]
    throw parameterError(`page[${side}]`, 'The value must be a cursor of this list in this order')
  })
}

function limitSql(page: Page): RawBuilder<unknown> {
  if (page.kind === 'number')
    return sql` limit ${sql.val(page.size)} offset ${sql.val((page.number - 1) * page.size)}`
  if (page.kind === 'cursor' && page.size !== undefined) return sql` limit ${sql.val(page.size + 1)}`
  return sql``
}

function keyAlias(resource: Resource, index: number): string {
  return statementAlias(resource, `key${index}`)
}
