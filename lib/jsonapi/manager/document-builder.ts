/** Makes the document of a response: primary resources, what is around them, and links. */
import type { Document, Link, ResourceObject } from '../document/document.ts'
import type { DefaultSerializer, SerializerContext } from '../document/serializer.ts'
import { MultipleExceptions } from '../errors/multiple-exceptions.ts'
import { SerializationException } from '../errors/serialization-exception.ts'
import { jsonApiObject } from '../protocol/applied-extensions.ts'
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
  readonly #failures: SerializationException[] = []

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
    return this.#document(data, this.#serialize(included, true), links)
  }

  /** The document of a relationship: identifiers, with the resources and those around them if they are included. */
  async identifiers(primary: Primary, links: Record<string, Link>, isIncluded: boolean): Promise<Document> {
    const list = listOf(primary)
    if (isIncluded) await this.#graph.load(list)
    const identifiers = list.map(identifierOf)
    const data = Array.isArray(primary) ? identifiers : (identifiers[0] ?? null)
    const included = isIncluded ? this.#serialize(this.#graph.instances.all, true) : []
    return this.#document(data, included, links)
  }

  /** @throws {MultipleExceptions} 500, with one error for each resource whose serializer has failed. */
  #document(data: Document['data'], included: ResourceObject[], links: Record<string, Link>): Document {
    const [failure, ...others] = this.#failures
    if (failure) throw others.length > 0 ? new MultipleExceptions(this.#failures) : failure
    return { jsonapi: jsonApiObject(this.#call.request), links, data, included, meta: {} }
  }

  #serialize(instances: readonly Instance[], isIncluded = false): ResourceObject[] {
    return instances.flatMap((instance) => {
      try {
        return serializerOf(this.#call, instance).resourceObject(instance, this.#context)
      } catch (error) {
        this.#failures.push(failureOf(instance, isIncluded, error))
        return []
      }
    })
  }
}

/** The serializer of the API of the request for its own resources, else of the API which decides about the model. */
export function serializerOf({ api, manager }: ApiCall, { resource }: Instance): DefaultSerializer {
  if (resource.settings === api.resource.settings) return api.serializer
  return (manager.apiOf(resource.model.name) ?? api).serializer
}

function failureOf({ row, type, id }: Instance, isIncluded: boolean, error: unknown): SerializationException {
  if (error instanceof SerializationException) return error
  return new SerializationException(row, undefined, { type, id, isIncluded }, error)
}

function listOf(primary: Primary): readonly Instance[] {
  if (primary === null) return []
  return Array.isArray(primary) ? primary : [primary as Instance]
}
