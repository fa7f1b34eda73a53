/** The schemas of one location whose own keywords know members, and the alternatives among them. */
import { allowsObjects } from './alternatives.ts'
import type { JsonSchema } from './json-schema.ts'
import { type OwnMembers, ownMembersOf } from './own-members.ts'
import { isPlain, listOf } from './record.ts'
import { targetsOf } from './reference.ts'

/** Schemas of one location, each once, however many refer to it: unconditional ones, and those of alternatives. */
export interface Part {
  readonly base: Set<JsonSchema>
  readonly alternatives: Set<JsonSchema>
}

/** A schema that knows members where a value matches all alternatives on the path to it. */
export interface Source {
  readonly own: OwnMembers
  readonly side: keyof Part
  readonly path: readonly JsonSchema[]
}

/** Several schemas for objects, of `anyOf` or `oneOf`; alone where no other schema of the location has members. */
interface Choice {
  readonly list: readonly JsonSchema[]
  readonly isAlone: boolean
}

export interface Sources {
  readonly list: readonly Source[]
  readonly choices: readonly Choice[]
  /** Whether they constrain a value. */
  readonly isConstrained: boolean
}

interface Gathered {
  readonly list: Source[]
  readonly choices: Choice[]
}

/** Finds sources in the schemas of a document, once per schema. */
export class MemberSources {
  readonly #root: JsonSchema
  readonly #own = new Map<JsonSchema, OwnMembers>()
  readonly #found = { base: new Map<JsonSchema, Sources>(), alternatives: new Map<JsonSchema, Sources>() }

  constructor(root: JsonSchema) {
    this.#root = root
  }

  of({ base, alternatives }: Part): Sources {
    const required = Array.from(base, (schema) => this.#sourcesOf(schema, 'base'))
    const [only] = required
    if (only && required.length + alternatives.size === 1) return only
    const optional = Array.from(alternatives, (schema) => this.#sourcesOf(schema, 'alternatives'))
    const all = [...required, ...optional]
    const isConstrained = ({ isConstrained }: Sources) => isConstrained
    return {
      list: all.flatMap(({ list }) => list),
      choices: [...choiceOf([...alternatives], false), ...all.flatMap(({ choices }) => choices)],
      isConstrained: required.some(isConstrained) || (optional.length > 0 && optional.every(isConstrained)),
    }
  }

  #sourcesOf(schema: JsonSchema, side: keyof Part): Sources {
    const known = this.#found[side].get(schema)
    if (known) return known
    const found: Gathered = { list: [], choices: [] }
    const path = side === 'base' ? [] : [schema]
    const sources = { ...found, isConstrained: this.#gather(schema, { side, path }, [], found) }
    this.#found[side].set(schema, sources)
    return sources
  }

  /** @returns Whether the schema constrains its location. */
  #gather(
    schema: unknown,
    place: Pick<Source, 'side' | 'path'>,
    above: readonly JsonSchema[],
    found: Gathered,
  ): boolean {
    if (!isPlain(schema)) return schema === false
    if (above.includes(schema)) return false
    const own = this.#own.get(schema) ?? ownMembersOf(schema)
    this.#own.set(schema, own)
    const { hasMembers, isContainer, first, items } = own
    if (hasMembers || isContainer || first.length > 0 || items) found.list.push({ own, ...place })
    const inner = [...above, schema]
    const isConstrained = [own.isConstrained]
    for (const part of [...targetsOf(this.#root, schema), ...listOf(schema.allOf)])
      isConstrained.push(this.#gather(part, place, inner, found))
    const gatherOption = (part: unknown) => {
      const path = isPlain(part) ? [...place.path, part] : place.path
      return this.#gather(part, { side: 'alternatives', path }, inner, found)
    }
    const isAlone = inner.every((part) => sourcesOf(part) === 1)
    for (const choice of [listOf(schema.anyOf), listOf(schema.oneOf)]) {
      found.choices.push(...choiceOf(choice.filter(isPlain), isAlone))
      const options = choice.map(gatherOption)
      isConstrained.push(options.length > 0 && options.every(Boolean))
    }
    const dependent = isPlain(schema.dependentSchemas) ? Object.values(schema.dependentSchemas) : []
    for (const part of [schema.then, schema.else, ...dependent])
      this.#gather(part, { ...place, side: 'alternatives' }, inner, found)
    return isConstrained.includes(true)
  }
}

function choiceOf(schemas: readonly JsonSchema[], isAlone: boolean): Choice[] {
  const list = schemas.filter(allowsObjects)
  return list.length > 1 ? [{ list, isAlone }] : []
}

/** How many schemas of one location have members; the choices of `anyOf` and `oneOf` are one. */
export function sourcesOf(part: JsonSchema): number {
  const own = isPlain(part.properties) || isPlain(part.patternProperties) ? 1 : 0
  const others = ['$ref', '$dynamicRef', 'anyOf', 'oneOf', 'then', 'else', 'dependentSchemas'].filter(
    (key) => key in part,
  )
  return own + others.length + listOf(part.allOf).length
}

/** Sources without those of the alternatives that are left out. */
export function matching(sources: readonly Source[], unmatched: ReadonlySet<JsonSchema>): Source[] {
  return sources.filter(({ path }) => !path.some((schema) => unmatched.has(schema)))
}

/** Whether there are known members, and others may be anything. */
export function isLoose(sources: readonly Source[]): boolean {
  return (
    sources.some(({ own }) => own.isLoose) &&
    sources.some(({ own }) => Object.keys(own.properties).length > 0)
  )
}
