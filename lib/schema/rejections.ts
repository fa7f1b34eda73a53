/**
 * Rejections of checks that zod starts and does not await: they would end the process.
 *
 *     z.string().refine(async () => { throw … }).refine(async () => { throw … })  →  one rejection, not two
 *
 * zod starts all checks of a value at once, and all members of an object. It awaits them one after the other, and none
 * after an exception. So every step of a schema handles the rejection of its promise, and rejects where it would throw.
 */

interface Context {
  readonly async?: boolean
}

interface Run {
  (payload: object, context: Context): unknown
  /** Of a schema that `zod/compile` compiles when it first validates: what validates until then, and wherever that cannot. */
  __originalRun?: Run | undefined
}

/** The members of a schema or check of zod 4 that run functions of the developer. */
interface Internals {
  run?: Run
  parse: Run
  check?: (payload: object) => unknown
  readonly def: { transform?: (value: unknown, payload: object) => unknown }
}

/** The member of a schema of zod 3 that runs functions of the developer. */
interface Zod3 {
  _parse?: (input: { readonly parent: { readonly common: Context } }) => unknown
}

const handled = new WeakSet<object>()

/** Values in asynchronous validations of zod 4. */
const asynchronous = new WeakSet<object>()

/** Changes the steps of one schema or check of zod, once. Synchronous validations stay as they are. */
export function handleRejections(part: object): void {
  if (handled.has(part)) return
  handled.add(part)
  const { _zod: internals, _parse } = part as Zod3 & { readonly _zod?: Internals }
  if (internals) return handleZod4(internals)
  if (_parse)
    (part as Zod3)._parse = (input) => handle(() => _parse.call(part, input), input.parent.common.async)
}

function handleZod4(internals: Internals): void {
  const { run, check, def } = internals
  if (run) handleRun(internals, run)
  if (check) internals.check = (payload) => handle(() => check(payload), asynchronous.has(payload))
  const { transform } = def
  if (transform) def.transform = (value, payload) => handle(() => transform(value, payload), false)
}

/**
 * Wraps what validates a schema. `zod/compile` replaces it when it first validates: in here, since the wrapper has to stay
 * around what validates asynchronously.
 */
function handleRun(internals: Internals, run: Run): void {
  const { parse } = internals
  const asyncRun = run.__originalRun ?? run
  let syncRun = run
  const handledRun: Run = (payload, context) => {
    if (context.async) asynchronous.add(payload)
    const chosen = context.async ? asyncRun : syncRun
    return handle(() => (chosen === parse ? internals.parse : chosen)(payload, context), context.async) // zod replaces parse
  }
  handledRun.__originalRun = run.__originalRun
  Object.defineProperty(internals, 'run', {
    get: () => handledRun,
    set(compiled: Run) {
      syncRun = compiled
    },
    enumerable: true,
    configurable: true,
  })
}

/** Calls a step. @param isAsync Whether an exception becomes a rejection. */
function handle(step: () => unknown, isAsync: boolean | undefined): unknown {
  let result: unknown
  try {
    result = step()
  } catch (error) {
    if (!isAsync) throw error
    result = Promise.reject(error)
  }
  if (result instanceof Promise) result.catch(() => {}) // zod has the promise, and reports it if it comes to it
  return result
}
