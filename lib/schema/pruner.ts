/**
 * Removes the members that a schema does not know from values in the form that JSON writes.
 *
 *     { id: 1, tags: new Set(['a']), password: 'x' }  →  { id: 1, tags: ['a'] }
 */
import { hasToJson, jsonForm } from './json-form.ts'
import type { JsonSchema } from './json-schema.ts'
import { memberTreeOf } from './location.ts'
import { deepMembersOf, hasItems, type MemberTree, memberOf, treeFor } from './member-tree.ts'
import { blankOf, copyOf, isPlain, type PlainRecord, put } from './record.ts'

/** How values are pruned. */
interface Pruning {
  /** Whether a policy applies to members that may be anything. */
  readonly isClosed?: boolean
  /**
   * Whether unknown members stay: values are only converted into the form that JSON writes, and iterators, which can be read only
   * once, are not.
   */
  readonly keepsUnknown?: boolean
  /** Whether the validation takes values of JSON alone: text in place of a Date. */
  readonly isJson?: boolean
}

/**
 * A function that removes the members a schema does not know, at all levels; compiled once.
 *
 * The value is not changed; one without unknown members is returned itself. Where the schema allows other
 * members, or has no constraints, all of them stay. Where it knows members or items, a value has the form that JSON
 * writes: the result of its `toJSON`, a Map as a record, other iterables as lists, the own members of an instance of a
 * class. Dates, bytes, files and values with a `toJSON` that returns no object are not changed, except for validations that
 * take values of JSON alone.
 */
export function prunerOf(schema: JsonSchema | undefined, pruning: Pruning = {}): (value: unknown) => unknown {
  const tree = schema && memberTreeOf(schema)
  return tree ? (value) => prune(tree, value, pruning) : (value) => value
}

/** In the order of JSON: `toJSON` first, then Maps as records and other iterables as lists. */
function prune(tree: MemberTree, value: unknown, pruning: Pruning): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!hasToJson(value)) {
    if (Array.isArray(value)) return pruneItems(tree, value, pruning)
    if (isPlain(value)) return tree.members ? pruneMembers(tree, value, pruning, false) : value
    if (pruning.keepsUnknown && 'next' in value && Symbol.iterator in value) return value
  }
  const isAsked = tree.members || hasItems(tree) || (pruning.isJson && tree.isContainer)
  if (!isAsked) return value
  const form = jsonForm(value)
  if (typeof form !== 'object' || form === null) return pruning.isJson ? form : value
  if (Array.isArray(form)) return isRefused(tree, pruning) ? null : pruneItems(tree, form, pruning)
  if (!tree.members) return pruning.isJson ? form : value
  const record = inherits(form, tree) ? copyOf(form as PlainRecord) : form
  return pruneMembers(tree, record, pruning, !isPlain(record))
}

/** Whether a list is no record that a schema asks for: some libraries take one for a record without members. */
function isRefused(tree: MemberTree, { isJson, keepsUnknown }: Pruning): boolean {
  return !hasItems(tree) && !isJson && !keepsUnknown
}

/** Whether a validation would read members that JSON does not write. */
function inherits(value: object, { members }: MemberTree): boolean {
  if (isPlain(value)) return false
  for (const name of members?.keys() ?? []) if (!Object.hasOwn(value, name) && name in value) return true
  return false
}

function pruneItems(tree: MemberTree, items: readonly unknown[], pruning: Pruning): readonly unknown[] {
  const { first, items: others } = tree
  if (!others && first.length === 0) return items
  let copy: unknown[] | undefined
  for (let index = 0; index < items.length; index++) {
    const item = index < first.length ? first[index] : others
    const pruned = item ? prune(item, items[index], pruning) : items[index]
    if (pruned === items[index]) continue
    copy ??= [...items]
    copy[index] = pruned
  }
  return copy ?? items
}

function pruneMembers(whole: MemberTree, value: object, pruning: Pruning, isOfClass: boolean): object {
  if (pruning.keepsUnknown) return convertMembers(whole, value, pruning)
  const tree = treeFor(whole, value)
  if (!tree.members) return value
  const { names } = tree
  const isFlat = names.length > 0 && deepMembersOf(tree).length === 0
  const members = value as PlainRecord
  let copy: PlainRecord | undefined
  let next = 0
  let isInOrder = true
  for (const name in members) {
    if (isOfClass && !Object.hasOwn(members, name)) continue
    const isNext = names[next] === name
    if (isNext) next++
    if (isNext && !copy && (isFlat || typeof members[name] !== 'object')) continue
    const original = members[name]
    if (!isNext && names.length > 0 && tree.members.has(name)) isInOrder = false
    const known = memberOf(tree, name, pruning.isClosed)
    const pruned = known && typeof original === 'object' ? prune(known, original, pruning) : original
    if (!copy && (!known || pruned !== original)) copy = membersBefore(name, members)
    if (copy && known) put(copy, name, pruned)
  }
  if (!isInOrder) tree.names = Object.keys(value).filter((name) => tree.members?.has(name))
  return copy ?? value
}

/** Known members in the form that JSON writes, and all others as they are. */
function convertMembers(tree: MemberTree, value: object, pruning: Pruning): object {
  if (!tree.members) return value
  const members = value as PlainRecord
  const isOpen = tree.rest !== undefined || tree.patterns.length > 0
  let copy: PlainRecord | undefined
  for (const name of isOpen ? Object.keys(value) : deepMembersOf(tree)) {
    const original = members[name]
    if (typeof original !== 'object' || original === null || !Object.hasOwn(members, name)) continue
    const known = memberOf(tree, name)
    const converted = known ? prune(known, original, pruning) : original
    if (converted === original) continue
    copy ??= copyOf(members)
    put(copy, name, converted)
  }
  return copy ?? value
}

/** A copy of the members before one. */
function membersBefore(end: string, record: PlainRecord): PlainRecord {
  const copy = blankOf(record)
  for (const name of Object.keys(record)) {
    if (name === end) break
    put(copy, name, record[name])
  }
  return copy
}
