/** The members in the own keywords of the schemas of one location, collected for a {@link MemberTree}. */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf } from './record.ts'

/** Schemas of one location, each once, however many refer to it: unconditional ones, and those of alternatives. */
export interface Part {
  readonly base: Set<JsonSchema>
  readonly alternatives: Set<JsonSchema>
}

/** Results of a traversal of the schemas of one location. */
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
  /** The lists of `anyOf` and `oneOf`; alone where no other schema of the location has members. */
  readonly choices: { readonly list: readonly JsonSchema[]; readonly isAlone: boolean }[]
  /** Alternatives that are left out. */
  readonly unmatched: ReadonlySet<unknown>
}

export const emptyPart = (): Part => ({ base: new Set(), alternatives: new Set() })

export const emptyCollection = (unmatched: ReadonlySet<JsonSchema>): MemberCollection => ({
  members: new Map(),
  patterns: new Map(),
  first: [],
  rest: emptyPart(),
  items: emptyPart(),
  hasMembers: false,
  hasContainers: false,
  isOpen: false,
  isLoose: false,
  choices: [],
  unmatched,
})

/** How many schemas of one location have members; the choices of `anyOf` and `oneOf` are one. */
export function sourcesOf(part: JsonSchema): number {
  const own = isPlain(part.properties) || isPlain(part.patternProperties) ? 1 : 0
  const others = ['$ref', '$dynamicRef', 'anyOf', 'oneOf', 'then', 'else', 'dependentSchemas'].filter(
    (key) => key in part,
  )
  return own + others.length + listOf(part.allOf).length
}

/** Collects the members of the schema's own keywords. @returns Whether they constrain the location. */
export function collect(schema: JsonSchema, side: keyof Part, found: MemberCollection): boolean {
  const { properties, patternProperties, prefixItems, items = schema.unevaluatedItems } = schema
  const others = schema.additionalProperties ?? schema.unevaluatedProperties
  const hasMembers = isPlain(properties) || isPlain(patternProperties) || others !== undefined
  if (hasMembers) found.hasMembers = true
  collectAll(found.members, properties, side)
  collectAll(found.patterns, patternProperties, side)
  if (others !== undefined && others !== false) found.isOpen = true
  if (others === true || (isPlain(others) && Object.keys(others).length === 0)) found.isLoose = true
  if (isPlain(others)) found.rest[side].add(others)
  for (const [index, item] of [...listOf(prefixItems), ...listOf(items)].entries()) {
    found.first[index] ??= emptyPart()
    if (isPlain(item)) found.first[index][side].add(item)
  }
  if (isPlain(items)) found.items[side].add(items)
  if (asksForContainer(schema)) found.hasContainers = true
  const isNarrow = schema.type !== undefined && !asksForContainer(schema)
  return (
    isNarrow ||
    hasMembers ||
    isPlain(items) ||
    Array.isArray(items) ||
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
    part[side].add(isPlain(schema) ? schema : ANYTHING)
  }
}

/** The schema `true`. */
const ANYTHING: JsonSchema = {}
