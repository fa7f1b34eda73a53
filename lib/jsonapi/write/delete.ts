/**
 * Deletion of a resource. Related rows follow the rules of the database; where it has none, optional foreign keys become
 * NULL and join rows go, as with an object-relational mapper. A required key without a rule is a conflict, as is any key
 * with ON DELETE RESTRICT. In all cases the versions of rows whose keys change count on.
 */
import { sql } from 'kysely'
import type { Relation } from '../model/model.ts'
import { tableSql } from '../query/row-sql.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { WriteContext } from './context.ts'
import { columnsAs, isEqual, keyOf, keyValues, selectRows } from './row.ts'
import { checkShared, emptyKey, sharing } from './shared-key.ts'
import { deleteRows, updateRows } from './statement.ts'

/** No rule: the database refuses to delete a row only while others refer to it. */
const NO_RULE: readonly (string | undefined)[] = [undefined, 'no action']

/** Rules by which it changes the rows that refer to it. */
const CHANGES: readonly (string | undefined)[] = ['set null', 'set default']

/** Deletes a locked row. */
export async function deleteResource(context: WriteContext, resource: Resource, row: Row): Promise<void> {
  for (const relation of Object.values(resource.model.relations)) {
    if (relation.through) {
      if (!relation.isReadOnly && relation.onDelete !== 'restrict')
        await deleteJoinRows(context, resource, relation, row)
    } else if (relation.isOwner) continue
    else if (NO_RULE.includes(relation.onDelete)) await clearKeys(context, resource, relation, row)
    else if (CHANGES.includes(relation.onDelete)) await countVersions(context, resource, relation, row)
  }
  await deleteRows(context, resource, [keyValues(context, resource.model.columns, keyOf(resource), row)])
}

async function deleteJoinRows(
  context: WriteContext,
  { model }: Resource,
  { local, through }: Relation,
  row: Row,
): Promise<void> {
  if (!through) return
  const columns = columnsAs(model.columns, local, through.left)
  const key = keyValues(context, model.columns, local, row, through.left)
  await sql`delete from ${tableSql(through)} where ${isEqual(context, columns, key)}`.execute(context.db)
}

async function clearKeys(
  context: WriteContext,
  resource: Resource,
  relation: Relation,
  row: Row,
): Promise<void> {
  const target = resource.lookup.ofModel(relation.target)
  const empty = target && emptyKey(target.model, relation.remote)
  if (!empty) return
  const key = keyValues(context, resource.model.columns, relation.local, row, relation.remote)
  const change = { keys: [relation.remote], values: empty }
  if (sharing(target.model, change.keys, Object.keys(empty)).length > 0) {
    const condition = isEqual(context, target.model.columns, key)
    const holders = await selectRows(context, target, condition, { isLocked: true, hasHidden: true })
    for (const holder of holders) await checkShared(context, target, { ...change, row: holder })
  }
  await updateRows(context, target, [key], empty)
}

/** Counts the versions of rows on, whose keys the database itself changes. */
async function countVersions(
  context: WriteContext,
  { model, lookup }: Resource,
  { target, local, remote }: Relation,
  row: Row,
): Promise<void> {
  const changed = lookup.ofModel(target)
  if (changed?.model.version === undefined) return
  await updateRows(context, changed, [keyValues(context, model.columns, local, row, remote)], {})
}
