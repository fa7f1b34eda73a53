/**
 * An app on a free port, for the duration of a test.
 *
 *     await using pets = await listen(app)
 *     const response = await pets.fetch('/pets/1')
 *
 * A real server on 127.0.0.1 and the real `fetch`, without mocks: streams, limits and broken connections
 * behave as in production.
 */
import { createServer, type RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { servedClasses } from '../app/app-server.ts'

/** A Polka app, a blueprint, an Api, a request listener, or a server. */
export type Servable =
  | Server
  | RequestListener
  // biome-ignore lint/suspicious/noExplicitAny: each version of Polka has its own types for handlers
  | { readonly handler: (request: any, response: any, ...more: any[]) => unknown }
  | { readonly root: { readonly handler: RequestListener }; readonly '~listener'?: RequestListener }

/** `fetch` with a path in place of a URL. Redirects are not followed, unless `init.redirect` is `follow`. */
export type ServedFetch = (path: string, init?: RequestInit) => Promise<Response>

/** A server that is listening. */
export interface Listening {
  /** Without a trailing slash: `http://127.0.0.1:49152`. */
  readonly url: string
  readonly fetch: ServedFetch
  /** Closes all connections and the port. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const methods = new WeakMap<Response, string>()

/** The request method of a response, when it came from a {@link ServedFetch}. */
export function methodOf(response: Response): string | undefined {
  return methods.get(response)
}

/**
 * Serves an app on a free port. An Api that is on no app is initialised, and cannot be put on one afterwards.
 *
 * @throws {TypeError} for a value that cannot be served, and for an invalid declaration of a blueprint.
 */
export async function listen(app: Servable): Promise<Listening> {
  const server = app instanceof Server ? app : createServer(servedClasses, listenerOf(app))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const servedFetch: ServedFetch = async (path, init = {}) => {
    const response = await fetch(url + path, { redirect: 'manual', ...init })
    methods.set(response, (init.method ?? 'GET').toUpperCase())
    return response
  }
  return { url, fetch: servedFetch, close, [Symbol.asyncDispose]: close }
}

/** `fetch` from an app that needs no closing: it listens from the first call, and keeps no process alive. */
export function fetchFrom(app: Servable): ServedFetch {
  let listening: Promise<Listening> | undefined
  const start = () => {
    const server = app instanceof Server ? app : createServer(servedClasses, listenerOf(app))
    return listen(server.unref())
  }
  return async (path, init) => {
    listening ??= start()
    return (await listening).fetch(path, init)
  }
}

/** @throws {TypeError} for a value that cannot serve requests. */
function listenerOf(app: Exclude<Servable, Server>): RequestListener {
  if (typeof app === 'function') return app
  if ('handler' in app) {
    const { handler } = app // read at once: a blueprint compiles, and throws
    if (typeof handler === 'function') return (request, response) => void handler.call(app, request, response)
  }
  const listener = 'root' in app ? (app['~listener'] ?? app.root?.handler) : undefined
  if (typeof listener === 'function') return listener
  throw new TypeError('listen needs a Polka app, a blueprint, an Api, a request listener or a server')
}
