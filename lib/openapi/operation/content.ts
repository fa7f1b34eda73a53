/** Content: what stands in each media type, and examples of it. */
import { MediaType } from '../../http/media-type.ts'
import { isJsonRows } from '../../http/row-media-type.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import type { SchemaObject } from '../schema/schema-book.ts'
import type { DocumentBuilder } from './draft.ts'

/** Media Type Objects by type. */
export type Content = Record<string, JsonSchema>

/** What is said by example, in the types that are JSON where there are such. */
export function withExamples(
  content: Content,
  examples: Readonly<Record<string, unknown>> | undefined,
): Content {
  if (!examples) return content
  const types = Object.keys(content)
  const json = types.filter((type) => MediaType.parse(type)?.isJson)
  const told = Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, exampleOf(value)]))
  const chosen = json.length > 0 ? json : types
  return Object.fromEntries(
    types.map((type) => [
      type,
      chosen.includes(type) ? { ...content[type], examples: told } : { ...content[type] },
    ]),
  )
}

/** An Example Object may be given as such. */
function exampleOf(value: unknown): JsonSchema {
  const isExample =
    isPlain(value) &&
    ('value' in value || 'externalValue' in value) &&
    Object.keys(value).every((key) => ['summary', 'description', 'value', 'externalValue'].includes(key))
  return isExample ? value : { value }
}

/** A list that is sent row by row, described by its rows where that is asked for and can be said. */
export function mediaTypeOf(draft: DocumentBuilder, type: string, schema: SchemaObject): JsonSchema {
  const rows = isPlain(schema) && isPlain(schema.items) ? schema.items : undefined
  if (!rows || !draft.hasItemSchemas || !draft.dialect.isOpenApi32) return { schema }
  if (isJsonRows(type)) return { itemSchema: rows }
  if (!/^text\/event-stream\b/.test(type)) return { schema }
  const data = { type: 'string', contentMediaType: 'application/json', contentSchema: rows }
  const text = { type: 'string' }
  return {
    itemSchema: {
      type: 'object',
      properties: { data, event: text, id: text, retry: { type: 'integer', minimum: 0 } },
      required: ['data'],
    },
  }
}
