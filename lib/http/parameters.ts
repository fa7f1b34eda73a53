/**
 * Parameters of queries and forms.
 *
 *     a=1&b=2&b=3&c=%C5%82+x  →  { a: '1', b: ['2', '3'], c: 'ł x' }
 *
 * WHATWG URL §5 (application/x-www-form-urlencoded).
 */
import { unescape as decode, parse } from 'node:querystring'
import { inspect } from 'node:util'
import { textOf } from './url-text.ts'

/** A string per name, a list for a repeated name. Without a prototype, so that `__proto__` is an ordinary name. */
export type NamedValues = Readonly<Record<string, string | string[]>>

/** The parameters of a text. Invalid percent-encoding stays as it is. */
export function parseParameters(text: string): NamedValues {
  if (text === '') return Object.create(null)
  return parse(text, '&', '=', { maxKeys: 0 }) as NamedValues
}

/** Whether a text has more parameters than `limit`, without parsing them. */
export function hasMoreParameters(text: string, limit: number): boolean {
  return text.length > limit && text.split('&', limit + 1).length > limit
}

/**
 * A function that replaces one parameter of a request target, at its position or at the end.
 *
 *     /a?x=1&page=2&y=%20, page 3  →  /a?x=1&page=3&y=%20
 *
 * @returns Function from a value to the target; undefined removes the parameter.
 */
export function targetWith(target: string, name: string): (value: string | number | undefined) => string {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const safe = path.startsWith('//') ? `/.${path}` : path // RFC 3986 §4.2: `//x` names a host
  const before: string[] = []
  const after: string[] = []
  let others = before
  for (const part of mark < 0 ? [] : target.slice(mark + 1).split('&')) {
    if (nameOf(part) === name) others = after
    else if (part !== '') others.push(part)
  }
  const head = `${safe}?${[...before, `${encodeURIComponent(name)}=`].join('&')}`
  const tail = ['', ...after].join('&')
  return (value) => {
    if (typeof value === 'number') return head + value + tail
    if (value !== undefined) return head + encodeURIComponent(value) + tail
    const query = [...before, ...after].join('&')
    return query === '' ? safe : `${safe}?${query}`
  }
}

/**
 * A query with its question mark: lists repeat their name, a Date is its text in ISO 8601, undefined and null are left out;
 * empty without any.
 *
 * @throws {TypeError} for a value that has no text: NaN, a function, an object without a text of its own.
 */
export function formatQuery(query: object): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) {
      if (item === undefined || item === null) continue
      const text = textOf(item)
      if (text === undefined)
        throw new TypeError(`The parameter '${name}' of a query cannot be ${inspect(item, { depth: 1 })}`)
      search.append(name, text)
    }
  }
  return search.size > 0 ? `?${search}` : ''
}

function nameOf(part: string): string {
  const end = part.indexOf('=')
  const name = end < 0 ? part : part.slice(0, end)
  return /[%+]/.test(name) ? decode(name.replaceAll('+', ' ')) : name
}
