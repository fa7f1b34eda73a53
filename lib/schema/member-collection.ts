/** The members in the own keywords of the schemas of one location, collected for a {@link MemberTree}. */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf } from './record.ts'
import { targetsOf } from './reference.ts'

/** Schemas of one location: unconditional ones, and those of alternatives. */
export interface Part {
  readonly base: JsonSchema[]
  readonly alternatives: JsonSchema[]
}

/** The members of the schemas of one location. */
export interface MemberCollection {
  readonly members: Map<string, Part>
  readonly patterns: Map<string, Part>
  readonly first: Part[]
  readonly rest: Part
  readonly items: Part
  hasMembers: boolean
  hasContainers: boolean
  isOpen: boolean
  isLoose: boolean
  /** Whether the schemas constrain the location. */
  isConstrained: boolean
  /** The lists of `anyOf` and `oneOf`; alone where no other schema of the location has members. */
  readonly choices: { readonly list: readonly JsonSchema[]; readonly isAlone: boolean }[]
}

const emptyPart = (): Part => ({ base: [], alternatives: [] })

/** @param unmatched Alternatives that are left out. */
export function collectMembers(
  root: JsonSchema,
  { base, alternatives }: Part,
  unmatched: ReadonlySet<unknown>,
): MemberCollection {
  const collector = new MemberCollector(root, unmatched)
  for (const schema of base) collector.gather(schema, 'base', true)
  const matched = alternatives.filter((schema) => !unmatched.has(schema))
  for (const schema of matched) collector.gather(schema, 'alternatives', true)
  const constrained = collector.constrained()
  const isConstrained = base.some((schema) => constrained.has(schema)) || everyIn(matched, constrained)
  return { ...collector.found, isConstrained }
}

class MemberCollector {
  readonly found: MemberCollection = {
    members: new Map(),
    patterns: new Map(),
    first: [],
    rest: emptyPart(),
    items: emptyPart(),
    hasMembers: false,
    hasContainers: false,
    isOpen: false,
    isLoose: false,
    isConstrained: false,
    choices: [],
  }
  readonly #root: JsonSchema
  readonly #unmatched: ReadonlySet<unknown>
  readonly #constraints = new Map<unknown, Constraint>()
  /** Schemas that were collected, each once in the same way: many may refer to one. */
  readonly #visited = new Map<unknown, readonly string[]>()
  /** Schemas around the one that is collected, at the same location. */
  readonly #above = new Set<unknown>()

  constructor(root: JsonSchema, unmatched: ReadonlySet<unknown>) {
    this.#root = root
    this.#unmatched = unmatched
  }

  /** @param isAlone Whether no other schema of the location has members. */
  gather(schema: unknown, side: keyof Part, isAlone: boolean): void {
    const visit = `${side} ${isAlone}`
    const visits = this.#visited.get(schema) ?? []
    if (!isPlain(schema) || visits.includes(visit) || this.#above.has(schema)) return
    this.#visited.set(schema, [...visits, visit])
    this.#above.add(schema)
    const isOwn = collect(schema, side, this.found)
    const isInnerAlone = isAlone && sourcesOf(schema) === 1
    const parts = [...targetsOf(this.#root, schema), ...listOf(schema.allOf)]
    for (const part of parts) this.gather(part, side, isInnerAlone)
    const lists = [listOf(schema.anyOf), listOf(schema.oneOf)].filter((list) => list.length > 0)
    const choices = lists.map((list) => list.filter((part) => !this.#unmatched.has(part)))
    for (const [index, matched] of choices.entries()) {
      this.found.choices.push({ list: listOf(lists[index]).filter(isPlain), isAlone: isInnerAlone })
      for (const part of matched) this.gather(part, 'alternatives', isInnerAlone)
    }
    this.#constraints.set(schema, { isOwn, parts, choices })
    const dependent = isPlain(schema.dependentSchemas) ? Object.values(schema.dependentSchemas) : []
    for (const part of [schema.then, schema.else, ...dependent])
      this.gather(part, 'alternatives', isInnerAlone)
    this.#above.delete(schema)
  }

  /** The schemas that constrain the location. */
  constrained(): ReadonlySet<unknown> {
    const found = new Set<unknown>([false])
    for (let size = 0; size < found.size; ) {
      size = found.size
      for (const [schema, { isOwn, parts, choices }] of this.#constraints)
        if (
          isOwn ||
          parts.some((part) => found.has(part)) ||
          choices.some((choice) => everyIn(choice, found))
        )
          found.add(schema)
    }
    return found
  }
}

/** How a schema constrains the location: by its own keywords, by any of its parts, or by all of a choice. */
interface Constraint {
  readonly isOwn: boolean
  readonly parts: readonly unknown[]
  readonly choices: readonly (readonly unknown[])[]
}

function everyIn(choice: readonly unknown[], constrained: ReadonlySet<unknown>): boolean {
  return choice.length > 0 && choice.every((part) => constrained.has(part))
}

/** How many schemas of one location have members; the choices of `anyOf` and `oneOf` are one. */
export function sourcesOf(part: JsonSchema): number {
  const own = isPlain(part.properties) || isPlain(part.patternProperties) ? 1 : 0
  const others = ['$ref', '$dynamicRef', 'anyOf', 'oneOf', 'then', 'else', 'dependentSchemas'].filter(
    (key) => key in part,
  )
  return own + others.length + listOf(part.allOf).length
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
  if (asksForContainer(schema)) found.hasContainers = true
  const isNarrow = schema.type !== undefined && !asksForContainer(schema)
  return (
    isNarrow ||
    hasMembers ||
    isPlain(items) ||
    'prefixItems' in schema ||
    'enum' in schema ||
    'const' in schema
  )
}

/** Whether the `type` of a schema includes objects or arrays. */
export function asksForContainer({ type }: JsonSchema): boolean {
  const types = [type].flat()
  return types.includes('object') || types.includes('array')
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
