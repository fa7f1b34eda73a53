/** The metadata of a page in the response: header fields, and an envelope in the content. */
import type { ReadableStream } from 'node:stream/web'
import { resultOf } from '../exceptions/settle.ts'
import { isRows } from '../http/row-media-type.ts'
import { listedType } from '../negotiation/offer.ts'
import { isSource } from '../renderers/source.ts'
import { receivedTargetOf } from '../routing/request-target.ts'
import type { Exchange } from '../walk/exchange.ts'
import { generatorAdvice } from '../walk/generator-advice.ts'
import { warnOnce } from '../walk/warn-once.ts'
import type { ResolvedPagination } from './pagination-options.ts'

/** Writes the metadata of the page as header fields, and into the content if the option `envelope` is set. */
export function describePage(exchange: Exchange, pagination: ResolvedPagination): void | Promise<void> {
  const { result, request } = exchange
  if (result?.kind !== 'data' || result.status >= 300 || !exchange.pagination) return undefined
  const { data } = result
  const envelope = isRows(listedType(exchange.offer)) ? undefined : pagination.envelope
  if (!isSource(data)) return writePage(exchange, pagination, envelope)
  if (!envelope || request.method === 'HEAD') return writePage(exchange, pagination, undefined)
  return rowsOf(data).then((rows) => {
    exchange.setData(rows)
    writePage(exchange, pagination, envelope)
  })
}

/** The rows of an async page; there are at most `pageSize`. */
async function rowsOf(source: AsyncIterable<unknown> | ReadableStream<unknown>): Promise<unknown[]> {
  const rows: unknown[] = []
  for await (const row of source as AsyncIterable<unknown>) rows.push(row)
  return rows
}

function writePage(
  exchange: Exchange,
  pagination: ResolvedPagination,
  envelope: ResolvedPagination['envelope'],
): void {
  const { request, response } = exchange
  const page = exchange.pagination
  const metadata = page?.metadata
  exchange.fields ??= {}
  const { fields } = exchange
  if (pagination.header && metadata) fields[pagination.header.toLowerCase()] = JSON.stringify(metadata)
  if (pagination.header && !metadata && pagination.style !== 'cursor')
    warnMissingItemCount(exchange, pagination.header)
  const links = pagination.links ? page?.linksFor(receivedTargetOf(request), metadata) : undefined
  if (links !== undefined) {
    const others = [fields.link ?? response.getHeader('link') ?? []].flat()
    fields.link = [...others, links].join(', ')
  }
  if (!envelope) return
  exchange.schema = undefined // the schema describes the items, not the envelope
  exchange.setData(resultOf(envelope(exchange.result?.data, metadata)))
}

function warnMissingItemCount({ endpoint, result }: Exchange, header: string): void {
  const message = `The endpoint '${endpoint.name}' did not set pagination.itemCount: ${header} and Link are not sent`
  warnOnce(endpoint, 'MAZURKA_ITEM_COUNT', message + generatorAdvice(result?.data))
}
