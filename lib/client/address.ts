/**
 * Addresses from templates: what the blueprint declared, filled in.
 *
 *     /pets/<int:id>, { id: 7 }, { tag: ['a', 'b'] }  →  /pets/7?tag=a&tag=b
 */
import { PATH_PARAMETER } from '../routing/path-parameter.ts'

/** A segment that is `.` or `..`, encoded or not: a client resolves it before it sends anything. */
const DOTS = /(^|\/)(\.|%2e){1,2}(\/|$)/i

type Values = Readonly<Record<string, unknown>>

/** Path and query. @throws {TypeError} for a parameter that is missing, or that would leave its place in the path. */
export function addressOf(template: string, params: Values = {}, query: Values = {}): string {
  let end = 0
  let path = ''
  for (const match of template.matchAll(PATH_PARAMETER)) {
    const [whole, converter, name = match[3] as string] = match
    path += encodeURI(template.slice(end, match.index)) + segmentOf(template, name, converter, params[name])
    end = match.index + whole.length
  }
  path += encodeURI(template.slice(end))
  if (DOTS.test(path)) throw new TypeError(`'${path}' is no address of '${template}'`)
  const search = String(filled(new URLSearchParams(), query))
  return search ? `${path}?${search}` : path
}

/** A list repeats its name; undefined and null are left out; dates are ISO 8601, files stay what they are. */
export function filled<T extends URLSearchParams | FormData>(target: T, values: object = {}): T {
  for (const [name, value] of Object.entries(values)) {
    for (const item of [value].flat()) {
      if (item !== undefined && item !== null)
        target.append(name, (item instanceof Blob ? item : textOf(item)) as string)
    }
  }
  return target
}

/** Dates are ISO 8601. */
export function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

function segmentOf(template: string, name: string, converter: string | undefined, value: unknown): string {
  const text = value === undefined || value === null ? '' : textOf(value)
  if (text === '') throw new TypeError(`'${template}' needs '${name}'`)
  if (converter === 'path') return text.split('/').map(encodeURIComponent).join('/')
  return encodeURIComponent(converter === 'float' && /^\d+$/.test(text) ? `${text}.0` : text)
}
