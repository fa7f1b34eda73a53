/** A checked change of a resource: the columns to write, and the related rows to link. */
import type { Row } from '../reading/selection.ts'
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import type { Path } from './issues.ts'
import type { Values } from './row.ts'

/** A row to be linked. */
export interface Member {
  /** Its own resource: a subtype of the relationship's target, or the target. */
  readonly resource: Resource
  readonly row: Row
  readonly id: string
}

/** The change of the members of a relationship. */
export type Mode = 'add' | 'replace' | 'remove'

/** The linkage of a relationship in a document. */
export interface Link {
  readonly relationship: Relationship
  readonly members: readonly Member[]
  /** Of `data`. */
  readonly path: Path
}

/** The list of a proxy: values of an attribute of related rows. */
export interface ProxyList {
  readonly proxy: NonNullable<Attribute['proxy']>
  readonly values: readonly unknown[]
  readonly path: Path
}

export interface Change {
  /** Of attributes, of foreign keys, and of an id that the client has chosen. */
  readonly columns: Values
  /** The names of the attributes in the document. */
  readonly attributes: ReadonlySet<string>
  readonly links: readonly Link[]
  readonly lists: readonly ProxyList[]
  /** The id that the client has chosen. */
  readonly id?: string
  /** The name of the new resource in later operations. */
  readonly lid?: string
}
