/** The documentation of the endpoints that read. */
import type { DocumentedPart } from '../../walk/documented-part.ts'
import type { ServedApi } from '../manager/served-api.ts'
import type { Relationship } from '../resource/resource.ts'
import { type ApiOperation, documentedPart } from './api-operation.ts'
import { listSchema, oneSchema, optionalSchema, relationshipDocument } from './document-schema.ts'
import { publicView } from './document-view.ts'
import { functionsParameter, listParameters, shapeParameters } from './query-parameters.ts'

export function listPart(api: ServedApi): DocumentedPart {
  const { resource } = api
  return documentedPart(api, [...refused(api), 404], (operation) => ({
    summary: 'List resources',
    parameters: [...operation.query(resource, true), operation.ifNoneMatch()],
    responses: {
      200: operation.found(listSchema(operation.view, resource, operation.depth), resource, {
        Link: operation.link(),
        Location: operation.location('URL of the only resource, with filter[single]'),
      }),
      304: operation.notModified(),
    },
  }))
}

export function showPart(api: ServedApi): DocumentedPart {
  const { resource } = api
  return documentedPart(api, refused(api), (operation) => ({
    summary: 'Show a resource',
    parameters: [operation.id(), ...operation.query(resource), operation.ifNoneMatch()],
    responses: {
      200: operation.found(oneSchema(operation.view, resource, operation.depth)),
      304: operation.notModified(),
    },
  }))
}

export function relatedPart(api: ServedApi, name: string): DocumentedPart {
  const describe = (operation: ApiOperation, { isMany, target }: Relationship) => {
    const { view, depth } = operation
    const schemaOf = isMany ? listSchema : optionalSchema
    const headers = isMany
      ? {
          Link: operation.link(),
          Location: operation.location('URL of the only resource, with filter[single]'),
        }
      : {}
    return {
      summary: `${isMany ? 'List' : 'Show'} ${name} of a resource`,
      parameters: [operation.id(), ...operation.query(target, isMany), operation.ifNoneMatch()],
      responses: {
        200: operation.found(schemaOf(view, target, depth), isMany ? target : undefined, headers),
        304: operation.notModified(),
      },
    }
  }
  return relationPart(api, name, describe)
}

export function memberPart(api: ServedApi, name: string): DocumentedPart {
  return relationPart(api, name, (operation, { target }) => ({
    summary: `Show one of the ${name} of a resource`,
    parameters: [
      operation.id(),
      operation.id('relatedId', target),
      ...operation.query(target),
      operation.ifNoneMatch(),
    ],
    responses: {
      200: operation.found(oneSchema(operation.view, target, operation.depth)),
      304: operation.notModified(),
    },
  }))
}

export function relationshipPart(api: ServedApi, name: string): DocumentedPart {
  return relationPart(api, name, (operation, relationship) => {
    const { view, depth } = operation
    const { isMany, target } = relationship
    const list = isMany ? listParameters(view, api, target) : []
    return {
      summary: `Show the relationship ${name} of a resource`,
      parameters: [
        operation.id(),
        ...shapeParameters(view, api.resource, depth),
        ...list,
        operation.ifNoneMatch(),
      ],
      responses: {
        200: operation.found(
          relationshipDocument(view, api.resource, relationship, depth),
          undefined,
          isMany ? { Link: operation.link() } : {},
        ),
        304: operation.notModified(),
      },
    }
  })
}

export function evaluationPart(api: ServedApi): DocumentedPart {
  const { resource } = api
  const data = { type: 'array', description: 'The values of the functions, in their order.' }
  return documentedPart(api, refused(api), (operation) => ({
    summary: 'Evaluate functions of all resources',
    parameters: [
      functionsParameter(operation.view, api, resource),
      ...listParameters(operation.view, api, resource),
    ],
    responses: {
      200: operation.found({ type: 'object', properties: { data }, required: ['data'] }),
    },
  }))
}

/** The part of a relation, in the documents in which it has a target that clients can see. */
function relationPart(
  api: ServedApi,
  name: string,
  describe: (operation: ApiOperation, relationship: Relationship) => ReturnType<DescribeOperation>,
): DocumentedPart {
  return documentedPart(
    api,
    refused(api),
    (operation) =>
      describe(operation, operation.view.shown(api.resource).relationships.get(name) as Relationship),
    () => !publicView(api.resource).relationships.get(name)?.isReadable,
  )
}

type DescribeOperation = Parameters<typeof documentedPart>[2]

/** Permissions are asked for reading, too. */
function refused({ options }: ServedApi): readonly number[] {
  return options.can ? [403] : []
}
