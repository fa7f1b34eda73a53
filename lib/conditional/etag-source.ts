/**
 * The source of an endpoint's validators: its option `etag`, completed by its blueprint's.
 *
 *     etag: { current: ({ params }) => pets.get(params.id), data: (pet) => pet.version }
 */
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { Comparison } from '../http/entity-tag.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { type Schema, schemaOf } from '../schema/schema.ts'
import { validateNow } from '../schema/validate.ts'
import type { EtagOptions } from './etag-options.ts'

export interface EtagSource {
  readonly current: EtagOptions['current'] | undefined
  readonly lastModified: EtagOptions['lastModified'] | undefined
  /** Whether a request without a precondition is a 428. */
  readonly isRequired: boolean
  /** Whether ETags are made from the value of the handler, not from the data after the response schema. */
  readonly usesValue: boolean
  /** The text that identifies a state in the ETags of a media type. */
  hash(state: unknown, contentType: string): string
  /** The same for all media types: several where their response schemas differ. */
  hashes(state: unknown): readonly string[]
  /** The same of the data of a response, or of the handler's value where {@link EtagSource.usesValue}. */
  hashData(data: unknown): string
}

/** An endpoint, as far as its ETags depend on it. */
type TaggedEndpoint = Pick<Endpoint, 'method' | 'name' | 'status' | 'responseValidators'>

/** The endpoint's options with its blueprint's as defaults; undefined where there are no ETags. */
export function etagOptionsOf(
  option: boolean | EtagOptions | undefined,
  defaults: boolean | EtagOptions | undefined,
): EtagOptions | undefined {
  if (defaults === false || !(option ?? defaults)) return undefined
  return { ...detailsOf(defaults), ...detailsOf(option) }
}

function detailsOf(option: boolean | EtagOptions | undefined): EtagOptions {
  return typeof option === 'object' ? option : {}
}

const KEYS: Keys<EtagOptions> = {
  current: 'function',
  lastModified: 'function',
  data: 'function',
  schema: true,
  comparison: true,
  required: 'boolean',
}

/** @throws {TypeError} for an unknown option, or a wrong value. */
export function checkEtag(where: string, option: boolean | EtagOptions | undefined): void {
  if (option !== undefined && typeof option !== 'boolean') checkOptions(where, option, KEYS)
}

const OVERWRITING_METHODS: readonly string[] = ['PUT', 'PATCH', 'DELETE']

const COMPARISONS: readonly unknown[] = ['strong', 'weak'] satisfies Comparison[]

/**
 * @param reader the endpoint whose response schema a state is hashed after; undefined: states are hashed as they are.
 * @throws {TypeError} for an unknown comparison, or an invalid schema.
 */
export function etagSource(
  { current, lastModified, data, schema, comparison = 'strong', required = true }: EtagOptions,
  { method, name }: TaggedEndpoint,
  generate: (state: unknown) => string,
  reader: () => TaggedEndpoint | undefined,
): EtagSource {
  if (!COMPARISONS.includes(comparison))
    throw new TypeError(
      `The option etag.comparison of '${name}' is 'strong' or 'weak', not ${String(comparison)}`,
    )
  const apply = schema && applySchema(schema, `The option etag.schema of '${name}'`)
  const isExplicit = data !== undefined || apply !== undefined
  const hashIdentity = (state: unknown) => {
    const identity = data ? data(state) : state
    return generate(apply ? apply(identity) : identity)
  }
  const hash = (state: unknown, contentType: string) => {
    const read = isExplicit ? undefined : reader()
    const validators = read?.responseValidators
    return hashIdentity(validators ? validators.represent(state, read?.status ?? 200, contentType) : state)
  }
  return {
    current,
    lastModified,
    isRequired: required && OVERWRITING_METHODS.includes(method),
    usesValue: isExplicit && !current,
    hash,
    hashes(state) {
      const read = isExplicit ? undefined : reader()
      const types = read?.responseValidators?.typesOf(read.status) ?? []
      if (types.length < 2) return [hash(state, types[0] ?? '*/*')]
      return types.map((type) => hash(state, type))
    },
    hashData: hashIdentity,
  }
}

/** @throws {TypeError} for an invalid schema, and when it is applied for an async one. */
function applySchema(option: Schema, where: string): (state: unknown) => unknown {
  const schema = schemaOf(option, where)
  return (state) => {
    const validated = validateNow(schema, state)
    if (!validated) throw new TypeError(`${where} is async: an ETag needs a schema that is not`)
    if ('issues' in validated) throw new Error(`${where} rejects the state`)
    return validated.value
  }
}
