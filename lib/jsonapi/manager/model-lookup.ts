/** Functions that look up the API of a model: in one manager, or in all of them. */

import { isSegment } from '../../http/url-text.ts'
import { Urls } from '../document/links.ts'
import type { DefaultSerializer } from '../document/serializer.ts'
import type { Model } from '../model/model.ts'
import type { Manager } from './manager.ts'
import type { ServedApi } from './served-api.ts'

/** Managers that are still in use. */
const MANAGERS = new Set<WeakRef<Manager>>()

/** Makes a manager known to the functions of this file. */
export function rememberManager(manager: Manager): void {
  MANAGERS.add(new WeakRef(manager))
}

/** The type of the resources of a model. @throws {TypeError} for a model without an API. */
export function collectionName(model: Model, manager?: Manager): string {
  return apiOf(model, manager).resource.type
}

/** The model that is served under a type. @throws {TypeError} for an unknown type. */
export function modelFor(type: string, manager?: Manager): Model {
  for (const one of managers(manager)) {
    const api = one['~apis'].findLast(({ resource }) => resource.type === type)
    if (api) return api.model
  }
  throw new TypeError(`No API serves the type '${type}'`)
}

/** The serializer of a model's API. @throws {TypeError} for a model without an API. */
export function serializerFor(model: Model, manager?: Manager): DefaultSerializer {
  return apiOf(model, manager).serializer
}

/** The columns of the ids of a model's API, joined by a comma. @throws {TypeError} for a model without an API. */
export function primaryKeyFor(model: Model, manager?: Manager): string {
  return apiOf(model, manager).resource.idNames.join(',')
}

export interface UrlOptions {
  readonly resourceId?: string | number
  readonly relationName?: string
  readonly relatedResourceId?: string | number
  /** The URL of the relationship itself: `/person/1/relationships/articles`. */
  readonly relationship?: boolean
}

/**
 * The URL of a collection, a resource, or its related resources.
 *
 *     urlFor(models.person, { resourceId: 1, relationName: 'articles' })  →  '/api/person/1/articles'
 *
 * @throws {TypeError} for a model without an API, and for an id that is no segment of a URL: empty, `.` or `..`.
 */
export function urlFor(model: Model, options: UrlOptions = {}, manager?: Manager): string {
  const { resource, baseUrl } = apiOf(model, manager)
  const { resourceId, relationName, relatedResourceId, relationship = false } = options
  const urls = new Urls(baseUrl)
  if (resourceId === undefined) return urls.collection(resource)
  const id = segmentOf(resourceId)
  if (relationName === undefined) return urls.resource(resource, id)
  if (relationship) return urls.relationship(resource, id, relationName)
  const related = urls.related(resource, id, relationName)
  return relatedResourceId === undefined
    ? related
    : `${related}/${encodeURIComponent(segmentOf(relatedResourceId))}`
}

function segmentOf(id: string | number): string {
  const text = String(id)
  if (!isSegment(text)) throw new TypeError(`The id '${text}' has no URL`)
  return text
}

/** The API of the model itself, else that of a model of its name: a refined one. */
function apiOf(model: Model, manager?: Manager): ServedApi {
  const found = managers(manager).flatMap((one) => one.apiOf(model.name) ?? [])
  const api = found.find((one) => one.model === model) ?? found[0]
  if (api) return api
  throw new TypeError(`The model '${model.name}' has no API: create one with createApi`)
}

function managers(manager: Manager | undefined): readonly Manager[] {
  if (manager) return [manager]
  const found: Manager[] = []
  for (const reference of MANAGERS) {
    const one = reference.deref()
    if (one) found.push(one)
    else MANAGERS.delete(reference)
  }
  return found
}
