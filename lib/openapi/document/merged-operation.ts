/**
 * One operation for two endpoints whose paths differ only in their converters: it accepts the requests of both, and requires
 * only what both require.
 */
import type { SecurityRequirement } from '../../authentication/security-scheme.ts'
import { given } from '../../registry/options.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import { isSameParameter } from '../operation/manual-parameters.ts'
import type { Operation } from '../operation/operation.ts'
import type { DocumentBuilder } from './document-builder.ts'

/** @param common the security of operations that have none of their own. */
export function mergeOperations(
  one: Operation,
  other: Operation,
  builder: DocumentBuilder,
  common: readonly SecurityRequirement[] = [],
): Operation {
  const { deprecated, ...members } = one
  const parameters = mergeParameters(one.parameters ?? [], other.parameters ?? [], builder)
  const body = mergeMissing(one.requestBody, other.requestBody)
  return {
    ...members,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requiredByBoth(one.requestBody, other.requestBody, body) } : {}),
    responses: mergeResponses(one.responses, other.responses, builder),
    ...(deprecated && other.deprecated ? { deprecated } : {}),
    ...(one.security || other.security
      ? { security: eitherOf([one.security ?? common, other.security ?? common]) }
      : {}),
  }
}

/** The requirements of which one suffices; `{}` for a public endpoint. */
function eitherOf(securities: readonly (readonly SecurityRequirement[])[]): SecurityRequirement[] {
  if (securities.every((security) => security.length === 0)) return []
  const all = securities.flatMap((security) => (security.length > 0 ? security : [{}]))
  return [...new Map(all.map((requirement) => [JSON.stringify(requirement), requirement])).values()]
}

function mergeParameters(
  ones: readonly JsonSchema[],
  others: readonly JsonSchema[],
  builder: DocumentBuilder,
): JsonSchema[] {
  const rest = new Set(others)
  const merged = ones.map((one) => {
    const whole = expand(one, builder)
    const other = others.find((parameter) => isSameParameter(expand(parameter, builder), whole))
    if (!other) return optional(one, builder)
    rest.delete(other)
    return JSON.stringify(one) === JSON.stringify(other)
      ? one
      : mergeParameter(whole, expand(other, builder), builder)
  })
  return [...merged, ...Array.from(rest, (parameter) => optional(parameter, builder))]
}

/** A parameter of one of the endpoints alone. */
function optional(parameter: JsonSchema, builder: DocumentBuilder): JsonSchema {
  const whole = expand(parameter, builder)
  return whole.required ? { ...whole, required: false } : parameter
}

/** A parameter of both; of JSON and of other text it is text. Where one is an object of several parameters, the first one's. */
function mergeParameter(one: JsonSchema, other: JsonSchema, builder: DocumentBuilder): JsonSchema {
  if ((one.style === 'deepObject') !== (other.style === 'deepObject')) return requiredByBoth(one, other, one)
  const isText = one.content === undefined || other.content === undefined
  const [{ deprecated, ...first }, second] = isText
    ? [asText(one, builder), asText(other, builder)]
    : [one, other]
  const { description, style, explode } = second
  const member = isText ? 'schema' : 'content'
  return requiredByBoth(one, other, {
    ...given({ description, style, explode }),
    ...first,
    [member]: mergeMissing(first[member], second[member], member),
    ...(deprecated && other.deprecated ? { deprecated } : {}),
  })
}

/** A parameter of JSON as a string that contains it. */
function asText({ content, ...parameter }: JsonSchema, builder: DocumentBuilder): JsonSchema {
  if (!isPlain(content)) return parameter
  const [[contentMediaType, media] = []] = Object.entries(content)
  const contentSchema = isPlain(media) ? media.schema : undefined
  return {
    ...parameter,
    schema: builder.schemas.inVersion({ type: 'string', contentMediaType, contentSchema }),
  }
}

function requiredByBoth(
  one: JsonSchema | undefined,
  other: JsonSchema | undefined,
  merged: unknown,
): JsonSchema {
  const { required, ...rest } = merged as JsonSchema
  return one?.required && other?.required ? { ...rest, required } : rest
}

function mergeResponses(
  ones: Operation['responses'] = {},
  others: Operation['responses'] = {},
  builder: DocumentBuilder,
): Record<string, JsonSchema> {
  const merged: Record<string, JsonSchema> = { ...others, ...ones }
  for (const [status, one] of Object.entries(ones)) {
    const other = others[status]
    if (!other || JSON.stringify(one) === JSON.stringify(other)) continue
    merged[status] = mergeMissing(expand(one, builder), expand(other, builder)) as JsonSchema
  }
  return merged
}

function expand(part: JsonSchema, builder: DocumentBuilder): JsonSchema {
  return builder.components.expand(String(part.$ref)) ?? part
}

function anyOf(one: unknown, other: unknown): unknown {
  if (JSON.stringify(one) === JSON.stringify(other) || !one || !other) return one ?? other ?? {}
  return { anyOf: [one, other] }
}

/** Members of which an object has at most one (OpenAPI 3.1.1 §4.8.14.1). */
const EXAMPLES = ['example', 'examples']

/** The first value, plus members that only the second has; two different schemas become `anyOf`. */
function mergeMissing(one: unknown, other: unknown, name = ''): unknown {
  if (one === undefined) return other
  if (name === 'schema' || name === 'itemSchema') return anyOf(one, other)
  if (!isPlain(one) || !isPlain(other)) return one
  if (one.$ref !== undefined || other.$ref !== undefined) return one
  const merged: Record<string, unknown> = { ...one }
  for (const member of Object.keys(other)) {
    const isExclusive = EXAMPLES.includes(member) && EXAMPLES.some((known) => known in one)
    if (!isExclusive) merged[member] = mergeMissing(one[member], other[member], member)
  }
  return merged
}
