/**
 * Members that a schema does not know: find them, restore them. To remove them: `pruner.ts`.
 *
 * A column that was added to a table must not appear in responses automatically, and an unknown member of a
 * request not in the table.
 */
import type { JsonSchema } from './json-schema.ts'
import { memberTreeOf } from './location.ts'
import { emptyTree, hasItems, itemTreeOf, type MemberTree, memberOf, treeFor } from './member-tree.ts'
import { copyOf, isPlain, put } from './record.ts'
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

interface Search {
  readonly found: Path[]
  readonly isClosed: boolean
  readonly isPartial: boolean
}

/** @param path of the value; the same list for all values, as a content may have hundreds of thousands. */
function search(tree: MemberTree, value: unknown, path: (string | number)[], options: Search): void {
  const { found, isClosed, isPartial } = options
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && found.length < MAX_PATHS; index++) {
      const item = itemTreeOf(tree, index)
      if (item) searchIn(item, value[index], index, path, options)
    }
  } else if (tree.members && isPlain(value)) {
    const chosen = isPartial ? tree : treeFor(tree, value, isClosed)
    if (!chosen.members) return
    for (const name of Object.keys(value)) {
      if (found.length >= MAX_PATHS) return
      const known = memberOf(chosen, name, isClosed)
      if (known) searchIn(known, value[name], name, path, options)
      else found.push([...path, name])
    }
  }
}

function searchIn(
  tree: MemberTree,
  member: unknown,
  step: string | number,
  path: (string | number)[],
  options: Search,
): void {
  if (typeof member !== 'object' || member === null) return
  path.push(step)
  search(tree, member, path, options)
  path.pop()
}
