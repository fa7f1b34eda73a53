/** The endpoints of a manager itself: the list of its APIs, and atomic operations. */
import { JsonApiBlueprint } from '../protocol/json-api-blueprint.ts'
import type { ApiManager } from './api-manager.ts'
import { addOperations } from './operations-endpoint.ts'

/** GET of the prefix: the types, their URLs and the names of their ids. POST of operations, where they are on. */
export function managerBlueprint(manager: ApiManager, prefix: string): JsonApiBlueprint {
  const blueprint = new JsonApiBlueprint('jsonapi', { strict: true })
  blueprint.get('/', { name: 'schema', summary: 'List the types' }, () => {
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
  addOperations(blueprint, manager, prefix)
  return blueprint
}
