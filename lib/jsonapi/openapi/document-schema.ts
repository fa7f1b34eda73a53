/** The schemas of the documents of responses: of one resource, of a list, of a relationship. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import { type DocumentView, readable, withSubtypes } from './document-view.ts'
import { LINKS, linkageSchema, OBJECT, resourceSchema } from './resource-schema.ts'

const URIS = { type: 'array', items: { type: 'string', format: 'uri' } }

/** The `jsonapi` member: the version, and what was applied. */
export const JSONAPI: JsonSchema = {
  type: 'object',
  properties: { version: { const: '1.1' }, ext: URIS, profile: URIS },
  required: ['version'],
}

/** The document of one resource. @param depth of inclusions, at most. */
export function oneSchema(view: DocumentView, resource: Resource, depth: number): JsonSchema {
  return view.component(
    resource,
    'Document',
    () => documentSchema(resourceSchema(view, resource), includedSchema(view, resource, depth)),
    depth,
  )
}

/** The document of a to-one relation: of one resource or null. */
export function optionalSchema(view: DocumentView, resource: Resource, depth: number): JsonSchema {
  const data = { anyOf: [resourceSchema(view, resource), { type: 'null' }] }
  return view.component(
    resource,
    'OptionalDocument',
    () => documentSchema(data, includedSchema(view, resource, depth)),
    depth,
  )
}

/** The document of a list; of its only resource where the request has `filter[single]=1`. */
export function listSchema(view: DocumentView, resource: Resource, depth: number): JsonSchema {
  return view.component(
    resource,
    'List',
    () => {
      const object = resourceSchema(view, resource)
      const data = { anyOf: [{ type: 'array', items: object }, object] }
      return documentSchema(data, includedSchema(view, resource, depth))
    },
    depth,
  )
}

/** The document of a relationship. */
export function relationshipDocument(
  view: DocumentView,
  owner: Resource,
  relationship: Relationship,
  depth: number,
): JsonSchema {
  const identifiers = linkageSchema(view, relationship)
  const data = relationship.isMany
    ? { anyOf: [identifiers, linkageSchema(view, { ...relationship, isMany: false }, false)] }
    : identifiers
  return documentSchema(data, includedSchema(view, owner, depth))
}

/** The resources that a document can include: those at the end of a path of relationships. */
export function reachable(view: DocumentView, resource: Resource, depth: number): readonly Resource[] {
  const found = new Map<string, Resource>()
  let level = [view.shown(resource)]
  for (let step = 0; step < depth && level.length > 0; step++) {
    const next = level.flatMap(readable).flatMap(({ target }) => withSubtypes(target))
    level = [...new Map(next.map((one) => [one.type, one])).values()].filter(({ type }) => !found.has(type))
    for (const one of level) found.set(one.type, one)
    level = level.map((one) => view.shown(one))
  }
  return [...found.values()]
}

function includedSchema(view: DocumentView, resource: Resource, depth: number): JsonSchema | undefined {
  const resources = reachable(view, resource, depth)
  if (resources.length === 0) return undefined
  return view.component(
    resource,
    'Included',
    () => ({
      type: 'array',
      items: { anyOf: resources.map((one) => resourceSchema(view, one)) },
    }),
    depth,
  )
}

function documentSchema(data: JsonSchema, included: JsonSchema | undefined): JsonSchema {
  return {
    type: 'object',
    properties: { jsonapi: JSONAPI, links: LINKS, data, ...(included ? { included } : {}), meta: OBJECT },
    required: ['jsonapi', 'data'],
  }
}
