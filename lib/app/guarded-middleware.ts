/**
 * Middleware of an app, whose errors come to `onError`, which does not run once the request has failed, and passes it on once.
 *
 * Polka 0.5 neither catches what middleware throws nor reads the promise that it returns, so that either would end the
 * process. Polka 1 does both, but passes the request on where `undefined` was thrown, past a guard.
 */
import { callGuarded } from '../exceptions/settle.ts'
import type { Next } from '../walk/hook.ts'
import { hasFailed } from './failed-request.ts'
import type { Listener } from './polka-router.ts'

interface App {
  use(...handlers: Listener[]): unknown
  wares: readonly Listener[]
  readonly bwares: Record<string, readonly Listener[]>
}

/** Guards the middleware that an app of Polka 0.5 has, and each that is added to it. */
export function guardMiddleware(app: App): void {
  const guarded = guardWith((error, next) => next?.(error))
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

type Fail = (error: unknown, next?: Next) => unknown

/** The guard of each handler, the same for each call. @param fail gets what it throws, as an error where that is falsy. */
export function guardWith(fail: Fail): (handler: Listener) => Listener {
  const guards = new WeakMap<Listener, Listener>()
  return (handler) => {
    if (typeof handler !== 'function') return handler
    const guard = guards.get(handler) ?? guardOf(handler, fail)
    guards.set(handler, guard).set(guard, guard)
    return guard
  }
}

function guardOf(handler: Listener, fail: Fail): Listener {
  return function runGuarded(request, response, next) {
    if (hasFailed(request)) return
    let hasPassed = false
    const passOnce: Next = (error) => {
      if (!error && (hasPassed || hasFailed(request))) return
      hasPassed = true
      next?.(error)
    }
    const pass = (thrown: unknown) =>
      fail(thrown || new Error(`Middleware has thrown ${String(thrown)}`), next)
    return callGuarded(() => handler(request, response, next && passOnce), pass)
  }
}
