/**
 * A request and its `signal`, which is created when it is first read.
 *
 * The server that a Polka app creates at `listen` creates requests of the class here. All others, those of HTTP/2 and of a
 * server of the application, get the same accessor each, which takes 2 to 4 % of a small response.
 */
import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** What is serving a request. */
interface Served {
  readonly signal: AbortSignal
}

const SERVED = Symbol('served')

interface ServableRequest extends IncomingMessage {
  [SERVED]?: Served | undefined
}

/** A class of its own, because the prototype of `IncomingMessage` belongs to all code of the process. */
export class ServedRequest extends IncomingMessage {
  declare [SERVED]: Served | undefined

  constructor(socket: Socket) {
    super(socket)
    this[SERVED] = undefined
  }

  get signal(): AbortSignal | undefined {
    // where no blueprint is serving the request: that of Node.js 24.16 and later
    return this[SERVED]?.signal ?? (super['signal' as keyof IncomingMessage] as AbortSignal | undefined)
  }

  set signal(value: unknown) {
    Object.defineProperty(this, 'signal', { value, configurable: true, writable: true })
  }
}

const SIGNAL = /* @__PURE__ */ Object.getOwnPropertyDescriptor(
  ServedRequest.prototype,
  'signal',
) as PropertyDescriptor

/** Writes on a request what is serving it, and the `signal` of that. */
export function bindServed(request: IncomingMessage, served: Served): void {
  ;(request as ServableRequest)[SERVED] = served
  // a signal that middleware has written is not aborted by a deadline
  if (!(request instanceof ServedRequest) || Object.hasOwn(request, 'signal')) defineSignal(request)
}

/** Defines `signal` anew where the prototype of a request was replaced, as Express does that takes over a request. */
export function keepSignal(request: IncomingMessage): void {
  if (!(request instanceof ServedRequest) && !Object.hasOwn(request, 'signal')) defineSignal(request)
}

function defineSignal(request: IncomingMessage): void {
  Reflect.defineProperty(request, 'signal', SIGNAL) // one that cannot be configured stays
}

/** What is serving a request. */
export function servedOf(request: IncomingMessage): Served | undefined {
  return (request as ServableRequest)[SERVED]
}
