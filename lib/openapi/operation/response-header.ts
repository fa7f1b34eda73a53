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

/** Link with the description of the response's own links, and those that surroundings add. */
export function linkHeader({ documented }: Endpoint, description: string): JsonSchema {
  const others = documented.flatMap(({ headers }) => headers?.Link?.description ?? [])
  return textHeader([description, ...others].join('. '))
}

/**
 * The header fields that surroundings add to a response.
 *
 * @param status undefined for the response `default`.
 * @param own those of the response itself: a Link has both descriptions already.
 */
export function surroundingHeaders(
  { documented }: Endpoint,
  builder: DocumentBuilder,
  status: number | undefined,
  own: Readonly<Record<string, JsonSchema>>,
): Record<string, JsonSchema> {
  const parts = documented.map(({ headers, successHeaders, errors }) => ({
    ...headers,
    ...(status !== undefined && status < 400 ? successHeaders : {}),
    ...(status === undefined ? {} : errors?.[status]),
  }))
  return Object.fromEntries(
    parts
      .flatMap(Object.entries)
      .filter(([name]) => name !== 'Link' || !own.Link)
      .map(([name, header]) => [name, builder.components.share('headers', name.replaceAll('-', ''), header)]),
  )
}
