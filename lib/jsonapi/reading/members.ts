/** Which of the related rows of a statement belongs to which owner. */
import { groupBy } from '../../registry/group-by.ts'
import type { Relationship } from '../resource/resource.ts'
import type { Instance } from './instance.ts'
import { keyOf, keyText } from './keys.ts'
import { ownerKey } from './related-rows.ts'
import type { Row } from './selection.ts'
import { Spellings } from './spellings.ts'

/** The related rows of each owner, in the order of the rows; their keys may be spelled in another way. */
export function membersOf(
  owners: readonly Instance[],
  relationship: Relationship,
  rows: readonly Row[],
): readonly (readonly [owner: Instance, rows: readonly Row[]])[] {
  const { relation, isMany } = relationship
  const keys = owners.map(({ row }) => keyOf(row, relation.local)).map((key) => key && keyText(key))
  const ofOwners = new Spellings(keys.filter((key) => key !== undefined))
  const byOwner = groupBy(rows, (row) => ofOwners.of(keyText(ownerKey(row, relationship))))
  const ofRows = new Spellings(byOwner.keys()) // several owners may refer to one row, each with a spelling of its own
  return owners.map((owner, index) => {
    const key = keys[index]
    return [owner, (key !== undefined && byOwner.get(isMany ? key : ofRows.of(key))) || []] as const
  })
}
