/** Requests that change resources: each is one transaction. */
import { jsonText } from '../../json/json-text.ts'
import { locationOf } from '../document/links.ts'
import type { Database } from '../model/dialect.ts'
import type { Action } from '../resource/resource-options.ts'
import type { Mode } from '../write/change.ts'
import { ApiCall, type ApiRequest } from './api-call.ts'
import type { Manager } from './manager.ts'
import { shownMembers } from './relationship-etag.ts'
import { etagOf, hasPreconditions } from './resource-etag.ts'
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

/** What a transaction runs. */
type Run = (operations: WriteOperations) => Promise<Outcome>

/** Reads a request, before its transaction begins. */
type Operate = (request: ApiRequest, place: EndpointPlace) => Run | Promise<Run>

export const createOne: Operate =
  ({ body }) =>
  (operations) =>
    operations.create(body)

export const updateOne: Operate =
  ({ params, body, query }) =>
  (operations) =>
    operations.update(params.id ?? '', body, 'include' in query)

export const deleteOne: Operate =
  ({ params }) =>
  (operations) =>
    operations.delete(params.id ?? '')

/**
 * Preprocessors of a read run before the transaction: queries of theirs by another handle would wait for its end.
 *
 * @param name of the relation, where the path has no parameter for it.
 */
export function changeMembers(mode: Mode, name?: string): Operate {
  return async (request, { api, manager, template }) => {
    const { id = '', relation = '' } = request.params
    const asked = name ?? relation
    const isRead = api.preprocessors.GET_RELATIONSHIP && hasPreconditions(request)
    const call = isRead ? new ApiCall(api, manager, request, template, 'update') : undefined
    const shown = call && (await shownMembers(call, id, asked))
    return (operations) => operations.changeRelationship(id, asked, mode, request.body, shown)
  }
}

/** Runs an operation in a transaction, which is committed after its postprocessors. */
export async function write(
  place: EndpointPlace,
  request: ApiRequest,
  operation: Action['operation'],
  operate: Operate,
): Promise<unknown> {
  const { api, manager, template } = place
  const run = await operate(request, place)
  return transact(manager, request, async (transaction: Database): Promise<Answer> => {
    const call = new ApiCall(api, manager, request, template, operation, transaction)
    return answerOf(call, await run(new WriteOperations(call)))
  })
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
