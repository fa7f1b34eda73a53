/** Links of a row that other rows hold: their foreign keys, join rows, the rows behind the lists of proxies. */
import { memberError } from '../errors/issue.ts'
import { pointerTo } from '../errors/pointer.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Change, Link, ProxyList } from './change.ts'
import type { WriteContext } from './context.ts'
import { changeMembers, type MemberOptions } from './member.ts'
import { emptyKey, keyOfMember } from './owned-key.ts'
import {
  columnOf,
  isEqual,
  keyOf,
  keyValue,
  keyValues,
  selectByKeys,
  selectRows,
  type Values,
} from './row.ts'
import { insertRow, updateRows } from './statement.ts'

/**
 * Takes related rows of one-to-one relationships from their former owners, before the row itself gets them.
 *
 * @param row of an update.
 * @throws {HttpException} 409 where a former owner cannot be without.
 */
export async function takeOver(
  context: WriteContext,
  resource: Resource,
  { links }: Change,
  row?: Row,
): Promise<void> {
  const { model } = resource
  const names = keyOf(resource)
  const textOf = (each: Row) => keyText(Object.values(keyValues(context, model.columns, names, each)))
  for (const { relationship, members, path } of links) {
    const { relation, name } = relationship
    const [member] = members
    if (!member || !relation.isOwner || !relation.isUnique) continue
    const key = keyOfMember(context, relation, member.resource.model, member.row)
    const holders = await selectRows(context, resource, isEqual(context, model.columns, key), {
      columns: names,
      isLocked: true,
    })
    const others = holders.filter((holder) => !row || textOf(holder) !== textOf(row))
    if (others.length === 0) continue
    const empty = emptyKey(model, relation)
    if (!empty)
      throw memberError(
        409,
        pointerTo(path),
        `The ${name} belongs to another ${resource.type}, which cannot be without`,
      )
    await updateRows(
      context,
      resource,
      others.map((each) => keyValues(context, model.columns, names, each)),
      empty,
    )
  }
}

/** Links the rows that have, or get, a key of this row. Whether anything has changed. */
export async function linkOthers(
  context: WriteContext,
  resource: Resource,
  row: Row,
  { links, lists }: Change,
  options?: MemberOptions,
): Promise<boolean> {
  let hasChanged = false
  for (const link of links) {
    if (link.relationship.relation.isOwner) continue
    if (await changeMembers(context, resource, row, link, 'replace', options)) hasChanged = true
  }
  for (const list of lists) {
    const link = await linkOfList(context, list)
    if (await changeMembers(context, resource, row, link, 'replace', options)) hasChanged = true
  }
  return hasChanged
}

/** The rows with the values of a list; those that do not exist are created. */
async function linkOfList(context: WriteContext, { proxy, values, path }: ProxyList): Promise<Link> {
  const { relationship, attribute } = proxy
  const { target } = relationship
  const { column } = attribute
  if (!column) throw new TypeError(`The list of '${attribute.name}' cannot be written: it has no column`)
  const wanted = new Map(values.map((value) => [keyText([value]), { [column.name]: value }]))
  const found = new Map<string, Row>()
  const take = async (keys: readonly Values[]) => {
    for (const row of await selectByKeys(context, target, keys)) {
      found.set(
        keyText([keyValue(context, columnOf(target.model.columns, column.name), row[column.name])]),
        row,
      )
    }
  }
  await take([...wanted.values()])
  const missing = [...wanted].filter(([text]) => !found.has(text)).map(([, value]) => value)
  for (const value of missing) await insertRow(context, target, value)
  await take(missing)
  const rows = [...found].filter(([text]) => wanted.has(text)).map(([, row]) => row)
  const members = rows.map((row) => ({ resource: target, row, id: target.ids.of(row, context.dialect) }))
  return { relationship, members, path }
}
