/**
 * Cursors of rows: their values in the order of a list, signed.
 *
 * A cursor has the value of every key, and the id, so that rows with equal values are not skipped; and it belongs to one
 * order. "Cursor Pagination" profile of JSON:API.
 */
import { BadRequest } from '../../exceptions/client-errors.ts'
import { seal, unseal } from '../../pagination/cursor.ts'
import { parameterError } from '../errors/issue.ts'
import type { Resource } from '../resource/resource.ts'
import type { SortKey } from './condition.ts'
import { CURSOR_PROFILE, type CursorPage, type Place } from './page.ts'

/**
 * The name of an order: cursors of another one are refused.
 *
 * @throws {BadRequest} 400, of the profile, for a key whose values have no known type.
 */
export function orderName({ type }: Resource, keys: readonly SortKey[]): string {
  checkOrder(keys)
  const names = keys.map(({ path, attribute, isDescending, ignoresCase }) => {
    const name = [...path, attribute].map(({ name }) => name).join('.')
    return `${isDescending ? '-' : '+'}${name}${ignoresCase ? ' ignorecase' : ''}`
  })
  return [type, ...names].join(',')
}

/** @throws {BadRequest} 400, of the profile, for a key whose values have no known type: a place cannot have them. */
export function checkOrder(keys: readonly SortKey[]): void {
  const untyped = keys.find(({ attribute }) => attribute.type.kind === 'json')
  if (untyped) throw unsupportedSort(`"${untyped.attribute.name}" has no type that a cursor can have`)
}

/** The cursor of a place. @throws {BadRequest} 400, of the profile, where the values are too long for a cursor. */
export function cursorOf(place: Place, order: string, secret: string): string {
  try {
    return seal([order, ...place], secret)
  } catch (cause) {
    throw unsupportedSort('The values of this order are too long for a cursor', cause)
  }
}

function unsupportedSort(reason: string, cause?: unknown): BadRequest {
  const detail = `${reason}: sort by another field, or use page[number]`
  return new BadRequest(detail, {
    ...(cause === undefined ? {} : { cause }),
    type: `${CURSOR_PROFILE}unsupported-sort`,
    errors: [{ detail, in: 'query', parameter: 'sort' }],
  })
}

/** The page between the places of two cursors. @throws {BadRequest} 400, for a text that is no cursor of this order. */
export function placesOf(page: CursorPage<string>, order: string, secret: string): CursorPage {
  const { after, before } = page
  return {
    ...page,
    after: after === undefined ? undefined : placeOf(after, order, secret, 'page[after]'),
    before: before === undefined ? undefined : placeOf(before, order, secret, 'page[before]'),
  }
}

function placeOf(cursor: string, order: string, secret: string, parameter: string): Place {
  const value = unseal(cursor, secret)?.value
  if (Array.isArray(value) && value[0] === order) return value.slice(1)
  throw parameterError(parameter, 'The value must be a cursor of this list in this order')
}

/** The rows of a page, and the places of the pages beside it. */
interface CursorSlice<T> {
  readonly rows: readonly T[]
  /** The next page comes after it; undefined where there is none. */
  readonly next: Place | undefined
  /** The previous page comes before it; undefined where there is none. */
  readonly previous: Place | undefined
  /** Whether the range between two places has more rows than the page. */
  readonly isTruncated: boolean
}

/** Whether the rows of a page are read in the reverse order: those before a place. */
export function isReversed({ after, before }: CursorPage): boolean {
  return before !== undefined && after === undefined
}

/**
 * The page in rows of which one more than its size has been read.
 *
 * A page after a place has a previous one, and a page before a place a next one, without a look at the database: it can be
 * empty. The next page of a range leads beyond its end.
 */
export function sliceOf<T>(
  found: readonly T[],
  page: CursorPage,
  placeOfRow: (row: T) => Place,
): CursorSlice<T> {
  const { size = found.length, after, before } = page
  const hasMore = found.length > size
  const rows = found.slice(0, size)
  if (isReversed(page)) rows.reverse()
  const placeAt = (index: number, fallback: Place | undefined): Place | undefined => {
    const row = rows.at(index)
    return row === undefined ? fallback : placeOfRow(row)
  }
  const hasNext = before !== undefined || hasMore
  const hasPrevious = after !== undefined || (isReversed(page) && hasMore)
  return {
    rows,
    next: hasNext ? placeAt(-1, before) : undefined,
    previous: hasPrevious ? placeAt(0, after) : undefined,
    isTruncated: hasMore && after !== undefined && before !== undefined,
  }
}
