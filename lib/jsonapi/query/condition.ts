/** Conditions on the rows of a resource, with all names and values resolved: what a filter is before it is SQL. */
import type { Attribute, Relationship } from '../resource/resource.ts'

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | Comparison
  | Related

/** A comparison of an attribute, or of the id, with a value or with another attribute. */
export interface Comparison {
  readonly kind: 'compare'
  readonly attribute: Attribute
  readonly operator: string
  /** The value for the driver; a list for `in` and `not_in`; undefined for unary operators. */
  readonly value?: unknown
  readonly other?: Attribute
}

/** Whether there is a related row, or one that meets a condition: `has`, `any`, `is_not_null`. */
export interface Related {
  readonly kind: 'related'
  readonly relationship: Relationship
  readonly condition?: Condition
}

/** One key of an order. */
export interface SortKey {
  /** To-one relationships on the way to the attribute. */
  readonly path: readonly Relationship[]
  readonly attribute: Attribute
  readonly isDescending: boolean
  readonly ignoresCase: boolean
}

/** Relationships to include, by name: `comments.author` is `{ comments: { author: {} } }`. */
export interface IncludeTree {
  readonly [relationship: string]: IncludeTree
}

/** Fields to show, by type; a type without an entry shows all. */
export type Fieldsets = ReadonlyMap<string, ReadonlySet<string>>
