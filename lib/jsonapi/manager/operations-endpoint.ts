/** POST of atomic operations: `/api/operations`, with the extension https://jsonapi.org/ext/atomic. */
import { Forbidden, NotFound } from '../../exceptions/client-errors.ts'
import { serializeResponse } from '../../walk/representation.ts'
import { parameterError } from '../errors/issue.ts'
import type { Database } from '../model/dialect.ts'
import { jsonApiObject } from '../protocol/applied-extensions.ts'
import type { JsonApiBlueprint } from '../protocol/json-api-blueprint.ts'
import type { Action } from '../resource/resource-options.ts'
import type { LocalIds } from '../write/context.ts'
import { type OperationHandlers, type OperationOutcome, runOperations } from '../write/operations.ts'
import { inTransaction } from '../write/transaction.ts'
import { ApiCall, type ApiRequest, mountOf } from './api-call.ts'
import type { ApiManager } from './api-manager.ts'
import type { ApiMethod } from './manager-options.ts'
import { targetOfUrl } from './operation-url.ts'
import type { ServedApi } from './served-api.ts'
import { asException } from './write-endpoints.ts'
import { WriteOperations } from './write-operations.ts'

export const ATOMIC_EXTENSION = 'https://jsonapi.org/ext/atomic'

const PATH = '/operations'

/** @param prefix of the manager. */
export function addOperations(blueprint: JsonApiBlueprint, manager: ApiManager, prefix: string): void {
  const { operations, db } = manager.options
  if (!operations) return
  const { maxOperations } = operations === true ? { maxOperations: undefined } : operations
  const options = { name: 'operations', summary: 'Run operations', requiredExtensions: [ATOMIC_EXTENSION] }
  blueprint.post(PATH, options, async (incoming) => {
    const request = incoming as unknown as ApiRequest
    for (const name of Object.keys(request.query)) throw parameterError(name, 'Operations take no parameters')
    const results = await inTransaction(
      db,
      (transaction) =>
        runOperations(request.body, handlersOf(manager, request, prefix + PATH, transaction), maxOperations),
      request.signal,
    )
    if (!results) return serializeResponse(undefined, { status: 204 })
    return { jsonapi: jsonApiObject(request), 'atomic:results': results }
  })
}

type Operate = (operations: WriteOperations) => Promise<OperationOutcome>

function handlersOf(
  manager: ApiManager,
  request: ApiRequest,
  path: string,
  transaction: Database,
): OperationHandlers {
  const run = async (
    type: string,
    method: ApiMethod,
    operation: Action['operation'],
    operate: Operate,
    localIds?: LocalIds,
  ): Promise<OperationOutcome> => {
    const api = apiOf(manager, type, method)
    try {
      const call = new ApiCall(api, manager, request, path, operation, transaction)
      return await operate(new WriteOperations(call, localIds))
    } catch (error) {
      throw asException(error, api.resource)
    }
  }
  return {
    targetOfUrl: (url) => targetOfUrl(url, mountOf(request, path), manager['~apis']),
    create: (type, document, ids) => run(type, 'POST', 'create', (write) => write.create(document), ids),
    update: (type, id, document, ids) =>
      run(type, 'PATCH', 'update', (write) => write.update(id, document, false), ids),
    delete: (type, id) => run(type, 'DELETE', 'delete', (write) => write.delete(id)),
    changeRelationship: (type, id, name, mode, document, ids) =>
      run(type, 'PATCH', 'update', (write) => write.changeRelationship(id, name, mode, document), ids),
  }
}

/** The API of a type: the one created last. */
function apiOf(manager: ApiManager, type: string, method: ApiMethod): ServedApi {
  const api = manager['~apis'].findLast(({ resource }) => resource.type === type)
  if (!api) throw new NotFound(`There is no type "${type.slice(0, 100)}"`)
  if (!api.methods.has(method)) throw new Forbidden(`Resources of the type "${type}" do not allow ${method}`)
  return api
}
