/** A document in the making: what its parts share while it is written. */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, type PlainRecord, put } from '../../schema/record.ts'
import { isSchema, type Schema } from '../../schema/schema.ts'
import { SharedParts } from '../document/shared-parts.ts'
import type { Dialect } from '../document/version.ts'
import { type SchemaOrigin, SchemaRegistry } from '../schema/schema-book.ts'
import type { Io } from '../schema/schema-components.ts'

export class DocumentBuilder {
  readonly dialect: Dialect
  readonly schemas: SchemaRegistry
  readonly parts: SharedParts
  /** Whether NDJSON and events are described by their rows. */
  readonly hasItemSchemas: boolean
  /** What errors look like that a renderer of the developer's writes. */
  readonly errorSchema: Schema | JsonSchema | undefined

  constructor(
    dialect: Dialect,
    reserved: Iterable<string>,
    hasItemSchemas: boolean,
    errorSchema: Schema | JsonSchema | undefined,
  ) {
    this.dialect = dialect
    this.schemas = new SchemaRegistry(dialect)
    this.parts = new SharedParts(reserved)
    this.hasItemSchemas = hasItemSchemas
    this.errorSchema = errorSchema
  }

  /** What a developer wrote in the words of OpenAPI, with schemas of libraries put into these words, too. */
  resolve(value: unknown, where: string, io: Io = 'input', suggested = 'Schema'): unknown {
    if (isSchema(value)) return this.schemas.refOrInline(value, { io, where, suggested })
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, where, io, suggested))
    if (!isPlain(value)) return value
    const resolved: PlainRecord = {}
    for (const name of Object.keys(value)) {
      const isOutput = io === 'output' || name === 'responses' || name === 'schemas'
      put(resolved, name, this.resolve(value[name], where, isOutput ? 'output' : 'input', suggested))
    }
    return resolved
  }
}

/** An endpoint on its way into a document. */
export interface Entry {
  readonly endpoint: Endpoint
  /** Unique: `pets.show`, `shops.pets.show`. */
  readonly operationId: string
  /** Names of the blueprints it stands in, the outermost first. */
  readonly chain: readonly string[]
  /** What is said of the parameters of a prefix. */
  readonly parameters: readonly JsonSchema[]
}

/** @param what begins without a capital: `the body`. @param part of a name that is made up: `Body`. */
export function originOf({ endpoint, operationId }: Entry, io: Io, what: string, part: string): SchemaOrigin {
  const hook = endpoint.owner.settings.jsonSchema
  const words = operationId.split(/\W+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return { io, where: `${what} of '${operationId}'`, suggested: words.join('') + part, hook }
}
