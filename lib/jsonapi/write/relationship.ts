/** Changes at the URL of a relationship: add, replace or remove members, set or clear a to-one relationship. */
import { Forbidden } from '../../exceptions/client-errors.ts'
import { MissingData } from '../errors/deserialization-exceptions.ts'
import type { Row } from '../reading/selection.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import type { Mode } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure, Issues, isObject } from './issues.ts'
import { formError, loadExisting, loadLinks, parseLinkage } from './linkage.ts'
import { changeMembers, type MemberOptions } from './member.ts'
import { ownedColumns } from './owned-key.ts'
import { areVisible, keyOf, keyValues } from './row.ts'
import { updateRows } from './statement.ts'
import { updateResource } from './update.ts'

export interface RelationshipOptions extends MemberOptions {
  /** Default false. */
  readonly allowToManyReplacement?: boolean
  /** Default false. */
  readonly allowDeleteFromToManyRelationships?: boolean
}

/**
 * Changes a relationship of a locked row. Whether anything has changed.
 *
 * @param mode by method: POST adds, PATCH replaces, DELETE removes.
 * @throws {HttpException} 400, 404 or 409 with the pointers of the errors; 403 for a change that the options do not allow.
 */
export async function updateRelationship(
  context: WriteContext,
  resource: Resource,
  row: Row,
  relationship: Relationship,
  mode: Mode,
  document: unknown,
  options: RelationshipOptions = {},
): Promise<boolean> {
  checkMode(relationship, mode, options)
  const data = relationshipData(relationship, mode, document)
  const issues = new Issues()
  const identifiers = parseLinkage(context, relationship, data, ['data'], issues) ?? []
  issues.throwIfAny()
  const path = ['data']
  const links =
    mode === 'remove'
      ? [await loadExisting(context, relationship, identifiers, path)]
      : await loadLinks(context, [{ relationship, identifiers, path }])
  if (relationship.relation.isOwner) {
    const columns = await ownedColumns(context, resource, links, row)
    await updateResource(context, resource, row, { columns, attributes: new Set(), links, lists: [] })
    return true
  }
  let hasChanged = false
  for (const link of links) {
    if (await changeMembers(context, resource, row, link, mode, options)) hasChanged = true
  }
  if (!hasChanged) return false
  const key = keyValues(context, resource.model.columns, keyOf(resource), row)
  await updateRows(context, resource, [key], {}, row)
  if (!(await areVisible(context, resource, [key])))
    throw new Forbidden('The resource would not be visible to you any more')
  return true
}

/** The linkage of a document. @throws {HttpException} 400 for a document of another form. */
export function relationshipData(relationship: Relationship, mode: Mode, document: unknown): unknown {
  const data = isObject(document) ? document.data : undefined
  if (data === undefined) throw new MissingData({ pointer: '' })
  if (relationship.isMany && data === null) throw failure(400, ['data'], nullDetail(mode))
  const odd = formError(relationship, data, ['data'])
  if (odd) throw odd
  return data
}

function checkMode(
  { name, isMany, isWritable }: Relationship,
  mode: Mode,
  options: RelationshipOptions,
): void {
  if (!isWritable) throw new Forbidden(`The relationship "${name}" is read-only`)
  if (!isMany && mode !== 'replace') {
    throw new Forbidden(`The relationship "${name}" has one member at most: PATCH sets or clears it`)
  }
  if (isMany && mode === 'replace' && !options.allowToManyReplacement) {
    throw new Forbidden('Not allowed to replace a to-many relationship')
  }
  if (isMany && mode === 'remove' && !options.allowDeleteFromToManyRelationships) {
    throw new Forbidden('Not allowed to delete from a to-many relationship')
  }
}

function nullDetail(mode: Mode): string {
  return mode === 'replace'
    ? 'Cannot set null value on a to-many relationship'
    : 'The "data" element must be a list'
}
