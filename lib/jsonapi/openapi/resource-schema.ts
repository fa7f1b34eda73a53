/** The schemas of resource objects in responses, of identifiers, and of the rows of exports. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { codecOf } from '../model/codec.ts'
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import { isSharedAttribute } from '../resource/shared-field.ts'
import { type DocumentView, readable, withSubtypes } from './document-view.ts'

const TEXT = { type: 'string' }
export const OBJECT = { type: 'object' }

/** Links by name. */
export const LINKS: JsonSchema = {
  type: 'object',
  additionalProperties: { anyOf: [TEXT, OBJECT, { type: 'null' }] },
}

/** Null where the column can be null. */
export function attributeSchema({ type, isNullable, proxy }: Attribute): JsonSchema {
  const schema = codecOf(type).schema(type)
  if (proxy) return { type: 'array', items: proxy.attribute.isNullable ? nullable(schema) : schema }
  return isNullable ? nullable(schema) : schema
}

function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema
  if (type === undefined) return schema // any value
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...values, null] } : {}) }
}

/** An object with these members, none of which is required; undefined without members. */
function membersSchema(members: Readonly<Record<string, JsonSchema>>): JsonSchema | undefined {
  return Object.keys(members).length > 0 ? { type: 'object', properties: members } : undefined
}

function identifierSchema(view: DocumentView, resource: Resource): JsonSchema {
  return view.component(resource, 'Identifier', () => ({
    type: 'object',
    properties: { type: typeSchema(withSubtypes(resource)), id: TEXT, meta: OBJECT },
    required: ['type', 'id'],
  }))
}

/** The identifiers of a relationship: a list, or one of them. @param isNullable whether null is possible. */
export function linkageSchema(
  view: DocumentView,
  { isMany, target }: Relationship,
  isNullable = true,
): JsonSchema {
  const identifier = identifierSchema(view, target)
  if (isMany) return { type: 'array', items: identifier }
  return isNullable ? { anyOf: [identifier, { type: 'null' }] } : identifier
}

/** The resource objects of a list: of the resource, and of its subtypes. */
export function resourceSchema(view: DocumentView, resource: Resource): JsonSchema {
  const schemas = withSubtypes(resource).map((one) => objectSchema(view, one))
  return schemas.length === 1 ? (schemas[0] as JsonSchema) : { anyOf: schemas }
}

function objectSchema(view: DocumentView, resource: Resource): JsonSchema {
  return view.component(resource, '', () => {
    const shown = view.shown(resource)
    const attributes = membersSchema(
      Object.fromEntries(shownAttributes(shown).map((one) => [one.name, attributeSchema(one)])),
    )
    const relationships = membersSchema(
      Object.fromEntries(
        readable(shown).map((one) => [
          one.name,
          { type: 'object', properties: { links: LINKS, data: linkageSchema(view, one), meta: OBJECT } },
        ]),
      ),
    )
    return {
      type: 'object',
      properties: {
        type: typeSchema([resource]),
        id: TEXT,
        ...(attributes ? { attributes } : {}),
        ...(relationships ? { relationships } : {}),
        links: LINKS,
        meta: OBJECT,
      },
      required: ['type', 'id'],
    }
  })
}

/** A row of an export: flat, with the ids of to-one relationships. */
export function rowSchema(view: DocumentView, resource: Resource): JsonSchema {
  return view.component(resource, 'Row', () => {
    const shown = view.shown(resource)
    const attributes = shownAttributes(shown).filter(({ proxy }) => !proxy)
    const keys = readable(shown).filter(({ isMany }) => !isMany)
    return {
      type: 'object',
      properties: {
        id: TEXT,
        ...Object.fromEntries(
          attributes.map((one) => [
            one.name,
            attributeSchema({ ...one, isNullable: one.isNullable || !isSharedAttribute(shown, one) }),
          ]),
        ),
        ...Object.fromEntries(keys.map(({ name }) => [name, { type: ['string', 'null'] }])),
      },
    }
  })
}

export function typeSchema(resources: readonly Resource[]): JsonSchema {
  const types = [...new Set(resources.map(({ type }) => type))]
  return types.length === 1 ? { const: types[0] } : { type: 'string', enum: types }
}

function shownAttributes({ attributes }: Resource): readonly Attribute[] {
  return [...attributes.values()].filter(({ isReadable }) => isReadable)
}
