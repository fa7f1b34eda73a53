/**
 * The endpoints of one relation, under its name.
 *
 *     GET /person/:id/articles[/:relatedId] · GET POST PATCH DELETE /person/:id/relationships/articles
 */
import type { DocumentedPart } from '../../walk/documented-part.ts'
import type { Relation } from '../model/model.ts'
import { membersPart } from '../openapi/change-operations.ts'
import { memberPart, relatedPart, relationshipPart } from '../openapi/read-operations.ts'
import { type EndpointBuilder, listedBy, PAGED } from './endpoint-builder.ts'
import { readMember, readRelated } from './read-related.ts'
import { readRelationship } from './read-relationship.ts'
import type { ServedApi } from './served-api.ts'
import { changeMembers } from './write-endpoints.ts'

/** Names of other endpoints. */
const TAKEN = ['list', 'show', 'create', 'update', 'delete', 'eval', 'related']

/** How members change, by method. */
const MODES = [
  ['POST', 'add'],
  ['PATCH', 'replace'],
  ['DELETE', 'remove'],
] as const

/**
 * @param resource the template of the resource's path.
 * @param relation undefined: endpoints for all other names, whose answer is an error.
 */
export function declareRelation(endpoints: EndpointBuilder, resource: string, relation?: Relation): void {
  const { api } = endpoints
  const { name = 'related', isMany = true } = relation ?? {}
  const segment = relation ? encodeURIComponent(name) : ':relation'
  const prefix = relation && TAKEN.includes(name) ? `related.${name}` : name
  const fixed = relation ? { relation: name } : {}
  const options = (suffix: string, part: (api: ServedApi, name: string) => DocumentedPart) => ({
    name: prefix + suffix,
    ...(relation ? { documented: part(api, name) } : { hidden: true }),
  })
  const related = `${resource}/${segment}`
  const relationship = `${resource}/relationships/${segment}`
  if (api.methods.has('GET')) {
    const shape = isMany ? listedBy(api, 'GET_TO_MANY_RELATION') : {}
    endpoints.get(related, readRelated, { ...shape, ...options('', relatedPart) }, fixed)
    if (isMany && name !== 'relationships')
      endpoints.get(`${related}/:relatedId`, readMember, options('.member', memberPart), fixed)
    const shown = options('.relationship', relationshipPart)
    endpoints.get(relationship, readRelationship, { ...(isMany ? PAGED : {}), ...shown }, fixed)
  }
  if (!api.methods.has('PATCH')) return
  for (const [method, mode] of MODES) {
    const documented = options(`.${mode}`, () => membersPart(api, name, mode, endpoints.hasKeys))
    const operate = changeMembers(mode, relation && name)
    endpoints.change(method, relationship, 'update', operate, { ...documented, status: 204 })
  }
}
