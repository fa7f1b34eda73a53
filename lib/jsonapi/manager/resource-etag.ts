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
import { contentHash, isOfState, parseTags, tagOfHash, withoutCoding } from '../../http/entity-tag.ts'
import type { ApiRequest } from './api-call.ts'

/** The tag of the text of a document. @param hash of the state; undefined where no change can depend on it, as with several resources. */
export function etagOf(text: string, hash = ''): string {
  return tagOfHash(hash === '' ? 'list' : hash, contentHash(text)).toString()
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
