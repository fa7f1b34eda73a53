/** Rows of a join table: the members of a many-to-many relationship. */
import { type RawBuilder, sql } from 'kysely'
import { memberError } from '../errors/issue.ts'
import { codecOf } from '../model/codec.ts'
import type { JoinTable, Relation } from '../model/model.ts'
import { tableSql } from '../query/row-sql.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Link, Mode } from './change.ts'
import type { WriteContext } from './context.ts'
import type { Path } from './issues.ts'
import { checkAssociation, hiddenDetail } from './related-row.ts'
import {
  areVisible,
  bind,
  type Columns,
  chunksOf,
  columnOf,
  columnsAs,
  isAnyOf,
  isEqual,
  keyValues,
  selectByKeys,
  type Values,
} from './row.ts'

/** A side of a join table: its columns, and the values of one row. */
interface Pairs {
  readonly table: JoinTable
  readonly columns: Columns
  /** The columns that refer to the row itself. */
  readonly own: Values
}

/** Whether anything has changed. */
export async function changeJoinRows(
  context: WriteContext,
  { model }: Resource,
  row: Row,
  link: Link,
  mode: Mode,
): Promise<boolean> {
  const { relationship, members, path } = link
  const { relation, target } = relationship
  const table = relation.through as JoinTable
  const { columns } = target.model
  const pairs: Pairs = {
    table,
    columns: {
      ...columnsAs(model.columns, relation.local, table.left),
      ...columnsAs(columns, relation.remote, table.right),
    },
    own: keyValues(context, model.columns, relation.local, row, table.left),
  }
  const given = byText(
    members.map((member) => keyValues(context, columns, relation.remote, member.row, table.right)),
  )
  const stored = byText(
    await storedKeys(context, pairs, mode === 'replace' ? undefined : [...given.values()]),
  )
  const others = mode === 'remove' ? [] : without(stored, given)
  const visible = byText(await visibleOf(context, relationship, others))
  const gone = mode === 'replace' ? without(visible, given) : []
  const removed = mode === 'remove' ? [...stored.values()] : gone
  const added = mode === 'remove' ? [] : without(given, stored, visible)
  checkAssociation(context, link, { added: added.length, removed: removed.length })
  for (const keys of chunksOf(removed)) await deletePairs(context, pairs, keys)
  for (const keys of chunksOf(added)) await insertPairs(context, pairs, keys, path)
  const changed = [...removed, ...added].map((key) => remoteKey(relation, key))
  if (!(await areVisible(context, target, changed))) throw memberError(403, path, hiddenDetail(target))
  return removed.length + added.length > 0
}

/** The keys of related rows in the join table: of all, or of some. */
async function storedKeys(
  context: WriteContext,
  { table, columns, own }: Pairs,
  among?: readonly Values[],
): Promise<readonly Values[]> {
  const found: Values[] = []
  for (const keys of among ? chunksOf(among) : [undefined]) {
    const isOwn = isEqual(context, columns, own)
    const condition = keys ? sql`${isOwn} and ${isAnyOf(context, columns, keys)}` : isOwn
    const { rows } = await sql<Row>`select ${selectList(context, columns, table.right)}
      from ${tableSql(table)} where ${condition}`.execute(context.db)
    for (const row of rows) found.push(keyValues(context, columns, table.right, row))
  }
  return found
}

/**
 * The keys whose rows the client can see: a replacement leaves the others.
 *
 * They are spelled as in the related rows, which the join table may spell in another way where the collation allows it.
 */
async function visibleOf(
  context: WriteContext,
  { relation, target }: Link['relationship'],
  keys: readonly Values[],
): Promise<readonly Values[]> {
  if (keys.length === 0) return []
  const { remote, through } = relation
  const remoteKeys = keys.map((key) => remoteKey(relation, key))
  const rows = await selectByKeys(context, target, remoteKeys, { columns: remote })
  return rows.map((row) => keyValues(context, target.model.columns, remote, row, through?.right))
}

/**
 * Inserts pairs. One that another transaction adds at the same time, from the other side, is a repeated key: 409.
 *
 * @throws {HttpException} 422 where a trigger skips a pair.
 */
async function insertPairs(
  context: WriteContext,
  pairs: Pairs,
  keys: readonly Values[],
  path: Path,
): Promise<void> {
  const { table, columns, own } = pairs
  const names = [...table.left, ...table.right]
  const rows = keys.map((key) => {
    const values: Values = { ...own, ...key }
    return sql`(${sql.join(names.map((name) => bind(context, columnOf(columns, name), values[name])))})`
  })
  const { numAffectedRows } =
    await sql`insert into ${tableSql(table)} (${sql.join(names.map((name) => sql.id(name)))})
    values ${sql.join(rows)}`.execute(context.db)
  if (numAffectedRows === undefined || Number(numAffectedRows) === keys.length) return
  if ((await storedKeys(context, pairs, keys)).length < keys.length)
    throw memberError(422, path, 'The database did not store a member of the relationship')
}

async function deletePairs(context: WriteContext, pairs: Pairs, keys: readonly Values[]): Promise<void> {
  const { table, columns, own } = pairs
  await sql`delete from ${tableSql(table)}
    where ${isEqual(context, columns, own)} and ${isAnyOf(context, columns, keys)}`.execute(context.db)
}

/** The key of a related row by the names of its own columns, from that of the join table. */
function remoteKey({ remote, through }: Relation, key: Values): Values {
  return Object.fromEntries(remote.map((name, index) => [name, key[through?.right[index] as string]]))
}

function byText(keys: readonly Values[]): ReadonlyMap<string, Values> {
  return new Map(keys.map((key) => [keyText(Object.values(key)), key]))
}

/** The items whose keys none of the others has. */
export function without<T>(
  items: ReadonlyMap<string, T>,
  ...others: readonly ReadonlyMap<string, T>[]
): readonly T[] {
  return [...items].filter(([text]) => !others.some((other) => other.has(text))).map(([, item]) => item)
}

/** Columns of a join table, which have the types of those that they refer to. */
function selectList(context: WriteContext, columns: Columns, names: readonly string[]): RawBuilder<unknown> {
  return sql.join(
    names.map((name) => {
      const column = columnOf(columns, name)
      return sql`${codecOf(column).select(sql.id(name), column, context.dialect)} as ${sql.id(name)}`
    }),
  )
}
