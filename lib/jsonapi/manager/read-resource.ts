/** GET of one resource. */
import type { Document, Link } from '../document/document.ts'
import type { Instance } from '../reading/instance.ts'
import { oneRow } from '../reading/one-row.ts'
import { stateSelection } from '../reading/selection.ts'
import type { ApiCall } from './api-call.ts'
import { DocumentBuilder } from './document-builder.ts'
import { noSuchResource } from './no-such.ts'
import { runPostprocessors, runPreprocessors } from './processors.ts'
import { resourceQuery } from './resource-query.ts'
import { respond } from './respond.ts'
import { rowHash } from './row-hash.ts'

export async function readResource(
  call: ApiCall,
  { id = '' }: Readonly<Record<string, string>>,
): Promise<unknown> {
  const context = call.processing({ resourceId: id })
  await runPreprocessors(call.api, 'GET_RESOURCE', context)
  const resourceId = context.resourceId ?? id
  const { document: result, instance } = await resourceDocument(call, resourceId)
  await runPostprocessors(call.api, 'GET_RESOURCE', call.processing({ resourceId, result }))
  return respond(call, result, await rowHash(call.scope, instance))
}

/** The document of one resource. @throws {NotFound} 404. */
export async function resourceDocument(
  call: ApiCall,
  id: string,
  links: Record<string, Link> = { self: call.self },
): Promise<{ document: Document; instance: Instance }> {
  const { resource, scope } = call
  const query = resourceQuery(call, resource)
  const row = await oneRow(scope, resource, id, stateSelection(resource, query.fields))
  if (!row) throw noSuchResource(resource.type, id)
  const builder = new DocumentBuilder(call, query)
  const instance = builder.instance(resource, row)
  return { document: await builder.resources(instance, links), instance }
}
