/** The Operation Object of an endpoint. */
import type { SecurityRequirement } from '../../authentication/security-scheme.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { deepMerge } from '../document/deep-merge.ts'
import type { DocumentBuilder } from '../document/document-builder.ts'
import type { NestedTags } from '../document/documented-blueprint.ts'
import type { EndpointEntry } from './endpoint-entry.ts'
import { isSameParameter, mergeParameters } from './manual-parameters.ts'
import { withPageParameters } from './pagination.ts'
import { type Parameter, parametersIn, pathParameters } from './parameter.ts'
import { preconditionParameters } from './precondition.ts'
import { requestBodyOf } from './request-body.ts'
import { responsesFor } from './response.ts'
import { securityOf } from './security.ts'
import { summaryOf } from './summary.ts'
import { isDeprecated } from './version.ts'

declare module '../../walk/documented-part.ts' {
  interface DocumentedPart {
    /** Members of the Operation Object, made for each document. */
    readonly operation?: (entry: EndpointEntry, builder: DocumentBuilder) => Operation
    /** Whether the endpoint is left out of a document that is made now. */
    readonly isHidden?: () => boolean
  }
}

/** An Operation Object. */
export interface Operation {
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly operationId?: string
  readonly parameters?: readonly (Parameter | JsonSchema)[]
  readonly requestBody?: JsonSchema
  readonly responses?: Readonly<Record<string, JsonSchema>>
  readonly deprecated?: boolean
  readonly security?: readonly SecurityRequirement[]
  readonly [member: string]: unknown
}

/** Options of a document that apply to each operation. */
export interface OperationOptions {
  readonly nestedTags: NestedTags
  /** Whether undeclared error responses are documented. */
  readonly hasErrorResponses: boolean
  /** Security requirements of operations that have none of their own. */
  readonly security: readonly SecurityRequirement[] | undefined
  /** Whether operations have the members that features generate. */
  readonly hasGenerated: boolean
}

/** @param names Names of the path's parameters, in the order of the path. */
export function operationOf(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  names: readonly string[],
  { nestedTags, hasErrorResponses, hasGenerated }: OperationOptions,
): Operation {
  const { endpoint, operationId, blueprintNames } = entry
  const { options } = endpoint
  const { description, doc } = options
  const security = securityOf(endpoint, builder.features)
  const summary = options.summary ?? summaryOf(endpoint.name)
  const tags = options.tags ?? [nestedTags === 'own' ? blueprintNames.at(-1) : blueprintNames[0]]
  const parts: readonly Operation[] = endpoint.documented.flatMap(({ operation }) =>
    operation && hasGenerated ? [operation(entry, builder)] : [],
  )
  const parameters = parametersOf(entry, builder, names, parts)
  const requestBody = requestBodyOf(entry, builder)
  const operation = {
    ...(tags.length > 0 ? { tags } : {}),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    operationId,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: responsesFor(entry, builder, hasErrorResponses),
    ...(isDeprecated(endpoint) ? { deprecated: true } : {}),
    ...(security ? { security } : {}),
  }
  const where = `the option doc of '${operationId}'`
  const own = builder.replaceSchemas(doc, where, 'input', `${operationId}Doc`)
  const overrides = [...parts.map(({ parameters: _, ...members }) => members), own]
  return overrides.reduce<unknown>(
    (merged, members) => deepMerge(merged, members, (reference) => builder.components.expand(reference)),
    operation,
  ) as Operation
}

/** Parameters of path, query, header fields and cookies, then of pagination, preconditions and surroundings. */
function parametersOf(
  entry: EndpointEntry,
  builder: DocumentBuilder,
  names: readonly string[],
  parts: readonly Operation[],
): readonly (Parameter | JsonSchema)[] {
  const fromSchemas = [
    ...pathParameters(entry, builder, names),
    ...parametersIn(entry, builder, 'query'),
    ...parametersIn(entry, builder, 'headers'),
    ...parametersIn(entry, builder, 'cookies'),
  ]
  const withPages = withPageParameters(entry, fromSchemas)
  const made = parts.flatMap(({ parameters = [] }) => parameters)
  const surrounding = [
    ...entry.endpoint.documented.flatMap(({ parameters = [] }) => parameters),
    ...made.filter((parameter) => parameter.in !== 'path'),
  ]
  const fields = [...preconditionParameters(entry, builder), ...surrounding].filter((parameter) => {
    const expanded = builder.components.expand(String(parameter.$ref)) ?? parameter
    return !withPages.some((known) => isSameParameter(known, expanded)) // a schema of header fields has priority
  })
  const where = `the parameters of '${entry.operationId}'`
  const ofPrefix = entry.parameters.filter(
    ({ in: location, name }) => location !== 'path' || names.includes(String(name)),
  )
  const ofPath = made.filter((parameter) => parameter.in === 'path')
  const manual = [...ofPrefix, ...ofPath, ...(entry.endpoint.options.parameters ?? [])]
  return mergeParameters([...withPages, ...fields], builder.replaceSchemas(manual, where) as JsonSchema[])
}
