/**
 * A request and its `signal`, which is created when it is first read.
 *
 * The server that a Polka app creates at `listen` creates requests of the class here. All others, those of HTTP/2 and of a
 * server of the application, get the same accessor each, which takes 2 to 4 % of a small response.
 */
import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** The exchange that serves a request. */
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

/** Stores on a request what is serving it, and defines its `signal`. */
export function bindServed(request: IncomingMessage, served: Served): void {
  ;(request as ServableRequest)[SERVED] = served
  // a signal that middleware has written is not aborted by a deadline
  if (!(request instanceof ServedRequest) || Object.hasOwn(request, 'signal')) defineSignal(request)
}

/** Further accessors, by their names. */
const shared = new Map<string, PropertyDescriptor>()

/** Gives requests of the class an accessor, which returns undefined where a request has nothing to read. */
export function shareAccessor(name: string, descriptor: PropertyDescriptor): void {
  shared.set(name, descriptor)
  Object.defineProperty(ServedRequest.prototype, name, descriptor)
}

/** Defines a shared accessor on a request of another class. */
export function defineShared(request: IncomingMessage, name: string): void {
  const descriptor = shared.get(name)
  if (descriptor && !(request instanceof ServedRequest)) Reflect.defineProperty(request, name, descriptor)
}

/** Defines the accessors anew where the prototype of a request was replaced, as Express does that takes over a request. */
export function keepAccessors(request: IncomingMessage): void {
  if (request instanceof ServedRequest || Object.hasOwn(request, 'signal')) return
  defineSignal(request)
  for (const name of shared.keys()) if (!Object.hasOwn(request, name)) defineShared(request, name)
}

function defineSignal(request: IncomingMessage): void {
  Reflect.defineProperty(request, 'signal', SIGNAL) // one that cannot be configured stays
}

/** The exchange that serves a request. */
export function servedOf(request: IncomingMessage): Served | undefined {
  return (request as ServableRequest)[SERVED]
}
