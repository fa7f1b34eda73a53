/** The endpoints of a manager itself: the list of its APIs. */
import type { Handler } from '../../walk/handler.ts'
import { MODEL_INFO, operationsPart } from '../openapi/manager-operations.ts'
import { JsonApiBlueprint } from '../protocol/json-api-blueprint.ts'
import type { ApiRequest } from './api-call.ts'
import type { ApiManager } from './api-manager.ts'
import { ATOMIC_EXTENSION, runAtomic } from './atomic-endpoint.ts'

/** GET of the prefix: the types, their URLs and the names of their ids. */
export function managerBlueprint(manager: ApiManager): JsonApiBlueprint {
  const blueprint = new JsonApiBlueprint('jsonapi', { strict: true })
  blueprint.get('/', { name: 'schema', summary: 'List the types', documented: MODEL_INFO }, () => {
    const entries = manager['~apis'].map(({ resource, baseUrl }) => [
      resource.type,
      {
        primarykey: resource.idColumns.map(({ name }) => name).join(','),
        url: baseUrl + resource.settings.path,
      },
    ])
    const meta = entries.length > 0 ? { meta: { modelinfo: Object.fromEntries(entries) } } : {}
    return { jsonapi: { version: '1.1' }, data: null, links: {}, included: [], ...meta }
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
