/** Lists in pages: `page` and `page_size` in, a page out, and where the others are. */

import { addArgument, type Issues } from '../arguments/argument-reader.ts'
import type { ArgumentsEndpointOptions, ArgumentsMixin } from '../arguments/arguments.ts'
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint, EndpointOptions } from '../blueprint/endpoint.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { BadRequest } from '../exceptions/client-errors.ts'
import type { PolkaRequest } from '../routing/request-target.ts'
import { isPromise } from '../schema/is-promise.ts'
import { type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { knownOf } from '../schema/unknown.ts'
import type { Exchange } from '../walk/exchange.ts'
import {
  PageRequest,
  type Pager,
  type PaginationOptions,
  type ResolvedPagination,
  resolvePagination,
} from './page-request.ts'
import { describePage } from './page-response.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface PaginationEndpointOptions extends EndpointOptions {
  /**
   * Lists in pages. The handler gets `pagination` and says `pagination.itemCount`; or a pager cuts the list
   * that it returns.
   */
  readonly paginate?: true | PaginationOptions | Pager
}

/** What the mixin adds to a blueprint. */
export interface PaginationMixin {
  readonly '~options': PaginationEndpointOptions
}

declare module '../walk/exchange.ts' {
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
    declare readonly '~options': PaginationEndpointOptions & ArgumentsMixin['~options']

    protected override prepare(endpoint: Endpoint<PaginationEndpointOptions>): void {
      super.prepare(endpoint)
      const { paginate } = endpoint.options
      if (!paginate) return
      const paging = resolvePagination(
        optionsOf(paginate, endpoint),
        this.settings.pagination ?? {},
        endpoint.name,
      )
      endpoint.pagination = paging
      const claimed = this.#isStrict(endpoint) ? strangersOf(paging, endpoint, this.settings.jsonSchema) : []
      addArgument(endpoint, (exchange) => read(exchange, paging, claimed))
      endpoint.arguments.unshift(...endpoint.arguments.splice(-1)) // before a schema makes the query its own
      const { pager } = paging
      if (pager) endpoint.respond.unshift((exchange) => cut(exchange, pager))
      endpoint.respond.push((exchange) => describePage(exchange, paging))
    }

    #isStrict({ options }: Endpoint<PaginationEndpointOptions & ArgumentsEndpointOptions>): boolean {
      return options.query !== undefined && (options.unknown ?? this.settings.unknown) === 'refuse'
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

/** The parameters of pages that a schema of the query would refuse. */
function strangersOf(
  { parameters }: ResolvedPagination,
  { options }: Endpoint<ArgumentsEndpointOptions>,
  hook: JsonSchemaHook | undefined,
): readonly string[] {
  const known = options.query && knownOf(jsonSchemaOf(options.query, 'input', hook))
  return parameters.filter((name) => !known?.has(name))
}

/**
 * Reads the query as it came, and takes out what a schema of the query need not know.
 *
 * @throws {BadRequest} 400, for a cursor that was tampered with.
 */
function read(exchange: Exchange, paging: ResolvedPagination, claimed: readonly string[]): Issues {
  const request = exchange.request as PolkaRequest & { pagination?: PageRequest }
  const query = request.query ?? {}
  const page = PageRequest.read(paging, query)
  if (page === 'tampered') throw new BadRequest(`The ${paging.names.cursor} is not valid`)
  if (claimed.length > 0)
    request.query = Object.fromEntries(Object.entries(query).filter(([name]) => !claimed.includes(name)))
  if (!(page instanceof PageRequest)) return page
  exchange.pagination = page
  request.pagination = page
  return undefined
}

function cut(exchange: Exchange, pager: Pager): void | Promise<void> {
  const { content, data, status, pagination } = exchange
  if (content || data === undefined || status >= 300 || !pagination) return undefined
  const page = pager(data, pagination)
  if (!isPromise(page)) {
    exchange.data = page
    return undefined
  }
  return Promise.resolve(page).then((settled) => {
    exchange.data = settled
  })
}
