/**
 * A model as an API serves it: its type, and the attributes and relationships that clients can see.
 *
 * Everything that reads a name of a client looks it up here, so that a hidden field is an unknown field for filters, order,
 * field sets, includes, function evaluation and documents alike.
 */
import type { IncomingMessage } from 'node:http'
import type { Column, Computed, Model, Relation, ValueType } from '../model/model.ts'
import { attributesOf, proxiesOf, relationshipsOf } from './fields.ts'
import { ResourceId } from './resource-id.ts'
import type { Action, Can, FieldOptions } from './resource-options.ts'

/** An attribute of a resource, or its id. */
export interface Attribute {
  /** In documents and in queries: `id` for the id. */
  readonly name: string
  readonly type: ValueType
  readonly isNullable: boolean
  /** Undefined for a computed one, a proxy, and for an id of several columns. */
  readonly column?: Column
  readonly computed?: Computed
  /** Of a proxy: the relationship and the attribute of the related resource. */
  readonly proxy?: { readonly relationship: Relationship; readonly attribute: Attribute }
  /** Whether documents of clients may have it. */
  readonly isWritable: boolean
  /** Whether it is shown. An attribute that is writable alone is not. */
  readonly isReadable: boolean
}

/** A relationship of a resource to another that has an API. */
export interface Relationship {
  readonly name: string
  readonly relation: Relation
  readonly isMany: boolean
  /** The related resource, as the client sees it. */
  readonly target: Resource
  readonly isWritable: boolean
  readonly isReadable: boolean
  /** Whether resource objects show its linkage without being asked to include it. */
  readonly hasLinkage: boolean
}

/** The resources of a manager. */
export interface ResourceLookup {
  /** Whether any of the resources has permissions, so that each request has its own view of them. */
  readonly hasPermissions: boolean
  /** The resource of a model: that of the API created last; undefined where the model has none. */
  ofModel(name: string): Resource | undefined
  /** The resources of models that share the table of a base model. */
  subtypesOf(model: string): readonly Resource[]
}

/** Members of a resource that are not those of its model. */
interface ResourceSettings {
  readonly type: string
  /** The URL of the collection: `/api/person`. */
  readonly path: string
  /** Whether a resource can be read at its URL. */
  readonly hasGet: boolean
  /** Whether its relationships can be changed at their URLs. Default false. */
  readonly hasPatch?: boolean
  /** Columns of the id. */
  readonly id: readonly string[]
  readonly fields: FieldOptions
  /** The order of lists without `sort`. */
  readonly defaultSort?: readonly string[] | undefined
}

export class Resource {
  readonly model: Model
  readonly settings: ResourceSettings
  readonly lookup: ResourceLookup
  /** The id: of one column or of several. It is no member of `attributes`. */
  readonly id: Attribute
  readonly ids: ResourceId
  /** Restricts what is seen; undefined: everything that the options allow. */
  readonly #can: ((action: Omit<Action, 'request' | 'type'>) => boolean) | undefined
  readonly #request: IncomingMessage | undefined
  readonly #operation: Action['operation']
  #attributes: ReadonlyMap<string, Attribute> | undefined
  #ownAttributes: ReadonlyMap<string, Attribute> | undefined
  #relationships: ReadonlyMap<string, Relationship> | undefined

  constructor(
    model: Model,
    settings: ResourceSettings,
    lookup: ResourceLookup,
    request?: IncomingMessage,
    operation: Action['operation'] = 'read',
  ) {
    this.model = model
    this.settings = settings
    this.lookup = lookup
    this.ids = new ResourceId(settings.id.map((name) => model.columns[name] as Column))
    this.id = this.ids.attribute
    this.#request = request
    this.#operation = operation
    const { can } = settings.fields
    this.#can = can && request && ((action) => mayDo(can, { ...action, type: this.type, request }))
  }

  /** The type in documents, and the name of the collection. */
  get type(): string {
    return this.settings.type
  }

  /** The columns of the id, in order. */
  get idColumns(): readonly Column[] {
    return this.ids.columns
  }

  /** The names of the columns of the id, in order. */
  get idNames(): readonly string[] {
    return this.settings.id
  }

  /** The values of a parsed id by the names of their columns. */
  idValues(key: readonly unknown[]): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.idNames.map((name, index) => [name, key[index]]))
  }

  /** The attributes that clients can read or write, by name. */
  get attributes(): ReadonlyMap<string, Attribute> {
    if (!this.#attributes) {
      const proxies = proxiesOf(this, (field) => this.#accessTo(field))
      const listed = proxies.map((attribute) => [attribute.name, attribute] as const)
      this.#attributes = new Map([...this.ownAttributes, ...listed])
    }
    return this.#attributes
  }

  /** Those that do not depend on attributes of other resources. */
  get ownAttributes(): ReadonlyMap<string, Attribute> {
    this.#ownAttributes ??= attributesOf(this, (field) => this.#accessTo(field))
    return this.#ownAttributes
  }

  /** The relationships that clients can read or write, by name. */
  get relationships(): ReadonlyMap<string, Relationship> {
    this.#relationships ??= relationshipsOf(this, (field) => this.#accessTo(field))
    return this.#relationships
  }

  /** The resource of a related model, with the permissions of the same request. */
  related(model: string): Resource | undefined {
    const found = this.lookup.ofModel(model)
    const view = found && this.#request ? found.for(this.#request) : found
    return view?.mayRead ? view : undefined
  }

  /** Whether the client may read resources of this type at all. */
  get mayRead(): boolean {
    return this.allows('read')
  }

  /** Whether the permissions allow an operation on one field, or on the resource as a whole. */
  allows(operation: Action['operation'], field?: string): boolean {
    return this.#can?.({ operation, ...(field !== undefined && { field }) }) ?? true
  }

  /** Whether the options and the permissions let clients write a field. */
  isWritable(field: string): boolean {
    return this.#accessTo(field).isWritable
  }

  /** The resource as the client of a request sees it, who is about to do something. */
  for(request: IncomingMessage, operation: Action['operation'] = 'read'): Resource {
    if (!this.settings.fields.can && !this.lookup.hasPermissions) return this
    const key = `${operation} ${this.settings.path}`
    const views = VIEWS.get(request) ?? new Map<string, Resource>()
    VIEWS.set(request, views)
    const view = views.get(key) ?? new Resource(this.model, this.settings, this.lookup, request, operation)
    views.set(key, view)
    return view
  }

  /** The resources of the types that share the table of a base model, as the client of the request sees them. */
  get subtypes(): readonly Resource[] {
    const { discriminator, name } = this.model
    if (!discriminator || discriminator.value !== undefined) return []
    const request = this.#request
    const found = this.lookup.subtypesOf(name)
    return request ? found.map((subtype) => subtype.for(request)) : found
  }

  /** The resource of a row: that of its subtype, where the table has rows of several types. */
  ofRow(row: Readonly<Record<string, unknown>>): Resource {
    const value = row[this.model.discriminator?.column ?? '']
    return this.subtypes.find(({ model }) => model.discriminator?.value === String(value)) ?? this
  }

  /** The resource with all fields of its model, whatever its subtypes hide, for the code of the application. */
  get unrestricted(): Resource {
    const { hasPermissions } = this.lookup
    const ofModel = (name: string): Resource | undefined => this.lookup.ofModel(name)
    const lookup = { hasPermissions, ofModel, subtypesOf: () => [] }
    return new Resource(this.model, { ...this.settings, fields: {} }, lookup)
  }

  /** Forgets what depends on the other resources. */
  reset(): void {
    this.#attributes = undefined
    this.#ownAttributes = undefined
    this.#relationships = undefined
  }

  #accessTo(field: string): { isReadable: boolean; isWritable: boolean } {
    const { only, exclude = [], readOnly = [], writeOnly = [] } = this.settings.fields
    const isListed = only ? only.includes(field) : !exclude.includes(field)
    const isShown = isListed && !writeOnly.includes(field)
    const mayRead = this.#can?.({ operation: 'read', field }) ?? true
    const isReadable = isShown && mayRead
    const mayWrite =
      this.#operation === 'read' || (this.#can?.({ operation: this.#operation, field }) ?? true)
    const isWritable = (isShown || writeOnly.includes(field)) && !readOnly.includes(field) && mayWrite
    return { isReadable, isWritable }
  }
}

/** The views of a request on the resources, by operation and URL. */
const VIEWS = new WeakMap<IncomingMessage, Map<string, Resource>>()

/** @throws {TypeError} for a permission that is no boolean: a promise would allow everything. */
function mayDo(can: Can, action: Action): boolean {
  const answer: unknown = can(action)
  if (typeof answer === 'boolean') return answer
  throw new TypeError(
    `The option 'can' returned ${typeof answer} for '${action.operation}': return true or false`,
  )
}
