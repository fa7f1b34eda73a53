/**
 * A JSON:API 1.1 over the tables of a database. Needs the package `kysely` and a driver.
 *
 * @module mazurka/jsonapi
 */

export { DefaultSerializer, type SerializerContext } from './jsonapi/document/serializer.ts'
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
export { ApiManager } from './jsonapi/manager/api-manager.ts'
export type {
  ListQuery,
  ModelBlueprint,
  ShapeQuery,
  TypedDocument,
  TypedResource,
  WrittenDocument,
} from './jsonapi/manager/endpoint-types.ts'
export type { CreateApiOptions, ManagerOptions, SharedOptions } from './jsonapi/manager/manager-options.ts'
export {
  collectionName,
  modelFor,
  primaryKeyFor,
  serializerFor,
  type UrlOptions,
  urlFor,
} from './jsonapi/manager/model-lookup.ts'
export type { Processor, ProcessorContext } from './jsonapi/manager/processors.ts'
export { defineModel } from './jsonapi/model/define-model.ts'
export { type Database, type Dialect, dialectOf } from './jsonapi/model/dialect.ts'
export { type IntrospectOptions, introspect, type Models } from './jsonapi/model/introspect.ts'
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
export { appliedExtensions } from './jsonapi/protocol/applied-extensions.ts'
export { JsonApiBlueprint } from './jsonapi/protocol/json-api-blueprint.ts'
export { JSONAPI_MIMETYPE } from './jsonapi/protocol/media-type.ts'
export { registerOperator } from './jsonapi/query/operators.ts'
export type { Change } from './jsonapi/write/change.ts'
export type { WriteContext } from './jsonapi/write/context.ts'
export { DefaultDeserializer, type DeserializerOptions } from './jsonapi/write/deserializer.ts'
export {
  createIdempotencyTable,
  deleteOldResponses,
  type IdempotencyOptions,
} from './jsonapi/write/idempotency.ts'
export type { ResourceObject as SentResourceObject } from './jsonapi/write/resource-object.ts'
