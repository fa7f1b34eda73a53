/** The rows of a resource in SQL: their table, and the condition that all of them meet. */
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import { codecOf } from '../model/codec.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Model } from '../model/model.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import type { Scope } from './scope.ts'

export function tableSql({ schema, table }: Pick<Model, 'schema' | 'table'>): RawBuilder<unknown> {
  return schema === undefined ? sql.id(table) : sql.id(schema, table)
}

/** The condition of the rows that are resources: that of {@link rowCondition}, and that they have a key. */
export function resourceConditions(
  resource: Resource,
  alias: string,
  scope: RowScope,
): readonly Expression<SqlBool>[] {
  const own = rowCondition(resource, alias, scope)
  const keys = resource.idColumns.filter(({ isNullableKey }) => isNullableKey)
  return [...(own ? [own] : []), ...keys.map(({ name }) => sql<SqlBool>`${sql.id(alias, name)} is not null`)]
}

/**
 * The end of a SELECT whose rows other writers cannot change until the end of the transaction.
 *
 * @param locksReferences whether no rows can be inserted that refer to them, either: PostgreSQL allows it otherwise.
 */
export function rowLock(dialect: Dialect, alias: string, locksReferences = false): RawBuilder<unknown> {
  if (dialect === 'sqlite') return sql`` // one writer at a time
  if (dialect === 'mysql') return sql` for update`
  return sql`${locksReferences ? sql` for update of ` : sql` for no key update of `}${sql.id(alias)}`
}

type RowScope = Pick<Scope, 'dialect' | 'request'>

/** The condition of all rows of a resource: the base query of its model, and those of its type and its subtypes. */
export function rowCondition(
  resource: Resource,
  alias: string,
  scope: RowScope,
): Expression<SqlBool> | undefined {
  const base = baseCondition(resource.model, alias, scope)
  const conditions = [...(base ? [base] : []), ...typeConditions(resource, alias, scope)]
  return conditions.length > 0 ? sql`${sql.join(conditions, sql` and `)}` : undefined
}

function baseCondition(
  { baseQuery }: Model,
  alias: string,
  { request }: RowScope,
): RawBuilder<SqlBool> | undefined {
  const base = baseQuery?.({ ref: (column) => sql.id(alias, column), request })
  return base && sql`(${base})`
}

/** The value of the discriminator; of a base type, that each row of a subtype is one that the subtype itself shows. */
function typeConditions(
  { model, subtypes }: Resource,
  alias: string,
  scope: RowScope,
): readonly RawBuilder<SqlBool>[] {
  const { discriminator, columns, baseQuery } = model
  const type = discriminator && columns[discriminator.column]
  if (!type) return []
  const codec = codecOf(type)
  const reference = sql.id(alias, type.name)
  const parameter = (text = ''): Expression<unknown> =>
    codec.bind(codec.parseText(text, type, scope.dialect), type, scope.dialect)
  const isValue = (value: string | undefined) => isSameText(scope, reference, parameter(value))
  if (discriminator.value !== undefined) return [isValue(discriminator.value)]
  return subtypes.flatMap(({ model: own, mayRead }) => {
    const base = own.baseQuery === baseQuery ? undefined : baseCondition(own, alias, scope)
    if (mayRead && !base) return []
    const shown = mayRead ? sql` or ${base}` : sql``
    return sql<SqlBool>`(${reference} is null or not (${isValue(own.discriminator?.value)})${shown})`
  })
}

/** Whether a discriminator is a value to the letter, whatever the collation of its column ignores (case, accents, spaces). */
function isSameText(
  { dialect }: RowScope,
  reference: Expression<unknown>,
  value: Expression<unknown>,
): RawBuilder<SqlBool> {
  if (dialect === 'postgres') return sql`${reference} = ${value}`
  if (dialect === 'sqlite') return sql`${reference} = ${value} collate binary`
  const bytes = (text: Expression<unknown>) => sql`cast(convert(${text} using utf8mb4) as binary)`
  return sql`${reference} = ${value} and ${bytes(reference)} = ${bytes(value)}` // the first one can use an index
}

/** Pairs of columns that are equal. */
function joinSql(
  alias: string,
  columns: readonly string[],
  other: string,
  otherColumns: readonly string[],
): RawBuilder<SqlBool> {
  const pairs = columns.map((column, index) => {
    return sql`${sql.id(alias, column)} = ${sql.id(other, otherColumns[index] as string)}`
  })
  return sql`${sql.join(pairs, sql` and `)}`
}

/** The related rows of a row: a FROM clause with the alias `inner`, and the condition that relates them. */
export function relatedRows(
  { relation, target }: Relationship,
  alias: string,
  inner: string,
  scope: Scope,
): { from: RawBuilder<unknown>; condition: RawBuilder<SqlBool> } {
  const table = sql`${tableSql(target.model)} as ${sql.id(inner)}`
  const { local, remote, through } = relation
  const own = resourceConditions(target, inner, scope)
  const and = own.length > 0 ? sql` and ${sql.join(own, sql` and `)}` : sql``
  if (!through) return { from: table, condition: sql`${joinSql(inner, remote, alias, local)}${and}` }
  const join = scope.nextAlias()
  return {
    from: sql`(${tableSql(through)} as ${sql.id(join)} inner join ${table} on ${joinSql(inner, remote, join, through.right)})`,
    condition: sql`${joinSql(join, through.left, alias, local)}${and}`,
  }
}
