/** One operation: all that is said of an endpoint. */
import type { SecurityRequirement } from '../../blueprint/endpoint-options.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { deepMerge } from '../document/deep-merge.ts'
import type { NestedTags } from '../document/documented.ts'
import type { DocumentBuilder, Entry } from './draft.ts'
import { isSame, withManual } from './manual-parameters.ts'
import { withPaging } from './paging.ts'
import { type Parameter, parametersIn, pathParameters } from './parameter.ts'
import { preconditionParameters } from './precondition.ts'
import { requestBodyOf } from './request-body.ts'
import { responsesFor } from './response.ts'

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

/** What is decided for all operations of a document. */
export interface OperationRules {
  readonly nestedTags: NestedTags
  readonly tellsFailures: boolean
}

/** @param names of the path's parameters, in its order. */
export function operationOf(
  entry: Entry,
  draft: DocumentBuilder,
  names: readonly string[],
  { nestedTags, tellsFailures }: OperationRules,
): Operation {
  const { endpoint, operationId, chain } = entry
  const { options } = endpoint
  const { summary, description, deprecated, security } = options
  const tags = options.tags ?? [nestedTags === 'own' ? chain.at(-1) : chain[0]]
  const parameters = parametersOf(entry, draft, names)
  const requestBody = requestBodyOf(entry, draft)
  const operation = {
    ...(tags.length > 0 ? { tags } : {}),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    operationId,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: responsesFor(entry, draft, tellsFailures),
    ...(deprecated ? { deprecated } : {}),
    ...(security ? { security } : {}),
  }
  const { doc } = options
  if (!doc) return operation as Operation
  const said = draft.resolve(doc, `the option doc of '${operationId}'`, 'input', `${operationId}Doc`)
  return deepMerge(operation, said, (reference) => draft.parts.expand(reference)) as Operation
}

/** In the order of path, query, header fields, cookies; pages and preconditions after what the schemas say. */
function parametersOf(
  entry: Entry,
  draft: DocumentBuilder,
  names: readonly string[],
): readonly (Parameter | JsonSchema)[] {
  const own = [
    ...pathParameters(entry, draft, names),
    ...parametersIn(entry, draft, 'query'),
    ...parametersIn(entry, draft, 'headers'),
    ...parametersIn(entry, draft, 'cookies'),
  ]
  const paged = withPaging(entry, own)
  const conditional = preconditionParameters(entry, draft).filter((parameter) => {
    const whole = draft.parts.expand(String(parameter.$ref)) ?? parameter
    return !paged.some((known) => isSame(known, whole)) // the schema of the header fields says it already
  })
  const where = `the parameters of '${entry.operationId}'`
  const inPath = entry.parameters.filter(
    ({ in: location, name }) => location !== 'path' || names.includes(String(name)),
  )
  const manual = [...inPath, ...(entry.endpoint.options.parameters ?? [])]
  return withManual([...paged, ...conditional], draft.resolve(manual, where) as JsonSchema[])
}
