/**
 * Where the validators of an endpoint come from: what its option `etag` says, and its blueprint's.
 *
 *     etag: { current: ({ params }) => pets.get(params.id), data: (pet) => pet.version }
 */
import { type Schema, schemaOf } from '../schema/schema.ts'
import { validate } from '../schema/validate.ts'
import type { EtagEndpointOptions, EtagOptions } from './etag.ts'

export interface EtagSource {
  readonly current: EtagOptions['current'] | undefined
  readonly lastModified: EtagOptions['lastModified'] | undefined
  /** Whether a request without a precondition is a 428. */
  readonly isRequired: boolean
  /** What stands for a state in its tags. */
  hash(state: unknown): string
}

/** What is said of tags: the endpoint's words over its blueprint's. Undefined when none are wanted. */
export function etagOptionsOf(
  option: EtagEndpointOptions['etag'],
  usual: EtagEndpointOptions['etag'],
): EtagOptions | undefined {
  if (usual === false || !(option ?? usual)) return undefined
  return { ...detailsOf(usual), ...detailsOf(option) }
}

function detailsOf(option: EtagEndpointOptions['etag']): EtagOptions {
  return typeof option === 'object' ? option : {}
}

const OVERWRITING: readonly string[] = ['PUT', 'PATCH', 'DELETE']

/** @throws {TypeError} for what is no function, and no schema. */
export function etagSource(
  { current, lastModified, data, schema, required = true }: EtagOptions,
  { method, name }: { readonly method: string; readonly name: string },
  generate: (state: unknown) => string,
): EtagSource {
  for (const [option, value] of Object.entries({ current, lastModified, data })) {
    if (value !== undefined && typeof value !== 'function')
      throw new TypeError(`The option etag.${option} of '${name}' is no function`)
  }
  const through = schema && throughSchema(schema, `The option etag.schema of '${name}'`)
  return {
    current,
    lastModified,
    isRequired: required && OVERWRITING.includes(method),
    hash(state) {
      const told = data ? data(state) : state
      return generate(through ? through(told) : told)
    },
  }
}

/** @throws {TypeError} for what is no schema, and later for one that is async. */
function throughSchema(option: Schema, where: string): (state: unknown) => unknown {
  const schema = schemaOf(option, where)
  return (state) => {
    const validated = validate(schema, state)
    if (validated instanceof Promise) {
      validated.catch(() => {})
      throw new TypeError(`${where} is async, and a tag cannot wait`)
    }
    if ('issues' in validated) throw new Error(`${where} does not fit the state`)
    return validated.value
  }
}
