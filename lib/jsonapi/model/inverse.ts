/** The relation that leads back. */
import type { Model, Relation } from './model.ts'

/**
 * The relation of the related model that leads back over the same columns, whatever its name: either model may have been
 * refined since they were read.
 */
export function inverseOf(
  model: Model,
  relation: Relation,
  models: Readonly<Record<string, Model>>,
): Relation | undefined {
  const { local, remote, through, inverse, isOwner } = relation
  const candidates = Object.values(models[relation.target]?.relations ?? {}).filter((other) => {
    if (other.target !== model.name || !isEqual(other.local, remote) || !isEqual(other.remote, local))
      return false
    if (!through || !other.through) return !through && !other.through && other.isOwner !== isOwner
    const isSameTable = through.table === other.through.table && through.schema === other.through.schema
    return (
      isSameTable && isEqual(through.left, other.through.right) && isEqual(through.right, other.through.left)
    )
  })
  return candidates.find(({ name }) => name === inverse) ?? candidates[0]
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index])
}
