/**
 * URLs from a path template, its parameters and a query.
 *
 *     /pets/<int:id>, { id: 7 }, { tag: ['a', 'b'] }  →  /pets/7?tag=a&tag=b
 */
import { PATH_PARAMETER } from '../routing/path-parameter.ts'

/** A segment `.` or `..`, encoded or not: a client resolves it before it sends the request. */
const DOT_SEGMENT = /(^|\/)(\.|%2e){1,2}(\/|$)/i

type Values = Readonly<Record<string, unknown>>

/** Path and query. @throws {TypeError} for a missing parameter, one without a text, or one that makes a dot segment (RFC 3986 §5.2.4). */
export function addressOf(template: string, params: Values = {}, query: Values = {}): string {
  let end = 0
  let path = ''
  for (const match of template.matchAll(PATH_PARAMETER)) {
    const [whole, converter, name = match[3] as string] = match
    path += encodeURI(template.slice(end, match.index)) + segmentOf(template, name, converter, params[name])
    end = match.index + whole.length
  }
  path += encodeURI(template.slice(end))
  if (DOT_SEGMENT.test(path)) throw new TypeError(`'${path}' is not a path of '${template}'`)
  const search = String(appendValues(new URLSearchParams(), query))
  return search ? `${path}?${search}` : path
}

/**
 * Repeats the name for each item of a list, omits undefined and null, writes dates as ISO 8601; keeps files. Members
 * of an object have names with brackets: `filter[city]`.
 */
export function appendValues<T extends URLSearchParams | FormData>(target: T, values: object = {}): T {
  for (const [name, value] of Object.entries(values)) {
    for (const item of [value].flat()) {
      if (item?.constructor === Object)
        for (const key in item) appendValues(target, { [`${name}[${key}]`]: item[key] })
      else if (item !== undefined && item !== null)
        target.append(name, (item instanceof Blob ? item : textOf(item)) as string)
    }
  }
  return target
}

/** @throws {TypeError} for an object without a text of its own, and NaN. */
function textOf(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : String(value)
  if (value !== text && /^(\[o|NaN)/.test(text)) throw new TypeError(`'${text}' is not a parameter`)
  return text
}

function segmentOf(template: string, name: string, converter: string | undefined, value: unknown): string {
  const text = textOf(value ?? '')
  if (text === '') throw new TypeError(`'${template}' needs '${name}'`)
  if (converter === 'path') return text.split('/').map(encodeURIComponent).join('/')
  return encodeURIComponent(text)
}
