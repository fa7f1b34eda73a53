/** Paths that are a secret, such as `/reset/<token>`: logs have the template of the route, and not the path. */
import { pathOf } from '../routing/request-target.ts'

/** An endpoint, or the fallback of a mount, as far as logs need it. */
interface Logged {
  readonly isRouted: boolean
  /** Whether logs leave out the paths of its requests. */
  readonly hasSecretPath?: true
}

interface Routes {
  readonly served: { readonly table: { endpointsAt(path: string): readonly Logged[] } } | undefined
  readonly endpointsAt?: (path: string) => readonly Logged[]
}

interface LoggedExchange {
  /** The target as it was routed. */
  readonly url: string | undefined
  readonly endpoint: Logged
  readonly routes: Routes | undefined
  readonly earlier: LoggedExchange | undefined
}

/**
 * Whether logs leave out the path of a request: it is a secret of the endpoint, of one that has passed the request on, or,
 * where none matches the method, of one at that path.
 */
export function hasSecretPath(exchange: LoggedExchange | undefined): boolean {
  for (let one = exchange; one; one = one.earlier) {
    if (one.endpoint.hasSecretPath) return true
    if (!one.endpoint.isRouted && endpointsAt(one).some((endpoint) => endpoint.hasSecretPath)) return true
  }
  return false
}

/** The endpoints of all methods at the path of a request, of its app and of the apps that are mounted there. */
function endpointsAt(exchange: LoggedExchange): readonly Logged[] {
  const { routes } = exchange
  const path = pathOf(exchange)
  return routes?.endpointsAt?.(path) ?? routes?.served?.table.endpointsAt(path) ?? []
}
