/** Foreign keys in the row itself: the columns of to-one relationships. */
import type { Model, Relation } from '../model/model.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Link } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure, Issues } from './issues.ts'
import { columnOf, keyValue, keyValues, type Values } from './row.ts'

/**
 * The columns of the links that the row itself has.
 *
 * @param row the stored one, of an update.
 * @param id the columns of the id that the client has chosen.
 * @throws {HttpException} 400 for a key that must not be NULL, 403 for one that is part of the id, 409 for one that differs
 * from the chosen id.
 */
export function ownedColumns(
  context: WriteContext,
  resource: Resource,
  links: readonly Link[],
  row?: Row,
  id: Values = {},
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
    } else if (differs(values, id)) {
      issues.add(failure(409, path, `The relationship "${name}" differs from the id of the resource`))
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

/** Whether the values differ from the id of a selected row. */
export function changesId(
  context: WriteContext,
  { model, idColumns }: Resource,
  row: Row,
  values: Values,
): boolean {
  const names = idColumns.map(({ name }) => name)
  return differs(values, keyValues(context, model.columns, names, row))
}

/** Whether values have columns of an id with other values. */
function differs(values: Values, id: Values): boolean {
  return Object.keys(id).some(
    (name) => Object.hasOwn(values, name) && keyText([values[name]]) !== keyText([id[name]]),
  )
}
