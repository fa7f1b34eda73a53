/** GET of a relationship: resource identifiers. */
import { isSegment } from '../../http/url-text.ts'
import type { Document } from '../document/document.ts'
import { parameterError } from '../errors/issue.ts'
import type { IncludeTree } from '../query/condition.ts'
import { resolveInclude } from '../query/include.ts'
import { parseQuery, type RawQuery } from '../query/parameters.ts'
import { quoted } from '../query/visible-field.ts'
import { type Row, selectionOf } from '../reading/selection.ts'
import type { Relationship } from '../resource/resource.ts'
import type { ApiCall } from './api-call.ts'
import { DocumentBuilder } from './document-builder.ts'
import { onlyOf, readPage } from './list-document.ts'
import { linkFields } from './page-links.ts'
import { runPostprocessors, runPreprocessors } from './processors.ts'
import { listMembers, processed } from './read-collection.ts'
import { ownerOf, ownerRow, relatedRow, relationshipOf } from './read-related.ts'
import { relationshipHash, shownMembers, shownOf } from './relationship-etag.ts'
import { defaultIncludes, listQuery, processedCondition, rawQuery } from './resource-query.ts'
import { respond } from './respond.ts'

export async function readRelationship(
  call: ApiCall,
  { id = '', relation = '' }: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { api, resource } = call
  const parsed = queryOf(call, relationshipOf(call, relation))
  const isFiltered = parsed.filters.length > 0 // by the client
  const context = call.processing({ resourceId: id, relationName: relation, ...listMembers(parsed) })
  await runPreprocessors(api, 'GET_RELATIONSHIP', context)
  const relationship = relationshipOf(call, context.relationName ?? relation)
  if (relationship.name !== relation) queryOf(call, relationship) // the client may name fields of this one
  const resourceId = context.resourceId ?? id
  const raw = processed(parsed, context)
  const tree = includeOf(call, relationship)
  const row = await ownerRow(call, resourceId)
  const shown = isFiltered
    ? shownOf(await shownMembers(call, id, relation), resourceId, relationship.name)
    : {
        resourceId,
        relationName: relationship.name,
        condition: processedCondition(call, relationship.target, raw.filters),
      }
  const hash = await relationshipHash(call, relationship, row, shown) // first: the document is never older than its ETag
  const result = await identifierDocument(call, relationship, row, raw, tree)
  const links = { ...result.links }
  if (relationship.target.settings.hasGet && isSegment(resourceId))
    result.links = { ...links, related: call.urls.related(resource, resourceId, relationship.name) }
  const kind = relationship.isMany ? 'GET_TO_MANY_RELATIONSHIP' : 'GET_TO_ONE_RELATIONSHIP'
  const after = call.processing({ resourceId, relationName: relationship.name, ...listMembers(raw), result })
  await runPostprocessors(api, kind, after)
  return respond(call, result, hash, linkFields(links))
}

function queryOf(call: ApiCall, { target, isMany }: Relationship): RawQuery {
  return rawQuery(call, target, { isCollection: isMany, includes: [], others: ['include'] })
}

/**
 * What to include below the members; undefined: not even the members. Paths begin with the name of the relationship.
 *
 * @throws {BadRequest} 400, for a path of another relationship: what it leads to is not linked from the document.
 */
function includeOf({ request, resource, api }: ApiCall, { name }: Relationship): IncludeTree | undefined {
  const { include = '' } = request.query
  const isBelow = (path: string): boolean => path.split('.')[0] === name
  const asked =
    'include' in request.query && parseQuery({ include }, { resource, isCollection: false }).include
  const paths = asked || defaultIncludes(api, resource).filter(isBelow)
  const tree = resolveInclude(paths, resource, api.maxIncludeDepth)
  const other = paths.find((path) => !isBelow(path))
  if (other === undefined) return tree[name]
  throw parameterError(
    'include',
    `The paths of this relationship begin with "${name}", not as ${quoted(other)}`,
  )
}

/** The document with the identifiers of the related resources. */
async function identifierDocument(
  call: ApiCall,
  relationship: Relationship,
  row: Row,
  raw: RawQuery,
  tree: IncludeTree | undefined,
): Promise<Document> {
  const { target, isMany } = relationship
  const own = listQuery(call, target, { ...raw, include: [] })
  const fields = tree ? own.fields : new Map([[target.type, new Set<string>()]])
  const query = { ...own, fields, include: tree ?? {} }
  const builder = new DocumentBuilder(call, query)
  const isIncluded = tree !== undefined
  const links = { self: call.self }
  if (!isMany) {
    const related = await relatedRow(call, relationship, row, selectionOf(target, fields), query.condition)
    return builder.identifiers(related ? builder.instance(target, related) : null, links, isIncluded)
  }
  const page = await readPage(call, target, query, ownerOf(call.resource, relationship, row))
  const members = page.rows.map((one) => builder.instance(target, one))
  const document = await (raw.single
    ? builder.identifiers(onlyOf(members), links, isIncluded)
    : builder.identifiers(members, page.links, isIncluded))
  return { ...document, meta: raw.single ? { total: 1 } : page.meta }
}
