/**
 * The request field `Idempotency-Key`: a POST that is sent again gets the response of the first.
 *
 * The key is stored in the transaction of the request. A second request with it waits for the first: it gets the stored
 * response, or runs where the first has failed.
 */
import { sql } from 'kysely'
import { BadRequest, Conflict, UnprocessableContent } from '../../exceptions/client-errors.ts'
import { canonicalHash } from '../../json/canonical-form.ts'
import { databaseError } from '../errors/database-error.ts'
import { type Database, dialectOf } from '../model/dialect.ts'
import { IDEMPOTENCY_TABLE } from '../model/internal-table.ts'
import type { WriteContext } from './context.ts'

export interface IdempotencyOptions {
  /** The table that {@link createIdempotencyTable} has created. Default `mazurka_idempotency`. */
  readonly table?: string
  /** The time for which a response is kept. Default one day. */
  readonly maxAgeSeconds?: number
}

/** A response, as far as it is sent again. */
export interface StoredResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A request with an `Idempotency-Key`. */
export interface IdempotentRequest {
  /** The value of the field. */
  readonly key: string
  /** The client: the same key of another client is another key. */
  readonly client?: string
  readonly method: string
  readonly url: string
  /** The parsed document. */
  readonly document: unknown
}

const DAY = 86_400
const MOST_CHARACTERS = 255

interface Entry {
  readonly fingerprint: string
  readonly status: number | null
  readonly headers: string | null
  readonly body: string | null
  readonly created_at: number | string
}

/**
 * A key that was not claimed since the locks of several requests have collided, as those that wait on MariaDB while the first one
 * is rolled back. It has ended the transaction before anything ran: it can be begun again.
 */
export class ClaimDeadlock extends Conflict {}

/** Creates the table of keys where it does not exist. */
export async function createIdempotencyTable(
  db: Database,
  { table = IDEMPOTENCY_TABLE }: IdempotencyOptions = {},
): Promise<void> {
  await sql`create table if not exists ${sql.id(table)} (id varchar(64) not null primary key, fingerprint varchar(64) not null,
    status integer, headers text, body ${sql.raw(dialectOf(db) === 'mysql' ? 'longtext' : 'text')}, created_at bigint not null)`.execute(
    db.withoutPlugins(),
  )
}

/** Deletes the responses that are older than `maxAgeSeconds`. */
export async function deleteOldResponses(
  db: Database,
  { table = IDEMPOTENCY_TABLE, maxAgeSeconds = DAY }: IdempotencyOptions = {},
): Promise<void> {
  await sql`delete from ${sql.id(table)} where created_at < ${now() - maxAgeSeconds}`.execute(
    db.withoutPlugins(),
  )
}

/**
 * The response of a request, which `run` makes or an earlier request with the same key has made.
 *
 * @throws {HttpException} 422 where the earlier request was another one, 409 where it still runs, 400 for an invalid key.
 */
export async function runOnce(
  context: WriteContext,
  request: IdempotentRequest,
  run: () => Promise<StoredResponse>,
  options: IdempotencyOptions = {},
): Promise<StoredResponse> {
  const table = sql.id(options.table ?? IDEMPOTENCY_TABLE)
  const id = canonicalHash([checkKey(request.key), request.client ?? ''])
  const fingerprint = canonicalHash([request.method, request.url, request.document])
  const entry = await claim(context, table, id, fingerprint)
  const isOld = Number(entry.created_at) < now() - (options.maxAgeSeconds ?? DAY)
  if (entry.status !== null && !isOld) return replay(entry, fingerprint)
  const { status, headers, body = null } = await run()
  await sql`update ${table} set fingerprint = ${fingerprint}, status = ${status}, headers = ${JSON.stringify(headers)},
    body = ${body}, created_at = ${now()} where id = ${id}`.execute(context.db)
  return body === null ? { status, headers } : { status, headers, body }
}

/** The entry of a key: a new one, or that of an earlier request once its transaction has ended. */
async function claim(
  { db, dialect }: WriteContext,
  table: ReturnType<typeof sql.id>,
  id: string,
  fingerprint: string,
): Promise<Entry> {
  const conflict = dialect === 'mysql' ? sql`on duplicate key update id = id` : sql`on conflict do nothing`
  const lock = dialect === 'sqlite' ? sql`` : sql`for update`
  try {
    await sql`insert into ${table} (id, fingerprint, created_at) values (${id}, ${fingerprint}, ${now()})
      ${conflict}`.execute(db)
    const { rows } = await sql<Entry>`select * from ${table} where id = ${id} ${lock}`.execute(db)
    return rows[0] as Entry
  } catch (error) {
    if (databaseError(error)?.status !== 503) throw error
    const { errno, code } = error as { errno?: unknown; code?: unknown }
    const Failed = errno === 1213 || code === '40P01' ? ClaimDeadlock : Conflict
    throw new Failed('A request with the same Idempotency-Key is running', { cause: error })
  }
}

function replay(entry: Entry, fingerprint: string): StoredResponse {
  if (entry.fingerprint !== fingerprint) {
    throw new UnprocessableContent('This Idempotency-Key was used for another request')
  }
  const { status, headers, body } = entry
  const stored = { status: status as number, headers: JSON.parse(headers ?? '{}') as Record<string, string> }
  return body === null ? stored : { ...stored, body }
}

function checkKey(key: string): string {
  if (key !== '' && key.length <= MOST_CHARACTERS) return key
  const detail = `An Idempotency-Key has 1 to ${MOST_CHARACTERS} characters`
  throw new BadRequest(detail, { errors: [{ detail, in: 'header', parameter: 'Idempotency-Key' }] })
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
