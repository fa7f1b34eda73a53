/**
 * Registrations on an app of Polka 0.5: it runs global middleware, then middleware with a base path, then one route. The
 * endpoints are found as routes before Polka's own.
 */
import type { ServerResponse } from 'node:http'
import { isEmpty } from '../registry/is-empty.ts'
import { type PolkaRequest, pathOf } from '../routing/request-target.ts'
import type { Next } from '../walk/hook.ts'
import { dispatch, matchIn } from './dispatch.ts'
import { hasFailed } from './failed-request.ts'
import { guardMiddleware } from './guarded-middleware.ts'
import type { Listener, ParsedTarget, PolkaApp, RequestLine, Router } from './polka-router.ts'
import type { AppRegistrations } from './registrations.ts'
import type { Routes } from './routes.ts'

/** A route that matched. */
interface PolkaMatch {
  readonly params: Record<string, string>
  readonly handlers: readonly Listener[]
}

interface App extends PolkaApp {
  find(method: string, path: string): PolkaMatch | false
  /** Global middleware. */
  wares: readonly Listener[]
  /** Middleware, and sub-apps, by the first segment of the path. */
  readonly bwares: Record<string, readonly Listener[]>
  readonly apps: Readonly<Record<string, SubApp>>
}

interface SubApp {
  readonly handler: (...all: unknown[]) => unknown
}

type Find = App['find']

export class Polka05 implements Router {
  readonly #app: App
  readonly #registrations: AppRegistrations
  readonly #findOwn: Find
  readonly #find: Find

  constructor(app: App, registrations: AppRegistrations) {
    this.#app = app
    this.#registrations = registrations
    this.#findOwn = app.find.bind(app)
    this.#find = (method, path) => this.#routeBehind(-1, method, path)
    app.find = this.#find
    guardMiddleware(app)
  }

  static isVersionOf(app: object): app is App {
    const { bwares, find } = app as Partial<App>
    return bwares !== undefined && find !== undefined
  }

  /** Registers nothing, since `find` reads the list. Warns of guards that this version of Polka never runs. */
  add(): void {
    for (const base of Object.keys(this.#app.bwares).filter((path) => path.includes('/', 1)))
      process.emitWarning(
        `Polka 0.5 never runs middleware at '${base}': add it at '${baseOf(base)}', or to the blueprint`,
        { code: 'MAZURKA_BASE_PATH' },
      )
  }

  keepTarget(): void {}

  /**
   * Writes the base path of the target again that middleware with it has cut off, or Polka before all middleware where an app is
   * mounted there. Routes get it again, see atPath.
   */
  restoreTarget(request: PolkaRequest): void {
    const { url = '/', originalUrl = url } = request
    const base = baseOf(originalUrl.replace(/\?.*/s, ''))
    const { bwares, apps } = this.#app
    const cut = (target: string): string => target.slice(base.length) || '/'
    const once = cut(originalUrl)
    const isOnce = (bwares[base] ?? apps[base]) !== undefined && once === url
    if (!isOnce && !(bwares[base] && apps[base] && cut(once) === url)) return
    request.url = originalUrl
    request.path = pathOf(request)
  }

  subAppsAt(path: string): ReturnType<Router['subAppsAt']> {
    return Polka05.subAppsOf(this.#app, path)
  }

  /** The apps that are mounted in any app of this version at a path. */
  static subAppsOf({ apps }: App, path: string): ReturnType<Router['subAppsAt']> {
    const app = apps[baseOf(path)]
    return app ? [{ app, path: pathInSubApp(path) }] : []
  }

  isFirst(): boolean {
    const { wares, bwares, find } = this.#app
    return wares.length === 0 && find === this.#find && isEmpty(bwares)
  }

  writeTarget(request: PolkaRequest, { pathname, search }: ParsedTarget): void {
    request.path = pathname
    request.search = search
  }

  passOn(
    index: number,
    line: RequestLine,
    request: PolkaRequest,
    response: ServerResponse,
    next: Next,
  ): unknown {
    const path = pathOf(line)
    const route = this.#routeBehind(index, line.method ?? 'GET', path)
    const { params, handlers } = route || this.#noRouteAt(path)
    request.params = params
    return inOrder(handlers)(request, response, next)
  }

  /**
   * The route of an app at a path, behind the registration of an index: the endpoints before Polka's own routes, and
   * `onNoMatch` where no route is.
   */
  #routeBehind(index: number, method: string, path: string): PolkaMatch | false {
    const own = this.#findOwn(method, path)
    const { params, handlers } = own || this.#noRouteAt(path)
    const isPath = path.startsWith('/')
    const dispatchers = this.#registrations
      .at(path)
      .filter(({ index: other, routes }) => other > index && (!isPath || matchIn(routes, method, path)))
      .map(({ routes }) => dispatcherAt(path, params, routes))
    if (dispatchers.length === 0 && own) return { params, handlers: handlers.map(unlessFailed) }
    if (dispatchers.length === 0 && this.#subAppAt(path)) return false
    return { params, handlers: [inOrder([...dispatchers, ...handlers]), ignore] }
  }

  /** The last handler where Polka itself has no route: the sub-app at the path, else `onNoMatch`. */
  #noRouteAt(path: string): PolkaMatch {
    const subApp = this.#subAppAt(path)
    const onNoMatch: Listener = (...all) => this.#app.onNoMatch?.(...all)
    return { params: {}, handlers: [subApp ? handlerOf(subApp, path) : atPath(path, onNoMatch)] }
  }

  #subAppAt(path: string): SubApp | undefined {
    return this.#app.apps[baseOf(path)]
  }
}

/** One handler that calls each when the one before has passed on, however often middleware has called `next`. */
function inOrder(handlers: readonly Listener[]): Listener {
  return function callInTurn(request, response, next) {
    const [first, ...others] = handlers
    if (response.writableEnded || hasFailed(request)) return
    return first?.(request, response, (error) =>
      error ? next?.(error) : inOrder(others)(request, response, next),
    )
  }
}

function unlessFailed(handler: Listener): Listener {
  return (request, response, next) => (hasFailed(request) ? undefined : handler(request, response, next))
}

/** A second handler: Polka gives `next` to several alone. */
const ignore: Listener = () => {}

/**
 * Calls a handler with the path that Polka has routed: middleware with a base path has cut it off `request.url`. A
 * request that is passed on looks as it did before, apart from what the handler has changed.
 */
function atPath(routed: string, handler: (...all: Required<Parameters<Listener>>) => unknown): Listener {
  return function callAtPath(request, response, next) {
    const { url, path = routed } = request
    const target = routed + (request.search ?? '')
    Object.assign(request, { url: target, path: routed })
    return handler(request, response, (error) => {
      if (request.url === target) request.url = url
      if (request.path === routed) request.path = path
      next?.(error)
    })
  }
}

function dispatcherAt(routed: string, params: Record<string, string>, routes: Routes): Listener {
  return atPath(routed, (request, response, next) =>
    dispatch(routes, request, response, () => {
      request.params = params
      next()
    }),
  )
}

function handlerOf({ handler }: SubApp, path: string): Listener {
  const pathname = pathInSubApp(path)
  return (request, response) => {
    Object.assign(request, { url: pathname + (request.search ?? ''), path: pathname })
    return handler(request, response)
  }
}

function pathInSubApp(path: string): string {
  return path.slice(baseOf(path).length) || '/'
}

/** The first segment, with its slash. */
function baseOf(path: string): string {
  return /^\/[^/]*/.exec(path)?.[0] ?? '/'
}
