/** GET of a collection. */
import type { Document } from '../document/document.ts'
import { locationOf } from '../document/links.ts'
import type { RawQuery } from '../query/parameters.ts'
import type { RowQuery } from '../reading/page-rows.ts'
import type { Resource } from '../resource/resource.ts'
import type { ApiCall } from './api-call.ts'
import { exportList, isExport } from './export.ts'
import { listDocument, readPage, singleDocument } from './list-document.ts'
import { linkFields } from './page-links.ts'
import {
  type PostprocessorKind,
  type ProcessorContext,
  runPostprocessors,
  runPreprocessors,
} from './processors.ts'
import { listQuery, rawQuery } from './resource-query.ts'
import { respond } from './respond.ts'

export async function readCollection(call: ApiCall): Promise<unknown> {
  const { resource, api } = call
  const raw = rawQuery(call, resource, { isCollection: true })
  const context = call.processing(listMembers(raw))
  await runPreprocessors(api, 'GET_COLLECTION', context)
  return respondList(call, resource, processed(raw, context), 'GET_COLLECTION')
}

/** The members of a list that processors see, and may change. */
export function listMembers({ filters, sort, single }: RawQuery): Partial<ProcessorContext> {
  return { filters, sort, single }
}

/** The query as preprocessors have left it. */
export function processed(raw: RawQuery, { filters, sort, single }: ProcessorContext): RawQuery {
  return { ...raw, filters: filters ?? raw.filters, sort: sort ?? raw.sort, single: single ?? raw.single }
}

/** The response of a list, after its preprocessors. @param owner whose related resources are the list. */
export async function respondList(
  call: ApiCall,
  resource: Resource,
  raw: RawQuery,
  kind: PostprocessorKind,
  members: Partial<ProcessorContext> = {},
  owner?: RowQuery['owner'],
): Promise<unknown> {
  const query = listQuery(call, resource, raw)
  if (isExport(call.request)) {
    const extent = Object.keys(raw.page).length > 0 ? 'page' : 'all'
    return exportList(call, resource, { ...query, owner }, raw.single ? 'single' : extent)
  }
  const page = await readPage(call, resource, query, owner)
  const after = (result: Document): Promise<void> =>
    runPostprocessors(call.api, kind, call.processing({ ...members, ...listMembers(raw), result }))
  if (raw.single) {
    const { document, instance } = await singleDocument(call, resource, query, page)
    await after(document)
    return respond(call, document, undefined, locationOf(call.urls, instance.resource, instance.id))
  }
  const document = await listDocument(call, resource, query, page)
  await after(document)
  return respond(call, document, undefined, linkFields(page.links))
}
