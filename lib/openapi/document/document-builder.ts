/** State shared by all parts of a document while it is built: features, schemas and components. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, type PlainRecord, put } from '../../schema/record.ts'
import { isSchema, type Schema } from '../../schema/schema.ts'
import type { Io } from '../schema/schema-components.ts'
import { SchemaRegistry } from '../schema/schema-registry.ts'
import type { VersionFeatures } from './open-api-version.ts'
import { SharedComponents } from './shared-components.ts'

export class DocumentBuilder {
  readonly features: VersionFeatures
  readonly schemas: SchemaRegistry
  readonly components: SharedComponents
  /** Whether NDJSON and server-sent events are described by `itemSchema`. */
  readonly hasItemSchemas: boolean
  /** Schema of the errors that a custom exception renderer writes as JSON. */
  readonly errorSchema: Schema | JsonSchema | undefined
  /** Error responses by the media types of errors, then by everything else they depend on. */
  readonly errorResponses = new Map<unknown, Map<string, JsonSchema>>()

  constructor(
    features: VersionFeatures,
    reserved: Iterable<string>,
    hasItemSchemas: boolean,
    errorSchema: Schema | JsonSchema | undefined,
  ) {
    this.features = features
    this.schemas = new SchemaRegistry(features)
    this.components = new SharedComponents(reserved)
    this.hasItemSchemas = hasItemSchemas
    this.errorSchema = errorSchema
  }

  /** A copy of a hand-written OpenAPI value, in which each library schema is replaced by its Schema Object. */
  replaceSchemas(value: unknown, where: string, io: Io = 'input', suggestedName = 'Schema'): unknown {
    if (isSchema(value)) return this.schemas.refOrInline(value, { io, where, suggestedName })
    if (Array.isArray(value)) return value.map((item) => this.replaceSchemas(item, where, io, suggestedName))
    if (!isPlain(value)) return value
    const replaced: PlainRecord = {}
    for (const name of Object.keys(value)) {
      const isOutput = io === 'output' || name === 'responses' || name === 'schemas'
      put(
        replaced,
        name,
        this.replaceSchemas(value[name], where, isOutput ? 'output' : 'input', suggestedName),
      )
    }
    return replaced
  }
}
