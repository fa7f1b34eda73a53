/**
 * The library over HTTP, with a client that checks every document.
 *
 *     const { get } = await serveLibrary(library, { apis: { person: { exclude: ['email'] } } })
 *     ids(await get('/api/person'))      ['1', '2', '3']
 */
import { beforeAll } from 'vitest'
import { Api, type ApiOptions } from '../../lib/api.ts'
import { ApiManager } from '../../lib/jsonapi/manager/api-manager.ts'
import type { CreateApiOptions, ManagerOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import type { Dialect } from '../../lib/jsonapi/model/dialect.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import { describeEachDatabase, type TestDatabase } from './databases.ts'
import { type JsonApi, type JsonApiReply, jsonApi } from './json-api.ts'
import { type Library, openLibrary } from './library.ts'
import { type QuietLogger, quiet } from './logger.ts'
import { polka } from './polka.ts'
import { type Served, serve } from './server.ts'

export interface LibraryApi extends JsonApi {
  readonly manager: ApiManager
  readonly served: Served
  readonly logger: QuietLogger
  /** The statements of the last request. */
  readonly statements: readonly string[]
}

export interface LibraryOptions {
  readonly manager?: Partial<ManagerOptions>
  readonly api?: Partial<ApiOptions>
  /** Options by model; null: the model has no API. */
  readonly apis?: Readonly<Record<string, CreateApiOptions | null>>
  /** Models in place of those of the library, or beside them. */
  readonly models?: Readonly<Record<string, Model>>
}

/** Serves all models of a library; the server is closed when the spec ends. */
export async function serveLibrary(
  { db, models: known, statements }: Pick<Library, 'db' | 'models' | 'statements'>,
  { manager: options = {}, api: host = {}, apis = {}, models = {} }: LibraryOptions = {},
): Promise<LibraryApi> {
  const app = polka()
  const logger = quiet()
  const api = new Api(app, { title: 'Library', version: '1.0.0', logger, ...host })
  const manager = new ApiManager(api, { db, ...options })
  for (const [name, model] of Object.entries({ ...known, ...models })) {
    const own = apis[name]
    if (own !== null) manager.createApi(model, own)
  }
  const served = await serve(app)
  const fetch: Served['fetch'] = (...request) => {
    statements.length = 0
    return served.fetch(...request)
  }
  return { ...jsonApi({ fetch }), manager, served, logger, statements }
}

/** Serves the library of a describe. */
export type ServeLibrary = (options?: LibraryOptions) => Promise<LibraryApi>

/**
 * A describe with a library: `describeLibrary('a collection', (serve) => …)`.
 *
 * @param only the dialects it is about. Default: all three.
 */
export function describeLibrary(
  name: string,
  specs: (serve: ServeLibrary, library: () => Library) => void,
  only?: readonly Dialect[],
): void {
  describeEachDatabase(
    name,
    (database) => {
      let library: Library
      beforeAll(async () => {
        library = await openLibrary(database)
      })
      specs(
        (options) => serveLibrary(library, options),
        () => library,
      )
    },
    only,
  )
}

/** The ids of the primary data. */
export function ids({ document }: JsonApiReply): readonly string[] {
  return document.data.map(({ id }: { id: string }) => id)
}

/** The included resources, as `type/id`, in the order of their names. */
export function included({ document }: JsonApiReply): readonly string[] {
  return document.included.map(({ type, id }: { type: string; id: string }) => `${type}/${id}`).sort()
}

/** The query parameter `filter[objects]`. */
export function objects(...filters: readonly object[]): string {
  return `filter[objects]=${encodeURIComponent(JSON.stringify(filters))}`
}

/** The errors in short: `400 page[size] Page size must …`. */
export function errorsOf({ document }: JsonApiReply): readonly string[] {
  return document.errors.map(
    ({ status, source = {}, detail }: { status: string; source?: Record<string, string>; detail: string }) =>
      [status, source.parameter ?? source.pointer ?? source.header, detail].filter(Boolean).join(' '),
  )
}

/** An API of tables that statements create in a database of their own. */
export async function serveTables(
  { open }: TestDatabase,
  statements: string,
  manager: Partial<ManagerOptions>,
): Promise<LibraryApi> {
  const opened = await open()
  await opened.run(statements)
  return serveLibrary({ ...opened, models: await introspect(opened.db) }, { manager })
}
