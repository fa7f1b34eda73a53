/**
 * What an endpoint says it answers: by status, and by media type where they differ.
 *
 *     response: { 201: Pet, 202: { 'text/csv': Row }, 204: null }
 */
import { MediaType } from '../http/media-type.ts'
import { forbidsContent } from '../http/status.ts'
import { type InputOf, isSchema, type Schema, schemaOf } from '../schema/schema.ts'

/** A schema with what documentation says besides. */
export interface DescribedResponse<
  S extends Schema | Readonly<Record<string, Schema>> = Schema | Readonly<Record<string, Schema>>,
> {
  /** Null: there is no content. Left out: nothing is said of it, and anything goes. */
  readonly schema?: S | null
  readonly description?: string
  /** Examples by name. */
  readonly examples?: Readonly<Record<string, unknown>>
  /** Header fields that come along, by name, with what they say. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What may be declared for a status: null is an answer without content. */
export type StatusResponse = Schema | DescribedResponse | Readonly<Record<string, Schema>> | null

/** The option `response`: a schema for the status of the endpoint, or a map of statuses or media types. */
export type ResponseOption = Schema | DescribedResponse | Readonly<Record<string, StatusResponse>>

/** What one status answers. */
export interface ResponseDefinition {
  /** 200 to 599. */
  readonly status: number
  /** By media type, or under `*` the one for all. Empty for an answer without content, or an error's. */
  readonly schemas: ReadonlyMap<string, Schema>
  readonly described: Omit<DescribedResponse, 'schema'>
}

/**
 * The responses by status.
 *
 * @param status of the endpoint, where it says one; there a schema without a status belongs.
 * @throws {TypeError} that names the endpoint and the status, for what is no schema, for a schema where there
 * can be no content, and for a status that is none of the map's.
 */
export function responsesOf(
  option: ResponseOption,
  status: number | undefined,
  endpoint: string,
): Map<number, ResponseDefinition> {
  const byStatus = isRecord(option) && keysAre(option, isStatus)
  const entries = byStatus ? Object.entries(option) : [[String(status ?? 200), option] as const]
  const responses = new Map(
    entries.map(([key, declared]) => {
      const where = `The response ${key} of '${endpoint}'`
      return [Number(key), responseOf(Number(key), declared as StatusResponse, where)]
    }),
  )
  const successes = [...responses.keys()].filter(isSuccess)
  if (status !== undefined && successes.length > 0 && !responses.has(status)) {
    throw new TypeError(
      `The status ${status} of '${endpoint}' is none of its response: ${successes.join(', ')}`,
    )
  }
  return responses
}

/** Whether an answer is what was asked for, so that a schema applies to it. */
export function isSuccess(status: number): boolean {
  return status < 300
}

function responseOf(status: number, declared: StatusResponse, where: string): ResponseDefinition {
  if (isRecord(declared) && keysAre(declared, isDescription)) {
    const { schema, ...described } = declared as DescribedResponse
    return { status, schemas: schemasOf(status, schema, where), described }
  }
  return { status, schemas: schemasOf(status, declared as Schema | null, where), described: {} }
}

function schemasOf(
  status: number,
  declared: DescribedResponse['schema'],
  where: string,
): ResponseDefinition['schemas'] {
  if (declared === null) return new Map()
  if (declared === undefined)
    return new Map(isSuccess(status) && !forbidsContent(status) ? [['*', ANYTHING]] : [])
  if (forbidsContent(status)) throw new TypeError(`${where} has no content: it is null, or what describes it`)
  if (!isRecord(declared) || !keysAre(declared, isMediaType))
    return new Map([['*', schemaOf(declared, where)]])
  return new Map(
    Object.entries(declared).map(([type, schema]) => {
      const mediaType = MediaType.parse(type)
      if (!mediaType) throw new TypeError(`${where} is of no media type: ${JSON.stringify(type)}`)
      return [mediaType.toString(), schemaOf(schema, `${where} as ${type}`)]
    }),
  )
}

/** Takes whatever comes. */
const ANYTHING: Schema = {
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
  return /^[2-5]\d\d$/.test(key)
}

function isMediaType(key: string): boolean {
  return key.includes('/')
}

function isDescription(key: string): boolean {
  return key === 'schema' || key === 'description' || key === 'examples' || key === 'headers'
}

/** The data a declaration takes: the input of its schemas, undefined where there is an answer without content. */
export type DataOf<R> = [keyof R] extends [Status]
  ? { [K in keyof R]: DataAt<K, R[K]> }[keyof R]
  : ContentOf<R>

/** The same of the successes alone: what data that brings no status may be. */
export type SuccessOf<R> = [keyof R] extends [Status]
  ? [SuccessIn<R>] extends [never]
    ? unknown
    : DataOf<Pick<R, SuccessIn<R>>>
  : ContentOf<R>

/** The same of all others. */
export type FailureOf<R> = [keyof R] extends [Status] ? DataOf<Omit<R, SuccessIn<R>>> : never

type Status = number | `${number}`
type SuccessIn<R> = { [K in keyof R]: K extends Success ? K : never }[keyof R]
type Success = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226 | `2${number}`
type Empty = 204 | 205 | 304 | '204' | '205' | '304'

/** A description without a schema lets anything through, where there can be content. */
type DataAt<K, R> = R extends Schema | null
  ? ContentOf<R>
  : keyof R extends Exclude<keyof DescribedResponse, 'schema'>
    ? K extends Exclude<Success, Empty>
      ? unknown
      : undefined
    : ContentOf<R>

type ContentOf<R> = R extends Schema
  ? InputOf<R>
  : R extends null
    ? undefined
    : R extends { readonly schema: infer S }
      ? ContentOf<S>
      : keyof R extends Exclude<keyof DescribedResponse, 'schema'>
        ? unknown
        : R extends Readonly<Record<string, unknown>>
          ? { [K in keyof R]: ContentOf<R[K]> }[keyof R]
          : unknown
