/** Makes the document of a response: primary resources, what is around them, and links. */
import type { Document, Link, ResourceObject } from '../document/document.ts'
import type { SerializerContext } from '../document/serializer.ts'
import { MultipleExceptions } from '../errors/multiple-exceptions.ts'
import { SerializationException } from '../errors/serialization-exception.ts'
import { appliedExtensions } from '../protocol/applied-extensions.ts'
import { Graph, type GraphQuery } from '../reading/graph.ts'
import { type Instance, identifierOf } from '../reading/instance.ts'
import type { Row } from '../reading/selection.ts'
import type { ApiCall } from './api-call.ts'

/** Primary data. */
type Primary = Instance | null | readonly Instance[]

export class DocumentBuilder {
  readonly #call: ApiCall
  readonly #graph: Graph
  readonly #context: SerializerContext

  constructor(call: ApiCall, query: GraphQuery) {
    this.#call = call
    this.#graph = new Graph(call.scope, query)
    this.#context = { fields: query.fields, urls: call.urls }
  }

  /** The instance of a row of a resource. */
  instance(resource: Instance['resource'], row: Row): Instance {
    return this.#graph.instances.of(resource, row)
  }

  /** The document of resources, with those to include. */
  async resources(primary: Primary, links: Record<string, Link>): Promise<Document> {
    const list = listOf(primary)
    await this.#graph.load(list)
    const objects = this.#serialize(list)
    const data = Array.isArray(primary) ? objects : (objects[0] ?? null)
    const isPrimary = new Set(list)
    const included = this.#graph.instances.all.filter((instance) => !isPrimary.has(instance))
    return { ...this.#frame(links), data, included: this.#serialize(included, true) }
  }

  /** The document of a relationship: identifiers, with the resources and those around them if they are included. */
  async identifiers(primary: Primary, links: Record<string, Link>, isIncluded: boolean): Promise<Document> {
    const list = listOf(primary)
    if (isIncluded) await this.#graph.load(list)
    const identifiers = list.map(identifierOf)
    const data = Array.isArray(primary) ? identifiers : (identifiers[0] ?? null)
    const included = isIncluded ? this.#serialize(this.#graph.instances.all, true) : []
    return { ...this.#frame(links), data, included }
  }

  #frame(links: Record<string, Link>): Pick<Document, 'jsonapi' | 'links' | 'meta'> {
    const { ext, profile } = appliedExtensions(this.#call.request)
    return {
      jsonapi: {
        version: '1.1',
        ...(ext.length > 0 ? { ext } : {}),
        ...(profile.length > 0 ? { profile } : {}),
      },
      links,
      meta: {},
    }
  }

  /** @throws {MultipleExceptions} 500, with one error for each resource whose serializer fails. */
  #serialize(instances: readonly Instance[], isIncluded = false): ResourceObject[] {
    const failures: SerializationException[] = []
    const objects: ResourceObject[] = []
    for (const instance of instances) {
      const { serializer } = this.#call.manager.apiOf(instance.resource.model.name) ?? this.#call.api
      try {
        objects.push(serializer.resourceObject(instance, this.#context))
      } catch (error) {
        failures.push(failureOf(instance, isIncluded, error))
      }
    }
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new MultipleExceptions(failures)
    return objects
  }
}

function failureOf({ row, type, id }: Instance, isIncluded: boolean, error: unknown): SerializationException {
  if (error instanceof SerializationException) return error
  return new SerializationException(row, undefined, { type, id, isIncluded }, error)
}

function listOf(primary: Primary): readonly Instance[] {
  if (primary === null) return []
  return Array.isArray(primary) ? primary : [primary as Instance]
}
