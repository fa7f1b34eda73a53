/** The URLs of collections, resources and relationships, as links show them. */
import type { Resource } from '../resource/resource.ts'

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
