/**
 * The state of a relationship for the ETags of its URL: the id of its resource, and all of its members that the client can see,
 * in any order. No ETag of a resource, or of another relationship, matches at the URL of a relationship.
 */
import { wrap } from '../../exceptions/wrap.ts'
import { stateHash } from '../../http/entity-tag.ts'
import { databaseError } from '../errors/database-error.ts'
import type { Condition } from '../query/condition.ts'
import { identifierOfRow } from '../reading/graph.ts'
import { keyOf } from '../reading/keys.ts'
import { oneRow } from '../reading/one-row.ts'
import { relatedRows } from '../reading/related-rows.ts'
import { identifierSelection, type Row, selectionOf } from '../reading/selection.ts'
import type { Relationship } from '../resource/resource.ts'
import type { ApiCall } from './api-call.ts'
import { runPreprocessors } from './processors.ts'
import { processedCondition } from './resource-query.ts'
import { identityOf } from './row-hash.ts'

/** The members of a state, at most: reading more of them for an ETag takes too long. */
const MOST_MEMBERS = 1000

/** The members that a client sees. */
export interface ShownMembers {
  /** Of their resource and relationship, to which preprocessors may have led the read. */
  readonly resourceId: string
  readonly relationName: string
  /** Undefined: all that there are. */
  readonly condition: Condition | undefined
}

/**
 * The members that preprocessors of a read show to a client without filters. Undefined where it cannot read the relationship, or one
 * of them refuses it.
 */
export async function shownMembers(
  call: ApiCall,
  requestedId: string,
  name: string,
): Promise<ShownMembers | undefined> {
  const { relationships } = call.resource
  if (!relationships.get(name)?.isReadable) return undefined
  const members = { resourceId: requestedId, relationName: name, filters: [], sort: [], single: false }
  const context = call.processing(members)
  try {
    await runPreprocessors(call.api, 'GET_RELATIONSHIP', context)
  } catch (thrown) {
    const error = databaseError(thrown) ?? thrown
    if (wrap(error).status < 500) return undefined
    throw error
  }
  const { resourceId = requestedId, relationName = name, filters = [] } = context
  const relationship = relationships.get(relationName)
  if (!relationship?.isReadable) return undefined
  return { resourceId, relationName, condition: processedCondition(call, relationship.target, filters) }
}

/** The members of a relationship; undefined where they are those of another one. */
export function shownOf(
  shown: ShownMembers | undefined,
  resourceId: string,
  relationName: string,
): ShownMembers | undefined {
  return shown?.resourceId === resourceId && shown.relationName === relationName ? shown : undefined
}

/**
 * The hash of the members. Undefined for more than 1,000, and where the client cannot read the relationship.
 *
 * @param isLocked whether other writers wait until the end of the transaction before they move a member.
 */
export async function relationshipHash(
  { scope, resource }: ApiCall,
  { name, relation, target }: Relationship,
  row: Row,
  shown: ShownMembers | undefined,
  isLocked = false,
): Promise<string | undefined> {
  if (!shown) return undefined
  const key = keyOf(row, relation.local)
  const query = {
    condition: shown.condition,
    most: MOST_MEMBERS + 1,
    isLocked: isLocked && !relation.isOwner,
  }
  const rows = key
    ? await relatedRows(scope, resource, { relation, target }, [key], identifierSelection(target), query)
    : []
  if (rows.length > MOST_MEMBERS) return undefined
  const members = rows.map((member) => {
    const { type, id } = identifierOfRow(target, member, scope)
    return JSON.stringify([type, id])
  })
  return stateHash([...identityOf(resource, row), name, ...members.sort()])
}

/** The hash after a change of the relationship; undefined, too, where the change has given the row another id. */
export async function changedHash(
  call: ApiCall,
  relationship: Relationship,
  id: string,
  shown: ShownMembers | undefined,
): Promise<string | undefined> {
  const { resource, scope } = call
  const selection = selectionOf(resource, new Map([[resource.type, new Set()]]))
  const row = shown && (await oneRow(scope, resource, id, selection))
  return row && relationshipHash(call, relationship, row, shown)
}
