/**
 * A model as an API serves it: its type, and the attributes and relationships that clients can see.
 *
 * Everything that reads a name of a client looks it up here, so that a hidden field is an unknown field for filters, order,
 * field sets, includes, function evaluation and documents alike.
 */
import type { Column, Computed, Model, Relation, ValueType } from '../model/model.ts'

/** An attribute of a resource, or its id. */
export interface Attribute {
  /** In documents and in queries: `id` for the id. */
  readonly name: string
  readonly type: ValueType
  readonly isNullable: boolean
  /** Undefined for a computed one, a proxy, and for an id of several columns. */
  readonly column?: Column
  readonly computed?: Computed
  /** Of a proxy: the relationship and the attribute of the related resource. */
  readonly proxy?: { readonly relationship: Relationship; readonly attribute: Attribute }
  /** Whether documents of clients may have it. */
  readonly isWritable: boolean
  /** Whether it is shown. An attribute that is writable alone is not. */
  readonly isReadable: boolean
}

/** A relationship of a resource to another that has an API. */
export interface Relationship {
  readonly name: string
  readonly relation: Relation
  readonly isMany: boolean
  /** The related resource, looked up when it is read: it may be created later. */
  readonly target: Resource
  readonly isWritable: boolean
  /** Whether resource objects show its linkage without being asked to include it. */
  readonly hasLinkage: boolean
}

export interface Resource {
  readonly model: Model
  /** The type in documents, and the name of the collection. */
  readonly type: string
  /** The id: of one column or of several. It is no member of `attributes`. */
  readonly id: Attribute
  /** The columns of the id, in order. */
  readonly idColumns: readonly Column[]
  readonly attributes: ReadonlyMap<string, Attribute>
  readonly relationships: ReadonlyMap<string, Relationship>
}
