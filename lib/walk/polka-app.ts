/**
 * The places where a registration enters a Polka app, so that it is guarded exactly as Polka's own routes are.
 *
 * Polka 1 runs middleware and routes in the order of registration: the dispatcher is middleware. Polka 0.5 runs all
 * global middleware, then all middleware with a base path, then routes: there the dispatcher is a route, found before
 * Polka's own. On both, `parse` and `onNoMatch` are wrapped once per app: a guard reads the path that is routed, and
 * all blueprints of an app respond with 404 and 405 together.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { normalizeTarget, type PolkaRequest, pathOf, searchOf } from '../routing/request-target.ts'
import { hasRoute } from './app-route.ts'
import type { Next } from './hook.ts'
import { preflightMethodOf } from './preflight.ts'
import { answerNoMatch, dispatch, type Routes } from './walk.ts'

type Listener = (request: PolkaRequest, response: ServerResponse, next?: Next) => unknown

/** A route of Polka 0.5 that matched. */
interface PolkaMatch {
  readonly params: Record<string, string>
  readonly handlers: readonly Listener[]
}

/** The members of a Polka app that are used here. */
interface PolkaApp {
  use(...handlers: Listener[]): unknown
  parse?(request: IncomingMessage, ...more: unknown[]): unknown
  onNoMatch?: Listener
  readonly onError?: { readonly name: string }
  /** Polka 0.5 alone: sub-apps, and middleware, by the first segment of the path. */
  readonly apps?: Readonly<Record<string, unknown>>
  readonly bwares?: object
  find?(method: string, path: string): PolkaMatch | false
}

const registrations = new WeakMap<object, Routes[]>()

/** Key of the same list on the app, for a second copy of this package: TypeScript loaders may load one. */
const REGISTRATIONS: unique symbol = Symbol.for('mazurka.registrations')

/** Whether a value is a Polka app: those of Express have `request`, an Api has no `use`. */
export function isPolkaApp(app: object | undefined): boolean {
  return typeof (app as Partial<PolkaApp> | undefined)?.use === 'function' && !('request' in Object(app))
}

/** Adds a registration to an app. */
export function enterApp(app: object, registration: Routes): void {
  const polka = app as PolkaApp
  const known = registrations.get(app)
  const all = known ?? []
  all.push(registration)
  registration.neighbours = all
  if (!known) {
    registrations.set(app, all)
    Object.defineProperty(app, REGISTRATIONS, { value: all, configurable: true })
    wrapParse(polka)
    wrapOnNoMatch(polka, all)
    if (isPolka05(polka)) wrapFind(polka, all)
  }
  if (!isPolka05(polka))
    polka.use((request, response, next) => {
      restoreTarget(polka, request)
      dispatch(registration, request, response, next)
    })
}

/** The registrations of an app, in order; empty when nothing was registered on it. */
export function registrationsOf(app: object): readonly Routes[] {
  return (app as { readonly [REGISTRATIONS]?: readonly Routes[] })[REGISTRATIONS] ?? []
}

function isPolka05(app: PolkaApp): boolean {
  return app.bwares !== undefined && app.find !== undefined
}

/** The targets that an app of Polka 1 has routed. */
const routedTargets = new WeakMap<object, WeakMap<IncomingMessage, string>>()

/** Guards read the target in the form that is routed. */
function wrapParse(app: PolkaApp): void {
  const { parse } = app
  if (!parse) return
  const targets = isPolka05(app) ? undefined : new WeakMap<IncomingMessage, string>()
  if (targets) routedTargets.set(app, targets)
  app.parse = (request, ...more) => {
    normalizeTarget(request)
    targets?.set(request, request.url ?? '/')
    return parse.call(app, request, ...more)
  }
}

/**
 * Writes the target that the app has routed on the request again. Polka 1 restores it itself after middleware with a base
 * path, but out of a cache that such middleware overwrites when it parses the request, as sirv does: `/assets/admin` would
 * be `/admin` from then on, past the guards of that path.
 */
function restoreTarget(app: PolkaApp, request: PolkaRequest): void {
  const target = routedTargets.get(app)?.get(request)
  if (target === undefined || target === request.url) return
  request.url = target
  request.path = pathOf(request)
}

function wrapOnNoMatch(app: PolkaApp, all: readonly Routes[]): void {
  const { onNoMatch } = app
  if (!onNoMatch) return
  const isCustom = onNoMatch.name !== `bound ${app.onError?.name}` // ignores Polka's own default handler
  app.onNoMatch = (request, response, next) => {
    restoreTarget(app, request)
    const original = () => onNoMatch.call(app, request, response, next)
    if (isPreflightOfApp(app, all, request)) return original()
    return answerNoMatch(all, request, response, original, isCustom)
  }
}

/** Whether a preflight asks for a route of the app itself, whose policy is not known here. */
function isPreflightOfApp(app: PolkaApp, all: readonly Routes[], request: PolkaRequest): boolean {
  const asked = preflightMethodOf(request)
  if (asked === undefined) return false
  normalizeTarget(request)
  const path = pathOf(request)
  return (
    hasRoute(app, asked, path) && !all.some(({ compiled }) => compiled.table.endpointsAt(path).length > 0)
  )
}

/** Finds the dispatchers before Polka's own routes, where one of them has an endpoint, and `onNoMatch` where no route is. */
function wrapFind(app: PolkaApp, all: readonly Routes[]): void {
  const find = app.find as NonNullable<PolkaApp['find']>
  app.find = (method, path) => {
    const own = find.call(app, method, path)
    const concerned = all.filter((routes) => mayAnswer(routes, method, path))
    if (concerned.length === 0 && (own || subAppAt(app, path))) return own
    const params = own ? own.params : {}
    const dispatchers = concerned.map((routes) => dispatcherAt(path, params, routes))
    const handlers = own ? own.handlers : [passOn(app, path)]
    return { params, handlers: [inTurn([...dispatchers, ...handlers]), ignore] }
  }
}

function mayAnswer(routes: Routes, method: string, path: string): boolean {
  if (!path.startsWith('/')) return true // refused
  return routes.compiled.table.find(method, path) !== undefined
}

/** One handler that calls each when the one before has passed on, however often middleware has called `next`. */
function inTurn(handlers: readonly Listener[]): Listener {
  return function callInTurn(request, response, next) {
    const [first, ...others] = handlers
    if (response.writableEnded) return
    return first?.(request, response, (error) =>
      error ? next?.(error) : inTurn(others)(request, response, next),
    )
  }
}

/** A second handler: Polka gives `next` to several alone. */
const ignore: Listener = () => {}

/**
 * Calls a handler with the path that Polka has routed: middleware with a base path has cut it off `request.url`. A
 * request that is passed on looks as it did before.
 */
function atPath(routed: string, handler: (...all: Required<Parameters<Listener>>) => unknown): Listener {
  return function callAtPath(request, response, next) {
    const { url, path } = request
    request.url = routed + searchOf(request)
    request.path = routed
    return handler(request, response, (error) => {
      Object.assign(request, { url, path })
      next?.(error)
    })
  }
}

function dispatcherAt(routed: string, params: Record<string, string>, routes: Routes): Listener {
  return atPath(routed, (request, response, next) =>
    dispatch(routes, request, response, (error) => {
      request.params = params
      next(error)
    }),
  )
}

/** The last handler where Polka itself has no route: the sub-app at the path, else `onNoMatch`. */
function passOn(app: PolkaApp, path: string): Listener {
  const subApp = subAppAt(app, path)
  if (!subApp) return atPath(path, (request, response, next) => app.onNoMatch?.(request, response, next))
  const pathname = path.slice(baseOf(path).length) || '/'
  return (request, response) => {
    Object.assign(request, { url: pathname + searchOf(request), path: pathname })
    return subApp.handler(request, response)
  }
}

interface SubApp {
  readonly handler: (...all: unknown[]) => unknown
}

function subAppAt({ apps }: PolkaApp, path: string): SubApp | undefined {
  return apps?.[baseOf(path)] as SubApp | undefined
}

/** The first segment, with its slash. */
function baseOf(path: string): string {
  return /^\/[^/]*/.exec(path)?.[0] ?? '/'
}
