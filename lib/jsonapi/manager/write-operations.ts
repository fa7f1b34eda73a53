/**
 * The operations that change resources. Endpoints run one in a transaction, atomic requests several: processors, permissions,
 * validation and preconditions are the same in both. Wrong parameters of the query are an error before anything else.
 */
import { isSegment } from '../../http/url-text.ts'
import type { Document, Link } from '../document/document.ts'
import { databaseError } from '../errors/database-error.ts'
import { validationErrors } from '../errors/validation-errors.ts'
import { refuseParameters } from '../query/parameters.ts'
import type { Row } from '../reading/selection.ts'
import type { Relationship } from '../resource/resource.ts'
import type { Mode } from '../write/change.ts'
import type { LocalIds, WriteContext } from '../write/context.ts'
import { createResource } from '../write/create.ts'
import { deleteResource } from '../write/delete.ts'
import { DefaultDeserializer } from '../write/deserializer.ts'
import { isObject } from '../write/issues.ts'
import { relationshipData, updateRelationship } from '../write/relationship.ts'
import { resourceObjectOf } from '../write/resource-object.ts'
import { lockResource, updateResource } from '../write/update.ts'
import type { ApiCall } from './api-call.ts'
import { columnPlaces } from './column-places.ts'
import { noSuchRelation, noSuchResource } from './no-such.ts'
import { type PreprocessorKind, runPostprocessors, runPreprocessors } from './processors.ts'
import { resourceDocument } from './read-resource.ts'
import { changedHash, relationshipHash, type ShownMembers, shownOf } from './relationship-etag.ts'
import { checkPreconditions, hasPreconditions, requireIfMatch } from './resource-etag.ts'
import { resourceQuery } from './resource-query.ts'
import { rowHash } from './row-hash.ts'

/** The outcome of an operation. */
export interface Outcome {
  readonly status: 200 | 201 | 204
  readonly document?: Document
  /** The id of a new resource. */
  readonly id?: string
  /** Of the new state, for its ETag. */
  readonly hash?: string | undefined
}

export class WriteOperations {
  readonly #call: ApiCall
  readonly #context: WriteContext

  /** @param localIds of an atomic request: its operations have no preconditions of their own. */
  constructor(call: ApiCall, localIds?: LocalIds) {
    this.#call = call
    const { db, dialect } = call.scope
    this.#context = { db, dialect, request: call.request, ...(localIds ? { localIds } : {}) }
  }

  /** Creates a resource from a document. */
  async create(data: unknown): Promise<Outcome> {
    const { api, resource } = this.#call
    resourceQuery(this.#call, resource)
    this.#checkForm('POST_RESOURCE', () => resourceObjectOf(data))
    const context = this.#call.processing({ data })
    await runPreprocessors(api, 'POST_RESOURCE', context)
    const row = await this.#validated(context.data, async () => {
      const change = await this.#deserializer().deserialize(context.data, this.#context)
      return createResource(this.#context, resource, change)
    })
    const id = resource.ids.of(row, api.dialect)
    const links = isSegment(id) ? { self: this.#call.urls.resource(resource, id) } : {}
    const document = await this.#document(id, links)
    await runPostprocessors(
      api,
      'POST_RESOURCE',
      this.#call.processing({ resourceId: id, result: document ?? {} }),
    )
    return { status: 201, ...(document && { document }), id, hash: await this.#hash(row) }
  }

  /** Updates a resource. The outcome has a document where more has changed than the client sent, or it asked for one. */
  async update(requestedId: string, data: unknown, wantsDocument: boolean): Promise<Outcome> {
    const { api, resource } = this.#call
    resourceQuery(this.#call, resource)
    this.#checkForm('PATCH_RESOURCE', () => resourceObjectOf(data))
    const context = this.#call.processing({ resourceId: requestedId, data })
    const sent = api.preprocessors.PATCH_RESOURCE ? JSON.stringify(data) : undefined
    await runPreprocessors(api, 'PATCH_RESOURCE', context)
    const isOther = sent !== undefined && sent !== JSON.stringify(context.data)
    const id = context.resourceId ?? requestedId
    const row = await this.#lock(id)
    const updated = await this.#validated(context.data, async () => {
      const change = await this.#deserializer().deserialize(context.data, this.#context, { id, row })
      return updateResource(this.#context, resource, row, change, api.options)
    })
    const isShown = wantsDocument || isOther || updated.hasChangedMore
    const document = isShown ? await this.#document(id) : undefined
    const result = document ?? {}
    await runPostprocessors(api, 'PATCH_RESOURCE', this.#call.processing({ resourceId: id, result }))
    const hash = await this.#hash(updated.row)
    return document ? { status: 200, document, hash } : { status: 204, hash }
  }

  async delete(requestedId: string): Promise<Outcome> {
    const { api, resource, request } = this.#call
    refuseParameters(request.query)
    const context = this.#call.processing({ resourceId: requestedId })
    await runPreprocessors(api, 'DELETE_RESOURCE', context)
    const id = context.resourceId ?? requestedId
    const row = await this.#lock(id)
    await this.#validated(undefined, () => deleteResource(this.#context, resource, row))
    await runPostprocessors(
      api,
      'DELETE_RESOURCE',
      this.#call.processing({ resourceId: id, wasDeleted: true }),
    )
    return { status: 204 }
  }

  /**
   * Adds, replaces or removes members of a relationship.
   *
   * @param read the members that preprocessors of a read show.
   */
  async changeRelationship(
    requestedId: string,
    name: string,
    mode: Mode,
    data: unknown,
    read?: ShownMembers,
  ): Promise<Outcome> {
    const { api, resource, request } = this.#call
    refuseParameters(request.query)
    const kind = KINDS[mode]
    const asked = resource.relationships.get(name)
    this.#checkForm(kind, () => {
      if (asked) relationshipData(asked, mode, data)
      else if (!isObject(data) || data.data === undefined) throw noSuchRelation(name)
    })
    const context = this.#call.processing({ resourceId: requestedId, relationName: name, data })
    await runPreprocessors(api, kind, context)
    const { resourceId = requestedId, relationName = name } = context
    const relationship = resource.relationships.get(relationName)
    if (!relationship) throw noSuchRelation(relationName)
    const showsAll = relationship.isReadable && !api.preprocessors.GET_RELATIONSHIP && !this.#isAtomic
    const all = showsAll ? { resourceId, relationName, condition: undefined } : undefined
    const shown = all ?? shownOf(read, resourceId, relationName)
    const row = await this.#lockMembers(resourceId, relationship, shown)
    const hasChanged = await this.#validated(context.data, () =>
      updateRelationship(this.#context, resource, row, relationship, mode, context.data, api.options),
    )
    const wasDeleted = mode === 'remove' ? { wasDeleted: hasChanged } : {}
    await runPostprocessors(api, kind, this.#call.processing({ resourceId, relationName, ...wasDeleted }))
    return { status: 204, hash: await changedHash(this.#call, relationship, resourceId, shown) }
  }

  /** The row, which other writers cannot change until the end of the transaction. */
  async #lock(id: string): Promise<Row> {
    const row = await this.#lockRow(id)
    if (this.#hasPreconditions) checkPreconditions(this.#call.request, await this.#hash(row))
    return row
  }

  /** The hash of a state; undefined for one of several operations, which have no ETags. */
  async #hash(row: Row): Promise<string | undefined> {
    const { scope, resource } = this.#call
    return this.#isAtomic ? undefined : rowHash(scope, { resource, row })
  }

  /** The row, with its members where preconditions depend on them. */
  async #lockMembers(id: string, relationship: Relationship, shown: ShownMembers | undefined): Promise<Row> {
    const row = await this.#lockRow(id, this.#hasPreconditions)
    if (this.#hasPreconditions) {
      const hash = await relationshipHash(this.#call, relationship, row, shown, true)
      checkPreconditions(this.#call.request, hash, 'relationship')
    }
    return row
  }

  async #lockRow(id: string, locksReferences = false): Promise<Row> {
    const { api, resource, request } = this.#call
    if (api.options.requireIfMatch) requireIfMatch(this.#isAtomic ? undefined : request)
    const lock = () => lockResource(this.#context, resource, id, locksReferences)
    const row = await this.#validated(undefined, lock)
    if (!row) throw noSuchResource(resource.type, id)
    return row
  }

  /** The document of the new state; undefined for a client that may write resources of the type, and not read them. */
  async #document(id: string, links?: Record<string, Link>): Promise<Document | undefined> {
    if (!this.#call.resource.mayRead) return undefined
    return (await resourceDocument(this.#call, id, links)).document
  }

  get #isAtomic(): boolean {
    return this.#context.localIds !== undefined
  }

  get #hasPreconditions(): boolean {
    return !this.#isAtomic && hasPreconditions(this.#call.request)
  }

  /** Checks the form of a document before preprocessors read its members. A deserializer of the application may take others. */
  #checkForm(kind: PreprocessorKind, check: () => unknown): void {
    const { preprocessors, options } = this.#call.api
    if (preprocessors[kind] && !options.deserializer) check()
  }

  #deserializer(): DefaultDeserializer {
    const { options } = this.#call.api
    return new (options.deserializer ?? DefaultDeserializer)(this.#call.resource, options)
  }

  /** Errors of the application's own validation, and of the database, become those of the document. */
  async #validated<T>(document: unknown, run: () => Promise<T>): Promise<T> {
    const { api, resource } = this.#call
    try {
      return await run()
    } catch (error) {
      throw (
        validationErrors(error, api.options.validationExceptions ?? [], document) ??
        databaseError(error, columnPlaces(resource, document)) ??
        error
      )
    }
  }
}

const KINDS = {
  add: 'POST_RELATIONSHIP',
  replace: 'PATCH_RELATIONSHIP',
  remove: 'DELETE_RELATIONSHIP',
} as const
