/**
 * A JSON:API 1.1 over the tables of a database. Needs the package `kysely` and a driver.
 *
 * @module mazurka/jsonapi
 */
<<<<<<< HEAD

export {
  ClientGeneratedIDNotAllowed,
  ConflictingType,
  DeserializationException,
  MissingData,
  MissingID,
  MissingType,
  NotAList,
  UnknownAttribute,
  UnknownRelationship,
} from './jsonapi/errors/deserialization-exceptions.ts'
export { MultipleExceptions } from './jsonapi/errors/multiple-exceptions.ts'
export { ProcessingException } from './jsonapi/errors/processing-exception.ts'
export { SerializationException } from './jsonapi/errors/serialization-exception.ts'
=======
export { defineModel } from './jsonapi/model/define-model.ts'
>>>>>>> model
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
<<<<<<< HEAD
export { appliedExtensions } from './jsonapi/protocol/applied-extensions.ts'
export { JsonApiBlueprint } from './jsonapi/protocol/json-api-blueprint.ts'
export { JSONAPI_MIMETYPE } from './jsonapi/protocol/media-type.ts'
=======
export type {
  ColumnDefinition,
  ModelDefinition,
  ModelRefinement,
  RelationDefinition,
} from './jsonapi/model/model-definition.ts'
export type { KeyNames, Names } from './jsonapi/model/names.ts'
>>>>>>> model
