/**
 * Registrations on an app of Polka 1: it runs middleware and routes in the order of their registration, and the dispatchers
 * are middleware.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type PolkaRequest, pathOf } from '../routing/request-target.ts'
import { dispatch } from './dispatch.ts'
import { guardWith } from './guarded-middleware.ts'
import type { Listener, ParsedTarget, PolkaApp, RequestLine, Router } from './polka-router.ts'
import type { Routes } from './routes.ts'

interface PolkaMatch {
  readonly handlers: readonly Listener[]
}

interface App extends PolkaApp {
  find?(method: string, path: string): PolkaMatch
  /** Middleware and routes, in order. */
  readonly routes?: readonly { readonly handlers: readonly Listener[]; readonly pattern: RegExp }[]
}

/** A request that an endpoint has passed on before the app has routed it. */
interface Passed {
  /** Of the endpoint's registration. */
  readonly index: number
  /** The members that the routing of the app reads or writes, as the endpoint has left them. */
  readonly members: object
}

export class Polka1 implements Router {
  readonly #app: App
  readonly #find: App['find']
  readonly #handler: PolkaApp['handler']
  readonly #dispatchers: Listener[] = []
  /** The targets that the app has routed. */
  readonly #targets = new WeakMap<IncomingMessage, string>()
  readonly #passed = new WeakMap<IncomingMessage, Passed>()

  constructor(app: App) {
    this.#app = app
    this.#handler = app.handler
    this.#guardHandlers()
    this.#find = app.find
  }

  /** Guards the handlers of each request, when they are found. */
  #guardHandlers(): void {
    const app = this.#app
    const { find } = app
    if (!find) return
    const guarded = guardWith(rethrow)
    app.find = (method, path) => {
      const match = find.call(app, method, path)
      return { ...match, handlers: match.handlers.map(guarded) }
    }
  }

  add(registration: Routes): void {
    const index = this.#dispatchers.length
    const dispatcher: Listener = (request, response, next) => {
      if (this.#hasPassed(index, request)) return next?.()
      this.restoreTarget(request)
      const { params } = request // of the app's own routes at the path
      dispatch(registration, request, response, () => {
        if (params) request.params = params
        next?.()
      })
    }
    this.#dispatchers.push(dispatcher)
    this.#app.use(dispatcher)
  }

  keepTarget(request: PolkaRequest): void {
    this.#targets.set(request, request.url ?? '/')
  }

  /**
   * Polka 1 restores the target itself after middleware with a base path, but out of a cache that such middleware
   * overwrites when it parses the request, as sirv does: `/assets/admin` would be `/admin` from then on, past the guards
   * of that path.
   */
  restoreTarget(request: PolkaRequest): void {
    const target = this.#targets.get(request)
    if (target === undefined || target === request.url) return
    request.url = target
    request.path = pathOf(request)
  }

  subAppsAt(path: string): ReturnType<Router['subAppsAt']> {
    return (this.#app.routes ?? []).flatMap(({ handlers, pattern }) => {
      const [base] = pattern.exec(path) ?? []
      if (base === undefined) return []
      return handlers.map((app) => ({ app, path: path.slice(base.length) || '/' }))
    })
  }

  isFirst(index: number): boolean {
    const { routes, find } = this.#app
    return routes?.[index]?.handlers[0] === this.#dispatchers[index] && find === this.#find
  }

  writeTarget(request: PolkaRequest, { pathname, search, query }: ParsedTarget): void {
    request.path = pathname
    request.url = pathname + search
    request.search = search
    request.query = (query ?? {}) as NonNullable<PolkaRequest['query']>
  }

  passOn(index: number, line: RequestLine, request: PolkaRequest, response: ServerResponse): unknown {
    if (response.writableEnded) return
    const { method, url, path, search, query, originalUrl } = request
    this.#passed.set(request, { index, members: { method, url, path, search, query, originalUrl } })
    Object.assign(request, line)
    return this.#handler?.(request, response)
  }

  /** Whether the registration of an index has had the request before; the last that has had it restores its members. */
  #hasPassed(index: number, request: PolkaRequest): boolean {
    const passed = this.#passed.get(request)
    if (passed?.index === index) {
      this.#passed.delete(request)
      Object.assign(request, passed.members)
    }
    return passed !== undefined && index <= passed.index
  }
}

/** Polka 1 catches it. */
function rethrow(error: unknown): never {
  throw error
}
