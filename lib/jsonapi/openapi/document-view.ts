/** The parts of a document that the operations of its APIs share: resources as they are shown, and components. */
import type { DocumentBuilder } from '../../openapi/document/document-builder.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Relationship, Resource, ResourceLookup } from '../resource/resource.ts'
import type { Action } from '../resource/resource-options.ts'
import { PublicLookup } from './public-lookup.ts'

const VIEWS = new WeakMap<DocumentBuilder, DocumentView>()

export class DocumentView {
  readonly builder: DocumentBuilder
  readonly #lookups = new Map<ResourceLookup, PublicLookup>()
  readonly #components = new Map<string, JsonSchema>()
  readonly #parameters = new Map<string, readonly JsonSchema[]>()

  private constructor(builder: DocumentBuilder) {
    this.builder = builder
  }

  /** The view that all operations of one document share. */
  static of(builder: DocumentBuilder): DocumentView {
    const view = VIEWS.get(builder) ?? new DocumentView(builder)
    VIEWS.set(builder, view)
    return view
  }

  /** The resource with the fields that the document shows for an operation. */
  shown(resource: Resource, operation: Action['operation'] = 'read'): Resource {
    const { lookup } = resource
    const shown = lookup instanceof PublicLookup ? lookup : this.#lookups.get(lookup)
    if (shown) return shown.shown(resource, operation)
    this.#lookups.set(lookup, new PublicLookup(lookup))
    return this.shown(resource, operation)
  }

  /** A component for a resource, made once in a document: `personCreate`. @param variant of several of one name. */
  component(
    { settings, type }: Resource,
    suffix: string,
    schemaOf: (itself: JsonSchema) => JsonSchema,
    variant: unknown = '',
  ): JsonSchema {
    const key = `${settings.path} ${suffix} ${variant}`
    const known = this.#components.get(key)
    if (known) return known
    return this.builder.schemas.addRecursive(type + suffix, (itself) => {
      this.#components.set(key, itself)
      return schemaOf(itself)
    })
  }

  /** Parameters that operations have in common, made once in a document. @param key of them, beside those of resources. */
  parameters(
    resources: readonly Resource[],
    key: string | number,
    parametersOf: () => readonly JsonSchema[],
  ): readonly JsonSchema[] {
    const whole = [...resources.map(({ settings }) => settings.path), key].join(' ')
    const parameters = this.#parameters.get(whole) ?? parametersOf()
    this.#parameters.set(whole, parameters)
    return parameters
  }

  /** A parameter of the query, shared by operations. @param owner of it: the name of a type. */
  parameter(owner: string, parameter: JsonSchema & { readonly name: string }): JsonSchema {
    const { schemas, components } = this.builder
    const { schema } = parameter
    const written = schema ? { schema: schemas.inVersion(schema as JsonSchema) } : {}
    const name = [owner, parameter.name]
      .join('.')
      .replace(/[[.]+/g, '.')
      .replace(/[^\w.-]+/g, '')
    return components.share('parameters', name.replace(/^\./, ''), { in: 'query', ...parameter, ...written })
  }
}

/** The resource with the fields that a document shows, outside of one. */
export function publicView(resource: Resource, operation: Action['operation'] = 'read'): Resource {
  return new PublicLookup(resource.lookup).shown(resource, operation)
}

/** The relationships that a document shows. */
export function readable(resource: Resource): readonly Relationship[] {
  return [...resource.relationships.values()].filter(({ isReadable }) => isReadable)
}

/** A resource, and those of its subtypes, whose rows are in the same list. */
export function withSubtypes(resource: Resource): readonly Resource[] {
  const { model, lookup } = resource
  const isBase = model.discriminator !== undefined && model.discriminator.value === undefined
  return isBase ? [resource, ...lookup.subtypesOf(model.name)] : [resource]
}
