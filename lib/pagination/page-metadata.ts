/**
 * The metadata of a page, and the links to the other pages.
 *
 *     ?page=2&page_size=10, 35 items  →  page 2 of 4 · /readings?page=1&page_size=10; rel="prev", …
 *
 * RFC 8288 §3.3 (relation types: first, prev, next, last).
 */
import { targetWith } from '../http/parameters.ts'

/** The metadata of a page, in this order. A member is omitted when there is no such page, and when it is not known. */
export interface PaginationMetadata {
  /** With cursors only if `itemCount` is set. */
  readonly total?: number
  readonly total_pages?: number
  readonly first_page?: number
  readonly last_page?: number
  readonly page?: number
  readonly previous_page?: number
  readonly next_page?: number
  /** With cursors: the value of the parameter `cursor` for that page. */
  readonly previous_cursor?: string
  readonly next_cursor?: string
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A link to another page. */
export interface Link {
  /** The relation type: `next`. */
  readonly rel: string
  /** Path and query. */
  readonly target: string
}

/** A part of a list, by offset and limit. */
export interface Slice {
  /** Index of the first item, 0-based. */
  readonly offset: number
  /** At least 1. */
  readonly limit: number
  /** The number of all items. */
  readonly itemCount: number
}

/** Parses a decimal integer of a query, as the document describes it: no blanks, no plus sign. Else undefined. */
export function parseCount(text: string): number | undefined {
  const count = /^-?\d+$/.test(text) ? Number(text) + 0 : undefined // + 0: there is no page -0
  return Number.isSafeInteger(count) ? count : undefined
}

/** The metadata of a page: two members for an empty list; beyond the last page without the pages around. */
export function paginationMetadata(page: number, pageSize: number, itemCount: number): PaginationMetadata {
  const last = Math.ceil(itemCount / pageSize)
  if (last === 0) return { total: 0, total_pages: 0 }
  const all: Mutable<PaginationMetadata> = {
    total: itemCount,
    total_pages: last,
    first_page: 1,
    last_page: last,
  }
  if (page > last) return all
  all.page = page
  if (page > 1) all.previous_page = page - 1
  if (page < last) all.next_page = page + 1
  return all
}

/**
 * The links to the first, previous, next and last page. Other query parameters are kept.
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

/** The same by offset: all parts are aligned to the requested offset, but the first begins at 0. */
export function offsetLinks(target: string, parameters: { readonly offset: string }, slice: Slice): Link[] {
  const { offset, limit, itemCount } = slice
  if (itemCount === 0) return []
  const remainder = offset % limit
  const isWithin = offset < itemCount
  return linksTo(target, parameters.offset, [
    ['first', 0],
    ['prev', isWithin && offset > 0 ? Math.max(offset - limit, 0) : undefined],
    ['next', isWithin && offset + limit < itemCount ? offset + limit : undefined],
    ['last', Math.max(remainder + Math.floor((itemCount - 1 - remainder) / limit) * limit, 0)],
  ])
}

/** The links to the first, previous and next page by cursor. */
export function cursorLinks(
  target: string,
  parameters: { readonly cursor: string },
  { previous_cursor, next_cursor }: PaginationMetadata,
): Link[] {
  const first = { rel: 'first', target: targetWith(target, parameters.cursor)(undefined) }
  return [
    first,
    ...linksTo(target, parameters.cursor, [
      ['prev', previous_cursor],
      ['next', next_cursor],
    ]),
  ]
}

function linksTo(
  target: string,
  parameter: string,
  values: readonly [rel: string, value: string | number | undefined][],
): Link[] {
  const write = targetWith(target, parameter)
  const links: Link[] = []
  for (const [rel, value] of values) if (value !== undefined) links.push({ rel, target: write(value) })
  return links
}
