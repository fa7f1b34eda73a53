/** The hash of the state of a row, for the ETag of its resource. */
import { stateHash } from '../../http/entity-tag.ts'
import { base64Of, bytesOf } from '../../json/bytes.ts'
import type { Computed } from '../model/model.ts'
import type { Scope } from '../query/scope.ts'
import { identifierOfRow } from '../reading/graph.ts'
import type { Identifier, Instance } from '../reading/instance.ts'
import { keyOf } from '../reading/keys.ts'
import { relatedRows } from '../reading/related-rows.ts'
import { isInRow } from '../reading/relationship-key.ts'
import { identifierSelection, type Row } from '../reading/selection.ts'
import type { Relationship, Resource } from '../resource/resource.ts'

/** A row of a resource, with the linkage that is known already. */
type State = Pick<Instance, 'resource' | 'row'> & Partial<Pick<Instance, 'linkage'>>

/**
 * The hash of a row: of its id, and its version, else of all that the client can see and change: columns, the resources that own
 * foreign keys lead to, and computed values with `get` and `set`, which may be of hidden columns.
 *
 * Not of columns that it cannot see, nor of keys of rows that a base query hides: it knows all other values, so that it could
 * find out theirs by trying.
 */
export async function rowHash(scope: Scope, state: State): Promise<string> {
  const { resource, row } = state
  const { model, attributes, relationships } = resource
  if (model.version !== undefined) return stateHash([...identityOf(resource, row), row[model.version]])
  const names = [...attributes.values()].flatMap(({ column, isReadable }) =>
    column && isReadable ? column.name : [],
  )
  const own = [...relationships.values()].filter(({ relation, isReadable }) => relation.isOwner && isReadable)
  const keys = own.filter(isInRow).flatMap(({ relation }) => relation.local)
  const values: unknown[] = [...new Set([...names, ...keys])].map((name) => textOf(row[name]))
  for (const relationship of own)
    if (!isInRow(relationship)) values.push(await linkedTo(scope, state, relationship))
  return stateHash([...identityOf(resource, row), ...values, ...computedValues(resource, row)])
}

/** The type and the id of the related resource; null where the client sees none. */
async function linkedTo(
  scope: Scope,
  { resource, row, linkage }: State,
  relationship: Relationship,
): Promise<unknown> {
  const { name, relation, target } = relationship
  const known = linkage?.get(name)?.data as Identifier | null | undefined
  if (known !== undefined) return known && [known.type, known.id]
  const key = keyOf(row, relation.local)
  const selection = identifierSelection(target)
  const [found] = key ? await relatedRows(scope, resource, relationship, [key], selection, { most: 1 }) : []
  if (!found) return null
  const { type, id } = identifierOfRow(target, found, scope)
  return [type, id]
}

/** Those that clients can change. Others follow from what is hashed, or are not of the row, as the time of the request. */
function computedValues({ attributes }: Resource, row: Row): readonly unknown[] {
  return [...attributes.values()].flatMap(({ computed, isReadable }) =>
    isReadable && computed?.set && !computed.sql ? [computedValue(computed, row)] : [],
  )
}

/** Null where `get` throws: the document may not show the value, and one that does is a 500. */
function computedValue({ get }: Computed, row: Row): unknown {
  try {
    return get?.(row) ?? null
  } catch {
    return null
  }
}

/** The table and the id of a row, so that its state is that of no other one. */
export function identityOf({ model, idNames }: Resource, row: Row): readonly unknown[] {
  return [model.table, ...idNames.map((name) => textOf(row[name]))]
}

/** Drivers may return the same value in different forms. Bytes are no text: those that are not UTF-8 would be equal. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const bytes = bytesOf(value)
  return bytes ? base64Of(bytes) : String(value)
}
