/**
 * The ETags of resources: the state of the row, then the representation.
 *
 *     ETag: "mS2F…-k9Zc…"
 *
 * If-Match compares the state alone, so that the tag of any representation of it matches, whatever its fields and inclusions.
 * If-None-Match compares the whole tag.
 */
import { PreconditionFailed, PreconditionRequired } from '../../exceptions/client-errors.ts'
import { evaluate } from '../../http/conditional.ts'
import {
  contentHash,
  isOfState,
  parseTags,
  stateHash,
  tagOfHash,
  withoutCoding,
} from '../../http/entity-tag.ts'
import { base64Of, bytesOf } from '../../json/bytes.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { ApiRequest } from './api-call.ts'

/** The tag of the text of a document. @param hash of the state; undefined where no change can depend on it, as with several resources. */
export function etagOf(text: string, hash = ''): string {
  return tagOfHash(hash === '' ? 'list' : hash, contentHash(text)).toString()
}

/**
 * The hash of a row: of its id, and its version, else of all that the client can see and change: columns, and computed values
 * with `get` and `set`, which may be of hidden columns.
 *
 * Not of columns that it cannot see: it knows all other values, so that it could find out theirs by trying.
 */
export function rowHash(resource: Resource, row: Row): string {
  const { model, attributes, relationships } = resource
  if (model.version !== undefined) return stateHash([...identityOf(resource, row), row[model.version]])
  const names = [...attributes.values()].flatMap(({ column, isReadable }) =>
    column && isReadable ? column.name : [],
  )
  const keys = [...relationships.values()].flatMap(({ relation, isReadable }) =>
    relation.isOwner && isReadable ? relation.local : [],
  )
  const values = [...new Set([...names, ...keys])].map((name) => textOf(row[name]))
  return stateHash([...identityOf(resource, row), ...values, ...computedValues(resource, row)])
}

/** Those that clients can change. Others follow from what is hashed, or are not of the row, as the time of the request. */
function computedValues({ attributes }: Resource, row: Row): readonly unknown[] {
  return [...attributes.values()].flatMap(({ computed, isReadable }) =>
    isReadable && computed?.get && computed.set && !computed.sql ? [computed.get(row) ?? null] : [],
  )
}

/** The table and the id of a row, so that its state is that of no other one. */
export function identityOf({ model, idNames }: Resource, row: Row): readonly unknown[] {
  return [model.table, ...idNames.map((name) => textOf(row[name]))]
}

/** Drivers may return the same value in different forms. Bytes are no text: those that are not UTF-8 would be equal. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const bytes = bytesOf(value)
  return bytes ? base64Of(bytes) : String(value)
}

/**
 * @param request undefined: one of several operations, to which no field belongs.
 * @throws {PreconditionRequired} 428, for a change without If-Match.
 */
export function requireIfMatch(request: ApiRequest | undefined): void {
  if (!request)
    throw new PreconditionRequired(
      'If-Match is required, which an operation cannot have: send a request of its own',
    )
  if (parseTags(request.headers['if-match']) === undefined)
    throw new PreconditionRequired('If-Match is required: send the ETag of the state that was read')
}

export function hasPreconditions({ headers }: ApiRequest): boolean {
  return headers['if-match'] !== undefined || headers['if-none-match'] !== undefined
}

/**
 * Evaluates the preconditions of a change on a locked state.
 *
 * @param hash of the state; undefined for one that no tag is of.
 * @throws {PreconditionFailed} 412.
 */
export function checkPreconditions(
  { method = 'PATCH', headers }: ApiRequest,
  hash: string | undefined,
  changed: 'resource' | 'relationship' = 'resource',
): void {
  const verdict = evaluate(
    { method, headers },
    {
      exists: true,
      matches: (tag, comparison) =>
        hash !== undefined &&
        (isOfState(tag, hash, comparison) || isOfState(withoutCoding(tag), hash, comparison)),
    },
  )
  if (verdict === 'failed')
    throw new PreconditionFailed(
      `The ${changed} has changed since it was read: read it again before changing it`,
    )
}
