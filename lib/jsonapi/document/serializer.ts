/**
 * Makes resource objects of instances. Replaceable per API: a subclass changes what `resourceObject` returns.
 *
 *     class Shouting extends DefaultSerializer {
 *       override resourceObject(instance, context) {
 *         const object = super.resourceObject(instance, context)
 *         return { ...object, attributes: { ...object.attributes, loud: true } }
 *       }
 *     }
 */
import { isSegment } from '../../http/url-text.ts'
import type { Dialect } from '../model/dialect.ts'
import type { Fieldsets } from '../query/condition.ts'
import type { Instance } from '../reading/instance.ts'
import { attributeJson, shownAttributes } from '../reading/selection.ts'
import type { Attribute, Relationship, Resource } from '../resource/resource.ts'
import type { Link, RelationshipObject, ResourceObject } from './document.ts'
import type { Urls } from './links.ts'

/** What the resource objects of one document have in common. */
export interface SerializerContext {
  readonly fields: Fieldsets
  readonly urls: Urls
}

/** The fields of one type that a document shows, computed once per document. */
interface Plan {
  readonly attributes: readonly Attribute[]
  readonly relationships: readonly Relationship[]
}

export class DefaultSerializer {
  readonly dialect: Dialect
  readonly #plans = new WeakMap<SerializerContext, Map<Resource, Plan>>()

  constructor(dialect: Dialect) {
    this.dialect = dialect
  }

  /** The resource object of an instance, with the fields that are shown. */
  resourceObject(instance: Instance, context: SerializerContext): ResourceObject {
    const { resource, id, type } = instance
    const { attributes, relationships } = this.#plan(resource, context)
    const object: ResourceObject = { type, id }
    if (attributes.length > 0) {
      object.attributes = {}
      for (const attribute of attributes)
        object.attributes[attribute.name] = this.attributeValue(instance, attribute)
    }
    if (relationships.length > 0) {
      object.relationships = {}
      for (const relationship of relationships)
        object.relationships[relationship.name] = this.relationshipObject(instance, relationship, context)
    }
    if (resource.settings.hasGet && isSegment(id))
      object.links = { self: context.urls.resource(resource, id) }
    return object
  }

  /** The value of an attribute as JSON. */
  attributeValue({ resource, row, lists }: Instance, attribute: Attribute): unknown {
    return attribute.proxy
      ? (lists.get(attribute.name) ?? [])
      : attributeJson(resource, attribute, row, this.dialect)
  }

  /** Links to those URLs that there are and, where it was loaded, linkage. */
  relationshipObject(
    { resource, id, linkage }: Instance,
    { name, target }: Relationship,
    { urls }: SerializerContext,
  ): RelationshipObject {
    const object: { -readonly [member in keyof RelationshipObject]: RelationshipObject[member] } = {}
    const found = linkage.get(name)
    const { hasGet, hasPatch } = resource.settings
    if ((hasGet || hasPatch) && isSegment(id)) {
      const links: Record<string, Link> = { self: urls.relationship(resource, id, name) }
      if (hasGet && target.settings.hasGet) links.related = urls.related(resource, id, name)
      if (hasGet && found?.next) links.next = `${links.self}?${found.next}`
      object.links = links
    } else if (!found) object.meta = {}
    if (found) object.data = found.data
    return object
  }

  #plan(resource: Resource, context: SerializerContext): Plan {
    const { fields } = context
    let plans = this.#plans.get(context)
    if (!plans) {
      plans = new Map()
      this.#plans.set(context, plans)
    }
    let plan = plans.get(resource)
    if (!plan) {
      const set = fields.get(resource.type)
      const relationships = [...resource.relationships.values()].filter(
        ({ name, isReadable }) => isReadable && (set?.has(name) ?? true),
      )
      plan = { attributes: shownAttributes(resource, fields), relationships }
      plans.set(resource, plan)
    }
    return plan
  }
}
