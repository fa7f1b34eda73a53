/**
 * Members of relationships whose key is not in the row itself: in the related rows, or in a join table.
 *
 * Only the difference is written: what is a member already stays as it is, with all columns of its join row.
 */
import { memberError } from '../errors/issue.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Link, Mode } from './change.ts'
import type { WriteContext } from './context.ts'
import { changeJoinRows, without } from './join-row.ts'
import { changeKey, deleteMembers } from './related-row.ts'
import { identityOf, isEqual, keyOf, keyTextOf, keyValues, selectByKeys, selectRows } from './row.ts'
import { emptyKey } from './shared-key.ts'

export interface MemberOptions {
  /** Whether members are deleted that are removed and cannot be without the row. Default false. */
  readonly deleteOrphans?: boolean
}

/** Whether anything has changed. */
export async function changeMembers(
  context: WriteContext,
  resource: Resource,
  row: Row,
  link: Link,
  mode: Mode,
  options: MemberOptions = {},
): Promise<boolean> {
  if (link.relationship.relation.through) return changeJoinRows(context, resource, row, link, mode)
  return changeKeys(context, resource, row, link, mode, options)
}

/** Changes the foreign keys of the related rows. */
async function changeKeys(
  context: WriteContext,
  resource: Resource,
  row: Row,
  link: Link,
  mode: Mode,
  options: MemberOptions,
): Promise<boolean> {
  const { relation, target } = link.relationship
  const { local, remote } = relation
  const { columns } = target.model
  const own = keyValues(context, resource.model.columns, local, row, remote)
  const ownText = keyTextOf(context, resource.model.columns, local, row)
  const names = keyOf(target)
  const isMember = (row: Row) => keyTextOf(context, columns, remote, row) === ownText
  const selection = { columns: [...new Set([...identityOf(target), ...remote])], isLocked: true }
  const keys = link.members.map(({ row }) => keyValues(context, columns, names, row))
  const stored =
    mode === 'replace'
      ? await selectRows(context, target, isEqual(context, columns, own), selection)
      : (await selectByKeys(context, target, keys, selection)).filter(isMember) // they may have moved meanwhile
  const byKey = (rows: readonly Row[]) =>
    new Map(rows.map((each) => [keyTextOf(context, columns, names, each), each]))
  const given = byKey(link.members.map((member) => member.row))
  const before = byKey(stored)
  const removed = mode === 'add' ? [] : mode === 'remove' ? [...before.values()] : without(before, given)
  const added = mode === 'remove' ? [] : without(given, before)
  await removeKeys(context, link, removed, options)
  await changeKey(context, target, link, added, own)
  return removed.length + added.length > 0
}

async function removeKeys(
  context: WriteContext,
  link: Link,
  rows: readonly Row[],
  { deleteOrphans = false }: MemberOptions,
): Promise<void> {
  if (rows.length === 0) return
  const { relation, target, name } = link.relationship
  const empty = emptyKey(target.model, relation.remote)
  if (empty) await changeKey(context, target, link, rows, empty)
  else if (deleteOrphans) await deleteMembers(context, link, rows)
  else
    throw memberError(
      403,
      link.path,
      `Members of "${name}" cannot be removed: a ${target.type} always belongs to one`,
    )
}
