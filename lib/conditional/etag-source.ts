/**
 * The source of an endpoint's validators: its option `etag`, completed by its blueprint's.
 *
 *     etag: { current: ({ params }) => pets.get(params.id), data: (pet) => pet.version }
 */
import { type Schema, schemaOf } from '../schema/schema.ts'
import { validateNow } from '../schema/validate.ts'
import type { EtagOptions } from './etag-options.ts'

export interface EtagSource {
  readonly current: EtagOptions['current'] | undefined
  readonly lastModified: EtagOptions['lastModified'] | undefined
  /** Whether a request without a precondition is a 428. */
  readonly isRequired: boolean
  /** The text that identifies a state in its ETags. */
  hash(state: unknown): string
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
  return typeof option === 'object' ? option : {}
}

const OVERWRITING_METHODS: readonly string[] = ['PUT', 'PATCH', 'DELETE']

/** @throws {TypeError} for an option that is not a function, or an invalid schema. */
export function etagSource(
  { current, lastModified, data, schema, required = true }: EtagOptions,
  { method, name }: { readonly method: string; readonly name: string },
  generate: (state: unknown) => string,
): EtagSource {
  for (const [option, value] of Object.entries({ current, lastModified, data })) {
    if (value !== undefined && typeof value !== 'function')
      throw new TypeError(`The option etag.${option} of '${name}' is not a function`)
  }
  const apply = schema && applySchema(schema, `The option etag.schema of '${name}'`)
  return {
    current,
    lastModified,
    isRequired: required && OVERWRITING_METHODS.includes(method),
    hash(state) {
      const identity = data ? data(state) : state
      return generate(apply ? apply(identity) : identity)
    },
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
