/** The tables of a statement: that of a resource, with the join table of a many-to-many relation. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Column, JoinTable, Relation } from '../model/model.ts'
import type { Order } from '../query/order-sql.ts'
import { tableSql } from '../query/row-sql.ts'
import type { Scope } from '../query/scope.ts'
import type { Resource } from '../resource/resource.ts'

interface Source {
  readonly from: RawBuilder<unknown>
  /** The columns of the owner that the key has the values of. */
  readonly keyColumns: readonly Column[]
  readonly keyReference: (index: number) => Expression<unknown>
}

/** The related table, with its join table where there is one, and where the key of the owner is in them. */
export function sourceOf(
  scope: Scope,
  owner: Resource,
  relation: Relation,
  target: Resource,
  alias: string,
): Source {
  const { local, remote, through } = relation
  const table = sql`${tableSql(target.model)} as ${sql.id(alias)}`
  const keyColumns = local.map((name) => owner.model.columns[name] as Column)
  if (!through)
    return { from: table, keyColumns, keyReference: (index) => sql.id(alias, remote[index] as string) }
  const join = scope.nextAlias()
  const on = remote.map(
    (name, index) => sql`${sql.id(join, through.right[index] as string)} = ${sql.id(alias, name)}`,
  )
  return {
    from: sql`${table} inner join ${pairsSql(through)} as ${sql.id(join)} on ${sql.join(on, sql` and `)}`,
    keyColumns,
    keyReference: (index) => sql.id(join, through.left[index] as string),
  }
}

/** A join table, with each pair once. */
function pairsSql(through: JoinTable): RawBuilder<unknown> {
  if (!through.hasDuplicates) return tableSql(through)
  const columns = sql.join([...through.left, ...through.right].map((name) => sql.id(name)))
  return sql`(select distinct ${columns} from ${tableSql(through)})`
}

/** The WHERE clause; none without conditions, which a count of all rows is faster without. */
export function whereSql(conditions: readonly Expression<SqlBool>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`` : sql` where ${sql.join(conditions, sql` and `)}`
}

/** The joins that an order needs. */
export function joinsSql({ joins }: Order): RawBuilder<unknown> {
  return joins.length === 0 ? sql`` : sql.join(joins, sql` `)
}
