/**
 * A list as a table, for the media types of exports: one row per resource, with its id, its attributes and the ids of its
 * to-one relationships.
 *
 * Without `page[size]` all rows are sent. They are read in pages by their keys, so that no connection is held while the client
 * reads, and a client that leaves stops the reading.
 */
import { csv } from '../../renderers/csv.ts'
import { ndjson } from '../../renderers/ndjson.ts'
import { Exchange } from '../../walk/exchange.ts'
import { type Representation, serializeResponse } from '../../walk/representation.ts'
import { databaseError } from '../errors/database-error.ts'
import { cursorOf, orderName, sliceOf } from '../query/cursor.ts'
import type { CursorPage, Page } from '../query/page.ts'
import { keyOf } from '../reading/keys.ts'
import { keyValues, pageRows, type RowQuery } from '../reading/page-rows.ts'
import { isInRow } from '../reading/relationship-key.ts'
import { attributeJson, type Row, selectionOf, shownAttributes } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { ApiCall, ApiRequest } from './api-call.ts'
import type { ListQuery } from './resource-query.ts'

/** The media types of exports. */
export const EXPORT_TYPES = ['text/csv', 'application/x-ndjson'] as const

/** Rows of one statement. */
const BATCH = 500

/** Whether the client prefers a table to a document. */
export function isExport(request: ApiRequest): boolean {
  return EXPORT_TYPES.some((type) => Exchange.of(request)?.contentType === type)
}

/** The response with the rows of a list. @param page of the request; undefined: all rows. */
export function exportList(
  call: ApiCall,
  resource: Resource,
  query: ListQuery,
  page: Page | undefined,
  owner?: RowQuery['owner'],
): Representation {
  const table = new Table(call, resource, query)
  const rows = table.rows({ ...query, owner }, page)
  const isCsv = Exchange.of(call.request)?.contentType === 'text/csv'
  const { csv: options = {} } = call.manager.options
  return serializeResponse(rows, { renderer: isCsv ? csv({ ...options, columns: table.columns }) : ndjson() })
}

class Table {
  readonly columns: readonly string[]
  readonly #call: ApiCall
  readonly #resource: Resource
  readonly #query: ListQuery
  /** The cells of a row, in the order of the columns. */
  readonly #cells: readonly ((row: Row) => unknown)[]

  constructor(call: ApiCall, resource: Resource, query: ListQuery) {
    this.#call = call
    this.#resource = resource
    this.#query = query
    const { dialect } = call.scope
    const attributes = shownAttributes(resource, query.fields).filter(({ proxy }) => !proxy)
    const set = query.fields.get(resource.type)
    const keys = [...resource.relationships.values()].filter(
      (one) => one.isReadable && isInRow(one) && (set?.has(one.name) ?? true),
    )
    this.columns = ['id', ...[...attributes, ...keys].map(({ name }) => name)]
    this.#cells = [
      (row) => resource.ids.of(row, dialect),
      ...attributes.map((attribute) => (row: Row) => attributeJson(resource, attribute, row, dialect)),
      ...keys.map(({ relation, target }) => (row: Row) => {
        const key = keyOf(row, relation.local)
        return key ? target.ids.join(key, dialect) : null
      }),
    ]
  }

  /** The rows of a page, or of all pages. */
  async *rows(query: RowQuery, page: Page | undefined): AsyncGenerator<Record<string, unknown>> {
    if (!page) return yield* this.#all(query)
    for (const row of (await this.#read(query, page)).rows) yield this.#record(row)
  }

  async *#all(query: RowQuery): AsyncGenerator<Record<string, unknown>> {
    let after: string | undefined
    do {
      const page: CursorPage = { kind: 'cursor', size: BATCH, after, before: undefined }
      const { rows, next } = await this.#read(query, page)
      for (const row of rows) yield this.#record(row)
      after = next
    } while (after !== undefined)
  }

  async #read(query: RowQuery, page: Page): Promise<{ rows: readonly Row[]; next?: string | undefined }> {
    const { scope, manager } = this.#call
    const selection = selectionOf(this.#resource, this.#query.fields)
    const found = await pageRows(scope, this.#resource, selection, query, page, manager.secret).catch(
      (error: unknown) => {
        throw databaseError(error) ?? error
      },
    )
    if (page.kind !== 'cursor') return found
    const name = orderName(this.#resource, query.sort)
    const options = { secret: manager.secret, dialect: scope.dialect }
    const { keys } = found.order
    return sliceOf(found.rows, page, (row) => cursorOf(keyValues(this.#resource, row, found.order), keys, name, options))
  }

  #record(row: Row): Record<string, unknown> {
    const record: Record<string, unknown> = {}
    for (const [index, column] of this.columns.entries()) record[column] = this.#cells[index]?.(row)
    return record
  }
}
