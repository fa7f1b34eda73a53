/**
 * The blueprint of one API: its endpoints, each for one operation.
 *
 *     GET POST /person · GET PATCH DELETE /person/:id · GET /person/:id/articles[/:relatedId]
 *     GET POST PATCH DELETE /person/:id/relationships/articles
 */
import { csv } from '../../renderers/csv.ts'
import { ndjson } from '../../renderers/ndjson.ts'
import type { Handler } from '../../walk/handler.ts'
import { databaseError } from '../errors/database-error.ts'
import { JsonApiBlueprint } from '../protocol/json-api-blueprint.ts'
import { CURSOR_PROFILE } from '../query/page.ts'
import type { Action } from '../resource/resource-options.ts'
import { ApiCall, type ApiRequest } from './api-call.ts'
import type { ApiManager } from './api-manager.ts'
import { evaluateFunctions } from './evaluate.ts'
import { EXPORT_TYPES } from './export.ts'
import { readCollection } from './read-collection.ts'
import { readMember, readRelated } from './read-related.ts'
import { readRelationship } from './read-relationship.ts'
import { readResource } from './read-resource.ts'
import type { ServedApi } from './served-api.ts'
import { changeMembers, createOne, deleteOne, updateOne, write } from './write-endpoints.ts'

/** Reads a request; the parameters of its path beside it. */
type Read = (call: ApiCall, params: Readonly<Record<string, string>>) => unknown

const PAGED = { profiles: [CURSOR_PROFILE] }

const EXPORTED = { outgoing: [null, ...EXPORT_TYPES] }

type ListOptions = Partial<typeof PAGED & typeof EXPORTED>

/** Changes resources. */
type Operate = Parameters<typeof write>[3]

export function blueprintOf(name: string, api: ServedApi, manager: ApiManager): JsonApiBlueprint {
  const blueprint = new JsonApiBlueprint(name, { strict: true })
  const collection = `/${encodeURIComponent(api.resource.type)}`
  const resource = `${collection}/:id`
  const relationship = `${resource}/relationships/:relation`
  blueprint.contentRenderer.renders('text/csv', csv()).renders('application/x-ndjson', ndjson())
  const get = (name: string, template: string, read: Read, options: ListOptions = {}): void => {
    const handler: Handler = async (request) => {
      try {
        const call = new ApiCall(api, manager, request as ApiRequest, api.prefix + template)
        return await read(call, call.request.params)
      } catch (error) {
        throw databaseError(error) ?? error
      }
    }
    blueprint.get(template, { name, ...options }, handler)
  }
  const change = (operation: Action['operation'], template: string, operate: Operate): Handler => {
    return (request) => write({ api, manager, template }, request as ApiRequest, operation, operate)
  }
  if (api.methods.has('GET')) {
    get('list', collection, readCollection, { ...PAGED, ...EXPORTED })
    get('show', resource, readResource)
    get('related', `${resource}/:relation`, readRelated, { ...PAGED, ...EXPORTED })
    get('member', `${resource}/:relation/:relatedId`, readMember)
    get('relationship', relationship, readRelationship, PAGED)
  }
  if (api.options.allowFunctions) get('eval', `/eval${collection}`, evaluateFunctions)
  if (api.methods.has('POST'))
    blueprint.post(collection, { name: 'create' }, change('create', collection, createOne))
  if (api.methods.has('DELETE'))
    blueprint.delete(resource, { name: 'delete' }, change('delete', resource, deleteOne))
  if (api.methods.has('PATCH')) {
    blueprint.patch(resource, { name: 'update' }, change('update', resource, updateOne))
    const members = (mode: Parameters<typeof changeMembers>[0]): Handler =>
      change('update', relationship, changeMembers(mode))
    blueprint.post(relationship, { name: 'addMembers' }, members('add'))
    blueprint.patch(relationship, { name: 'replaceMembers' }, members('replace'))
    blueprint.delete(relationship, { name: 'removeMembers' }, members('remove'))
  }
  return blueprint
}
