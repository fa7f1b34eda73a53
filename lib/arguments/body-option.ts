/** The option `body`: a schema, or one for each media type the endpoint accepts. */

import type { Endpoint } from '../blueprint/endpoint.ts'
import { MediaType, MULTIPART } from '../http/media-type.ts'
import type { Incoming } from '../negotiation/incoming.ts'
import { jsonOf } from '../parsers/json.ts'
import type { JsonSchemaHook } from '../schema/json-schema.ts'
import { formNotation } from '../schema/notation.ts'
import { isSchema, type Schema, schemaOf } from '../schema/schema.ts'
import { type ArgumentReader, contentReader, type UnknownPolicy } from './argument-reader.ts'

/** A schema with its documentation. */
export interface DescribedBody<S extends Schema = Schema> {
  readonly schema: S
  readonly description?: string
  /** Examples by name. */
  readonly examples?: Readonly<Record<string, unknown>>
}

export type BodyOption = Schema | DescribedBody | Readonly<Record<string, Schema>>

/** Media types whose values arrive as text and have to be coerced. */
const FORMS: readonly string[] = ['application/x-www-form-urlencoded', MULTIPART]
const FORM = /* @__PURE__ */ formNotation(jsonOf)

/** The media types that have their own schema; empty when one schema applies to all. */
export function mediaTypesOf(option: BodyOption): string[] {
  if (isSchema(option) || typeof option !== 'object' || option === null) return []
  const keys = Object.keys(option)
  return keys.every((key) => key.includes('/')) ? keys : []
}

/**
 * The schema of each media type an endpoint accepts, by the entries of the incoming map.
 *
 * @throws {TypeError} for a value that is no schema, and for an accepted media type without one.
 */
export function bodySchemasOf(
  endpoint: { readonly name: string; readonly incoming: Pick<Incoming, 'types'> | undefined },
  option: BodyOption,
): Map<string, Schema> {
  const accepted = endpoint.incoming?.types ?? []
  const where = `The body of '${endpoint.name}'`
  const types = mediaTypesOf(option)
  if (types.length === 0) {
    const schema = isSchema(option) ? option : schemaOf((option as DescribedBody)?.schema ?? option, where)
    return new Map(accepted.map((type) => [type, schema]))
  }
  const byType = new Map(
    types.map((type) => [
      MediaType.of(type).toString(),
      schemaOf((option as Readonly<Record<string, unknown>>)[type], `${where} as ${type}`),
    ]),
  )
  return new Map(
    accepted.map((type) => {
      const schema = byType.get(type) ?? byType.get(MediaType.of(type).essence)
      if (!schema) throw new TypeError(`${where} has no schema for ${type}, which the endpoint accepts`)
      return [type, schema]
    }),
  )
}

/** Reads the content by the schema of its media type. @throws {TypeError} for an invalid schema. */
export function bodyReader(
  endpoint: Endpoint,
  option: BodyOption,
  policy: UnknownPolicy | undefined,
  hook: JsonSchemaHook | undefined,
): ArgumentReader {
  const readers = new Map<string, ArgumentReader>()
  for (const [type, schema] of bodySchemasOf(endpoint, option)) {
    const isForm = FORMS.includes(MediaType.of(type).essence)
    const form = isForm ? { notation: FORM, isNested: endpoint.nestedParameters ?? false } : {}
    readers.set(type, contentReader({ schema, policy, hook, ...form }))
  }
  const [first] = readers.values() // for a request without content
  return (exchange) => (readers.get(exchange.contentTypeMatch?.entry ?? '') ?? first)?.(exchange)
}
