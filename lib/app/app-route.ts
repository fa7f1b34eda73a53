/** Routes of a Polka app itself, which belong to no blueprint. */
import { methodsOf } from '../http/method.ts'

/** The router of an app: Polka 0.5 keeps routes by method, without middleware; Polka 1 in one list, with it. */
interface Router {
  readonly routes?:
    | readonly { readonly method: string; readonly pattern: RegExp }[]
    | Readonly<Record<string, unknown>>
  find?(method: string, path: string): unknown
}

/** Whether an app has a route of its own for a request; middleware, blueprints and sub-apps are none. */
export function hasRoute(app: object, method: string, path: string): boolean {
  const { routes } = app as Router
  if (Array.isArray(routes)) return routes.some((route) => matches(route, method, path))
  const router: Router = Object.getPrototypeOf(app) // `find` of the app itself finds blueprints, too
  const known = routes !== undefined && Object.hasOwn(routes, method) ? method : '*' // a client may ask for `constructor`
  return Boolean(router.find?.call(app, known, path))
}

/** The pattern of middleware also matches longer paths. An empty method is any. */
function matches(
  { method: own, pattern }: { readonly method: string; readonly pattern: RegExp },
  method: string,
  path: string,
): boolean {
  const isMiddleware = pattern.source.endsWith('(?=$|\\/)')
  const isMethod = own === '' || methodsOf(own).includes(method)
  return !isMiddleware && isMethod && pattern.test(path)
}
