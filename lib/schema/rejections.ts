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

type Run = (payload: object, context: Context) => unknown

/** The members of a schema or check of zod 4 that run functions of the developer. */
interface Internals {
  run?: Run
  parse: Run
  check?: (payload: object) => unknown
  readonly def: { transform?: (value: unknown, payload: object) => unknown }
}

/** The same of zod 3. */
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
  const { run, parse, check, def } = internals
  if (run)
    internals.run = (payload, context) => {
      if (context.async) asynchronous.add(payload)
      return handle(() => (run === parse ? internals.parse : run)(payload, context), context.async) // zod replaces parse
    }
  if (check) internals.check = (payload) => handle(() => check(payload), asynchronous.has(payload))
  const { transform } = def
  if (transform) def.transform = (value, payload) => handle(() => transform(value, payload), false)
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
