/** Paths of a document: operations by method. Endpoints whose paths are equal in OpenAPI are merged. */
import type { EndpointEntry } from '../operation/endpoint-entry.ts'
import { type Operation, type OperationOptions, operationOf } from '../operation/operation.ts'
import type { DocumentBuilder } from './document-builder.ts'
import { mergeOperations } from './merged-operation.ts'
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
    item.set(member, known ? mergeOperations(known, operation, builder, options.security) : operation)
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
