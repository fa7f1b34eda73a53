/** The endpoints of a manager itself: the list of its APIs. */
import type { Handler } from '../../walk/handler.ts'
import { Urls } from '../document/links.ts'
import { MODEL_INFO, operationsPart } from '../openapi/manager-operations.ts'
import { JsonApiBlueprint } from '../protocol/json-api-blueprint.ts'
import { refuseParameters } from '../query/parameters.ts'
import type { ApiRequest } from './api-call.ts'
import { ATOMIC_EXTENSION, runAtomic } from './atomic-endpoint.ts'
import type { Manager } from './manager.ts'
import { requestUrl } from './request-url.ts'

/** GET of the prefix: the types, their URLs and the names of their ids. */
export function managerBlueprint(manager: Manager): JsonApiBlueprint {
  const blueprint = new JsonApiBlueprint('jsonapi', { strict: true })
  const { prefix, options } = manager
  blueprint.get('/', { name: 'schema', summary: 'List the types', documented: MODEL_INFO }, (request) => {
    refuseParameters(request.query)
    const urls = new Urls(requestUrl(request as ApiRequest, prefix, options.baseUrl ?? '').base)
    const resources = manager['~apis'].map(({ resource }) => resource.for(request))
    const entries = resources.flatMap((resource) => {
      const primarykey = resource.idNames.join(',')
      return resource.mayRead ? [[resource.type, { primarykey, url: urls.collection(resource) }]] : []
    })
    const meta = entries.length > 0 ? { modelinfo: Object.fromEntries(entries) } : {}
    return { jsonapi: { version: '1.1' }, data: null, links: {}, included: [], meta }
  })
  if (manager.options.operations === false) return blueprint
  const template = '/operations'
  const handler: Handler = (request) =>
    runAtomic(manager, request as ApiRequest, `${manager.prefix}${template}`)
  const documented = operationsPart(ATOMIC_EXTENSION, Boolean(manager.options.idempotency), () => [
    ...new Set(manager['~apis'].map(({ model, resource }) => manager.ofModel(model.name) ?? resource)),
  ])
  const requiredExtensions = [ATOMIC_EXTENSION]
  blueprint.post(template, { name: 'operations', requiredExtensions, documented }, handler)
  return blueprint
}
