/**
 * A shutdown that loses no request: the port closes, what is being served is completed, and what it needed is closed last.
 *
 *     const server = createServer(options)
 *     shutdown(server, { close: [pool], graceSeconds: 20 })
 */
import type { Server } from 'node:http'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../blueprint/blueprint-options.ts'
import { ServiceUnavailable } from '../exceptions/server-errors.ts'
import { suggestion } from '../registry/nearest.ts'
import { checkLogger, checkOptions, describe, type Keys } from '../registry/options.ts'
import { logTo } from '../walk/log.ts'
import { OpenWork } from './open-work.ts'
import { setStopping } from './stopping.ts'

/** A function, or an object with `close`, `end` or `Symbol.asyncDispose`; the first of these is called. */
export type Closable =
  | (() => unknown)
  | { close(): unknown }
  | { end(): unknown }
  | { [Symbol.asyncDispose](): unknown }

export interface ShutdownOptions {
  /** Resources that requests need, in the order they were opened; closed in reverse order when no request is left. */
  readonly close?: readonly Closable[]
  /** Seconds for requests to be completed; then `request.signal` aborts. Default 10. */
  readonly graceSeconds?: number
  /** Seconds before the port closes, for load balancers to see that `ready` is 503. Default 0. */
  readonly delaySeconds?: number
  /** Seconds for each entry of `close`. Default 5. */
  readonly closeSeconds?: number
  /** Signals that start the shutdown and end the process after it. Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly NodeJS.Signals[]
  /** For what cannot be closed. Default `console`. */
  readonly logger?: Logger
}

const KEYS: Keys<ShutdownOptions> = {
  close: 'list',
  graceSeconds: true,
  delaySeconds: true,
  closeSeconds: true,
  signals: 'list',
  logger: true,
}

/** For streams to end after their signal was aborted. */
const ABORT_SECONDS = 1
/** A second signal within this time is the same one: npm passes on what the terminal has sent already. */
const SAME_SIGNAL_MILLISECONDS = 1000

/**
 * Prepares a server for its shutdown, before it listens. A signal starts it; the process ends with 0, or with 1 where
 * something could not be closed. A second signal ends the process at once.
 *
 * @returns A function that shuts down without a signal and without ending the process, and resolves to whether all was
 * closed. @throws {TypeError} for an unknown option, a time that is not a number of 0 or more, an unknown signal, and an
 * entry of `close` that cannot be closed.
 */
export function shutdown(server: Server, options: ShutdownOptions = {}): () => Promise<boolean> {
  checkOptions('shutdown()', options, KEYS)
  const { signals = ['SIGTERM', 'SIGINT'], graceSeconds = 10, delaySeconds = 0, closeSeconds = 5 } = options
  for (const [name, value] of Object.entries({ graceSeconds, delaySeconds, closeSeconds })) {
    if (!(typeof value === 'number' && value >= 0 && value <= DAY_SECONDS))
      throw new TypeError(`shutdown() cannot have ${name}: ${String(value)}; use 0 to ${DAY_SECONDS} seconds`)
  }
  if (typeof server?.closeAllConnections !== 'function')
    // a server of HTTP/2 with TLS has the other method alone
    throw new TypeError('The first argument of shutdown() is a server of node:http or node:https')
  const { logger = console } = options
  checkLogger('shutdown()', logger)
  checkSignals(signals)
  const closers = (options.close ?? []).map(closerOf)
  const work = new OpenWork(server)
  let running: Promise<boolean> | undefined
  let start = 0

  const stop = (): Promise<boolean> => {
    running ??= run()
    begun.add(running)
    return running
  }
  for (const signal of signals) process.on(signal, onSignal)
  return stop

  function onSignal(): void {
    if (running) {
      if (performance.now() - start > SAME_SIGNAL_MILLISECONDS) process.exit(1)
      return
    }
    void stop()
    void endProcess()
  }

  async function run(): Promise<boolean> {
    start = performance.now()
    setStopping(server)
    work.endKeepAlive()
    if (delaySeconds > 0) await sleep(delaySeconds * 1000)
    const closed = work.closePort()
    if (!(await within(graceSeconds, closed))) {
      work.abort(new ServiceUnavailable('The server is shutting down'))
      if (!(await within(ABORT_SECONDS, closed))) work.destroy()
      await within(ABORT_SECONDS, closed)
    }
    let isClosed = true
    for (const close of closers.reverse()) {
      try {
        if (!(await within(closeSeconds, close()))) throw new Error(`Not closed in ${closeSeconds} s`)
      } catch (error) {
        isClosed = false
        logTo(logger, 'The shutdown could not close everything', error, {})
      }
    }
    for (const signal of signals) process.off(signal, onSignal)
    return isClosed
  }
}

/** The shutdowns that have begun, of all servers of the process. */
const begun = new Set<Promise<boolean>>()

/** Ends the process when the shutdowns are over that the signal has started: a process may have several servers. */
async function endProcess(): Promise<void> {
  await undefined // after the listeners of the other servers
  const outcomes = await Promise.all(begun)
  process.exit(outcomes.every(Boolean) ? 0 : 1)
}

const DAY_SECONDS = 86_400

/** @throws {TypeError} for a name of no signal, and for a signal that a process cannot handle. */
function checkSignals(signals: readonly NodeJS.Signals[]): void {
  const known = Object.keys(constants.signals).filter((name) => name !== 'SIGKILL' && name !== 'SIGSTOP')
  for (const signal of signals) {
    if (!known.includes(signal))
      throw new TypeError(
        `shutdown(), in 'signals', has ${describe(signal)}${suggestion(String(signal), known) || ', which is no signal that a process can handle'}`,
      )
  }
}

/** Whether a promise is fulfilled in time. @throws its error. */
async function within(seconds: number, pending: unknown): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, false)
  })
  try {
    return await Promise.race([Promise.resolve(pending).then(() => true as const), late])
  } finally {
    clearTimeout(timer)
  }
}

/** @throws {TypeError} for a value that cannot be closed. */
function closerOf(closable: Closable, index: number): () => unknown {
  if (typeof closable === 'function') return closable
  for (const method of ['close', 'end', Symbol.asyncDispose] as const) {
    const object = closable as Partial<Record<typeof method, () => unknown>> | undefined
    if (typeof object?.[method] === 'function') return () => object[method]?.()
  }
  throw new TypeError(
    `shutdown() cannot close entry ${index} of 'close': give a function, or an object with close() or end()`,
  )
}
