/** Rows of a join table: the members of a many-to-many relationship. */
import { sql } from 'kysely'
import { memberError } from '../errors/issue.ts'
import type { JoinTable } from '../model/model.ts'
import { tableSql } from '../query/row-sql.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Link } from './change.ts'
import type { WriteContext } from './context.ts'
import { checkAssociation, hiddenDetail } from './related-row.ts'
import {
  areVisible,
  bind,
  type Columns,
  chunksOf,
  columnOf,
  isAnyOf,
  isEqual,
  keyValues,
  selectByKeys,
  selectList,
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
  mode: 'add' | 'replace' | 'remove',
): Promise<boolean> {
  const { relationship, members, path } = link
  const { relation, target } = relationship
  const table = relation.through as JoinTable
  const { columns } = target.model
  const pairs: Pairs = {
    table,
    columns: {
      ...renamed(model.columns, relation.local, table.left),
      ...renamed(columns, relation.remote, table.right),
    },
    own: rename(keyValues(context, model.columns, relation.local, row), table.left),
  }
  const given = byText(
    members.map((member) => rename(keyValues(context, columns, relation.remote, member.row), table.right)),
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
  for (const keys of chunksOf(added)) await insertPairs(context, pairs, keys)
  const changed = [...removed, ...added].map((key) => rename(key, relation.remote))
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
  const remote = keys.map((key) => rename(key, relation.remote))
  const rows = await selectByKeys(context, target, remote, { columns: relation.remote })
  const { right } = relation.through as JoinTable
  return rows.map((row) => rename(keyValues(context, target.model.columns, relation.remote, row), right))
}

/** Inserts pairs. One that another transaction adds at the same time, from the other side, is a repeated key: 409. */
async function insertPairs(context: WriteContext, pairs: Pairs, keys: readonly Values[]): Promise<void> {
  const { table, columns, own } = pairs
  const names = [...table.left, ...table.right]
  const rows = keys.map((key) => {
    const values: Values = { ...own, ...key }
    return sql`(${sql.join(names.map((name) => bind(context, columnOf(columns, name), values[name])))})`
  })
  await sql`insert into ${tableSql(table)} (${sql.join(names.map((name) => sql.id(name)))})
    values ${sql.join(rows)}`.execute(context.db)
}

async function deletePairs(context: WriteContext, pairs: Pairs, keys: readonly Values[]): Promise<void> {
  const { table, columns, own } = pairs
  await sql`delete from ${tableSql(table)}
    where ${isEqual(context, columns, own)} and ${isAnyOf(context, columns, keys)}`.execute(context.db)
}

/** The columns of one table under their names in another. */
function renamed(columns: Columns, from: readonly string[], to: readonly string[]): Columns {
  return Object.fromEntries(to.map((name, index) => [name, columnOf(columns, from[index] as string)]))
}

function rename(values: Values, to: readonly string[]): Values {
  const list = Object.values(values)
  return Object.fromEntries(to.map((name, index) => [name, list[index]]))
}

function byText(keys: readonly Values[]): ReadonlyMap<string, Values> {
  return new Map(keys.map((key) => [keyText(Object.values(key)), key]))
}

/** The keys that none of the others has. */
function without(
  keys: ReadonlyMap<string, Values>,
  ...others: readonly ReadonlyMap<string, Values>[]
): readonly Values[] {
  return [...keys].filter(([text]) => !others.some((other) => other.has(text))).map(([, key]) => key)
}
