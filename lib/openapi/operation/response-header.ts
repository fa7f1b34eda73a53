/** Header Objects that several kinds of responses use. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'

/** A header field whose value is any string. */
export function textHeader(description: string): JsonSchema {
  return { description, schema: { type: 'string' } }
}

/** Vary, if one of the offers sends it (RFC 9110 §12.5.5). */
export function varyHeader(
  offers: readonly { readonly fields: { readonly vary?: unknown } }[] | undefined,
  builder: DocumentBuilder,
): Record<string, JsonSchema> {
  if (!offers?.some(({ fields }) => fields.vary !== undefined)) return {}
  const header = textHeader('Request fields that the response depends on')
  return { Vary: builder.components.share('headers', 'Vary', header) }
}

/** Location of a 201 (RFC 9110 §15.3.2). */
export function locationHeader(builder: DocumentBuilder): Record<string, JsonSchema> {
  return {
    Location: builder.components.share('headers', 'Location', textHeader('URL of the created resource')),
  }
}
