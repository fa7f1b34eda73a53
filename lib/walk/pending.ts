/** Steps that have returned and are not done: promises, and middleware that has not called `next`. */

/**
 * Begins a step that is done when it calls `proceed`, as the executor of a promise. Later steps run within that call, so that
 * the values which middleware binds to its call of `next` hold for them (AsyncLocalStorage).
 */
export type Executor = (proceed: () => void, fail: (error: unknown) => void) => void

/** The rest of a step that is not done. */
export type Pending = Promise<void> | Executor

/** Calls one of the functions, once, when a step is done. */
export function whenDone(pending: Pending, proceed: () => void, fail: (error: unknown) => void): void {
  if (typeof pending === 'function') pending(proceed, fail)
  else pending.then(proceed, fail)
}

/** The return value of a step, to be awaited where steps run one by one. */
export function awaitable<T>(returned: T | Executor): T | Promise<void> {
  return typeof returned === 'function' ? new Promise(returned as Executor) : returned
}
