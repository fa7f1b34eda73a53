/**
 * The members that a schema knows, as a tree: all schemas that apply to one location, combined.
 *
 * `$ref`, `$dynamicRef` and `allOf` add members; each alternative (`anyOf`, `oneOf`, `then`, `else`, each of
 * `dependentSchemas`) adds its own. An alternative without constraints allows unknown members only when no other schema
 * of the location knows members. A record has the members of the alternatives that it can match: {@link treeFor}.
 */
import { Alternatives, allowsObjects } from './alternatives.ts'
import type { JsonSchema } from './json-schema.ts'
import {
  collect,
  emptyCollection,
  emptyPart,
  type MemberCollection,
  type Part,
  sourcesOf,
} from './member-collection.ts'
import { isPlain, listOf, type PlainRecord } from './record.ts'
import { targetsOf } from './reference.ts'
import { expressionOf } from './scalar.ts'

export interface MemberTree {
  /** Undefined when no members are known. */
  members: ReadonlyMap<string, MemberTree> | undefined
  /** Names of members in the order of the last value, which is mostly that of the next. */
  names: readonly string[]
  /** Members by a pattern of their names. */
  patterns: readonly (readonly [name: RegExp, MemberTree])[]
  /** Tree of unknown members; undefined when they are not allowed. */
  rest: MemberTree | undefined
  /** Whether unknown members may be anything: `additionalProperties` is true or `{}`. */
  isLoose: boolean
  /** Trees of an array's first items. */
  first: readonly MemberTree[]
  /** Tree of an array's other items. */
  items: MemberTree | undefined
  /** Whether a `type` asks for an object or an array, whatever is in it. */
  isContainer: boolean
  /** See {@link deepMembersOf}; undefined until they are asked for: a tree may contain itself. */
  deep: readonly string[] | undefined
  /** See {@link treeFor}; undefined where a schema has no alternatives. */
  choose: ((record: PlainRecord, isClosest: boolean) => MemberTree) | undefined
}

const known = new WeakMap<JsonSchema, MemberTree>()

/** The member tree of a schema, built once per schema. */
export function memberTreeOf(schema: JsonSchema): MemberTree {
  const tree =
    known.get(schema) ?? new MemberTreeBuilder(schema).of({ ...emptyPart(), base: new Set([schema]) })
  known.set(schema, tree)
  return tree
}

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
  return index < tree.first.length ? tree.first[index] : tree.items
}

/** Whether items are known. */
export function hasItems(tree: MemberTree): boolean {
  return tree.items !== undefined || tree.first.length > 0
}

/** Names of the known members that are objects or arrays: none in most tables. */
export function deepMembersOf(tree: MemberTree): readonly string[] {
  tree.deep ??= [...(tree.members ?? [])].flatMap(([name, known]) =>
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
  const tree = emptyTree()
  if (Array.isArray(value) && Array.isArray(output))
    tree.first = value.map((item, index) => treeOfOutput(item, output[index]))
  if (!isPlain(value) || !isPlain(output)) return tree
  const names = Object.keys(value).filter((name) => Object.hasOwn(output, name))
  tree.members = new Map(names.map((name) => [name, treeOfOutput(value[name], output[name])]))
  return tree
}

const NONE: ReadonlySet<JsonSchema> = /* @__PURE__ */ new Set()

class MemberTreeBuilder {
  readonly #root: JsonSchema
  readonly #alternatives: Alternatives
  readonly #trees = new Map<string, MemberTree>()
  readonly #numbers = new Map<JsonSchema, number>()
  /** Trees kept at most: records may match many combinations of alternatives. */
  #maxTrees: number | undefined

  constructor(root: JsonSchema) {
    this.#root = root
    this.#alternatives = new Alternatives(root)
  }

  /** One tree per set of schemas, so that a schema may contain itself. @param unmatched Alternatives left out. */
  of(part: Part, unmatched: ReadonlySet<JsonSchema> = NONE): MemberTree {
    const { base, alternatives } = part
    if (base.size === 0 && alternatives.size === 1)
      return this.of({ ...emptyPart(), base: alternatives }, unmatched)
    const key = `${this.#keyOf(base)}|${this.#keyOf(alternatives)}|${this.#keyOf(unmatched)}`
    const existing = this.#trees.get(key)
    if (existing) return existing
    const tree = emptyTree()
    this.#trees.set(key, tree)
    const found = emptyCollection(unmatched)
    const matched = [...alternatives].filter((schema) => !unmatched.has(schema))
    const isConstrained = [
      ...[...base].map((schema) => this.#gather(schema, 'base', found, new Set())),
      everyConstrains(matched.map((schema) => this.#gather(schema, 'alternatives', found, new Set()))),
    ]
    tree.isContainer = found.hasContainers
    if (!isConstrained.includes(true)) return tree
    if (unmatched === NONE) tree.choose = this.#chooserOf(part, tree, found.choices)
    return this.#fill(tree, found)
  }

  #fill(tree: MemberTree, found: MemberCollection): MemberTree {
    if (found.hasMembers) {
      tree.members = new Map([...found.members].map(([name, part]) => [name, this.of(part)]))
      tree.names = [...found.members.keys()]
      tree.patterns = [...found.patterns].flatMap(([pattern, part]) => {
        const expression = expressionOf(pattern)
        return expression ? [[expression, this.of(part)] as const] : []
      })
      if (found.isOpen) tree.rest = this.of(found.rest)
      tree.isLoose = found.isLoose && tree.members.size > 0
    }
    tree.first = found.first.map((part) => this.of(part))
    if (found.items.base.size + found.items.alternatives.size > 0) tree.items = this.of(found.items)
    return tree
  }

  /** Collects the members of a schema. @returns Whether the schema constrains its location. */
  #gather(
    schema: unknown,
    side: keyof Part,
    found: MemberCollection,
    above: ReadonlySet<JsonSchema>,
  ): boolean {
    if (!isPlain(schema)) return schema === false
    if (above.has(schema)) return false
    const inner = new Set(above).add(schema)
    const gather = (part: unknown, partSide: keyof Part) => this.#gather(part, partSide, found, inner)
    const isConstrained = [collect(schema, side, found)]
    for (const part of [...targetsOf(this.#root, schema), ...listOf(schema.allOf)])
      isConstrained.push(gather(part, side))
    for (const choice of [listOf(schema.anyOf), listOf(schema.oneOf)]) {
      const isAlone = [...inner].every((part) => sourcesOf(part) === 1)
      if (choice.length > 0) found.choices.push({ list: choice.filter(isPlain), isAlone })
      const matched = choice.filter((part) => !found.unmatched.has(part))
      isConstrained.push(everyConstrains(matched.map((part) => gather(part, 'alternatives'))))
    }
    const dependent = isPlain(schema.dependentSchemas) ? Object.values(schema.dependentSchemas) : []
    for (const part of [schema.then, schema.else, ...dependent]) gather(part, 'alternatives')
    return isConstrained.includes(true)
  }

  #chooserOf(part: Part, whole: MemberTree, choices: MemberCollection['choices']): MemberTree['choose'] {
    const several = [{ list: [...part.alternatives], isAlone: false }, ...choices]
      .map(({ list, isAlone }) => ({ list: list.filter(allowsObjects), isAlone }))
      .filter(({ list }) => list.length > 1)
    if (several.length === 0) return undefined
    return (record, isClosest) => {
      this.#maxTrees ??= 1000 + 10 * this.#trees.size
      if (this.#trees.size > this.#maxTrees) this.#trees.clear()
      const unmatched = new Set<JsonSchema>()
      for (const { list } of several) {
        const others = list.filter((schema) => !this.#alternatives.canMatch(schema, record))
        if (others.length < list.length) for (const schema of others) unmatched.add(schema)
      }
      if (isClosest)
        for (const { list, isAlone } of several)
          if (isAlone) this.#leaveClosest(part, list, unmatched, record)
      return unmatched.size === 0 ? whole : this.of(part, unmatched)
    }
  }

  #leaveClosest(
    part: Part,
    list: readonly JsonSchema[],
    unmatched: Set<JsonSchema>,
    record: PlainRecord,
  ): void {
    const matched = list.filter((schema) => !unmatched.has(schema))
    if (matched.length < 2) return
    const counts = matched.map((schema) => {
      const others = matched.filter((other) => other !== schema)
      const tree = this.of(part, new Set([...unmatched, ...others]))
      return Object.keys(record).filter((name) => tree.members && !memberOf(tree, name, true)).length
    })
    const least = Math.min(...counts)
    const first = counts.indexOf(least)
    for (const [index, schema] of matched.entries())
      if (least === 0 ? counts[index] !== 0 : index !== first) unmatched.add(schema)
  }

  #keyOf(schemas: Iterable<JsonSchema>): string {
    const numbers = Array.from(schemas, (schema) => {
      const number = this.#numbers.get(schema) ?? this.#numbers.size
      this.#numbers.set(schema, number)
      return number
    })
    return numbers.sort((a, b) => a - b).join()
  }
}

function everyConstrains(choice: readonly boolean[]): boolean {
  return choice.length > 0 && choice.every(Boolean)
}
