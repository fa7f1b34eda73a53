/**
 * The members that a schema knows, as a tree: all schemas that apply to one location, combined.
 *
 * `$ref`, `$dynamicRef` and `allOf` add members; each alternative (`anyOf`, `oneOf`, `then`, `else`, each of
 * `dependentSchemas`) adds its own. An alternative without constraints allows unknown members only when no other schema
 * of the location knows members. A record has the members of the alternatives that it can match: {@link treeFor}.
 */
import { isPlain, type PlainRecord } from './record.ts'

export interface MemberTree {
  /** Undefined when no members are known. */
  readonly members: MemberMap | undefined
  /** Names of members in the order of the last value, which is mostly that of the next; empty where trees are not kept. */
  names: readonly string[]
  /** Members by a pattern of their names. */
  readonly patterns: readonly (readonly [name: RegExp, MemberTree])[]
  /** Tree of unknown members; undefined when they are not allowed. */
  readonly rest: MemberTree | undefined
  /** Whether unknown members may be anything: `additionalProperties` is true or `{}`. */
  readonly isLoose: boolean
  /** Trees of an array's first items. */
  readonly first: readonly MemberTree[]
  /** Tree of an array's other items. */
  readonly items: MemberTree | undefined
  /** Whether a `type` asks for an object or an array, whatever is in it. */
  readonly isContainer: boolean
  /** See {@link deepMembersOf}; undefined until they are asked for: a tree may contain itself. */
  deep: readonly string[] | undefined
  /** See {@link treeFor}; undefined where a schema has no alternatives. */
  readonly choose: ((record: PlainRecord, isClosest: boolean) => MemberTree) | undefined
}

/** Trees of members by name. */
export type MemberMap = Pick<ReadonlyMap<string, MemberTree>, 'get' | 'has'> & { keys(): Iterable<string> }

/**
 * The tree of a record: of the alternatives that it can match, or of all where it can match none.
 *
 * @param isClosest Whether one alternative has to know all members: leaves out those that know fewer than another. Applies
 * where no other schema of the location has members.
 */
export function treeFor(tree: MemberTree, record: object, isClosest = false): MemberTree {
  return tree.choose && tree.members ? tree.choose(record as PlainRecord, isClosest) : tree
}

/**
 * The tree of one member; undefined for an unknown member that is not allowed.
 *
 * @param isClosed Whether a policy for unknown members applies: those that may be anything are unknown then.
 */
export function memberOf(tree: MemberTree, name: string, isClosed = false): MemberTree | undefined {
  const found = tree.members?.get(name)
  if (found) return found
  const byPattern = tree.patterns.find(([expression]) => expression.test(name))?.[1]
  return byPattern ?? (isClosed && tree.isLoose ? undefined : tree.rest)
}

/** The tree of an item; undefined where no schema is about it. */
export function itemTreeOf(tree: MemberTree, index: number): MemberTree | undefined {
  const { first } = tree
  return index < first.length ? first[index] : tree.items
}

/** Whether items are known. */
export function hasItems(tree: MemberTree): boolean {
  return tree.items !== undefined || tree.first.length > 0
}

/** The known members, by name. */
export function membersOf({ members }: MemberTree): readonly (readonly [name: string, MemberTree])[] {
  return Array.from(members?.keys() ?? [], (name) => [name, members?.get(name) as MemberTree])
}

/** Names of the known members that are objects or arrays: none in most tables. */
export function deepMembersOf(tree: MemberTree): readonly string[] {
  tree.deep ??= membersOf(tree).flatMap(([name, known]) =>
    known.isContainer || known.members || hasItems(known) ? [name] : [],
  )
  return tree.deep
}

/** The tree of a value without constraints. */
export const emptyTree = (): MemberTree => ({
  members: undefined,
  names: [],
  patterns: [],
  rest: undefined,
  isLoose: false,
  first: [],
  items: undefined,
  isContainer: false,
  deep: undefined,
  choose: undefined,
})

/** The members of a value that a schema returned for it: those of a library without JSON Schema. */
export function treeOfOutput(value: unknown, output: unknown): MemberTree {
  if (Array.isArray(value) && Array.isArray(output))
    return { ...emptyTree(), first: value.map((item, index) => treeOfOutput(item, output[index])) }
  if (!isPlain(value) || !isPlain(output)) return emptyTree()
  const names = Object.keys(value).filter((name) => Object.hasOwn(output, name))
  return {
    ...emptyTree(),
    members: new Map(names.map((name) => [name, treeOfOutput(value[name], output[name])])),
  }
}
