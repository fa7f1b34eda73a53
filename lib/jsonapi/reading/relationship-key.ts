/** Relationships whose linkage is in the row of their owner. */
import type { Dialect } from '../model/dialect.ts'
import type { Relationship } from '../resource/resource.ts'
import type { Identifier } from './instance.ts'
import { keyOf } from './keys.ts'
import type { Row } from './selection.ts'

/** Whether the foreign key is the id of the related resource, whatever its row. */
export function isInRow({ relation, target }: Relationship): boolean {
  const { model, idNames } = target
  const isId =
    idNames.length === relation.remote.length &&
    idNames.every((name, index) => name === relation.remote[index])
  return relation.isOwner && !relation.isMany && isId && !model.baseQuery && !model.discriminator
}

/** The identifier of the related resource, by the foreign key in the row of its owner. */
export function identifierInRow(
  { relation, target }: Relationship,
  row: Row,
  dialect: Dialect,
): Identifier | null {
  const key = keyOf(row, relation.local)
  return key ? { type: target.type, id: target.ids.join(key, dialect) } : null
}
