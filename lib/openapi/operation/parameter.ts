/**
 * Parameter Objects: of the path by its converters, and one for each member of the schemas of path, query, header
 * fields and cookies.
 */

import type { ArgumentsEndpointOptions } from '../../arguments/arguments.ts'
import { LOCATION_NAMES, type ParameterLocation } from '../../arguments/parameter-location.ts'
import { CONVERTERS } from '../../routing/converter.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import { resolve, targetsOf } from '../../schema/reference.ts'
import { schemaOf } from '../../schema/schema.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import { type Member, membersOf } from '../schema/member.ts'
import type { DescribedSchema, SchemaObject } from '../schema/schema-registry.ts'
import { type EndpointEntry, requestOrigin } from './endpoint-entry.ts'

/** A Parameter Object. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly description?: string
  readonly required?: boolean
  readonly deprecated?: boolean
  readonly schema?: SchemaObject
  /** In place of `schema`: its only media type. */
  readonly content?: Readonly<Record<string, { readonly schema?: SchemaObject | undefined }>>
  readonly [member: string]: unknown
}

const LOCATION_LABEL = {
  params: 'the path',
  query: 'the query',
  headers: 'the header fields',
  cookies: 'the cookies',
} as const
const NAME_SUFFIX = { params: 'Path', query: 'Query', headers: 'Headers', cookies: 'Cookies' } as const

/** The media type of a parameter that is an object. */
export const JSON_TYPE = 'application/json'

/** OpenAPI describes these elsewhere and ignores parameters of these names (3.1.1 §4.8.12.1). */
const RESERVED_HEADERS = ['accept', 'content-type', 'authorization']

/** Parameters of the query, the header fields or the cookies. */
export function parametersIn(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  location: 'query' | 'headers' | 'cookies',
): Parameter[] {
  const described = describe(entry, builder, location)
  if (!described) return []
  const members = membersOf(described.root)
  if (members.length === 0 && location === 'query') return [wholeQuery(builder.schemas.write(described))]
  const documented = members.filter(
    ({ name }) => location !== 'headers' || !RESERVED_HEADERS.includes(name.toLowerCase()),
  )
  return documented.map((member) => {
    const parameter = parameterOf(described, builder, member, LOCATION_NAMES[location])
    const types = typesOf(described.root, member.schema)
    const hasObjects = isObject(types)
    if (location === 'query' && entry.endpoint.nestedParameters && hasObjects)
      return { ...parameter, style: 'deepObject', explode: true }
    if (hasObjects) return asJson(parameter)
    if (!types.includes('array')) return parameter
    return {
      ...parameter,
      ...(location === 'headers' ? { explode: false } : { style: 'form', explode: true }),
    }
  })
}

/** Parameters of the path, in its order: the schema of the option `params`, merged with the converter's. */
export function pathParameters(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  names: readonly string[],
): Parameter[] {
  const described = describe(entry, builder, 'params')
  const members = described ? membersOf(described.root) : []
  return entry.endpoint.route.parameters.map(({ name, converter }, index): Parameter => {
    const ofConverter = builder.schemas.inVersion(converter.schema ?? { type: 'string' })
    const member = members.find((known) => known.name === name)
    const place = { name: names[index] ?? name, in: 'path', required: true } as const
    if (!described || !member) return { ...place, schema: ofConverter }
    const parameter = { ...parameterOf(described, builder, member, 'path'), ...place }
    const types = typesOf(described.root, member.schema)
    if (types.includes('array')) return parameter
    if (!isObject(types)) return { ...parameter, schema: mergeSchemas(ofConverter, parameter.schema) }
    const isText = converter === CONVERTERS.string || converter === CONVERTERS.path
    return isText ? asJson(parameter) : { ...parameter, schema: ofConverter } // which makes the object
  })
}

function describe(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  location: ParameterLocation,
): DescribedSchema | undefined {
  const { endpoint } = entry
  const option = (endpoint.options as ArgumentsEndpointOptions)[location]
  if (!option || !endpoint.arguments) return undefined // a blueprint without the arguments mixin
  const origin = requestOrigin(entry, LOCATION_LABEL[location], NAME_SUFFIX[location])
  const policy = origin.policy === 'refuse' && location !== 'query' ? 'drop' : origin.policy // as parameterReader does
  const schema = schemaOf(option, `The option '${location}' of '${endpoint.name}'`)
  return builder.schemas.describe(schema, { ...origin, policy })
}

function parameterOf(
  { root, origin }: DescribedSchema,
  builder: DocumentBuilder,
  { name, schema, isRequired }: Member,
  location: Parameter['in'],
): Parameter & { readonly schema: SchemaObject } {
  const suggestedName =
    origin.suggestedName + name.charAt(0).toUpperCase() + name.slice(1).replace(/\W+/g, '')
  const written = builder.schemas.write({ root, origin: { ...origin, suggestedName } }, schema)
  const { description, deprecated, ...rest } = isPlain(written) ? written : ({} as JsonSchema)
  const target = isPlain(schema) ? resolve(root, schema.$ref, schema) : undefined
  const text = description ?? (isPlain(target) ? target.description : undefined)
  return {
    name,
    in: location,
    ...(typeof text === 'string' ? { description: text } : {}),
    ...(isRequired ? { required: true } : {}),
    ...(deprecated === true ? { deprecated } : {}),
    schema: isPlain(written) ? rest : written,
  }
}

/** Whether a value of these types is an object, or null. */
function isObject(types: readonly unknown[]): boolean {
  const others = types.filter((type) => type !== 'null')
  return others.length > 0 && others.every((type) => type === 'object')
}

/** A parameter that is text of JSON: no other text of it is an object, and that one where its schema parses it. */
function asJson({ schema, ...parameter }: Parameter): Parameter {
  return { ...parameter, content: { [JSON_TYPE]: { schema } } }
}

/** One parameter for a query whose member names are unknown. */
function wholeQuery(schema: SchemaObject): Parameter {
  return { name: 'query', in: 'query', style: 'form', explode: true, schema }
}

/** The types of a schema; without its own, those of its `$ref` and its choices. */
function typesOf(root: JsonSchema, schema: unknown, ancestors: readonly unknown[] = []): unknown[] {
  if (!isPlain(schema) || ancestors.includes(schema)) return []
  if (schema.type !== undefined) return [schema.type].flat()
  const parts = [
    ...targetsOf(root, schema),
    ...['allOf', 'anyOf', 'oneOf'].flatMap((key) => listOf(schema[key])),
  ]
  return parts.flatMap((part) => typesOf(root, part, [...ancestors, schema]))
}

/** The developer's keywords over the converter's; the narrower one of two bounds. */
function mergeSchemas(ofConverter: SchemaObject, own: SchemaObject): SchemaObject {
  if (!isPlain(ofConverter) || !isPlain(own) || own.$ref !== undefined) return own
  const merged: Record<string, unknown> = { ...ofConverter, ...own }
  if (typeof ofConverter.minimum === 'number' && typeof own.minimum === 'number')
    merged.minimum = Math.max(ofConverter.minimum, own.minimum)
  if (typeof ofConverter.maximum === 'number' && typeof own.maximum === 'number')
    merged.maximum = Math.min(ofConverter.maximum, own.maximum)
  if (typeof own.type === 'string' && own.type !== ofConverter.type) return own
  return merged
}
