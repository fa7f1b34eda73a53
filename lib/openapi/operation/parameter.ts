/**
 * Parameters: of the path by its converters, and one for each member of the schemas of path, query, header
 * fields and cookies.
 */
import type { ParameterLocation } from '../../arguments/argument-reader.ts'
import type { ArgumentsEndpointOptions } from '../../arguments/arguments.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'
import { schemaOf } from '../../schema/schema.ts'
import type { DescribedSchema, SchemaObject } from '../schema/schema-book.ts'
import { type DocumentBuilder, type Entry, originOf } from './draft.ts'
import { type Member, membersOf } from './members.ts'

/** A Parameter Object. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly description?: string
  readonly required?: boolean
  readonly deprecated?: boolean
  readonly schema?: SchemaObject
  readonly [member: string]: unknown
}

const IN = { params: 'path', query: 'query', headers: 'header', cookies: 'cookie' } as const
const WHAT = {
  params: 'the path',
  query: 'the query',
  headers: 'the header fields',
  cookies: 'the cookies',
} as const
const PART = { params: 'Path', query: 'Query', headers: 'Headers', cookies: 'Cookies' } as const

/** OpenAPI says of these by other means, and ignores parameters of the name (3.1.1 §4.8.12.1). */
const SAID_ELSEWHERE = ['accept', 'content-type', 'authorization']

/** Those of one location but the path. */
export function parametersIn(
  entry: Entry,
  draft: DocumentBuilder,
  location: 'query' | 'headers' | 'cookies',
): Parameter[] {
  const described = describe(entry, draft, location)
  if (!described) return []
  const members = membersOf(described.root)
  if (members.length === 0 && location === 'query') return [anyParameter(draft.schemas.write(described))]
  const spoken = members.filter(
    ({ name }) => location !== 'headers' || !SAID_ELSEWHERE.includes(name.toLowerCase()),
  )
  return spoken.map((member) => {
    const parameter = parameterOf(described, draft, member, IN[location])
    if (!isList(described.root, member.schema)) return parameter
    return {
      ...parameter,
      ...(location === 'headers' ? { explode: false } : { style: 'form', explode: true }),
    }
  })
}

/** Those of the path, in its order: what the schema says of them over what their converters say. */
export function pathParameters(entry: Entry, draft: DocumentBuilder, names: readonly string[]): Parameter[] {
  const described = describe(entry, draft, 'params')
  const members = described ? membersOf(described.root) : []
  return entry.endpoint.route.parameters.map(({ name, converter }, index): Parameter => {
    const own = draft.schemas.inDialect(converter.schema ?? { type: 'string' })
    const member = members.find((known) => known.name === name)
    const said = described && member ? parameterOf(described, draft, member, 'path') : undefined
    const schema = said?.schema === undefined ? own : narrowed(own, said.schema)
    return { ...said, name: names[index] ?? name, in: 'path', required: true, schema }
  })
}

function describe(
  { endpoint, ...rest }: Entry,
  draft: DocumentBuilder,
  location: ParameterLocation,
): DescribedSchema | undefined {
  const option = (endpoint.options as ArgumentsEndpointOptions)[location]
  if (!option || !endpoint.arguments) return undefined // an option nobody here reads says nothing
  const origin = originOf({ endpoint, ...rest }, 'input', WHAT[location], PART[location])
  return draft.schemas.describe(schemaOf(option, `The option '${location}' of '${endpoint.name}'`), origin)
}

function parameterOf(
  { root, origin }: DescribedSchema,
  draft: DocumentBuilder,
  { name, schema, isRequired }: Member,
  location: Parameter['in'],
): Parameter {
  const suggested = origin.suggested + name.charAt(0).toUpperCase() + name.slice(1).replace(/\W+/g, '')
  const words = draft.schemas.write({ root, origin: { ...origin, suggested } }, schema)
  const { description, deprecated, ...rest } = isPlain(words) ? words : ({} as JsonSchema)
  const shared = isPlain(schema) ? resolve(root, schema.$ref) : undefined
  const told = description ?? (isPlain(shared) ? shared.description : undefined)
  return {
    name,
    in: location,
    ...(typeof told === 'string' ? { description: told } : {}),
    ...(isRequired ? { required: true } : {}),
    ...(deprecated === true ? { deprecated } : {}),
    schema: isPlain(words) ? rest : words,
  }
}

/** A query whose names are not known. */
function anyParameter(schema: SchemaObject): Parameter {
  return { name: 'query', in: 'query', style: 'form', explode: true, schema }
}

function isList(root: JsonSchema, schema: unknown): boolean {
  const part = isPlain(schema) && schema.$ref !== undefined ? resolve(root, schema.$ref) : schema
  return isPlain(part) && [part.type].flat().includes('array')
}

/** Both hold: of bounds the narrower, of all else what the schema says. */
function narrowed(own: SchemaObject, said: SchemaObject): SchemaObject {
  if (!isPlain(own) || !isPlain(said) || said.$ref !== undefined) return said
  const both: Record<string, unknown> = { ...own, ...said }
  if (typeof own.minimum === 'number' && typeof said.minimum === 'number')
    both.minimum = Math.max(own.minimum, said.minimum)
  if (typeof said.type === 'string' && said.type !== own.type) return said
  return both
}
