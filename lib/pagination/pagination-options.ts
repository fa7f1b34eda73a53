/** The options of pagination, and their defaults. */
import { isToken } from '../http/field.ts'
import { checkChoice, checkOptions, given, type Keys } from '../registry/options.ts'
import { PAGE_FIELD } from '../walk/representation-fields.ts'
import type { PaginationMetadata } from './page-metadata.ts'
import type { PageRequest } from './page-request.ts'

/** The kind of query parameters that select a part of a list. */
export type PaginationStyle = 'page' | 'offset' | 'cursor'

/** Cuts the page out of the list that a handler returned, and sets `itemCount` where it can. */
// biome-ignore lint/suspicious/noExplicitAny: a pager knows the type its handlers return
export type Pager = (source: any, pagination: PageRequest) => unknown

/** Options of pagination. Those of an endpoint override those of its blueprint. */
export interface PaginationOptions {
  /** Cuts the page out of the list that the handler returns. Without one the handler returns the page. */
  readonly pager?: Pager
  /** Default 'page'. */
  readonly style?: PaginationStyle
  /** Items on a page unless the client requests another number. Default 10. */
  readonly pageSize?: number
  /** A larger page size in a request is a 422. Default 100. */
  readonly maxPageSize?: number
  /** The field that carries the metadata as JSON, or false. Default `X-Pagination`. */
  readonly header?: string | false
  /** Whether `Link` names the other pages (RFC 8288). Default true. */
  readonly links?: boolean
  /**
   * Puts the metadata in the content: true for `{ items, pagination }`, or a function that returns the
   * content. Media types of tables or lines (text/*, NDJSON) have no envelope.
   */
  readonly envelope?: boolean | ((items: unknown, metadata: PaginationMetadata | undefined) => unknown)
  /** Names of the query parameters. Default `page`, `page_size`, `offset`, `limit`, `cursor`. */
  readonly parameters?: Partial<Readonly<Record<keyof typeof NAMES, string>>>
  /** Signs cursors; required by style 'cursor'. */
  readonly secret?: string | undefined
}

const KEYS: Keys<PaginationOptions> = {
  pager: 'function',
  style: true,
  pageSize: true,
  maxPageSize: true,
  header: true,
  links: 'boolean',
  envelope: true,
  parameters: true,
  secret: 'string',
}

const NAME_KEYS: Keys<typeof NAMES> = {
  page: 'string',
  pageSize: 'string',
  offset: 'string',
  limit: 'string',
  cursor: 'string',
}

const NAMES = {
  page: 'page',
  pageSize: 'page_size',
  offset: 'offset',
  limit: 'limit',
  cursor: 'cursor',
} as const

const PARAMETERS = {
  page: ['page', 'pageSize'],
  offset: ['offset', 'limit'],
  cursor: ['cursor', 'limit'],
} as const satisfies Record<PaginationStyle, readonly (keyof typeof NAMES)[]>

/** Options with all their defaults. */
export interface ResolvedPagination {
  readonly pager: Pager | undefined
  readonly style: PaginationStyle
  readonly pageSize: number
  readonly maxPageSize: number
  readonly header: string | false
  readonly links: boolean
  readonly envelope: ((items: unknown, metadata: PaginationMetadata | undefined) => unknown) | undefined
  readonly names: Readonly<Record<keyof typeof NAMES, string>>
  /** The names of the query parameters that the style uses. */
  readonly parameters: readonly string[]
  readonly secret: string
}

/**
 * The options of an endpoint, else of its blueprint, else the defaults.
 *
 * @throws {TypeError} that names the invalid option.
 */
export function resolvePagination(
  own: PaginationOptions,
  defaults: PaginationOptions,
  endpoint: string,
): ResolvedPagination {
  const where = `The pagination of '${endpoint}'`
  for (const given of [own, defaults]) {
    checkOptions(where, given, KEYS)
    checkOptions(`${where}, in 'parameters',`, given.parameters ?? {}, NAME_KEYS)
  }
  const options = { ...defaults, ...given(own) }
  const { pager, style = 'page', header = PAGE_FIELD, envelope, secret = '' } = options
  const invalid = (reason: string) => new TypeError(`${where} has ${reason}`)
  checkChoice(where, 'style', style, Object.keys(PARAMETERS))
  if (style === 'cursor' && secret === '')
    throw invalid("the style 'cursor' without a 'secret' to sign cursors with")
  if (header !== false && !isToken(header))
    throw invalid(`a header that is not a field name: ${String(header)}`)
  const names = { ...NAMES, ...given(defaults.parameters ?? {}), ...given(own.parameters ?? {}) }
  const parameters = PARAMETERS[style].map((parameter) => names[parameter])
  if (new Set(parameters).size < parameters.length) throw invalid(`two parameters named ${parameters[0]}`)
  return {
    pager,
    style,
    ...sizesOf(own, options, invalid),
    header,
    links: options.links ?? true,
    envelope: envelope === true ? (items, pagination) => ({ items, pagination }) : envelope || undefined,
    names,
    parameters,
    secret,
  }
}

/** A default page size is at most the maximum, whichever of endpoint and blueprint set it. */
function sizesOf(
  own: PaginationOptions,
  options: PaginationOptions,
  invalid: (reason: string) => TypeError,
): Pick<ResolvedPagination, 'pageSize' | 'maxPageSize'> {
  const { pageSize = 10, maxPageSize = Math.max(100, pageSize) } = options
  for (const size of [pageSize, maxPageSize]) {
    if (!Number.isSafeInteger(size) || size < 1)
      throw invalid(`a page size of ${String(size)}: use a whole number, 1 or more`)
  }
  if (own.pageSize !== undefined && pageSize > maxPageSize)
    throw invalid(`a page size of ${pageSize}, over its maximum of ${maxPageSize}`)
  return { pageSize: Math.min(pageSize, maxPageSize), maxPageSize }
}
