/**
 * Paths of requests that middleware of an app has answered, so that no endpoint has had them: whether they are a secret is
 * known from the routes alone.
 */
import { type PolkaRequest, pathOf } from '../routing/request-target.ts'
import type { EndpointsAt } from './routes.ts'

/** An app that has routed a request, and the path that it has read. */
interface Routed {
  readonly endpointsAt: EndpointsAt
  readonly path: string
  /** The app around it, or an earlier routing of the same app. */
  readonly earlier: Routed | undefined
}

const ROUTED = Symbol('routed')

interface RoutedRequest {
  [ROUTED]?: Routed | undefined
}

/** Whether a log in middleware needs the routes of requests; without one they are not kept. */
let isNeeded = false

/** Keeps the routes of all requests from now on, for {@link isAtSecretRoute}. */
export function keepRoutes(): void {
  isNeeded = true
}

/** Notes the app that routes a request. @param endpointsAt finds its endpoints. */
export function noteRouted(request: PolkaRequest & RoutedRequest, endpointsAt: EndpointsAt): void {
  if (isNeeded) request[ROUTED] = { endpointsAt, path: pathOf(request), earlier: request[ROUTED] }
}

/** Whether logs leave out the path of a request: an endpoint at it says so, of whatever method. */
export function isAtSecretRoute(request: object): boolean {
  for (let one = (request as RoutedRequest)[ROUTED]; one; one = one.earlier) {
    const { endpointsAt, path } = one
    if (endpointsAt(path).some(({ hasSecretPath }) => hasSecretPath)) return true
  }
  return false
}
