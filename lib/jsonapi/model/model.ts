/**
 * A model: what the JSON:API knows of one table. `introspect` reads models from a database, `defineModel` declares or
 * refines them.
 *
 * A model names its relatives by their model names, never by reference: a refined model takes the place of the one it refines.
 */
import type { IncomingMessage } from 'node:http'
import type { Expression, SqlBool } from 'kysely'

/** The kind of a value: how it is written in JSON, and what a filter may compare it with. */
export type Kind =
  | 'string'
  | 'integer'
  | 'bigint'
  | 'number'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'time'
  | 'datetime'
  | 'interval'
  | 'uuid'
  | 'json'
  | 'binary'
  | 'enum'
  | 'inet'

/** The type of a value, as far as JSON and SQL need it. */
export interface ValueType {
  readonly kind: Kind
  /** The type as the database writes it, in lower case: `varchar(80)`, `timestamp with time zone`. */
  readonly type?: string
  /** The values of an enum. */
  readonly values?: readonly string[]
  /** Characters of a text, at most. */
  readonly maxLength?: number
  /** Whether a datetime has a time zone in the database. */
  readonly hasTimeZone?: boolean
}

/** A column of a table. */
export interface Column extends ValueType {
  /** The name in the database. */
  readonly name: string
  readonly type: string
  readonly isNullable: boolean
  /** Whether the column alone is a key: no two rows have the same value. */
  readonly isUnique: boolean
  /** Whether the database provides a value where an INSERT has none. */
  readonly hasDefault: boolean
  /** Whether the column, of a primary key of SQLite, can be NULL all the same. A row without a key is no resource. */
  readonly isNullableKey?: boolean
  /** Whether MariaDB has to be asked for the value of a new row by RETURNING: it is no AUTO_INCREMENT. */
  readonly needsReturning?: boolean
  /** Whether the database computes the value, so that it cannot be written: a generated column, an identity ALWAYS. */
  readonly isGenerated: boolean
}

/** A join table, which only relates rows of two others. */
export interface JoinTable {
  readonly table: string
  readonly schema?: string
  /** Columns that refer to `local`, in the same order. */
  readonly left: readonly string[]
  /** Columns that refer to `remote`, in the same order. */
  readonly right: readonly string[]
  /** The model of its rows, where they are resources as well. */
  readonly model?: string
  /** Whether two rows can be related by several rows of the table: it has no key of both columns. */
  readonly hasDuplicates?: boolean
}

/** A relation to another model. The columns of `local` equal those of `remote`, pair by pair. */
export interface Relation {
  /** The name of the relationship in documents. */
  readonly name: string
  readonly isMany: boolean
  /** The name of the related model. */
  readonly target: string
  /** Columns of this table. */
  readonly local: readonly string[]
  /** Columns of the related table. */
  readonly remote: readonly string[]
  /** Between `local` and `remote`, where rows of both are related many-to-many. */
  readonly through?: JoinTable
  /** Whether the foreign key is in this table (`local`): a to-one relation. Else it is in the related or the join table. */
  readonly isOwner: boolean
  /** Whether the row can be without the related one; of a to-many relation: whether a member can be removed from it. */
  readonly isNullable: boolean
  /** Whether the foreign key is unique: one-to-one. */
  readonly isUnique: boolean
  /** The name of the relation that leads back, in the related model; undefined where there is none. */
  readonly inverse?: string
  /**
   * The effect on the related rows when the row is deleted, as the database has it: `cascade`, `set null`, `restrict`, `no action`.
   * Without a rule it is `no action`; so it is on MariaDB with `restrict`, which MariaDB does not tell from no rule.
   */
  readonly onDelete?: string
  /** Whether clients cannot change it: rows of the join table need values that a relation does not have. */
  readonly isReadOnly?: boolean
}

/** The row of a statement, by the names of its columns; to be written in SQL. */
export interface RowReference {
  /** The reference of a column, with the alias of its table in the statement. */
  readonly ref: (column: string) => Expression<unknown>
  /** Undefined outside of a request. */
  readonly request: IncomingMessage | undefined
}

/** An attribute without a column of its own. */
export interface Computed {
  /** The type of its values. Default `{ kind: 'json' }`: any value. */
  readonly type?: ValueType
  readonly isNullable?: boolean
  /** The value in SQL: it can be filtered and sorted by. */
  readonly sql?: (row: RowReference) => Expression<unknown>
  /** The value in JavaScript, of a row by its column names. */
  readonly get?: (row: Readonly<Record<string, unknown>>) => unknown
  /**
   * Writes the value of a document, as the client has sent it: returns the columns to change, with values as their attributes
   * have them. The type of the attribute is checked before; null comes where `isNullable` is not false. Not called for a document
   * without the attribute. Without this function the attribute is read-only.
   */
  readonly set?: (value: unknown) => Readonly<Record<string, unknown>>
}

/** The types of rows that share a table, by the value of one column. */
export interface Discriminator {
  readonly column: string
  /** The value of this model's rows; undefined: the base, whose collection has the rows of all. */
  readonly value?: string
  /** The name of the base model; undefined: the model is the base. */
  readonly base?: string
}

/** @typeParam T the table in the interface of the Kysely instance, for typed clients. @typeParam N the type of the resources. */
export interface Model<T = unknown, N extends string = string> {
  /** Type-only. */
  readonly '~table'?: T
  /** Unique among the models of a database. Default: the name of the table. */
  readonly name: string
  /** The default of the collection's name, which is the type of its resources and the segment of its URL. */
  readonly type: N
  readonly table: string
  /** The schema of the table, where it is not the default one. */
  readonly schema?: string
  /** By their names in the database. */
  readonly columns: Readonly<Record<string, Column>>
  /** The names of the columns of the primary key, in its order. */
  readonly primaryKey: readonly string[]
  /** The columns of unique keys by the names of these keys, which errors of MySQL and MariaDB have. Else undefined. */
  readonly namedKeys?: Readonly<Record<string, readonly string[]>>
  /** Columns whose values together are the id of a resource. Default: the primary key. */
  readonly id: readonly string[]
  /** The names of attributes, by column. Default: the name of the column; `type` and `id` get another one. */
  readonly attributes: Readonly<Record<string, string>>
  readonly relations: Readonly<Record<string, Relation>>
  readonly computed: Readonly<Record<string, Computed>>
  /** Attributes that have an attribute of related rows: `tagNames: 'tags.name'`. */
  readonly proxies: Readonly<Record<string, string>>
  /** A condition that every row has to meet, wherever the table is read: of a tenant, of rows that are not deleted. */
  readonly baseQuery?: (row: RowReference) => Expression<SqlBool> | undefined
  readonly discriminator?: Discriminator
  /** The column with the version of a row, which changes with every update. */
  readonly version?: string
}
