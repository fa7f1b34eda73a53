/**
 * A JSON:API 1.1 over the tables of a database. Needs the package `kysely` and a driver.
 *
 * @module mazurka/jsonapi
 */

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
export { type Database, type Dialect, dialectOf } from './jsonapi/model/dialect.ts'
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
export { appliedExtensions } from './jsonapi/protocol/applied-extensions.ts'
export { JsonApiBlueprint } from './jsonapi/protocol/json-api-blueprint.ts'
export { JSONAPI_MIMETYPE } from './jsonapi/protocol/media-type.ts'
