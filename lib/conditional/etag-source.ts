/**
 * The source of an endpoint's validators: its option `etag`, completed by its blueprint's.
 *
 *     etag: { current: ({ params }) => pets.get(params.id), data: (pet) => pet.version }
 */
import { inspect } from 'node:util'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { resultNow } from '../exceptions/settle.ts'
import { type Comparison, isWholeTag, stateText } from '../http/entity-tag.ts'
import { isToken } from '../http/field.ts'
import { checkChoice, checkOptions, given, type Keys } from '../registry/options.ts'
import { type Schema, schemaOf } from '../schema/schema.ts'
import { validateNow } from '../schema/validate.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { EtagOptions } from './etag-options.ts'

export interface EtagSource {
  readonly current: EtagOptions['current'] | undefined
  readonly lastModified: EtagOptions['lastModified'] | undefined
  /** Whether a request without a precondition is a 428. */
  readonly isRequired: boolean
  /** Whether ETags are made from the value of the handler, not from the data after the response schema: it may be the state. */
  readonly usesValue: boolean
  /** Whether neither an option nor an override defines how the ETag of a read is made: that of a page is made from its content. */
  readonly isOfContent: boolean
  /** The text that identifies a state in the ETags of the media type of a response, or a whole ETag. */
  hash(state: unknown, exchange: Exchange): string
  /** The texts of a state in all media types: several where their response schemas differ, and of whole ETags. */
  hashes(state: unknown, exchange: Exchange): readonly string[]
  /** The text of the data of a response, or of the handler's value where {@link EtagSource.usesValue}. */
  hashData(data: unknown, exchange: Exchange): string
}

/** An endpoint, as far as ETags depend on it. */
type TaggedEndpoint = Pick<
  Endpoint,
  'name' | 'method' | 'status' | 'etag' | 'outgoing' | 'responseValidators'
>

/** `generateEtag` of the blueprint. */
interface EtagGenerator {
  generate(state: unknown, contentType: string): string
  /** Whether no class has replaced it. */
  readonly isDefault: () => boolean
}

/** The endpoint's options with its blueprint's as defaults; undefined where there are no ETags. */
export function etagOptionsOf(
  option: boolean | EtagOptions | undefined,
  defaults: boolean | EtagOptions | undefined,
): EtagOptions | undefined {
  if (defaults === false || !(option ?? defaults)) return undefined
  return { ...detailsOf(defaults), ...detailsOf(option) }
}

function detailsOf(option: boolean | EtagOptions | undefined): EtagOptions {
  return typeof option === 'object' ? given(option) : {}
}

const KEYS: Keys<EtagOptions> = {
  current: 'function',
  lastModified: 'function',
  data: 'function',
  schema: true,
  fields: true,
  comparison: true,
  required: 'boolean',
}

/** @throws {TypeError} for an unknown option, or a wrong value. */
export function checkEtagOptions(where: string, option: boolean | EtagOptions | undefined): void {
  if (option !== undefined && typeof option !== 'boolean') checkOptions(where, option, KEYS)
}

const OVERWRITING_METHODS: readonly string[] = ['PUT', 'PATCH', 'DELETE']

const COMPARISONS: readonly unknown[] = ['strong', 'weak'] satisfies Comparison[]

/**
 * @param readerOf finds the endpoint that reads the resource of a request: a state is hashed after its response schema.
 * @throws {TypeError} for an unknown comparison, a wrong field, or an invalid schema.
 */
export function etagSource(
  { current, lastModified, data, schema, fields = [], comparison = 'strong', required = true }: EtagOptions,
  { method, name }: TaggedEndpoint,
  { generate, isDefault }: EtagGenerator,
  readerOf: (exchange: Exchange) => TaggedEndpoint,
): EtagSource {
  checkChoice(`The etag of '${name}'`, 'comparison', comparison, COMPARISONS)
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string' && isToken(field)))
    throw new TypeError(`The option etag.fields of '${name}' is no list of field names: ${String(fields)}`)
  const apply = schema && applySchema(schema, `The option etag.schema of '${name}'`)
  const isExplicit = data !== undefined || apply !== undefined
  const isOverwriting = OVERWRITING_METHODS.includes(method)
  const [ofState, ofData] = [`The state of '${name}'`, `The value of etag.data of '${name}'`]
  const ofGenerator = `The value of generateEtag for '${name}'`
  const encode = (text: string) => {
    if (typeof text !== 'string' || text === '')
      throw new TypeError(`${ofGenerator} is not a text, or empty: ${inspect(text, { depth: 0 })}`)
    return stateText(text)
  }
  const hashIdentity = (state: unknown, contentType: string) => {
    const known = resultNow(state, ofState)
    const identity = data ? resultNow(data(known), ofData) : known
    const text = resultNow(generate(apply ? apply(identity) : identity, contentType), ofGenerator)
    return isDefault() ? text : encode(text)
  }
  /** The response schemas of the reading endpoint; undefined: states are hashed as they are. */
  const validatorsOf = ({ etag, responseValidators }: TaggedEndpoint) =>
    isExplicit || etag?.current ? undefined : responseValidators
  const hashAs = (read: TaggedEndpoint, state: unknown, contentType: string) => {
    const validators = validatorsOf(read)
    const shown = validators ? validators.represent(state, read.status, contentType) : state
    return hashIdentity(shown, contentType)
  }
  const hashOwn: EtagSource['hash'] = (data, { contentType }) => hashIdentity(data, contentType)
  const hash: EtagSource['hash'] = (state, exchange) =>
    hashAs(readerOf(exchange), state, exchange.contentType)
  return {
    current,
    lastModified:
      lastModified && ((state, request) => resultNow(lastModified(state, request), `The date of '${name}'`)),
    isRequired: required && isOverwriting,
    usesValue: (isExplicit || isOverwriting) && !current,
    isOfContent: isDefault() && !isExplicit && !current && fields.length === 0,
    hash: isExplicit ? hashOwn : hash,
    hashes(state, exchange) {
      const read = readerOf(exchange)
      const all = read.outgoing?.offers.map(({ contentType }) => contentType) ?? []
      const types = validatorsOf(read)?.typesOf(read.status) ?? []
      const first = hashAs(read, state, types[0] ?? all[0] ?? '*/*')
      const others = isWholeTag(first) ? all : types.slice(1)
      return [first, ...others.map((type) => hashAs(read, state, type))]
    },
    hashData: isOverwriting && !isExplicit ? hash : hashOwn, // the next request compares the tag of a changed resource with its state
  }
}

/** @throws {TypeError} for an invalid schema, and when it is applied for an async one. */
function applySchema(option: Schema, where: string): (state: unknown) => unknown {
  const schema = schemaOf(option, where)
  return (state) => {
    const validated = validateNow(schema, state)
    if (!validated) throw new TypeError(`${where} is async: an ETag needs a schema that is not`)
    if (validated === 'invalid') throw new Error(`${where} rejects the state`)
    return validated.value
  }
}
