/**
 * The member tree of one location of a schema. It finds the trees of members and items when a value first has them, so that a
 * value costs as much as it visits.
 *
 * Trees are kept, but of the combinations of alternatives, which clients choose, only some.
 */
import { Alternatives } from './alternatives.ts'
import type { JsonSchema } from './json-schema.ts'
import { isLoose, MemberSources, matching, type Part, type Source, type Sources } from './member-sources.ts'
import type { MemberMap, MemberTree } from './member-tree.ts'
import { isNamed, type OwnMembers, schemaOf } from './own-members.ts'
import { isPlain, type PlainRecord } from './record.ts'

/** Trees of several schemas that a document keeps; it then starts anew. */
const MAX_TREES = 1000
/** Trees of some alternatives out of several that a document keeps. */
const MAX_COMBINATIONS = 1000

/** The trees of a document. */
class Locations {
  readonly alternatives: Alternatives
  readonly root: Location
  readonly #sources: MemberSources
  readonly #single = new Map<JsonSchema, Location>()
  readonly #several = new Map<string, Location>()
  readonly #numbers = new Map<JsonSchema, number>()
  #combinations = 0

  constructor(root: JsonSchema) {
    this.alternatives = new Alternatives(root)
    this.#sources = new MemberSources(root)
    this.root = this.of({ base: new Set([root]), alternatives: new Set() }, true)
  }

  /** One tree per set of schemas, so that a schema may contain itself. */
  of(part: Part, isKept: boolean): Location {
    const [schema, ...others] = [...part.base, ...part.alternatives]
    if (schema && others.length === 0) {
      const only = { base: new Set([schema]), alternatives: new Set<JsonSchema>() }
      return this.#keep(this.#single, schema, only)
    }
    if (!isKept) return new Location(this, this.#sources.of(part), false)
    if (this.#several.size >= MAX_TREES) {
      this.#single.clear()
      this.#several.clear()
      this.#combinations = 0
      this.root.forget()
    }
    return this.#keep(this.#several, `${this.#keyOf(part.base)}|${this.#keyOf(part.alternatives)}`, part)
  }

  /** Counts a combination of alternatives. @returns Whether it is kept. */
  count(): boolean {
    return this.#combinations++ < MAX_COMBINATIONS
  }

  #keep<K>(trees: Map<K, Location>, key: K, part: Part): Location {
    const tree = trees.get(key) ?? new Location(this, this.#sources.of(part), true)
    trees.set(key, tree)
    return tree
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

/** The trees that a location was asked for. */
interface Found {
  /** By the bits of the alternatives that are left out. */
  readonly chosen: Map<number, MemberTree>
  patterns?: MemberTree['patterns']
  rest?: MemberTree
  first?: readonly MemberTree[]
  items?: MemberTree
}

class Location implements MemberTree, MemberMap {
  names: readonly string[]
  deep: MemberTree['deep']
  readonly members: MemberMap | undefined
  readonly isLoose: boolean
  readonly isContainer: boolean
  readonly choose: MemberTree['choose']
  readonly #trees: Locations
  readonly #sources: readonly Source[]
  readonly #choices: Sources['choices']
  readonly #isKept: boolean
  readonly #isOpen: boolean
  readonly #hasItems: boolean
  #keys: ReadonlySet<string> | undefined
  readonly #members = new Map<string, MemberTree>()
  #found: Found = { chosen: new Map() }

  constructor(trees: Locations, { list, choices, isConstrained }: Sources, isKept: boolean) {
    const sources = isConstrained ? list : []
    this.#trees = trees
    this.#sources = sources
    this.#choices = choices
    this.#isKept = isKept
    this.#isOpen = sources.some(({ own }) => own.isOpen)
    this.#hasItems = sources.some(({ own }) => own.items)
    this.names = isKept ? [...this.keys()] : []
    this.deep = undefined
    this.members = sources.some(({ own }) => own.hasMembers) ? this : undefined
    this.isLoose = isLoose(sources)
    this.isContainer = list.some(({ own }) => own.isContainer)
    this.choose =
      isConstrained && choices.length > 0 ? (record, isClosest) => this.#choose(record, isClosest) : undefined
  }

  get patterns(): MemberTree['patterns'] {
    this.#found.patterns ??= this.#patternTrees()
    return this.#found.patterns
  }

  get rest(): MemberTree | undefined {
    if (this.#isOpen) this.#found.rest ??= this.#treeOf(({ others }) => others)
    return this.#found.rest
  }

  get first(): readonly MemberTree[] {
    this.#found.first ??= this.#firstTrees()
    return this.#found.first
  }

  get items(): MemberTree | undefined {
    if (this.#hasItems) this.#found.items ??= this.#treeOf(({ items }) => items)
    return this.#found.items
  }

  get(name: string): MemberTree | undefined {
    const found = this.#members.get(name)
    if (found || !this.has(name)) return found
    const tree = this.#treeOf((own) => schemaOf(own, name))
    this.#members.set(name, tree)
    return tree
  }

  has(name: string): boolean {
    return this.keys().has(name)
  }

  keys(): ReadonlySet<string> {
    this.#keys ??= new Set(this.#sources.flatMap(({ own }) => Object.keys(own.properties)))
    return this.#keys
  }

  /** Drops the trees that were asked for. */
  forget(): void {
    this.#members.clear()
    this.#found = { chosen: new Map() }
  }

  #patternTrees(): MemberTree['patterns'] {
    const patterns = this.#sources.flatMap(({ own }) => own.patterns)
    const expressions = new Map(patterns.map(([text, name]) => [text, name]))
    return Array.from(expressions, ([text, name]) => [
      name,
      this.#treeOf((own) => own.patterns.find(([known]) => known === text)?.[2]),
    ])
  }

  #firstTrees(): readonly MemberTree[] {
    const length = Math.max(0, ...this.#sources.map(({ own }) => own.first.length))
    return Array.from({ length }, (_, index) => this.#treeOf(({ first }) => first[index]))
  }

  /** The tree of the schemas that are found in the sources. */
  #treeOf(find: (own: OwnMembers) => unknown): MemberTree {
    const part: Part = { base: new Set(), alternatives: new Set() }
    for (const { own, side } of this.#sources) {
      const schema = find(own)
      if (isPlain(schema)) part[side].add(schema)
    }
    return this.#trees.of(part, this.#isKept)
  }

  #choose(record: PlainRecord, isClosest: boolean): MemberTree {
    const unmatched = new Set<JsonSchema>()
    for (const { list } of this.#choices) {
      const others = list.filter((schema) => !this.#trees.alternatives.canMatch(schema, record))
      if (others.length < list.length) for (const schema of others) unmatched.add(schema)
    }
    const names = isClosest ? Object.keys(record) : []
    for (const { list, isAlone } of this.#choices)
      if (isAlone && names.length > 0)
        for (const schema of this.#fartherThan(list, unmatched, names)) unmatched.add(schema)
    return unmatched.size === 0 ? this : this.#without(unmatched)
  }

  #without(unmatched: ReadonlySet<JsonSchema>): MemberTree {
    let bits = 0
    let bit = 1
    for (const { list } of this.#choices)
      for (const schema of list) {
        if (unmatched.has(schema)) bits += bit
        bit *= 2
      }
    const known = this.#found.chosen.get(bits)
    if (known) return known
    const isKept = this.#isKept && bit <= Number.MAX_SAFE_INTEGER && this.#trees.count()
    const list = matching(this.#sources, unmatched)
    const tree = new Location(this.#trees, { list, choices: [], isConstrained: true }, isKept)
    if (isKept) this.#found.chosen.set(bits, tree)
    return tree
  }

  /** The alternatives that know fewer of the names than another, of those that are left. */
  #fartherThan(
    list: readonly JsonSchema[],
    unmatched: ReadonlySet<JsonSchema>,
    names: readonly string[],
  ): readonly JsonSchema[] {
    const left = new Map(
      list.filter((schema) => !unmatched.has(schema)).map((schema) => [schema, [] as Source[]]),
    )
    if (left.size < 2) return []
    const shared: Source[] = []
    for (const source of matching(this.#sources, unmatched)) {
      const own = source.path.filter((schema) => left.has(schema))
      if (own.length < 2) (own[0] ? left.get(own[0]) : shared)?.push(source)
    }
    const others = names.filter((name) => !shared.some(({ own }) => isNamed(own, name)))
    const counts = Array.from(left.values(), (sources) => {
      const all = [...shared, ...sources]
      const isAny =
        !all.some(({ own }) => own.hasMembers) || (all.some(({ own }) => own.isOpen) && !isLoose(all))
      return isAny ? 0 : others.filter((name) => !sources.some(({ own }) => isNamed(own, name))).length
    })
    const least = Math.min(...counts)
    const first = counts.indexOf(least)
    return [...left.keys()].filter((_, index) => (least === 0 ? counts[index] !== 0 : index !== first))
  }
}

const known = new WeakMap<JsonSchema, MemberTree>()

/** The member tree of a schema, made once per schema. */
export function memberTreeOf(schema: JsonSchema): MemberTree {
  const tree = known.get(schema) ?? new Locations(schema).root
  known.set(schema, tree)
  return tree
}
