/**
 * Names and values as queries and forms write them.
 *
 *     a=1&b=2&b=3&c=%C5%82+x  →  { a: '1', b: ['2', '3'], c: 'ł x' }
 *
 * WHATWG URL §5 (application/x-www-form-urlencoded).
 */
import { parse } from 'node:querystring'

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
