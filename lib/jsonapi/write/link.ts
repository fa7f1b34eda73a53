/** Links of a row that other rows have: their foreign keys, join rows, the rows of the lists of proxies. */
import { memberError } from '../errors/issue.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Change, Link } from './change.ts'
import type { WriteContext } from './context.ts'
import { changeMembers, type MemberOptions } from './member.ts'
import { checkList, writeList } from './proxy-list.ts'
import { changeKey } from './related-row.ts'
import { identityOf, isEqual, keyOf, keyTextOf, keyValues, selectRows } from './row.ts'
import { emptyKey } from './shared-key.ts'

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
  const textOf = (each: Row) => keyTextOf(context, model.columns, names, each)
  for (const link of links) {
    const { relationship, members, path } = link
    const { relation, name } = relationship
    const [member] = members
    if (!member || !relation.isOwner || !relation.isUnique) continue
    const { columns } = member.resource.model
    const key = keyValues(context, columns, relation.remote, member.row, relation.local)
    const holders = await selectRows(context, resource, isEqual(context, model.columns, key), {
      columns: identityOf(resource),
      isLocked: true,
    })
    const others = holders.filter((holder) => !row || textOf(holder) !== textOf(row))
    if (others.length === 0) continue
    const empty = emptyKey(model, relation.local)
    if (!empty)
      throw memberError(409, path, `The ${name} belongs to another ${resource.type}, which cannot be without`)
    await changeKey(context, resource, link, others, empty)
  }
}

/**
 * Links the rows that have, or get, a key of this row. Whether anything has changed.
 *
 * @throws {HttpException} 409 for the list of a proxy that differs from the members which the document has elsewhere.
 */
export async function linkOthers(
  context: WriteContext,
  resource: Resource,
  row: Row,
  { links, lists }: Change,
  options?: MemberOptions,
): Promise<boolean> {
  const others = links.filter(({ relationship }) => !relationship.relation.isOwner)
  const written = new Map<string, Link>()
  let hasChanged = false
  const write = async (link: Link): Promise<void> => {
    written.set(link.relationship.name, link)
    if (await changeMembers(context, resource, row, link, 'replace', options)) hasChanged = true
  }
  for (const link of others) await write(link)
  for (const list of lists) {
    const known = written.get(list.proxy.relationship.name)
    if (known) {
      await checkList(context, list, known)
      continue
    }
    const listed = await writeList(context, resource, row, list, options)
    written.set(list.proxy.relationship.name, listed.link)
    hasChanged ||= listed.hasChanged
  }
  return hasChanged
}
