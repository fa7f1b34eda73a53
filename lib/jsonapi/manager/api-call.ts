/** One request to an API: what its steps share, whatever the operation. */
import type { IncomingMessage } from 'node:http'
import { Forbidden } from '../../exceptions/client-errors.ts'
import { Urls } from '../document/links.ts'
import type { Database } from '../model/dialect.ts'
import { Scope } from '../query/scope.ts'
import { visibleRelationship } from '../query/visible-field.ts'
import type { Resource } from '../resource/resource.ts'
import { type Action, notAllowed } from '../resource/resource-options.ts'
import type { Manager } from './manager.ts'
import type { ProcessorContext } from './processors.ts'
import { requestUrl } from './request-url.ts'
import type { ServedApi } from './served-api.ts'

/** The request of a generated endpoint. */
export interface ApiRequest extends IncomingMessage {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | string[]>>
  readonly originalUrl: string
  readonly signal: AbortSignal
  readonly body?: unknown
}

export class ApiCall {
  readonly api: ServedApi
  readonly manager: Manager
  readonly request: ApiRequest
  /** The resource as the client of the request sees it. */
  readonly resource: Resource
  /** Of the statements of Mazurka: without the plugins of the application. */
  readonly scope: Scope
  readonly urls: Urls
  /** The URL of the request, as links show it. */
  readonly self: string
  readonly #db: Database

  /**
   * @param template of the endpoint's path, with the prefix of the manager: `/api/person/:id`.
   * @param db the transaction of a write.
   * @throws {Forbidden} 403, for an operation that the permissions exclude.
   */
  constructor(
    api: ServedApi,
    manager: Manager,
    request: ApiRequest,
    template: string,
    operation: Action['operation'] = 'read',
    db: Database = api.db,
  ) {
    this.api = api
    this.manager = manager
    this.request = request
    this.resource = api.resource.for(request, operation)
    if (!this.resource.allows(operation)) throw new Forbidden(notAllowed(operation, this.resource.type))
    this.#db = db
    this.scope = new Scope(db.withoutPlugins(), api.dialect, request)
    const { base, self } = requestUrl(request, template, api.baseUrl)
    this.urls = new Urls(base)
    this.self = self
  }

  /** The argument of processors. They get ids in the spelling of documents, whatever the client has sent. */
  processing(members: Partial<ProcessorContext> = {}): ProcessorContext {
    const { request, resource, scope } = this
    const context: ProcessorContext = { request, db: this.#db, type: resource.type, ...members }
    const { resourceId, relatedResourceId, relationName = '' } = members
    if (resourceId !== undefined) context.resourceId = resource.ids.spelled(resourceId, scope.dialect)
    const target = relatedResourceId !== undefined && visibleRelationship(resource, relationName)?.target
    if (target) context.relatedResourceId = target.ids.spelled(relatedResourceId, scope.dialect)
    return context
  }
}
