/**
 * Pages: which items stand on one, and where the others are.
 *
 *     ?page=2&page_size=10, 35 items  →  items 10 to 19 · </readings?page=1&page_size=10>; rel="prev", …
 *
 * RFC 8288 §3.3 (relation types: first, prev, next, last).
 */
import { targetWith } from '../http/parameters.ts'

/** What a client is told of a paged collection, in this order; absent is what there is not. */
export interface PaginationMetadata {
  readonly total: number
  readonly total_pages: number
  readonly first_page?: number
  readonly last_page?: number
  readonly page?: number
  readonly previous_page?: number
  readonly next_page?: number
}

/** A link to be. */
export interface Link {
  /** How the target relates: `next`. */
  readonly rel: string
  /** Path and query. */
  readonly target: string
}

/** A part of a list that counts items. */
export interface Slice {
  /** 0-based, of the first item. */
  readonly offset: number
  /** At least 1. */
  readonly limit: number
  /** How many items there are in all. */
  readonly itemCount: number
}

/** An integer from a query: signs and surrounding blanks are taken. Undefined for anything else. */
export function parseCount(text: string): number | undefined {
  const count = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) + 0 : undefined // + 0: there is no page -0
  return Number.isSafeInteger(count) ? count : undefined
}

/** Nothing there: two members. Beyond the last page: no page, nor what is before or after it. */
export function paginationMetadata(page: number, pageSize: number, itemCount: number): PaginationMetadata {
  const last = Math.ceil(itemCount / pageSize)
  if (last === 0) return { total: 0, total_pages: 0 }
  const all = { total: itemCount, total_pages: last, first_page: 1, last_page: last }
  if (page > last) return all
  return {
    ...all,
    page,
    ...(page > 1 ? { previous_page: page - 1 } : {}),
    ...(page < last ? { next_page: page + 1 } : {}),
  }
}

/**
 * The way to the other pages; the rest of the query stays as it came.
 *
 * @param target path and query of the request.
 */
export function pageLinks(
  target: string,
  parameters: { readonly page: string },
  metadata: PaginationMetadata,
): Link[] {
  const { first_page, previous_page, next_page, last_page } = metadata
  return linksTo(target, parameters.page, [
    ['first', first_page],
    ['prev', previous_page],
    ['next', next_page],
    ['last', last_page],
  ])
}

/** The same for a list that counts items. Slices keep the phase of the one asked for; the first begins at 0. */
export function offsetLinks(target: string, parameters: { readonly offset: string }, slice: Slice): Link[] {
  const { offset, limit, itemCount } = slice
  if (itemCount === 0) return []
  const phase = offset % limit
  const isWithin = offset < itemCount
  return linksTo(target, parameters.offset, [
    ['first', 0],
    ['prev', isWithin && offset > 0 ? Math.max(offset - limit, 0) : undefined],
    ['next', isWithin && offset + limit < itemCount ? offset + limit : undefined],
    ['last', Math.max(phase + Math.floor((itemCount - 1 - phase) / limit) * limit, 0)],
  ])
}

/** The same for a list that is only read on and on. @param next undefined at the end. */
export function cursorLinks(
  target: string,
  parameters: { readonly cursor: string },
  next: string | undefined,
): Link[] {
  const first = { rel: 'first', target: targetWith(target, parameters.cursor)(undefined) }
  return [first, ...linksTo(target, parameters.cursor, [['next', next]])]
}

function linksTo(
  target: string,
  parameter: string,
  values: readonly [rel: string, value: string | number | undefined][],
): Link[] {
  const write = targetWith(target, parameter)
  const links: Link[] = []
  for (const [rel, value] of values)
    if (value !== undefined) links.push({ rel, target: write(String(value)) })
  return links
}
