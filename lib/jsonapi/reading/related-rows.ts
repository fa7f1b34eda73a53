/** One statement for a relationship of many resources: the related rows, each with the key of the row it belongs to. */
import { type Expression, type RawBuilder, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Column, Relation } from '../model/model.ts'
import type { Condition, SortKey } from '../query/condition.ts'
import { conditionSql } from '../query/condition-sql.ts'
import { orderBySql, orderOf } from '../query/order-sql.ts'
import { resourceConditions, rowLock } from '../query/row-sql.ts'
import type { Scope } from '../query/scope.ts'
import { resolveSort } from '../query/sort.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import { statementAlias } from './alias.ts'
import { chunksOf, isOneOf, type Key } from './keys.ts'
import { type Row, type Selection, selectedRows, selectList, withColumns } from './selection.ts'
import { joinsSql, sourceOf, whereSql } from './source.ts'

/** Restrictions on the members of an included relationship. */
export interface RelatedQuery {
  readonly condition?: Condition | undefined
  readonly sort?: readonly SortKey[]
  /** Members per resource, at most. */
  readonly limit?: number | undefined
  readonly offset?: number
  /** Members of all resources together, at most. Default: no limit. */
  readonly most?: number
  /** Whether other writers of the related rows wait until the end of the transaction. Not with `limit`. */
  readonly isLocked?: boolean
  /** The other parameters of the URL that has the members beyond the limit. */
  readonly rest?: Readonly<Record<string, string>>
}

/** The values of `relation.local` that a row of {@link relatedRows} belongs to. */
export function ownerKey(row: Row, { relation, target }: Relationship): Key {
  const { local, remote, through } = relation
  return through ? local.map((_, index) => row[ownerAlias(target, index)]) : remote.map((name) => row[name])
}

/**
 * The related rows of several resources.
 *
 * @param keys of the resources: the values of `relation.local`.
 */
export async function relatedRows(
  scope: Scope,
  owner: Resource,
  { relation, target }: Pick<Relationship, 'relation' | 'target'>,
  keys: readonly Key[],
  selection: Selection,
  query: RelatedQuery = {},
): Promise<readonly Row[]> {
  const rows: Row[] = []
  const { most = Number.POSITIVE_INFINITY } = query
  const complete = relation.through ? selection : withColumns(selection, target, relation.remote)
  const owners = relation.through
    ? relation.local.map((name, index) => ({
        ...(owner.model.columns[name] as Column),
        name: ownerAlias(target, index),
      }))
    : []
  const columns = owners.length > 0 ? [...complete.columns, ...owners] : complete.columns
  for (const chunk of chunksOf(keys)) {
    if (rows.length >= most) break
    const bounded = { ...query, most: most - rows.length }
    const statement = relatedStatement(scope, owner, relation, target, chunk, complete, bounded)
    for (const row of await selectedRows(scope, statement, { columns })) rows.push(row)
  }
  return rows
}

function relatedStatement(
  scope: Scope,
  owner: Resource,
  relation: Relation,
  target: Resource,
  keys: readonly Key[],
  selection: Selection,
  { condition, sort, limit, offset = 0, most = Number.POSITIVE_INFINITY, isLocked = false }: RelatedQuery,
): RawBuilder<Row> {
  const { dialect } = scope
  const alias = scope.nextAlias()
  const { from, keyColumns, keyReference } = sourceOf(scope, owner, relation, target, alias)
  const order = orderOf(sort ?? resolveSort([], target), alias, scope)
  const by = orderBySql(order.keys, dialect)
  const joins = joinsSql(order)
  const where = [
    isOneOf(keys, keyColumns, keyReference, dialect),
    ...resourceConditions(target, alias, scope),
    ...(condition ? [conditionSql(condition, alias, scope)] : []),
  ]
  const joined = relation.through ? keyColumns : []
  const ownerKeys = joined.map(
    (column, index) =>
      sql`${keyValue(column, keyReference(index), scope)} as ${sql.id(ownerAlias(target, index))}`,
  )
  const columns = [...selectList(selection, alias, scope), ...ownerKeys]
  const bound = most < Number.POSITIVE_INFINITY ? sql` limit ${sql.val(most)}` : sql``
  if (limit === undefined)
    return sql`select ${sql.join(columns)} from ${from} ${joins}${whereSql(where)} order by ${by}${bound}${isLocked ? rowLock(dialect, alias) : sql``}`
  const partition = sql.join(keyColumns.map((_, index) => keyReference(index)))
  const rank = sql.id(statementAlias(target, 'rank'))
  const ranked = sql`row_number() over (partition by ${partition} order by ${by}) as ${rank}`
  const inner = sql`select ${sql.join([...columns, ranked])} from ${from} ${joins}${whereSql(where)}`
  return sql`select * from (${inner}) as ${sql.id('ranked')} where ${rank} > ${sql.val(offset)} and ${rank} <= ${sql.val(offset + limit)} order by ${rank}${bound}`
}

function keyValue(column: Column, reference: Expression<unknown>, { dialect }: Scope): Expression<unknown> {
  return codecOf(column).select(reference, column, dialect)
}

function ownerAlias(target: Resource, index: number): string {
  return statementAlias(target, `owner${index}`)
}
