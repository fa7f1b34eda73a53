/** Update of a resource: its row is locked, the precondition checked, the change written. */
import { Forbidden } from '../../exceptions/client-errors.ts'
import { keyText } from '../reading/keys.ts'
import { isRowOf, noneIfImpossible } from '../reading/one-row.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Change } from './change.ts'
import type { WriteContext } from './context.ts'
import { linkOthers, takeOver } from './link.ts'
import type { MemberOptions } from './member.ts'
import { refuseOtherType } from './other-type.ts'
import { changedKey, isEqual, keyOf, keyValue, keyValues, selectRows } from './row.ts'
import { updateRows } from './statement.ts'

export interface Updated {
  readonly row: Row
  /** Whether the resource differs from the old one in more than the document had. */
  readonly hasChangedMore: boolean
}

/**
 * The row of an id, which other writers cannot change until the transaction ends; undefined where there is none, or where it
 * is one of a subtype.
 *
 * @param locksReferences whether no rows can be inserted that refer to it, either.
 */
export async function lockResource(
  context: WriteContext,
  resource: Resource,
  id: string,
  locksReferences = false,
): Promise<Row | undefined> {
  const values = resource.ids.parse(id, context.dialect)
  if (!values) return undefined
  const selection = { isLocked: true, locksReferences }
  const condition = isEqual(context, resource.model.columns, resource.idValues(values))
  const [row] = (await noneIfImpossible(selectRows(context, resource, condition, selection))) ?? []
  if (!row || resource.ofRow(row).type !== resource.type) return undefined
  return isRowOf(resource, row, values, context.dialect) ? row : undefined
}

/**
 * Writes a change of a locked row.
 *
 * @throws {HttpException} 403 where the base query would hide the row from then on.
 */
export async function updateResource(
  context: WriteContext,
  resource: Resource,
  row: Row,
  change: Change,
  options?: MemberOptions,
): Promise<Updated> {
  const { model } = resource
  await takeOver(context, resource, change, row)
  const hasLinked = await linkOthers(context, resource, row, change, options)
  const key = keyValues(context, model.columns, keyOf(resource), row)
  if (!hasLinked && Object.keys(change.columns).length === 0) return { row, hasChangedMore: false }
  await updateRows(context, resource, [key], change.columns, row)
  const condition = isEqual(context, model.columns, changedKey(key, change.columns))
  const [updated] = await selectRows(context, resource, condition)
  if (!updated) throw new Forbidden('The resource would not be visible to you any more')
  refuseOtherType(resource, updated, change)
  return { row: updated, hasChangedMore: hasChangedMore(context, resource, row, updated, change) }
}

/** Compares all columns. Computed attributes may depend on any of them, proxies on their relationship. */
function hasChangedMore(
  context: WriteContext,
  resource: Resource,
  before: Row,
  after: Row,
  { columns, attributes, links, lists }: Change,
): boolean {
  const listed = lists.map(({ proxy }) => proxy.relationship.name)
  if (listed.some((name) => resource.relationships.get(name)?.isReadable)) return true
  const linked = new Set([...listed, ...links.map(({ relationship }) => relationship.name)])
  const proxies = [...resource.attributes.values()].filter(
    ({ proxy, isReadable }) => proxy && isReadable && linked.has(proxy.relationship.name),
  )
  if (proxies.some(({ name }) => !attributes.has(name))) return true
  const computed = [...resource.attributes.values()].filter(
    ({ computed, isReadable }) => computed && isReadable,
  )
  if (Object.keys(columns).length > 0 && computed.some(({ name }) => !attributes.has(name))) return true
  return Object.values(resource.model.columns).some((column) => {
    const { name } = column
    return Object.hasOwn(columns, name)
      ? keyText([columns[name]]) !== keyText([keyValue(context, column, after[name])])
      : keyText([before[name]]) !== keyText([after[name]])
  })
}
