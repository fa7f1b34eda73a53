/**
 * Names and values as queries and forms write them.
 *
 *     a=1&b=2&b=3&c=%C5%82+x  →  { a: '1', b: ['2', '3'], c: 'ł x' }
 *
 * WHATWG URL §5 (application/x-www-form-urlencoded).
 */
import { unescape as decode, parse } from 'node:querystring'

/** A string each, a list where a name repeats. Without a prototype, so `__proto__` is a name like any other. */
export type NamedValues = Readonly<Record<string, string | string[]>>

/** The parameters of a text. Percent-encoding that does not decode stays as it is. */
export function parseParameters(text: string): NamedValues {
  return parse(text, '&', '=', { maxKeys: 0 }) as NamedValues
}

/** Whether a text has more parameters than `limit`; known before any is read. */
export function hasMoreParameters(text: string, limit: number): boolean {
  return text.length > limit && text.split('&', limit + 1).length > limit
}

/**
 * A request's target with one parameter changed, at its old place or at the end, all else as it came.
 *
 *     /a?x=1&page=2&y=%20, page 3  →  /a?x=1&page=3&y=%20
 *
 * @param value undefined takes the parameter away.
 */
export function withParameter(target: string, name: string, value: string | undefined): string {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const parts = mark < 0 ? [] : target.slice(mark + 1).split('&')
  const place = parts.findIndex((part) => nameOf(part) === name)
  const others = parts.filter((part) => part !== '' && nameOf(part) !== name)
  const added = value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`]
  const before = place < 0 ? others.length : parts.slice(0, place).filter((part) => part !== '').length
  const query = [...others.slice(0, before), ...added, ...others.slice(before)].join('&')
  const safe = path.startsWith('//') ? `/.${path}` : path // RFC 3986 §4.2: `//x` would be another host
  return query === '' ? safe : `${safe}?${query}`
}

function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1)
  return decode(name.replaceAll('+', ' '))
}
