/** The linkage of an included relationship: the members that all paths of `include` have found. */
import type { Relationship } from '../resource/resource.ts'
import type { Identifier, Instance } from './instance.ts'
import type { RelatedQuery } from './related-rows.ts'

/** Adds members to those that another path has found: all that are included through the resource have to be there. */
export function addLinkage(
  { linkage }: Instance,
  { name, isMany }: Relationship,
  members: readonly Identifier[],
  next?: string,
): void {
  const known = linkage.get(name)
  const all = known ? union([known.data ?? []].flat(), members) : members
  const more = known?.next ?? next
  const data = isMany ? all : (all[0] ?? null)
  linkage.set(name, more === undefined ? { data } : { data, next: more })
}

function union(some: readonly Identifier[], others: readonly Identifier[]): readonly Identifier[] {
  const textOf = ({ type, id }: Identifier): string => JSON.stringify([type, id])
  const known = new Set(some.map(textOf))
  return [...some, ...others.filter((other) => !known.has(textOf(other)))]
}

/** The query of the relationship's own URL for the members that follow. */
export function nextPage({ rest, offset = 0 }: RelatedQuery, size = 1): string {
  const page = { 'page[number]': String(offset / size + 2), 'page[size]': String(size) }
  return new URLSearchParams({ ...rest, ...page }).toString()
}
