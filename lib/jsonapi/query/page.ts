/**
 * The page of a list that a request asks for.
 *
 *     page[number]=2&page[size]=20       page[size]=20&page[after]=CURSOR
 *
 * JSON:API 1.1, Pagination; the profile "Cursor Pagination".
 */
import { BadRequest } from '../../exceptions/client-errors.ts'
import { parameterError } from '../errors/issue.ts'
import type { RawPage } from './parameters.ts'

/** The URI of the profile, which the URIs of its errors begin with. */
export const CURSOR_PROFILE = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/'

interface PageOptions {
  /** Default of `page[size]`; 0: all rows. */
  readonly pageSize: number
  /** 0: no maximum. */
  readonly maxPageSize: number
}

/** The place of a row in a list: its values in the order of the list, as JSON. */
export type Place = readonly unknown[]

/** @typeParam P what a page begins after, and ends before: places, or their cursors as the client has sent them. */
export type Page<P = Place> =
  | { readonly kind: 'all' }
  | { readonly kind: 'number'; readonly number: number; readonly size: number }
  | CursorPage<P>

/** A page between two places, each of which is optional. */
export interface CursorPage<P = Place> {
  readonly kind: 'cursor'
  /** Undefined: all rows. */
  readonly size: number | undefined
  readonly after: P | undefined
  readonly before: P | undefined
}

/**
 * @param isCursor whether a page without a number begins where a cursor is.
 * @param parameterOf the name of a parameter, for errors.
 * @throws {BadRequest} 400, with the name of the parameter.
 */
export function resolvePage(
  page: RawPage,
  { pageSize, maxPageSize }: PageOptions,
  isCursor = false,
  parameterOf = (member: string) => `page[${member}]`,
): Page<string> {
  const { number, after, before } = page
  const max = maxPageSize === 0 ? Number.POSITIVE_INFINITY : maxPageSize
  const size = page.size === undefined ? undefined : sizeOf(page.size, max, parameterOf('size'))
  if (after !== undefined || before !== undefined || (isCursor && number === undefined)) {
    if (number !== undefined)
      throw parameterError(parameterOf('number'), 'A page has a number or a cursor, not both')
    if (size === 0) throw parameterError(parameterOf('size'), 'Page size must be a positive integer')
    const isRange = after !== undefined && before !== undefined
    const used = size ?? (isRange || pageSize === 0 ? max : Math.min(pageSize, max))
    return { kind: 'cursor', size: used === Number.POSITIVE_INFINITY ? undefined : used, after, before }
  }
  const used = size ?? Math.min(pageSize === 0 ? Number.POSITIVE_INFINITY : pageSize, max)
  if (used === 0 || used === Number.POSITIVE_INFINITY) return { kind: 'all' }
  return { kind: 'number', number: numberOf(number ?? '1', used, parameterOf('number')), size: used }
}

function sizeOf(text: string, max: number, parameter: string): number {
  const size = integerOf(text)
  if (size === undefined) throw parameterError(parameter, 'Page size must be a positive integer')
  if (size > max || (size === 0 && max < Number.POSITIVE_INFINITY))
    throw maxSizeExceeded(size, max, parameter)
  return size
}

function numberOf(text: string, size: number, parameter: string): number {
  const number = integerOf(text)
  if (number === undefined || number === 0)
    throw parameterError(parameter, 'Page number must be a positive integer')
  if (Number.isSafeInteger(number * size)) return number
  throw parameterError(parameter, 'Page number is too large')
}

/** Undefined for a text other than digits, and for a number that is not exact. */
function integerOf(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : undefined
  return Number.isSafeInteger(number) ? number : undefined
}

function maxSizeExceeded(size: number, maxSize: number, parameter: string): BadRequest {
  const detail =
    size === 0
      ? `Pages cannot be turned off: the server's maximum page size is ${maxSize}`
      : `Page size must not exceed the server's maximum: ${maxSize}`
  return new BadRequest(detail, {
    type: `${CURSOR_PROFILE}max-size-exceeded`,
    errors: [{ detail, in: 'query', parameter }],
    page: { maxSize },
  })
}
