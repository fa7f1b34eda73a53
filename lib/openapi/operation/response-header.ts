/** Header Objects that several kinds of responses use. */
import type { Endpoint } from '../../blueprint/endpoint.ts'
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

/** The header fields that surroundings add to a response; undefined is the response `default`. */
export function surroundingHeaders(
  { documented }: Endpoint,
  builder: DocumentBuilder,
  status: number | undefined,
): Record<string, JsonSchema> {
  const parts = documented.map(({ headers, successHeaders, errors }) => ({
    ...headers,
    ...(status !== undefined && status < 400 ? successHeaders : {}),
    ...(status === undefined ? {} : errors?.[status]),
  }))
  return Object.fromEntries(
    parts
      .flatMap(Object.entries)
      .map(([name, header]) => [name, builder.components.share('headers', name.replaceAll('-', ''), header)]),
  )
}
