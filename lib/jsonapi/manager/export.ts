/**
 * A list as a table, for the media types of exports: one row per resource, with its id, its attributes and the ids of its
 * to-one relationships. A row has the values that the resource object of its serializer has.
 *
 * Without `page[size]` all rows are sent. They are read in batches, so that no connection is held while the client reads, and a
 * client that leaves stops the reading.
 */
import { csv } from '../../renderers/csv.ts'
import { ndjson } from '../../renderers/ndjson.ts'
import { Exchange } from '../../walk/exchange.ts'
import { type Representation, serializeResponse } from '../../walk/representation.ts'
import { locationOf } from '../document/links.ts'
import type { SerializerContext } from '../document/serializer.ts'
import { checkOrder, sliceOf } from '../query/cursor.ts'
import type { Page } from '../query/page.ts'
import { Graph } from '../reading/graph.ts'
import type { Instance } from '../reading/instance.ts'
import { pageRows, type RowQuery } from '../reading/page-rows.ts'
import { rowBatches } from '../reading/row-batches.ts'
import { type Row, type Selection, selectionOf, shownAttributes } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { ApiCall, ApiRequest } from './api-call.ts'
import { serializerOf } from './document-builder.ts'
import { onlyOf } from './list-document.ts'
import { readError } from './read-error.ts'
import type { ListQuery } from './resource-query.ts'

/** The media types of exports. */
export const EXPORT_TYPES = ['text/csv', 'application/x-ndjson'] as const

/** Whether the client prefers a table to a document. */
export function isExport(request: ApiRequest): boolean {
  return EXPORT_TYPES.some((type) => Exchange.of(request)?.contentType === type)
}

/** The response with the rows of a list: all of them, a page, or the only one. @throws {NotFound} 404, as of documents. */
export async function exportList(
  call: ApiCall,
  resource: Resource,
  query: ListQuery & RowQuery,
  extent: 'all' | 'page' | 'single',
): Promise<Representation> {
  const table = new Table(call, resource, query)
  if (extent === 'all') return table.response(table.all())
  const instances = await table.page(query.page)
  if (extent === 'page') return table.response(instances)
  const only = onlyOf(instances)
  return table.response([only], locationOf(call.urls, only.resource, only.id))
}

class Table {
  readonly #call: ApiCall
  readonly #resource: Resource
  readonly #query: ListQuery & RowQuery
  readonly #selection: Selection
  readonly #context: SerializerContext
  readonly #attributes: readonly string[]
  readonly #keys: readonly string[]

  constructor(call: ApiCall, resource: Resource, query: ListQuery & RowQuery) {
    this.#call = call
    this.#resource = resource
    this.#query = query
    this.#selection = selectionOf(resource, query.fields)
    this.#context = { fields: query.fields, urls: call.urls }
    const set = query.fields.get(resource.type)
    this.#attributes = shownAttributes(resource, query.fields).flatMap(({ name, proxy }) =>
      proxy ? [] : name,
    )
    this.#keys = [...resource.relationships.values()].flatMap((one) =>
      one.isReadable && !one.isMany && (set?.has(one.name) ?? true) ? one.name : [],
    )
  }

  response(
    instances: Iterable<Instance> | AsyncIterable<Instance>,
    headers: Record<string, string> = {},
  ): Representation {
    const columns = ['id', ...this.#attributes, ...this.#keys]
    const { csv: options = {} } = this.#call.manager.options
    const isCsv = Exchange.of(this.#call.request)?.contentType === 'text/csv'
    const renderer = isCsv ? csv({ ...options, columns }) : ndjson()
    return serializeResponse(this.#records(instances), { headers, renderer })
  }

  /** The resources of all pages. */
  async *all(): AsyncGenerator<Instance> {
    const query = this.#query
    checkOrder(query.sort)
    try {
      for await (const rows of rowBatches(this.#call.scope, this.#resource, this.#selection, query))
        yield* await this.#instances(rows)
    } catch (error) {
      throw readError(error, this.#call.request)
    }
  }

  async page(page: Page): Promise<readonly Instance[]> {
    try {
      const found = await pageRows(this.#call.scope, this.#resource, this.#selection, this.#query, page)
      const { rows } = page.kind === 'cursor' ? sliceOf(found.rows, page, found.placeOf) : found
      return await this.#instances(rows)
    } catch (error) {
      throw readError(error, this.#call.request)
    }
  }

  async #instances(rows: readonly Row[]): Promise<readonly Instance[]> {
    const graph = new Graph(this.#call.scope, this.#query)
    const instances = rows.map((row) => graph.instances.of(this.#resource, row))
    await graph.loadToOne(instances, this.#keys)
    return instances
  }

  async *#records(
    instances: Iterable<Instance> | AsyncIterable<Instance>,
  ): AsyncGenerator<Record<string, unknown>> {
    for await (const instance of instances) yield this.#record(instance)
  }

  /** The members of the resource object, so that a table never has what a document hides. */
  #record(instance: Instance): Record<string, unknown> {
    const object = serializerOf(this.#call, instance).resourceObject(instance, this.#context)
    const record: Record<string, unknown> = { id: object.id }
    for (const name of this.#attributes) record[name] = memberOf(object.attributes, name) ?? null
    for (const name of this.#keys) {
      const data = memberOf(object.relationships, name)?.data
      record[name] = data && 'id' in data ? data.id : null
    }
    return record
  }
}

/** A member of its own: an attribute may be called `constructor`. */
function memberOf<T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return members && Object.hasOwn(members, name) ? members[name] : undefined
}
