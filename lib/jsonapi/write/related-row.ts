/**
 * Rows that a change of another resource writes: former owners, members, rows behind the lists of proxies.
 *
 * The permissions, the read-only fields and the base query of their own API hold, as in a request for the row itself. Its
 * methods do not matter: they choose the URLs of an API.
 */
import { groupBy } from '../../registry/group-by.ts'
import { databaseError } from '../errors/database-error.ts'
import { memberError } from '../errors/issue.ts'
import { pointerTo } from '../errors/pointer.ts'
import type { JoinTable } from '../model/model.ts'
import type { Row } from '../reading/selection.ts'
import { isKeyWritable } from '../resource/fields.ts'
import type { Resource } from '../resource/resource.ts'
import { type Action, notAllowed } from '../resource/resource-options.ts'
import type { Link, ProxyList } from './change.ts'
import type { WriteContext } from './context.ts'
import { deleteResource } from './delete.ts'
import type { Path } from './issues.ts'
import { changesId } from './owned-key.ts'
import { areVisible, changedKey, keyOf, keyValues, selectByKeys, type Values } from './row.ts'
import { checkShared, sharing } from './shared-key.ts'
import { insertRow, updateRows } from './statement.ts'

function readOnlyDetail(name: string, { type }: Resource): string {
  return `Members of "${name}" cannot be changed: the key in resources of type ${type} is read-only`
}

/** The detail of the error of a row that its base query would hide from the client. */
export function hiddenDetail({ type }: Resource): string {
  return `A resource of type ${type} would not be visible to you`
}

/**
 * Sets the foreign key of a link in the rows that have it.
 *
 * @param resource of the rows, or the base of their types.
 * @throws {HttpException} 403 for a row whose own API does not allow it, or whose base query would hide it from then on.
 */
export async function changeKey(
  context: WriteContext,
  resource: Resource,
  { relationship, path }: Link,
  rows: readonly Row[],
  values: Values,
): Promise<void> {
  const { name, relation } = relationship
  const fail = (detail: string) => memberError(403, path, detail)
  for (const [own, some] of byResource(resource, rows)) {
    const view = viewFor(context, own, 'update', path)
    if (!isKeyWritable(view, relation.isOwner ? relation.local : relation.remote))
      throw fail(readOnlyDetail(name, own))
    if (some.some((row) => changesId(context, own, row, values)))
      throw fail(
        `Members of "${name}" cannot be changed: the ids of resources of type ${own.type} depend on it`,
      )
    const keys = keysOf(context, own, some)
    const key = relation.isOwner ? relation.local : relation.remote
    if (sharing(own.model, [key], Object.keys(values)).length > 0)
      for (const row of await selectByKeys(context, own, keys, { isLocked: true, hasHidden: true }))
        await checkShared(context, own, { keys: [key], values, row, pathOf: () => path })
    await updateRows(context, own, keys, values)
    const changed = keys.map((key) => changedKey(key, values))
    if (!(await areVisible(context, own, changed))) throw fail(hiddenDetail(own))
  }
}

/** Deletes members that cannot be without the row. @throws {HttpException} 403 where the permissions do not allow it. */
export async function deleteMembers(
  context: WriteContext,
  { relationship, path }: Link,
  rows: readonly Row[],
): Promise<void> {
  for (const [own, some] of byResource(relationship.target, rows)) {
    viewFor(context, own, 'delete', path)
    const keys = keysOf(context, own, some)
    for (const row of await selectByKeys(context, own, keys, { isLocked: true, hasHidden: true }))
      await deleteResource(context, own, row)
  }
}

/**
 * The new row with a value of a proxy's list.
 *
 * @param values the value, and the key of the owner where the row has it. Else the base query may depend on its link.
 * @throws {HttpException} 403 where its own API does not allow it, or its base query would hide it; 422 where the database does not
 * store the row; an error of the database, at the list.
 */
export async function insertMember(
  context: WriteContext,
  { proxy: { relationship, attribute }, path }: ProxyList,
  values: Values,
): Promise<Row> {
  const { name, target, relation } = relationship
  const view = viewFor(context, target, 'create', path)
  const fail = (detail: string) => memberError(403, path, detail)
  if (!view.isWritable(attribute.name))
    throw fail(`The attribute "${attribute.name}" of resources of type ${target.type} is read-only`)
  const hasKey = !relation.through
  if (hasKey) {
    if (!isKeyWritable(view, relation.remote)) throw fail(readOnlyDetail(name, target))
    await checkShared(context, target, { keys: [relation.remote], values, pathOf: () => path })
  }
  const { key, row } = await atPath(path, () => insertRow(context, target, values, path))
  if (hasKey && !(await areVisible(context, target, [key]))) throw fail(hiddenDetail(target))
  return row
}

/** Errors of the database about columns of a row that the document does not show: at the value that the row is made of. */
async function atPath<T>(path: Path, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const pointerOf = (columns: readonly string[]) => (columns.length > 0 ? pointerTo(path) : undefined)
    throw databaseError(error, { pointerOf, columnsOfKey: (key) => [key] }) ?? error
  }
}

/** Checks the rows of an association that a relationship through it adds and removes. @throws {HttpException} 403. */
export function checkAssociation(
  context: WriteContext,
  { relationship: { relation, target }, path }: Link,
  { added, removed }: { readonly added: number; readonly removed: number },
): void {
  const { model, left, right } = relation.through as JoinTable
  const association = model === undefined ? undefined : target.lookup.ofModel(model)
  if (!association) return
  if (removed > 0) viewFor(context, association, 'delete', path)
  if (added === 0) return
  const view = viewFor(context, association, 'create', path)
  if (isKeyWritable(view, left) && isKeyWritable(view, right)) return
  throw memberError(403, path, readOnlyDetail(relation.name, association))
}

/** The resource as the client sees it, who is about to change its rows. @throws {HttpException} 403 where it may not. */
function viewFor(
  { request }: WriteContext,
  resource: Resource,
  operation: Action['operation'],
  path: Path,
): Resource {
  const view = request ? resource.for(request, operation) : resource
  if (view.allows(operation)) return view
  throw memberError(403, path, notAllowed(operation, resource.type))
}

/** Rows by the resource of their own type. */
function byResource(resource: Resource, rows: readonly Row[]): ReadonlyMap<Resource, readonly Row[]> {
  return groupBy(rows, (row) => resource.ofRow(row))
}

function keysOf(context: WriteContext, resource: Resource, rows: readonly Row[]): readonly Values[] {
  return rows.map((row) => keyValues(context, resource.model.columns, keyOf(resource), row))
}
