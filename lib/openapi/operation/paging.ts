/** What pages add to an operation: parameters, header fields, an envelope. */
import type { PaginationEndpointOptions } from '../../pagination/pagination.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { SchemaObject } from '../schema/schema-book.ts'
import type { DocumentBuilder, Entry } from './draft.ts'
import { isSame } from './manual-parameters.ts'
import type { Parameter } from './parameter.ts'

const WORDS = {
  page: 'The page, from 1 on.',
  pageSize: 'Items on a page.',
  offset: 'Items to skip.',
  limit: 'Items at the most.',
  cursor: 'Where to go on: from the link to the next page.',
} as const

/** The parameters of pages, beside those that the schema of the query describes: where both do, both hold. */
export function withPaging({ endpoint }: Entry, known: readonly Parameter[]): Parameter[] {
  const { pagination: paging } = endpoint
  if (!paging) return [...known]
  const size = { type: 'integer', minimum: 1, maximum: paging.maxPageSize, default: paging.pageSize }
  const schemas: Readonly<Record<keyof typeof WORDS, JsonSchema>> = {
    page: { type: 'integer', minimum: 1, default: 1 },
    pageSize: size,
    offset: { type: 'integer', minimum: 0, default: 0 },
    limit: size,
    cursor: { type: 'string' },
  }
  const all = [...known]
  for (const role of Object.keys(WORDS) as (keyof typeof WORDS)[]) {
    const name = paging.names[role]
    if (!paging.parameters.includes(name) || paging.names[role] !== name) continue
    if (role in OTHER && paging.style !== OTHER[role as keyof typeof OTHER]) continue
    const parameter: Parameter = { name, in: 'query', description: WORDS[role], schema: schemas[role] }
    const index = all.findIndex((other) => isSame(other, parameter))
    if (index < 0) all.push(parameter)
    else all[index] = { ...parameter, ...all[index], schema: schemas[role] }
  }
  return all
}

/** A renamed parameter may have the name that another style uses. */
const OTHER = { page: 'page', pageSize: 'page', offset: 'offset', cursor: 'cursor' } as const

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

/** The header fields of a page. */
export function pagingHeaders({ endpoint }: Entry, draft: DocumentBuilder): Record<string, JsonSchema> {
  const { pagination: paging } = endpoint
  if (!paging) return {}
  const headers: Record<string, JsonSchema> = {}
  if (paging.header) {
    const content = { 'application/json': { schema: draft.schemas.own('PaginationMetadata', METADATA) } }
    headers[paging.header] = draft.parts.share('headers', 'Pagination', {
      description: 'Where in the list this page is',
      content,
    })
  }
  if (paging.links) {
    headers.Link = draft.parts.share('headers', 'PageLinks', {
      description: 'The other pages: first, prev, next, last (RFC 8288)',
      schema: { type: 'string' },
    })
  }
  return headers
}

/** What a page looks like in the body: its items, unless they are put into an envelope. */
export function enveloped(
  { endpoint }: Entry,
  draft: DocumentBuilder,
  type: string,
  items: SchemaObject,
): SchemaObject {
  if (!endpoint.pagination?.envelope || isRows(type)) return items
  const { paginate } = endpoint.options as PaginationEndpointOptions
  const own = typeof paginate === 'object' ? paginate.envelope : undefined
  if ((own ?? endpoint.owner.settings.pagination?.envelope) !== true) return {} // only its function knows
  return {
    type: 'object',
    properties: { items, pagination: draft.schemas.own('PaginationMetadata', METADATA) },
    required: ['items'],
  }
}

/** Tables and lines stay rows. */
function isRows(contentType: string): boolean {
  return /^text\/|[/+](x-)?(ndjson|jsonl|json-seq)\b/.test(contentType)
}
