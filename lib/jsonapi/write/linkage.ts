/**
 * Resource linkage of documents: identifiers, checked and resolved to rows.
 *
 * An id is a string, as everywhere in documents. A row that the base query hides does not exist.
 */
import {
  ConflictingType,
  type DeserializationException,
  MissingID,
  MissingType,
  NotAList,
} from '../errors/deserialization-exceptions.ts'
import { memberError } from '../errors/issue.ts'
import { pointerTo } from '../errors/pointer.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import type { Link, Member } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure, Issues, isObject, type Path } from './issues.ts'
import { identityOf, keyTextOf, selectByKeys, type Values } from './row.ts'

interface Identifier {
  /** The resource that its type names. */
  readonly resource: Resource
  readonly id: string
  readonly path: Path
}

/** The identifiers of a relationship in a document. */
export interface Linkage {
  readonly relationship: Relationship
  readonly identifiers: readonly Identifier[]
  /** Of `data`. */
  readonly path: Path
}

/** The identifiers of `data`; undefined where they are not of the form of the relationship. */
export function parseLinkage(
  context: WriteContext,
  relationship: Relationship,
  data: unknown,
  path: Path,
  issues: Issues,
): readonly Identifier[] | undefined {
  const odd = formError(relationship, data, path)
  if (odd) return issues.add(odd)
  if (data === null) return []
  const items: readonly (readonly [unknown, Path])[] = Array.isArray(data)
    ? data.map((item, index) => [item, [...path, index]])
    : [[data, path]]
  const identifiers = items.map(([item, at]) => parseIdentifier(context, relationship, item, at, issues))
  return identifiers.filter((identifier) => identifier !== undefined)
}

/** The error of linkage that is no list where its relationship has many members, or one where it has one. */
export function formError(
  { name, isMany }: Relationship,
  data: unknown,
  path: Path,
): DeserializationException | undefined {
  if ((!isMany && data === null) || isMany === Array.isArray(data)) return undefined
  const detail = `data in linkage object for relationship "${name}" must be one resource identifier, or null`
  return isMany ? new NotAList({ pointer: pointerTo(path), relationship: name }) : failure(400, path, detail)
}

function parseIdentifier(
  context: WriteContext,
  { name, target }: Relationship,
  value: unknown,
  path: Path,
  issues: Issues,
): Identifier | undefined {
  const place = { pointer: pointerTo(path), relationship: name }
  if (!isObject(value)) return issues.add(new MissingType(place))
  const { type, id, lid } = value
  if (type === undefined) return issues.add(new MissingType(place))
  const resource = typesOf(target).find((candidate) => candidate.type === type)
  if (!resource) {
    const at = { ...place, pointer: pointerTo([...path, 'type']) }
    return issues.add(new ConflictingType(target.type, echo(type), at))
  }
  if (id === undefined && typeof lid === 'string') {
    const known = context.localIds?.idOf(resource.type, lid)
    if (known !== undefined) return { resource, id: known, path }
    return issues.add(
      failure(400, [...path, 'lid'], `No earlier operation has created a ${type} with this lid`),
    )
  }
  if (id === undefined) return issues.add(new MissingID(place))
  if (typeof id !== 'string') {
    return issues.add(
      failure(409, [...path, 'id'], 'The "id" element of a resource identifier must be a JSON string'),
    )
  }
  return { resource, id, path }
}

/** The types of a relation that the client may read: that of its target, and of the rows that share the table. */
function typesOf(target: Resource): readonly Resource[] {
  return [target, ...target.subtypes.filter(({ mayRead }) => mayRead)]
}

/** The rows of identifiers, each once. One error for every row that does not exist, unless there are no issues to add it to. */
async function loadMembers(
  context: WriteContext,
  relationship: Relationship,
  identifiers: readonly Identifier[],
  issues?: Issues,
): Promise<readonly Member[]> {
  const rows = new Map<Resource, ReadonlyMap<string, Row>>()
  for (const resource of new Set(identifiers.map((identifier) => identifier.resource))) {
    const ids = identifiers.filter((identifier) => identifier.resource === resource).map(({ id }) => id)
    rows.set(resource, await loadRows(context, resource, relationship, ids))
  }
  const members = new Map<Row, Member>()
  for (const { resource, id, path } of identifiers) {
    const key = resource.ids.parse(id, context.dialect)
    const row = key && rows.get(resource)?.get(keyText(key))
    if (row) members.set(row, { resource, row, id })
    else issues?.add(memberError(404, path, `No resource of type ${resource.type} found with ID ${id}`))
  }
  return [...members.values()]
}

/** Rows by the text of their id. */
async function loadRows(
  context: WriteContext,
  resource: Resource,
  { relation }: Relationship,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Row>> {
  const keys = new Map<string, Values>()
  for (const id of ids) {
    const key = resource.ids.parse(id, context.dialect)
    if (key) keys.set(keyText(key), resource.idValues(key))
  }
  const columns = [...new Set([...identityOf(resource), ...relation.remote])]
  const rows = await selectByKeys(context, resource, [...keys.values()], { columns })
  return new Map(rows.map((row) => [keyTextOf(context, resource.model.columns, resource.idNames, row), row]))
}

/** The link of members to be removed. Those that do not exist are gone already, or hidden: no error tells which. */
export async function loadExisting(
  context: WriteContext,
  relationship: Relationship,
  identifiers: readonly Identifier[],
  path: Path,
): Promise<Link> {
  return { relationship, path, members: await loadMembers(context, relationship, identifiers) }
}

/** The links of checked identifiers, or all errors of them. */
export async function loadLinks(
  context: WriteContext,
  linkage: readonly Linkage[],
): Promise<readonly Link[]> {
  const issues = new Issues()
  const links: Link[] = []
  for (const { relationship, identifiers, path } of linkage) {
    links.push({ relationship, path, members: await loadMembers(context, relationship, identifiers, issues) })
  }
  issues.throwIfAny()
  return links
}

/** A value of a client in an error: its text, or its JSON type. */
export function echo(value: unknown): string {
  return typeof value === 'string'
    ? value.slice(0, 100)
    : `a value of type ${value === null ? 'null' : typeof value}`
}
