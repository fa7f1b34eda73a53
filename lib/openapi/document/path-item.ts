/** Paths: operations by method, and what becomes of two that OpenAPI cannot tell apart. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import type { DocumentBuilder, Entry } from '../operation/draft.ts'
import { type Operation, type OperationRules, operationOf } from '../operation/operation.ts'
import { type PathTemplate, templateOf } from '../operation/path-template.ts'
import type { SchemaObject } from '../schema/schema-book.ts'

/** A Path Item Object. */
export type PathItem = Readonly<Record<string, Operation>>

const ORDER = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query', 'x-query']

/** By path, in the order of their first endpoint. */
export function pathsOf(
  entries: readonly Entry[],
  draft: DocumentBuilder,
  rules: OperationRules,
): Record<string, PathItem> {
  const templates = new Map<string, PathTemplate>()
  const items = new Map<string, Map<string, Operation>>()
  for (const entry of entries) {
    const own = templateOf(entry.endpoint.route)
    const first = templates.get(own.key) ?? own
    templates.set(own.key, first)
    const item = items.get(first.template) ?? new Map<string, Operation>()
    items.set(first.template, item)
    const member = memberOf(entry.endpoint.method, draft)
    const operation = operationOf(entry, draft, first.names, rules)
    const known = item.get(member)
    item.set(member, known ? joined(known, operation) : operation)
  }
  return Object.fromEntries([...items].map(([template, item]) => [template, inOrder(item)]))
}

/** QUERY (RFC 10008) has a place from 3.2 on. */
function memberOf(method: string, { dialect }: DocumentBuilder): string {
  return method === 'QUERY' && !dialect.isOpenApi32 ? 'x-query' : method.toLowerCase()
}

function inOrder(item: ReadonlyMap<string, Operation>): PathItem {
  const methods = [...item.keys()].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
  return Object.fromEntries(methods.map((method) => [method, item.get(method) as Operation]))
}

/** Two endpoints that only their converters tell apart are one operation, which does what either does. */
function joined(one: Operation, other: Operation): Operation {
  const parameters = [...(one.parameters ?? [])]
  for (const parameter of other.parameters ?? []) {
    const index = parameters.findIndex(
      (known) => known.name !== undefined && known.name === parameter.name && known.in === parameter.in,
    )
    const known = parameters[index]
    if (known) parameters[index] = { ...known, schema: either(known.schema, parameter.schema) }
    else parameters.push({ ...parameter, ...(parameter.required ? { required: false } : {}) })
  }
  return {
    ...one,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(one.requestBody || other.requestBody
      ? { requestBody: filled(one.requestBody, other.requestBody) as JsonSchema }
      : {}),
    responses: filled(one.responses, other.responses) as Record<string, JsonSchema>,
  }
}

function either(one: unknown, other: unknown): SchemaObject {
  if (JSON.stringify(one) === JSON.stringify(other) || !one || !other)
    return (one ?? other ?? {}) as SchemaObject
  return { anyOf: [one, other] }
}

/** The first, with what only the second has; where both have content in a type, it is either's. */
function filled(one: unknown, other: unknown, name = ''): unknown {
  if (one === undefined) return other
  if (name === 'schema') return either(one, other)
  if (!isPlain(one) || !isPlain(other)) return one
  if (one.$ref !== undefined || other.$ref !== undefined) return one
  const whole: Record<string, unknown> = { ...one }
  for (const member of Object.keys(other)) whole[member] = filled(one[member], other[member], member)
  return whole
}
