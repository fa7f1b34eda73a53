/** POST of several operations: https://jsonapi.org/ext/atomic. */
import { Forbidden, NotFound } from '../../exceptions/client-errors.ts'
import { jsonText } from '../../json/json-text.ts'
import { clientOf } from '../../proxy/client.ts'
import type { Database } from '../model/dialect.ts'
import { jsonApiObject } from '../protocol/applied-extensions.ts'
import { refuseParameters } from '../query/parameters.ts'
import type { Action } from '../resource/resource-options.ts'
import { LocalIds } from '../write/context.ts'
import type { Target } from '../write/operation.ts'
import { type OperationHandlers, runOperations } from '../write/operations.ts'
import { ApiCall, type ApiRequest } from './api-call.ts'
import type { Manager } from './manager.ts'
import { targetOfUrl } from './operation-url.ts'
import { requestUrl } from './request-url.ts'
import type { ServedApi } from './served-api.ts'
import { type Answer, transact } from './transact.ts'
import { WriteOperations } from './write-operations.ts'

export const ATOMIC_EXTENSION = 'https://jsonapi.org/ext/atomic'

/** Runs the operations of a request in one transaction. @param template of the path, with the prefix of the manager. */
export async function runAtomic(manager: Manager, request: ApiRequest, template: string): Promise<unknown> {
  const { operations } = manager.options
  refuseParameters(request.query)
  return transact(manager, request, async (transaction): Promise<Answer> => {
    const results = await runOperations(
      request.body,
      handlersOf(manager, request, template, transaction),
      typeof operations === 'object' ? operations.maxOperations : undefined,
    )
    if (!results) return { status: 204, headers: {} }
    const document = { jsonapi: jsonApiObject(request), 'atomic:results': results }
    return { status: 200, headers: {}, body: jsonText(document), document }
  })
}

function handlersOf(
  manager: Manager,
  request: ApiRequest,
  template: string,
  transaction: Database,
): OperationHandlers {
  const localIds = new LocalIds()
  const operationsOn = (target: Target, operation: Action['operation'], method: string): WriteOperations => {
    const api = apiOfTarget(manager, target, method)
    return new WriteOperations(new ApiCall(api, manager, request, template, operation, transaction), localIds)
  }
  return {
    localIds,
    targetOfUrl(url) {
      const root = rootOf(manager, request, template)
      return root === undefined ? undefined : targetOfUrl(url, root, manager['~apis'])
    },
    create: (target, document) => operationsOn(target, 'create', 'POST').create(document),
    update: (target, id, document) => operationsOn(target, 'update', 'PATCH').update(id, document, false),
    delete: (target, id) => operationsOn(target, 'delete', 'DELETE').delete(id),
    changeRelationship: (target, id, name, mode, document) =>
      operationsOn(target, 'update', 'PATCH').changeRelationship(id, name, mode, document),
  }
}

/** The absolute URL before the paths of the APIs; undefined where the host that the client has sent cannot be part of a URL. */
function rootOf(manager: Manager, request: ApiRequest, template: string): string | undefined {
  const { base } = requestUrl(request, template, manager.options.baseUrl ?? '')
  if (URL.canParse(base)) return base
  const { scheme, host } = clientOf(request)
  const origin = `${scheme}://${host}`
  return URL.canParse(base, origin) ? new URL(base, origin).href : undefined
}

/**
 * The API at the URL of an operation, else at that of the last one of its type.
 *
 * @throws {HttpException} 404 for an unknown type, 403 where no API at the URL has the method.
 */
function apiOfTarget(manager: Manager, { type, collection }: Target, method: string): ServedApi {
  const apis = manager['~apis']
  const path = collection ?? apis.findLast(({ resource }) => resource.type === type)?.resource.settings.path
  const there = apis.filter(({ resource }) => resource.settings.path === path)
  if (there.length === 0) throw new NotFound(`No API has the type ${JSON.stringify(type.slice(0, 100))}`)
  const api = there.findLast(({ methods }) => methods.has(method))
  if (!api) throw new Forbidden(`Not allowed: the API of ${type} has no ${method}`)
  return api
}
