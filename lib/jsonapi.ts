/**
 * A JSON:API 1.1 over the tables of a database. Needs the package `kysely` and a driver.
 *
 * @module mazurka/jsonapi
 */
export { defineModel } from './jsonapi/model/define-model.ts'
export { type Database, type Dialect, dialectOf } from './jsonapi/model/dialect.ts'
export { type IntrospectOptions, introspect } from './jsonapi/model/introspect.ts'
export type {
  Column,
  Computed,
  Discriminator,
  JoinTable,
  Kind,
  Model,
  Relation,
  RowReference,
  ValueType,
} from './jsonapi/model/model.ts'
export type {
  ColumnDefinition,
  ModelDefinition,
  ModelRefinement,
  RelationDefinition,
} from './jsonapi/model/model-definition.ts'
export type { KeyNames, Names } from './jsonapi/model/names.ts'
