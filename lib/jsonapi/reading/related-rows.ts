/** One statement for a relationship of many resources: the related rows, each with the key of the row it belongs to. */
import { type Expression, type RawBuilder, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Column, Relation } from '../model/model.ts'
import type { Condition, SortKey } from '../query/condition.ts'
import { conditionSql } from '../query/condition-sql.ts'
import { orderBySql, orderOf } from '../query/order-sql.ts'
import { rowCondition } from '../query/row-sql.ts'
import type { Scope } from '../query/scope.ts'
import { resolveSort } from '../query/sort.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import { chunksOf, isOneOf, type Key } from './keys.ts'
import type { Row } from './selection.ts'
import { and, joinsSql, sourceOf } from './source.ts'

/** Restrictions on the members of an included relationship. */
export interface RelatedQuery {
  readonly condition?: Condition | undefined
  readonly sort?: readonly SortKey[]
  /** Members per resource, at most. */
  readonly limit?: number | undefined
  readonly offset?: number
  /** The other parameters of the URL that has the members beyond the limit. */
  readonly rest?: Readonly<Record<string, string>>
}

/** The columns of the key in a row that {@link relatedRows} returns. */
export function ownerKey(row: Row, relation: Relation): Key {
  return relation.local.map((_, index) => row[ownerColumn(index)])
}

/**
 * The related rows of several resources.
 *
 * @param keys of the resources: the values of `relation.local`.
 * @param list of the SELECT, for the alias of the related table.
 */
export async function relatedRows(
  scope: Scope,
  owner: Resource,
  { relation, target }: Pick<Relationship, 'relation' | 'target'>,
  keys: readonly Key[],
  list: (alias: string) => readonly RawBuilder<unknown>[],
  query: RelatedQuery = {},
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const chunk of chunksOf(keys)) {
    const statement = relatedStatement(scope, owner, relation, target, chunk, list, query)
    for (const row of await scope.rows(statement)) rows.push(row)
  }
  return rows
}

function relatedStatement(
  scope: Scope,
  owner: Resource,
  relation: Relation,
  target: Resource,
  keys: readonly Key[],
  list: (alias: string) => readonly RawBuilder<unknown>[],
  { condition, sort, limit, offset = 0 }: RelatedQuery,
): RawBuilder<Row> {
  const { dialect } = scope
  const alias = scope.nextAlias()
  const { from, keyColumns, keyReference } = sourceOf(scope, owner, relation, target, alias)
  const order = orderOf(sort ?? resolveSort([], target), alias, scope)
  const by = orderBySql(order.keys, dialect)
  const joins = joinsSql(order)
  const where = [
    isOneOf(keys, keyColumns, keyReference, dialect),
    ...[rowCondition(target, alias, scope)].flatMap((one) => one ?? []),
    ...(condition ? [conditionSql(condition, alias, scope)] : []),
  ]
  const ownerKeys = keyColumns.map(
    (column, index) => sql`${keyValue(column, keyReference(index), scope)} as ${sql.id(ownerColumn(index))}`,
  )
  const columns = [...list(alias), ...ownerKeys]
  if (limit === undefined)
    return sql`select ${sql.join(columns)} from ${from} ${joins} where ${and(where)} order by ${by}`
  const partition = sql.join(keyColumns.map((_, index) => keyReference(index)))
  const rank = sql`row_number() over (partition by ${partition} order by ${by}) as ${sql.id(RANK)}`
  const inner = sql`select ${sql.join([...columns, rank])} from ${from} ${joins} where ${and(where)}`
  return sql`select * from (${inner}) as ${sql.id('ranked')} where ${sql.id(RANK)} > ${sql.val(offset)} and ${sql.id(RANK)} <= ${sql.val(offset + limit)} order by ${sql.id(RANK)}`
}

const RANK = '@rank'

function keyValue(column: Column, reference: Expression<unknown>, { dialect }: Scope): Expression<unknown> {
  return codecOf(column).select(reference, column, dialect)
}

function ownerColumn(index: number): string {
  return `@owner${index}`
}
