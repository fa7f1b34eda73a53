/** Content Objects: media types with their schemas and examples. */
import { MediaType } from '../../http/media-type.ts'
import { isJsonRows } from '../../http/row-media-type.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { SchemaObject } from '../schema/schema-registry.ts'

/** Media Type Objects by media type. */
export type Content = Record<string, JsonSchema>

/** Adds examples to the JSON media types; to all media types when none is JSON. */
export function withExamples(
  content: Content,
  examples: Readonly<Record<string, unknown>> | undefined,
): Content {
  if (!examples) return content
  const types = Object.keys(content)
  const jsonTypes = types.filter((type) => MediaType.parse(type)?.isJson)
  const typesWithExamples = jsonTypes.length > 0 ? jsonTypes : types
  const exampleObjects = Object.fromEntries(
    Object.entries(examples).map(([name, value]) => [name, exampleOf(value)]),
  )
  return Object.fromEntries(
    types.map((type) => {
      if (!typesWithExamples.includes(type)) return [type, { ...content[type] }]
      const { example: _, ...rest } = content[type] ?? {} // `example` and `examples` are mutually exclusive
      return [type, { ...rest, examples: exampleObjects }]
    }),
  )
}

/** An Example Object of the developer's stays; any other value becomes its `value`. */
function exampleOf(value: unknown): JsonSchema {
  const isExample =
    isPlain(value) &&
    ('value' in value || 'externalValue' in value) &&
    Object.keys(value).every((key) => ['summary', 'description', 'value', 'externalValue'].includes(key))
  return isExample ? value : { value }
}

/** A Media Type Object; NDJSON and server-sent events of a list have an `itemSchema` if the option is set. */
export function mediaTypeOf(builder: DocumentBuilder, type: string, schema: SchemaObject): JsonSchema {
  const items = isPlain(schema) && isPlain(schema.items) ? schema.items : undefined
  if (!items || !builder.hasItemSchemas || !builder.features.isOpenApi32) return { schema }
  if (isJsonRows(type)) return { itemSchema: items }
  if (!/^text\/event-stream\b/.test(type)) return { schema }
  const data = { type: 'string', contentMediaType: 'application/json', contentSchema: items }
  const text = { type: 'string' }
  return {
    itemSchema: {
      type: 'object',
      properties: { data, event: text, id: text, retry: { type: 'integer', minimum: 0 } },
      required: ['data'],
    },
  }
}
