/**
 * The fields of a base type that its subtypes show as well. Rows of a base are those of its subtypes, too: a filter, an order or a
 * function of another field would tell what one of them hides.
 */
import type { Attribute, Relationship, Resource } from './resource.ts'

/** Whether all rows of the resource show the attribute. The id and the column of the type are in each resource object. */
export function isSharedAttribute(resource: Resource, attribute: Attribute): boolean {
  const { name, column, proxy } = attribute
  if (attribute === resource.id || (column && column.name === resource.model.discriminator?.column))
    return true
  return shownTypes(resource).every((subtype) => {
    const own = (proxy ? subtype.attributes : subtype.ownAttributes).get(name)
    return own?.isReadable === true && isSame(own, attribute)
  })
}

/** Whether all rows of the resource show the relationship. */
export function isSharedRelationship(resource: Resource, { name }: Relationship): boolean {
  return shownTypes(resource).every((subtype) => subtype.relationships.get(name)?.isReadable)
}

/** The subtypes whose rows are among those of the resource. */
export function shownTypes({ subtypes }: Resource): readonly Resource[] {
  return subtypes.filter(({ mayRead }) => mayRead)
}

function isSame(one: Attribute, other: Attribute): boolean {
  return (
    one.column?.name === other.column?.name &&
    one.computed === other.computed &&
    one.proxy?.relationship.name === other.proxy?.relationship.name &&
    one.proxy?.attribute.name === other.proxy?.attribute.name
  )
}
