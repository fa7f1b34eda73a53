/** Multipart forms: fields by their schema, and files (OpenAPI 3.1.1 §4.8.14.4, §4.8.15). */
import { type FileRule, type FilesOption, isStreaming } from '../../parsers/multipart/files-option.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { DescribedSchema, SchemaObject } from '../schema/schema-registry.ts'

/** The Media Type Object of a form with files. */
export function multipartOf(
  builder: DocumentBuilder,
  option: FilesOption,
  fields: DescribedSchema | undefined,
): JsonSchema {
  const files = isStreaming(option)
    ? { type: 'object', additionalProperties: fileSchema(builder, option) }
    : filesSchema(builder, option)
  const schema = fields ? formSchema(fieldsSchema(builder, fields), files) : files
  if (isStreaming(option)) return { schema }
  const withTypes = Object.entries(option).filter(([, { types }]) => types)
  const encoding = Object.fromEntries(
    withTypes.map(([name, { types = [] }]) => [name, { contentType: types.join(', ') }]),
  )
  return { schema, ...(withTypes.length > 0 ? { encoding } : {}) }
}

function filesSchema(builder: DocumentBuilder, rules: { readonly [field: string]: FileRule }): JsonSchema {
  const names = Object.keys(rules)
  const required = names.filter((name) => rules[name]?.required)
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, fileSchema(builder, rules[name] ?? {})])),
    ...(required.length > 0 ? { required } : {}),
  }
}

function fileSchema(builder: DocumentBuilder, { types = [], maxBytes, multiple }: FileRule): SchemaObject {
  const [onlyType] = types.length === 1 && !types[0]?.includes('*') ? types : []
  const contentMediaType = builder.features.isJsonSchema
    ? { contentMediaType: onlyType ?? 'application/octet-stream' }
    : {}
  const binary = { type: 'string', format: 'binary', ...contentMediaType } // generators look for the format in 3.1 too
  const file = { ...binary, ...(maxBytes === undefined ? {} : { description: `At most ${maxBytes} bytes` }) }
  return multiple ? { type: 'array', items: file } : file
}

/** The schema of the fields; one that is closed without its name, as a reference cannot be extended by files. */
function fieldsSchema(builder: DocumentBuilder, fields: DescribedSchema): SchemaObject {
  const target = resolve(fields.root, fields.root.$ref) ?? fields.root
  if (!isPlain(target) || target.additionalProperties !== false) return builder.schemas.write(fields)
  const { $id, id, title, ...unnamed } = target
  return builder.schemas.write(fields, unnamed)
}

/** The schema of fields and files together. An open or referenced schema of fields stays as it is, in `allOf`. */
function formSchema(fields: SchemaObject, files: JsonSchema): JsonSchema {
  const canMerge = isPlain(fields) && isPlain(fields.properties) && !('additionalProperties' in fields)
  if (canMerge) return mergeProperties(fields as JsonSchema, files)
  return isClosed(fields) ? addToClosed(fields as JsonSchema, files) : { allOf: [fields, files] }
}

/** `additionalProperties: false` would forbid the files. */
function isClosed(fields: SchemaObject): boolean {
  return isPlain(fields) && fields.additionalProperties === false && isPlain(fields.properties)
}

function addToClosed(fields: JsonSchema, files: JsonSchema): JsonSchema {
  const hasNames = isPlain(files.properties)
  const opened = hasNames ? fields : { ...fields, additionalProperties: files.additionalProperties }
  return mergeProperties(opened, files)
}

function mergeProperties(fields: JsonSchema, files: JsonSchema): JsonSchema {
  const required = [...listOf(fields.required), ...listOf(files.required)]
  return {
    ...files,
    ...fields,
    properties: { ...(fields.properties as object), ...(files.properties as object | undefined) },
    ...(required.length > 0 ? { required } : {}),
  }
}
