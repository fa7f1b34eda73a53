/** The values of a request's parameters, by location, before they are validated. */
import { parseCookie } from 'cookie'
import { put } from '../schema/record.ts'
import type { Exchange } from '../walk/exchange.ts'

/** Locations of parameters, by the name of their option. */
export type ParameterLocation = 'params' | 'query' | 'headers' | 'cookies'

export type Values = Readonly<Record<string, unknown>>

/** The request with its parsed members. */
export type RequestMembers = Exchange['request'] & Record<string, unknown>

/** All values of a location. @param names of the schema; undefined when they are not known. */
export function valuesOf(
  location: ParameterLocation,
  request: RequestMembers,
  names: readonly string[] | undefined,
): Values {
  switch (location) {
    case 'headers':
      return names ? headersOf(request, names) : (request.headers as Values)
    case 'cookies':
      return { ...parseCookie(request.headers.cookie ?? '') } // a record, where the package returns an instance
    default:
      return request[location] as Values
  }
}

/** Header fields under the schema's spelling of their names: they have no case (RFC 9110 §5.1). */
function headersOf(request: RequestMembers, names: readonly string[]): Values {
  const values: Record<string, unknown> = { ...request.headers }
  for (const name of names) {
    const value = request.headers[name.toLowerCase()]
    delete values[name.toLowerCase()]
    if (value !== undefined) values[name] = value
  }
  return values
}

/** The values of some names. */
export function pick(values: Values, names: readonly string[]): Values {
  const picked: Record<string, unknown> = {}
  for (const name of names) if (Object.hasOwn(values, name)) put(picked, name, values[name])
  return picked
}
