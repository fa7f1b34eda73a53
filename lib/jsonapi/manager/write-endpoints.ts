/** Requests that change resources: each is one transaction. */
import { type Representation, serializeResponse } from '../../walk/representation.ts'
import { databaseError } from '../errors/database-error.ts'
import type { Resource } from '../resource/resource.ts'
import type { Action } from '../resource/resource-options.ts'
import type { Mode } from '../write/member.ts'
import { inTransaction } from '../write/transaction.ts'
import { ApiCall, type ApiRequest } from './api-call.ts'
import type { ApiManager } from './api-manager.ts'
import { runIdempotently } from './idempotent-create.ts'
import { etagOf, rowHash } from './resource-etag.ts'
import { respond } from './respond.ts'
import type { ServedApi } from './served-api.ts'
import { type Outcome, WriteOperations } from './write-operations.ts'

/** An endpoint of one API. */
export interface EndpointPlace {
  readonly api: ServedApi
  readonly manager: ApiManager
  /** Of its path, below the prefix of the API. */
  readonly template: string
}

type Operate = (operations: WriteOperations, request: ApiRequest) => Promise<Outcome>

export const createOne: Operate = (operations, { body }) => operations.create(body)

export const updateOne: Operate = (operations, { params, body, query }) =>
  operations.update(params.id ?? '', body, 'include' in query)

export const deleteOne: Operate = (operations, { params }) => operations.delete(params.id ?? '')

export function changeMembers(mode: Mode): Operate {
  return (operations, { params, body }) =>
    operations.changeRelationship(params.id ?? '', params.relation ?? '', mode, body)
}

/** Runs an operation in a transaction, which is committed after its postprocessors. */
export async function write(
  { api, manager, template }: EndpointPlace,
  request: ApiRequest,
  operation: Action['operation'],
  operate: Operate,
): Promise<unknown> {
  try {
    return await inTransaction(
      api.db,
      (transaction) => {
        const call = new ApiCall(api, manager, request, api.prefix + template, operation, transaction)
        const run = async () => responseOf(call, await operate(new WriteOperations(call), request))
        return operation === 'create' ? runIdempotently(call, run) : run()
      },
      request.signal,
    )
  } catch (error) {
    throw asException(error, api.resource)
  }
}

/** The exception of an error of the database; any other error as it is. */
export function asException(error: unknown, resource: Resource): unknown {
  return databaseError(error, (column) => pointerOf(resource, column)) ?? error
}

function responseOf(call: ApiCall, { status, document, id, row }: Outcome): Representation {
  const hash = row && rowHash(call.resource, row)
  if (!document)
    return serializeResponse(undefined, { status: 204, headers: hash ? { etag: etagOf('', hash) } : {} })
  const location = id === undefined ? {} : { location: call.urls.resource(call.resource, id) }
  return respond(document, hash, { status, headers: location })
}

/** The member of a document that has the value of a column. */
function pointerOf({ attributes, relationships }: Resource, column: string): string | undefined {
  const attribute = [...attributes.values()].find((one) => one.column?.name === column && one.isReadable)
  if (attribute) return `/data/attributes/${attribute.name}`
  const relationship = [...relationships.values()].find(
    ({ relation, isReadable }) => isReadable && relation.isOwner && relation.local.includes(column),
  )
  return relationship && `/data/relationships/${relationship.name}`
}
