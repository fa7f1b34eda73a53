/** Creation of a resource: its row, then the links that are not in the row. */
import { Forbidden } from '../../exceptions/client-errors.ts'
import { memberError } from '../errors/issue.ts'
import { noneIfImpossible } from '../reading/one-row.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Change } from './change.ts'
import type { WriteContext } from './context.ts'
import { linkOthers, takeOver } from './link.ts'
import { refuseOtherType } from './other-type.ts'
import { areVisible, isEqual, selectRows } from './row.ts'
import { insertRow } from './statement.ts'

/**
 * The new row.
 *
 * @throws {HttpException} 409 for an id that exists, 403 for a row that the base query would hide from its own client,
 *   422 for one that the database does not store.
 */
export async function createResource(
  context: WriteContext,
  resource: Resource,
  change: Change,
): Promise<Row> {
  await refuseExisting(context, resource, change)
  await takeOver(context, resource, change)
  const { key, row } = await insertRow(context, resource, change.columns, ['data'])
  refuseOtherType(resource, row, change)
  await linkOthers(context, resource, row, change)
  if (!(await areVisible(context, resource, [key])))
    throw new Forbidden('The new resource would not be visible to you')
  return row
}

/** The database decides where two requests race. */
async function refuseExisting(
  context: WriteContext,
  resource: Resource,
  { columns, id }: Change,
): Promise<void> {
  const names = resource.idNames
  if (!names.every((name) => Object.hasOwn(columns, name))) return
  const key = Object.fromEntries(names.map((name) => [name, columns[name]]))
  const condition = isEqual(context, resource.model.columns, key)
  const selection = { columns: names, hasHidden: true }
  const existing = await noneIfImpossible(selectRows(context, resource, condition, selection))
  const path = id === undefined ? ['data'] : ['data', 'id']
  if (!existing) throw memberError(400, path, 'The id has not the form of an id of this type')
  if (existing.length === 0) return
  throw memberError(409, path, `A resource of type ${resource.type} with this ID exists`)
}
