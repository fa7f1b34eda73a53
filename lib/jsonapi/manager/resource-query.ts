/** The query of a request, resolved: which rows, in which order, with what around them. */

import { appliedExtensions } from '../protocol/applied-extensions.ts'
import type { Condition, SortKey } from '../query/condition.ts'
import { resolveFieldsets } from '../query/fieldsets.ts'
import { relatedResource, resolveInclude } from '../query/include.ts'
import { CURSOR_PROFILE, type Page, resolvePage } from '../query/page.ts'
import { parseQuery, type RawList, type RawQuery } from '../query/parameters.ts'
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

/** The parameters of a request for resources, or for one. @throws {BadRequest} 400. */
export function rawQuery(call: ApiCall, resource: Resource, isCollection: boolean): RawQuery {
  const includes = defaultIncludes(apiOf(call, resource), resource)
  return parseQuery(call.request.query, { resource, isCollection, includes })
}

/** The query of a request for one resource. @throws {BadRequest} 400. */
export function resourceQuery(call: ApiCall, resource: Resource): GraphQuery {
  return graphQuery(call, resource, rawQuery(call, resource, false))
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
  return {
    ...graphQuery(call, resource, raw),
    condition: conditionOf(call, resource, raw, 'filter[objects]'),
    sort: resolveSort(sort, resource, { ignoresCase }),
    page: raw.single
      ? { kind: 'number', number: 1, size: 2 }
      : resolvePage(page, apiOf(call, resource), isCursor),
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
  const condition = conditionOf(call, target, list, `filter[${path}][objects]`)
  const rest = restOf(list)
  if (page.kind !== 'number') return { condition, sort, rest }
  return { condition, sort, rest, limit: page.size, offset: (page.number - 1) * page.size }
}

/** The parameters of the same list at the URL of its relationship. */
function restOf({ filters, sort }: RawList): Readonly<Record<string, string>> {
  return {
    ...(filters.length > 0 ? { 'filter[objects]': JSON.stringify(filters) } : {}),
    ...(sort.length > 0 ? { sort: sort.map(([sign, name]) => sign.replace('+', '') + name).join(',') } : {}),
  }
}

function conditionOf(
  { scope: { dialect, operators } }: ApiCall,
  resource: Resource,
  { filters, sources }: Pick<RawList, 'filters' | 'sources'>,
  parameter: string,
): Condition | undefined {
  const context = { dialect, operators, parameter, sources }
  const sent = filters.filter((filter) => sources.has(filter))
  const added = filters.filter((filter) => !sources.has(filter))
  const conditions = [
    resolveFilters(sent, resource, context),
    addedCondition(added, resource.unrestricted, context),
  ].filter((condition) => condition !== undefined)
  return conditions.length > 1 ? { kind: 'and', conditions } : conditions[0]
}

/** The condition of filters that processors have added: they may name hidden fields. @throws {Error} 500. */
function addedCondition(
  filters: RawList['filters'],
  resource: Resource,
  context: Parameters<typeof resolveFilters>[2],
): Condition | undefined {
  try {
    return resolveFilters(filters, resource, context)
  } catch (cause) {
    throw new Error(`A preprocessor has added a filter that cannot be used: ${(cause as Error).message}`, {
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
