/** GET of related resources, and of one member of them. */
import { NotFound } from '../../exceptions/client-errors.ts'
import type { Condition, Fieldsets } from '../query/condition.ts'
import { resolveSort } from '../query/sort.ts'
import { idAttributes, visibleRelationship } from '../query/visible-field.ts'
import { keyOf } from '../reading/keys.ts'
import { isRowOf, noneIfImpossible, oneRow } from '../reading/one-row.ts'
import { type Owner, pageRows } from '../reading/page-rows.ts'
import { type Row, type Selection, selectionOf, stateSelection } from '../reading/selection.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import type { ApiCall } from './api-call.ts'
import { DocumentBuilder } from './document-builder.ts'
import { noSuchRelation, noSuchResource } from './no-such.ts'
import { runPostprocessors, runPreprocessors } from './processors.ts'
import { listMembers, processed, respondList } from './read-collection.ts'
import { listQuery, rawQuery, resourceQuery } from './resource-query.ts'
import { respond } from './respond.ts'
import { rowHash } from './row-hash.ts'

/** The names in the path of a request. */
type Params = Readonly<Record<string, string>>

export async function readRelated(call: ApiCall, { id = '', relation = '' }: Params): Promise<unknown> {
  const { api } = call
  const requested = relationshipOf(call, relation)
  const { isMany, target } = requested
  const raw = rawQuery(call, target, { isCollection: isMany })
  const context = call.processing({ resourceId: id, relationName: relation, ...listMembers(raw) })
  await runPreprocessors(api, 'GET_RELATION', context)
  const relationship = relationshipOf(call, context.relationName ?? relation)
  const isOther = relationship.name !== relation // the client may name fields of this one
  const own = isOther ? rawQuery(call, relationship.target, { isCollection: relationship.isMany }) : raw
  const row = await ownerRow(call, context.resourceId ?? id)
  const members = { resourceId: context.resourceId ?? id, relationName: relationship.name }
  if (relationship.isMany)
    return respondList(
      call,
      relationship.target,
      processed(raw, context),
      'GET_TO_MANY_RELATION',
      members,
      ownerOf(call.resource, relationship, row),
    )
  const { target: one } = relationship
  const query = listQuery(call, one, processed(own, context))
  const selection = stateSelection(one, query.fields)
  const related = await relatedRow(call, relationship, row, selection, query.condition)
  const builder = new DocumentBuilder(call, query)
  const instance = related ? builder.instance(one, related) : null
  const result = await builder.resources(instance, { self: call.self })
  await runPostprocessors(api, 'GET_TO_ONE_RELATION', call.processing({ ...members, result }))
  return respond(call, result, instance ? await rowHash(call.scope, instance) : undefined)
}

/** GET of one of the related resources, by its id. An addition to JSON:API. */
export async function readMember(call: ApiCall, params: Params): Promise<unknown> {
  const { id = '', relation = '', relatedId = '' } = params
  const { api } = call
  const context = call.processing({ resourceId: id, relationName: relation, relatedResourceId: relatedId })
  await runPreprocessors(api, 'GET_RELATED_RESOURCE', context)
  const { resourceId = id, relationName = relation, relatedResourceId = relatedId } = context
  const relationship = relationshipOf(call, relationName)
  const { target } = relationship
  const query = resourceQuery(call, target)
  const row = await ownerRow(call, resourceId)
  if (!relationship.isMany)
    throw new NotFound('Cannot access a related resource by ID from a to-one relation')
  const related = await relatedRowOf(call, relationship, row, relatedResourceId, query.fields)
  if (!related) throw new NotFound(`No related resource with ID ${relatedResourceId.slice(0, 100)}`)
  const builder = new DocumentBuilder(call, query)
  const instance = builder.instance(target, related)
  const result = await builder.resources(instance, { self: call.self })
  const members = { resourceId, relationName, relatedResourceId, result }
  await runPostprocessors(api, 'GET_RELATED_RESOURCE', call.processing(members))
  return respond(call, result, await rowHash(call.scope, instance))
}

/** @throws {NotFound} 404, for a name that is no relationship which the client can read. */
export function relationshipOf({ resource }: ApiCall, name: string): Relationship {
  const relationship = visibleRelationship(resource, name)
  if (!relationship) throw noSuchRelation(name)
  return relationship
}

/** The row whose relationship is read. @throws {NotFound} 404. */
export async function ownerRow({ scope, resource }: ApiCall, id: string): Promise<Row> {
  const row = await oneRow(scope, resource, id, selectionOf(resource, new Map([[resource.type, new Set()]])))
  if (!row) throw noSuchResource(resource.type, id)
  return row
}

export function ownerOf(resource: Resource, { relation }: Relationship, row: Row): Owner {
  return { resource, relation, key: keyOf(row, relation.local) }
}

/** The first related row that meets a condition. */
export async function relatedRow(
  call: ApiCall,
  relationship: Relationship,
  row: Row,
  selection: Selection,
  condition?: Condition,
): Promise<Row | undefined> {
  const { target } = relationship
  const owner = ownerOf(call.resource, relationship, row)
  if (!owner.key) return undefined
  const page = { kind: 'number', number: 1, size: 1 } as const
  const query = { sort: resolveSort([], target), owner, condition }
  return (await pageRows(call.scope, target, selection, query, page)).rows[0]
}

/** The related row with an id. */
async function relatedRowOf(
  call: ApiCall,
  relationship: Relationship,
  row: Row,
  id: string,
  fields: Fieldsets,
): Promise<Row | undefined> {
  const { target } = relationship
  const { dialect } = call.scope
  const values = target.ids.parse(id, dialect)
  if (!values) return undefined
  const selection = stateSelection(target, fields)
  const found = await noneIfImpossible(
    relatedRow(call, relationship, row, selection, idCondition(target, values)),
  )
  return found && isRowOf(target, found, values, dialect) ? found : undefined
}

function idCondition(target: Resource, values: readonly unknown[]): Condition {
  const conditions = idAttributes(target).map(
    (attribute, index): Condition => ({ kind: 'compare', attribute, operator: 'eq', value: values[index] }),
  )
  return { kind: 'and', conditions }
}
