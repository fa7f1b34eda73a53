/** Fields that a client can name in a query. A field that is hidden, or only written, is an unknown one. */
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import { isSharedAttribute, isSharedRelationship } from '../resource/shared-field.ts'

/** The attribute of a name, or the id. */
export function visibleAttribute(resource: Resource, name: string): Attribute | undefined {
  if (name === 'id') return resource.id
  const attribute = resource.attributes.get(name)
  return attribute?.isReadable ? attribute : undefined
}

export function visibleRelationship(resource: Resource, name: string): Relationship | undefined {
  const relationship = resource.relationships.get(name)
  return relationship?.isReadable ? relationship : undefined
}

/** The attribute of a name that rows can be filtered, sorted and evaluated by. */
export function sharedAttribute(resource: Resource, name: string): Attribute | undefined {
  const attribute = visibleAttribute(resource, name)
  return attribute && isSharedAttribute(resource, attribute) ? attribute : undefined
}

/** The relationship of a name that rows can be filtered and sorted by. */
export function sharedRelationship(resource: Resource, name: string): Relationship | undefined {
  const relationship = visibleRelationship(resource, name)
  return relationship && isSharedRelationship(resource, relationship) ? relationship : undefined
}

/** The text for a name that is unknown. */
export function noSuchField(name: string): string {
  return `no such field ${quoted(name)}`
}

/** A name of a client in a message: in quotes, and cut where it is long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)
}

/** The id as attributes of one column each. */
export function idAttributes({ id, idColumns }: Resource): readonly Attribute[] {
  return id.column ? [id] : idColumns.map((column) => ({ ...id, type: column, column }))
}
