/** Foreign keys in the row itself: the columns of to-one relationships. */
import type { Model, Relation } from '../model/model.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Link } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure, Issues } from './issues.ts'
import { columnOf, keyValue, type Values } from './row.ts'

/**
 * The columns of the links that the row itself has.
 *
 * @param row the stored one, of an update.
 * @throws {HttpException} 400 for a key that must not be NULL, 403 for one that is part of the id.
 */
export function ownedColumns(
  context: WriteContext,
  resource: Resource,
  links: readonly Link[],
  row?: Row,
): Values {
  const { model } = resource
  const issues = new Issues()
  const columns: Record<string, unknown> = {}
  for (const { relationship, members, path } of links) {
    const { relation, name } = relationship
    if (!relation.isOwner) continue
    const [member] = members
    const values = member
      ? keyOfMember(context, relation, member.resource.model, member.row)
      : emptyKey(model, relation)
    if (!values) issues.add(failure(400, path, `The relationship "${name}" must not be null`))
    else if (row && changesId(context, resource, row, values)) {
      issues.add(failure(403, path, `The relationship "${name}" is part of the id, which does not change`))
    } else Object.assign(columns, values)
  }
  issues.throwIfAny()
  return columns
}

/** The foreign key of a related row. */
export function keyOfMember(context: WriteContext, relation: Relation, target: Model, row: Row): Values {
  return Object.fromEntries(
    relation.local.map((name, index) => {
      const remote = relation.remote[index] as string
      return [name, keyValue(context, columnOf(target.columns, remote), row[remote])]
    }),
  )
}

/** NULL in the columns that can have it; undefined where none can. */
export function emptyKey(model: Model, { local }: Pick<Relation, 'local'>): Values | undefined {
  const names = local.filter((name) => columnOf(model.columns, name).isNullable)
  return names.length > 0 ? Object.fromEntries(names.map((name) => [name, null])) : undefined
}

function changesId(context: WriteContext, { model, idColumns }: Resource, row: Row, values: Values): boolean {
  return idColumns.some(({ name }) => {
    if (!Object.hasOwn(values, name)) return false
    return keyText([values[name]]) !== keyText([keyValue(context, columnOf(model.columns, name), row[name])])
  })
}
