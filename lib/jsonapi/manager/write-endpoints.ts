/** Requests that change resources: each is one transaction. */
import { jsonText } from '../../json/json-text.ts'
import { locationOf } from '../document/links.ts'
import type { Database } from '../model/dialect.ts'
import type { Action } from '../resource/resource-options.ts'
import type { Mode } from '../write/change.ts'
import { ApiCall, type ApiRequest } from './api-call.ts'
import type { Manager } from './manager.ts'
import { etagOf } from './resource-etag.ts'
import type { ServedApi } from './served-api.ts'
import { type Answer, transact } from './transact.ts'
import { type Outcome, WriteOperations } from './write-operations.ts'

/** An endpoint of one API. */
export interface EndpointPlace {
  readonly api: ServedApi
  readonly manager: Manager
  /** Of its path, with the prefix of the API. */
  readonly template: string
}

type Operate = (operations: WriteOperations, request: ApiRequest) => Promise<Outcome>

export const createOne: Operate = (operations, { body }) => operations.create(body)

export const updateOne: Operate = (operations, { params, body, query }) =>
  operations.update(params.id ?? '', body, 'include' in query)

export const deleteOne: Operate = (operations, { params }) => operations.delete(params.id ?? '')

/** @param name of the relation, where the path has no parameter for it. */
export function changeMembers(mode: Mode, name?: string): Operate {
  return (operations, { params, body }) =>
    operations.changeRelationship(params.id ?? '', name ?? params.relation ?? '', mode, body)
}

/** Runs an operation in a transaction, which is committed after its postprocessors. */
export async function write(
  { api, manager, template }: EndpointPlace,
  request: ApiRequest,
  operation: Action['operation'],
  operate: Operate,
): Promise<unknown> {
  const run = async (transaction: Database): Promise<Answer> => {
    const call = new ApiCall(api, manager, request, template, operation, transaction)
    return answerOf(call, await operate(new WriteOperations(call), request))
  }
  return transact(manager, request, run)
}

function answerOf(call: ApiCall, { status, document, id, hash }: Outcome): Answer {
  const { resource, urls } = call
  const body = document && jsonText(document)
  const headers = {
    ...(hash === undefined ? {} : { etag: etagOf(body ?? '', hash) }),
    ...(id === undefined ? {} : locationOf(urls, resource, id)),
  }
  return body === undefined ? { status, headers } : { status, headers, body, document }
}
