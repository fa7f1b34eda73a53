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

/** Parses a decimal integer of a query, as the document describes it: no blanks, no plus sign. Else undefined. */
export function parseCount(text: string): number | undefined {
  const count = /^-?\d+$/.test(text) ? Number(text) + 0 : undefined // + 0: there is no page -0
  return Number.isSafeInteger(count) ? count : undefined
}

/**
 * The metadata of a page: two members for an empty list; beyond the last page without the pages around.
 *
 * @param missing how many items less than `pageSize` the first page has. Pages by offset are aligned to the
 * requested one: by offset 5 and limit 10 the items 5 to 14 are the second page, although the link to the first, by offset 0
 * and limit 10, has the items 0 to 9.
 */
export function paginationMetadata(
  page: number,
  pageSize: number,
  itemCount: number,
  missing = 0,
): PaginationMetadata {
  if (itemCount === 0) return { total: 0, total_pages: 0 }
  const last = Math.ceil((itemCount + missing) / pageSize)
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
 * @param parameter the name of the parameter that selects a page.
 * @param valueAt its value for a page: by default the number of the page.
 */
export function pageLinks(
  target: string,
  parameter: string,
  { first_page, previous_page, next_page, last_page }: PaginationMetadata,
  valueAt: (page: number) => number = (page) => page,
): Link[] {
  const at = (page: number | undefined) => page && valueAt(page)
  return linksTo(target, parameter, [
    ['first', at(first_page)],
    ['prev', at(previous_page)],
    ['next', at(next_page)],
    ['last', at(last_page)],
  ])
}

/** The links to the first, previous and next page by cursor. */
export function cursorLinks(
  target: string,
  parameter: string,
  { previous_cursor, next_cursor }: PaginationMetadata,
): Link[] {
  const first = { rel: 'first', target: targetWith(target, parameter)(undefined) }
  return [
    first,
    ...linksTo(target, parameter, [
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
