/** The server that a Polka app creates at `listen`: its requests and responses are of the classes that cost the walk least. */
import http, { type ServerOptions } from 'node:http'
import { ServedRequest } from '../connection/served-request.ts'
import { ServedResponse } from '../connection/served-response.ts'

/** Options of `createServer`. */
export const servedClasses: ServerOptions = { IncomingMessage: ServedRequest, ServerResponse: ServedResponse }

/** An app that creates a server at `listen`, unless the application has given one. */
export interface ListeningApp {
  server?: unknown
  listen?(...all: unknown[]): unknown
}

/** Wraps the `listen` of Polka, so that its server has these classes. A `listen` that the application has set is not changed. */
export function wrapListen(app: ListeningApp): void {
  const { listen } = app
  const methods = Object.getPrototypeOf(app)
  const isOfPolka = Object.hasOwn(methods, 'handler') && listen === methods.listen
  if (!listen || !isOfPolka) return
  app.listen = function listenWithClasses(...all) {
    app.server ??= http.createServer(servedClasses)
    return listen.apply(this, all)
  }
}
