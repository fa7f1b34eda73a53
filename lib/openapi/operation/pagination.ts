/** Pagination in a document: query parameters, header fields and the envelope. */
import { isRows } from '../../http/row-media-type.ts'
import type { PaginationEndpointOptions } from '../../pagination/pagination.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { SchemaObject } from '../schema/schema-registry.ts'
import type { EndpointEntry } from './endpoint-entry.ts'
import { isSameParameter } from './manual-parameters.ts'
import type { Parameter } from './parameter.ts'
import { linkHeader } from './response-header.ts'

const DESCRIPTIONS = {
  page: 'Page number, starting at 1.',
  pageSize: 'Number of items per page.',
  offset: 'Number of items to skip.',
  limit: 'Maximum number of items.',
  cursor: 'Cursor of the page, from the link to it.',
} as const

type Role = keyof typeof DESCRIPTIONS

/** The style of each role, because a renamed parameter may have the name that another style uses. */
const ROLE_STYLE: Readonly<Partial<Record<Role, string>>> = {
  page: 'page',
  pageSize: 'page',
  offset: 'offset',
  cursor: 'cursor',
}

/** Adds the query parameters of pagination; one that the query's schema describes keeps its description. */
export function withPageParameters({ endpoint }: EndpointEntry, known: readonly Parameter[]): Parameter[] {
  const { pagination } = endpoint
  if (!pagination) return [...known]
  const size = {
    type: 'integer',
    minimum: 1,
    maximum: pagination.maxPageSize,
    default: pagination.pageSize,
  }
  const schemas: Readonly<Record<Role, JsonSchema>> = {
    page: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 1 },
    pageSize: size,
    offset: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 },
    limit: size,
    cursor: { type: 'string' },
  }
  const all = [...known]
  for (const role of Object.keys(DESCRIPTIONS) as Role[]) {
    const name = pagination.names[role]
    const style = ROLE_STYLE[role]
    if (!pagination.parameters.includes(name)) continue
    if (style !== undefined && pagination.style !== style) continue
    const parameter: Parameter = { name, in: 'query', description: DESCRIPTIONS[role], schema: schemas[role] }
    const index = all.findIndex((other) => isSameParameter(other, parameter))
    if (index < 0) all.push(parameter)
    else all[index] = { ...parameter, ...all[index], schema: schemas[role] }
  }
  return all
}

const METADATA: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries({
      total: 'Total number of items.',
      total_pages: 'Total number of pages.',
      first_page: 'First available page number.',
      last_page: 'Last available page number.',
      page: 'Current page number.',
      previous_page: 'Previous page number.',
      next_page: 'Next page number.',
    }).map(([name, description]) => [name, { type: 'integer', description }]),
  ),
  required: ['total', 'total_pages'],
}

const CURSOR_METADATA: JsonSchema = {
  type: 'object',
  properties: {
    total: { type: 'integer', description: 'Total number of items.' },
    total_pages: { type: 'integer', description: 'Total number of pages.' },
    previous_cursor: { type: 'string', description: 'Cursor of the previous page.' },
    next_cursor: { type: 'string', description: 'Cursor of the next page.' },
  },
}

/** The schema of the metadata, by the style of an endpoint's pages. */
function metadataSchema({ endpoint }: EndpointEntry, { schemas }: DocumentBuilder): SchemaObject {
  return endpoint.pagination?.style === 'cursor'
    ? schemas.addBuiltIn('CursorPaginationMetadata', CURSOR_METADATA)
    : schemas.addBuiltIn('PaginationMetadata', METADATA)
}

/** Header fields of a page: its metadata and its links. */
export function pageHeaders(entry: EndpointEntry, builder: DocumentBuilder): Record<string, JsonSchema> {
  const { pagination } = entry.endpoint
  if (!pagination) return {}
  const headers: Record<string, JsonSchema> = {}
  if (pagination.header) {
    const schema = metadataSchema(entry, builder)
    const component = pagination.style === 'cursor' ? 'CursorPagination' : 'Pagination'
    // not `content`, which some tools refuse in a Header Object; 3.0 has no contentSchema
    headers[pagination.header] = builder.components.share('headers', component, {
      description: 'Metadata of the page, as JSON',
      schema: builder.features.isJsonSchema
        ? { type: 'string', contentMediaType: 'application/json', contentSchema: schema }
        : { type: 'string' },
    })
  }
  if (pagination.links) {
    const header = linkHeader(entry.endpoint, 'Links to the first, previous, next and last page (RFC 8288)')
    headers.Link = builder.components.share('headers', 'PageLinks', header)
  }
  return headers
}

/** The schema of a page's content: the items alone, or in the envelope. */
export function withEnvelope(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  type: string,
  items: SchemaObject,
): SchemaObject {
  const { endpoint } = entry
  if (!endpoint.pagination?.envelope || isRows(type)) return items
  const { paginate } = endpoint.options as PaginationEndpointOptions
  const own = typeof paginate === 'object' ? paginate.envelope : undefined
  const envelope = own ?? endpoint.owner.settings.pagination?.envelope
  if (envelope !== true) return {} // the result of a custom function is unknown
  return {
    type: 'object',
    properties: { items, pagination: metadataSchema(entry, builder) },
    required: ['items'],
  }
}
