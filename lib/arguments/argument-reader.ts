/**
 * Readers of the locations of a request: each has the values for the handler, or the issues. And the reader of content.
 *
 *     body: z.object({ name: z.string() })  ·  { "name": 7 }  →  422 Unprocessable Content
 */
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { EndpointOptions } from '../blueprint/endpoint-options.ts'
import { UnprocessableContent } from '../exceptions/client-errors.ts'
import type { ErrorItem } from '../http/problem.ts'
import { fragmentOf } from '../json/json-pointer.ts'
import { isLazy } from '../renderers/source.ts'
import { bracketsOf } from '../schema/brackets.ts'
import { coercionOf } from '../schema/coerce.ts'
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { JSON_CONTENT, type Notation } from '../schema/notation.ts'
import { prunerOf } from '../schema/pruner.ts'
import { isPlain } from '../schema/record.ts'
import type { Schema } from '../schema/schema.ts'
import { restorerOf, unknownPaths } from '../schema/unknown.ts'
import { type Issue, type Validated, validate } from '../schema/validate.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { RequestMembers } from './parameter-values.ts'

/** The issues of a location; undefined when it is valid. */
export type Issues = readonly ErrorItem[] | undefined

/** Reads one location into `exchange.arguments`. */
export type ArgumentReader = (exchange: Exchange) => Issues | Promise<Issues>

/** Treatment of members that a schema does not define. */
export type UnknownPolicy = 'refuse' | 'drop' | 'keep'

/** Locations in the order that their issues are listed. */
const ORDER = ['page', 'params', 'query', 'headers', 'cookies', 'body', 'files'] as const

/** Adds the reader of a location; one step runs all readers of an endpoint. */
export function addArgument(
  endpoint: Endpoint,
  location: (typeof ORDER)[number],
  read: ArgumentReader,
): void {
  if (!endpoint.arguments) endpoint.on('validate/readArguments', readArguments)
  const readers = [...(endpoint.arguments ?? []), { location, read }]
  endpoint.arguments = readers.sort((a, b) => ORDER.indexOf(a.location) - ORDER.indexOf(b.location))
}

/** Reads all locations, so that one answer lists all issues. @throws {UnprocessableContent} 422. */
function readArguments(exchange: Exchange): void | Promise<void> {
  let issues: Issues
  let pending: Promise<Issues>[] | undefined
  for (const { read } of exchange.endpoint.arguments ?? []) {
    const found = readSafely(read, exchange)
    if (found === undefined) continue
    if (found instanceof Promise) pending = [...(pending ?? []), found]
    else issues = [...(issues ?? []), ...found]
  }
  if (!pending) return finishReading(exchange, issues)
  return Promise.all(pending).then((late) =>
    finishReading(
      exchange,
      [issues, ...late].flatMap((some) => some ?? []),
    ),
  )
}

/** Calls a reader; an error becomes a rejection, so that those of other readers are handled too. */
function readSafely(read: ArgumentReader, exchange: Exchange): ReturnType<ArgumentReader> {
  try {
    return read(exchange)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Valid values are written on the request also where others are not: error handlers and hooks read them. */
export function finishReading(exchange: Exchange, issues: Issues): void {
  exchange.bindArguments()
  throwIfInvalid(issues)
}

/** @throws {UnprocessableContent} 422, when there are issues. */
function throwIfInvalid(issues: Issues): void {
  if (!issues || issues.length === 0) return
  const count = issues.length
  const detail = count === 1 ? '1 validation error' : `${count} validation errors`
  throw new UnprocessableContent(detail, { errors: issues })
}

declare module '../blueprint/endpoint.ts' {
  interface Endpoint<O extends EndpointOptions> {
    /** Readers of the locations; undefined where no location has a schema. */
    arguments?: readonly { readonly location: (typeof ORDER)[number]; readonly read: ArgumentReader }[]
    /** Query parameters that a feature reads itself, and that the query schema need not define. */
    reservedParameters?: readonly string[]
    /** Whether `a[b]` in queries and forms is the member b of a. */
    nestedParameters?: boolean
    readonly '~arguments'?: O
  }
}

export const NO_ISSUES: readonly ErrorItem[] = []

/** Content as a schema reads it. */
interface ContentReading {
  readonly schema: Schema
  /** The schema library's own policy when undefined. */
  readonly policy: UnknownPolicy | undefined
  readonly hook: JsonSchemaHook | undefined
  /** How its values are written. Default: as JSON. */
  readonly notation?: Notation
  /** Of a form: whether names with brackets are nested. Undefined for other content. */
  readonly isNested?: boolean | undefined
}

/** Reads the parsed content. */
export function contentReader({
  schema,
  policy,
  hook,
  notation = JSON_CONTENT,
  isNested,
}: ContentReading): ArgumentReader {
  const jsonSchema = jsonSchemaOf(schema, 'input', hook)
  const unbracket = isNested === undefined ? undefined : bracketsOf(jsonSchema, isNested)
  const coerce = coercionOf(jsonSchema, notation)
  const finish = validatorOf('body', { schema, jsonSchema, policy, itemOf })
  return (exchange) => {
    const { body: sent } = exchange.request as RequestMembers
    const body = coerce(unbracket && isPlain(sent) ? unbracket(sent) : sent) // members of JSON in a form are known now
    const issues = policy === 'refuse' ? unknownMembers(jsonSchema, body) : NO_ISSUES
    const found = finish(exchange, body, body, issues)
    if (!isLazy(sent)) return found
    return found instanceof Promise ? found.then(throwForStream) : throwForStream(found)
  }
}

/** @throws {TypeError} where a schema refuses a stream: no client could send another. */
function throwForStream(issues: Issues): Issues {
  if (issues === undefined || issues.length === 0) return undefined
  throw new TypeError(
    `The parser returns a stream, which the schema of the body refuses (${issues[0]?.detail}): leave out 'body', and validate each value where the handler reads it`,
  )
}

interface Validation {
  readonly schema: Schema
  readonly jsonSchema: JsonSchema | undefined
  readonly policy: UnknownPolicy | undefined
  readonly itemOf: (issue: Issue) => ErrorItem
}

/**
 * A function that validates values and stores the output.
 *
 * @returns of the function: its issues and those of the schema. `sent` are all values, from which a policy keeps those
 * that the schema does not know.
 */
export function validatorOf(
  name: string,
  { schema, jsonSchema, policy, itemOf }: Validation,
): (
  exchange: Exchange,
  value: unknown,
  sent: unknown,
  issues: readonly ErrorItem[],
) => ReturnType<ArgumentReader> {
  const prune = policy === undefined ? same : prunerOf(jsonSchema, { isClosed: policy !== 'keep' })
  const restore = policy === 'keep' ? restorerOf(jsonSchema) : (_sent: unknown, value: unknown) => value
  return (exchange, value, sent, issues) => {
    const settle = (validated: Validated<unknown>): Issues => {
      if ('issues' in validated) {
        if (sent === undefined) return [CONTENT_REQUIRED]
        return [...issues, ...validated.issues.map(itemOf)]
      }
      if (issues.length > 0) return issues
      storeArgument(exchange, name, restore(sent, validated.value))
      return undefined
    }
    const validated = validate(schema, prune(value))
    return validated instanceof Promise ? validated.then(settle) : settle(validated)
  }
}

/** Stores a validated value until the request is bound. */
export function storeArgument(exchange: Exchange, name: string, value: unknown): void {
  exchange.arguments ??= {}
  exchange.arguments[name] = value
}

/** The issue of a request without content. */
export const CONTENT_REQUIRED: ErrorItem = { detail: 'Content is required', pointer: '#' }

/** The issues of content whose unknown members are refused. @param isPartial Of a patch: members may be missing. */
export function unknownMembers(schema: JsonSchema | undefined, content: unknown, isPartial = false) {
  const paths = unknownPaths(schema, content, true, isPartial)
  return paths.map((path): ErrorItem => itemOf({ path, detail: 'Unknown member' }))
}

/** An issue of content, as problem documents have it. */
function itemOf({ path, detail }: Issue): ErrorItem {
  return { detail, pointer: fragmentOf(path) }
}

function same<T>(value: T): T {
  return value
}
