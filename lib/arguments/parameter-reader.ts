/**
 * Reads the parameters of one location by their schema: of the path, the query, the header or the cookies.
 *
 *     query: z.object({ page: z.int() })  ·  ?page=2  →  request.query.page === 2
 */
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { ErrorItem } from '../http/problem.ts'
import { bracketsOf, listsOf } from '../schema/brackets.ts'
import { coercionOf } from '../schema/coerce.ts'
import { type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { FIELD, type Notation, SEGMENT, TEXT } from '../schema/notation.ts'
import { type Schema, schemaOf } from '../schema/schema.ts'
import { knownOf, unknownPaths } from '../schema/unknown.ts'
import type { Issue } from '../schema/validate.ts'
import { type ArgumentReader, NO_ISSUES, type UnknownPolicy, validatorOf } from './argument-reader.ts'
import { LOCATION_NAMES, type ParameterLocation } from './parameter-location.ts'
import { pick, type RequestMembers, type Values, valuesOf } from './parameter-values.ts'

const NOTATIONS: Readonly<Record<ParameterLocation, Notation>> = {
  params: SEGMENT,
  query: TEXT,
  headers: FIELD,
  cookies: TEXT,
}

/**
 * Reads parameters: strings are coerced by the schema, and unknown ones are dropped unless the policy differs.
 * Only query parameters are refused: the path is the developer's, and clients send header fields and cookies of
 * their own, or of other applications on the host.
 */
export function parameterReader(
  endpoint: Endpoint,
  location: ParameterLocation,
  option: Schema,
  policy?: UnknownPolicy,
  hook?: JsonSchemaHook,
): ArgumentReader {
  const schema = schemaOf(option, `The option '${location}' of '${endpoint.name}'`)
  const jsonSchema = jsonSchemaOf(schema, 'input', hook)
  const coerce = coercionOf(jsonSchema, NOTATIONS[location])
  const known = knownOf(jsonSchema, policy === 'drop' || policy === 'refuse')
  const names = known ? [...known] : undefined
  const read = valuesOf(location, names, listsOf(jsonSchema))
  const picked = location === 'headers' ? undefined : names // of header fields only these are read
  const unbracket =
    location === 'query'
      ? bracketsOf(jsonSchema, endpoint.nestedParameters ?? false)
      : (values: Values) => values
  const isRefusing = policy === 'refuse' && location === 'query'
  const itemOf = ({ path: [parameter, ...rest], detail }: Issue): ErrorItem => {
    const place = rest.length > 0 ? `${rest.join('.')}: ` : ''
    const where = parameter === undefined ? {} : { parameter: String(parameter) }
    return { detail: place + detail, in: LOCATION_NAMES[location], ...where }
  }
  const finish = validatorOf(location, { schema, jsonSchema, policy, itemOf })
  return (exchange) => {
    const request = exchange.request as RequestMembers
    const all = unbracket(read(request))
    const given = coerce(picked ? pick(all, picked) : all)
    const issues = isRefusing
      ? unknownPaths(jsonSchema, { ...all, ...(given as Values) }, true)
          .filter(([name]) => !endpoint.reservedParameters?.includes(String(name)))
          .map((path) => itemOf({ path, detail: 'Unknown parameter' }))
      : NO_ISSUES
    return finish(exchange, given, all, issues)
  }
}
