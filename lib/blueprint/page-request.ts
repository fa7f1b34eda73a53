/**
 * Where in a list a request is: what the client asked for, what the handler knows, what is told to the client.
 *
 *     ?page=2&page_size=10  →  firstItem 10, lastItem 19  ·  itemCount = 25  →  X-Pagination, Link
 */
import { seal, unseal } from '../http/cursor.ts'
import { linkTo } from '../http/link.ts'
import {
  cursorLinks,
  type Link,
  offsetLinks,
  type PaginationMetadata,
  pageLinks,
  paginationMetadata,
  parseCount,
} from '../http/page.ts'
import type { NamedValues } from '../http/parameters.ts'
import type { ErrorItem } from '../http/problem.ts'

/** How a client says which part of a list it wants. */
export type PaginationStyle = 'page' | 'offset' | 'cursor'

/** Cuts the page out of what a handler returned, and says `itemCount` where it can. */
// biome-ignore lint/suspicious/noExplicitAny: a pager knows what its handlers return
export type Pager = (source: any, pagination: PageRequest) => unknown

/** How a list is paged. Those of an endpoint win over those of its blueprint. */
export interface PaginationOptions {
  /** Cuts what the handler returns. Without one the handler returns the page itself. */
  readonly pager?: Pager
  /** Default 'page'. */
  readonly style?: PaginationStyle
  /** Items on a page where the client does not say. Default 10. */
  readonly pageSize?: number
  /** More than that in a request is a 422. Default 100. */
  readonly maxPageSize?: number
  /** The field that carries the metadata as JSON, or false. Default `X-Pagination`. */
  readonly header?: string | false
  /** Whether `Link` names the other pages (RFC 8288). Default true. */
  readonly links?: boolean
  /** Puts the metadata in the body: true for `{ items, pagination }`, or a function that makes the body. */
  readonly envelope?: boolean | ((items: unknown, metadata: PaginationMetadata | undefined) => unknown)
  /** Names of the query parameters. Default `page`, `page_size`, `offset`, `limit`, `cursor`. */
  readonly parameters?: Partial<Readonly<Record<keyof typeof NAMES, string>>>
  /** Signs cursors; style 'cursor' cannot do without. */
  readonly secret?: string
}

const NAMES = {
  page: 'page',
  pageSize: 'page_size',
  offset: 'offset',
  limit: 'limit',
  cursor: 'cursor',
} as const

/** Options with all their defaults. */
export interface Paging {
  readonly pager: Pager | undefined
  readonly style: PaginationStyle
  readonly pageSize: number
  readonly maxPageSize: number
  readonly header: string | false
  readonly links: boolean
  readonly envelope: ((items: unknown, metadata: PaginationMetadata | undefined) => unknown) | undefined
  readonly names: Readonly<Record<keyof typeof NAMES, string>>
  readonly secret: string
}

/** @throws {TypeError} that names the option that cannot be. */
export function pagingOf(options: PaginationOptions, endpoint: string): Paging {
  const { style = 'page', pageSize = 10, maxPageSize = Math.max(100, pageSize), envelope } = options
  const wrong = (what: string) => new TypeError(`The pagination of '${endpoint}' has ${what}`)
  if (style !== 'page' && style !== 'offset' && style !== 'cursor') throw wrong(`no style ${String(style)}`)
  for (const size of [pageSize, maxPageSize]) {
    if (!Number.isSafeInteger(size) || size < 1) throw wrong(`a page size of ${String(size)}`)
  }
  if (pageSize > maxPageSize) throw wrong(`a page size of ${pageSize}, over its maximum of ${maxPageSize}`)
  if (style === 'cursor' && !options.secret) throw wrong("cursors and no 'secret' to sign them with")
  return {
    pager: options.pager,
    style,
    pageSize,
    maxPageSize,
    header: options.header ?? 'X-Pagination',
    links: options.links ?? true,
    envelope: envelope === true ? (items, pagination) => ({ items, pagination }) : envelope || undefined,
    names: { ...NAMES, ...options.parameters },
    secret: options.secret ?? '',
  }
}

export class PageRequest {
  /** 1-based. With cursors always 1. */
  readonly page: number
  /** At most so many items. */
  readonly pageSize: number
  /** 0-based: items to skip. */
  readonly firstItem: number
  /** What the client's cursor carries; undefined on the first page. */
  readonly cursor: unknown
  /** How many items there are in all; the handler or the pager says it. */
  itemCount: number | undefined = undefined
  /** With cursors: what the next page starts from; undefined on the last. */
  next: unknown = undefined
  readonly #paging: Paging

  private constructor(paging: Paging, firstItem: number, pageSize: number, page: number, cursor: unknown) {
    this.#paging = paging
    this.firstItem = Math.min(firstItem, Number.MAX_SAFE_INTEGER)
    this.pageSize = pageSize
    this.page = page
    this.cursor = cursor
  }

  /** 0-based, inclusive. */
  get lastItem(): number {
    return Math.min(this.firstItem + this.pageSize - 1, Number.MAX_SAFE_INTEGER)
  }

  /** What the query asks for, or what is wrong with it. 'tampered' for a cursor that is none of ours. */
  static read(paging: Paging, query: NamedValues): PageRequest | readonly ErrorItem[] | 'tampered' {
    const { names, style, maxPageSize } = paging
    const errors: ErrorItem[] = []
    const count = (name: string, usual: number, least: number, most: number): number => {
      const text = [query[name]].flat()[0]
      if (text === undefined) return usual
      const value = parseCount(text)
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`
      if (value === undefined || value < least || value > most) {
        errors.push({ detail: `A whole number, ${range}`, in: 'query', parameter: name })
      }
      return value ?? usual
    }
    const most = Number.MAX_SAFE_INTEGER
    const pageSize = count(style === 'page' ? names.pageSize : names.limit, paging.pageSize, 1, maxPageSize)
    const page = style === 'page' ? count(names.page, 1, 1, most) : 1
    const offset = style === 'offset' ? count(names.offset, 0, 0, most) : (page - 1) * pageSize
    if (errors.length > 0) return errors
    const text = style === 'cursor' ? [query[names.cursor]].flat()[0] : undefined
    const cursor = text === undefined ? undefined : unseal(text, paging.secret)
    if (text !== undefined && !cursor) return 'tampered'
    return new PageRequest(
      paging,
      offset,
      pageSize,
      style === 'offset' ? Math.floor(offset / pageSize) + 1 : page,
      cursor?.value,
    )
  }

  /** The pages there are; undefined as long as nobody has counted. */
  get metadata(): PaginationMetadata | undefined {
    return this.itemCount === undefined
      ? undefined
      : paginationMetadata(this.page, this.pageSize, this.itemCount)
  }

  /** The value of `Link` for a request's target; undefined when there is nowhere to go. */
  linksFor(target: string): string | undefined {
    const links = this.#links(target).map(({ target, rel }) => linkTo(target, { rel }))
    return links.length > 0 ? links.join(', ') : undefined
  }

  #links(target: string): readonly Link[] {
    const { style, names, secret } = this.#paging
    if (style === 'cursor') {
      const next = this.next === undefined ? undefined : seal(this.next, secret)
      return cursorLinks(target, names, next)
    }
    if (this.itemCount === undefined) return []
    if (style === 'page')
      return pageLinks(target, names, paginationMetadata(this.page, this.pageSize, this.itemCount))
    return offsetLinks(target, names, {
      offset: this.firstItem,
      limit: this.pageSize,
      itemCount: this.itemCount,
    })
  }
}

/** Cuts lists, iterables and async iterables; what comes over time is counted to its end and never kept. */
export const arrayPager: Pager = (source: Iterable<unknown> | AsyncIterable<unknown>, pagination) => {
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
