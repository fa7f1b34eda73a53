/**
 * The blueprint of one API: its endpoints, each for one operation.
 *
 *     GET POST /person · GET PATCH DELETE /person/:id · GET /eval/person, and those of its relations
 */
import { csv } from '../../renderers/csv.ts'
import { ndjson } from '../../renderers/ndjson.ts'
import { createPart, deletePart, updatePart } from '../openapi/change-operations.ts'
import { evaluationPart, listPart, showPart } from '../openapi/read-operations.ts'
import { JsonApiBlueprint } from '../protocol/json-api-blueprint.ts'
import { EndpointBuilder, listedBy } from './endpoint-builder.ts'
import { evaluateFunctions } from './evaluate.ts'
import type { Manager } from './manager.ts'
import { readCollection } from './read-collection.ts'
import { readResource } from './read-resource.ts'
import { declareRelation } from './relation-endpoints.ts'
import type { ServedApi } from './served-api.ts'
import { createOne, deleteOne, updateOne } from './write-endpoints.ts'

export function blueprintOf(name: string, api: ServedApi, manager: Manager): JsonApiBlueprint {
  const blueprint = new JsonApiBlueprint(name, { strict: true })
  blueprint.contentRenderer.renders('text/csv', csv()).renders('application/x-ndjson', ndjson())
  const endpoints = new EndpointBuilder(blueprint, api, manager)
  const collection = `/${encodeURIComponent(api.resource.type)}`
  const resource = `${collection}/:id`
  if (api.methods.has('GET')) {
    endpoints.get(collection, readCollection, {
      ...listedBy(api, 'GET_COLLECTION'),
      name: 'list',
      documented: listPart(api),
    })
    endpoints.get(resource, readResource, { name: 'show', documented: showPart(api) })
    if (api.options.allowFunctions) {
      const options = { name: 'eval', outgoing: ['application/json', null], documented: evaluationPart(api) }
      endpoints.get(`/eval${collection}`, evaluateFunctions, options)
    }
  }
  if (api.methods.has('POST')) {
    const options = { name: 'create', status: 201, documented: createPart(api, endpoints.hasKeys) }
    endpoints.change('POST', collection, 'create', createOne, options)
  }
  if (api.methods.has('DELETE')) {
    const options = { name: 'delete', status: 204, documented: deletePart(api) }
    endpoints.change('DELETE', resource, 'delete', deleteOne, options)
  }
  if (api.methods.has('PATCH')) {
    const options = { name: 'update', documented: updatePart(api) }
    endpoints.change('PATCH', resource, 'update', updateOne, options)
  }
  for (const relation of Object.values(api.model.relations)) declareRelation(endpoints, resource, relation)
  declareRelation(endpoints, resource)
  return blueprint
}
