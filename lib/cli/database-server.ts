/** The server of `mazurka serve`: a JSON:API of all tables, with its OpenAPI document and the documentation page. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import polka from 'polka'
import { Api } from '../api/api.ts'
import { ApiManager } from '../jsonapi/manager/api-manager.ts'
import type { Database } from '../jsonapi/model/dialect.ts'
import { type IntrospectOptions, introspect } from '../jsonapi/model/introspect.ts'
import type { Model } from '../jsonapi/model/model.ts'
import { production } from '../server/production.ts'
import { shutdown } from '../server/shutdown.ts'
import { CommandError } from './command.ts'

export interface ServeOptions extends Pick<IntrospectOptions, 'tables' | 'exclude'> {
  readonly title: string
  readonly canWrite: boolean
  readonly host: string
  readonly port: number
}

/** A server that listens. */
export interface DatabaseServer {
  /** `http://127.0.0.1:3000` */
  readonly origin: string
  readonly models: readonly Model[]
}

/** Names of this machine: a page of another site that makes its own name lead here is refused. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const ALLOWED = {
  methods: ['GET', 'POST', 'PATCH', 'DELETE'],
  allowToManyReplacement: true,
  allowDeleteFromToManyRelationships: true,
  allowClientGeneratedIds: true,
}

/**
 * Serves the tables of a database until SIGTERM or SIGINT, which close the server, then the database, and end the process.
 *
 * @throws {CommandError} for a database without tables, and for a port that is in use.
 * @throws {TypeError} for a table or a column that the database does not have.
 */
export async function serveDatabase(
  db: Database,
  { title, canWrite, host, port, tables, exclude }: ServeOptions,
): Promise<DatabaseServer> {
  const models = Object.values(
    await introspect(db, { ...(tables && { tables }), ...(exclude && { exclude }) }),
  )
  if (models.length === 0) throw new CommandError('The database has no table with a primary key')
  const app = polka()
  const isLocal = LOOPBACK.includes(host) || host === '::1'
  const api = new Api(app, { title, version: '1.0.0', allowedHosts: isLocal && LOOPBACK })
  const manager = new ApiManager(api, { db, allowFunctions: true, ...(canWrite && ALLOWED) })
  for (const model of models) manager.createApi(model)
  const { options, apply } = production()
  const server = apply(createServer(options, app.handler as RequestListener))
  shutdown(server, { close: [() => db.destroy()], graceSeconds: 2 })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port)))
    server.listen(port, host, resolve)
  })
  const shown = host.includes(':') ? `[${host}]` : host
  return { origin: `http://${shown}:${(server.address() as AddressInfo).port}`, models }
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error
  return new CommandError(`The port ${port} is in use: choose another one by --port`)
}
