/** Relationships whose linkage is in the row of their owner. */
import type { Relationship } from '../resource/resource.ts'

/** Whether the foreign key is the id of the related resource, whatever its row. */
export function isInRow({ relation, target }: Relationship): boolean {
  const { model, idColumns } = target
  const isId =
    idColumns.length === relation.remote.length &&
    idColumns.every(({ name }, index) => name === relation.remote[index])
  return relation.isOwner && !relation.isMany && isId && !model.baseQuery && !model.discriminator
}
