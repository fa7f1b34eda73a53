/**
 * What a middleware has still to do: a function that begins it, of the form that `new Promise` takes. Later steps run within the
 * call of `proceed`, so that what the middleware binds to its call of `next` holds for them (AsyncLocalStorage).
 */
export type Rest = (proceed: () => void, fail: (error: unknown) => void) => void

/** What a step has still to do. */
export type Pending = Promise<void> | Rest

/** Calls one of the functions, once, when a step is done. */
export function whenDone(pending: Pending, proceed: () => void, fail: (error: unknown) => void): void {
  if (typeof pending === 'function') pending(proceed, fail)
  else pending.then(proceed, fail)
}

/** What a step has returned, to be awaited where steps run one by one. */
export function awaitable<T>(returned: T | Rest): T | Promise<void> {
  return typeof returned === 'function' ? new Promise(returned as Rest) : returned
}
