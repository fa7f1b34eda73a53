/** The library as all may change it, on a server that takes URLs of a megabyte. */
import { createServer, type IncomingMessage } from 'node:http'
import { Api } from '../../lib/api.ts'
import { ApiManager, type ManagerOptions } from '../../lib/jsonapi.ts'
import { type JsonApi, jsonApi } from './json-api.ts'
import type { Library } from './library.ts'
import { type QuietLogger, quiet } from './logger.ts'
import { polka } from './polka.ts'
import { type Served, serve } from './server.ts'

export interface WritableLibrary extends JsonApi {
  readonly served: Served
  readonly logger: QuietLogger
}

/** @param identify gives the identity of each request. */
export async function serveWritable(
  { db, models }: Pick<Library, 'db' | 'models'>,
  options: Partial<ManagerOptions> = {},
  identify?: (request: IncomingMessage) => unknown,
): Promise<WritableLibrary> {
  const app = polka()
  if (identify)
    app.use((request: IncomingMessage, _response: unknown, next: () => void) => {
      Object.assign(request, { identity: identify(request) })
      next()
    })
  const logger = quiet()
  const manager = new ApiManager(new Api(app, { title: 'Library', version: '1', logger }), {
    db,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowFunctions: true,
    allowClientGeneratedIds: true,
    allowToManyReplacement: true,
    allowDeleteFromToManyRelationships: true,
    ...options,
  })
  for (const model of Object.values(models)) manager.createApi(model)
  const served = await serve(
    createServer({ maxHeaderSize: 1 << 20 }, (request, response) => app.handler(request as never, response)),
  )
  return { ...jsonApi(served), served, logger }
}
