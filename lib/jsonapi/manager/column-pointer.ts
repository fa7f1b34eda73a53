/** The members of documents that have the values of columns: for the errors of the database. */
import { nearestPath, pointerTo } from '../errors/pointer.ts'
import type { Resource } from '../resource/resource.ts'

/** The pointer to the value of a column, or to its nearest parent; undefined without a document, and for a column that clients do not know. */
export function pointerOfColumn(resource: Resource, document: unknown, column: string): string | undefined {
  const path = document === undefined ? undefined : pathOf(resource, column)
  return path && pointerTo(nearestPath(document, path))
}

function pathOf(
  { attributes, relationships, idNames }: Resource,
  column: string,
): readonly string[] | undefined {
  const attribute = [...attributes.values()].find((one) => one.column?.name === column && one.isReadable)
  if (attribute?.isWritable) return ['data', 'attributes', attribute.name]
  const relationship = [...relationships.values()].find(
    ({ relation, isReadable }) => isReadable && relation.isOwner && relation.local.includes(column),
  )
  if (relationship) return ['data', 'relationships', relationship.name]
  return idNames.includes(column) ? ['data', 'id'] : undefined
}
