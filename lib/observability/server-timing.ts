/**
 * Server-Timing: how long each phase of a request took, for the browser's tools.
 *
 *     Server-Timing: read;dur=0.21, handle;dur=12.4, render;dur=0.35, total;dur=13.2
 *
 * W3C Server Timing §3. Steps are measured only where the option is on; of phases below 5 µs nothing is written.
 */
import type { IncomingMessage } from 'node:http'
import { checkChoice } from '../registry/options.ts'
import type { Exchange, Step } from '../walk/exchange.ts'
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
  /** The field as it was set here, where a fallback has passed the request on. */
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
    if (!endpoint.isRouted) endpoint.on('authorize/setServerTiming', setServerTiming)
    endpoint.on('send/setServerTiming', setServerTiming)
    const schema = { type: 'string' }
    endpoint.documented.push({ headers: { 'Server-Timing': { description: 'Phases, in ms.', schema } } })
  },
} satisfies Surrounding

/** The same step, whose time is added to that of its phase. */
function timed(step: Step, phase: number): Step {
  return function runTimed(exchange) {
    const { phases } = timingOf(exchange)
    const start = performance.now()
    const stop = (): void => {
      phases[phase] = (phases[phase] as number) + performance.now() - start
    }
    let pending: void | Promise<void>
    try {
      pending = step(exchange)
    } catch (error) {
      stop()
      throw error
    }
    if (pending) return pending.finally(stop)
    stop()
    return undefined
  }
}

function timingOf({ request }: Exchange): Timing {
  const known = timings.get(request)
  if (known) return known
  const timing: Timing = {
    start: performance.now(),
    phases: new Float64Array(PHASES.length),
    written: undefined,
  }
  timings.set(request, timing)
  return timing
}

const NAME = 'server-timing'

/** Writes the field; a value that the handler has set is kept. */
function setServerTiming(exchange: Exchange): void {
  const { response, rendered } = exchange
  if (response.headersSent) return
  const timing = timingOf(exchange)
  const preset = response.getHeader(NAME)
  const own = rendered?.fields[NAME] ?? (preset === timing.written ? [] : preset) ?? []
  timing.written = [...[own].flat().map(String), textOf(timing)].join(', ')
  if (rendered?.fields[NAME] === undefined) response.setHeader(NAME, timing.written)
  else exchange.rendered = { ...rendered, fields: { ...rendered.fields, [NAME]: timing.written } }
}

function textOf({ start, phases }: Timing): string {
  const metrics = PHASES.flatMap((phase, index) => metric(phase, phases[index] as number))
  return [...metrics, ...metric('total', performance.now() - start)].join(', ')
}

function metric(name: string, milliseconds: number): string[] {
  return milliseconds < 0.005 ? [] : [`${name};dur=${milliseconds.toFixed(2)}`]
}
