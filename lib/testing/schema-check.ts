/** Validation of JSON content against its schema in an OpenAPI document, by Ajv where it is installed. */

import { fragmentOf } from '../json/json-pointer.ts'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import type { Schema } from '../schema/schema.ts'
import { validate } from '../schema/validate.ts'
import { type DocumentNode, locationOf } from './documented-operation.ts'

/** Compiled schemas of each document, by JSON Pointer. */
const compiled = new WeakMap<OpenApiDocument, Map<string, Schema>>()

let hasWarned = false

/** Differences of a value from its schema; empty where it cannot be checked. @param media the Media Type Object. */
export async function schemaErrors(
  document: OpenApiDocument,
  media: DocumentNode,
  value: unknown,
): Promise<string[]> {
  if (media.value.schema === undefined) return []
  const schema = await schemaAt(document, fragmentOf([...media.path, 'schema']))
  if (!schema) return []
  const result = await validate(schema, value)
  if (!('issues' in result)) return []
  return result.issues.map(
    ({ path, detail }) => `content at ${fragmentOf(path)}: ${detail} (${locationOf(media)}/schema)`,
  )
}

async function schemaAt(document: OpenApiDocument, pointer: string): Promise<Schema | undefined> {
  const cached = compiled.get(document) ?? new Map<string, Schema>()
  compiled.set(document, cached)
  const found = cached.get(pointer)
  if (found) return found
  if (document.openapi.startsWith('3.0')) return warnOnce('this needs a document of OpenAPI 3.1 or later')
  const ajv = await import('../schema/ajv.ts').catch(() => undefined)
  if (!ajv) return warnOnce('this needs the package ajv')
  const schema = ajv.jsonSchemaWithoutDefaults({ ...document, $ref: pointer }) // the whole document, so that its $refs resolve
  cached.set(pointer, schema)
  return schema
}

/** Warns once per process that contents are not checked. */
function warnOnce(reason: string): undefined {
  if (!hasWarned) process.emitWarning(`mazurka/testing does not validate contents: ${reason}`)
  hasWarned = true
}
