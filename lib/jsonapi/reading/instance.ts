/** Rows as resources, each once for its type and id, with the linkage of their relationships. */
import type { Dialect } from '../model/dialect.ts'
import type { Resource } from '../resource/resource.ts'
import type { Row } from './selection.ts'

/** A resource identifier object. */
export interface Identifier {
  readonly type: string
  readonly id: string
}

/** The related resources of one relationship. */
interface Linkage {
  readonly data: Identifier | null | readonly Identifier[]
  /** Where there are more than `data` has: the query of the relationship's URL for those that follow. */
  readonly next?: string
}

/** A row that is served as a resource. */
export interface Instance extends Identifier {
  readonly resource: Resource
  /** Values by the names of columns. */
  readonly row: Row
  /** By relationship; without an entry where the linkage was not loaded. */
  readonly linkage: Map<string, Linkage>
  /** The lists of attributes that show values of related rows, by name. */
  readonly lists: Map<string, readonly unknown[]>
}

/** The resources of a document: each once. */
export class Instances {
  readonly #dialect: Dialect
  readonly #known = new Map<string, Instance>()

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  /** The resource of a row: the one that is known already, or a new one. */
  of(base: Resource, row: Row): Instance {
    const resource = base.ofRow(row)
    const id = resource.ids.of(row, this.#dialect)
    const key = `${resource.type}\0${id}`
    const known = this.#known.get(key)
    if (known) return known
    const instance = { type: resource.type, id, resource, row, linkage: new Map(), lists: new Map() }
    this.#known.set(key, instance)
    return instance
  }

  /** All resources in the order in which they were found. */
  get all(): readonly Instance[] {
    return [...this.#known.values()]
  }
}

export function identifierOf({ type, id }: Identifier): Identifier {
  return { type, id }
}
