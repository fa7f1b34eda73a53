/** Pagination: reads `page` and `page_size`, returns one page of a list with links to the others. */

import { addArgument, type Issues, storeArgument } from '../arguments/argument-reader.ts'
import type { ArgumentsMixin } from '../arguments/arguments.ts'
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { BadRequest } from '../exceptions/client-errors.ts'
import { settle } from '../exceptions/settle.ts'
import type { Exchange } from '../walk/exchange.ts'
import { PageRequest } from './page-request.ts'
import { describePage } from './page-response.ts'
import {
  type Pager,
  type PaginationOptions,
  type ResolvedPagination,
  resolvePagination,
} from './pagination-options.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface PaginationEndpointOptions extends EndpointOptions {
  /**
   * Paginates the list. The handler gets `pagination` and sets `pagination.itemCount`; or a pager cuts the
   * list that it returns.
   */
  readonly paginate?: true | PaginationOptions | Pager
}

/** Members that the mixin adds to a blueprint. */
export interface PaginationMixin {
  readonly '~options': PaginationEndpointOptions
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Defaults of the option `paginate` of endpoints. */
    readonly pagination?: PaginationOptions
  }
}

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /** The resolved option; undefined where lists are not paginated. */
    pagination?: ResolvedPagination
    readonly '~pagination'?: O
  }
}

declare module '../walk/exchange.ts' {
  interface Exchange {
    /** The part of the list that the client requests, where the endpoint has pagination. */
    pagination: PageRequest | undefined
  }
}

declare module '../walk/handler.ts' {
  interface Provides<P extends string, O> {
    readonly pagination: O extends { readonly paginate: true | PaginationOptions | Pager }
      ? {
          /** The part of the list that the client requests. */
          readonly pagination: PageRequest
        }
      : { readonly '~path'?: P }
  }
}

export function Pagination<T extends Constructor<Blueprint & ArgumentsMixin>>(
  Base: T,
): T & Constructor<PaginationMixin> {
  return class PaginationBlueprint extends Base implements PaginationMixin {
    declare readonly '~options': PaginationEndpointOptions & ArgumentsMixin['~options']

    protected override prepare(endpoint: Endpoint<PaginationEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('Pagination', ['paginate'], ['pagination'])
      const { paginate } = endpoint.options
      if (!paginate) return
      const options = optionsOf(paginate, endpoint)
      const resolved = resolvePagination(options, this.settings.pagination ?? {}, endpoint.name)
      endpoint.pagination = resolved
      endpoint.reservedParameters = [...(endpoint.reservedParameters ?? []), ...resolved.parameters]
      addArgument(endpoint, 'page', (exchange) => readPage(exchange, resolved))
      const { pager } = resolved
      if (pager) {
        endpoint.on('paginate/cutPage', function cutPage(exchange) {
          return cut(exchange, pager)
        })
      }
      endpoint.on('describe/describePage', function describe(exchange) {
        return describePage(exchange, resolved)
      })
    }
  }
}

/** @throws {TypeError} that names the endpoint. */
function optionsOf(paginate: unknown, { name }: Endpoint): PaginationOptions {
  if (paginate === true) return {}
  if (typeof paginate === 'function') return { pager: paginate as Pager }
  if (typeof paginate === 'object') return paginate as PaginationOptions
  throw new TypeError(
    `The option 'paginate' of '${name}' is true, options or a pager, not ${String(paginate)}`,
  )
}

/** Reads the page that the query requests. @throws {BadRequest} 400, for a cursor that was tampered with. */
function readPage(exchange: Exchange, resolved: ResolvedPagination): Issues {
  const { query = {} } = exchange.request
  const page = PageRequest.read(resolved, query, exchange)
  if (page === 'tampered') throw new BadRequest(`The ${resolved.names.cursor} is not valid`)
  if (!(page instanceof PageRequest)) return page
  exchange.pagination = page
  storeArgument(exchange, 'pagination', page)
  return undefined
}

function cut(exchange: Exchange, pager: Pager): void | Promise<void> {
  const { result, pagination } = exchange
  if (result?.kind !== 'data' || result.status >= 300 || !pagination) return undefined
  return settle(pager(result.data, pagination), (page) => exchange.setData(page))
}
