/**
 * Names of types, attributes and relationships in documents.
 *
 * JSON:API 1.1 §Member Names: letters, digits and characters beyond ASCII; also `-` and `_`, but not at the ends.
 */
const FOREIGN = /[^\p{L}\p{N}\p{M}_-]+/gu
const ENDS = /^[-_]+|[-_]+$/g

/** The allowed name that is nearest to a name of the database: `unit price (€)` is `unit_price`. */
export function memberNameOf(name: string): string {
  return name.replaceAll(FOREIGN, '_').replaceAll(ENDS, '') || 'unnamed'
}

/** @throws {TypeError} for a name that a document cannot have. */
export function checkMemberName(name: unknown, subject: string): asserts name is string {
  if (typeof name === 'string' && name !== '' && memberNameOf(name) === name) return
  throw new TypeError(
    `${subject} is ${typeof name === 'string' ? `'${name}'` : String(name)}: a name has letters, digits, - and _, and begins and ends with a letter or a digit`,
  )
}

/** The English plural of a table's name: tag → tags, category → categories; a plural stays. */
export function pluralOf(name: string): string {
  if (/(ss|us|x|z|ch|sh)$/i.test(name)) return `${name}es`
  if (/is$/i.test(name)) return name.replace(/is$/i, 'es')
  if (/s$/i.test(name)) return name
  return /[^aeiou]y$/i.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`
}

/** A set of names that are in use. */
export class TakenNames {
  readonly #names: Set<string>

  constructor(names: readonly string[]) {
    this.#names = new Set(names)
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** Takes a name; one that is in use gets a number: `author_2`. */
  take(name: string): string {
    let free = name
    for (let number = 2; this.#names.has(free); number++) free = `${name}_${number}`
    this.#names.add(free)
    return free
  }
}
