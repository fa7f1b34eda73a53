/** The values of a request's parameters, by location, before they are validated. */
import { parseCookie } from 'cookie'
import { put } from '../schema/record.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { ParameterLocation } from './parameter-location.ts'

export type Values = Readonly<Record<string, unknown>>

/** The request with its parsed members. */
export type RequestMembers = Exchange['request'] & Record<string, unknown>

/**
 * A function that reads all values of a location; of header fields those that the schema names.
 *
 * @param names of the schema; undefined when they are not known.
 * @param lists names of the members that are lists: all cookies of such a name are read.
 */
export function valuesOf(
  location: ParameterLocation,
  names: readonly string[] | undefined,
  lists: readonly string[] = [],
): (request: RequestMembers) => Values {
  switch (location) {
    case 'headers':
      return names ? headersOf(names) : ({ headers }) => headers as Values
    case 'cookies':
      return lists.length > 0 ? cookiesOf(lists) : ({ headers }) => firstCookies(headers.cookie)
    default:
      return (request) => request[location] as Values
  }
}

/** The first cookie of each name; in a record, where the package returns an instance. */
function firstCookies(field = ''): Record<string, unknown> {
  return { ...parseCookie(field) }
}

/** The first cookie of each name; of the names of lists all, where there are several. */
function cookiesOf(lists: readonly string[]): (request: RequestMembers) => Values {
  return ({ headers: { cookie } }) => {
    const values = firstCookies(cookie)
    if (!lists.some((name) => Object.hasOwn(values, name))) return values
    const pairs = (cookie ?? '').split(';').flatMap((pair) => Object.entries(parseCookie(pair)))
    for (const name of lists) {
      const all = pairs.flatMap(([other, value]) => (other === name ? [value] : []))
      if (all.length > 1) put(values, name, all)
    }
    return values
  }
}

/** Header fields under the schema's spelling of their names: they have no case (RFC 9110 §5.1). */
function headersOf(names: readonly string[]): (request: RequestMembers) => Values {
  const fields = names.map((name) => [name, name.toLowerCase()] as const)
  return ({ headers }) => {
    const values: Record<string, unknown> = {}
    for (const [name, field] of fields) {
      const value = Object.hasOwn(headers, field) ? headers[field] : undefined
      if (value !== undefined) put(values, name, value)
    }
    return values
  }
}

/** The values of some names. */
export function pick(values: Values, names: readonly string[]): Values {
  const picked: Record<string, unknown> = {}
  for (const name of names) if (Object.hasOwn(values, name)) put(picked, name, values[name])
  return picked
}
