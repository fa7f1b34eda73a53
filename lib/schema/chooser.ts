/**
 * Chooses the alternatives (`anyOf`, `oneOf`) of a record among the schemas of its location.
 *
 * Records match few combinations of alternatives, so the tree of each is kept beside the set of those that are left out: a key
 * for it would take longer than the validation of the record.
 */
import type { JsonSchema } from './json-schema.ts'
import type { PlainRecord } from './record.ts'

/** Alternatives of one location; alone where no other schema of the location has members. */
export interface Choice {
  readonly list: readonly JsonSchema[]
  readonly isAlone: boolean
}

/** Trees of `T` for the alternatives that are left. */
interface Choosing<T> {
  readonly choices: readonly Choice[]
  /** Whether a record may match an alternative, by its own members alone. */
  canMatch(schema: JsonSchema, record: PlainRecord): boolean
  treeWithout(unmatched: ReadonlySet<JsonSchema>): T
  /** Whether a tree has a member, under a policy for unknown members. */
  knows(tree: T, name: string): boolean
}

/** Sets that are kept at most: records may match many combinations. */
const MAX_SETS = 200

/** A set of alternatives, with the trees without them; the same object for the same ones in the same order. */
class Unmatched<T> {
  readonly schemas: ReadonlySet<JsonSchema>
  readonly larger = new Map<JsonSchema, Unmatched<T>>()
  tree: T | undefined
  /** By choice: the other alternatives, each with the tree in which it is the only one. */
  readonly single = new Map<Choice, readonly (readonly [JsonSchema, T])[]>()

  constructor(schemas: ReadonlySet<JsonSchema> = new Set()) {
    this.schemas = schemas
  }
}

/**
 * A function that returns the tree of a record: of the alternatives that it can match, or of all where it can match none.
 *
 * @returns of the function: undefined for all alternatives.
 */
export function chooserOf<T>(
  choosing: Choosing<T>,
): (record: PlainRecord, isClosest: boolean) => T | undefined {
  const { choices, canMatch, treeWithout, knows } = choosing
  let all = new Unmatched<T>()
  let sets = 0

  function add(unmatched: Unmatched<T>, schema: JsonSchema): Unmatched<T> {
    if (unmatched.schemas.has(schema)) return unmatched
    const known = unmatched.larger.get(schema)
    if (known) return known
    const larger = new Unmatched<T>(new Set(unmatched.schemas).add(schema))
    unmatched.larger.set(schema, larger)
    sets++
    return larger
  }

  function singlesOf(unmatched: Unmatched<T>, choice: Choice): readonly (readonly [JsonSchema, T])[] {
    const known = unmatched.single.get(choice)
    if (known) return known
    const matched = choice.list.filter((schema) => !unmatched.schemas.has(schema))
    const singles = (matched.length < 2 ? [] : matched).map((schema) => {
      const others = matched.filter((other) => other !== schema)
      return [schema, treeWithout(new Set([...unmatched.schemas, ...others]))] as const
    })
    unmatched.single.set(choice, singles)
    return singles
  }

  /** Leaves out the alternatives of a choice that know fewer members than another. */
  function addFarther(unmatched: Unmatched<T>, choice: Choice, names: readonly string[]): Unmatched<T> {
    const singles = singlesOf(unmatched, choice)
    if (singles.length < 2) return unmatched
    const counts = singles.map(([, tree]) => names.filter((name) => !knows(tree, name)).length)
    const least = Math.min(...counts)
    const first = counts.indexOf(least)
    let farther = unmatched
    for (const [index, [schema]] of singles.entries())
      if (least === 0 ? counts[index] !== 0 : index !== first) farther = add(farther, schema)
    return farther
  }

  return (record, isClosest) => {
    if (sets > MAX_SETS) {
      all = new Unmatched()
      sets = 0
    }
    let unmatched = all
    for (const { list } of choices) {
      const others = list.filter((schema) => !canMatch(schema, record))
      if (others.length < list.length) for (const schema of others) unmatched = add(unmatched, schema)
    }
    if (isClosest) {
      const names = Object.keys(record)
      for (const choice of choices) if (choice.isAlone) unmatched = addFarther(unmatched, choice, names)
    }
    if (unmatched === all) return undefined
    unmatched.tree ??= treeWithout(unmatched.schemas)
    return unmatched.tree
  }
}
