/**
 * One location of a request, read by its schema: the values a handler gets, or what is wrong with them.
 *
 *     query: z.object({ page: z.int() })  ·  ?page=2  →  request.query.page === 2
 */
import { parseCookie } from 'cookie'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { UnprocessableContent } from '../exceptions/client-errors.ts'
import type { ErrorItem } from '../http/problem.ts'
import { pointerOf } from '../json/json-pointer.ts'
import { coercionOf } from '../schema/coerce.ts'
import { type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { put } from '../schema/record.ts'
import { type Schema, schemaOf } from '../schema/schema.ts'
import { knownOf, prunerOf, restorerOf, unknownPaths } from '../schema/unknown.ts'
import { type Issue, type Validated, validate } from '../schema/validate.ts'
import type { Exchange } from '../walk/exchange.ts'

/** What is wrong; undefined when all is well. */
export type Issues = readonly ErrorItem[] | undefined

/** Reads one location and writes its values on the request. */
export type ArgumentReader = (exchange: Exchange) => Issues | Promise<Issues>

/** What is done with members that a schema does not know. */
export type UnknownPolicy = 'refuse' | 'drop' | 'keep'

/** Adds a location to those of an endpoint; the first brings the stage that reads them all. */
export function addArgument(endpoint: Endpoint, reader: ArgumentReader): void {
  if (endpoint.arguments.push(reader) === 1) endpoint.receive.push(readArguments)
}

/** Reads all locations, so that all that is wrong is told together. @throws {UnprocessableContent} 422. */
function readArguments(exchange: Exchange): void | Promise<void> {
  let complaints: Issues
  let pending: Promise<Issues>[] | undefined
  for (const read of exchange.endpoint.arguments) {
    const found = readSafely(read, exchange)
    if (found === undefined) continue
    if (found instanceof Promise) pending = [...(pending ?? []), found]
    else complaints = [...(complaints ?? []), ...found]
  }
  if (!pending) return throwIfInvalid(complaints)
  return Promise.all(pending).then((late) =>
    throwIfInvalid([complaints, ...late].flatMap((some) => some ?? [])),
  )
}

/** A reader that throws must not leave the promises of others behind: their rejections would be nobody's. */
function readSafely(read: ArgumentReader, exchange: Exchange): ReturnType<ArgumentReader> {
  try {
    return read(exchange)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** @throws {UnprocessableContent} 422, when there is something to complain of. */
export function throwIfInvalid(complaints: Issues): void {
  if (!complaints || complaints.length === 0) return
  const count = complaints.length
  const detail = count === 1 ? '1 validation error' : `${count} validation errors`
  throw new UnprocessableContent(detail, { errors: complaints })
}

/** Where parameters stand, by the name of their option. */
export type ParameterLocation = 'params' | 'query' | 'headers' | 'cookies'

/** As problem documents call the locations. */
const PROBLEM_LOCATION: Readonly<Record<ParameterLocation, string>> = {
  params: 'path',
  query: 'query',
  headers: 'header',
  cookies: 'cookie',
}

const NONE: readonly ErrorItem[] = []

type Values = Readonly<Record<string, unknown>>

/** Members are written on the request as handlers see them. */
type Written = Exchange['request'] & Record<string, unknown>

/** Of a header field its members stand between commas (RFC 9110 §5.6.1). */
const LIST = { delimiter: ',' }

/**
 * Reads parameters: strings are coerced by the schema, and what it does not know is dropped unless the policy
 * says otherwise. Only query parameters are refused: the path is the developer's, and fields and cookies come
 * of a client's own accord, or of other applications on the host.
 */
export function parameterReader(
  endpoint: Endpoint,
  location: ParameterLocation,
  option: Schema,
  policy: UnknownPolicy = 'drop',
  hook?: JsonSchemaHook,
): ArgumentReader {
  const schema = schemaOf(option, `The option '${location}' of '${endpoint.name}'`)
  const jsonSchema = jsonSchemaOf(schema, 'input', hook)
  const coerce = coercionOf(jsonSchema, location === 'headers' ? LIST : {})
  const known = knownOf(jsonSchema)
  const names = known ? [...known] : undefined
  const restore = policy === 'keep' ? restorerOf(jsonSchema) : taken
  const isRefusing = policy === 'refuse' && location === 'query'
  const itemOf = ({ path: [parameter, ...rest], detail }: Issue): ErrorItem => {
    const place = rest.length > 0 ? `${rest.join('.')}: ` : ''
    const where = parameter === undefined ? {} : { parameter: String(parameter) }
    return { detail: place + detail, in: PROBLEM_LOCATION[location], ...where }
  }
  return (exchange) => {
    const request = exchange.request as Written
    const all = valuesOf(location, request, names)
    const given = names ? pick(all, names) : all
    const complaints = isRefusing
      ? unknownPaths(jsonSchema, all).map((path) => itemOf({ path, detail: 'Unknown parameter' }))
      : NONE
    const settle = (validated: Validated<unknown>): Issues => {
      if ('issues' in validated) return [...complaints, ...validated.issues.map(itemOf)]
      if (complaints.length > 0) return complaints
      const value = restore(all, validated.value)
      if (location === 'headers') Object.assign(request.headers, value)
      else request[location] = value
      return undefined
    }
    const validated = validate(schema, coerce(given))
    return validated instanceof Promise ? validated.then(settle) : settle(validated)
  }
}

function valuesOf(
  location: ParameterLocation,
  request: Written,
  names: readonly string[] | undefined,
): Values {
  switch (location) {
    case 'headers':
      return names ? headersOf(request, names) : (request.headers as Values)
    case 'cookies':
      return parseCookie(request.headers.cookie ?? '')
    default:
      return request[location] as Values
  }
}

/** Fields under the names the schema gives them: field names have no case (RFC 9110 §5.1). */
function headersOf(request: Written, names: readonly string[]): Values {
  const values: Record<string, unknown> = { ...request.headers }
  for (const name of names) {
    const value = request.headers[name.toLowerCase()]
    delete values[name.toLowerCase()]
    if (value !== undefined) values[name] = value
  }
  return values
}

function pick(values: Values, names: readonly string[]): Values {
  const picked: Record<string, unknown> = {}
  for (const name of names) if (Object.hasOwn(values, name)) put(picked, name, values[name])
  return picked
}

/** Content as a schema reads it. */
export interface ContentReading {
  readonly schema: Schema
  /** The schema library's own policy when undefined. */
  readonly policy: UnknownPolicy | undefined
  readonly hook: JsonSchemaHook | undefined
  /** Whether all values arrive as text: forms. */
  readonly isText: boolean
}

/** Reads what content was parsed to. */
export function contentReader({ schema, policy, hook, isText }: ContentReading): ArgumentReader {
  const jsonSchema = jsonSchemaOf(schema, 'input', hook)
  const coerce = isText ? coercionOf(jsonSchema) : same
  const prune = policy === undefined ? same : prunerOf(jsonSchema)
  const restore = policy === 'keep' ? restorerOf(jsonSchema) : taken
  return (exchange) => {
    const request = exchange.request as Written
    const { body } = request
    const complaints =
      policy === 'refuse'
        ? unknownPaths(jsonSchema, body).map((path) => itemOf({ path, detail: 'Unknown member' }))
        : NONE
    const settle = (validated: Validated<unknown>): Issues => {
      if ('issues' in validated) {
        if (body === undefined) return [{ detail: 'Content is required', pointer: '#' }]
        return [...complaints, ...validated.issues.map(itemOf)]
      }
      if (complaints.length > 0) return complaints
      request.body = restore(body, validated.value)
      return undefined
    }
    const validated = validate(schema, prune(coerce(body)))
    return validated instanceof Promise ? validated.then(settle) : settle(validated)
  }
}

function itemOf({ path, detail }: Issue): ErrorItem {
  return { detail, pointer: pointerOf(path) }
}

function same(value: unknown): unknown {
  return value
}

/** What the schema made of a value is all there is. */
function taken(_from: unknown, value: unknown): unknown {
  return value
}
