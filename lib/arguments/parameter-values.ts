/** The values of a request's parameters, by location, before they are validated. */
import { parseCookie } from 'cookie'
import { put } from '../schema/record.ts'
import type { Exchange } from '../walk/exchange.ts'

/** Locations of parameters, by the name of their option. */
export type ParameterLocation = 'params' | 'query' | 'headers' | 'cookies'

export type Values = Readonly<Record<string, unknown>>

/** The request with its parsed members. */
export type RequestMembers = Exchange['request'] & Record<string, unknown>

/**
 * A function that reads all values of a location; of header fields those that the schema names.
 *
 * @param names of the schema; undefined when they are not known.
 */
export function valuesOf(
  location: ParameterLocation,
  names: readonly string[] | undefined,
): (request: RequestMembers) => Values {
  switch (location) {
    case 'headers':
      return names ? headersOf(names) : ({ headers }) => headers as Values
    case 'cookies':
      return ({ headers }) => ({ ...parseCookie(headers.cookie ?? '') }) // a record, where the package returns an instance
    default:
      return (request) => request[location] as Values
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
