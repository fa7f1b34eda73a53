/** Forms with files: fields by their schema, and files beside them (OpenAPI 3.1.1 §4.8.14.4, §4.8.15). */
import { type FileRule, type FilesOption, isStreaming } from '../../parsers/multipart/files-option.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { DescribedSchema, SchemaObject } from '../schema/schema-registry.ts'

/** A Media Type Object. */
export function multipartOf(
  draft: DocumentBuilder,
  option: FilesOption,
  fields: DescribedSchema | undefined,
): JsonSchema {
  const files = isStreaming(option)
    ? { type: 'object', additionalProperties: fileSchema(draft, option) }
    : namedFiles(draft, option)
  const schema = fields ? both(draft.schemas.write(fields), files) : files
  if (isStreaming(option)) return { schema }
  const typed = Object.entries(option).filter(([, { types }]) => types)
  const encoding = Object.fromEntries(
    typed.map(([name, { types = [] }]) => [name, { contentType: types.join(', ') }]),
  )
  return { schema, ...(typed.length > 0 ? { encoding } : {}) }
}

function namedFiles(draft: DocumentBuilder, rules: { readonly [field: string]: FileRule }): JsonSchema {
  const names = Object.keys(rules)
  const required = names.filter((name) => rules[name]?.required)
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, fileSchema(draft, rules[name] ?? {})])),
    ...(required.length > 0 ? { required } : {}),
  }
}

function fileSchema(draft: DocumentBuilder, { types = [], maxBytes, multiple }: FileRule): SchemaObject {
  const [only] = types.length === 1 && !types[0]?.includes('*') ? types : []
  const binary = draft.dialect.isJsonSchema
    ? { contentMediaType: only ?? 'application/octet-stream' }
    : { type: 'string', format: 'binary' }
  const file = { ...binary, ...(maxBytes === undefined ? {} : { description: `At most ${maxBytes} bytes` }) }
  return multiple ? { type: 'array', items: file } : file
}

/** Fields that stand in a component stay there. */
function both(fields: SchemaObject, files: JsonSchema): JsonSchema {
  const canMerge = isPlain(fields) && isPlain(fields.properties) && !('additionalProperties' in fields)
  if (!canMerge) return isClosed(fields) ? opened(fields as JsonSchema, files) : { allOf: [fields, files] }
  return merged(fields as JsonSchema, files)
}

/** What takes no members but its own would take no files. */
function isClosed(fields: SchemaObject): boolean {
  return isPlain(fields) && fields.additionalProperties === false && isPlain(fields.properties)
}

function opened(fields: JsonSchema, files: JsonSchema): JsonSchema {
  const isNamed = isPlain(files.properties)
  return merged(isNamed ? fields : { ...fields, additionalProperties: files.additionalProperties }, files)
}

function merged(fields: JsonSchema, files: JsonSchema): JsonSchema {
  const required = [...listOf(fields.required), ...listOf(files.required)]
  return {
    ...files,
    ...fields,
    properties: { ...(fields.properties as object), ...(files.properties as object | undefined) },
    ...(required.length > 0 ? { required } : {}),
  }
}
