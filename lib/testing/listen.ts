/**
 * An app on a port of its own, for as long as a test needs it.
 *
 *     await using pets = await listen(app)
 *     const response = await pets.fetch('/pets/1')
 *
 * A real server on 127.0.0.1 and the real `fetch`: what is measured is what users get, streams, limits and
 * broken connections included. There is nothing in between that would have to be like them.
 */
import { createServer, type RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What can be served: a Polka app, a blueprint, an Api that is on an app, a request listener, a server. */
export type Servable =
  | Server
  | RequestListener
  // biome-ignore lint/suspicious/noExplicitAny: each version of Polka has its own types for handlers
  | { readonly handler: (request: any, response: any, ...more: any[]) => unknown }
  | { readonly root: { readonly handler: RequestListener } }

/** `fetch` below an address. Redirects are not followed unless `init` says so: they are answers, too. */
export type ServedFetch = (path: string, init?: RequestInit) => Promise<Response>

export interface Listening {
  /** Without a slash at the end: `http://127.0.0.1:49152`. */
  readonly url: string
  readonly fetch: ServedFetch
  /** Breaks all connections, and frees the port. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const methods = new WeakMap<Response, string>()

/** The method a response answers, where `fetch` of this room asked for it. */
export function methodOf(response: Response): string | undefined {
  return methods.get(response)
}

/** Serves on a port that is free. @throws {TypeError} for what cannot be served. */
export async function listen(app: Servable): Promise<Listening> {
  const server = app instanceof Server ? app : createServer(listenerOf(app))
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
  const ask: ServedFetch = async (path, init = {}) => {
    const response = await fetch(url + path, { redirect: 'manual', ...init })
    methods.set(response, (init.method ?? 'GET').toUpperCase())
    return response
  }
  return { url, fetch: ask, close, [Symbol.asyncDispose]: close }
}

/**
 * A `fetch` to an app that needs no port from you and no closing: it listens when it is first called, and
 * keeps no process alive.
 */
export function fetchFrom(app: Servable): ServedFetch {
  let listening: Promise<Listening> | undefined
  const start = () => {
    const server = app instanceof Server ? app : createServer(listenerOf(app))
    return listen(server.unref())
  }
  return async (path, init) => {
    listening ??= start()
    return (await listening).fetch(path, init)
  }
}

/** @throws {TypeError} for what answers no requests. */
function listenerOf(app: Exclude<Servable, Server>): RequestListener {
  if (typeof app === 'function') return app
  if ('handler' in app && typeof app.handler === 'function')
    return (request, response) => void app.handler(request, response)
  if ('root' in app && typeof app.root?.handler === 'function') return app.root.handler
  throw new TypeError('listen takes a Polka app, a blueprint, an Api, a request listener or a server')
}
