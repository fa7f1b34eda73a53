/**
 * The places where a registration enters a Polka app, so that it is guarded exactly as Polka's own routes are.
 *
 * Polka 1 runs middleware and routes in the order of registration: the dispatcher is middleware. Polka 0.5 runs all
 * global middleware, then all middleware with a base path, then routes: there the dispatcher is a route, found before
 * Polka's own. On both, `parse` and `onNoMatch` are wrapped once per app: a guard reads the path that is routed, and
 * all blueprints of an app respond with 404 and 405 together.
 *
 * Polka's default `onError` is replaced: see app-error.ts. `handler` is wrapped, too: a request that would reach the
 * blueprints before any middleware goes to them directly. Routing such a request in Polka first would change nothing for the
 * handler, and would take longer than a small response.
 */
import type { ServerResponse } from 'node:http'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { callGuarded } from '../exceptions/settle.ts'
import { normalizeTarget, type PolkaRequest, pathOf } from '../routing/request-target.ts'
import type { Next } from '../walk/hook.ts'
import { preflightMethodOf } from '../walk/preflight.ts'
import { errorAnswer, type OnError, replaceOnError } from './app-error.ts'
import { hasRoute } from './app-route.ts'
import { wrapListen } from './app-server.ts'
import { answerNoMatch, matchIn, serve } from './dispatch.ts'
import { Polka1 } from './polka-1.ts'
import { Polka05 } from './polka-05.ts'
import type { PolkaApp, Router, SubApp } from './polka-router.ts'
import { AppRegistrations } from './registrations.ts'
import type { EndpointsAt, Routes } from './routes.ts'
import { noteRouted } from './secret-route.ts'

interface AppState {
  readonly registrations: AppRegistrations
  readonly router: Router
  readonly endpointsAt: EndpointsAt
}

/** By app; of Polka 1 by its `attach`, too. */
const apps = new WeakMap<object, AppState>()

/** Key of the list of registrations on the app, for a second copy of this package: TypeScript loaders may load one. */
const REGISTRATIONS: unique symbol = Symbol.for('mazurka.registrations')

/** Whether a value is a Polka app: those of Express have `request`, an Api has no `use`. */
export function isPolkaApp(app: object | undefined): boolean {
  return typeof (app as Partial<PolkaApp> | undefined)?.use === 'function' && !('request' in Object(app))
}

/** Adds a registration to an app. */
export function enterApp(app: object, registration: Routes): void {
  const { registrations, router, endpointsAt } = apps.get(app) ?? prepare(app as PolkaApp)
  registrations.add(registration)
  registration.neighbours = registrations.all
  registration.endpointsAt = endpointsAt
  router.add(registration)
}

type Parse = NonNullable<PolkaApp['parse']>

function prepare(app: PolkaApp): AppState {
  const registrations = new AppRegistrations()
  const { all } = registrations
  Object.defineProperty(app, REGISTRATIONS, { value: all, configurable: true })
  const router = Polka05.isVersionOf(app) ? new Polka05(app, registrations) : new Polka1(app)
  const answer = errorAnswer(app, all, router)
  wrapOnNoMatch(app, all, router, answer)
  replaceOnError(app, answer)
  const endpointsAt: EndpointsAt = (path) => [
    ...all.flatMap(({ served }) => served?.table.endpointsAt(path) ?? []),
    ...router.subAppsAt(path).flatMap(endpointsOf),
  ]
  const state = { registrations, router, endpointsAt }
  wrapHandler(app, state)
  wrapListen(app)
  apps.set(app, state)
  if (app.attach) apps.set(app.attach, state)
  return state
}

/** The endpoints of a mounted app at a path; of one without blueprints, those of the apps in it. */
function endpointsOf({ app, path }: SubApp): readonly Endpoint[] {
  const state = apps.get(app)
  if (state) return state.endpointsAt(path)
  return Polka05.isVersionOf(app) ? Polka05.subAppsOf(app, path).flatMap(endpointsOf) : []
}

/** The registrations of an app, in order; empty when nothing was registered on it. */
export function registrationsOf(app: object): readonly Routes[] {
  return (app as { readonly [REGISTRATIONS]?: readonly Routes[] })[REGISTRATIONS] ?? []
}

/**
 * Wraps `onNoMatch`: blueprints respond to unknown paths. Polka's own is the `onError` that the app was created with, which must
 * not get what it throws itself.
 */
function wrapOnNoMatch(app: PolkaApp, all: readonly Routes[], router: Router, answer: OnError): void {
  const { onNoMatch } = app
  if (!onNoMatch) return
  const isCustom = !['bound onError', `bound ${app.onError?.name}`].includes(onNoMatch.name) // `onError` may be assigned later
  app.onNoMatch = (request, response, next) => {
    router.restoreTarget(request)
    const original = () =>
      callGuarded(
        () => onNoMatch.call(app, request, response, next),
        (thrown) =>
          isCustom ? app.onError?.(thrown, request, response, next) : answer(thrown, request, response, next),
      )
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

/** Wraps `parse`, so that guards read the target in the form that is routed, and `handler`. */
function wrapHandler(app: PolkaApp, { registrations, router, endpointsAt }: AppState): void {
  const { parse, handler } = app
  if (!parse) return
  const parseRouted: Parse = (request, ...more) => {
    normalizeTarget(request)
    noteRouted(request, endpointsAt)
    router.keepTarget(request)
    return parse.call(app, request, ...more)
  }
  app.parse = parseRouted
  if (handler?.name !== 'bound handler') return // no longer Polka's own
  const serveFirst = (request: PolkaRequest, response: ServerResponse): boolean => {
    normalizeTarget(request)
    const { method, url } = request
    const path = pathOf(request)
    for (const { index, routes } of registrations.at(path)) {
      if (!router.isFirst(index)) return false
      const match = matchIn(routes, method, path)
      if (!match) continue
      router.writeTarget(request, parse.call(app, request))
      const next: Next = (error) =>
        error // of a route of Polka 0.5
          ? app.onError?.(error, request, response, next)
          : router.passOn(index, { method, url }, request, response, next)
      serve(match, routes, request, response, next)
      return true
    }
    return false
  }
  app.handler = function findFirst(request, response, given) {
    if (given !== undefined) noteRouted(request, endpointsAt) // Polka 0.5 has parsed the target of a sub-app
    const isRoutedHere = given === undefined && app.parse === parseRouted && !response.writableEnded
    return (isRoutedHere && serveFirst(request, response)) || handler(request, response, given)
  }
}
