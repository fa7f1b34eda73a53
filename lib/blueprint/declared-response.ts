/**
 * What an endpoint says it answers: by status, and by media type where they differ.
 *
 *     response: { 201: Pet, 202: { 'text/csv': Row }, 204: null }
 */
import { MediaType } from '../http/media-type.ts'
import { type InputOf, isSchema, type Schema, schemaOf } from '../schema/schema.ts'

/** A schema with what documentation says besides. */
export interface DescribedResponse<S extends Schema = Schema> {
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
export interface DeclaredResponse {
  /** 200 to 599. */
  readonly status: number
  /** By media type; `*` for all that have none of their own. Empty for an answer without content. */
  readonly schemas: ReadonlyMap<string, Schema>
  readonly described: Omit<DescribedResponse, 'schema'>
}

/**
 * The responses by status.
 *
 * @param status where a schema without a status belongs.
 * @throws {TypeError} that names the endpoint, for what is no schema and no status.
 */
export function responsesOf(
  option: ResponseOption,
  status: number,
  endpoint: string,
): Map<number, DeclaredResponse> {
  const byStatus = isRecord(option) && keysAre(option, isStatus)
  const entries = byStatus ? Object.entries(option) : [[String(status), option] as const]
  return new Map(
    entries.map(([key, declared]) => {
      const where = `The response ${key} of '${endpoint}'`
      return [Number(key), responseOf(Number(key), declared as StatusResponse, where)]
    }),
  )
}

function responseOf(status: number, declared: StatusResponse, where: string): DeclaredResponse {
  if (declared === null) return { status, schemas: new Map(), described: {} }
  if (isSchema(declared)) return { status, schemas: new Map([['*', declared]]), described: {} }
  if (isRecord(declared) && keysAre(declared, isMediaType)) {
    const schemas = Object.entries(declared).map(
      ([type, schema]) => [MediaType.of(type).toString(), schemaOf(schema, `${where} as ${type}`)] as const,
    )
    return { status, schemas: new Map(schemas), described: {} }
  }
  if (isRecord(declared) && keysAre(declared, isDescription)) {
    const { schema, ...described } = declared as DescribedResponse
    const inner = schema === null || schema === undefined ? null : schemaOf(schema, where)
    return { ...responseOf(status, inner, where), described }
  }
  return { status, schemas: new Map([['*', schemaOf(declared, where)]]), described: {} }
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
export type DataOf<R> = R extends Schema
  ? InputOf<R>
  : R extends null
    ? undefined
    : R extends { readonly schema: infer S }
      ? DataOf<S>
      : R extends Readonly<Record<string, unknown>>
        ? { [K in keyof R]: DataOf<R[K]> }[keyof R]
        : unknown
