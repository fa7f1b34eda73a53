/**
 * Server-Timing: how long each phase of a request took, for the browser's tools.
 *
 *     Server-Timing: read;dur=0.21, handle;dur=12.4, render;dur=0.35, total;dur=13.2
 *
 * W3C Server Timing §3. Steps are measured only where the option is on; of phases below 5 µs nothing is written.
 */
import type { IncomingMessage } from 'node:http'
import { beforeHead, presetFields } from '../connection/served-response.ts'
import { checkChoice } from '../registry/options.ts'
import type { Exchange, Step } from '../walk/exchange.ts'
import { type Pending, whenDone } from '../walk/pending.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { PHASES } from '../walk/walk.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Whether answers have `Server-Timing` with the phases of the request. Inside an Api; default false. */
    readonly serverTiming?: boolean
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Whether answers have `Server-Timing` with the phases of the request. Default: the Api's. */
    readonly serverTiming?: boolean
  }
}

interface Timing {
  readonly start: number
  /** Milliseconds by index of the phase. */
  readonly phases: Float64Array
  /** Index of the phase whose step runs; -1 between steps. */
  running: number
  /** When that step began. */
  since: number
  /** The field as it was set here: it is set again when writing a response has failed. */
  written: string | undefined
}

const timings = new WeakMap<IncomingMessage, Timing>()

export const SERVER_TIMING = {
  name: 'ServerTiming',
  option: 'serverTiming',
  surround(endpoint) {
    const option: unknown = endpoint.nearest('serverTiming')
    checkChoice('An Api, blueprint or endpoint', 'serverTiming', option, [true, false])
    if (!option) return
    endpoint.wrapSteps(timed)
    endpoint.on('identify/setServerTiming', timeResponse)
    const schema = { type: 'string' }
    endpoint.documented.push({ headers: { 'Server-Timing': { description: 'Phases, in ms.', schema } } })
  },
} satisfies Surrounding

/** Wraps a step: its time is added to that of its phase. */
function timed(step: Step, phase: number): Step {
  return function runTimed(exchange) {
    const timing = timingOf(exchange.request)
    const start = performance.now()
    Object.assign(timing, { running: phase, since: start })
    const stop = (): void => {
      timing.phases[phase] = (timing.phases[phase] as number) + performance.now() - start
      timing.running = -1
    }
    let pending: ReturnType<Step>
    try {
      pending = step(exchange)
    } catch (error) {
      stop()
      throw error
    }
    if (pending) return timedUntil(pending, stop)
    stop()
    return undefined
  }
}

function timedUntil(pending: Pending, stop: () => void): Pending {
  return (proceed, fail) =>
    whenDone(
      pending,
      () => {
        stop()
        proceed()
      },
      (error) => {
        stop()
        fail(error)
      },
    )
}

function timingOf(request: IncomingMessage): Timing {
  const known = timings.get(request)
  if (known) return known
  const timing: Timing = {
    start: performance.now(),
    phases: new Float64Array(PHASES.length),
    running: -1,
    since: 0,
    written: undefined,
  }
  timings.set(request, timing)
  return timing
}

const NAME = 'server-timing'

/** Sets the field when the head is written, whoever writes it; a value of the handler is kept. */
function timeResponse({ request, response }: Exchange): void {
  const timing = timingOf(request)
  if (timing.written !== undefined) return // a fallback has passed the request on
  timing.written = ''
  beforeHead(response, () => {
    const preset = response.getHeader(NAME)
    const own = preset === undefined || preset === timing.written ? [] : [preset].flat().map(String)
    timing.written = [...own, textOf(timing)].join(', ')
    presetFields(response, [NAME, timing.written])
  })
}

const SEND = PHASES.indexOf('send')

function textOf({ start, phases, running, since }: Timing): string {
  const now = performance.now()
  const metrics = PHASES.flatMap((phase, index) => {
    const begun = index === running && index !== SEND ? now - since : 0
    return metric(phase, (phases[index] as number) + begun)
  })
  return [...metrics, ...metric('total', now - start)].join(', ')
}

function metric(name: string, milliseconds: number): string[] {
  return milliseconds < 0.005 ? [] : [`${name};dur=${milliseconds.toFixed(2)}`]
}
