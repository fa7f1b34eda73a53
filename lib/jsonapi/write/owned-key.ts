/** Foreign keys in the row itself: the columns of to-one relationships. */
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Link } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure, Issues } from './issues.ts'
import { keyValues, type Values } from './row.ts'
import { checkShared, emptyKey, isSame } from './shared-key.ts'

/**
 * The columns of the links that the row itself has.
 *
 * @param row the stored one, of an update.
 * @param id the columns of the id that the client has chosen.
 * @throws {HttpException} 400 for a key that must not be NULL, 403 for one that is part of the id, 409 for one that differs
 * from the chosen id, or from another key with the same column; as `checkShared`.
 */
export async function ownedColumns(
  context: WriteContext,
  resource: Resource,
  links: readonly Link[],
  row?: Row,
  id: Values = {},
): Promise<Values> {
  const { model } = resource
  const issues = new Issues()
  const columns: Record<string, unknown> = {}
  const owned = links.filter(({ relationship }) => relationship.relation.isOwner)
  for (const { relationship, members, path } of owned) {
    const { relation, name } = relationship
    const [member] = members
    const { local, remote } = relation
    const values = member
      ? keyValues(context, member.resource.model.columns, remote, member.row, local)
      : emptyKey(model, local)
    if (!values) issues.add(failure(400, path, `The relationship "${name}" must not be null`))
    else if (row && changesId(context, resource, row, values)) {
      issues.add(failure(403, path, `The relationship "${name}" is part of the id, which does not change`))
    } else if (differs(values, id)) {
      issues.add(failure(409, path, `The relationship "${name}" differs from the id of the resource`))
    } else if (differs(values, columns)) {
      issues.add(
        failure(409, path, `The relationship "${name}" differs from another in a column that they share`),
      )
    } else Object.assign(columns, values)
  }
  issues.throwIfAny()
  const places = owned.map(({ relationship, path }) => ({ key: relationship.relation.local, path }))
  await checkShared(context, resource, {
    keys: places.map(({ key }) => key),
    values: { ...id, ...columns },
    row,
    id,
    pathOf: (names) => {
      const isOfId = names.some((name) => Object.hasOwn(id, name))
      const place = isOfId ? undefined : places.find(({ key }) => key.some((name) => names.includes(name)))
      return place?.path ?? ['data', 'id']
    },
  })
  return columns
}

/** Whether the values differ from the id of a selected row. */
export function changesId(
  context: WriteContext,
  { model, idNames }: Resource,
  row: Row,
  values: Values,
): boolean {
  return differs(values, keyValues(context, model.columns, idNames, row))
}

/** Whether two have a column with different values. */
function differs(values: Values, others: Values): boolean {
  return Object.keys(others).some(
    (name) => Object.hasOwn(values, name) && !isSame(values[name], others[name]),
  )
}
