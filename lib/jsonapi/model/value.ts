/**
 * Values on their way between JSON, SQL and the drivers: what a kind of values looks like in each of them.
 *
 * A column is selected in a form that is the same on all drivers and in all time zones, whatever their settings.
 */
import type { Expression } from 'kysely'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Dialect } from './dialect.ts'
import type { ValueType } from './model.ts'

/** A value that a type does not have: `must be a date such as 2020-01-31`. */
export class ValueError extends Error {
  override readonly name = 'ValueError'
}

/** The functions of this file, per kind. */
export interface ValueCodec {
  /** A column as it is selected; the reference itself where all drivers agree. */
  select(reference: Expression<unknown>, type: ValueType, dialect: Dialect): Expression<unknown>
  /** The JSON value of a selected value. Null stays null. */
  serialize(value: unknown, type: ValueType, dialect: Dialect): unknown
  /** The value for the driver of a JSON value that is not null. @throws {ValueError} */
  parse(value: unknown, type: ValueType, dialect: Dialect): unknown
  /** The value for the driver of a text: an id, a simple filter. @throws {ValueError} */
  parseText(text: string, type: ValueType, dialect: Dialect): unknown
  /** A parameter with a value that `parse` has returned, with a cast where the database needs one. */
  bind(value: unknown, type: ValueType, dialect: Dialect): Expression<unknown>
  /** A column, or a parameter, as it is compared and sorted: decimals that SQLite stores as text are numbers. */
  compare(operand: Expression<unknown>, type: ValueType, dialect: Dialect): Expression<unknown>
  /** JSON Schema of the values, without null. */
  schema(type: ValueType): JsonSchema
}
