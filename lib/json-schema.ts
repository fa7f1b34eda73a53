/**
 * Plain JSON Schema as a Standard Schema. Needs `ajv`, and `ajv-formats` for formats.
 *
 * @module mazurka/json-schema
 */
export {
  type AjvCheck,
  type AjvError,
  type AjvLike,
  type JsonSchemaOptions,
  jsonSchema,
} from './schema/ajv.ts'
