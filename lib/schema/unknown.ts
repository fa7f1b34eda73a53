/**
 * Members that a schema does not know: found, or left out.
 *
 * A column that was added to a table must not appear in answers by itself, nor a member that a client made up
 * in the table.
 */
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from './json-schema.ts'
import { type MemberTree, memberOf, memberTreeOf } from './member-tree.ts'
import { blankOf, copyOf, isPlain, put } from './record.ts'
import type { Schema } from './schema.ts'
import type { Path } from './validate.ts'

/** What is not known beyond this is not said. */
const MAX_PATHS = 100

/** The names of the members a schema knows; undefined when others may be, or nothing is known. */
export function knownOf(schema: JsonSchema | undefined): ReadonlySet<string> | undefined {
  const { members, patterns, rest } = schema ? memberTreeOf(schema) : NOTHING
  return members && !rest && patterns.length === 0 ? new Set(members.keys()) : undefined
}

const NOTHING: Partial<MemberTree> & { readonly patterns: MemberTree['patterns'] } = { patterns: [] }

/**
 * Leaves out, all the way down, the members a schema does not know; compiled once.
 *
 * Nothing is changed in place, and what has nothing to leave out is returned as it is. Where the schema takes
 * other members, or says nothing, all of them stay. An instance of a class is cut like a record, after its
 * `toJSON`; Dates, Maps, Sets, bytes, files and streams stay what they are.
 */
export function prunerOf(schema: JsonSchema | undefined): (value: unknown) => unknown {
  const shape = schema && memberTreeOf(schema)
  return shape ? (value) => prune(shape, value) : (value) => value
}

/** Their output has no member the schema does not know, unless it asks for more. */
const STRIPS: readonly string[] = ['zod', 'valibot']

/** What takes away, before validation, the members that must not leave. */
export function stripperOf(schema: Schema, hook?: JsonSchemaHook): (value: unknown) => unknown {
  if (STRIPS.includes(schema['~standard'].vendor)) return (value) => value
  return prunerOf(jsonSchemaOf(schema, 'input', hook))
}

/** Where the members stand that a schema does not know, at most 100. */
export function unknownPaths(schema: JsonSchema | undefined, value: unknown): Path[] {
  const found: Path[] = []
  if (schema) search(memberTreeOf(schema), value, [], found)
  return found
}

/**
 * Puts back, all the way down, the members that a schema does not know; compiled once.
 *
 * Neither value is changed. Of arrays only those of equal length are followed. Where nothing is known of the
 * schema, all members that are missing are put back. One named `__proto__` never is.
 */
export function restorerOf(schema: JsonSchema | undefined): (from: unknown, value: unknown) => unknown {
  const shape = schema ? memberTreeOf(schema) : CLOSED
  return (from, value) => restore(shape, from, value)
}

/** Knows that there are members, and none of them. */
const CLOSED: MemberTree = { members: new Map(), patterns: [], rest: undefined, first: [], items: undefined }

function restore(shape: MemberTree, from: unknown, value: unknown): unknown {
  if (Array.isArray(from) && Array.isArray(value)) {
    if (from.length !== value.length || (!shape.items && shape.first.length === 0)) return value
    return value.map((item, index) => {
      const known = itemOf(shape, index)
      return known ? restore(known, from[index], item) : item
    })
  }
  if (!shape.members || !isPlain(from) || !isPlain(value)) return value
  const whole = copyOf(value)
  for (const name of Object.keys(from)) {
    const known = memberOf(shape, name)
    const isThere = Object.hasOwn(value, name)
    if (known && isThere) put(whole, name, restore(known, from[name], value[name]))
    else if (!known && !isThere && name !== '__proto__') put(whole, name, from[name])
  }
  return whole
}

function prune(shape: MemberTree, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return pruneItems(shape, value)
  if (!shape.members || isLeaf(value)) return value
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON !== 'function') return pruneMembers(shape, value)
  const json: unknown = toJSON.call(value, '')
  if (json === value) return pruneMembers(shape, value)
  return typeof json === 'object' && json !== null ? prune(shape, json) : value
}

function pruneItems(shape: MemberTree, items: readonly unknown[]): readonly unknown[] {
  if (!shape.items && shape.first.length === 0) return items
  let copy: unknown[] | undefined
  for (let index = 0; index < items.length; index++) {
    const item = itemOf(shape, index)
    const pruned = item ? prune(item, items[index]) : items[index]
    if (pruned === items[index]) continue
    copy ??= [...items]
    copy[index] = pruned
  }
  return copy ?? items
}

function pruneMembers(shape: MemberTree, value: object): object {
  const names = Object.keys(value)
  const members = value as Record<string, unknown>
  let copy: Record<string, unknown> | undefined
  for (const [index, name] of names.entries()) {
    const known = memberOf(shape, name)
    const was = members[name]
    const is = known && prune(known, was)
    if (!copy && (!known || is !== was)) {
      copy = blankOf(value)
      for (const before of names.slice(0, index)) put(copy, before, members[before])
    }
    if (copy && known) put(copy, name, is)
  }
  return copy ?? value
}

function search(shape: MemberTree, value: unknown, path: Path, found: Path[]): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && found.length < MAX_PATHS; index++) {
      const item = itemOf(shape, index)
      if (item) search(item, value[index], [...path, index], found)
    }
  } else if (shape.members && isPlain(value)) {
    for (const name of Object.keys(value)) {
      if (found.length >= MAX_PATHS) return
      const known = memberOf(shape, name)
      if (known) search(known, value[name], [...path, name], found)
      else found.push([...path, name])
    }
  }
}

function itemOf(shape: MemberTree, index: number): MemberTree | undefined {
  return index < shape.first.length ? shape.first[index] : shape.items
}

/** What has content of another kind than members. */
function isLeaf(value: object): boolean {
  return (
    value instanceof Date ||
    Symbol.iterator in value ||
    Symbol.asyncIterator in value ||
    ArrayBuffer.isView(value) ||
    value instanceof Blob ||
    value instanceof Promise
  )
}
