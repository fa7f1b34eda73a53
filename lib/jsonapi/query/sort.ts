/**
 * The order of a list.
 *
 *     sort=-created,author.name  →  newest first, then by the names of the authors
 *
 * The id is the last key, so that every order is an order of all rows. It has the direction of the key before it, so that an
 * index on that column gives the order: MySQL would sort all rows otherwise. JSON:API 1.1, Sorting.
 */
import { parameterError } from '../errors/issue.ts'
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import type { SortKey } from './condition.ts'
import { idAttributes, noSuchField, quoted, sharedAttribute, sharedRelationship } from './visible-field.ts'

/** The direction and the name of a field, or the path of one. */
export type RawSortKey = [direction: '+' | '-', field: string]

/** Relationships on the way to an attribute, at most: each is a join. */
const MAX_PATH = 5
/** Keys of one order, at most. */
const MAX_KEYS = 10

export function parseSort(text: string): RawSortKey[] {
  if (text === '') return []
  return text.split(',').map((key) => (key.startsWith('-') ? ['-', key.slice(1)] : ['+', key]))
}

export interface SortOptions {
  readonly ignoresCase?: boolean
  /** The name of the parameter, for errors. */
  readonly parameter?: string
}

/** @throws {BadRequest} 400, for a key that is unknown or cannot be sorted by. */
export function resolveSort(
  keys: readonly RawSortKey[],
  resource: Resource,
  { ignoresCase = false, parameter = 'sort' }: SortOptions = {},
): SortKey[] {
  if (keys.length > MAX_KEYS)
    throw parameterError(parameter, `A list is sorted by at most ${MAX_KEYS} fields`)
  const own = keys.length > 0 ? keys : defaultKeys(resource)
  const resolved = own.flatMap(([direction, name]) => {
    const found = pathTo(name, resource)
    if (typeof found === 'string') throw parameterError(parameter, `Unable to construct query: ${found}`)
    const { path, attributes } = found
    return attributes.map((attribute) => ({ path, attribute, isDescending: direction === '-', ignoresCase }))
  })
  return resolved.some(isUnique) ? resolved : [...resolved, ...lastKeys(resource, resolved)]
}

/** The keys of the default order; fields that the client cannot see do not count. */
function defaultKeys(resource: Resource): readonly RawSortKey[] {
  const { defaultSort = [] } = resource.settings
  return parseSort(defaultSort.join(',')).filter(([, name]) => typeof pathTo(name, resource) !== 'string')
}

/** The attribute of a name, or the reason why there is none to sort by. */
function pathTo(
  name: string,
  resource: Resource,
): string | { path: readonly Relationship[]; attributes: readonly Attribute[] } {
  const names = name.split('.')
  const last = names.pop() as string
  if (names.length > MAX_PATH) return `the path ${quoted(name)} has more than ${MAX_PATH} relationships`
  const path: Relationship[] = []
  let target = resource
  for (const step of names) {
    const relationship = sharedRelationship(target, step)
    if (!relationship) return noSuchField(name)
    if (relationship.isMany) return `${quoted(name)} has several values: "${step}" is a to-many relationship`
    path.push(relationship)
    target = relationship.target
  }
  const attribute = sharedAttribute(target, last)
  if (!attribute)
    return sharedRelationship(target, last) ? `${quoted(name)} is a relationship` : noSuchField(name)
  if (attribute === target.id) return { path, attributes: idAttributes(target) }
  return isSortable(attribute)
    ? { path, attributes: [attribute] }
    : `a list cannot be sorted by ${quoted(name)}`
}

/** Whether a list can be sorted by an attribute. */
export function isSortable({ column, type, computed }: Attribute): boolean {
  return column ? type.kind !== 'json' : computed?.sql !== undefined
}

/** Whether no two rows have the same value of a key. */
export function isUnique({ path, attribute, ignoresCase }: SortKey): boolean {
  return path.length === 0 && !ignoresCase && attribute.column?.isUnique === true && !attribute.isNullable
}

/** The keys of the id that the order does not have yet. */
function lastKeys(resource: Resource, keys: readonly SortKey[]): SortKey[] {
  const sorted = keys.filter(({ path, ignoresCase }) => path.length === 0 && !ignoresCase)
  const isDescending = keys.at(-1)?.isDescending ?? false
  return idAttributes(resource)
    .filter(({ column }) => !sorted.some(({ attribute }) => attribute.column?.name === column?.name))
    .map((attribute) => ({ path: [], attribute, isDescending, ignoresCase: false }))
}

/** The indexes of those keys of an order that tell its rows apart: of one that is unique, or of the id. */
export function uniqueKeys(keys: readonly SortKey[], resource: Resource): readonly number[] {
  const unique = keys.findIndex(isUnique)
  if (unique >= 0) return [unique]
  return idAttributes(resource).map(({ column }) =>
    keys.findIndex(
      ({ path, attribute, ignoresCase }) =>
        path.length === 0 && !ignoresCase && attribute.column?.name === column?.name,
    ),
  )
}
