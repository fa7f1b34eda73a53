/** The URLs of collections, resources and relationships, as links show them. */
import { isSegment } from '../../http/url-text.ts'
import type { Resource } from '../resource/resource.ts'

/** The field Location of a resource, where it has a URL. */
export function locationOf(urls: Urls, resource: Resource, id: string): Record<string, string> {
  return isSegment(id) ? { location: urls.resource(resource, id) } : {}
}

export class Urls {
  /** Before each path: empty, a prefix that a proxy has removed, or the origin. */
  readonly base: string

  constructor(base = '') {
    this.base = base
  }

  /** The URL of a collection: `/api/person`. */
  collection({ settings }: Resource): string {
    return this.base + settings.path
  }

  /** The URL of a resource: `/api/person/1`. */
  resource(resource: Resource, id: string): string {
    return `${this.collection(resource)}/${encodeURIComponent(id)}`
  }

  /** The URL of the related resources: `/api/person/1/articles`. */
  related(resource: Resource, id: string, relationship: string): string {
    return `${this.resource(resource, id)}/${encodeURIComponent(relationship)}`
  }

  /** The URL of a relationship: `/api/person/1/relationships/articles`. */
  relationship(resource: Resource, id: string, relationship: string): string {
    return `${this.resource(resource, id)}/relationships/${encodeURIComponent(relationship)}`
  }
}
