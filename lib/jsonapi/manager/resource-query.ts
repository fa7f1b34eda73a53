/** The query of a request, resolved: which rows, in which order, with what around them. */

import { appliedExtensions } from '../protocol/applied-extensions.ts'
import type { Condition, SortKey } from '../query/condition.ts'
import { orderName, placesOf } from '../query/cursor.ts'
import { resolveFieldsets } from '../query/fieldsets.ts'
import { relatedResource, resolveInclude } from '../query/include.ts'
import { CURSOR_PROFILE, type Page, resolvePage } from '../query/page.ts'
import { parseQuery, type QueryOptions, type RawList, type RawQuery } from '../query/parameters.ts'
import { resolveFilters } from '../query/resolve-filter.ts'
import { resolveSort } from '../query/sort.ts'
import type { GraphQuery } from '../reading/graph.ts'
import type { RelatedQuery } from '../reading/related-rows.ts'
import type { Resource } from '../resource/resource.ts'
import type { ApiCall } from './api-call.ts'
import type { ServedApi } from './served-api.ts'

/** The query of a list. */
export interface ListQuery extends GraphQuery {
  readonly condition: Condition | undefined
  readonly sort: readonly SortKey[]
  readonly page: Page
}

/**
 * The parameters of a request for resources, or for one. Filters and order are checked here, before preprocessors may change
 * them: afterwards nothing tells those of the client from those of the application.
 *
 * @throws {BadRequest} 400, also for a filter or an order of a field that the client does not see.
 */
export function rawQuery(
  call: ApiCall,
  resource: Resource,
  options: Omit<QueryOptions, 'resource'>,
): RawQuery {
  const includes = defaultIncludes(apiOf(call, resource), resource)
  const raw = parseQuery(call.request.query, { includes, ...options, resource })
  sentCondition(call, resource, raw, 'filter[objects]')
  resolveSort(raw.sort, resource)
  return raw
}

/** The query of a request for one resource. @throws {BadRequest} 400. */
export function resourceQuery(call: ApiCall, resource: Resource): GraphQuery {
  return graphQuery(call, resource, rawQuery(call, resource, { isCollection: false }))
}

/** The members of a query that are about what is shown of the resources, and around them. */
function graphQuery(call: ApiCall, resource: Resource, raw: RawQuery): GraphQuery {
  const api = apiOf(call, resource)
  const related = [...raw.related].map(
    ([path, list]) => [path, relatedQuery(call, resource, path, list, raw.ignoresCase)] as const,
  )
  return {
    fields: resolveFieldsets(raw.fields, (type) => resourceOfType(call, type)),
    include: resolveInclude(raw.include ?? defaultIncludes(api, resource), resource, api.maxIncludeDepth),
    maxIncluded: api.maxIncluded,
    limitOf: (target) => apiOf(call, target).maxPageSize || undefined,
    related: new Map(related),
  }
}

/** The paths to include by default, without those that the client cannot see. */
export function defaultIncludes({ options }: ServedApi, resource: Resource): readonly string[] {
  return (options.includes ?? []).filter((path) => relatedResource(resource, path))
}

/** The query of a list, after its preprocessors. @throws {BadRequest} 400. */
export function listQuery(call: ApiCall, resource: Resource, raw: RawQuery): ListQuery {
  const { ignoresCase, sort, page } = raw
  const isCursor = appliedExtensions(call.request).profile.includes(CURSOR_PROFILE)
  const order = left('an order', () => resolveSort(sort, resource, { ignoresCase }))
  const sent: Page<string> = raw.single
    ? { kind: 'number', number: 1, size: 2 }
    : resolvePage(page, apiOf(call, resource), isCursor)
  return {
    ...graphQuery(call, resource, raw),
    condition: processedCondition(call, resource, raw.filters),
    sort: order,
    page: sent.kind === 'cursor' ? placesOf(sent, orderName(resource, order), call.manager.secret) : sent,
  }
}

/** The query of the members of an included relationship. */
function relatedQuery(
  call: ApiCall,
  resource: Resource,
  path: string,
  list: RawList,
  ignoresCase: boolean,
): RelatedQuery {
  const target = relatedResource(resource, path) as Resource
  const pages = { pageSize: 0, maxPageSize: apiOf(call, target).maxPageSize }
  const page = resolvePage(list.page, pages, false, (member) => `page[${path}][${member}]`)
  const sort = resolveSort(list.sort, target, { ignoresCase, parameter: `sort[${path}]` })
  const condition = sentCondition(call, target, list, `filter[${path}][objects]`)
  const rest = restOf(list, ignoresCase)
  if (page.kind !== 'number') return { condition, sort, rest }
  return { condition, sort, rest, limit: page.size, offset: (page.number - 1) * page.size }
}

/** The parameters of the same list at the URL of its relationship. */
function restOf({ filters, sort }: RawList, ignoresCase: boolean): Readonly<Record<string, string>> {
  return {
    ...(filters.length > 0 ? { 'filter[objects]': JSON.stringify(filters) } : {}),
    ...(sort.length > 0 ? { sort: sort.map(([sign, name]) => sign.replace('+', '') + name).join(',') } : {}),
    ...(ignoresCase ? { ignorecase: '1' } : {}),
  }
}

/** The condition of filters as the client has sent them. @throws {BadRequest} 400. */
function sentCondition(
  { scope: { dialect } }: ApiCall,
  resource: Resource,
  { filters, sources }: RawList,
  parameter: string,
): Condition | undefined {
  return resolveFilters(filters, resource, { dialect, parameter, sources })
}

/** The condition of filters as preprocessors have left them: what they add may name hidden fields. @throws {Error} 500. */
export function processedCondition(
  { scope: { dialect } }: ApiCall,
  resource: Resource,
  filters: RawList['filters'],
): Condition | undefined {
  const context = { dialect, parameter: 'filters', isTrusted: true }
  return left('filters', () => resolveFilters(filters, resource, context))
}

/** Resolves what preprocessors have left of the checked query of a client. @throws {Error} 500. */
function left<T>(what: string, resolve: () => T): T {
  try {
    return resolve()
  } catch (cause) {
    throw new Error(`A preprocessor has left ${what} that cannot be used: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** The API that decides about the pages of a resource, and what it includes. */
export function apiOf({ api, manager }: ApiCall, { model }: Resource): ServedApi {
  return model.name === api.model.name ? api : (manager.apiOf(model.name) ?? api)
}

function resourceOfType({ manager, request, resource }: ApiCall, type: string): Resource | undefined {
  if (resource.type === type) return resource
  const found = manager['~apis'].findLast((api) => api.resource.type === type)?.resource.for(request)
  return found?.mayRead ? found : undefined
}
