/**
 * Members that a schema does not know: find them, remove them, restore them.
 *
 * A column that was added to a table must not appear in responses automatically, and an unknown member of a
 * request not in the table.
 */
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from './json-schema.ts'
import { isLeaf } from './leaf.ts'
import {
  emptyTree,
  hasItems,
  isFlatTree,
  itemTreeOf,
  type MemberTree,
  memberOf,
  memberTreeOf,
  treeFor,
} from './member-tree.ts'
import { blankOf, copyOf, isPlain, type PlainRecord, put } from './record.ts'
import type { Schema } from './schema.ts'
import type { Path } from './validate.ts'

/** Further unknown members are not reported. */
const MAX_PATHS = 100

/**
 * The names of all members of a schema; undefined when others are allowed, or no members are known.
 *
 * @param isClosed Whether a policy applies to members that may be anything (`z.looseObject`), as in all functions here.
 */
export function knownOf(schema: JsonSchema | undefined, isClosed = false): ReadonlySet<string> | undefined {
  const { members, patterns, rest, isLoose } = schema ? memberTreeOf(schema) : emptyTree()
  return members && !(rest && !(isClosed && isLoose)) && patterns.length === 0
    ? new Set(members.keys())
    : undefined
}

/**
 * A function that removes the members a schema does not know, at all levels; compiled once.
 *
 * The value is not changed; one without unknown members is returned itself. Where the schema allows other
 * members, or has no constraints, all of them stay. Instances of classes are treated as records, after their
 * `toJSON`, Maps as records, other iterables as lists; Dates, bytes, files and streams are not changed.
 */
export function prunerOf(schema: JsonSchema | undefined, isClosed = false): (value: unknown) => unknown {
  const tree = schema && memberTreeOf(schema)
  return tree ? (value) => prune(tree, value, isClosed) : (value) => value
}

/** Libraries whose output has no unknown members, unless the schema allows them. */
const STRIPS: readonly string[] = ['zod', 'valibot']

/** A function that removes unknown members before the validation of a response. */
export function stripperOf(schema: Schema, hook?: JsonSchemaHook): (value: unknown) => unknown {
  if (STRIPS.includes(schema['~standard'].vendor)) return jsonRows
  return prunerOf(jsonSchemaOf(schema, 'input', hook))
}

/** A row that has `toJSON` as its JSON form; the same for the rows of a list. */
function jsonRows(data: unknown): unknown {
  if (!Array.isArray(data)) return hasToJson(data) ? jsonRow(data) : data
  return data.some(hasToJson) ? data.map(jsonRow) : data
}

function jsonRow(row: unknown): unknown {
  const json = hasToJson(row) ? row.toJSON('') : row
  return typeof json === 'object' && json !== null ? json : row
}

function hasToJson(row: unknown): row is { toJSON(key: string): unknown } {
  return typeof row === 'object' && row !== null && typeof (row as { toJSON?: unknown }).toJSON === 'function'
}

/**
 * Paths of the members that a schema does not know, at most 100. Under a policy, some single alternative has to know all
 * members of a record.
 *
 * @param isPartial Whether members may be missing, so that nothing tells alternatives apart: of a merge patch.
 */
export function unknownPaths(
  schema: JsonSchema | undefined,
  value: unknown,
  isClosed = false,
  isPartial = false,
): Path[] {
  const found: Path[] = []
  if (schema) search(memberTreeOf(schema), value, [], { found, isClosed, isPartial })
  return found
}

/**
 * A function that copies the members a schema does not know from one value to another, at all levels; compiled
 * once.
 *
 * Neither value is changed. Items are copied only between arrays of equal length. Without a JSON Schema all
 * missing members are copied. A member named `__proto__` never is.
 */
export function restorerOf(schema: JsonSchema | undefined): (from: unknown, value: unknown) => unknown {
  const tree = schema ? memberTreeOf(schema) : CLOSED
  return (from, value) => restore(tree, from, value)
}

/** A tree without known members: every member is unknown. */
const CLOSED: MemberTree = /* @__PURE__ */ (() => ({ ...emptyTree(), members: new Map() }))()

function restore(tree: MemberTree, from: unknown, value: unknown): unknown {
  if (Array.isArray(from) && Array.isArray(value)) {
    if (from.length !== value.length || !hasItems(tree)) return value
    return value.map((item, index) => {
      const known = itemTreeOf(tree, index)
      return known ? restore(known, from[index], item) : item
    })
  }
  if (!tree.members || !isPlain(from) || !isPlain(value)) return value
  const whole = copyOf(value)
  const chosen = treeFor(tree, from, true)
  for (const name of Object.keys(from)) {
    const known = memberOf(chosen, name)
    const exists = Object.hasOwn(value, name)
    if (known && exists) put(whole, name, restore(known, from[name], value[name]))
    else if (!known && !exists && name !== '__proto__') put(whole, name, from[name])
  }
  return whole
}

function prune(tree: MemberTree, value: unknown, isClosed: boolean): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return pruneItems(tree, value, isClosed)
  if (Symbol.iterator in value) return pruneCollection(tree, value as Iterable<unknown>, isClosed)
  if (!tree.members || isLeaf(value)) return value
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON !== 'function') return pruneMembers(tree, value, isClosed)
  const json: unknown = toJSON.call(value, '')
  if (Array.isArray(json)) return pruneItems(tree, json, isClosed)
  if (typeof json !== 'object' || json === null || isLeaf(json)) return value
  const pruned = pruneMembers(tree, json, isClosed)
  return pruned === json && 'toJSON' in json ? copyOf(json as PlainRecord) : pruned // JSON calls it once
}

/** A Map as the record, an iterable as the list that JSON has of it; itself where nothing is removed. */
function pruneCollection(tree: MemberTree, value: Iterable<unknown>, isClosed: boolean): unknown {
  if (value instanceof Map) {
    const record = Object.fromEntries(value)
    const pruned = tree.members ? pruneMembers(tree, record, isClosed) : record
    return pruned === record ? value : pruned
  }
  if (ArrayBuffer.isView(value) || value instanceof String || !hasItems(tree)) return value
  const items = [...value]
  const pruned = pruneItems(tree, items, isClosed)
  return pruned === items && !('next' in value) ? value : pruned // an iterator is used up
}

function pruneItems(tree: MemberTree, items: readonly unknown[], isClosed: boolean): readonly unknown[] {
  if (!hasItems(tree)) return items
  let copy: unknown[] | undefined
  for (let index = 0; index < items.length; index++) {
    const item = itemTreeOf(tree, index)
    const pruned = item ? prune(item, items[index], isClosed) : items[index]
    if (pruned === items[index]) continue
    copy ??= [...items]
    copy[index] = pruned
  }
  return copy ?? items
}

function pruneMembers(whole: MemberTree, value: object, isClosed: boolean): object {
  const tree = treeFor(whole, value)
  if (!tree.members) return value
  const members = value as PlainRecord
  const inherits = !isPlain(value)
  const { names } = tree
  const isFlat = isFlatTree(tree)
  let copy: PlainRecord | undefined
  let next = 0
  let isInOrder = true
  for (const name in members) {
    if (inherits && !Object.hasOwn(members, name)) continue
    const isNext = names[next] === name
    if (isNext) next++
    if (isNext && !copy && (isFlat || typeof members[name] !== 'object')) continue
    const original = members[name]
    if (!isNext && tree.members.has(name)) isInOrder = false
    const known = memberOf(tree, name, isClosed)
    const pruned = known && typeof original === 'object' ? prune(known, original, isClosed) : original
    if (!copy && (!known || pruned !== original)) copy = membersBefore(name, members)
    if (copy && known) put(copy, name, pruned)
  }
  if (!isInOrder) tree.names = Object.keys(value).filter((name) => tree.members?.has(name))
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

interface Search {
  readonly found: Path[]
  readonly isClosed: boolean
  readonly isPartial: boolean
}

function search(tree: MemberTree, value: unknown, path: Path, options: Search): void {
  const { found, isClosed, isPartial } = options
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && found.length < MAX_PATHS; index++) {
      const item = itemTreeOf(tree, index)
      if (item) search(item, value[index], [...path, index], options)
    }
  } else if (tree.members && isPlain(value)) {
    const chosen = isPartial ? tree : treeFor(tree, value, isClosed)
    if (!chosen.members) return
    for (const name of Object.keys(value)) {
      if (found.length >= MAX_PATHS) return
      const known = memberOf(chosen, name, isClosed)
      if (known) search(known, value[name], [...path, name], options)
      else found.push([...path, name])
    }
  }
}
