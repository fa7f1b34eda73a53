/** An endpoint with the data that its operation in a document needs. */
import type { ArgumentsEndpointOptions } from '../../arguments/arguments.ts'
import type { Endpoint } from '../../blueprint/endpoint.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Io } from '../schema/schema-components.ts'
import type { SchemaOrigin } from '../schema/schema-registry.ts'

export interface EndpointEntry {
  readonly endpoint: Endpoint
  /** Unique in the document: `pets.show`, `shops.pets.show`. */
  readonly operationId: string
  /** Names of the endpoint's blueprint and its parents, outermost first. */
  readonly blueprintNames: readonly string[]
  /** Parameter Objects for the blueprint's prefix. */
  readonly parameters: readonly JsonSchema[]
}

/**
 * Origin of a schema of a request, for error messages and generated names.
 *
 * @param label in lower case: `the body`.
 * @param suffix of a generated name: `Body`.
 */
export function requestOrigin(entry: EndpointEntry, label: string, suffix: string): SchemaOrigin {
  const { options, owner } = entry.endpoint
  const policy = (options as ArgumentsEndpointOptions).unknown ?? owner.settings.unknown
  return { ...originOf(entry, 'input', label, suffix), policy }
}

/** Origin of a schema of a response: it describes the data as it is sent. @param label in lower case. */
export function responseOrigin(entry: EndpointEntry, label: string): SchemaOrigin {
  return originOf(entry, entry.endpoint.responseValidators?.sentForm ?? 'output', label, 'Response')
}

function originOf(
  { endpoint, operationId }: EndpointEntry,
  io: Io,
  label: string,
  suffix: string,
): SchemaOrigin {
  const { jsonSchema: hook } = endpoint.owner.settings
  const words = operationId.split(/\W+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return { io, where: `${label} of '${operationId}'`, suggestedName: words.join('') + suffix, hook }
}
