/**
 * What a schema knows of the members of a value, all that applies to one place taken together.
 *
 * `$ref` and `allOf` add members; alternatives (`anyOf`, `oneOf`, `then`, `else`) each add theirs, and one
 * that says nothing opens the place only when nothing else there knows members.
 */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf } from './record.ts'
import { resolve } from './reference.ts'
import { expressionOf } from './scalar.ts'

export interface MemberTree {
  /** Undefined where no members are known at all. */
  members: ReadonlyMap<string, MemberTree> | undefined
  /** Members known by a pattern of their name. */
  patterns: readonly (readonly [name: RegExp, MemberTree])[]
  /** The shape of members that are not known, where such may be; undefined where not. */
  rest: MemberTree | undefined
  /** The shapes of an array's first items. */
  first: readonly MemberTree[]
  /** The shape of an array's other items. */
  items: MemberTree | undefined
}

/** Schemas of one place: those that hold in any case, and those of alternatives. */
interface Part {
  readonly base: JsonSchema[]
  readonly alternatives: JsonSchema[]
}

/** What is found on the way through the schemas of one place. */
interface Found {
  readonly members: Map<string, Part>
  readonly patterns: Map<string, Part>
  readonly first: Part[]
  readonly rest: Part
  readonly items: Part
  hasMembers: boolean
  isOpen: boolean
}

const known = new WeakMap<JsonSchema, MemberTree>()

/** The shape of what a schema describes, made once per schema. */
export function memberTreeOf(schema: JsonSchema): MemberTree {
  const shape = known.get(schema) ?? new MemberTreeBuilder(schema).of({ base: [schema], alternatives: [] })
  known.set(schema, shape)
  return shape
}

/** The shape of one member; undefined when it is not known and none but known ones may be. */
export function memberOf(shape: MemberTree, name: string): MemberTree | undefined {
  const found = shape.members?.get(name)
  if (found) return found
  return shape.patterns.find(([expression]) => expression.test(name))?.[1] ?? shape.rest
}

const emptyPart = (): Part => ({ base: [], alternatives: [] })
const blank = (): MemberTree => ({
  members: undefined,
  patterns: [],
  rest: undefined,
  first: [],
  items: undefined,
})

class MemberTreeBuilder {
  readonly #root: JsonSchema
  readonly #made = new Map<string, MemberTree>()
  readonly #numbers = new Map<JsonSchema, number>()

  constructor(root: JsonSchema) {
    this.#root = root
  }

  /** One shape per set of schemas, so that a schema may contain itself. */
  of({ base, alternatives }: Part): MemberTree {
    if (base.length === 0 && alternatives.length === 1)
      return this.of({ base: alternatives, alternatives: [] })
    const key = `${this.#keyOf(base)}|${this.#keyOf(alternatives)}`
    const made = this.#made.get(key)
    if (made) return made
    const shape = blank()
    this.#made.set(key, shape)
    const found: Found = {
      ...{ members: new Map(), patterns: new Map(), first: [], rest: emptyPart(), items: emptyPart() },
      ...{ hasMembers: false, isOpen: false },
    }
    const speaks = [
      ...base.map((schema) => this.#gather(schema, 'base', found, new Set())),
      everySpeaks(alternatives.map((schema) => this.#gather(schema, 'alternatives', found, new Set()))),
    ]
    return speaks.includes(true) ? this.#fill(shape, found) : shape
  }

  #fill(shape: MemberTree, found: Found): MemberTree {
    if (found.hasMembers) {
      shape.members = new Map([...found.members].map(([name, part]) => [name, this.of(part)]))
      shape.patterns = [...found.patterns].flatMap(([pattern, part]) => {
        const expression = expressionOf(pattern)
        return expression ? [[expression, this.of(part)] as const] : []
      })
      if (found.isOpen) shape.rest = this.of(found.rest)
    }
    shape.first = found.first.map((part) => this.of(part))
    if (found.items.base.length + found.items.alternatives.length > 0) shape.items = this.of(found.items)
    return shape
  }

  /** Notes what a schema says of its place. @returns Whether it says anything that narrows the place down. */
  #gather(schema: unknown, side: keyof Part, found: Found, above: ReadonlySet<object>): boolean {
    if (!isPlain(schema)) return schema === false
    if (above.has(schema)) return false
    const inner = new Set(above).add(schema)
    const gather = (part: unknown, partSide: keyof Part) => this.#gather(part, partSide, found, inner)
    const speaks = [note(schema, side, found)]
    for (const part of [resolve(this.#root, schema.$ref), ...listOf(schema.allOf)])
      speaks.push(gather(part, side))
    for (const choice of [listOf(schema.anyOf), listOf(schema.oneOf)])
      speaks.push(everySpeaks(choice.map((part) => gather(part, 'alternatives'))))
    gather(schema.then, 'alternatives')
    gather(schema.else, 'alternatives')
    return speaks.includes(true)
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

function everySpeaks(choice: readonly boolean[]): boolean {
  return choice.length > 0 && choice.every(Boolean)
}

/** The keywords of the schema itself. */
function note(schema: JsonSchema, side: keyof Part, found: Found): boolean {
  const { properties, patternProperties, prefixItems, items } = schema
  const others = schema.additionalProperties ?? schema.unevaluatedProperties
  const hasMembers = isPlain(properties) || isPlain(patternProperties) || others !== undefined
  if (hasMembers) found.hasMembers = true
  noteAll(found.members, properties, side)
  noteAll(found.patterns, patternProperties, side)
  if (others !== undefined && others !== false) found.isOpen = true
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

function noteAll(parts: Map<string, Part>, schemas: unknown, side: keyof Part): void {
  if (!isPlain(schemas)) return
  for (const name of Object.keys(schemas)) {
    const part = parts.get(name) ?? emptyPart()
    parts.set(name, part)
    const schema = schemas[name]
    part[side].push(isPlain(schema) ? schema : ANYTHING)
  }
}

/** What `true` says as a schema. */
const ANYTHING: JsonSchema = {}
