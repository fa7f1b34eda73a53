/** The document of a list: the page of a collection or of related resources, with its links and the total. */
import { NotFound } from '../../exceptions/client-errors.ts'
import type { Document, Link, ResourceObject } from '../document/document.ts'
import { cursorOf, orderName, sliceOf } from '../query/cursor.ts'
import type { CursorPage, Place } from '../query/page.ts'
import type { Identifier, Instance } from '../reading/instance.ts'
import { countRows, type PageRows, pageRows, type RowQuery } from '../reading/page-rows.ts'
import { type Row, selectionOf } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { ApiCall } from './api-call.ts'
import { DocumentBuilder } from './document-builder.ts'
import { cursorLinks, numberLinks } from './page-links.ts'
import { apiOf, type ListQuery } from './resource-query.ts'

/** A page of rows with everything that its document says about it. */
interface ListPage {
  readonly rows: readonly Row[]
  readonly links: Record<string, Link>
  readonly meta: Record<string, unknown>
  /** The cursors of the rows, where the page has cursors. */
  readonly cursors?: readonly string[]
}

/** Reads one page. @param owner whose related rows are read. */
export async function readPage(
  call: ApiCall,
  resource: Resource,
  query: ListQuery,
  owner?: RowQuery['owner'],
): Promise<ListPage> {
  const { scope } = call
  const rowQuery = { ...query, owner }
  const selection = selectionOf(resource, query.fields)
  const found = await pageRows(scope, resource, selection, rowQuery, query.page)
  const total =
    apiOf(call, resource).options.count === false ? undefined : await countRows(scope, resource, rowQuery)
  const counted = total === undefined ? {} : { total }
  if (query.page.kind !== 'cursor')
    return {
      rows: found.rows,
      links: numberLinks(call.self, query.page, found.rows.length, total),
      meta: counted,
    }
  return cursorPage(call, resource, query, query.page, found, counted)
}

/** The document of a page. */
export async function listDocument(
  call: ApiCall,
  resource: Resource,
  query: ListQuery,
  { rows, links, meta, cursors }: ListPage,
): Promise<Document> {
  const builder = new DocumentBuilder(call, query)
  const instances = rows.map((row) => builder.instance(resource, row))
  const document = await builder.resources(instances, links)
  return { ...document, data: withCursors(document.data, cursors), meta }
}

/** The document of the only resource of a list. @throws {NotFound} 404, for none and for several. */
export async function singleDocument(
  call: ApiCall,
  resource: Resource,
  query: ListQuery,
  { rows }: ListPage,
): Promise<{ document: Document; instance: Instance }> {
  const builder = new DocumentBuilder(call, query)
  const instance = builder.instance(resource, onlyOf(rows))
  const document = await builder.resources(instance, { self: call.self })
  return { document: { ...document, meta: { total: 1 } }, instance }
}

/** The only item of a list. @throws {NotFound} 404, for none and for several. */
export function onlyOf<T>([one, other]: readonly T[]): T {
  if (one !== undefined && other === undefined) return one
  throw new NotFound(one === undefined ? 'No result found' : 'Multiple results found')
}

function cursorPage(
  call: ApiCall,
  resource: Resource,
  { sort }: ListQuery,
  page: CursorPage,
  found: PageRows,
  meta: Record<string, unknown>,
): ListPage {
  const { self, manager } = call
  const order = orderName(resource, sort)
  const cursor = (place: Place): string => cursorOf(place, order, manager.secret)
  const { rows, next, previous, isTruncated } = sliceOf(found.rows, page, found.placeOf)
  return {
    rows,
    cursors: rows.map((row) => cursor(found.placeOf(row))),
    links: cursorLinks(self, previous && cursor(previous), next && cursor(next)),
    meta: isTruncated ? { ...meta, page: { rangeTruncated: true } } : meta,
  }
}

function withCursors(data: Document['data'], cursors: readonly string[] | undefined): Document['data'] {
  if (!cursors || !Array.isArray(data)) return data
  return data.map((object: Identifier | ResourceObject, index) => {
    const meta = 'meta' in object ? object.meta : {}
    return { ...object, meta: { ...meta, page: { cursor: cursors[index] } } }
  })
}
