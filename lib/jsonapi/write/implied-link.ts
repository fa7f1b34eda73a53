/** Links that a document has without naming their relationships: their keys are columns of its id. */
import { memberError } from '../errors/issue.ts'
import { pointerTo } from '../errors/pointer.ts'
import type { Resource } from '../resource/resource.ts'
import type { Link } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure } from './issues.ts'
import { selectByKeys, type Values } from './row.ts'

const ID = ['data', 'id']

/**
 * Holds the relationships of an id that the client has chosen to what they have to meet in the document.
 *
 * @param columns of the new row, those of the id included.
 * @param id the columns of the id.
 * @throws {HttpException} 403 where the client cannot write the relationship, 404 where it cannot see the related row.
 */
export async function checkImplied(
  context: WriteContext,
  resource: Resource,
  links: readonly Link[],
  columns: Values,
  id: Values,
): Promise<void> {
  for (const { name, isOwner, isReadOnly, local, remote, target } of Object.values(
    resource.model.relations,
  )) {
    const isNamed = links.some(({ relationship }) => relationship.name === name)
    const related = resource.lookup.ofModel(target)
    if (!isOwner || isNamed || !related || !local.some((column) => Object.hasOwn(id, column))) continue
    const values = local.map((column) => columns[column])
    if (values.some((value) => value === undefined || value === null)) continue
    if (isReadOnly || !resource.isWritable(name))
      throw failure(403, ID, 'The id has the key of a relationship that is read-only')
    const view = resource.related(target)
    const key = Object.fromEntries(remote.map((column, index) => [column, values[index]]))
    if (!view || (await selectByKeys(context, view, [key], { columns: remote })).length === 0)
      throw memberError(404, pointerTo(ID), 'A resource that the id refers to does not exist')
  }
}
