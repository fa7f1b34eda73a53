/**
 * URLs from a path template, its parameters and a query.
 *
 *     /pets/<int:id>, { id: 7 }, { tag: ['a', 'b'] }  →  /pets/7?tag=a&tag=b
 */
import { comparable, encodeText, leadsElsewhere, textOf } from '../http/url-text.ts'
import { PATH_PARAMETER } from '../routing/path-parameter.ts'

/** The character by which a parameter without a pattern ends: another one follows in the same segment. */
const ENDS = /^([^/])[^/]*?[<:]/

type Values = Readonly<Record<string, unknown>>

/**
 * Path and query.
 *
 * @throws {TypeError} for a parameter that is missing or has no text, and for a path that leads to something else: with a dot
 * segment, or a host, or with a segment whose text is divided into other parameters.
 */
export function addressOf(template: string, params: Values = {}, query: Values = {}): string {
  let end = 0
  let path = ''
  for (const match of template.matchAll(PATH_PARAMETER)) {
    const [whole, converter, name = match[3] as string] = match
    const segment = segmentOf(template, name, converter, params[name])
    path += encodeURI(template.slice(end, match.index)) + segment
    end = match.index + whole.length
    const [, next] = ENDS.exec(template.slice(end)) ?? []
    const hasPattern = converter !== undefined && converter !== 'string'
    if (next && !hasPattern && comparable(segment)?.includes(next))
      throw new TypeError(
        `'${template}' cannot have '${params[name]}' as '${name}': it ends before '${next}'`,
      )
  }
  path += encodeURI(template.slice(end))
  if (leadsElsewhere(path)) throw new TypeError(`'${path}' is not a path of '${template}'`)
  const search = String(appendValues(new URLSearchParams(), query))
  return search ? `${path}?${search}` : path
}

/**
 * Repeats the name for each item of a list, omits undefined, writes null as the empty string and dates as ISO 8601; keeps
 * files. Members of an object have names with brackets: `filter[city]`.
 *
 * @param isForm Whether objects, and lists of objects or lists, are written as JSON: forms may contain it.
 * @throws {TypeError} for a list of objects or lists that is not in a form.
 */
export function appendValues<T extends URLSearchParams | FormData>(
  target: T,
  values: object = {},
  isForm = false,
): T {
  for (const [name, value] of Object.entries(values)) {
    const items = [value].flat()
    if (isForm && items.some((item) => isRecord(item) || Array.isArray(item)))
      target.append(name, JSON.stringify(value))
    else if (isRecord(value))
      for (const key in value) appendValues(target, { [`${name}[${key}]`]: value[key] })
    else
      for (const item of items)
        if (item !== undefined)
          target.append(name, (item instanceof Blob ? item : writtenOf(item ?? '')) as string)
  }
  return target
}

function isRecord(value: unknown): value is Values {
  return value?.constructor === Object
}

/** @throws {TypeError} for a value without a text, such as an object or NaN. */
function writtenOf(value: unknown): string {
  const text = textOf(value)
  if (text === undefined) throw new TypeError(`'${value}' is not a parameter`)
  return text
}

/** The items of a list have commas between them, where a text may be a list. */
function segmentOf(template: string, name: string, converter = 'string', value: unknown): string {
  const isPath = converter === 'path'
  const items = isPath || converter === 'string' ? [value].flat() : [value]
  const text = items.map((item) => writtenOf(item ?? '')).join()
  if (text === '') throw new TypeError(`'${template}' needs '${name}'`)
  const segment = encodeText(text, isPath)?.replaceAll('%2C', ',')
  const isDivided = Array.isArray(value) && text.split(',').length > items.length
  if (segment === undefined || isDivided)
    throw new TypeError(`'${template}' cannot have '${text}' as '${name}'`)
  return segment
}
