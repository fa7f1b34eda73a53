/** The lists of proxies in documents: values of related rows, which are found, or created, and linked. */
import { groupBy } from '../../registry/group-by.ts'
import { memberError } from '../errors/issue.ts'
import type { Column } from '../model/model.ts'
import { Scope } from '../query/scope.ts'
import { keyOf as keyOfRow, keyText } from '../reading/keys.ts'
import { relatedRows } from '../reading/related-rows.ts'
import type { Row } from '../reading/selection.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import type { Link, ProxyList } from './change.ts'
import type { WriteContext } from './context.ts'
import { changeMembers, type MemberOptions } from './member.ts'
import { insertMember } from './related-row.ts'
import { columnOf, keyOf, keyTextOf, keyValue, keyValues, selectByKeys } from './row.ts'

/** Compares the list of a proxy with the members that its relationship has got. */
export async function checkList(
  context: WriteContext,
  { proxy, values, path }: ProxyList,
  link: Link,
): Promise<void> {
  const { relationship, attribute } = proxy
  const { columns } = relationship.target.model
  const column = attribute.column as Column
  const keys = link.members.map(({ row }) => keyValues(context, columns, keyOf(relationship.target), row))
  const rows = await selectByKeys(context, relationship.target, keys, { columns: [column.name] })
  const stored = new Set(rows.map((row) => keyText([keyValue(context, column, row[column.name])])))
  const wanted = new Set(values.map((value) => keyText([value])))
  if (stored.size === wanted.size && [...wanted].every((text) => stored.has(text))) return
  throw memberError(
    409,
    path,
    `The list differs from the members of "${relationship.name}" in the same document`,
  )
}

/**
 * Links the rows with the values of a list. Those that do not exist are created: of a many-to-many relationship before they are
 * linked, else with the key of the row, after members that are not in the list have lost it: it may be unique.
 */
export async function writeList(
  context: WriteContext,
  resource: Resource,
  row: Row,
  list: ProxyList,
  options?: MemberOptions,
): Promise<{ readonly link: Link; readonly hasChanged: boolean }> {
  const { proxy, path } = list
  const { relationship, attribute } = proxy
  const { target, relation } = relationship
  const { local, remote, through } = relation
  const { name } = attribute.column as Column
  const entries = await rowsOfList(context, resource, row, list)
  const linkTo = (rows: readonly Row[]): Link => {
    const members = rows.map((one) => ({
      resource: target,
      row: one,
      id: target.ids.of(one, context.dialect),
    }))
    return { relationship, members, path }
  }
  const change = (link: Link) => changeMembers(context, resource, row, link, 'replace', options)
  const known = entries.flatMap(({ row }) => (row ? [row] : []))
  const hasMoved = !through && (await change(linkTo(known)))
  const key = through ? {} : keyValues(context, resource.model.columns, local, row, remote)
  const rows: Row[] = []
  for (const { row, value } of entries)
    rows.push(row ?? (await insertMember(context, list, { ...key, [name]: value })))
  const link = linkTo(rows)
  const isNew = rows.length > known.length
  return { link, hasChanged: through ? (await change(link)) || isNew : hasMoved || isNew }
}

/**
 * The rows with the values of a list: members before others, and as many as the list has of a value. Without a row: one that
 * does not exist; of a many-to-many relationship, whose rows are shared, one of a value.
 * Rows that belong to another resource are no others: a list has values, and does not say whose row it means.
 */
async function rowsOfList(
  context: WriteContext,
  resource: Resource,
  row: Row,
  { proxy: { relationship, attribute }, values }: ProxyList,
): Promise<readonly { readonly value: unknown; readonly row: Row | undefined }[]> {
  const { target, relation } = relationship
  const { remote, through } = relation
  const { name } = attribute.column as Column
  const all = Object.keys(target.model.columns)
  const textOf = (one: Row) => keyText([keyValue(context, columnOf(target.model.columns, name), one[name])])
  const identity = (one: Row) => keyTextOf(context, target.model.columns, keyOf(target), one)
  const wanted = new Map(values.map((value) => [keyText([value]), { [name]: value }]))
  const free = await selectByKeys(context, target, [...wanted.values()], { columns: all })
  const isFree = (one: Row) => through || remote.some((column) => (one[column] ?? null) === null)
  const known = new Map<string, Row>()
  for (const one of [...(await membersOf(context, resource, row, relationship)), ...free.filter(isFree)])
    if (!known.has(identity(one))) known.set(identity(one), one)
  const found = groupBy(known.values(), textOf)
  const taken = new Map<string, number>()
  return values.flatMap((value) => {
    const text = keyText([value])
    const count = taken.get(text) ?? 0
    taken.set(text, count + 1)
    const one = found.get(text)?.[count]
    return one || count === 0 || !through ? { value, row: one } : []
  })
}

/** The rows that are members of a relationship, with all columns. */
async function membersOf(
  { db, dialect, request }: WriteContext,
  resource: Resource,
  row: Row,
  relationship: Relationship,
): Promise<readonly Row[]> {
  const key = keyOfRow(row, relationship.relation.local)
  const selection = { columns: Object.values(relationship.target.model.columns), computed: new Map() }
  return key ? relatedRows(new Scope(db, dialect, request), resource, relationship, [key], selection) : []
}
