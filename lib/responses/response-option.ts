/**
 * The option `response`: the responses of an endpoint by status, and by media type where they differ.
 *
 *     response: { 201: Pet, 202: { 'text/csv': Row }, 204: null, '4XX': Failure, default: Failure }
 */
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import { isSchema, type Schema, schemaOf } from '../schema/schema.ts'

/** A schema with its documentation. */
export interface DescribedResponse<
  S extends Schema | Readonly<Record<string, Schema>> = Schema | Readonly<Record<string, Schema>>,
> {
  /** Null: no content. Omitted: any content is allowed. */
  readonly schema?: S | null
  readonly description?: string
  /** Examples by name. */
  readonly examples?: Readonly<Record<string, unknown>>
  /** Descriptions of the header fields, by name. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The response of one status; null is a response without content. */
export type StatusResponse = Schema | DescribedResponse | Readonly<Record<string, Schema>> | null

/** The option `response`: a schema for the status of the endpoint, or a map of statuses or media types. */
export type ResponseOption = Schema | DescribedResponse | Readonly<Record<string, StatusResponse>>

/** A status from 200 to 599, all of a class, or all failures (300 and above) that are not declared. */
export type ResponseStatus = number | `${2 | 3 | 4 | 5}XX` | 'default'

/** The response of one status, in its normal form. */
export interface ResponseDefinition {
  readonly status: ResponseStatus
  /** By media type, or `*` for all. Empty without content, and for an error without a schema. */
  readonly schemas: ReadonlyMap<string, Schema>
  readonly described: Omit<DescribedResponse, 'schema'>
}

/**
 * The responses by status.
 *
 * @param status of the endpoint, if it has that option; a schema without a status is for this one. Default
 * 200.
 * @throws {TypeError} that names the endpoint and the status, for an unknown status, for an invalid schema, for a schema of a status
 * that forbids content, and for an endpoint status that is not declared.
 */
export function responsesOf(
  option: ResponseOption,
  status: number | undefined,
  endpoint: string,
): Map<ResponseStatus, ResponseDefinition> {
  checkStatuses(option, endpoint)
  const responses = new Map(
    entriesOf(option, status).map(([key, declared]) => {
      const where = `The response ${key} of '${endpoint}'`
      return [key, responseOf(key, declared, where)]
    }),
  )
  const successes = [...responses.keys()].filter(isSuccess)
  if (status !== undefined && successes.length > 0 && !ofStatus(responses, status)) {
    throw new TypeError(
      `The status ${status} of '${endpoint}' is not declared in its response: ${successes.join(', ')}`,
    )
  }
  return responses
}

function entriesOf(option: ResponseOption, status = 200): (readonly [ResponseStatus, StatusResponse])[] {
  const isByStatus = isRecord(option) && keysAre(option, isStatus)
  if (!isByStatus) return [[status, option as StatusResponse]]
  return Object.entries(option).map(([key, declared]) => [
    /^\d+$/.test(key) ? Number(key) : (key as ResponseStatus),
    declared as StatusResponse,
  ])
}

/** @throws {TypeError} for an unknown status beside a known one, or alone: `4xx`. */
function checkStatuses(option: ResponseOption, endpoint: string): void {
  const keys = isRecord(option) ? Object.keys(option) : []
  const unknown = keys.find((key) => !isStatus(key))
  if (unknown === undefined || !keys.some((key) => isStatus(key) || /^\d(\d\d|xx)$/i.test(key))) return
  const upper = unknown.toUpperCase()
  const advice = isStatus(upper) ? `'${upper}'` : `200 to 599, '2XX' to '5XX' or 'default'`
  throw new TypeError(`The response of '${endpoint}' has the unknown status '${unknown}': write ${advice}`)
}

/** The entry of a status, of its class, or of `default` for a failure. */
export function ofStatus<T>(entries: ReadonlyMap<ResponseStatus, T>, status: number): T | undefined {
  const byClass = () => entries.get(`${Math.floor(status / 100)}XX` as ResponseStatus)
  return entries.get(status) ?? byClass() ?? (isSuccess(status) ? undefined : entries.get('default'))
}

/** Whether a status is a success, so that it has to be declared. */
export function isSuccess(status: ResponseStatus): boolean {
  return status === '2XX' || Number(status) < 300
}

/**
 * The media types that the option names for successes, as `setMimetypes` takes them: null beside a success with one
 * schema for all types. Empty where no type is named, or where a range is, which cannot be offered.
 */
export function offeredTypesOf(option: ResponseOption): (string | null)[] {
  const types = entriesOf(option).flatMap(([status, declared]) => {
    if (!isSuccess(status) || declared === null) return []
    const isDescribed = isRecord(declared) && keysAre(declared, isDescription)
    const schema = isDescribed ? declared.schema : declared
    if (schema === null) return []
    return isRecord(schema) && keysAre(schema, isMediaType) ? Object.keys(schema) : [null]
  })
  const isNamed = types.some((type) => type !== null)
  const canBeOffered = types.every((type) => type === null || MediaType.parse(type)?.isRange === false)
  return isNamed && canBeOffered ? [...new Set(types)] : []
}

function responseOf(status: ResponseStatus, declared: StatusResponse, where: string): ResponseDefinition {
  if (isRecord(declared) && keysAre(declared, isDescription)) {
    const { schema, ...described } = declared as DescribedResponse
    return { status, schemas: schemasOf(status, schema, where), described }
  }
  return { status, schemas: schemasOf(status, declared as Schema | null, where), described: {} }
}

function schemasOf(
  status: ResponseStatus,
  declared: DescribedResponse['schema'],
  where: string,
): ResponseDefinition['schemas'] {
  if (declared === null) return new Map()
  if (declared === undefined)
    return new Map(isSuccess(status) && !forbidsContent(Number(status)) ? [['*', ANY]] : [])
  if (forbidsContent(Number(status)))
    throw new TypeError(`${where} has no content and cannot have a schema: use null, or a description`)
  if (!isRecord(declared) || !keysAre(declared, isMediaType))
    return new Map([['*', schemaOf(declared, where)]])
  return new Map(
    Object.entries(declared).map(([type, schema]) => {
      const mediaType = MediaType.parse(type)
      if (!mediaType) throw new TypeError(`${where} has the invalid media type ${JSON.stringify(type)}`)
      return [mediaType.toString(), schemaOf(schema, `${where} as ${type}`)]
    }),
  )
}

/** Accepts any value. */
const ANY: Schema = {
  '~standard': { version: 1, vendor: 'mazurka', validate: (value) => ({ value }) },
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isSchema(value)
}

function keysAre(record: object, fits: (key: string) => boolean): boolean {
  const keys = Object.keys(record)
  return keys.length > 0 && keys.every(fits)
}

function isStatus(key: string): boolean {
  return /^([2-5](\d\d|XX)|default)$/.test(key)
}

function isMediaType(key: string): boolean {
  return key.includes('/')
}

function isDescription(key: string): boolean {
  return key === 'schema' || key === 'description' || key === 'examples' || key === 'headers'
}
