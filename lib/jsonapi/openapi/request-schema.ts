/** The schemas of the documents that clients send. The deserializer checks them; these are for documents alone. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import { isRequired } from '../write/required-column.ts'
import type { DocumentView } from './document-view.ts'
import { attributeSchema, linkageSchema, typeSchema } from './resource-schema.ts'

interface RequestOptions {
  readonly allowClientGeneratedIds?: boolean
  readonly allowToManyReplacement?: boolean
}

/** A new resource: what the database cannot fill in is required. */
export function createSchema(
  view: DocumentView,
  resource: Resource,
  { allowClientGeneratedIds = false }: RequestOptions,
): JsonSchema {
  return view.component(resource, 'Create', () => {
    const shown = view.shown(resource, 'create')
    const { attributes, relationships } = writable(shown)
    const { model, idColumns } = resource
    const fixed = [model.version, model.discriminator?.column]
    const needed = attributes.filter(
      ({ column }) => column && isRequired(column) && !fixed.includes(column.name),
    )
    const owned = relationships.filter(({ relation }) => relation.isOwner)
    const keys = owned.filter(({ relation }) =>
      relation.local.some((name) => model.columns[name] && isRequired(model.columns[name])),
    )
    const needsId = idColumns.some(
      (column) =>
        isRequired(column) &&
        column.kind !== 'uuid' &&
        !owned.some(({ relation }) => relation.local.includes(column.name)),
    )
    return documentSchema(
      {
        type: typeSchema([resource]),
        ...(allowClientGeneratedIds ? { id: { type: 'string' } } : {}),
        ...fieldsSchema('attributes', attributes, needed, attributeSchema),
        ...fieldsSchema('relationships', relationships, keys, (one) => relationshipSchema(view, one)),
      },
      [
        'type',
        ...(allowClientGeneratedIds && needsId ? ['id'] : []),
        ...(needed.length > 0 ? ['attributes'] : []),
        ...(keys.length > 0 ? ['relationships'] : []),
      ],
    )
  })
}

/** A changed resource: no field is required. */
export function updateSchema(
  view: DocumentView,
  resource: Resource,
  { allowToManyReplacement = false }: RequestOptions,
): JsonSchema {
  return view.component(resource, 'Update', () => {
    const { attributes, relationships } = writable(view.shown(resource, 'update'))
    const replaceable = relationships.filter(({ isMany }) => allowToManyReplacement || !isMany)
    const replacing = attributes.filter(({ proxy }) => allowToManyReplacement || !proxy)
    return documentSchema(
      {
        type: typeSchema([resource]),
        id: { type: 'string' },
        ...fieldsSchema('attributes', replacing, [], attributeSchema),
        ...fieldsSchema('relationships', replaceable, [], (one) => relationshipSchema(view, one)),
      },
      ['type', 'id'],
    )
  })
}

/** The new members of a relationship, or those to add or to remove. */
export function membersDocument(view: DocumentView, relationship: Relationship): JsonSchema {
  return dataSchema(linkageSchema(view, relationship, relationship.relation.isNullable))
}

function writable({ attributes, relationships }: Resource): {
  readonly attributes: readonly Attribute[]
  readonly relationships: readonly Relationship[]
} {
  return {
    attributes: [...attributes.values()].filter(({ isWritable }) => isWritable),
    relationships: [...relationships.values()].filter(({ isWritable }) => isWritable),
  }
}

function relationshipSchema(view: DocumentView, relationship: Relationship): JsonSchema {
  return dataSchema(linkageSchema(view, relationship, relationship.relation.isNullable))
}

/** The member of a resource object with its fields; nothing without fields. */
function fieldsSchema<T extends { readonly name: string }>(
  member: string,
  fields: readonly T[],
  required: readonly T[],
  schemaOf: (field: T) => JsonSchema,
): Record<string, JsonSchema> {
  if (fields.length === 0) return {}
  const properties = Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)]))
  const names = required.map(({ name }) => name)
  return {
    [member]: {
      type: 'object',
      properties,
      ...(names.length > 0 ? { required: names } : {}),
      additionalProperties: false,
    },
  }
}

function documentSchema(properties: Record<string, JsonSchema>, required: readonly string[]): JsonSchema {
  return dataSchema({ type: 'object', properties, required })
}

function dataSchema(data: JsonSchema): JsonSchema {
  return { type: 'object', properties: { data }, required: ['data'] }
}
