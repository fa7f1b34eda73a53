/** The members of documents that have the values of columns: for the errors of the database. */
import type { ColumnPlaces } from '../errors/database-error.ts'
import { nearestPath, pointerTo } from '../errors/pointer.ts'
import { columnsOfKey } from '../model/columns-of-key.ts'
import { areSameColumns } from '../model/same-columns.ts'
import type { Resource } from '../resource/resource.ts'

type Path = readonly string[]

/** Pointers to the values of columns, or to their nearest parent; undefined without a document, and for columns that clients do not know. */
export function columnPlaces(resource: Resource, document: unknown): ColumnPlaces {
  return {
    pointerOf: (columns) => {
      const path = document === undefined ? undefined : pathOf(resource, columns)
      return path && pointerTo(nearestPath(document, path))
    },
    columnsOfKey: (key) => columnsOfKey(resource.model, key),
  }
}

/**
 * The path of the one column, or of the relationship that has all columns.
 *
 * Of another key, as `(tenant, email)`, that of its only attribute, else of the only member: a client can change this one alone.
 */
function pathOf(resource: Resource, columns: readonly string[]): Path | undefined {
  const relationship = [...resource.relationships.values()].find(
    ({ relation, isReadable }) =>
      isReadable && relation.isOwner && columns.length > 1 && areSameColumns(relation.local, columns),
  )
  if (relationship) return ['data', 'relationships', relationship.name]
  const paths = columns.flatMap((column) => {
    const path = pathOfColumn(resource, column)
    return path ? [path] : []
  })
  return only(paths.filter(([, member]) => member === 'attributes')) ?? only(paths)
}

function only(paths: readonly Path[]): Path | undefined {
  const [first, ...others] = paths
  return others.some((path) => String(path) !== String(first)) ? undefined : first
}

function pathOfColumn({ attributes, relationships, idNames }: Resource, column: string): Path | undefined {
  const attribute = [...attributes.values()].find((one) => one.column?.name === column && one.isReadable)
  if (attribute?.isWritable) return ['data', 'attributes', attribute.name]
  const relationship = [...relationships.values()].find(
    ({ relation, isReadable }) => isReadable && relation.isOwner && relation.local.includes(column),
  )
  if (relationship) return ['data', 'relationships', relationship.name]
  return idNames.includes(column) ? ['data', 'id'] : undefined
}
