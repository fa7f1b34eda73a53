/** The transaction of a request that changes resources, and its response: a new one, or the stored one of its Idempotency-Key. */
import { type IdentifiedClient, identityNameOf } from '../../proxy/identity-name.ts'
import { type Representation, serializeResponse } from '../../walk/representation.ts'
import { databaseError } from '../errors/database-error.ts'
import type { Database } from '../model/dialect.ts'
import { ClaimDeadlock, runOnce, type StoredResponse } from '../write/idempotency.ts'
import { inTransaction } from '../write/transaction.ts'
import type { ApiRequest } from './api-call.ts'
import type { Manager } from './manager.ts'

/** Attempts to claim an Idempotency-Key, at most. */
const MOST_ATTEMPTS = 5

/** A response before it is sent. */
export interface Answer extends StoredResponse {
  /** The document that `body` is the text of. */
  readonly document?: unknown
}

/**
 * Runs a request in a transaction.
 *
 * @throws {HttpException} for errors of the database, by their codes.
 */
export async function transact(
  { options, dialect }: Manager,
  request: ApiRequest,
  run: (transaction: Database) => Promise<Answer>,
): Promise<Representation> {
  const { idempotency } = options
  const key = idempotency && request.method === 'POST' ? request.headers['idempotency-key'] : undefined
  const once = (db: Database): Promise<Answer> => {
    if (key === undefined) return run(db)
    const { method = 'POST', originalUrl: url, body: document } = request
    const identified = { key: String(key), client: clientOf(request), method, url, document }
    const stored = typeof idempotency === 'object' ? idempotency : {}
    return runOnce({ db: db.withoutPlugins(), dialect, request }, identified, () => run(db), stored)
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return responseOf(await inTransaction(options.db, once, request.signal))
    } catch (error) {
      if (error instanceof ClaimDeadlock && attempt < MOST_ATTEMPTS) continue
      throw databaseError(error) ?? error
    }
  }
}

/** The client that a key belongs to: its responses are no other client's. */
function clientOf(request: ApiRequest): string {
  const advice = 'its responses belong to one client'
  const name = identityNameOf(request as IdentifiedClient, 'An Idempotency-Key', advice)
  if (name !== undefined) return name
  const { authorization, cookie } = request.headers
  if (authorization !== undefined) return `authorization=${authorization}`
  return cookie === undefined ? '' : `cookie=${cookie}`
}

function responseOf({ status, headers, body, document }: Answer): Representation {
  if (body === undefined) return serializeResponse(undefined, { status, headers })
  return serializeResponse(document ?? JSON.parse(body), { status, headers, renderer: () => body })
}
