/** The attributes and relationships of a resource, made of its model and its options. */
import type { Column, Computed, Model, Relation } from '../model/model.ts'
import { ownValue } from '../model/own-value.ts'
import { areSameColumns } from '../model/same-columns.ts'
import type { Attribute, Relationship, Resource } from './resource.ts'
import { isSharedAttribute, shownTypes } from './shared-field.ts'

interface Access {
  readonly isReadable: boolean
  readonly isWritable: boolean
}

type AccessTo = (field: string) => Access

/** The attributes in their order: columns, computed ones, those of the API alone. */
export function attributesOf(resource: Resource, accessTo: AccessTo): ReadonlyMap<string, Attribute> {
  const { model, idNames } = resource
  const attributes = new Map<string, Attribute>()
  const add = (name: string, members: Omit<Attribute, 'name' | keyof Access>, canWrite: boolean): void => {
    const access = accessTo(name)
    const isWritable = access.isWritable && canWrite
    if (access.isReadable || isWritable)
      attributes.set(name, { name, ...members, isReadable: access.isReadable, isWritable })
  }
  const keys = hiddenKeys(resource)
  for (const column of Object.values(model.columns)) {
    const isId = idNames.includes(column.name)
    if (keys.has(column.name) && !isId) continue
    if (column.name === 'id' && isId) continue
    const own = ownValue(model.attributes, column.name) ?? column.name
    const name = own === 'id' ? `${model.table}_id` : own // another column is the id
    const isOfRow = [model.version, discriminatorOf(model)].includes(column.name)
    const canWrite = !isId && !column.isGenerated && !isOfRow
    add(name, { type: column, isNullable: column.isNullable, column }, canWrite)
  }
  for (const [name, computed] of Object.entries({ ...model.computed, ...additionalOf(resource) })) {
    const { type = { kind: 'json' }, isNullable = true, set } = computed
    add(name, { type, isNullable, computed }, set !== undefined)
  }
  return attributes
}

/** The attributes that list values of a column of related rows. To write one is to replace the members of its relationship. */
export function proxiesOf(resource: Resource, accessTo: AccessTo): readonly Attribute[] {
  const relationships = allRelationships(resource, (name) => ({ ...accessTo(name), isReadable: true }))
  return Object.entries(resource.model.proxies).flatMap(([name, path]) => {
    const [relation = '', field = ''] = path.split('.')
    const relationship = relationships.get(relation)
    const attribute = relationship?.target.ownAttributes.get(field)
    if (!relationship?.isReadable || !attribute?.isReadable) return []
    if (!isSharedAttribute(relationship.target, attribute)) return []
    const { isReadable, ...access } = accessTo(name)
    const canWrite = relationship.isMany && relationship.isWritable && attribute.column !== undefined
    const isWritable = access.isWritable && canWrite
    const { type } = attribute
    if (!isReadable && !isWritable) return []
    return { name, type, isNullable: false, isReadable, isWritable, proxy: { relationship, attribute } }
  })
}

/** The relationships to resources that have an API and can be read. */
export function relationshipsOf(resource: Resource, accessTo: AccessTo): ReadonlyMap<string, Relationship> {
  const relationships = [...allRelationships(resource, accessTo)]
  return new Map(relationships.filter(([, { isReadable, isWritable }]) => isReadable || isWritable))
}

function allRelationships(resource: Resource, accessTo: AccessTo): ReadonlyMap<string, Relationship> {
  const { linkage = true } = resource.settings.fields
  const relationships = new Map<string, Relationship>()
  for (const relation of Object.values(resource.model.relations)) {
    const { name } = relation
    const target = resource.related(relation.target)
    if (!target) continue
    const hasLinkage = typeof linkage === 'boolean' ? linkage : linkage.includes(name)
    const access = accessTo(name)
    const isReadable = access.isReadable && hasReadableKey(resource, target, relation)
    const isWritable = access.isWritable && !relation.isReadOnly && hasWritableKey(target, relation)
    const { isMany } = relation
    relationships.set(name, { name, relation, isMany, target, isReadable, isWritable, hasLinkage })
  }
  return relationships
}

/**
 * Whether clients may read the key of a relation where other rows have it, as the relation shows it, too: related rows, of all
 * types, or those of an association that is a resource itself.
 */
function hasReadableKey(
  resource: Resource,
  target: Resource,
  { isOwner, through, remote }: Relation,
): boolean {
  if (isOwner) return true
  if (!through) return [target, ...shownTypes(target)].every((one) => mayReadKey(one, remote))
  const association = through.model === undefined ? undefined : resource.related(through.model)
  return !association || (mayReadKey(association, through.left) && mayReadKey(association, through.right))
}

/** Whether clients may change the key of a relation where related rows have it: in those of one type at least. */
function hasWritableKey(target: Resource, { isOwner, through, remote }: Relation): boolean {
  return (
    isOwner || through !== undefined || [target, ...target.subtypes].some((one) => isKeyWritable(one, remote))
  )
}

/** Whether clients may write a foreign key: as a relationship, or as attributes where the model has no relation of it. */
export function isKeyWritable(resource: Resource, key: readonly string[]): boolean {
  return isKeyFree(resource, key, (field, relation) => !relation?.isReadOnly && resource.isWritable(field))
}

/** Whether the permissions let clients read a foreign key. */
function mayReadKey(resource: Resource, key: readonly string[]): boolean {
  return isKeyFree(resource, key, (field) => resource.allows('read', field))
}

/** Whether a relationship of a key is free; where the API has none, the attributes of its columns. */
function isKeyFree(
  resource: Resource,
  key: readonly string[],
  isFree: (field: string, relation?: Relation) => boolean,
): boolean {
  const { attributes } = resource.model
  const owners = servedOwners(resource).filter(({ local }) => areSameColumns(local, key))
  if (owners.length === 0) return key.every((column) => isFree(attributes[column] ?? column))
  return owners.some((relation) => isFree(relation.name, relation))
}

/** The column with the type of the rows, where the model has one type alone. */
function discriminatorOf({ discriminator }: Model): string | undefined {
  return discriminator?.value === undefined ? undefined : discriminator.column
}

/** The columns of foreign keys that relationships show. */
function hiddenKeys(resource: Resource): ReadonlySet<string> {
  return new Set(servedOwners(resource).flatMap(({ local }) => local))
}

/** The relations of foreign keys whose targets have an API. */
function servedOwners({ model, lookup }: Resource): readonly Relation[] {
  return Object.values(model.relations).filter(({ isOwner, target }) => isOwner && lookup.ofModel(target))
}

function additionalOf({ settings }: Resource): Readonly<Record<string, Computed>> {
  const { additionalAttributes = {} } = settings.fields
  return Object.fromEntries(
    Object.entries(additionalAttributes).map(([name, value]) => [
      name,
      { get: typeof value === 'function' ? (value as NonNullable<Computed['get']>) : () => value },
    ]),
  )
}

/** The columns whose values an attribute needs, for its value in JavaScript: of a computed one all. */
export function columnsFor({ column, computed }: Attribute, columns: readonly Column[]): readonly Column[] {
  if (column) return [column]
  return computed?.get && !computed.sql ? columns : []
}
