/**
 * Documents of clients as checked changes.
 *
 * The steps can be overridden one by one, or a document changed before `super.deserialize(document, …)` reads it. Each step
 * collects its errors; those of one kind are sent together.
 */
import {
  ClientGeneratedIDNotAllowed,
  ConflictingType,
  MissingData,
  MissingID,
  MissingType,
  UnknownAttribute,
  UnknownRelationship,
} from '../errors/deserialization-exceptions.ts'
import { pointerTo } from '../errors/pointer.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import { type AttributeValues, attributeValues } from './attribute-values.ts'
import type { Change, Link } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure, Issues, isObject } from './issues.ts'
import { echo, type Linkage, loadLinks, parseLinkage } from './linkage.ts'
import { ownedColumns } from './owned-key.ts'
import { reportMissing } from './required-column.ts'
import { type ResourceObject, resourceObjectOf } from './resource-object.ts'

export interface DeserializerOptions {
  /** Whether a new resource may have an id of the client. Default false. */
  readonly allowClientGeneratedIds?: boolean
  /** Whether an update may replace all members of a to-many relationship. Default false. */
  readonly allowToManyReplacement?: boolean
}

/** The resource that an update changes. */
interface Current {
  readonly id: string
  readonly row: Row
}

/** Of an id in a URL, at most. RFC 9110 §4.1: a whole URI of 8,000 octets is what all should support. */
const MAX_ID_OCTETS = 4000

const DATA = { pointer: '/data' }
const NO_REPLACEMENT = 'Not allowed to replace a to-many relationship'

export class DefaultDeserializer {
  readonly resource: Resource
  readonly options: DeserializerOptions

  constructor(resource: Resource, options: DeserializerOptions = {}) {
    this.resource = resource
    this.options = options
  }

  /**
   * The change that a document asks for.
   *
   * @param current undefined: the document is of a new resource.
   * @throws {HttpException} 4xx with the pointers of the errors.
   */
  async deserialize(document: unknown, context: WriteContext, current?: Current): Promise<Change> {
    const data = this.resourceObject(document)
    this.checkTypeAndId(data, current, context)
    const issues = new Issues()
    this.checkUnknownFields(data, issues)
    const { columns, lists } = this.extractAttributes(data, context, issues)
    if (current && !this.options.allowToManyReplacement)
      for (const { path } of lists) issues.add(failure(403, path, NO_REPLACEMENT))
    const linkage = this.extractLinkage(data, context, issues, current)
    issues.throwIfAny()
    const links = await this.loadRelatedResources(linkage, context)
    const chosen = this.clientId(data, context, current)
    Object.assign(columns, chosen, await ownedColumns(context, this.resource, links, current?.row, chosen))
    if (!current) reportMissing(this.resource, data, columns, this.options.allowClientGeneratedIds === true)
    const { id, lid } = current ? {} : data
    return {
      columns,
      attributes: new Set(Object.keys(data.attributes)),
      links,
      lists,
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof lid === 'string' ? { lid } : {}),
    }
  }

  /** The member `data`, with its `attributes` and `relationships` as objects. */
  resourceObject(document: unknown): ResourceObject {
    return resourceObjectOf(document)
  }

  /** Compares type and id with those of the endpoint. */
  checkTypeAndId({ type, id }: ResourceObject, current?: Current, context?: WriteContext): void {
    const expected = this.resource.type
    if (type === undefined) throw new MissingType(DATA)
    if (current && id === undefined) throw new MissingID(DATA)
    if (type !== expected) throw new ConflictingType(expected, echo(type), { pointer: '/data/type' })
    if (id === undefined) return
    const isGenerated = this.resource.idColumns.some((column) => column.isGenerated)
    if (!current && (isGenerated || !this.options.allowClientGeneratedIds)) {
      throw new ClientGeneratedIDNotAllowed({ pointer: '/data/id' })
    }
    if (typeof id !== 'string') {
      throw failure(409, ['data', 'id'], 'The "id" element of the resource object must be a JSON string')
    }
    if (current && id !== current.id && !(context && this.#isSame(id, current, context)))
      throw failure(409, ['data', 'id'], `ID must be ${current.id}, not ${echo(id)}`)
  }

  /** Whether an id is another spelling of that of the resource, as of a UUID in upper case. */
  #isSame(id: string, current: Current, { dialect }: WriteContext): boolean {
    const [key, own] = [id, current.id].map((text) => this.resource.ids.parse(text, dialect))
    return key !== undefined && own !== undefined && keyText(key) === keyText(own)
  }

  /** Refuses fields that the resource does not have, or that clients cannot write. */
  checkUnknownFields({ attributes, relationships }: ResourceObject, issues: Issues): void {
    for (const [kind, Unknown, names, fields] of [
      ['attribute', UnknownAttribute, Object.keys(attributes), this.resource.attributes],
      ['relationship', UnknownRelationship, Object.keys(relationships), this.resource.relationships],
    ] as const) {
      for (const name of names) {
        const field = fields.get(name)
        const path = ['data', `${kind}s`, name]
        if (name.startsWith('@')) continue
        if (!field) issues.add(new Unknown(name, { pointer: pointerTo(path) }))
        else if (!field.isWritable) issues.add(failure(403, path, `The ${kind} "${name}" is read-only`))
      }
    }
  }

  /** The values of the attributes for the database. */
  extractAttributes(data: ResourceObject, context: WriteContext, issues: Issues): AttributeValues {
    return attributeValues(context, this.resource, data.attributes, issues)
  }

  /** The identifiers in the relationships. */
  extractLinkage(
    { relationships }: ResourceObject,
    context: WriteContext,
    issues: Issues,
    current?: Current,
  ): readonly Linkage[] {
    return Object.entries(relationships).flatMap(([name, value]) => {
      const relationship = this.resource.relationships.get(name)
      if (!relationship?.isWritable) return []
      const path = ['data', 'relationships', name]
      if (current && relationship.isMany && !this.options.allowToManyReplacement) {
        issues.add(failure(403, path, NO_REPLACEMENT))
        return []
      }
      if (!isObject(value)) {
        issues.add(
          failure(400, path, `missing relationship object for "${name}"${placeOf(this.resource, current)}`),
        )
        return []
      }
      if (value.data === undefined) {
        issues.add(new MissingData({ pointer: pointerTo(path), relationship: name }))
        return []
      }
      const at = [...path, 'data']
      const identifiers = parseLinkage(context, relationship, value.data, at, issues)
      return identifiers ? [{ relationship, identifiers, path: at }] : []
    })
  }

  /** The rows of the identifiers; an error for each that does not exist. */
  async loadRelatedResources(linkage: readonly Linkage[], context: WriteContext): Promise<readonly Link[]> {
    return loadLinks(context, linkage)
  }

  /** The values of the id columns, where the client has chosen an id. */
  clientId({ id }: ResourceObject, { dialect }: WriteContext, current?: Current): Record<string, unknown> {
    if (current || typeof id !== 'string') return {}
    const values = this.resource.ids.parse(id, dialect)
    if (!values) throw failure(400, ['data', 'id'], 'The id has not the form of an id of this type')
    if (encodeURIComponent(id).length > MAX_ID_OCTETS)
      throw failure(400, ['data', 'id'], `The id has more than ${MAX_ID_OCTETS} octets in a URL`)
    return this.resource.idValues(values)
  }
}

function placeOf({ type }: Resource, current?: Current): string {
  return current ? ` in resource of type "${type}" with ID "${current.id}"` : ''
}
