/**
 * The part of a list that a client requests, and the metadata of the page for the response.
 *
 *     ?page=2&page_size=10  →  firstItem 10, lastItem 19  ·  itemCount = 25  →  X-Pagination, Link
 */

import { linkField, linkTo, queryReference } from '../http/link.ts'
import type { NamedValues } from '../http/parameters.ts'
import type { ErrorItem } from '../http/problem.ts'
import { isCollection } from '../renderers/source.ts'
import { seal, unseal } from './cursor.ts'
import {
  cursorLinks,
  type Link,
  type PaginationMetadata,
  pageLinks,
  paginationMetadata,
  parseCount,
} from './page-metadata.ts'
import type { Pager, ResolvedPagination } from './pagination-options.ts'

/** The exchange of the request, as far as a page needs it. */
interface Signalled {
  readonly signal: AbortSignal
}

export class PageRequest {
  /** 1-based. With cursors always 1. By offset, pages are aligned to it: offset 5 by limit 10 is page 2. */
  readonly page: number
  /** The maximum number of items. */
  readonly pageSize: number
  /** 0-based: items to skip. */
  readonly firstItem: number
  /** The value in the client's cursor; undefined on the first page. */
  readonly cursor: unknown
  /** With cursors: the start of the next page; undefined or null on the last. */
  next: unknown = undefined
  /** With cursors: the start of the previous page; undefined or null on the first. */
  previous: unknown = undefined
  #itemCount: number | undefined = undefined
  readonly #resolved: ResolvedPagination
  readonly #request: Signalled

  private constructor(
    resolved: ResolvedPagination,
    request: Signalled,
    firstItem: number,
    pageSize: number,
    page: number,
    cursor: unknown,
  ) {
    this.#resolved = resolved
    this.#request = request
    this.firstItem = Math.min(firstItem, Number.MAX_SAFE_INTEGER)
    this.pageSize = pageSize
    this.page = page
    this.cursor = cursor
  }

  /** Aborted when the client leaves before the response is complete: for the queries of a pager. */
  get signal(): AbortSignal {
    return this.#request.signal
  }

  /** The number of all items; set by the handler or the pager. */
  get itemCount(): number | undefined {
    return this.#itemCount
  }

  /** Accepts the counts of databases: bigints and strings too. @throws {TypeError} for any other value. */
  set itemCount(count: number | bigint | string | undefined) {
    const known = count === undefined || count === null || count === '' ? undefined : Number(count)
    if (known !== undefined && !(Number.isSafeInteger(known) && known >= 0))
      throw new TypeError(`pagination.itemCount is a whole number, 0 or more, not ${String(count)}`)
    this.#itemCount = known
  }

  /** 0-based, inclusive. */
  get lastItem(): number {
    return Math.min(this.firstItem + this.pageSize - 1, Number.MAX_SAFE_INTEGER)
  }

  /** The page that a query requests, or its issues; 'tampered' for a cursor with a wrong signature. */
  static read(
    resolved: ResolvedPagination,
    query: NamedValues,
    request: Signalled,
  ): PageRequest | readonly ErrorItem[] | 'tampered' {
    const { names, style, maxPageSize } = resolved
    const errors: ErrorItem[] = []
    const single = (name: string): string | undefined => {
      const text: unknown = query[name] // below Express 4, `cursor[a]=1` is an object
      if (text === undefined || typeof text === 'string') return text
      errors.push({ detail: 'A single value', in: 'query', parameter: name })
      return undefined
    }
    const count = (name: string, fallback: number, least: number, most: number): number => {
      const text = single(name)
      if (text === undefined) return fallback
      const value = parseCount(text)
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`
      if (value === undefined || value < least || value > most) {
        errors.push({ detail: `A whole number, ${range}`, in: 'query', parameter: name })
      }
      return value ?? fallback
    }
    const most = Number.MAX_SAFE_INTEGER
    const pageSize = count(style === 'page' ? names.pageSize : names.limit, resolved.pageSize, 1, maxPageSize)
    const page = style === 'page' ? count(names.page, 1, 1, most) : 1
    const offset = style === 'offset' ? count(names.offset, 0, 0, most) : (page - 1) * pageSize
    const text = style === 'cursor' ? single(names.cursor) : undefined
    if (errors.length > 0) return errors
    const cursor = text === undefined ? undefined : unseal(text, resolved.secret)
    if (text !== undefined && !cursor) return 'tampered'
    return new PageRequest(
      resolved,
      request,
      offset,
      pageSize,
      style === 'offset' ? Math.ceil(offset / pageSize) + 1 : page,
      cursor?.value,
    )
  }

  /** The metadata of the page; undefined without `itemCount`. With cursors the cursors, and the totals if they are known. */
  get metadata(): PaginationMetadata | undefined {
    const { page, pageSize, itemCount } = this
    if (this.#resolved.style !== 'cursor') {
      return itemCount === undefined
        ? undefined
        : paginationMetadata(page, pageSize, itemCount, this.#missing)
    }
    const [previous, next] = [this.#seal(this.previous), this.#seal(this.next)]
    return {
      ...(itemCount === undefined ? {} : { total: itemCount, total_pages: Math.ceil(itemCount / pageSize) }),
      ...(previous === undefined ? {} : { previous_cursor: previous }),
      ...(next === undefined ? {} : { next_cursor: next }),
    }
  }

  #seal(value: unknown): string | undefined {
    return value === undefined || value === null ? undefined : seal(value, this.#resolved.secret)
  }

  /**
   * The value of `Link` for a request's target; undefined when there are no other pages. With a long query it has the link
   * to the next page alone, with a longer one none.
   *
   * @param metadata of this page, where it is known.
   */
  linksFor(target: string, metadata = this.metadata): string | undefined {
    const links = this.#links(target, metadata)
    return fieldOf(links) ?? fieldOf(links.filter(({ rel }) => rel === 'next'))
  }

  #links(target: string, metadata: PaginationMetadata | undefined): readonly Link[] {
    const { style, names } = this.#resolved
    if (!metadata) return []
    if (style === 'cursor') return cursorLinks(target, names.cursor, metadata)
    if (style === 'page') return pageLinks(target, names.page, metadata)
    const offsetOf = (page: number) => Math.max((page - 1) * this.pageSize - this.#missing, 0)
    return pageLinks(target, names.offset, metadata, offsetOf)
  }

  /** How many items less than the others the first page has: by an offset that is no multiple of the limit. */
  get #missing(): number {
    const { page, pageSize, firstItem } = this
    return this.#resolved.style === 'offset' ? (page - 1) * pageSize - firstItem : 0
  }
}

function fieldOf(links: readonly Link[]): string | undefined {
  return linkField(links.map(({ target, rel }) => linkTo(queryReference(target), { rel })))
}

/** Cuts lists, iterables and async iterables; an async source is counted to its end and never stored. */
export const arrayPager: Pager = (source: Iterable<unknown> | AsyncIterable<unknown>, pagination) => {
  if (!isCollection(source))
    throw new TypeError(
      `arrayPager cuts lists and iterables, not ${source === null ? 'null' : typeof source}`,
    )
  if (Array.isArray(source)) {
    pagination.itemCount = source.length
    return source.slice(pagination.firstItem, pagination.lastItem + 1)
  }
  return cutRows(source, pagination)
}

async function cutRows(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  pagination: PageRequest,
): Promise<unknown[]> {
  const page: unknown[] = []
  let count = 0
  for await (const row of source) {
    if (count >= pagination.firstItem && count <= pagination.lastItem) page.push(row)
    count++
  }
  pagination.itemCount = count
  return page
}
