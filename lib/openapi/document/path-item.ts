/** Paths of a document: operations by method. Endpoints whose paths are equal in OpenAPI are merged. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, type PlainRecord } from '../../schema/record.ts'
import type { EndpointEntry } from '../operation/endpoint-entry.ts'
import { type Operation, type OperationOptions, operationOf } from '../operation/operation.ts'
import type { SchemaObject } from '../schema/schema-registry.ts'
import type { DocumentBuilder } from './document-builder.ts'
import { type PathTemplate, templateOf } from './path-template.ts'

/** A Path Item Object. */
export type PathItem = Readonly<Record<string, Operation>>

const METHOD_ORDER = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query', 'x-query']

/** Path items by path, in the order of their first endpoint. */
export function pathsOf(
  entries: readonly EndpointEntry[],
  builder: DocumentBuilder,
  options: OperationOptions,
): Record<string, PathItem> {
  const templates = new Map<string, PathTemplate>()
  const items = new Map<string, Map<string, Operation>>()
  for (const entry of entries) {
    const own = templateOf(entry.endpoint.route)
    const first = templates.get(own.key) ?? own
    templates.set(own.key, first)
    const item = items.get(first.template) ?? new Map<string, Operation>()
    items.set(first.template, item)
    const member = memberOf(entry.endpoint.method, builder)
    const operation = operationOf(entry, builder, first.names, options)
    const known = item.get(member)
    item.set(member, known ? mergeOperations(known, operation) : operation)
  }
  return Object.fromEntries([...items].map(([template, item]) => [template, inMethodOrder(item)]))
}

/** QUERY (RFC 10008) has a member of its own from OpenAPI 3.2 on. */
function memberOf(method: string, { features }: DocumentBuilder): string {
  return method === 'QUERY' && !features.isOpenApi32 ? 'x-query' : method.toLowerCase()
}

function inMethodOrder(item: ReadonlyMap<string, Operation>): PathItem {
  const methods = [...item.keys()].sort((a, b) => METHOD_ORDER.indexOf(a) - METHOD_ORDER.indexOf(b))
  return Object.fromEntries(methods.map((method) => [method, item.get(method) as Operation]))
}

/** One operation for two endpoints whose paths differ only in their converters. */
function mergeOperations(one: Operation, other: Operation): Operation {
  const parameters = [...(one.parameters ?? [])]
  for (const parameter of other.parameters ?? []) {
    const index = parameters.findIndex(
      (known) => known.name !== undefined && known.name === parameter.name && known.in === parameter.in,
    )
    const known = parameters[index]
    if (known) parameters[index] = { ...known, ...mergeValues(known, parameter) }
    else parameters.push({ ...parameter, ...(parameter.required ? { required: false } : {}) })
  }
  return {
    ...one,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(one.requestBody || other.requestBody
      ? { requestBody: mergeMissing(one.requestBody, other.requestBody) as JsonSchema }
      : {}),
    responses: mergeMissing(one.responses, other.responses) as Record<string, JsonSchema>,
  }
}

/** The schema of two parameters of one name, or their content; of different kinds the first one's. */
function mergeValues(one: PlainRecord, other: PlainRecord): PlainRecord {
  const member = one.content === undefined ? 'schema' : 'content'
  return one[member] === undefined ? {} : { [member]: mergeMissing(one[member], other[member], member) }
}

function anyOf(one: unknown, other: unknown): SchemaObject {
  if (JSON.stringify(one) === JSON.stringify(other) || !one || !other)
    return (one ?? other ?? {}) as SchemaObject
  return { anyOf: [one, other] }
}

/** The first value, plus members that only the second has; two different schemas become `anyOf`. */
function mergeMissing(one: unknown, other: unknown, name = ''): unknown {
  if (one === undefined) return other
  if (name === 'schema') return anyOf(one, other)
  if (!isPlain(one) || !isPlain(other)) return one
  if (one.$ref !== undefined || other.$ref !== undefined) return one
  const merged: Record<string, unknown> = { ...one }
  for (const member of Object.keys(other)) merged[member] = mergeMissing(one[member], other[member], member)
  return merged
}
