/** Validation of JSON content against its schema in an OpenAPI document, by Ajv where it is installed. */

import { fragmentOf } from '../json/json-pointer.ts'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { oncePerObject } from '../registry/once-per-object.ts'
import { isPlain, type PlainRecord, put } from '../schema/record.ts'
import type { Schema } from '../schema/schema.ts'
import { validate } from '../schema/validate.ts'
import { type DocumentNode, locationOf } from './documented-operation.ts'
import { partFor } from './schema-part.ts'

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
  const part = partFor(wholeOf(document), pointer) // so that its $refs resolve
  const schema = ajv.jsonSchemaWithoutDefaults({ ...part, $ref: pointer })
  cached.set(pointer, schema)
  return schema
}

/** Members whose keys have any names, and those whose values are data of schemas. */
const MAPS = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
  'schemas',
])
const DATA = new Set(['const', 'enum', 'default'])

const wholeOf = /* @__PURE__ */ oncePerObject(
  (document: OpenApiDocument) => withoutExamples(document) as PlainRecord,
)

/** A copy without examples: Ajv would read an `$id` in one as that of a schema. */
function withoutExamples(part: unknown, isMap = false): unknown {
  if (Array.isArray(part)) return part.map((item) => withoutExamples(item))
  if (!isPlain(part)) return part
  const copy: PlainRecord = {}
  for (const name of Object.keys(part)) {
    if (!isMap && (name === 'example' || name === 'examples')) continue
    const isData = !isMap && DATA.has(name)
    put(copy, name, isData ? part[name] : withoutExamples(part[name], !isMap && MAPS.has(name)))
  }
  return copy
}

/** Warns once per process that contents are not checked. */
function warnOnce(reason: string): undefined {
  if (!hasWarned) process.emitWarning(`mazurka/testing does not validate contents: ${reason}`)
  hasWarned = true
}
