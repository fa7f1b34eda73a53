/** GET of a relationship: resource identifiers. */
import { NotFound } from '../../exceptions/client-errors.ts'
import { parseQuery } from '../query/parameters.ts'
import { type Identifier, Instances } from '../reading/instance.ts'
import type { Row } from '../reading/selection.ts'
import type { Relationship } from '../resource/resource.ts'
import type { ApiCall } from './api-call.ts'
import { DocumentBuilder } from './document-builder.ts'
import { readPage } from './list-document.ts'
import { linkField } from './page-links.ts'
import { runProcessors } from './processors.ts'
import { listMembers } from './read-collection.ts'
import { ownerOf, ownerRow, relatedRow, relationshipOf } from './read-related.ts'
import { graphQuery, listQuery } from './resource-query.ts'
import { respond } from './respond.ts'

export async function readRelationship(
  call: ApiCall,
  { id = '', relation = '' }: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { api, resource } = call
  const requested = relationshipOf(call, relation)
  const own = parseQuery(call.request.query, {
    resource: requested.target,
    isCollection: requested.isMany,
    others: ['include'],
  })
  const { include } = parseQuery(
    { include: call.request.query.include ?? '' },
    { resource, isCollection: false },
  )
  const context = call.processing({ resourceId: id, relationName: relation, ...listMembers(own) })
  await runProcessors(api.preprocessors.GET_RELATIONSHIP, context)
  const relationship = relationshipOf(call, context.relationName ?? relation)
  const resourceId = context.resourceId ?? id
  const row = await ownerRow(call, resourceId)
  const hasInclude = call.request.query.include !== undefined
  const graph = graphQuery(call, resource, {
    ...own,
    include: hasInclude ? (include ?? []) : [],
    related: new Map(),
  })
  const builder = new DocumentBuilder(call, graph)
  const owner = builder.instance(resource, row)
  const links = {
    self: call.self,
    related: call.urls.related(resource, resourceId, relationship.name),
  }
  const list = await members(call, relationship, row, own)
  const result = await builder.identifiers(owner, list.data, { ...list.links, ...links })
  if (list.meta) result.meta = list.meta
  const kind = relationship.isMany ? 'GET_TO_MANY_RELATIONSHIP' : 'GET_TO_ONE_RELATIONSHIP'
  const after = call.processing({ resourceId, relationName: relationship.name, ...listMembers(own), result })
  await runProcessors(api.postprocessors[kind], after)
  return respond(result, undefined, { headers: linkField(list.links) })
}

interface Members {
  readonly data: Identifier | null | readonly Identifier[]
  readonly links: Awaited<ReturnType<typeof readPage>>['links']
  readonly meta?: Record<string, unknown>
}

/** The identifiers of the related resources. */
async function members(
  call: ApiCall,
  relationship: Relationship,
  row: Row,
  raw: Parameters<typeof listQuery>[2],
): Promise<Members> {
  const { target, isMany } = relationship
  const { dialect } = call.scope
  const instances = new Instances(dialect)
  const fields = new Map([[target.type, new Set<string>()]])
  if (!isMany) {
    const related = await relatedRow(call, relationship, row, fields)
    return { data: related ? instances.of(target, related) : null, links: {} }
  }
  const query = { ...listQuery(call, target, raw), fields }
  const { rows, links, meta } = await readPage(call, target, query, ownerOf(call.resource, relationship, row))
  const data = rows.map((one) => instances.of(target, one))
  if (!raw.single) return { data, links, meta }
  const [single, other] = data
  if (single && !other) return { data: single, links: {}, meta: { total: 1 } }
  throw new NotFound(single ? 'Multiple results found' : 'No result found')
}
