/** The documentation of the endpoints that change resources and relationships. */
import type { DocumentedPart } from '../../walk/documented-part.ts'
import type { ServedApi } from '../manager/served-api.ts'
import type { Relationship } from '../resource/resource.ts'
import type { Mode } from '../write/change.ts'
import { documentedPart, idempotencyKey } from './api-operation.ts'
import { oneSchema } from './document-schema.ts'
import { publicView } from './document-view.ts'
import { createSchema, membersDocument, updateSchema } from './request-schema.ts'

/** @param hasKeys whether the field `Idempotency-Key` is read. */
export function createPart(api: ServedApi, hasKeys: boolean): DocumentedPart {
  const { resource, options } = api
  return documentedPart(api, [403, 404, 409, 422], (operation) => ({
    summary: 'Create a resource',
    parameters: [...operation.query(resource), ...(hasKeys ? [idempotencyKey(operation.view.builder)] : [])],
    requestBody: operation.body(createSchema(operation.view, resource, options)),
    responses: { 201: operation.found(oneSchema(operation.view, resource, operation.depth)) },
  }))
}

export function updatePart(api: ServedApi): DocumentedPart {
  const { resource, options } = api
  return documentedPart(api, [403, 409, 422, ...preconditions(api)], (operation) => ({
    summary: 'Update a resource',
    parameters: [operation.id(), ...operation.query(resource), operation.ifMatch()],
    requestBody: operation.body(updateSchema(operation.view, resource, options)),
    responses: {
      200: {
        description: 'The resource has changed more than the client knows, or the client asked for it',
        ...operation.found(oneSchema(operation.view, resource, operation.depth)),
      },
      204: operation.changed(),
    },
  }))
}

export function deletePart(api: ServedApi): DocumentedPart {
  return documentedPart(api, [403, 409, ...preconditions(api)], (operation) => ({
    summary: 'Delete a resource',
    parameters: [operation.id(), operation.ifMatch()],
  }))
}

const SUMMARIES = { add: 'Add members to', replace: 'Replace', remove: 'Remove members from' } as const

export function membersPart(api: ServedApi, name: string, mode: Mode, hasKeys: boolean): DocumentedPart {
  const statuses = [403, 409, 413, 415, 422, ...preconditions(api)]
  return documentedPart(
    api,
    statuses,
    (operation) => {
      const shown = operation.view.shown(api.resource, 'update')
      const relationship = shown.relationships.get(name) as Relationship
      return {
        summary: `${SUMMARIES[mode]} the relationship ${name} of a resource`,
        parameters: [
          operation.id(),
          operation.ifMatch(),
          ...(hasKeys && mode === 'add' ? [idempotencyKey(operation.view.builder)] : []),
        ],
        requestBody: operation.body(membersDocument(operation.view, relationship)),
        responses: { 204: operation.changed() },
      }
    },
    () => !isChangeable(api, name, mode),
  )
}

/** Whether the options allow the change: else its answer is a 403. */
function isChangeable({ resource, options }: ServedApi, name: string, mode: Mode): boolean {
  const relationship = publicView(resource, 'update').relationships.get(name)
  if (!relationship?.isWritable) return false
  if (!relationship.isMany) return mode === 'replace'
  if (mode === 'replace') return options.allowToManyReplacement === true
  return mode === 'add' || options.allowDeleteFromToManyRelationships === true
}

function preconditions({ options }: ServedApi): readonly number[] {
  return options.requireIfMatch ? [412, 428] : [412]
}
