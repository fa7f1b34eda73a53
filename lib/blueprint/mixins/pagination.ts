/** Lists in pages: `page` and `page_size` in, a page out, and where the others are. */
import { BadRequest } from '../../exceptions/client-errors.ts'
import { addArgument, type Complaints } from '../argument.ts'
import type { Blueprint } from '../blueprint.ts'
import type { Endpoint, EndpointOptions } from '../endpoint.ts'
import type { Exchange } from '../exchange.ts'
import { PageRequest, type Pager, type PaginationOptions, type Paging, pagingOf } from '../page-request.ts'
import type { Walker } from '../target.ts'
import type { ArgumentsMixin } from './arguments.ts'
import type { Constructor } from './constructor.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface PaginatedOptions extends EndpointOptions {
  /**
   * Lists in pages. The handler gets `pagination` and says `pagination.itemCount`; or a pager cuts the list
   * that it returns.
   */
  readonly paginate?: true | PaginationOptions | Pager
}

/** What the mixin adds to a blueprint. */
export interface PaginationMixin {
  readonly '~options': PaginatedOptions
}

declare module '../exchange.ts' {
  interface Provides<P extends string, O> {
    readonly pagination: O extends { readonly paginate: true | PaginationOptions | Pager }
      ? {
          /** The part of the list that is asked for. */
          readonly pagination: PageRequest
        }
      : { readonly '~path'?: P }
  }
}

export function Pagination<T extends Constructor<Blueprint & ArgumentsMixin>>(
  Base: T,
): T & Constructor<PaginationMixin> {
  return class extends Base implements PaginationMixin {
    declare readonly '~options': PaginatedOptions & ArgumentsMixin['~options']

    protected override prepare(endpoint: Endpoint<PaginatedOptions>): void {
      super.prepare(endpoint)
      const { paginate } = endpoint.options
      if (!paginate) return
      const own = paginate === true ? {} : typeof paginate === 'function' ? { pager: paginate } : paginate
      const paging = pagingOf({ ...this.settings.pagination, ...own }, endpoint.name)
      endpoint.paging = paging
      addArgument(endpoint, (exchange) => read(exchange, paging))
      const { pager } = paging
      if (pager) endpoint.respond.unshift((exchange) => cut(exchange, pager))
      endpoint.respond.push((exchange) => tell(exchange, paging))
    }
  }
}

/** @throws {BadRequest} 400, for a cursor that was tampered with. */
function read(exchange: Exchange, paging: Paging): Complaints {
  const request = exchange.request as Walker & { pagination?: PageRequest }
  const page = PageRequest.read(paging, request.query ?? {})
  if (page === 'tampered') throw new BadRequest(`The ${paging.names.cursor} is none that was given out here`)
  if (!(page instanceof PageRequest)) return page
  exchange.pagination = page
  request.pagination = page
  return undefined
}

function cut(exchange: Exchange, pager: Pager): void | Promise<void> {
  if (exchange.content || !exchange.pagination) return undefined
  const page = pager(exchange.data, exchange.pagination)
  if (!(page instanceof Promise)) {
    exchange.data = page
    return undefined
  }
  return page.then((settled) => {
    exchange.data = settled
  })
}

/** The metadata goes along as fields, and into the body where it was asked for. */
function tell(exchange: Exchange, paging: Paging): void {
  const { pagination, endpoint } = exchange
  const request = exchange.request as Walker
  if (exchange.content || exchange.status >= 300 || !pagination) return
  const { metadata } = pagination
  const fields = { ...exchange.fields }
  if (paging.header && metadata) fields[paging.header.toLowerCase()] = JSON.stringify(metadata)
  if (paging.header && !metadata && paging.style !== 'cursor') forgotten(endpoint)
  const links = paging.links ? pagination.linksFor(request.originalUrl ?? request.url ?? '/') : undefined
  if (links !== undefined)
    fields.link = fields.link === undefined ? links : [fields.link, links].flat().join(', ')
  exchange.fields = fields
  if (paging.envelope) exchange.data = paging.envelope(exchange.data, metadata)
}

const FORGETFUL = new WeakSet<Endpoint>()

/** Once per endpoint. */
function forgotten(endpoint: Endpoint): void {
  if (FORGETFUL.has(endpoint)) return
  FORGETFUL.add(endpoint)
  process.emitWarning(`The endpoint '${endpoint.name}' did not set pagination.itemCount: no page is told`, {
    code: 'MAZURKA_ITEM_COUNT',
  })
}
