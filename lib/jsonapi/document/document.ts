/** Documents of JSON:API 1.1, and their parts. https://jsonapi.org/format/1.1/ */
import type { JsonApiObject } from '../protocol/applied-extensions.ts'
import type { Identifier } from '../reading/instance.ts'

export type Link = string | { readonly href: string; readonly [member: string]: unknown } | null
export type Links = Readonly<Record<string, Link>>
export type Meta = Readonly<Record<string, unknown>>

export interface RelationshipObject {
  readonly links?: Links
  readonly data?: Identifier | null | readonly Identifier[]
  readonly meta?: Meta
}

/** A resource object. Serializers may change it. */
export interface ResourceObject {
  type: string
  id: string
  attributes?: Record<string, unknown>
  relationships?: Record<string, RelationshipObject>
  links?: Record<string, Link>
  meta?: Record<string, unknown>
}

/** A document with data. Postprocessors may change it. */
export interface Document {
  jsonapi: JsonApiObject
  links?: Record<string, Link>
  data: ResourceObject | Identifier | null | (ResourceObject | Identifier)[]
  included?: ResourceObject[]
  meta?: Record<string, unknown>
}
