/** What the answer to a request for a page says of itself: in its fields, or in its body. */
import type { ReadableStream } from 'node:stream/web'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { isRows } from '../http/row-media-type.ts'
import { isSource } from '../renderers/source.ts'
import type { PolkaRequest } from '../routing/request-target.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { ResolvedPagination } from './page-request.ts'

/** The metadata goes along as fields, and into the body where it was asked for. */
export function describePage(exchange: Exchange, paging: ResolvedPagination): void | Promise<void> {
  const { content, data, status, request } = exchange
  if (content || data === undefined || status >= 300 || !exchange.pagination) return undefined
  const envelope = isRows(exchange.contentType) ? undefined : paging.envelope
  if (!isSource(data)) return writePageFields(exchange, paging, envelope)
  if (!envelope || request.method === 'HEAD') return writePageFields(exchange, paging, undefined)
  return all(data).then((rows) => {
    exchange.data = rows
    writePageFields(exchange, paging, envelope)
  })
}

/** A page that comes over time, when it is there; it is no longer than its size. */
async function all(source: AsyncIterable<unknown> | ReadableStream<unknown>): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of source as AsyncIterable<unknown>) rows.push(row)
  return rows
}

function writePageFields(
  exchange: Exchange,
  paging: ResolvedPagination,
  envelope: ResolvedPagination['envelope'],
): void {
  const { pagination, endpoint, response } = exchange
  const request = exchange.request as PolkaRequest
  const metadata = pagination?.metadata
  const fields = { ...exchange.fields }
  if (paging.header && metadata) fields[paging.header.toLowerCase()] = JSON.stringify(metadata)
  if (paging.header && !metadata && paging.style !== 'cursor') warnMissingItemCount(endpoint)
  const links = paging.links ? pagination?.linksFor(request.originalUrl ?? request.url ?? '/') : undefined
  if (links !== undefined) {
    const others = [fields.link ?? response.getHeader('link') ?? []].flat()
    fields.link = [...others, links].join(', ')
  }
  exchange.fields = fields
  if (!envelope) return
  exchange.schema = undefined // it is of the items
  exchange.data = envelope(exchange.data, metadata)
}

const FORGETFUL = new WeakSet<Endpoint>()

/** Once per endpoint. */
function warnMissingItemCount(endpoint: Endpoint): void {
  if (FORGETFUL.has(endpoint)) return
  FORGETFUL.add(endpoint)
  process.emitWarning(
    `The endpoint '${endpoint.name}' did not set pagination.itemCount: X-Pagination and Link are not sent`,
    {
      code: 'MAZURKA_ITEM_COUNT',
    },
  )
}
