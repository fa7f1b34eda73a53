/**
 * Middleware of an app of Polka 0.5, whose errors come to `onError`: this version neither catches what it throws nor reads the
 * promise that it returns, so that either would end the process. Polka 1 does both.
 */
import { isPromise } from '../schema/is-promise.ts'
import { hasFailed } from './failed-request.ts'
import type { Listener } from './polka-router.ts'

interface App {
  use(...handlers: Listener[]): unknown
  wares: readonly Listener[]
  readonly bwares: Record<string, readonly Listener[]>
}

/** Guards the middleware that an app has, and each that is added to it. */
export function guardMiddleware(app: App): void {
  const guards = new WeakSet<Listener>()
  const guarded = (middleware: Listener): Listener => {
    if (typeof middleware !== 'function' || guards.has(middleware)) return middleware
    const guard = guardOf(middleware)
    guards.add(guard)
    return guard
  }
  const guardAll = () => {
    app.wares = app.wares.map(guarded)
    for (const [base, list] of Object.entries(app.bwares)) app.bwares[base] = list.map(guarded)
  }
  const { use } = app
  app.use = (...handlers) => {
    use.apply(app, handlers)
    guardAll()
    return app
  }
  guardAll()
}

function guardOf(middleware: Listener): Listener {
  return function runGuarded(request, response, next) {
    if (hasFailed(request)) return
    const pass = (thrown: unknown) => next?.(thrown || new Error(`Middleware has thrown ${String(thrown)}`))
    try {
      const returned = middleware(request, response, next)
      return isPromise(returned) ? returned.then(undefined, pass) : returned
    } catch (thrown) {
      return pass(thrown)
    }
  }
}
