/** The options that say which fields of a model an API serves, and which of them clients may write. */
import type { IncomingMessage } from 'node:http'

/** An operation on resources of one type, or on one field of them. */
export interface Action {
  readonly operation: 'read' | 'create' | 'update' | 'delete'
  /** The type of the resources. */
  readonly type: string
  /** An attribute or a relationship; undefined: the operation as a whole. */
  readonly field?: string
  readonly request: IncomingMessage
}

/** The detail of the error of an operation that the permissions exclude. */
export function notAllowed(operation: Action['operation'], type: string): string {
  return `Not allowed to ${operation} resources of the type '${type}'`
}

/** Whether a client may do something. A field that it may not read is an unknown field for it. */
export type Can = (action: Action) => boolean

export interface FieldOptions {
  /** The fields to show. Unknown names are ignored. Default: all. */
  readonly only?: readonly string[]
  /** Fields to hide. Unknown names are ignored. Not together with `only`. */
  readonly exclude?: readonly string[]
  /** Read-only attributes of this API alone: a function of the row, by its column names, or a value. */
  readonly additionalAttributes?: Readonly<Record<string, unknown>>
  /** Fields that clients may read, but not write. */
  readonly readOnly?: readonly string[]
  /** Fields that clients may write, but not read. */
  readonly writeOnly?: readonly string[]
  /** Relationships whose linkage is shown without being included: false for none. Default: all. */
  readonly linkage?: boolean | readonly string[]
  readonly can?: Can
}
