/**
 * The members that a schema knows, as a tree: all schemas that apply to one location, combined.
 *
 * `$ref`, `$dynamicRef` and `allOf` add members; each alternative (`anyOf`, `oneOf`, `then`, `else`, each of
 * `dependentSchemas`) adds its own. An alternative without constraints allows unknown members only when no other schema
 * of the location knows members.
 */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf } from './record.ts'
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
  /** See {@link isFlatTree}; undefined until it is asked for: a tree may contain itself. */
  isFlat: boolean | undefined
}

/** Schemas of one location: unconditional ones, and those of alternatives. */
interface Part {
  readonly base: JsonSchema[]
  readonly alternatives: JsonSchema[]
}

/** Results of a traversal of the schemas of one location. */
interface MemberCollection {
  readonly members: Map<string, Part>
  readonly patterns: Map<string, Part>
  readonly first: Part[]
  readonly rest: Part
  readonly items: Part
  hasMembers: boolean
  isOpen: boolean
  isLoose: boolean
}

const known = new WeakMap<JsonSchema, MemberTree>()

/** The member tree of a schema, built once per schema. */
export function memberTreeOf(schema: JsonSchema): MemberTree {
  const tree = known.get(schema) ?? new MemberTreeBuilder(schema).of({ base: [schema], alternatives: [] })
  known.set(schema, tree)
  return tree
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

/** Whether no known member has members or items that are known, as the columns of a table. */
export function isFlatTree(tree: MemberTree): boolean {
  tree.isFlat ??= [...(tree.members?.values() ?? [])].every((known) => !known.members && !hasItems(known))
  return tree.isFlat
}

const emptyPart = (): Part => ({ base: [], alternatives: [] })
/** The tree of a value without constraints. */
export const emptyTree = (): MemberTree => ({
  members: undefined,
  names: [],
  patterns: [],
  rest: undefined,
  isLoose: false,
  first: [],
  items: undefined,
  isFlat: undefined,
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

class MemberTreeBuilder {
  readonly #root: JsonSchema
  readonly #trees = new Map<string, MemberTree>()
  readonly #numbers = new Map<JsonSchema, number>()

  constructor(root: JsonSchema) {
    this.#root = root
  }

  /** One tree per set of schemas, so that a schema may contain itself. */
  of({ base, alternatives }: Part): MemberTree {
    if (base.length === 0 && alternatives.length === 1)
      return this.of({ base: alternatives, alternatives: [] })
    const key = `${this.#keyOf(base)}|${this.#keyOf(alternatives)}`
    const existing = this.#trees.get(key)
    if (existing) return existing
    const tree = emptyTree()
    this.#trees.set(key, tree)
    const found: MemberCollection = {
      ...{ members: new Map(), patterns: new Map(), first: [], rest: emptyPart(), items: emptyPart() },
      ...{ hasMembers: false, isOpen: false, isLoose: false },
    }
    const isConstrained = [
      ...base.map((schema) => this.#gather(schema, 'base', found, new Set())),
      everyConstrains(alternatives.map((schema) => this.#gather(schema, 'alternatives', found, new Set()))),
    ]
    return isConstrained.includes(true) ? this.#fill(tree, found) : tree
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
    if (found.items.base.length + found.items.alternatives.length > 0) tree.items = this.of(found.items)
    return tree
  }

  /** Collects the members of a schema. @returns Whether the schema constrains its location. */
  #gather(schema: unknown, side: keyof Part, found: MemberCollection, above: ReadonlySet<object>): boolean {
    if (!isPlain(schema)) return schema === false
    if (above.has(schema)) return false
    const inner = new Set(above).add(schema)
    const gather = (part: unknown, partSide: keyof Part) => this.#gather(part, partSide, found, inner)
    const isConstrained = [collect(schema, side, found)]
    for (const part of [...targetsOf(this.#root, schema), ...listOf(schema.allOf)])
      isConstrained.push(gather(part, side))
    for (const choice of [listOf(schema.anyOf), listOf(schema.oneOf)])
      isConstrained.push(everyConstrains(choice.map((part) => gather(part, 'alternatives'))))
    const dependent = isPlain(schema.dependentSchemas) ? Object.values(schema.dependentSchemas) : []
    for (const part of [schema.then, schema.else, ...dependent]) gather(part, 'alternatives')
    return isConstrained.includes(true)
  }

  #keyOf(schemas: readonly JsonSchema[]): string {
    const numbers = schemas.map((schema) => {
      const number = this.#numbers.get(schema) ?? this.#numbers.size
      this.#numbers.set(schema, number)
      return number
    })
    return [...new Set(numbers)].sort((a, b) => a - b).join()
  }
}

function everyConstrains(choice: readonly boolean[]): boolean {
  return choice.length > 0 && choice.every(Boolean)
}

/** Collects the members of the schema's own keywords. @returns Whether they constrain the location. */
function collect(schema: JsonSchema, side: keyof Part, found: MemberCollection): boolean {
  const { properties, patternProperties, prefixItems, items } = schema
  const others = schema.additionalProperties ?? schema.unevaluatedProperties
  const hasMembers = isPlain(properties) || isPlain(patternProperties) || others !== undefined
  if (hasMembers) found.hasMembers = true
  collectAll(found.members, properties, side)
  collectAll(found.patterns, patternProperties, side)
  if (others !== undefined && others !== false) found.isOpen = true
  if (others === true || (isPlain(others) && Object.keys(others).length === 0)) found.isLoose = true
  if (isPlain(others)) found.rest[side].push(others)
  for (const [index, item] of [...listOf(prefixItems), ...listOf(items)].entries()) {
    found.first[index] ??= emptyPart()
    if (isPlain(item)) found.first[index][side].push(item)
  }
  if (isPlain(items)) found.items[side].push(items)
  const types = [schema.type ?? []].flat()
  const isNarrow = types.length > 0 && !types.includes('object') && !types.includes('array')
  return (
    isNarrow ||
    hasMembers ||
    isPlain(items) ||
    'prefixItems' in schema ||
    'enum' in schema ||
    'const' in schema
  )
}

function collectAll(parts: Map<string, Part>, schemas: unknown, side: keyof Part): void {
  if (!isPlain(schemas)) return
  for (const name of Object.keys(schemas)) {
    const part = parts.get(name) ?? emptyPart()
    parts.set(name, part)
    const schema = schemas[name]
    part[side].push(isPlain(schema) ? schema : ANYTHING)
  }
}

/** The schema `true`. */
const ANYTHING: JsonSchema = {}
